package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	discordPath = "/api/webhooks/223704706495545344/tok-_en"
	slackPath   = "/services/T000/B000/XXXX"
)

// startRelay is a listener without sources that relays; admitted are the webhooks
// that it asked for.
func startRelay(r Relay) (k *sink, h *Handler, admitted *[]Hook) {
	admitted = new([]Hook)
	r.Name = "relay"
	if r.Bytes == 0 {
		r.Bytes = 1 << 20
	}
	if r.Admit == nil {
		r.Admit = func(_ context.Context, h Hook) error { *admitted = append(*admitted, h); return nil }
	}
	k = &sink{ack: Ack{ID: 1, Handle: handle, Routed: true}}
	return k, New(Options{Sink: k, Archive: k, MaxBody: 1 << 20, Relay: &r, Log: slog.New(slog.DiscardHandler)}), admitted
}

func networks(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func TestWhomARelayServes(t *testing.T) {
	id, team := []string{"223704706495545344"}, []string{"T000"}
	near, far := networks("192.0.2.0/24"), networks("10.0.0.0/8") // httptest asks from 192.0.2.1
	for name, c := range map[string]struct {
		relay          Relay
		discord, slack bool
	}{
		"nobody":             {Relay{}, false, false},
		"a webhook":          {Relay{Discord: id}, true, false},
		"another webhook":    {Relay{Discord: []string{"1"}}, false, false},
		"a team":             {Relay{Slack: team}, false, true},
		"both":               {Relay{Discord: id, Slack: team}, true, true},
		"a network":          {Relay{From: near}, true, true},
		"another network":    {Relay{From: far}, false, false},
		"a webhook and ours": {Relay{Discord: id, From: near}, true, false},
		"from elsewhere":     {Relay{Discord: id, Slack: team, From: far}, false, false},
		"a proxy's word":     {Relay{From: far, Proxies: near}, true, true},
	} {
		k, h, admitted := startRelay(c.relay)
		header := map[string]string{"X-Forwarded-For": "10.9.9.9"}
		for _, ask := range []struct {
			path, body string
			want       bool
		}{{discordPath, `{"content":"x"}`, c.discord}, {slackPath, `{"text":"x"}`, c.slack}} {
			w := do(h, request{path: ask.path, contentType: "application/json", body: ask.body, header: header})
			if served := w.Code/100 == 2; served != ask.want || !served && w.Code != 404 {
				t.Errorf("%s: %s answers %d %s", name, ask.path, w.Code, w.Body)
			}
		}
		for i, e := range k.got {
			if e.Source != "relay" || *e.Hook != (*admitted)[i] || e.Header[HookHeader] != e.Hook.Name() {
				t.Errorf("%s: accepted %+v", name, e)
			}
		}
		if len(*admitted) != len(k.got) {
			t.Errorf("%s: asked for %v", name, *admitted)
		}
	}
}

func TestOnlyWhatIsAnAddressIsRelayed(t *testing.T) {
	_, h, admitted := startRelay(Relay{From: networks("0.0.0.0/0")})
	for _, path := range []string{
		"/api/webhooks/12/token", "/api/webhooks/223704706495545344/to.ken",
		"/api/webhooks/223704706495545344/" + strings.Repeat("x", 201), "/api/webhooks/223704706495545344/a%2Fb", "/api/webhooks/223704706495545344/%2e%2e",
		"/services/T000/B000/to.ken", "/services/t000/B000/token", "/services/T000/C000/token", "/services/T/B000/token", "/services/T000/B0%2F0/token",
		"/services/T000/B000/a%2Fb", "/services/T000/B000/%3Fx", "/robots/txt/x",
	} {
		if w := do(h, request{path: path, contentType: "application/json", body: `{"text":"x","content":"x"}`}); w.Code != 404 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if len(*admitted) != 0 {
		t.Errorf("asked for %v", *admitted)
	}
}

func TestAnAddressOfASourceIsNeverRelayed(t *testing.T) {
	k := &sink{}
	h := New(Options{Sources: sources, Sink: k, Archive: k, MaxBody: 1 << 20, Log: slog.New(slog.DiscardHandler), Relay: &Relay{
		From: networks("0.0.0.0/0"), Bytes: 1 << 20,
		Admit: func(context.Context, Hook) error { t.Error("asked for it"); return nil },
	}})
	a := AddressesOf(&sources[0], "")
	for path, status := range map[string]int{a.Discord: 204, a.Discord + "x": 401, a.Slack: 200, a.Slack + "x": 403} {
		if w := do(h, request{path: path, contentType: "application/json", body: `{"text":"x","content":"x"}`}); w.Code != status {
			t.Errorf("%d instead of %d: %s", w.Code, status, w.Body)
		}
	}
}

func TestARelayedWebhookIsNotOursToChange(t *testing.T) {
	_, h, _ := startRelay(Relay{From: networks("0.0.0.0/0")})
	for method, want := range map[string]int{"GET": 200, "PATCH": 403, "DELETE": 403} {
		if w := do(h, request{method: method, path: discordPath, contentType: "application/json", body: `{"name":"mine"}`}); w.Code != want {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
}

func TestWhatIsSaidOfARelayedWebhook(t *testing.T) {
	for name, c := range map[string]struct {
		err                            error
		discord, slack, slackAsDiscord string
	}{
		"deleted":  {&Gone{404, "10015"}, `404 {"message":"Unknown Webhook","code":10015}`, "404 10015", ""},
		"reset":    {&Gone{401, "50027"}, `401 {"message":"Invalid Webhook Token","code":50027}`, "401 50027", ""},
		"a word":   {&Gone{410, "channel_is_archived"}, "", "410 channel_is_archived", `410 {"message":"410: channel_is_archived","code":0}`},
		"too many": {Later(90 * time.Second), `429 {"message":"You are being rate limited.","retry_after":90000,"global":false}`, "429 rate_limited", ""},
		"busy":     {ErrBusy, `503 {"message":"API resource is currently overloaded. Try again a little later","code":130000}`, "503 service_unavailable", ""},
	} {
		_, h, _ := startRelay(Relay{From: networks("0.0.0.0/0"), Admit: func(context.Context, Hook) error { return c.err }})
		for path, want := range map[string]string{discordPath: c.discord, slackPath: c.slack, slackPath + "/discord": c.slackAsDiscord} {
			w := do(h, request{path: path, contentType: "application/json", body: `{"text":"x","content":"x"}`})
			if got := fmt.Sprint(w.Code, " ", w.Body); want != "" && got != want {
				t.Errorf("%s: %s answers %s", name, path, got)
			}
			if (w.Code == 429 || w.Code == 503) != (w.Header().Get("Retry-After") != "") {
				t.Errorf("%s: %s: Retry-After %q", name, path, w.Header().Get("Retry-After"))
			}
		}
	}
}

func TestRelayedBytesHaveAQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h, _ := startRelay(Relay{From: networks("0.0.0.0/0"), Bytes: 86400})
		send := func() int {
			return do(h, request{path: slackPath, body: `{"text":"` + strings.Repeat("x", 40000) + `"}`}).Code
		}
		// The third passes the quota, and is the last for as long as it takes to pay.
		for i, want := range []int{200, 200, 200, 429} {
			if got := send(); got != want {
				t.Fatalf("%d: %d", i, got)
			}
		}
		time.Sleep(9 * time.Hour)
		if got := send(); got != 429 {
			t.Fatalf("too soon: %d", got)
		}
		time.Sleep(time.Hour)
		if got := send(); got != 200 {
			t.Fatalf("too late: %d", got)
		}
	})
}

func TestWhoAsks(t *testing.T) {
	proxies := networks("10.0.0.0/8", "2001:db8::/32")
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5", "198.51.100.7", "192.0.2.1"}, // not believed
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:5", "203.0.113.9, 198.51.100.7", "198.51.100.7"}, // what comes first is the sender's own
		{"10.0.0.1:5", "203.0.113.9,198.51.100.7 , 10.2.0.1", "198.51.100.7"},
		{"10.0.0.1:5", "10.3.0.1, 10.2.0.1", "10.3.0.1"},
		{"10.0.0.1:5", "198.51.100.7:4711", "198.51.100.7"},
		{"10.0.0.1:5", "[2001:db9::1]:4711", "2001:db9::1"},
		{"10.0.0.1:5", "[2001:db9::1]", "2001:db9::1"},
		{"10.0.0.1:5", "::ffff:198.51.100.7", "198.51.100.7"},
		{"[::ffff:10.0.0.1]:5", "198.51.100.7", "198.51.100.7"},
		{"[2001:db8::1%eth0]:5", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:5", "198.51.100.7, unknown", ""},
		{"10.0.0.1:5", "198.51.100.7, ", ""},
		{"@", "198.51.100.7", ""},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		if r.RemoteAddr = c.peer; c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		want, _ := netip.ParseAddr(c.want)
		if got := clientAddr(r, proxies); got != want {
			t.Errorf("%s for %q is %s, want %s", c.peer, c.forwarded, got, want)
		}
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.RemoteAddr = "10.0.0.1:5"
	r.Header["X-Forwarded-For"] = []string{"203.0.113.9", "198.51.100.7"}
	if got := clientAddr(r, proxies); got != netip.MustParseAddr("198.51.100.7") {
		t.Errorf("of two headers the last hop is %s", got)
	}
}

func TestAHookDoesNotShowItsToken(t *testing.T) {
	h := Hook{"discord", "223704706495545344", "s3cret"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "webhook", h, "pointer", &h)
	if all := fmt.Sprintf("%v %+v %#v %s %q ", h, h, h, &h, h) + log.String(); strings.Contains(all, "s3cret") || strings.Count(all, h.Name()) < 5 {
		t.Error(all)
	}
	seen := map[string]bool{}
	for _, x := range []Hook{h, {"discord", "223704706495545344", "s3crets"}, {"discord", "223704706495545345", "s3cret"}, {"slack", "223704706495545344", "s3cret"}} {
		seen[x.Name()] = true
		if len(x.Name()) > 64 {
			t.Error(x.Name())
		}
	}
	if len(seen) != 4 {
		t.Errorf("two have one name: %v", seen)
	}
}
