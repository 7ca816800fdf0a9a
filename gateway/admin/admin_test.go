package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"dragoman/gateway/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// past is a history that keeps what it was asked.
type past struct {
	asked string
	n     int // rows that there are
	fails error
}

func (p *past) Events(_ context.Context, q store.EventQuery) ([]store.EventRow, error) {
	p.asked = fmt.Sprintf("%+v", q)
	var out []store.EventRow
	for id := int64(p.n); id > 0 && len(out) < q.Limit; id-- {
		if q.Before == 0 || id < q.Before {
			out = append(out, store.EventRow{ID: id, Deliveries: []store.DeliveryRow{}})
		}
	}
	return out, p.fails
}

func (p *past) Event(context.Context, int64) (store.EventDetail, error) {
	return store.EventDetail{}, store.ErrNotFound
}

func (p *past) Deliveries(_ context.Context, q store.DeliveryQuery) ([]store.DeliveryRow, error) {
	p.asked = fmt.Sprintf("%+v", q)
	return nil, p.fails
}

func (p *past) Inbox(context.Context, string, int64, int) ([]store.Kept, error) {
	return []store.Kept{{ID: 7, Event: 3, Format: "plain", Payload: []byte("no JSON")}}, nil
}

func (p *past) Lanes(context.Context) ([]store.LaneRow, error) {
	var out []store.LaneRow
	for i := range p.n {
		out = append(out, store.LaneRow{Name: fmt.Sprintf("lane-%03d", p.n-i)})
	}
	return out, p.fails
}

// Start, Replay, Progress and Stop are a Replayer that refuses.
func (p *past) Start(q store.DeliveryQuery, then bool) (Progress, error) {
	p.asked = fmt.Sprintf("%+v %v", q, then)
	return Progress{ID: "r1", State: "running"}, nil
}
func (p *past) Replay(_ context.Context, id int64, then bool) ([]int64, error) {
	if id == 1 {
		return []int64{9}, nil
	}
	return nil, &Refusal{fmt.Sprint("no ", then)}
}
func (p *past) Progress() []Progress { return []Progress{{ID: "r1", State: "stopped"}} }
func (p *past) Stop(id string) bool  { return id == "r1" }

func newAPI(p *past, s *Stream) http.Handler {
	gate := func(_ context.Context, lane string) error { p.asked = lane; return p.fails }
	return New(Options{
		History: p, Stream: s, Metrics: http.NotFoundHandler(), Pause: gate, Resume: gate, Replayer: p, Inboxes: []string{"look"},
		LastError: func(lane string) (f Failure) {
			if lane == "lane-002" {
				f = Failure{At: time.Unix(0, 0), Verdict: "again", Status: 503}
			}
			return f
		},
		DryRun: func(e *Event) (any, error) { return map[string]string{"got": string(e.Body) + e.Source}, nil },
		Send:   func(_ context.Context, to string, e *Event) (int64, error) { return 5, nil },
		Log:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}

func ask(t *testing.T, h http.Handler, method, path, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost"
	h.ServeHTTP(w, r)
	if !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s %s: no JSON: %s", method, path, w.Body)
	}
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestAnswers(t *testing.T) {
	h := newAPI(&past{n: 2}, &Stream{})
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string // in the answer
	}{
		{"GET", "/api/v1/events?limit=1", "", 200, `"next":"2"`},
		{"GET", "/api/v1/events?limit=1&cursor=1", "", 200, `{"events":[],"next":null}`},
		{"GET", "/api/v1/events?limit=501", "", 400, "limit is a number from 1 to 500"},
		{"GET", "/api/v1/events?cursor=x", "", 400, "no such cursor"},
		{"GET", "/api/v1/events?since=soon", "", 400, "since is a time"},
		{"GET", "/api/v1/events/1", "", 404, `{"error":"not found"}`},
		{"GET", "/api/v1/events/x", "", 404, "not found"},
		{"GET", "/api/v1/deliveries?state=odd", "", 400, "state is one of pending, held, done, partial, dead, cancelled"},
		{"GET", "/api/v1/lanes?limit=1", "", 200, `"next":"lane-001"`},
		{"GET", "/api/v1/lanes?limit=1&cursor=lane-001", "", 200, `"last_error":{"at":"1970-01-01T00:00:00Z","verdict":"again","status":503}`},
		{"POST", "/api/v1/lanes/lane-001/pause", "", 200, `"lane":"lane-001"`},
		{"POST", "/api/v1/lanes/nothing/resume", "", 404, "not found"},
		{"GET", "/api/v1/inbox/look", "", 200, `"payload":"no JSON"`},
		{"GET", "/api/v1/inbox/ops", "", 404, "not found"},
		{"POST", "/api/v1/deliveries/1/replay", "", 200, `{"deliveries":[9],"of":1}`},
		{"POST", "/api/v1/deliveries/2/replay", "", 409, `{"error":"no true"}`},
		{"POST", "/api/v1/deliveries/2/replay", `{"rules":"now"}`, 409, `{"error":"no false"}`},
		{"POST", "/api/v1/deliveries/1/replay", `{"rules":"never"}`, 400, "rules is"},
		{"POST", "/api/v1/replay", `{"filter":{}}`, 202, `"id":"r1"`},
		{"POST", "/api/v1/replay", `{}`, 400, "filter is missing"},
		{"POST", "/api/v1/replay", ``, 400, "no body"},
		{"POST", "/api/v1/replay", `{"filter":{}} {}`, 400, "more than one"},
		{"POST", "/api/v1/replay", `{"filter":{"stat":"dead"}}`, 400, `unknown field`},
		{"POST", "/api/v1/replay", `{"filter":{"state":"pending"}}`, 400, "still to be sent"},
		{"GET", "/api/v1/replay/r1", "", 200, `"state":"stopped"`},
		{"GET", "/api/v1/replay/r2", "", 404, "not found"},
		{"DELETE", "/api/v1/replay/r1", "", 200, `"id":"r1"`},
		{"DELETE", "/api/v1/replay/r2", "", 404, "not found"},
		{"POST", "/api/v1/route", `{"source":"ci","body":{"text":"x"}}`, 200, `{\"text\":\"x\"}ci`},
		{"POST", "/api/v1/route", `{"source":"ci"}`, 400, "body is missing"},
		{"POST", "/api/v1/send", `{"to":"ops","body":"hello"}`, 202, `{"event":5}`},
		{"GET", "/api/v1/backup", "", 409, "pg_dump"},
		{"GET", "/api/v1/nothing", "", 404, "not found"},
		{"GET", "/-/nothing", "", 404, "not found"},
		{"PUT", "/api/v1/events", "", 404, "not found"},
	} {
		if status, got := ask(t, h, c.method, c.path, c.body); status != c.status || !strings.Contains(got, c.want) {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, got)
		}
	}
}

func TestWhatIsAskedOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a clock that stands still
		p := &past{}
		h := newAPI(p, &Stream{})
		since := time.Now().Add(-36 * time.Hour)
		for path, want := range map[string]any{
			"/api/v1/events?q=disk+full&source=ci&route=r&verdict=routed&limit=7&cursor=9&since=36h": store.EventQuery{
				Source: "ci", Route: "r", Verdict: "routed", Text: "disk full", Since: since, Before: 9, Limit: 7},
			"/api/v1/deliveries?state=dead&lane=l&route=r&to=d&source=ci": store.DeliveryQuery{
				State: store.Dead, Lane: "l", Route: "r", To: "d", Source: "ci", Limit: 50},
			"/api/v1/events?since=2d":                   store.EventQuery{Since: time.Now().Add(-48 * time.Hour), Limit: 50},
			"/api/v1/events?since=2026-01-31T08:00:00Z": store.EventQuery{Since: time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC), Limit: 50},
		} {
			ask(t, h, "GET", path, "")
			if w := fmt.Sprintf("%+v", want); p.asked != w {
				t.Errorf("%s\nasks  %s\nwants %s", path, p.asked, w)
			}
		}
	})
}

func TestTheStoresFailures(t *testing.T) {
	for err, status := range map[error]int{store.ErrFull: 503, io.ErrUnexpectedEOF: 500} {
		got, answer := ask(t, newAPI(&past{fails: err}, &Stream{}), "GET", "/api/v1/deliveries", "")
		if got != status || strings.Contains(answer, "EOF") {
			t.Errorf("%v: %d %s", err, got, answer)
		}
	}
}

// watching is a reader of the stream, over a connection.
type watching struct {
	*bufio.Scanner
	close func()
}

func watch(t *testing.T, url string) *watching {
	t.Helper()
	res, err := http.Get(url + "/api/v1/stream")
	if err != nil {
		t.Fatal(err)
	}
	w := &watching{bufio.NewScanner(res.Body), func() { res.Body.Close() }}
	t.Cleanup(w.close)
	if !w.Scan() || w.Text() != ": the stream begins" {
		t.Fatalf("it begins with %q", w.Text())
	}
	return w
}

// rest are the lines until the stream ends.
func (w *watching) rest() (out []string) {
	for w.Scan() {
		if w.Text() != "" {
			out = append(out, w.Text())
		}
	}
	return out
}

func TestTheStreamTellsEveryoneInOrder(t *testing.T) {
	var s Stream
	server := httptest.NewServer(newAPI(&past{}, &s))
	defer server.Close()
	s.Tell("event", "nobody hears")
	one, two := watch(t, server.URL), watch(t, server.URL)
	s.Tell("event", map[string]string{"summary": "a\nb"})
	s.Tell("delivery", 2)
	s.Close()
	want := []string{"event: event", `data: {"summary":"a\nb"}`, "event: delivery", "data: 2", "event: end", `data: {"reason":"the gateway stops"}`}
	for _, w := range []*watching{one, two} {
		if got := w.rest(); !slices.Equal(got, want) {
			t.Errorf("told %q", got)
		}
	}
	if status, answer := ask(t, newAPI(&past{}, &s), "GET", "/api/v1/stream", ""); status != 503 {
		t.Errorf("after the end: %d %s", status, answer)
	}
}

func TestASlowReaderIsDroppedWithAMark(t *testing.T) {
	var s Stream
	server := httptest.NewServer(newAPI(&past{}, &s))
	defer server.Close()
	slow := watch(t, server.URL)
	for i := 0; s.Watched(); i++ { // what a connection holds is passed at some time
		s.Tell("event", strings.Repeat("x", 10000))
		if i > 1e5 {
			t.Fatal("nobody is dropped")
		}
	}
	got := slow.rest()
	if n := len(got); n < 2*streamAhead || got[n-2] != "event: dropped" || got[n-1] != `data: {"reason":"the reader is too slow"}` {
		t.Errorf("%d lines, the last %q", n, got[max(0, n-2):])
	}
}

func TestReadersAreNotTooMany(t *testing.T) {
	var s Stream
	for range mostReaders {
		if s.join() == nil {
			t.Fatal("no place")
		}
	}
	if status, _ := ask(t, newAPI(&past{}, &s), "GET", "/api/v1/stream", ""); status != 503 {
		t.Error(status)
	}
}
