package console_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/console"
	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
	"dragoman/translators/chat"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// sayWords is a preview of payloads that are mere words.
func sayWords(_, format, event string, body []byte) (console.Preview, error) {
	if strings.HasPrefix(string(body), "!") {
		return console.Preview{}, errors.New("test: nothing to say")
	}
	m := &chat.Message{Origin: chat.Slack, Blocks: []chat.Block{{Text: chat.Text{{Text: string(body)}}}}}
	n := []chat.Note{{Loss: chat.Flattened, Where: "blocks.0", What: "table"}}
	return console.Preview{Message: m, Neutral: []byte(`{"blocks":[]}`), Slack: console.Shown{Messages: []*chat.Message{m}},
		Discord: console.Shown{Messages: []*chat.Message{m}, Notes: n}}, nil
}

type site struct {
	t     *testing.T
	store *memory.Store
	echo  *echo.Echo
}

func newSite(t *testing.T) *site {
	s := &site{t, memory.New(), echo.New()}
	console.Mount(s.echo, console.Options{
		History: s.store, Preview: sayWords, Inboxes: []string{"look"}, Sources: []string{"ci", "repos"}, Version: "1.2.3",
		Addresses: []console.Address{{Source: "demo", Slack: "http://127.0.0.1:8080/services/T/B/x", Discord: "http://127.0.0.1:8080/api/webhooks/1/x"}},
		Log:       slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	return s
}

func (s *site) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// page is what a path shows; anything but 200 fails the test.
func (s *site) page(path string) string {
	s.t.Helper()
	w := s.get(path)
	if w.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// add stores an event that went to a destination.
func (s *site) add(source, body, to string) int64 {
	s.t.Helper()
	ctx := context.Background()
	in := store.Incoming{
		Source: source, Dialect: "slack", Body: []byte(body), At: noon, Verdict: "routed", Summary: body, Header: map[string]string{"User-Agent": "<curl>"},
		Deliveries: []store.NewDelivery{{Route: "all", To: to, Lane: to, Plan: []byte("{}")}},
	}
	ids, err := s.store.Ingest(ctx, []store.Incoming{in})
	if err != nil {
		s.t.Fatal(err)
	}
	lanes, err := s.store.Lease(ctx, "test", 1, time.Minute)
	if err != nil {
		s.t.Fatal(err)
	}
	heads, err := s.store.Heads(ctx, to, 1)
	if err != nil {
		s.t.Fatal(err)
	}
	format := "native"
	if to != "look" {
		format = "slack"
	}
	err = s.store.Finish(ctx, []store.Outcome{{
		Lane: lanes[0], Delivery: heads[0].ID, State: store.Done, Tries: 1,
		Freeze: []store.Part{{Format: format, Payload: []byte(body)}}, Sent: []store.Part{{Remote: "r1", Sent: noon}},
		Attempts: []store.Attempt{{At: noon, Status: 200, Verdict: "ok", Took: 12 * time.Millisecond}},
		Notes:    []chat.Note{{Loss: chat.Shortened, Where: "blocks.1", What: "text", Count: 7}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.Release(ctx, lanes); err != nil {
		s.t.Fatal(err)
	}
	return ids[0].ID
}

// holds fails the test for each word that a page does not show.
func (s *site) holds(page string, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			s.t.Errorf("the page does not show %q", w)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	s.add("ci", "hello", "look")
	for _, path := range []string{"/", "/events/1", "/inbox/look", "/events/999", "/inbox/other", "/?cursor=x"} {
		h := s.get(path).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
			"Content-Type": "text/html; charset=UTF-8",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		policy := strings.Split(h.Get("Content-Security-Policy"), "; ")
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "img-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !slices.Contains(policy, want) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, want)
			}
		}
	}
}

// No page needs what the policy refuses.
func TestPagesKeepThePolicy(t *testing.T) {
	s := newSite(t)
	empty := s.page("/")
	s.add("ci", "hello", "look")
	for _, page := range []string{empty, s.page("/"), s.page("/events/1"), s.page("/inbox/look")} {
		for _, refused := range []string{"<script", " style=", "<style", " onclick", "src=\"http", "javascript:"} {
			if strings.Contains(page, refused) {
				t.Errorf("a page holds %q", refused)
			}
		}
	}
}

func TestNothingYet(t *testing.T) {
	s := newSite(t)
	s.holds(s.page("/"), "Nothing has come in yet", "curl", "http://127.0.0.1:8080/services/T/B/x", "http://127.0.0.1:8080/api/webhooks/1/x")
	s.holds(s.page("/?source=ci"), "No events with this filter")
	s.holds(s.page("/inbox/look"), "No messages yet")
}

func TestEvents(t *testing.T) {
	s := newSite(t)
	for i := range 120 {
		s.add([]string{"ci", "repos"}[i%2], fmt.Sprintf("event-%03d", i), "look")
	}
	count := func(page string) int { return strings.Count(page, `<div class="what">`) }
	first := s.page("/")
	s.holds(first, "event-119", "1.2.3", "look</b> done")
	if n := count(first); n != 50 {
		t.Errorf("the first page has %d events", n)
	}
	if strings.Contains(first, "curl") {
		t.Error("the welcome is shown though something came in")
	}
	seen, path := 0, "/?source=ci"
	for path != "" {
		page := s.page(path)
		if strings.Contains(page, ">event-001<") {
			t.Error("an event of another source is shown")
		}
		seen += count(page)
		path = ""
		if _, rest, more := strings.Cut(page, `rel="next" href="`); more {
			path, _, _ = strings.Cut(rest, `"`)
			path = strings.ReplaceAll(path, "&amp;", "&")
		}
	}
	if seen != 60 {
		t.Errorf("the pages of one source have %d events in all, want 60", seen)
	}
	s.holds(s.page("/?verdict=dropped"), "No events with this filter")
}

func TestEvent(t *testing.T) {
	s := newSite(t)
	id := s.add("ci", `{"text":"<script>alert(1)</script>"}`, "ops")
	page := s.page(fmt.Sprintf("/events/%d", id))
	s.holds(page, "&lt;script&gt;", "&lt;curl&gt;", "As Slack shows it", "As Discord shows it", "as it came in", "flattened", "shortened", "12ms", "r1",
		`<details><summary>As Slack shows it</summary>`)
	if strings.Contains(page, "<script") {
		t.Error("words became markup")
	}
	s.holds(s.page(fmt.Sprintf("/events/%d", s.add("ci", "!", "ops"))), "test: nothing to say")
	for _, path := range []string{"/events/999", "/events/x", "/events/-1", "/inbox/ops"} {
		if w := s.get(path); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
	if w := s.get("/?cursor=%22%3E%3Cb%3E"); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "<b>") {
		t.Errorf("a cursor that is none: %d %s", w.Code, w.Body)
	}
}

// A page stays light, whatever was received; the rest is at the API.
func TestLongPayload(t *testing.T) {
	s := newSite(t)
	long := `{"text":"` + strings.Repeat("x", 300<<10) + `"}`
	id := s.add("ci", long, "ops")
	page := s.page(fmt.Sprintf("/events/%d", id))
	s.holds(page, fmt.Sprintf("/api/v1/events/%d", id), "Only the beginning")
	if body, _, _ := strings.Cut(page[strings.Index(page, "<pre"):], "</pre>"); len(body) > 65<<10 {
		t.Errorf("%d bytes of the payload are shown", len(body))
	}
}

func TestInbox(t *testing.T) {
	s := newSite(t)
	for i := range 23 {
		s.add("ci", fmt.Sprintf("message-%02d", i), "look")
	}
	page := s.page("/inbox/look")
	s.holds(page, "message-22", "message-13")
	if strings.Contains(page, "message-12") {
		t.Error("more than ten messages on a page")
	}
	if n := strings.Count(page, `<article class="message"`); n != 20 {
		t.Errorf("%d drawings of ten messages", n)
	}
	_, rest, _ := strings.Cut(page, `rel="next" href="`)
	next, _, _ := strings.Cut(rest, `"`)
	s.holds(s.page(next), "message-12", "message-03")
	s.holds(s.page("/"), "message-22", "All messages")
}

// Who tries the gateway out sees messages first; who runs it sees events first.
func TestWhatStandsFirst(t *testing.T) {
	s := newSite(t)
	s.add("ci", "hello", "look")
	order := func() bool {
		page := s.page("/")
		return strings.Index(page, "Newest in look") < strings.Index(page, "Newest events")
	}
	if !order() {
		t.Error("events stand above messages though all went to an inbox")
	}
	s.add("ci", "hello", "ops")
	if order() {
		t.Error("messages stand above events though some went to a chat")
	}
	if strings.Contains(s.page("/?source=ci"), "Newest in look") {
		t.Error("messages are shown beside filtered events")
	}
}

func TestStandingLanes(t *testing.T) {
	s := newSite(t)
	s.add("ci", "hello", "ops")
	if strings.Contains(s.page("/"), `class="alarm`) {
		t.Error("an alarm for a lane that works")
	}
	if err := s.store.SetGate(context.Background(), "ops", store.Gate{Stopped: true, Reason: "no_service"}); err != nil {
		t.Fatal(err)
	}
	s.holds(s.page("/"), "has stopped", "no_service", "/api/v1/lanes/ops/resume")
}

func TestStatic(t *testing.T) {
	s := newSite(t)
	page := s.page("/")
	_, rest, _ := strings.Cut(page, `rel="stylesheet" href="`)
	address, _, _ := strings.Cut(rest, `"`)
	w := s.get(address)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/css; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s: %d %v", address, w.Code, w.Header())
	}
	for _, path := range []string{"/static/none.css", "/static/..%2fconsole.go", "/static/"} {
		if w := s.get(path); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
}

func TestEditsAndDeletesNameTheirMessage(t *testing.T) {
	s := newSite(t)
	first := s.add("ci", `{"text":"first"}`, "dev")
	var ids []int64
	for _, op := range []store.Op{store.Edit, store.Delete, store.Post} {
		in := store.Incoming{Op: op, Message: first, Source: "ci", Dialect: "slack", At: noon, Verdict: "routed", Summary: "change"}
		if op != store.Delete {
			in.Body = []byte(`{"text":"second"}`)
		}
		got, err := s.store.Ingest(context.Background(), []store.Incoming{in})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, got[0].ID)
	}
	link := fmt.Sprintf(`<a href="/events/%d">event %d</a>`, first, first)
	s.holds(s.page(fmt.Sprint("/events/", ids[0])), "edit of "+link, "second", "As the chats show it")
	gone := s.page(fmt.Sprint("/events/", ids[1]))
	s.holds(gone, "delete of "+link)
	if strings.Contains(gone, "As the chats show it") {
		t.Error("a delete is drawn")
	}
	s.holds(s.page(fmt.Sprint("/events/", ids[2])), "<dt>Answers</dt><dd>"+link)
	s.holds(s.page("/"), fmt.Sprintf("edit of %d", first), fmt.Sprintf("delete of %d", first))
}
