package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/sqlite"
	"dragoman/translators/chat"
)

const odd = "a\x00b\xff'\x1a\\é"

// fill puts something of everything into a store.
func fill(t *testing.T, s store.Store) (handles []int64) {
	t.Helper()
	ctx := context.Background()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	in := []store.Incoming{
		{Source: "ci", Dialect: "slack", Key: "k1", Header: map[string]string{odd: odd}, Body: []byte(`{"text":"` + strings.Repeat("hello ", 200) + `"}`), Summary: "first",
			Files: []store.File{{Name: "a", Data: []byte("upload")}}, Deliveries: []store.NewDelivery{{Route: "r", To: "ops", Lane: "ops", Plan: []byte("{}"), Claim: "c", ClaimFor: time.Hour}, {To: odd, Lane: odd, Plan: []byte(odd)}}},
		{Source: odd, Dialect: "github", Event: odd, Verdict: "unrouted", Summary: odd, Body: nil},
		{Source: "ci", Key: "gone", Summary: "gone", At: time.Unix(1, 0)},
	}
	acc, err := s.Ingest(ctx, in)
	ok(err)
	for _, a := range acc {
		handles = append(handles, a.Handle)
	}
	_, err = s.Ingest(ctx, []store.Incoming{
		{Op: store.Edit, Message: acc[0].ID, Source: "ci", Thread: "t", Body: []byte("edited"), Summary: "second", Deliveries: []store.NewDelivery{{Route: "r", To: "ops", Lane: "ops", Claim: "c", ClaimFor: time.Hour}}},
		{Op: store.Delete, Message: acc[0].ID, Source: "ci", Deliveries: []store.NewDelivery{{Route: "r", To: "ops", Lane: "ops", State: store.Dead, Reason: "strict"}}},
	})
	ok(err)
	lanes, err := s.Lease(ctx, "me", 9, time.Hour)
	ok(err)
	for _, l := range lanes {
		heads, err := s.Heads(ctx, l.Name, 1)
		ok(err)
		l.Gate = store.Gate{Stopped: true, Reason: odd}
		ok(s.Finish(ctx, []store.Outcome{{Lane: l, Delivery: heads[0].ID, State: store.Partial, Reason: "refused", Tries: 3, Rung: 1,
			Freeze:   []store.Part{{N: 0, Format: "discord", Payload: []byte(strings.Repeat("payload ", 100)), Ref: odd, Made: []store.File{{Name: "m", Data: []byte("made")}}}, {N: 1}},
			Sent:     []store.Part{{N: 0, Remote: "r1", Sent: time.Unix(9, 0)}},
			Attempts: []store.Attempt{{At: time.Unix(9, 0), Status: 200, Verdict: "ok", Took: 5}, {Status: 500, Code: odd}},
			Notes:    []chat.Note{{Where: odd}}, Entries: []store.Entry{{Space: "s", Key: odd, Value: []byte(odd)}, {Space: "s", Key: strings.Repeat("long", 1000), Value: []byte("v")}, {Space: "s", Key: "z", Value: []byte("v"), Until: time.Now().Add(time.Hour)}}}}))
	}
	ok(s.Release(ctx, lanes))
	n, err := s.Purge(ctx, time.Unix(2, 0), time.Time{}, 9)
	ok(err)
	if n != 1 {
		t.Fatalf("purged %d", n)
	}
	return handles
}

// all is all that a store tells.
func all(t *testing.T, s store.Store, handles []int64) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	say := func(v any, err error) {
		t.Helper()
		fmt.Fprintf(&b, "%+q %v\n", v, err)
	}
	events, err := s.Events(ctx, store.EventQuery{})
	say(events, err)
	for _, e := range events {
		d, err := s.Event(ctx, e.ID)
		say(d, err)
		fmt.Fprintln(&b, d.Body == nil)
		for _, f := range d.Files {
			say(s.File(ctx, f.Ref))
		}
		for _, w := range d.Work {
			for _, p := range w.Parts {
				for _, f := range p.Files {
					say(s.File(ctx, f.Ref))
				}
			}
			say(s.Heads(ctx, w.Lane, 9))
			say(s.Inbox(ctx, w.To, 0, 9))
		}
	}
	for _, h := range handles {
		say(s.Message(ctx, "ci", h))
	}
	say(s.Deliveries(ctx, store.DeliveryQuery{}))
	say(s.Deliveries(ctx, store.DeliveryQuery{State: store.Dead}))
	say(s.Lanes(ctx))
	say(s.Entries(ctx, "s"))
	for _, text := range []string{"hello", "first", "edited", "gone", "nothing"} {
		say(s.Events(ctx, store.EventQuery{Text: text}))
	}
	return b.String()
}

// A store that was copied tells the same, and goes on where the first has ended.
func TestCopy(t *testing.T) {
	ctx := context.Background()
	from, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to := open(t, server.Fresh(t))
	handles := fill(t, from)
	told := map[string]int64{}
	if err := Copy(ctx, from, to, func(table string, done, all int64) {
		if done > all {
			t.Errorf("%d of %d rows of %s", done, all, table)
		}
		told[table] = done
	}); err != nil {
		t.Fatal(err)
	}
	if told["event"] != 5 || told["delivery"] != 4 || told["words"] != 5 {
		t.Errorf("told %v", told)
	}
	if a, b := all(t, from, handles), all(t, to, handles); a != b {
		for i, line := range strings.Split(a, "\n") {
			if other := strings.Split(b, "\n")[i]; line != other {
				t.Fatalf("was\n%s\nand is\n%s", line, other)
			}
		}
	}
	if err := Copy(ctx, from, to, nil); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
	next := []store.Incoming{{Source: "ci", Key: "k1"}, {Source: "ci", Key: "new", Deliveries: []store.NewDelivery{{Route: "r", To: "ops", Lane: "ops", Plan: []byte("{}"), Claim: "c", ClaimFor: time.Hour}}}}
	a, e1 := from.Ingest(ctx, next)
	b, e2 := to.Ingest(ctx, next)
	if e1 != nil || e2 != nil || a[0] != b[0] || !b[0].Repeat || b[1].ID < a[1].ID || b[1].Handle <= handles[0] {
		t.Errorf("goes on with %+v, %v after %+v, %v", b, e2, a, e1)
	}
	if e, err := to.Event(ctx, b[1].ID); err != nil || e.Deliveries[0].State != store.Cancelled {
		t.Errorf("the claim: %+v, %v", e.Deliveries, err)
	}
}

// A copy that fails half way leaves nothing.
func TestCopyIsWhole(t *testing.T) {
	from, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to := open(t, server.Fresh(t))
	fill(t, from)
	ctx, cancel := context.WithCancel(context.Background())
	err = Copy(ctx, from, to, func(table string, _, _ int64) {
		if table == "delivery" {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("no error")
	}
	if err := Copy(context.Background(), from, to, nil); err != nil {
		t.Errorf("again: %v", err)
	}
}
