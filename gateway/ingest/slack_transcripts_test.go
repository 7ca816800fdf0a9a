package ingest

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/translators/slack"
)

// transcriptSources are those that the transcripts name.
var transcriptSources = []Source{
	{Name: "ci", Secrets: []string{"lenient"}, Accept: []string{"slack", "discord", "github"}, Paths: []string{"/services/T0OLD/B0OLD/kept"}},
	{Name: "strict", Secrets: []string{"strict"}, Accept: []string{"slack"}, Strict: true},
	{Name: "paced", Secrets: []string{"paced"}, Accept: []string{"slack", "discord", "github"}, Rate: Rate{N: 1, Per: 90 * time.Second}},
	{Name: "repos", Secrets: []string{"repos"}, Accept: []string{"github"}},
}

// slackChecks are the rules that a strict source holds its senders to.
var slackChecks = Checks{
	Slack:       func(body []byte) []Violation { return violationsOf(slack.Check(body)) },
	SlackBlocks: func(blocks []byte) []Violation { return violationsOf(slack.CheckBlocks(blocks)) },
}

func violationsOf(found []slack.Violation) (out []Violation) {
	for _, v := range found {
		out = append(out, Violation{Error: v.Error, Code: v.Code, Pointer: v.Pointer, Message: v.Message, Field: v.Field})
	}
	return out
}

// startSlack is a listener for the transcripts: with a directory, and a store that
// answers with err.
func startSlack(err error) (*sink, http.Handler) {
	k := &sink{ack: Ack{ID: 1, Handle: handle, Routed: true}, err: err}
	return k, New(Options{
		Sources: transcriptSources, Sink: k, Archive: k, Checks: slackChecks, MaxBody: 64 << 10, Log: slog.New(slog.DiscardHandler),
		Channels: []Channel{{ID: "C024BE91L", Name: "ops"}, {ID: "C0DEPLOYS", Name: "deploys"}},
		Users:    []User{{ID: "U024BE7LH", Name: "ana"}},
	})
}

// exchange is a request and its answer.
type exchange struct{ request, answer string }

// transcript is a file of testdata/http/slack: what it is about in lines that
// begin with "#", then exchanges with a line "===" between them. Each is a request
// (method and address, headers, an empty line, the body), a line "---", and the
// answer (status, those headers that matter, an empty line, the body). {ci.slack},
// {ci.slack_token} and so on are the addresses of the source ci, {ci.team},
// {ci.bot} and {ci.user} the ids in them; ((x * 5)) is xxxxx. The lines of a
// multipart body end as they must. "given: busy" makes the store busy, "given:
// broken" broken, and "given: a body that breaks off" is what it says.
type transcript struct {
	given     string
	exchanges []exchange
}

func readTranscript(t *testing.T, file string) (tr transcript) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	for strings.HasPrefix(s, "#") || strings.HasPrefix(s, "given: ") {
		var line string
		line, s, _ = strings.Cut(s, "\n")
		if given, ok := strings.CutPrefix(line, "given: "); ok {
			tr.given = given
		}
	}
	for _, e := range strings.Split(filled(s), "\n===\n") {
		request, answer, ok := strings.Cut(e, "\n---\n")
		if !ok {
			t.Fatalf("no line --- in %q", e)
		}
		tr.exchanges = append(tr.exchanges, exchange{request, strings.TrimSuffix(answer, "\n")})
	}
	return tr
}

var repeated = regexp.MustCompile(`\(\((.+?) \* (\d+)\)\)`)

// filled is a transcript with addresses, ids and long texts in the place of their
// names.
func filled(s string) string {
	var pairs []string
	for i := range transcriptSources {
		src := &transcriptSources[i]
		a, k := AddressesOf(src, ""), derive(src.Name, src.Secrets[0])
		for name, v := range map[string]string{
			"slack": a.Slack, "slack_discord": a.SlackDiscord, "slack_github": a.SlackGitHub, "discord_slack": a.DiscordSlack,
			"slack_token": a.SlackToken, "team": k.team, "bot": k.bot, "user": "U" + k.bot[1:],
		} {
			pairs = append(pairs, "{"+src.Name+"."+name+"}", v)
		}
	}
	s = strings.NewReplacer(pairs...).Replace(s)
	return repeated.ReplaceAllStringFunc(s, func(r string) string {
		m := repeated.FindStringSubmatch(r)
		n, _ := strconv.Atoi(m[2])
		return strings.Repeat(m[1], n)
	})
}

// ask is the request of an exchange.
func (e exchange) ask(given string) *http.Request {
	head, body, _ := strings.Cut(e.request, "\n\n")
	lines := strings.Split(head, "\n")
	method, address, _ := strings.Cut(lines[0], " ")
	if strings.Contains(head, "multipart/form-data") {
		body = strings.ReplaceAll(body, "\n", "\r\n")
	}
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	if given == "a body that breaks off" {
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF)))
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return r
}

// differs says how an answer is not that of the exchange, or nothing.
func (e exchange) differs(w *httptest.ResponseRecorder) string {
	head, body, _ := strings.Cut(e.answer, "\n\n")
	lines := strings.Split(head, "\n")
	got := []string{strconv.Itoa(w.Code)}
	for _, line := range lines[1:] {
		name, _, _ := strings.Cut(line, ": ")
		got = append(got, name+": "+w.Header().Get(name))
	}
	if slices.Equal(got, lines) && w.Body.String() == body {
		return ""
	}
	return fmt.Sprintf("got\n%s\n\n%s\nwant\n%s", strings.Join(got, "\n"), w.Body, e.answer)
}

// Every exchange of testdata/http/slack is answered as it stands there, and every
// word that Slack documents for what can happen here is among the answers.
func TestSlackTranscripts(t *testing.T) {
	files, err := filepath.Glob("../../testdata/http/slack/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	said := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the time of an edit is in its answer
				tr := readTranscript(t, file)
				_, h := startSlack(map[string]error{"busy": ErrBusy, "broken": errors.New("disk")}[tr.given])
				for i, e := range tr.exchanges {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, e.ask(tr.given))
					if d := e.differs(w); d != "" {
						t.Errorf("exchange %d: %s", i+1, d)
					}
					body := w.Body.String()
					said[body] = true
					answer := gjson.Parse(body)
					said[answer.Get("error").Str] = true
					for _, warning := range answer.Get("response_metadata.warnings").Array() {
						said[warning.Str] = true
					}
				}
			})
		})
	}
	t.Run("every word", func(t *testing.T) {
		for _, word := range strings.Fields(slackWords) {
			if !said[word] {
				t.Errorf("no transcript answers %s", word)
			}
		}
	})
}

// slackWords are those that Slack documents and the gateway can answer, webhooks'
// first. The others are named at slackStatus and at call.fault.
const slackWords = `
	ok invalid_payload no_text invalid_blocks invalid_blocks_format invalid_attachments too_many_attachments
	user_not_found channel_not_found invalid_token no_service rollup_error rate_limited

	not_authed invalid_auth invalid_arg_name invalid_arguments invalid_array_arg invalid_charset invalid_form_data
	invalid_post_type missing_post_type invalid_json json_not_object request_timeout service_unavailable internal_error
	ratelimited unknown_method
	msg_too_long msg_blocks_too_long markdown_text_conflict markdown_text_too_long invalid_metadata_format
	message_not_found user_not_in_channel
	cannot_parse_attachment invalid_unfurls_format invalid_source
	missing_unfurls missing_channel missing_ts missing_unfurl_id missing_source
	invalid_message missing_charset superfluous_charset missing_content_type`
