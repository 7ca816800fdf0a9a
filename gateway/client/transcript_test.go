package client

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token  = "tok3n-that-must-not-show"
	secret = "whsec_dGhhdC1tdXN0LW5vdC1zaG93" // the same in base64, without its beginning
)

// inside are the prefixes that the destinations of tests are at.
var inside = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// serve starts a destination that answers every request alike, and gives a
// client that may reach it.
func serve(t *testing.T, h http.HandlerFunc) (*http.Client, string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	c := NewHTTP(inside)
	t.Cleanup(func() { c.CloseIdleConnections(); s.Close() })
	return c, s.URL + "/api/webhooks/42/" + token
}

// step is a request that is to come next, as method, address, whether it bears the
// token, Content-Type and body, and the answer to it.
type step struct {
	want   string
	status int // 0: 200
	say    string
}

// play starts a destination that follows a transcript. HOST in its answers stands
// for its address.
func play(t *testing.T, steps ...step) (*http.Client, string) {
	t.Helper()
	var mu sync.Mutex
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		b, _ := io.ReadAll(r.Body)
		got := r.Method + " " + r.URL.RequestURI()
		switch a := r.Header.Get("Authorization"); a {
		case "":
		case "Bearer " + token:
			got += " (token)"
		default:
			got += " " + a
		}
		if ct := r.Header.Get("Content-Type"); ct != "" {
			got += "\n" + ct
		}
		if len(b) > 0 {
			got += "\n" + string(b)
		}
		if len(steps) == 0 {
			t.Errorf("one request too many: %s", got)
			return
		}
		next := steps[0]
		steps = steps[1:]
		if got != next.want {
			t.Errorf("asked for\n%s\nwant\n%s", got, next.want)
		}
		if next.status != 0 {
			w.WriteHeader(next.status)
		}
		_, _ = io.WriteString(w, strings.ReplaceAll(next.say, "HOST", s.URL))
	}))
	c := NewHTTP(inside)
	t.Cleanup(func() {
		c.CloseIdleConnections()
		s.Close()
		if len(steps) > 0 {
			t.Errorf("never asked for %s", steps[0].want)
		}
	})
	return c, s.URL
}

// fault is err as a fault, which shows no secret, whatever of it is looked at.
func fault(t *testing.T, err error) *Fault {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	said := fmt.Sprintf("%v %+v %#v", err, *f, *f)
	for e := error(f); e != nil; e = errors.Unwrap(e) {
		said += " " + e.Error()
	}
	for _, hidden := range []string{token, strings.TrimPrefix(secret, "whsec_"), "127.0.0.1", "http:", "https:", "/api/"} {
		if strings.Contains(said, hidden) {
			t.Errorf("shows %s: %s", hidden, said)
		}
	}
	return f
}

// everyKind are the clients, with a destination under address.
func everyKind(t *testing.T, hc *http.Client, address string) map[string]Client {
	t.Helper()
	d, err := NewDiscord(hc, address)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewSlackBot(hc, address, token, "C024BE91L")
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlain(hc, address, map[string]string{"X-Key": token}, secret)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Client{"slack": &Slack{hc, address}, "slack_bot": b, "discord": d, "http": p}
}
