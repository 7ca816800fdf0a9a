package gateway

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/translators/chat/chattest"
)

// gate is a gateway at work, as "serve" runs it.
type gate struct {
	t      testing.TB
	g      *Gateway
	store  store.Store
	public string
	admin  string
	stop   func() // stops it and waits
	client *http.Client
}

const secret = "correct horse battery staple"

// serve starts a gateway from a configuration file's text.
func serve(t testing.TB, dir, yaml string) *gate {
	t.Helper()
	return serveLogged(t, dir, yaml, io.Discard)
}

func serveLogged(t testing.TB, dir, yaml string, log io.Writer) *gate {
	t.Helper()
	return serveKind(t, "sqlite", dir, yaml, log)
}

// serveKind is serve over a store of a kind.
func serveKind(t testing.TB, kind, dir, yaml string, log io.Writer) *gate {
	t.Helper()
	file := filepath.Join(dir, "dragoman.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, true)
	if err != nil {
		t.Fatal(err)
	}
	c.Store.Path = filepath.Join(dir, "data")
	c.Server.Listen, c.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	st := openKind(t, kind, c.Store.Path)
	g, err := New(c, st, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	public, admin, err := g.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := g.Run(ctx, public, admin); err != nil {
			t.Error(err)
		}
	})
	s := &gate{t: t, g: g, store: st, public: "http://" + public.Addr().String(), admin: "http://" + admin.Addr().String(),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DialContext: (&net.Dialer{}).DialContext}}}
	s.stop = sync.OnceFunc(func() {
		s.client.CloseIdleConnections()
		cancel()
		wg.Wait()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.stop)
	return s
}

func (s *gate) addresses(source string) ingest.Addresses {
	src := IngestSource(s.g.conf.Source(source))
	return ingest.AddressesOf(&src, s.public)
}

// post sends a body and gives the status and the answer.
func (s *gate) post(url, body string, header ...string) (int, string) {
	s.t.Helper()
	return s.do(http.MethodPost, url, body, header...)
}

func (s *gate) do(method, url, body string, header ...string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func (s *gate) get(path string, into any) {
	s.t.Helper()
	res, err := s.client.Get(s.admin + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		s.t.Fatal(err)
	}
}

// signed are the headers of a GitHub delivery.
func signed(event, id, body string) []string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(body))
	return []string{"X-GitHub-Event", event, "X-GitHub-Delivery", id, "X-Hub-Signature-256", "sha256=" + hex.EncodeToString(m.Sum(nil))}
}

// until waits for news from the platforms until ok is true.
func (p *platforms) until(what string, ok func() bool) {
	p.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	look := time.NewTicker(50 * time.Millisecond) // an outcome is stored after the platform has answered
	defer look.Stop()
	for !ok() {
		select {
		case <-p.news:
		case <-look.C:
		case <-deadline.C:
			p.t.Fatalf("after a minute still not: %s", what)
		}
	}
}

const everywhere = `version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 1ms, most: 5ms, give_up_after: 1h}}
sources:
  ci: {secret: {env: E2E_SECRET}, labels: {team: platform}}
  repos: {secret: {env: E2E_SECRET}, github_secret: {env: E2E_SECRET}, accept: [github]}
destinations:
  ops: {discord: {url: {env: E2E_DISCORD}}}
  dev: {slack: {url: {env: E2E_SLACK}}}
  lost: {discord: {url: {env: E2E_GONE}}}
  look: {inbox: {}}
lets:
  loud: msg.text contains "[prod]"
routes:
  - {name: noise, when: 'msg.text contains "noise"', drop: true}
  - {name: prod, when: loud, to: [ops], set: {username: '"CI " + labels.team'}, stop: true}
  - {name: both, when: 'source in ["ci", "repos"]', to: [ops, dev]}
  - {name: nobody, when: 'msg.text contains "into the void"', to: [lost]}
  - {name: raw, when: 'dialect == "github"', to: [look], as: original}
`

func environment(t *testing.T, p *platforms) {
	t.Setenv("E2E_SECRET", secret)
	t.Setenv("E2E_DISCORD", p.discord("ops"))
	t.Setenv("E2E_SLACK", p.slack("dev"))
	t.Setenv("E2E_GONE", p.discord("gone"))
	p.gone["gone"] = true
}

var number = regexp.MustCompile(`message-(\d+)-`)

// numbers are the numbers of the messages in payloads, in order.
func numbers(payloads []string) (out []string) {
	for _, p := range payloads {
		for _, m := range number.FindAllStringSubmatch(p, -1) {
			if len(out) == 0 || out[len(out)-1] != m[1] {
				out = append(out, m[1])
			}
		}
	}
	return out
}

func TestEveryMessageArrivesOnceAndInOrder(t *testing.T) {
	p := newPlatforms(t)
	p.rand = rand.New(rand.NewPCG(1, 2))
	environment(t, p)
	s := serve(t, t.TempDir(), everywhere)
	ci, repos := s.addresses("ci"), s.addresses("repos")
	const n = 120
	var want []string
	for i := range n {
		text := fmt.Sprintf("message-%d- *done*", i)
		var status int
		var answer string
		switch i % 6 {
		case 0:
			status, answer = s.post(ci.Slack, fmt.Sprintf(`{"text":%q}`, text))
		case 1:
			status, answer = s.post(ci.Discord, fmt.Sprintf(`{"content":%q}`, text))
		case 2:
			status, answer = s.post(ci.DiscordSlack, fmt.Sprintf(`{"attachments":[{"color":"good","title":"t","text":%q}]}`, text))
		case 3:
			status, answer = s.post(ci.SlackDiscord+"?wait=true", fmt.Sprintf(`{"embeds":[{"title":"t","description":%q}]}`, text))
			if !strings.Contains(answer, text) {
				t.Errorf("the message answered is %s", answer)
			}
			answer = ""
		case 4:
			status, answer = s.post(ci.DiscordGit, pushBody(text), "X-GitHub-Event", "push", "X-GitHub-Delivery", fmt.Sprint("ci", i))
		case 5:
			body := pushBody(text)
			status, answer = s.post(repos.GitHub, body, signed("push", fmt.Sprint("r", i), body)...)
		}
		if status/100 != 2 {
			t.Fatalf("message %d: %d %s", i, status, answer)
		}
		want = append(want, fmt.Sprint(i))
	}
	for _, hook := range []string{"ops", "dev"} {
		p.until("all at "+hook, func() bool { return len(numbers(p.hook(hook))) >= n })
		if got := numbers(p.hook(hook)); !slices.Equal(got, want) {
			t.Errorf("%s took %v", hook, got)
		}
		if got := len(p.hook(hook)); got != n {
			t.Errorf("%s took %d messages of %d", hook, got, n)
		}
	}
	p.until("every delivery stored as done", func() bool {
		var rows struct{ Deliveries []store.DeliveryRow }
		s.get("/api/v1/deliveries?limit=500", &rows)
		done := 0
		for _, d := range rows.Deliveries {
			if d.State == store.Done {
				done++
			}
		}
		return done == len(rows.Deliveries) && done == 2*n+2*n/6 // 40 of them to the inbox, too
	})
}

func pushBody(text string) string {
	msg, _ := json.Marshal(text)
	return fmt.Sprintf(`{"ref":"refs/heads/main","before":"1111111111111111111111111111111111111111","after":"2222222222222222222222222222222222222222","created":false,"deleted":false,"forced":false,"compare":"https://github.com/acme/api/compare/1...2","commits":[{"id":"2222222222222222222222222222222222222222","message":%s,"timestamp":"2026-01-02T03:04:05Z","url":"https://github.com/acme/api/commit/2","author":{"name":"Ana","username":"ana"},"added":[],"removed":[],"modified":["a.go"]}],"head_commit":null,"repository":{"id":1,"name":"api","full_name":"acme/api","html_url":"https://github.com/acme/api","default_branch":"main"},"pusher":{"name":"ana"},"sender":{"login":"ana","id":7,"type":"User","html_url":"https://github.com/ana","avatar_url":"https://avatars.example.org/7"}}`, msg)
}

func TestRoutesSetsDropsAndOriginals(t *testing.T) {
	p := newPlatforms(t)
	environment(t, p)
	s := serve(t, t.TempDir(), everywhere)
	ci := s.addresses("ci")
	s.post(ci.Slack, `{"text":"noise message-1-"}`)
	s.post(ci.Slack, `{"text":"[prod] message-2-"}`)
	s.post(ci.Slack, `{"text":"message-3-"}`)
	body := pushBody("message-4-")
	s.post(ci.DiscordGit, body, "X-GitHub-Event", "push")
	p.until("three at ops", func() bool { return len(p.hook("ops")) == 3 })
	p.until("two at dev", func() bool { return len(p.hook("dev")) == 2 })
	if got := numbers(p.hook("ops")); !slices.Equal(got, []string{"2", "3", "4"}) {
		t.Errorf("ops took %v", got)
	}
	if got := p.hook("ops")[0]; !strings.Contains(got, `"username":"CI platform"`) {
		t.Errorf("no name was set: %s", got)
	}
	var kept []struct {
		Format  string
		Payload json.RawMessage
	}
	p.until("the original in the inbox", func() bool { s.get("/api/v1/inbox/look", &kept); return len(kept) == 1 })
	if kept[0].Format != "github" || !bytes.Contains(kept[0].Payload, []byte("message-4-")) {
		t.Errorf("kept %+v", kept)
	}
	var events struct{ Events []store.EventRow }
	s.get("/api/v1/events", &events)
	var verdicts []string
	for _, e := range events.Events {
		verdicts = append(verdicts, e.Verdict+" "+e.By)
	}
	if want := []string{"routed ", "routed ", "routed ", "dropped noise"}; !slices.Equal(verdicts, want) {
		t.Errorf("verdicts %q", verdicts)
	}
}

func TestARevokedWebhookStopsItsLaneAloneUntilItIsResumed(t *testing.T) {
	p := newPlatforms(t)
	environment(t, p)
	s := serve(t, t.TempDir(), everywhere)
	ci := s.addresses("ci")
	s.post(ci.Slack, `{"text":"into the void message-1-"}`)
	s.post(ci.Slack, `{"text":"message-2-"}`)
	p.until("the others", func() bool { return len(p.hook("ops")) == 2 && len(p.hook("dev")) == 2 })
	lane := func() (l store.LaneRow) {
		var rows struct{ Lanes []store.LaneRow }
		s.get("/api/v1/lanes", &rows)
		for _, r := range rows.Lanes {
			if r.Name == "lost" {
				l = r
			}
		}
		return l
	}
	p.until("the lane stopped", func() bool { return lane().Gate.Stopped })
	if l := lane(); l.Backlog != 1 || l.Gate.Reason != "gone" {
		t.Errorf("lane %+v", l)
	}
	p.mu.Lock()
	p.gone = map[string]bool{}
	p.mu.Unlock()
	if status, answer := s.post(s.admin+"/api/v1/lanes/lost/resume", ""); status != 200 {
		t.Fatal(status, answer)
	}
	p.until("the held message", func() bool { return len(p.hook("gone")) == 1 })
}

func TestARepeatedDeliveryIsDeliveredOnce(t *testing.T) {
	p := newPlatforms(t)
	environment(t, p)
	s := serve(t, t.TempDir(), everywhere)
	a := s.addresses("repos")
	body := pushBody("message-1-")
	for range 3 {
		if status, answer := s.post(a.GitHub, body, signed("push", "same", body)...); status != 202 {
			t.Fatal(status, answer)
		}
	}
	other := pushBody("message-2-")
	s.post(a.GitHub, other, signed("push", "other", other)...)
	p.until("both at dev", func() bool { return slices.Equal(numbers(p.hook("dev")), []string{"1", "2"}) })
	p.until("both at ops", func() bool { return len(p.hook("ops")) == 2 })
}

func TestWhatWasAcceptedIsDeliveredAfterARestart(t *testing.T) {
	p := newPlatforms(t)
	environment(t, p)
	p.gone["ops"], p.gone["dev"] = true, true // nothing gets out
	dir := t.TempDir()
	s := serve(t, dir, everywhere)
	a := s.addresses("ci")
	for i := range 20 {
		if status, _ := s.post(a.Slack, fmt.Sprintf(`{"text":"message-%d-"}`, i)); status != 200 {
			t.Fatal(status)
		}
	}
	s.stop()
	p.mu.Lock()
	clear(p.gone)
	p.mu.Unlock()
	s = serve(t, dir, everywhere)
	for _, lane := range []string{"ops", "dev"} {
		s.post(s.admin+"/api/v1/lanes/"+lane+"/resume", "")
	}
	for _, hook := range []string{"ops", "dev"} {
		p.until("all at "+hook, func() bool { return len(p.hook(hook)) == 20 })
	}
}

// TestHostilePayloads sends what nobody should send to every address: each is
// refused in the platform's words, or accepted and delivered within the limits.
func TestHostilePayloads(t *testing.T) {
	dir := filepath.Join(chattest.Corpus(t), "hostile")
	p := newPlatforms(t)
	environment(t, p)
	s := serve(t, t.TempDir(), everywhere)
	a := s.addresses("ci")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused := 0, 0
	post := func(name, contentType string, body []byte) {
		for _, url := range []string{a.Slack, a.Discord, a.Discord + "?wait=true", a.DiscordSlack, a.SlackDiscord, a.DiscordGit, a.SlackGitHub} {
			start := time.Now()
			status, answer := s.post(url, string(body), "Content-Type", contentType, "X-GitHub-Event", "issues")
			switch {
			case status/100 == 2:
				accepted++
			case status/100 == 4 && answer != "":
				refused++
			default:
				t.Errorf("%s: %d %q", name, status, answer)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("%s took %s", name, d)
			}
		}
	}
	post("six megabytes of [", "application/json", bytes.Repeat([]byte("["), 6<<20))
	for line := range strings.Lines(string(index)) {
		var e struct {
			File        string
			ContentType string `json:"content_type"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		post(e.File, e.ContentType, body)
	}
	p.until("everything delivered", func() bool { return s.backlog("lost") == 0 })
	if status, _ := s.post(a.Slack, `{"text":"still here"}`); status != 200 {
		t.Errorf("the gateway answers %d", status)
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// backlog is how many deliveries are pending, those of one lane apart.
func (s *gate) backlog(except string) (n int) {
	s.t.Helper()
	var lanes struct{ Lanes []store.LaneRow }
	s.get("/api/v1/lanes", &lanes)
	for _, l := range lanes.Lanes {
		if l.Name != except {
			n += l.Backlog
		}
	}
	return n
}

// TestRealPayloads sends every Slack and Discord body and GitHub event of the
// reference corpus through a whole gateway, to both platforms.
func TestRealPayloads(t *testing.T) {
	dir := chattest.Corpus(t)
	p := newPlatforms(t)
	environment(t, p)
	s := serve(t, t.TempDir(), everywhere)
	a := s.addresses("ci")
	sent := 0
	for _, kind := range []struct{ dir, url string }{{"slack", a.Slack}, {"discord", a.Discord}, {"slack", a.DiscordSlack}, {"github", a.DiscordGit}} {
		files, err := filepath.Glob(filepath.Join(dir, kind.dir, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatal(err, len(files))
		}
		for _, f := range files {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			event, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(f), "octokit--"), ".")
			status, answer := s.post(kind.url, string(body), "X-GitHub-Event", strings.ReplaceAll(event, "-", "_"))
			switch {
			case status/100 == 2:
				sent++
			case status == 400 && (answer == "no_text" || strings.Contains(answer, "50006") || strings.Contains(answer, "odd")):
				// views, callbacks and fragments without anything to post
			default:
				t.Errorf("%s: %d %s", filepath.Base(f), status, answer)
			}
		}
	}
	p.until("everything delivered", func() bool { return s.backlog("lost") == 0 })
	var dead struct{ Deliveries []store.DeliveryRow }
	s.get("/api/v1/deliveries?state=dead&limit=500", &dead)
	for _, d := range dead.Deliveries {
		t.Errorf("dead: %+v", d)
	}
	t.Logf("%d payloads accepted, %d messages at Discord, %d at Slack", sent, len(p.hook("ops")), len(p.hook("dev")))
}
