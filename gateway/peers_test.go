package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store/memory"
)

const shared = `version: 1
sources: {ci: {secret: {env: CI_SECRET}}}
destinations: {look: {inbox: {}, pace: none}}
routes: [{name: all, when: "true", to: [look]}]
`

// Of gateways over one store, the one that has a lane hears at once of what another
// accepts for it; and when it stops, another goes on at once.
func TestGatewaysCallEachOther(t *testing.T) {
	t.Setenv("CI_SECRET", secret)
	synctest.Test(t, func(t *testing.T) {
		c, err := config.Parse("d.yaml", []byte(shared), true)
		if err != nil {
			t.Fatal(err)
		}
		st := memory.New()
		src := IngestSource(c.Source("ci"))
		path := strings.TrimPrefix(ingest.AddressesOf(&src, "http://x").Slack, "http://x")
		start := func() (post func(), stop func()) {
			g, err := New(c, st, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if err := g.open(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			wg.Go(func() { g.runner.Run(ctx) })
			synctest.Wait()
			post = func() {
				t.Helper()
				w := httptest.NewRecorder()
				g.front.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"text":"hello"}`)))
				if w.Code != http.StatusOK {
					t.Fatal(w.Code, w.Body)
				}
			}
			return post, func() { cancel(); wg.Wait() }
		}
		arrived := func(want int, when string) {
			t.Helper()
			synctest.Wait() // no time passes
			kept, err := st.Inbox(t.Context(), "look", 0, 100)
			if err != nil || len(kept) != want {
				t.Errorf("%s: %d of %d have arrived, %v", when, len(kept), want, err)
			}
		}
		first, stopFirst := start()
		first()
		arrived(1, "alone")
		second, stopSecond := start()
		defer stopSecond()
		second()
		arrived(2, "what another accepts")
		time.Sleep(20 * time.Second) // the lane has been given back
		second()
		arrived(3, "by the second")
		first()
		arrived(4, "what the first accepts")
		stopSecond()
		first()
		arrived(5, "when the second has stopped")
		stopFirst()
	})
}

// Webhooks of one channel share its ceiling, whichever gateways work their lanes; of
// which channel they are is learned once.
func TestTheLanesOfAChannelAreCounted(t *testing.T) {
	t.Setenv("CI_SECRET", secret)
	p := newPlatforms(t)
	for name, hook := range map[string]string{"A": "one", "B": "two", "C": "third", "D": "one"} { // hooks of one length are of one channel
		t.Setenv("HOOK_"+name, p.discord(hook))
	}
	c, err := config.Parse("d.yaml", []byte(`version: 1
egress: {allow: [127.0.0.0/8]}
sources: {ci: {secret: {env: CI_SECRET}}}
routes: [{name: all, when: "true", to: [a, b, c, d]}]
destinations:
  a: {discord: {url: {env: HOOK_A}}}
  b: {discord: {url: {env: HOOK_B}}}
  c: {discord: {url: {env: HOOK_C}}}
  d: {discord: {url: {env: HOOK_D}}}
`), true)
	if err != nil {
		t.Fatal(err)
	}
	st := memory.New()
	check := func(g *Gateway) {
		t.Helper()
		for name, want := range map[string]int{"a": 2, "b": 2, "c": 1, "d": 2} {
			if d, ok := g.destination(name); !ok || d.Sharing != want || d.Channel == "" {
				t.Errorf("%s: %d lanes to channel %q", name, d.Sharing, d.Channel)
			}
		}
	}
	for range 2 { // learned, then remembered
		g, err := New(c, st, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := g.recall(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.learn(t.Context())
		check(g)
	}
	if p.checks != 4 {
		t.Errorf("asked %d times", p.checks)
	}
}
