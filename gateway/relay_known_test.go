package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
)

// upstream is Discord, as a script.
type upstream struct {
	status int
	body   string
	asked  int
}

func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	u.asked++
	if r.Method != http.MethodGet || r.URL.Host != "discord.com" || !strings.HasPrefix(r.URL.Path, "/api/v10/webhooks/") {
		return nil, errors.New("no such address: " + r.URL.Host)
	}
	return &http.Response{StatusCode: u.status, Header: http.Header{"X-Ratelimit-Limit": {"5"}}, Body: io.NopCloser(strings.NewReader(u.body))}, nil
}

const unknownHook = `{"message":"Unknown Webhook","code":10015}`

// served is a gateway that relays for everybody, with nobody else there.
func served(t *testing.T, s store.Store, u *upstream) *Gateway {
	c, err := config.Parse("r.yaml", []byte("version: 1\nrelay: {from: [0.0.0.0/0]}\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	g, err := build(c, s, slog.New(slog.DiscardHandler), func([]netip.Prefix) *http.Client { return &http.Client{Transport: u} })
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func discordHook(n int) ingest.Hook {
	return ingest.Hook{Platform: "discord", ID: fmt.Sprint(100000000000000000 + n), Token: "t"}
}

// verdict is an answer in a word.
func verdict(err error) string {
	var gone *ingest.Gone
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &gone):
		return fmt.Sprint(gone.Status, " ", gone.Code)
	case errors.Is(err, ingest.ErrBusy):
		return "busy"
	}
	return "later"
}

func TestARefusalIsRememberedForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{404, unknownHook, 0}
		s := memory.New()
		g := served(t, s, u)
		h := discordHook(1)
		ask := func(want string, asked int) {
			t.Helper()
			if got := verdict(g.relay.admit(t.Context(), h)); got != want || u.asked != asked {
				t.Errorf("%s after %d questions, want %s after %d", got, u.asked, want, asked)
			}
		}
		ask("404 10015", 1)
		ask("404 10015", 1)
		time.Sleep(23 * time.Hour)
		ask("404 10015", 1)
		g = served(t, s, u) // another process
		ask("404 10015", 1)
		time.Sleep(2 * time.Hour)
		u.status, u.body = 200, `{"id":"1","channel_id":"2","guild_id":"3"}`
		ask("ok", 2)
		ask("ok", 2)
		if d, err := g.at(h.Name()); err != nil || d.state.Load().Channel != "2" {
			t.Errorf("its channel is not known: %v", err)
		}
	})
}

func TestAnAddressIsKeptAsLongAsItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{200, `{"id":"1"}`, 0}
		g := served(t, memory.New(), u)
		for range 10 { // 30 days are kept
			if got := verdict(g.relay.admit(t.Context(), discordHook(1))); got != "ok" || u.asked != 1 {
				t.Fatalf("%s after %d questions", got, u.asked)
			}
			time.Sleep(20 * 24 * time.Hour)
		}
		time.Sleep(20 * 24 * time.Hour)
		if d, err := g.at(discordHook(1).Name()); d != nil || err != nil {
			t.Errorf("it is still there: %v", err)
		}
	})
}

func TestWhatCannotBeCheckedIsNotAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"down":                {500, "", "busy"},
		"a page":              {200, "<html>", "busy"},
		"a page not there":    {404, "<html>", "busy"},
		"refused at the edge": {403, "error code: 1010", "busy"},
		"moved":               {302, "", "busy"},
		"rate limited":        {429, `{"retry_after":5}`, "later"},
		"another token":       {401, `{"message":"Invalid Webhook Token","code":50027}`, "401 50027"},
	} {
		synctest.Test(t, func(t *testing.T) {
			u := &upstream{c.status, c.body, 0}
			s := memory.New()
			g := served(t, s, u)
			if got := verdict(g.relay.admit(t.Context(), discordHook(1))); got != c.want {
				t.Errorf("%s: %s", name, got)
			}
			if kept, err := s.Entries(t.Context(), relayAddresses); err != nil || len(kept) != 0 {
				t.Errorf("%s: its address is kept: %v", name, err)
			}
		})
	}
}

func TestThereAreOnlySoManyRelayedWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := served(t, memory.New(), &upstream{})
		slack := func(n int) string {
			return verdict(g.relay.admit(t.Context(), ingest.Hook{Platform: "slack", ID: "T0/B0", Token: fmt.Sprint(n)}))
		}
		taken, tries := 0, 0
		for ; taken < maxRelayed && tries < 2*maxRelayed; tries++ {
			if slack(taken) == "ok" {
				taken++
			} else {
				time.Sleep(time.Minute)
			}
		}
		time.Sleep(time.Minute)
		if got := slack(maxRelayed); got != "later" || taken != maxRelayed || tries < maxRelayed+maxRelayed/relayChecks.N {
			t.Errorf("one more: %s, %d taken in %d", got, taken, tries)
		}
		if got := slack(0); got != "ok" {
			t.Errorf("one that is there: %s", got)
		}
		for range maxMemory {
			g.relay.remember("x"+fmt.Sprint(len(g.relay.memory)), known{})
		}
		if n := len(g.relay.memory); n > maxMemory {
			t.Errorf("%d are remembered", n)
		}
	})
}

// What a lane hears is told to senders; when that is over the lane is opened, to
// hear it again or not.
func TestWhatALaneHearsIsBelievedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		g := served(t, s, &upstream{})
		h := ingest.Hook{Platform: "slack", ID: "T0/B0", Token: "t"}
		ask := func(want string) {
			t.Helper()
			if got := verdict(g.relay.admit(t.Context(), h)); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		ask("ok")
		for name, f := range map[string]*client.Fault{
			"a message":  {Verdict: client.Refused, Status: 400, Code: "user_not_found"},
			"our egress": {Verdict: client.Stopped, Reason: "address_not_allowed"},
			"a page":     {Verdict: client.Stopped, Status: 404},
		} {
			g.relay.heard(t.Context(), h, f)
			if got := verdict(g.relay.admit(t.Context(), h)); got != "ok" {
				t.Errorf("%s: %s", name, got)
			}
		}
		stop := func() {
			g.relay.heard(t.Context(), h, &client.Fault{Verdict: client.Stopped, Status: 410, Code: "channel_is_archived"})
			if err := g.runner.Pause(t.Context(), h.Name()); err != nil {
				t.Fatal(err)
			}
		}
		stopped := func() bool {
			lanes, err := s.Lanes(t.Context())
			return err != nil || len(lanes) != 1 || lanes[0].Gate.Stopped
		}
		stop()
		ask("410 channel_is_archived")
		if time.Sleep(16 * time.Minute); !stopped() {
			t.Error("the lane was opened by nobody")
		}
		ask("ok")
		if stopped() {
			t.Error("the lane is still closed")
		}
		stop()
		ask("410 channel_is_archived")
		g.relay.heard(t.Context(), h, nil) // a person has opened the lane
		ask("ok")
	})
}

// faulty is a store that cannot be read.
type faulty struct {
	store.Store
	down bool
}

func (f *faulty) Entries(ctx context.Context, space string, keys ...string) ([]store.Entry, error) {
	if f.down {
		return nil, errors.New("no disk")
	}
	return f.Store.Entries(ctx, space, keys...)
}

// When the store cannot be read, nobody is turned away for good and no delivery
// is given up.
func TestRelayingWaitsForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{Store: memory.New()}
		u := &upstream{200, `{"id":"1"}`, 0}
		g := served(t, s, u)
		old, fresh := discordHook(1), discordHook(2)
		if err := g.relay.admit(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		s.down = true
		time.Sleep(time.Hour)
		if a, b := verdict(g.relay.admit(t.Context(), old)), verdict(g.relay.admit(t.Context(), fresh)); a != "ok" || b != "busy" {
			t.Errorf("%s, %s", a, b)
		}
		d, ok := g.destination(fresh.Name())
		if !ok {
			t.Fatal("there is no destination, which ends a delivery")
		}
		var f *client.Fault
		if _, err := d.Client.Send(t.Context(), client.Request{}); !errors.As(err, &f) || f.Verdict != client.Again {
			t.Errorf("a delivery ends with %v", err)
		}
		s.down = false
		if _, ok := g.destination(fresh.Name()); ok {
			t.Error("there is a destination that nobody knows")
		}
	})
}

func TestARelayedWebhookThatIsConfiguredSharesItsLane(t *testing.T) {
	t.Setenv("HOOK", "https://hooks.slack.com/services/T0/B0/t")
	t.Setenv("GOV", "https://hooks.slack-gov.com/services/T9/B0/t")
	c, err := config.Parse("r.yaml", []byte(`version: 1
relay: {slack: {teams: [T0]}, govslack: {teams: [T9]}}
destinations: {dev: {slack: {url: {env: HOOK}}, pace: 3/s}, gov: {slack: {url: {env: GOV}}}}
`), true)
	if err != nil {
		t.Fatal(err)
	}
	g, err := New(c, memory.New(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for id, lane := range map[string]string{"T0/B0": "dev", "T9/B0": "gov", "T0/B1": ""} {
		h := ingest.Hook{Platform: "slack", ID: id, Token: "t"}
		if lane == "" {
			lane = h.Name()
		}
		if err := g.relay.admit(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		d, err := g.at(h.Name())
		if err != nil || d.lane != lane {
			t.Fatalf("%s has lane %q, %v", id, d.lane, err)
		}
		if other := g.destinations[lane]; other != nil && (d.work.Pace != other.work.Pace || d.work.Client == other.work.Client) {
			t.Errorf("%s: pace %v", id, d.work.Pace)
		}
	}
}
