package sqlite

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// The hot queries find what they want by an index, in order.
func TestQueryPlans(t *testing.T) {
	s := open(t, t.TempDir())
	for query, c := range map[string]struct {
		args []any
		uses string
	}{
		headsQuery: {[]any{"a", 1}, "delivery_queue"},
		leaseQuery: {[]any{"me", 1, 1, 1}, "lane_waiting"},
		purgeable:  {[]any{0, 1, 1, 1, 1, 1}, "event_age"},
		partsQuery: {[]any{1}, "sqlite_autoindex_part_1"},
		fmt.Sprintf(deliverySelect, "", "") + workQuery: {[]any{1, 1}, "event_change"},
	} {
		rows, err := s.read.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, c.args...)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var id, parent, unused int
			var line string
			if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
				t.Fatal(err)
			}
			plan += line + "\n"
		}
		rows.Close()
		sorts := strings.Contains(plan, "TEMP B-TREE") && query != leaseQuery && c.uses != "event_change" // few are sorted
		plan = strings.ReplaceAll(plan, "SCAN CONSTANT ROW", "")
		if strings.Contains(plan, "SCAN") && query != leaseQuery || sorts || !strings.Contains(plan, c.uses) {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

// What is pending in other lanes is neither returned nor waded through; the
// benchmark has a million of it, here the bound is generous.
func TestHeadsAmongMany(t *testing.T) {
	s := open(t, t.TempDir())
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprint("lane", i%10)
	}
	ingest(t, s, event(append(many, "quiet")...))
	ingest(t, s, event("quiet"))
	start := time.Now()
	list, err := s.Heads(context.Background(), "quiet", 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d heads, %v", len(list), err)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("took %v", d)
	}
}

func TestPlansAreStoredOnce(t *testing.T) {
	s := open(t, t.TempDir())
	for range 10 {
		ingest(t, s, event("a", "b", "a"))
	}
	if n := one[int](t, s, "SELECT count(*) FROM plan"); n != 2 {
		t.Errorf("%d plans are stored", n)
	}
}

// No two plans are taken for one because their fields run together.
func TestPlanHash(t *testing.T) {
	seen := map[[32]byte]store.NewDelivery{}
	for _, d := range []store.NewDelivery{
		{Route: "a", To: "bc"}, {Route: "ab", To: "c"}, {Route: "abc"}, {To: "abc"}, {Plan: []byte("abc")}, {To: "ab", Plan: []byte("c")},
	} {
		h := column.PlanHash(&d)
		if other, twice := seen[h]; twice {
			t.Errorf("%v and %v", d, other)
		}
		seen[h] = d
	}
}

func TestBodiesAreCompressed(t *testing.T) {
	s := open(t, t.TempDir())
	in := event()
	in.Body = []byte(strings.Repeat(`{"text":"hello"}`, 100))
	id := ingest(t, s, in)[0].ID
	if n := one[int](t, s, "SELECT length(body) FROM event WHERE id = ?", id); n > len(in.Body)/4 {
		t.Errorf("%d bytes of %d are stored", n, len(in.Body))
	}
}

// The log is moved into the database while writing goes on, and begun anew when
// it is large.
func TestLogStaysBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 200 MB")
	}
	s := open(t, t.TempDir())
	in := event()
	in.Body = make([]byte, 1<<20)
	most := int64(0)
	for i := range 200 {
		for j := range in.Body { // not to be compressed
			in.Body[j] = byte((i + 1) * j * j >> 7)
		}
		ingest(t, s, in)
		if info, err := os.Stat(s.path + "-wal"); err == nil {
			most = max(most, info.Size())
		}
	}
	if most > 2*truncateBytes {
		t.Errorf("the log grew to %d MB", most>>20)
	}
}
