package gateway

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
)

// A configuration that is right is put to work as a whole, also for what waits in
// a lane; one that is wrong changes nothing.
func TestReload(t *testing.T) {
	p := newPlatforms(t)
	t.Setenv("A_SECRET", "one")
	t.Setenv("B_SECRET", "two")
	t.Setenv("HOOK", p.discord("ops"))
	t.Setenv("GONE", p.discord("gone"))
	const first = `version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 1ms, most: 5ms, give_up_after: 1h}}
sources: {a: {secret: {env: A_SECRET}}}
destinations: {ops: {discord: {url: {env: GONE}}}}
routes: [{name: all, when: "true", to: [ops]}]
`
	p.gone["gone"] = true
	dir := t.TempDir()
	s := serve(t, dir, first)
	file := filepath.Join(dir, "dragoman.yaml")
	s.g.Source = func() (*config.Config, error) {
		c, err := config.Load(file, true)
		if err == nil {
			if c.Server.PublicURL != "" {
				return c, nil // with the listener that a file without one has
			}
			c.Store.Path, c.Server.Listen, c.Admin.Listen = s.g.conf.Store.Path, s.g.conf.Server.Listen, s.g.conf.Admin.Listen
		}
		return c, err
	}
	a := s.addresses("a")
	if status, _ := s.post(a.Slack, `{"text":"waits"}`); status != 200 {
		t.Fatal(status)
	}
	p.until("the lane stopped", func() bool { return s.backlog("") == 1 && p.count() > 0 })

	write := func(yaml string) (int, string) {
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		return s.post(s.admin+"/-/reload", "")
	}
	for name, c := range map[string]struct{ yaml, want string }{
		"a wrong key":   {strings.Replace(first, "routes:", "roots:", 1), "no such key"},
		"a wrong rule":  {strings.Replace(first, `"true"`, `'msg.nothing'`, 1), "msg"},
		"another place": {strings.Replace(first, "version: 1", "version: 1\nserver: {public_url: \"http://moved\"}", 1), "server.listen cannot change"},
	} {
		status, answer := write(c.yaml)
		if status != 422 || !strings.Contains(answer, c.want) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	second := strings.NewReplacer("GONE", "HOOK", "sources: {", "sources: {b: {secret: {env: B_SECRET}}, ", `when: "true"`, `when: 'source == "b"'`).Replace(first)
	if status, answer := write(second); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	if status, _ := s.post(a.Slack, `{"text":"goes nowhere"}`); status != 200 {
		t.Error(status)
	}
	s.post(s.admin+"/api/v1/lanes/ops/resume", "")
	p.until("what waited goes to the new address", func() bool { return len(p.hook("ops")) == 1 })
	src := IngestSource(s.g.latest.Load().conf.Source("b"))
	if status, _ := s.post(ingest.AddressesOf(&src, s.public).Slack, `{"text":"from b"}`); status != 200 {
		t.Error("the new source is not there", status)
	}
	p.until("two at the new address", func() bool { return len(p.hook("ops")) == 2 })
}
