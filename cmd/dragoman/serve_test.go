package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// serveDemo starts the gateway without a configuration, and gives its admin
// address.
func serveDemo(t *testing.T, dir string) (p *process, admin string) {
	t.Helper()
	p = start(t, dir, nil, "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	if public := p.line("webhooks"); !strings.HasPrefix(public, "http://127.0.0.1:") || strings.HasSuffix(public, ":0") {
		t.Errorf("the public address is %q", public)
	}
	admin = p.line("console")
	if data := p.line("data"); data != "dragoman-data" {
		t.Errorf("the data directory is %q", data)
	}
	return p, admin
}

// words are the elements of a shell's command line: parted by blanks, quoted by
// apostrophes. A quoted word may hold line breaks.
func words(line string) (out []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}

func TestTheDemoCanBeTriedAsPrinted(t *testing.T) {
	p, admin := serveDemo(t, t.TempDir())
	if a := p.line("  Slack webhook"); !strings.HasPrefix(a, "http://127.0.0.1:") {
		t.Errorf("the demo's address is %q", a)
	}
	curl := words(p.line("curl "))
	if len(curl) != 5 || curl[0] != "-H" || curl[2] != "-d" {
		t.Fatalf("the line to try is %q", curl)
	}
	name, value, _ := strings.Cut(curl[1], ":")
	req, err := http.NewRequest(http.MethodPost, curl[4], strings.NewReader(curl[3]))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(name, strings.TrimSpace(value))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || string(body) != "ok" {
		t.Fatalf("answered %s %q %v", res.Status, body, err)
	}
	var kept []struct {
		Format  string
		Payload json.RawMessage
	}
	until(t, func() string {
		if get(t, admin+"/api/v1/inbox/inbox", &kept); len(kept) != 1 {
			return fmt.Sprintf("%d messages in the inbox", len(kept))
		}
		return ""
	})
	if kept[0].Format != "native" || !strings.Contains(string(kept[0].Payload), "Deploy finished 🚀") {
		t.Errorf("kept as %s: %s", kept[0].Format, kept[0].Payload)
	}
	if status := p.signal(syscall.SIGTERM); status != exitDone {
		t.Errorf("status %d:\n%s", status, p.said())
	}
	if strings.Contains(p.said(), mustParse(t, curl[4]).Path) {
		t.Errorf("the log shows the demo's address:\n%s", p.said())
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAnInterruptStops(t *testing.T) {
	p, _ := serveDemo(t, t.TempDir())
	if status := p.signal(syscall.SIGINT); status != exitDone {
		t.Errorf("status %d:\n%s", status, p.said())
	}
}

func TestOneDataDirectoryHasOneProcess(t *testing.T) {
	dir := t.TempDir()
	first, _ := serveDemo(t, dir)
	second := start(t, dir, nil, "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	if status := second.wait(); status != exitFailed || !strings.Contains(second.said(), "is in use by process") {
		t.Errorf("status %d:\n%s", status, second.said())
	}
	if status := first.signal(syscall.SIGTERM); status != exitDone {
		t.Fatalf("status %d:\n%s", status, first.said())
	}
	third, _ := serveDemo(t, dir)
	if status := third.signal(syscall.SIGTERM); status != exitDone {
		t.Errorf("status %d:\n%s", status, third.said())
	}
}

func TestWhatIsRefusedAtTheStart(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"a demo for everyone":           {[]string{"--listen", "0.0.0.0:0", "--admin", "127.0.0.1:0"}, exitFailed, `"demo" has the published demo secret`},
		"a demo on every address":       {[]string{"--listen", ":0", "--admin", "127.0.0.1:0"}, exitFailed, `"demo" has the published demo secret`},
		"an admin without a token":      {[]string{"--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0"}, exitFailed, "there is no admin.token"},
		"a file that there is not":      {[]string{"--config", "nowhere.yaml"}, exitConfig, "nowhere.yaml"},
		"an address that there is not":  {[]string{"--listen", "203.0.113.7:1", "--admin", "127.0.0.1:0"}, exitFailed, `"demo" has the published demo secret`},
		"a listener that is no address": {[]string{"--listen", "127.0.0.1", "--admin", "127.0.0.1:0"}, exitFailed, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, t.TempDir(), nil, append([]string{"serve"}, c.args...)...)
			if status := p.wait(); status != c.status || !strings.Contains(p.said(), c.want) {
				t.Errorf("status %d, want %d and %q:\n%s", status, c.status, c.want, p.said())
			}
		})
	}
}

// TestAnAdminTokenOpensTheListener also shows that a variable goes before what is
// built in.
func TestAnAdminTokenOpensTheListener(t *testing.T) {
	p := start(t, t.TempDir(), []string{"DRAGOMAN_ADMIN_TOKEN=sesame", "DRAGOMAN_ADMIN_LISTEN=0.0.0.0:0"}, "serve", "--listen", "127.0.0.1:0")
	admin := mustParse(t, p.line("console"))
	admin.Host = "127.0.0.1:" + admin.Port()
	admin.Path = "/api/v1/lanes"
	for token, want := range map[string]int{"": http.StatusUnauthorized, "Bearer sesam": http.StatusUnauthorized, "Bearer sesame": http.StatusOK} {
		req, err := http.NewRequest(http.MethodGet, admin.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%q is answered %s", token, res.Status)
		}
	}
	if strings.Contains(p.said(), "sesam") {
		t.Errorf("the log shows a token:\n%s", p.said())
	}
}
