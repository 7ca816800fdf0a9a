package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
)

// depot is a gateway over the store in memory, with a network that is a function.
// It lives in a bubble, so that its clock costs nothing.
type depot struct {
	t      *testing.T
	g      *Gateway
	mu     sync.Mutex
	refuse map[string]bool // destinations, by the last element of their address
	got    []string        // "destination text", as they were taken
}

// RoundTrip is the network.
func (d *depot) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	to := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	d.mu.Lock()
	defer d.mu.Unlock()
	res := &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("ok")), Request: r}
	if d.refuse[to] {
		res.StatusCode, res.Body = 400, io.NopCloser(strings.NewReader("not_today"))
		return res, nil
	}
	for _, w := range strings.FieldsFunc(string(b), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') }) {
		if strings.HasPrefix(w, "text-") {
			d.got = append(d.got, to+" "+w)
			break
		}
	}
	return res, nil
}

const depotHead = `version: 1
sources: {ci: {secret: {env: CI_SECRET}}}
destinations:
  a: {slack: {url: {env: HOOK_A}}}
  b: {slack: {url: {env: HOOK_B}}, pace: none}
`

func (d *depot) config(routes string) *config.Config {
	c, err := config.Parse("test.yaml", []byte(depotHead+routes), true)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// inDepot runs f on a gateway with routes.
func inDepot(t *testing.T, routes string, f func(d *depot)) {
	t.Helper()
	t.Setenv("CI_SECRET", secret)
	t.Setenv("HOOK_A", "https://hooks.slack.example/services/T0/B0/a")
	t.Setenv("HOOK_B", "https://hooks.slack.example/services/T0/B0/b")
	synctest.Test(t, func(t *testing.T) {
		d := &depot{t: t, refuse: map[string]bool{}}
		var err error
		d.g, err = build(d.config(routes), memory.New(), slog.New(slog.NewTextHandler(io.Discard, nil)),
			func([]netip.Prefix) *http.Client { return &http.Client{Transport: d} })
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { d.g.runner.Run(ctx) })
		wg.Go(func() { d.g.replays.run(ctx) })
		defer wg.Wait()
		defer cancel()
		f(d)
	})
}

// reroute has other rules from now on.
func (d *depot) reroute(routes string) {
	d.t.Helper()
	next, err := resolve(d.config(routes), d.g.store, d.g.log, d.g.connect)
	if err != nil {
		d.t.Fatal(err)
	}
	next.runner, next.latest, next.health, next.watch, next.replays = d.g.runner, d.g.latest, d.g.health, d.g.watch, d.g.replays
	d.g.latest.Store(next)
}

// post accepts a message and lets the lanes do what they can at once.
func (d *depot) post(text string) ingest.Ack {
	d.t.Helper()
	ack, err := d.g.latest.Load().Accept(d.t.Context(), &ingest.Event{
		Source: "ci", Dialect: "slack", Body: fmt.Appendf(nil, `{"text":%q}`, text), At: time.Now(),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	synctest.Wait()
	return ack
}

func (d *depot) allow(to ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range to {
		d.refuse[name] = false
	}
}

// rows are all deliveries, oldest first: "id of op route>to state reason".
func (d *depot) rows() (out []string) {
	d.t.Helper()
	rows, err := d.g.store.Deliveries(d.t.Context(), store.DeliveryQuery{Limit: 100})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, r := range slices.Backward(rows) {
		out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%d of %d %s %s>%s %s %s", r.ID, r.Of, r.Op, r.Route, r.To, r.State, r.Reason)), " "))
	}
	return out
}

func (d *depot) want(got []string, want ...string) {
	d.t.Helper()
	if !slices.Equal(got, want) {
		d.t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// replay replays a delivery and lets the lanes do what they can.
func (d *depot) replay(id int64, then bool) string {
	d.t.Helper()
	_, err := d.g.latest.Load().Replay(d.t.Context(), id, then)
	time.Sleep(time.Minute)
	synctest.Wait()
	if err != nil {
		return err.Error()
	}
	return ""
}

const (
	toA    = `routes: [{name: all, when: "true", to: [a]}]`
	toB    = `routes: [{name: all, when: "true", to: [b]}]`
	toBoth = `routes: [{name: all, when: "true", to: [a, b]}]`
)

func TestAReplaySendsTheMessageAsItIsNow(t *testing.T) {
	inDepot(t, toA, func(d *depot) {
		d.refuse["a"] = true
		ack := d.post("text-old")
		d.want(d.rows(), "1 of 0 all>a dead refused")
		_, err := d.g.Accept(t.Context(), &ingest.Event{Source: "ci", Dialect: "slack", Action: ingest.Edit, Handle: ack.Handle, Body: []byte(`{"text":"text-new"}`), At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		d.allow("a")
		d.reroute(toB) // and by the plan of then
		if why := d.replay(1, true); why != "" {
			t.Fatal(why)
		}
		d.want(d.got, "a text-new")
		d.want(d.rows(), "1 of 0 all>a cancelled replayed", "2 of 1 all>a done")
		// What was delivered can be sent again, and stays what it was.
		if why := d.replay(2, true); why != "" {
			t.Fatal(why)
		}
		d.want(d.rows()[1:], "2 of 1 all>a done", "3 of 2 all>a done")
		if _, err := d.g.Accept(t.Context(), &ingest.Event{Source: "ci", Dialect: "slack", Action: ingest.Delete, Handle: ack.Handle, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if why := d.replay(1, true); why != "its message has been deleted" {
			t.Error(why)
		}
		if why := d.replay(99, true); why != store.ErrNotFound.Error() {
			t.Error(why)
		}
	})
}

func TestAReplayByTodaysRules(t *testing.T) {
	for _, c := range []struct {
		name, then, now string
		refuse          []string
		rows            []string // after replaying all dead, in order
		got             []string
		why             string
	}{
		{
			"elsewhere", toA, toB, []string{"a"},
			[]string{"1 of 0 all>a cancelled replayed", "2 of 1 all>b done"}, []string{"b text-1"}, "",
		},
		{
			"what was delivered is not sent twice", toBoth, toBoth, []string{"a"},
			[]string{"1 of 0 all>a cancelled replayed", "2 of 0 all>b done", "3 of 1 all>a done"}, []string{"b text-1", "a text-1"}, "",
		},
		{
			"two are replayed into one", toBoth, toB, []string{"a", "b"},
			[]string{"1 of 0 all>a cancelled replayed", "2 of 0 all>b cancelled replayed", "3 of 1 all>a cancelled already_sent", "4 of 2 all>b done"},
			[]string{"b text-1"}, "",
		},
		{
			"a route was renamed", toBoth, strings.Replace(toBoth, "all", "every", 1), []string{"a"},
			[]string{"1 of 0 all>a cancelled replayed", "2 of 0 all>b done", "3 of 1 every>a done"}, []string{"b text-1", "a text-1"}, "",
		},
		{
			"dropped", toA, `routes: [{name: no, when: "true", drop: true}]`, []string{"a"},
			[]string{"1 of 0 all>a cancelled replayed", "2 of 1 all>a cancelled dropped"}, nil, "",
		},
		{
			"a rule that failed is mended", `routes: [{name: all, when: 'raw("x") > 1', to: [a]}]`, toA, nil,
			[]string{"1 of 0 all> cancelled replayed", "2 of 1 all>a done"}, []string{"a text-1"}, "",
		},
		{
			"a rule still fails", toA, `routes: [{name: bad, when: 'raw("x") > 1', to: [a]}]`, []string{"a"},
			[]string{"1 of 0 all>a dead refused"}, nil, `the rule "bad" fails for it`,
		},
		{
			"nowhere goes to the dead letters", toA, "routes: []\nunrouted: dead", []string{"a"},
			[]string{"1 of 0 all>a dead refused"}, nil, "today's rules send it nowhere",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			inDepot(t, c.then, func(d *depot) {
				for _, name := range c.refuse {
					d.refuse[name] = true
				}
				d.post("text-1")
				d.allow("a", "b")
				d.reroute(c.now)
				dead, err := d.g.store.Deliveries(t.Context(), store.DeliveryQuery{State: store.Dead})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range slices.Backward(dead) {
					if why := d.replay(r.ID, false); why != c.why {
						t.Errorf("refused: %q", why)
					}
				}
				d.want(d.rows(), c.rows...)
				d.want(d.got, c.got...)
			})
		})
	}
}

func TestWhatCannotBeReplayed(t *testing.T) {
	inDepot(t, toA+"\nunrouted: dead", func(d *depot) {
		if err := d.g.runner.Pause(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		d.post("text-1")
		if why := d.replay(1, true); why != "it is still to be sent" {
			t.Error(why)
		}
		d.reroute("routes: []\nunrouted: dead")
		d.post("text-2")
		if why := d.replay(2, true); why != "it was routed nowhere: only today's rules can say where it goes" {
			t.Error(why)
		}
		d.want(d.rows(), "1 of 0 all>a pending", "2 of 0 > dead unrouted")
	})
}

func TestWhatAPersonSentIsReplayedWhereItWent(t *testing.T) {
	inDepot(t, toB, func(d *depot) {
		d.refuse["a"] = true
		if _, err := d.g.send(t.Context(), "a", &sentEvent); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		d.allow("a")
		if why := d.replay(1, false); why != "" {
			t.Error(why)
		}
		d.want(d.got, "a text-by-hand")
		d.want(d.rows(), "1 of 0 (by hand)>a cancelled replayed", "2 of 1 (by hand)>a done")
	})
}
