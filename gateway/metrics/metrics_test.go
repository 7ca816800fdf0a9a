package metrics

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func want(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains("\n"+text, "\n"+l+"\n") {
			t.Errorf("no line %q", l)
		}
	}
}

func TestWhatIsToldIsShown(t *testing.T) {
	m := New(func(context.Context) ([]Lane, int, error) {
		return []Lane{
			{Name: "ops", Backlog: 3, Oldest: time.Now().Add(-time.Hour), Circuit: Stopped, Destinations: []string{"ops", "ops-too"}},
			{Name: "other"},
		}, 2, nil
	})
	m.Build("v1")
	m.Event("ci", "slack", "routed")
	m.Event("ci", "slack", "routed")
	m.Translated("slack", "discord", 30*time.Microsecond)
	m.Untranslated("slack", "discord")
	m.Noted("discord", "flattened")
	m.Delivered("ops", "done", 70*time.Millisecond)
	m.Tried("ops", "again")
	m.Committed("arrival", 2*time.Millisecond, true)
	m.Committed("arrival", 0, false)
	text := read(t, m)
	want(t, text,
		`dragoman_build_info{version="v1"} 1`,
		`dragoman_events_total{dialect="slack",source="ci",verdict="routed"} 2`,
		`dragoman_translation_seconds_bucket{from="slack",to="discord",le="2.5e-05"} 0`,
		`dragoman_translation_seconds_bucket{from="slack",to="discord",le="5e-05"} 1`,
		`dragoman_translation_failures_total{from="slack",to="discord"} 1`,
		`dragoman_notes_total{format="discord",loss="flattened"} 1`,
		`dragoman_deliveries_total{lane="ops",outcome="done"} 1`,
		`dragoman_delivery_seconds_bucket{le="0.1"} 1`,
		`dragoman_attempts_total{lane="ops",verdict="again"} 1`,
		`dragoman_store_commit_seconds_count{of="arrival"} 1`,
		`dragoman_store_failures_total{of="arrival"} 1`,
		`dragoman_gateways 2`,
		`dragoman_lane_backlog{lane="ops"} 3`,
		`dragoman_lane_oldest_seconds{lane="other"} 0`,
		`dragoman_destination_circuit{destination="ops-too",state="stopped"} 1`,
		`dragoman_destination_circuit{destination="ops",state="closed"} 0`)
	if !strings.Contains(text, `dragoman_lane_oldest_seconds{lane="ops"} 3600.`) {
		t.Error("the oldest is not an hour old")
	}
}

func TestTheRestIsShownWhenTheStoreDoesNotAnswer(t *testing.T) {
	m := New(func(context.Context) ([]Lane, int, error) { return nil, 0, errors.New("away") })
	m.Tried("ops", "ok")
	text := read(t, m)
	want(t, text, `dragoman_attempts_total{lane="ops",verdict="ok"} 1`)
	if strings.Contains(text, "dragoman_gateways ") {
		t.Error("there is a number of gateways")
	}
}
