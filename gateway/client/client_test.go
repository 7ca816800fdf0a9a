package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "tok3n-that-must-not-show"

// serve starts a destination that answers every request alike, and gives a
// client that may reach it.
func serve(t *testing.T, h http.HandlerFunc) (*http.Client, string) {
	t.Helper()
	s := httptest.NewServer(h)
	c := NewHTTP([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")})
	t.Cleanup(func() { c.CloseIdleConnections(); s.Close() })
	return c, s.URL + "/api/webhooks/42/" + token
}

func fault(t *testing.T, err error) *Fault {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	if s := fmt.Sprintf("%v %+v %v", err, f, f.Err); strings.Contains(s, token) {
		t.Errorf("shows the token: %s", s)
	}
	return f
}

// Every status with every code that is known of, and with one that is not.
func TestEveryStatusAndCodeHasItsVerdict(t *testing.T) {
	for p, known := range codes {
		for code, want := range known {
			if got := classify(platform(p), 400, code); got != want {
				t.Errorf("platform %d, 400 %s: got %s, want %s", p, code, got, want)
			}
			if got := classify(platform(p), 429, code); got != Wait {
				t.Errorf("platform %d, 429 %s: got %s", p, code, got)
			}
			if got := classify(platform(p), 503, code); got != Again {
				t.Errorf("platform %d, 503 %s: got %s", p, code, got)
			}
		}
		for status := 300; status < 600; status++ {
			got := classify(platform(p), status, "")
			want := Refused
			switch {
			case status == 429:
				want = Wait
			case status >= 500, status == 408, status == 425, status == 403 && platform(p) == discordHook:
				want = Again
			case status == 413:
				want = Malformed
			case status < 400, status == 401, status == 404, status == 410, status == 403:
				want = Stopped
			}
			if got != want {
				t.Errorf("platform %d, %d: got %s, want %s", p, status, got, want)
			}
		}
	}
}

func TestSlackSaysOk(t *testing.T) {
	var body string
	c, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		_, _ = io.WriteString(w, "ok")
	})
	r, err := (&Slack{c, url}).Send(context.Background(), Request{Payload: []byte(`{"text":"x"}`)})
	if err != nil || r.Status != 200 || body != `{"text":"x"}` {
		t.Errorf("got %+v %v, body %s", r, err, body)
	}
}

func TestDiscordTellsItsIdAndPace(t *testing.T) {
	var path string
	c, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.RequestURI()
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset-After", "1.5")
		_, _ = io.WriteString(w, `{"id":"1290000000000000001"}`)
	})
	d, err := NewDiscord(c, url+"?thread_id=7")
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Send(context.Background(), Request{Payload: []byte(`{}`)})
	if err != nil || r.Remote != "1290000000000000001" || r.Pace != (Pace{true, 0, 1500 * time.Millisecond}) {
		t.Errorf("got %+v %v", r, err)
	}
	if want := "/api/v10/webhooks/42/" + token + "?thread_id=7&wait=true&with_components=true"; path != want {
		t.Errorf("asked for %s, want %s", path, want)
	}
}

func TestHowLongToWait(t *testing.T) {
	for _, c := range []struct {
		header, body string
		want         time.Duration
		all          bool
	}{
		{"2", `{"retry_after":1.25}`, 2 * time.Second, false},
		{"1", `{"retry_after":1.25,"global":true}`, 1250 * time.Millisecond, true},
		{"", `{"retry_after":0.4}`, 400 * time.Millisecond, false},
		{"", `nothing`, leastWait, false},
		{"-5", `{"retry_after":-1}`, leastWait, false},
		{"1e300", `{}`, 24 * time.Hour, false},
		{"NaN", `{}`, leastWait, false},
	} {
		hc, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.header != "" {
				w.Header().Set("Retry-After", c.header)
			}
			w.Header().Set("X-RateLimit-Bucket", "b")
			w.WriteHeader(429)
			_, _ = io.WriteString(w, c.body)
		})
		d, _ := NewDiscord(hc, url)
		_, err := d.Send(context.Background(), Request{})
		if f := fault(t, err); f.Verdict != Wait || f.After != c.want || f.All != c.all {
			t.Errorf("%+v: got %+v", c, f)
		}
		_, err = (&Slack{hc, url}).Send(context.Background(), Request{})
		if f := fault(t, err); f.Verdict != Wait || f.After != c.want {
			t.Errorf("slack %+v: got %+v", c, f)
		}
	}
	h := http.Header{"Retry-After": {time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}}
	if got := retryAfter(h, gjson.Result{}); got < 50*time.Second || got > time.Minute {
		t.Errorf("an HTTP date: %s", got)
	}
}

func TestWhatADestinationWritesIsNotRepeated(t *testing.T) {
	c, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		_, _ = io.WriteString(w, "<script>"+token+"</script>")
	})
	_, err := (&Slack{c, url}).Send(context.Background(), Request{})
	if f := fault(t, err); f.Code != "" || f.Verdict != Refused {
		t.Errorf("got %+v", f)
	}
}

func TestAnEndlessAnswerIsCut(t *testing.T) {
	c, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	if r, err := (&Slack{c, url}).Send(context.Background(), Request{}); err != nil || r.Status != 200 {
		t.Errorf("got %+v %v", r, err)
	}
}

func TestFaultsOfTheNetwork(t *testing.T) {
	open, url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := (&Slack{open, url}).Send(ctx, Request{})
	if f := fault(t, err); f.Verdict != Again || f.Reason != "timeout" {
		t.Errorf("a destination that never answers: %+v", f)
	}

	closed := NewHTTP(nil)
	defer closed.CloseIdleConnections()
	_, err = (&Slack{closed, url}).Send(context.Background(), Request{})
	if f := fault(t, err); f.Verdict != Stopped || f.Reason != "address_not_allowed" {
		t.Errorf("an address inside: %+v", f)
	}
	for _, inside := range []string{"http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]:1/", "http://0.0.0.0:1/", "http://[::ffff:127.0.0.1]:1/"} {
		_, err = (&Slack{closed, inside}).Send(context.Background(), Request{})
		if f := fault(t, err); f.Reason != "address_not_allowed" {
			t.Errorf("%s: %+v", inside, f)
		}
	}
	_, err = (&Slack{open, "http://127.0.0.1:1/" + token}).Send(context.Background(), Request{})
	if f := fault(t, err); f.Verdict != Again || f.Reason != "network" {
		t.Errorf("nobody listens: %+v", f)
	}
	_, err = (&Slack{open, "http://127.0.0.1:1/%zz" + token}).Send(context.Background(), Request{})
	if f := fault(t, err); f.Verdict != Stopped || f.Reason != "bad_address" {
		t.Errorf("no address: %+v", f)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	c, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := (&Slack{c, url}).Send(context.Background(), Request{})
	if f := fault(t, err); f.Verdict != Stopped || f.Reason != "redirect" || asked != 1 {
		t.Errorf("got %+v after %d requests", f, asked)
	}
}
