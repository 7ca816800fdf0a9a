package storetest

import (
	"fmt"
	"time"

	"dragoman/gateway/store"
)

func ids(rows []store.EventRow) (s string) {
	for _, r := range rows {
		s += fmt.Sprint(r.ID, " ")
	}
	return s
}

var historyCases = []testCase{
	{"an empty store has nothing", func(k *kit) {
		_, err := k.Event(k.ctx(), 1)
		k.is(err, store.ErrNotFound)
		equal(k, "lists", len(k.events(store.EventQuery{}))+len(k.deliveries(store.DeliveryQuery{}))+len(k.lanes()), 0)
	}},
	{"events are listed newest first", func(k *kit) {
		acc := k.ingest(event("a", "b"), event(), event("c"))
		got := k.events(store.EventQuery{})
		equal(k, "order", ids(got), fmt.Sprint(acc[2].ID, acc[1].ID, acc[0].ID)+" ")
		equal(k, "deliveries", fmt.Sprint(len(got[0].Deliveries), got[1].Deliveries, len(got[2].Deliveries)), "1 [] 2")
		equal(k, "lanes", got[2].Deliveries[0].Lane+got[2].Deliveries[1].Lane, "ab")
		equal(k, "summary", got[0].Summary, "hello")
		one, err := k.Event(k.ctx(), acc[1].ID)
		k.ok(err)
		equal(k, "handle", one.Handle, acc[1].Handle)
		if got[1].Deliveries == nil {
			k.Fatal("no deliveries are nil")
		}
	}},
	{"events are paged", func(k *kit) {
		var all []store.Incoming
		for range 120 {
			all = append(all, event())
		}
		k.ingest(all...)
		equal(k, "default", len(k.events(store.EventQuery{})), 50)
		equal(k, "most", len(k.events(store.EventQuery{Limit: 1 << 30})), 120)
		seen, before := map[int64]bool{}, int64(0)
		for {
			page := k.events(store.EventQuery{Before: before, Limit: 7})
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				if seen[e.ID] || before != 0 && e.ID >= before {
					k.Fatalf("event %d comes after %d", e.ID, before)
				}
				seen[e.ID], before = true, e.ID
			}
		}
		equal(k, "seen", len(seen), 120)
	}},
	{"events are selected", func(k *kit) {
		a, b, c := event("x"), event(), event("y")
		b.Source, b.Verdict, b.By = "repos", "dropped", "drop-bots"
		c.At = birth.Add(term)
		c.Deliveries[0].Route = "second"
		acc := k.ingest(a, b, c)
		for _, try := range []struct {
			q    store.EventQuery
			want []int
		}{
			{store.EventQuery{Source: "repos"}, []int{1}},
			{store.EventQuery{Source: "ci"}, []int{2, 0}},
			{store.EventQuery{Source: "ci", Limit: 1}, []int{2}},
			{store.EventQuery{Source: "ci", Before: acc[2].ID}, []int{0}},
			{store.EventQuery{Verdict: "dropped"}, []int{1}},
			{store.EventQuery{Route: "second"}, []int{2}},
			{store.EventQuery{Route: "drop-bots"}, []int{1}},
			{store.EventQuery{Since: birth.Add(time.Microsecond)}, []int{2}},
			{store.EventQuery{Since: birth}, []int{2, 1, 0}},
			{store.EventQuery{Source: "ci", Verdict: "dropped"}, nil},
			{store.EventQuery{Source: "nobody"}, nil},
		} {
			want := ""
			for _, i := range try.want {
				want += fmt.Sprint(acc[i].ID, " ")
			}
			equal(k, fmt.Sprintf("%+v", try.q), ids(k.events(try.q)), want)
		}
	}},
	{"deliveries are listed by state and lane", func(k *kit) {
		k.ingest(event("a", "b"), event("a", "b"), event("a", "b"), event("a", "b"))
		l := k.lease("me", "a")
		done, dead, partial := k.end(l, store.Done), k.end(l, store.Dead), k.end(l, store.Partial)
		list := func(q store.DeliveryQuery) (s string) {
			for _, d := range k.deliveries(q) {
				s += fmt.Sprint(d.ID, " ")
			}
			return s
		}
		equal(k, "dead", list(store.DeliveryQuery{State: store.Dead}), fmt.Sprint(partial, dead)+" ")
		equal(k, "partial", list(store.DeliveryQuery{State: store.Partial}), fmt.Sprint(partial)+" ")
		equal(k, "done", list(store.DeliveryQuery{State: store.Done}), fmt.Sprint(done)+" ")
		equal(k, "dead in b", list(store.DeliveryQuery{State: store.Dead, Lane: "b"}), "")
		equal(k, "lane", len(k.deliveries(store.DeliveryQuery{Lane: "b"})), 4)
		equal(k, "pending", len(k.deliveries(store.DeliveryQuery{State: store.Pending})), 5)
		equal(k, "pending in a", len(k.deliveries(store.DeliveryQuery{State: store.Pending, Lane: "a"})), 1)
		equal(k, "unknown lane", len(k.deliveries(store.DeliveryQuery{Lane: "z"})), 0)
		equal(k, "page", list(store.DeliveryQuery{State: store.Dead, Before: partial}), fmt.Sprint(dead)+" ")
		row := k.deliveries(store.DeliveryQuery{State: store.Dead, Limit: 1})[0]
		equal(k, "row", fmt.Sprint(row.Route, row.To, row.Lane, row.State, row.Reason, row.Born, row.Ended.IsZero()),
			fmt.Sprint("all", "to-a", "a", store.Partial, "why", birth, false))
	}},
	{"deliveries are paged", func(k *kit) {
		k.ingest(event(make([]string, 120)...))
		equal(k, "default", len(k.deliveries(store.DeliveryQuery{})), 50)
		seen, before := 0, int64(0)
		for {
			page := k.deliveries(store.DeliveryQuery{Before: before, Limit: 7})
			if len(page) == 0 {
				break
			}
			for _, d := range page {
				if before != 0 && d.ID >= before {
					k.Fatalf("delivery %d comes after %d", d.ID, before)
				}
				before = d.ID
				seen++
			}
		}
		equal(k, "seen", seen, 120)
	}},
	{"an inbox holds what was sent to it", func(k *kit) {
		acc := k.ingest(event("a", "b"), event("a"), event("a"))
		l := k.lease("me", "a")
		for i, d := range k.heads("a", 3) {
			o := store.Outcome{Lane: l, Delivery: d.ID, Freeze: []store.Part{part(0, fmt.Sprint("p", i)), part(1, fmt.Sprint("q", i))}}
			if i != 1 {
				o.Sent = []store.Part{{N: 0, Sent: birth}, {N: 1, Sent: birth.Add(time.Second)}}
				o.State = store.Done
			}
			k.finish(o)
		}
		got, err := k.Inbox(k.ctx(), "to-a", 0, 0)
		k.ok(err)
		s := ""
		for _, p := range got {
			s += fmt.Sprintf("%s %s %d %d|", p.Payload, p.Format, p.Event, p.At.Unix())
		}
		last, first := acc[2].ID, acc[0].ID
		want := ""
		for _, p := range []struct {
			payload string
			event   int64
			after   int64
		}{{"q2", last, 1}, {"p2", last, 0}, {"q0", first, 1}, {"p0", first, 0}} {
			want += fmt.Sprintf("%s discord %d %d|", p.payload, p.event, birth.Unix()+p.after)
		}
		equal(k, "inbox", s, want)
		page, err := k.Inbox(k.ctx(), "to-a", got[1].ID, 1)
		k.ok(err)
		equal(k, "page", fmt.Sprint(len(page), page[0].ID, string(page[0].Payload)), fmt.Sprint(1, got[2].ID, "q0"))
		equal(k, "delivery", page[0].Delivery, k.detail(first).Work[0].ID)
		none, err := k.Inbox(k.ctx(), "to-b", 0, 0)
		k.ok(err)
		equal(k, "other inbox", len(none), 0)
	}},
	{"an inbox shows a changed message once, as it is", func(k *kit) {
		acc := k.ingest(event("a"), event("a"))
		send := func(op store.Op, payloads ...string) {
			l := k.lease("me", "a")
			d := k.head("a")
			o := store.Outcome{Lane: l, Delivery: d.ID, State: store.Done}
			for i, p := range payloads {
				n := part(i, p)
				n.Op, n.Sent, n.Remote = op, birth, fmt.Sprint("id-", d.Message, "-", i)
				if op != store.Post {
					n.Ref = n.Remote
				}
				o.Freeze = append(o.Freeze, n)
			}
			k.finish(o)
			k.ok(k.Release(k.ctx(), []store.Lane{l}))
		}
		inbox := func() (s string) {
			got, err := k.Inbox(k.ctx(), "to-a", 0, 0)
			k.ok(err)
			for _, p := range got {
				s += string(p.Payload) + " "
			}
			return s
		}
		send(store.Post, "first", "more")
		send(store.Post, "second")
		k.ingest(change(store.Edit, acc[0].ID, "a"))
		equal(k, "before it is sent", inbox(), "second more first ")
		send(store.Edit, "edited")
		equal(k, "edited", inbox(), "edited second more ")
		k.ingest(change(store.Edit, acc[0].ID, "a"))
		send(store.Edit, "again", "and more")
		equal(k, "again", inbox(), "and more again second ")
		k.ingest(change(store.Delete, acc[0].ID, "a"))
		send(store.Delete, "", "")
		equal(k, "deleted", inbox(), "second ")
	}},
}
