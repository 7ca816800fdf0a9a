package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
)

const talkative = `version: 1
server: {max_body: 12MiB}
sources:
  ci: {secret: {env: CI_SECRET}}
  strict: {secret: {env: STRICT_SECRET}, validate: platform}
  paced: {secret: {env: PACED_SECRET}, rate: 1/90s}
destinations: {look: {inbox: {}}}
routes: [{name: all, when: "true", to: [look]}]
`

// failing is a store which takes no event.
type failing struct {
	store.Store
	err error
}

func (f failing) Ingest(context.Context, []store.Incoming) ([]store.Accepted, error) {
	return nil, f.err
}

var (
	anID     = regexp.MustCompile(`"\d{17,20}"`)
	aTime    = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[0-9:.+]+"`)
	repeated = regexp.MustCompile(`\(\((.+?) \* (\d+)\)\)`)
)

// Each exchange of testdata/http/discord is answered as it stands there. A file is
// what it is about in a line that begins with "#", perhaps "given: busy" or
// "given: broken" of the store, then exchanges with a line "===" between them. Each
// is a request (method and address, headers, an empty line, the body), a line
// "---", and the answer (status, those headers that matter, an empty line, the
// body). {ci} is the address of the source ci from "/webhooks" on, {last} the id
// of the last message; ((x * 5)) is xxxxx. In answers N is an id and T a time. The
// lines of a multipart body end as they must.
func TestDiscordTranscripts(t *testing.T) {
	files, err := filepath.Glob("../testdata/http/discord/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, name := range []string{"CI", "STRICT", "PACED"} {
		t.Setenv(name+"_SECRET", secret)
	}
	c, err := config.Parse("t.yaml", []byte(talkative), true)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				// Time stands still, so that a wait is told exactly; at a day on which Discord's
				// ids had begun.
				time.Sleep(time.Until(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
				exchanges(t, c, string(b), said)
			})
		})
	}
	for _, code := range []int{10008, 10015, 30015, 40005, 50006, 50013, 50027, 50035, 50041, 50045, 50109, 130000, 220002} {
		if !said[strconv.Itoa(code)] {
			t.Errorf("no transcript answers %d", code)
		}
	}
}

func exchanges(t *testing.T, c *config.Config, text string, said map[string]bool) {
	var st store.Store = memory.New()
	for strings.HasPrefix(text, "#") || strings.HasPrefix(text, "given: ") {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		switch line {
		case "given: busy":
			st = failing{st, store.ErrFull}
		case "given: broken":
			st = failing{st, errors.New("disk")}
		}
	}
	g, err := New(c, st, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for _, s := range g.sources() {
		address := strings.TrimPrefix(ingest.AddressesOf(&s, "").Discord, "/api")
		pairs = append(pairs, "{"+s.Name+"}", address)
	}
	last := "0"
	for i, e := range strings.Split(strings.TrimSuffix(text, "\n"), "\n===\n") {
		request, answer, ok := strings.Cut(e, "\n---\n")
		if !ok {
			t.Fatalf("no line --- in %q", e)
		}
		fill := strings.NewReplacer(append(pairs, "{last}", last)...)
		request = repeated.ReplaceAllStringFunc(fill.Replace(request), func(r string) string {
			m := repeated.FindStringSubmatch(r)
			n, _ := strconv.Atoi(m[2])
			return strings.Repeat(m[1], n)
		})
		head, body, _ := strings.Cut(request, "\n\n")
		lines := strings.Split(head, "\n")
		method, address, _ := strings.Cut(lines[0], " ")
		if strings.Contains(head, "multipart/form-data") {
			body = strings.ReplaceAll(body, "\n", "\r\n")
		}
		r := httptest.NewRequest(method, address, strings.NewReader(body))
		for _, line := range lines[1:] {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		g.front.ServeHTTP(w, r)

		got := strconv.Itoa(w.Code)
		wantHead, _, _ := strings.Cut(answer, "\n\n")
		for _, line := range strings.Split(wantHead, "\n")[1:] {
			name, _, _ := strings.Cut(line, ": ")
			got += fmt.Sprintf("\n%s: %s", name, w.Header().Get(name))
		}
		v := gjson.Parse(w.Body.String())
		said[v.Get("code").Raw] = true
		if m := v.Get("channel_id"); m.Exists() && v.Get("content").Exists() {
			last = v.Get("id").Str
		}
		shown := w.Body.String()
		if token := v.Get("token").Str; token != "" {
			shown = strings.Replace(shown, `"token":"`+token+`"`, `"token":"TOKEN"`, 1)
		}
		shown = aTime.ReplaceAllString(anID.ReplaceAllString(shown, `"N"`), `"T"`)
		if got += "\n\n" + shown; strings.TrimSpace(got) != strings.TrimSpace(fill.Replace(answer)) {
			t.Errorf("exchange %d: %s\ngot\n%s\nwant\n%s", i+1, lines[0], got, answer)
		}
	}
}
