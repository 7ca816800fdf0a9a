package client

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

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
	_, err = (&Slack{c, url}).Send(context.Background(), Request{Thread: "1.5", Payload: []byte(`{"text":"x"}`)})
	if err != nil || body != `{"text":"x","thread_ts":"1.5"}` {
		t.Errorf("a reply: %v, body %s", err, body)
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
	said := ""
	c, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", token)
		w.Header().Set("Location", "http://127.0.0.1/"+token)
		w.WriteHeader(400)
		_, _ = io.WriteString(w, said)
	})
	for _, said = range []string{"<script>" + token + "</script>", `{"error":"` + token + `","code":"` + token + `","message":"` + token + `"}`, "that", "must", "webhooks", token} {
		for name, client := range everyKind(t, c, url) {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if f := fault(t, err); f.Code != "" || f.Verdict != Refused {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func TestSlackFailsWithStatus200(t *testing.T) {
	said := ""
	c, url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, said) })
	s := &Slack{c, url}
	for _, said = range []string{"ok", "", `{"ok":true}`, "<p>thanks</p>", `{"id":1}`} {
		if r, err := s.Send(context.Background(), Request{}); err != nil || r != (Receipt{Status: 200}) {
			t.Errorf("%s: got %+v %v", said, r, err)
		}
	}
	said = `{"ok":false,"error":"invalid_blocks"}`
	_, err := s.Send(context.Background(), Request{})
	if f := fault(t, err); f.Verdict != Malformed || f.Code != "invalid_blocks" {
		t.Errorf("got %+v", f)
	}
}

func TestWhatHasNoMessagesChangesNone(t *testing.T) {
	plain, err := NewPlain(nil, "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Client{&Slack{}, plain} {
		for _, op := range []Op{Edit, Delete} {
			_, err := c.Send(context.Background(), Request{Op: op, Remote: "1"})
			if f := fault(t, err); f.Verdict != Refused || f.Reason != "cannot_edit" {
				t.Errorf("%T: %+v", c, f)
			}
		}
	}
	_, err = (&Slack{}).Send(context.Background(), Request{Files: twoFiles})
	if f := fault(t, err); f.Verdict != Malformed || f.Reason != "cannot_upload" {
		t.Errorf("got %+v", f)
	}
}

func TestInboxTakesEverything(t *testing.T) {
	for _, r := range []Request{{ID: "7.0"}, {ID: "9.0", Op: Edit, Remote: "7.0"}, {ID: "9.1", Op: Delete, Remote: "7.0"}} {
		if got, err := (Inbox{}).Send(context.Background(), r); err != nil || got != (Receipt{Status: 200, Remote: "7.0"}) {
			t.Errorf("%+v: got %+v %v", r, got, err)
		}
	}
}
