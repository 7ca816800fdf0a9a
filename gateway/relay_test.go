package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/gateway/ingest"
)

// serves relays the fakes' webhooks.
const serves = `version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 1ms, most: 20ms, give_up_after: 1h}}
relay:
  discord: {ids: ["123456789012345678"], api_url: "%[1]s/api"}
  slack: {teams: [T000], api_url: "%[1]s"}
  from: [127.0.0.0/8]
destinations: {look: {inbox: {}}}
routes:
  - {name: noise, when: 'msg.text contains "noise"', drop: true}
  - {name: kept, when: 'source == "relay" and labels.platform == "discord" and msg.text contains "keep"', to: [look], stop: true}
`

// log keeps what is logged.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func relaying(t *testing.T, p *platforms, dir string) (*gate, *log) {
	l := &log{}
	return serveLogged(t, dir, fmt.Sprintf(serves, p.server.URL), l), l
}

// here is an address at a platform with the gateway's host in place of its own.
func (s *gate) here(p *platforms, address string) string {
	return s.public + strings.TrimPrefix(address, p.server.URL)
}

func TestARelayedAddressIsItsPlatforms(t *testing.T) {
	p := newPlatforms(t)
	s, _ := relaying(t, p, t.TempDir())
	at, push := s.here(p, p.discord("d")), []string{"X-GitHub-Event", "push"}
	slack := s.here(p, p.slack("s"))
	for i, c := range []struct {
		address, body string
		header        []string
		status        int
		answer        string
		hook, has     string
	}{
		{at + "/slack", `{"text":"*one* <https://example.org|x>"}`, nil, 200, "ok", "d", "**one** [x](https://example.org)"},
		{at + "/github", pushBody("two"), push, 204, "", "d", "two"},
		{at, `{"content":"three"}`, nil, 204, "", "d", "three"},
		{at + "?wait=true", `{"content":"four"}`, nil, 200, `"content":"four"`, "d", "four"},
		{slack, `{"text":"five"}`, nil, 200, "ok", "s", "five"},
		{slack + "/discord", `{"content":"**six**"}`, nil, 204, "", "s", "*six*"},
		{slack + "/github", pushBody("seven"), push, 202, "", "s", "seven"},
		{strings.Replace(slack, "/services", "", 1), `{"text":"eight"}`, nil, 200, "ok", "s", "eight"},
	} {
		before := len(p.hook(c.hook))
		status, answer := s.post(c.address, c.body, c.header...)
		if status != c.status || !strings.Contains(answer, c.answer) {
			t.Fatalf("%d: %d %s", i+1, status, answer)
		}
		p.until(c.has, func() bool { return len(p.hook(c.hook)) > before })
		if got := p.hook(c.hook)[before]; !strings.Contains(got, c.has) {
			t.Errorf("%d: %q is not in %s", i+1, c.has, got)
		}
	}
	if p.checks != 1 {
		t.Errorf("Discord was asked %d times for one webhook", p.checks)
	}
	for address, want := range map[string]string{
		strings.Replace(at, "123456789012345678", "223456789012345678", 1): "404 " + `{"message":"Unknown Webhook","code":10015}`,
		strings.Replace(slack, "T000", "T001", 1):                          "404 no_service",
		strings.Replace(slack, "T000/B000", "T000/..", 1):                  "404 no_service",
		at + "%2F..%2F..%2Fusers":                                          "404 " + `{"message":"Unknown Webhook","code":10015}`,
	} {
		if status, answer := s.post(address, `{"text":"x","content":"x"}`); fmt.Sprint(status, " ", answer) != want {
			t.Errorf("%s: %d %s", address, status, answer)
		}
	}
	if p.checks != 1 {
		t.Error("Discord was asked for a webhook that is not served")
	}
}

func TestRulesSeeWhatIsRelayed(t *testing.T) {
	p := newPlatforms(t)
	s, _ := relaying(t, p, t.TempDir())
	at, slack := s.here(p, p.discord("d")), s.here(p, p.slack("s"))
	for _, text := range []string{"noise", "keep this", "the end"} {
		if status, answer := s.post(at, `{"content":"`+text+`"}`); status != 204 {
			t.Fatalf("%s: %d %s", text, status, answer)
		}
	}
	if status, answer := s.post(slack, `{"text":"keep that"}`); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	p.until("all are there", func() bool { return len(p.hook("d")) == 2 && len(p.hook("s")) == 1 })
	if got := p.hook("d")[0]; !strings.Contains(got, "keep this") {
		t.Errorf("what was dropped came: %s", got)
	}
	var kept []json.RawMessage
	p.until("the inbox has its copy", func() bool {
		s.get("/api/v1/inbox/look", &kept)
		return len(kept) == 1
	})
	var events struct {
		Events []struct{ Source, Verdict, By string }
	}
	s.get("/api/v1/events", &events)
	if got := fmt.Sprint(events.Events); got != "[{relay routed } {relay routed } {relay routed } {relay dropped noise}]" {
		t.Error(got)
	}
}

func TestRelayedMessagesAreReadEditedAndDeleted(t *testing.T) {
	p := newPlatforms(t)
	s, _ := relaying(t, p, t.TempDir())
	at, other := s.here(p, p.discord("d")), s.here(p, p.discord("other"))
	_, answer := s.post(at+"?wait=true", `{"content":"first"}`)
	id := gjson.Get(answer, "id").Str
	_, _ = s.post(other, `{"content":"also there"}`)
	for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodDelete} {
		for _, address := range []string{other + "/messages/" + id, at + "/messages/1290000000000000001"} {
			if status, answer := s.do(method, address, `{"content":"stolen"}`); status != 404 || gjson.Get(answer, "code").Int() != 10008 {
				t.Errorf("%s: %d %s", method, status, answer)
			}
		}
	}
	if status, answer := s.do("GET", at+"/messages/"+id, ""); status != 200 || gjson.Get(answer, "content").Str != "first" {
		t.Errorf("get: %d %s", status, answer)
	}
	if status, answer := s.do("PATCH", at+"/messages/"+id, `{"content":"second"}`); status != 200 || gjson.Get(answer, "content").Str != "second" {
		t.Errorf("patch: %d %s", status, answer)
	}
	p.until("it is edited", func() bool { m := p.see("d"); return len(m) == 1 && strings.Contains(m[0].payload, "second") })
	if status, answer := s.do("DELETE", at+"/messages/"+id, ""); status != 204 {
		t.Errorf("delete: %d %s", status, answer)
	}
	p.until("it is gone", func() bool { return len(p.see("d")) == 0 && len(p.see("other")) == 1 })
}

// Whoever asks for webhooks that are not there makes the gateway ask for a few.
func TestUnknownWebhooksCostLittle(t *testing.T) {
	p := newPlatforms(t)
	dir := t.TempDir()
	s, _ := relaying(t, p, dir)
	statuses := map[int]int{}
	for i := range 300 {
		status, answer := s.post(s.here(p, p.discord(fmt.Sprint("nobody-", i))), `{"content":"x"}`)
		statuses[status]++
		switch {
		case status == 404 && answer == `{"message":"Unknown Webhook","code":10015}`:
		case status == 429 && gjson.Get(answer, "retry_after").Float() > 0:
		default:
			t.Fatalf("%d: %d %s", i, status, answer)
		}
	}
	if p.checks > relayChecks.N || statuses[404] != p.checks || p.requests != 0 {
		t.Errorf("%d checks and %d requests, %v", p.checks, p.requests, statuses)
	}
	for range 50 {
		if status, _ := s.post(s.here(p, p.discord("nobody-0")), `{"content":"x"}`); status != 404 {
			t.Fatal(status)
		}
	}
	s.stop()
	s, _ = relaying(t, p, dir)
	before := p.checks
	if status, _ := s.post(s.here(p, p.discord("nobody-1"))+"/slack", `{"text":"x"}`); status != 404 || p.checks != before {
		t.Errorf("after a restart: %d, and %d checks more", status, p.checks-before)
	}
	// Slack can only be sent it; each new webhook counts likewise.
	served := 0
	for i := range 100 {
		if status, _ := s.post(s.here(p, p.slack(fmt.Sprint("nobody", i))), `{"text":"x"}`); status == 200 {
			served++
		} else if status != 429 {
			t.Fatal(status)
		}
	}
	if served > relayChecks.N || served == 0 {
		t.Errorf("%d webhooks of Slack's were taken", served)
	}
}

// Many who ask at once for one webhook are answered by one check.
func TestAWebhookIsAskedForOnce(t *testing.T) {
	p := newPlatforms(t)
	s, _ := relaying(t, p, t.TempDir())
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if status, answer := s.post(s.here(p, p.discord("d")), `{"content":"x"}`); status != 204 {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
	wg.Wait()
	p.until("all are there", func() bool { return len(p.hook("d")) == 30 })
	if p.checks != 1 {
		t.Errorf("%d checks", p.checks)
	}
}

func (p *platforms) setGone(hook string, gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone[hook] = gone
}

// A webhook that is revoked is told to its senders, until a person has seen to it.
func TestSendersHearOfARevokedWebhook(t *testing.T) {
	p := newPlatforms(t)
	dir := t.TempDir()
	s, _ := relaying(t, p, dir)
	type hook struct{ name, address, body, ok, gone string }
	hooks := []hook{
		{"d", s.here(p, p.discord("d")), `{"content":"hello"}`, "204 ", `404 {"message":"Unknown Webhook","code":10015}`},
		{"s", s.here(p, p.slack("s")), `{"text":"hello"}`, "200 ok", "404 no_service"},
	}
	send := func(h hook) string {
		status, answer := s.post(h.address, h.body)
		return fmt.Sprint(status, " ", answer)
	}
	for _, h := range hooks {
		if got := send(h); got != h.ok {
			t.Fatalf("%s: %s", h.name, got)
		}
		p.until("the first", func() bool { return len(p.hook(h.name)) == 1 })
		p.setGone(h.name, true)
		if got := send(h); got != h.ok {
			t.Fatalf("%s: %s", h.name, got)
		}
		p.until(h.name+" is refused", func() bool { return send(h) == h.gone })
	}
	s.stop()
	s, _ = relaying(t, p, dir)
	for i := range hooks {
		hooks[i].address = s.public + hooks[i].address[strings.Index(hooks[i].address[8:], "/")+8:]
		h := hooks[i]
		if got := send(h); got != h.gone {
			t.Fatalf("%s after a restart: %s", h.name, got)
		}
		p.setGone(h.name, false)
		name := ingest.Hook{Platform: "slack", ID: "T000/B000", Token: "s"}.Name()
		if h.name == "d" {
			name = ingest.Hook{Platform: "discord", ID: "123456789012345678", Token: "d"}.Name()
		}
		if status, answer := s.do("POST", s.admin+"/api/v1/lanes/"+name+"/resume", ""); status/100 != 2 {
			t.Fatalf("%d %s", status, answer)
		}
		p.until("what waited is there", func() bool { return len(p.hook(h.name)) >= 2 })
		p.until(h.name+" is served again", func() bool { return send(h) == h.ok })
	}
}

// What was accepted is delivered after a restart, though only the store knows the
// address by then; and the token is in no answer and no log.
func TestARelayedAddressSurvivesAndDoesNotShow(t *testing.T) {
	p := newPlatforms(t)
	dir := t.TempDir()
	const token = "S3cretToken-_x"
	s, l := relaying(t, p, dir)
	at := s.here(p, p.discord(token))
	if status, answer := s.post(at, `{"content":"before"}`); status != 204 {
		t.Fatalf("%d %s", status, answer)
	}
	p.until("the first", func() bool { return len(p.hook(token)) == 1 })
	p.setGone(token, true)
	if status, answer := s.post(at, `{"content":"while it is away"}`); status != 204 {
		t.Fatalf("%d %s", status, answer)
	}
	p.until("it is refused", func() bool { status, _ := s.post(at, `{"content":"lost"}`); return status == 404 })
	show := func() (all string) {
		for _, page := range []string{"/api/v1/events", "/api/v1/deliveries", "/api/v1/lanes", "/api/v1/events/1", "/", "/events/1"} {
			_, answer := s.do("GET", s.admin+page, "")
			all += page + "\n" + answer
		}
		return all
	}
	if got := show() + l.String(); strings.Contains(got, token) || !strings.Contains(got, "relay-discord-") || !strings.Contains(l.String(), "relay-discord-") {
		t.Errorf("the token, or no name: %s", got)
	}
	s.stop()
	p.setGone(token, false)
	s, l = relaying(t, p, dir)
	name := ingest.Hook{Platform: "discord", ID: "123456789012345678", Token: token}.Name()
	if status, answer := s.do("POST", s.admin+"/api/v1/lanes/"+name+"/resume", ""); status/100 != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	p.until("it is there after all", func() bool { return len(p.hook(token)) >= 2 })
	if got := p.hook(token)[1]; !strings.Contains(got, "while it is away") {
		t.Error(got)
	}
	if got := show() + l.String(); strings.Contains(got, token) {
		t.Errorf("the token: %s", got)
	}
}

// All that is relayed is of one source, and still nobody's delivery is another's
// repeat.
func TestARepeatIsOneAtTheSameAddress(t *testing.T) {
	p := newPlatforms(t)
	s, _ := relaying(t, p, t.TempDir())
	for _, hook := range []string{"d", "other", "d"} {
		if status, answer := s.post(s.here(p, p.discord(hook))+"/github", pushBody(hook), "X-GitHub-Event", "push", "X-GitHub-Delivery", "one"); status != 204 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	if status, _ := s.post(s.here(p, p.discord("d")), `{"content":"the end"}`); status != 204 {
		t.Fatal(status)
	}
	p.until("the end", func() bool {
		got := p.hook("d")
		return len(got) > 0 && strings.Contains(got[len(got)-1], "the end")
	})
	p.until("the other", func() bool { return len(p.hook("other")) == 1 })
	if got := p.hook("d"); len(got) != 2 {
		t.Errorf("%d came: %v", len(got), got)
	}
}
