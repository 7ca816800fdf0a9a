package storetest

import (
	"fmt"
	"time"

	"dragoman/gateway/store"
)

var laneCases = []testCase{
	{"heads come in the order of arrival", func(k *kit) {
		want := ""
		for i := range 20 {
			in := event("b", "a", "c")
			in.Summary = fmt.Sprint(i)
			in.At = birth.Add(-time.Duration(i) * time.Second) // clocks do not order a lane
			want += fmt.Sprint(k.ingest(in)[0].ID, " ")
		}
		got := ""
		for _, d := range k.heads("a", 100) {
			equal(k, "lane", d.Lane, "a")
			got += fmt.Sprint(d.Event.ID, " ")
		}
		equal(k, "order", got, want)
		equal(k, "bounded", len(k.heads("a", 7)), 7)
		equal(k, "none", len(k.heads("a", 0)), 0)
		equal(k, "unknown lane", len(k.heads("z", 9)), 0)
	}},
	{"only pending deliveries are heads", func(k *kit) {
		k.ingest(event("a"), event("a"), event("a"), event("a"), event("a"), event("a"))
		l := k.lease("me", "a")
		for _, s := range []store.State{store.Held, store.Done, store.Partial, store.Dead, store.Cancelled} {
			k.end(l, s)
		}
		equal(k, "heads", len(k.heads("a", 9)), 1)
		equal(k, "backlog", k.lanes()["a"].Backlog, 1)
	}},
	{"a held delivery keeps its place", func(k *kit) {
		k.ingest(event("a"), event("a"))
		l := k.lease("me", "a")
		id := k.end(l, store.Held)
		k.finish(store.Outcome{Lane: l, Delivery: id, State: store.Pending})
		equal(k, "head", k.head("a").ID, id)
		equal(k, "backlog", k.lanes()["a"].Backlog, 2)
	}},
	{"leases are granted once", func(k *kit) {
		k.ingest(event("a", "b", "c"))
		equal(k, "one", k.granted(k.Lease(k.ctx(), "me", 2, term)), "a:1 b:1 ")
		equal(k, "two", k.granted(k.Lease(k.ctx(), "you", 9, term)), "c:1 ")
		equal(k, "mine", k.granted(k.Lease(k.ctx(), "me", 9, term)), "")
		equal(k, "none", k.granted(k.Lease(k.ctx(), "me", 0, term)), "")
		equal(k, "owners", k.lanes()["a"].Owner+k.lanes()["c"].Owner, "meyou")
	}},
	{"a lease says when it ends", func(k *kit) {
		k.ingest(event("a"))
		before := time.Now().Add(term - time.Millisecond)
		l := k.lease("me", "a")
		if l.Until.Before(before) || l.Until.After(time.Now().Add(term)) {
			k.Fatalf("ends %v", l.Until)
		}
	}},
	{"a lane with nothing pending is not granted", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		k.end(l, store.Done)
		k.ok(k.Release(k.ctx(), []store.Lane{l}))
		equal(k, "granted", k.granted(k.Lease(k.ctx(), "me", 9, term)), "")
		k.ingest(event("a"))
		equal(k, "granted", k.granted(k.Lease(k.ctx(), "me", 9, term)), "a:2 ")
	}},
	{"a lease that has run out is granted again", func(k *kit) {
		k.ingest(event("a"))
		equal(k, "first", k.granted(k.Lease(k.ctx(), "me", 9, -time.Second)), "a:1 ")
		equal(k, "no owner", k.lanes()["a"].Owner, "")
		equal(k, "second", k.granted(k.Lease(k.ctx(), "you", 9, term)), "a:2 ")
		equal(k, "mine", k.granted(k.Renew(k.ctx(), "me", term)), "")
	}},
	{"a lease that nobody took can be renewed", func(k *kit) {
		k.ingest(event("a"))
		k.granted(k.Lease(k.ctx(), "me", 9, -time.Second))
		equal(k, "renewed", k.granted(k.Renew(k.ctx(), "me", term)), "a:1 ")
		equal(k, "yours", k.granted(k.Lease(k.ctx(), "you", 9, term)), "")
	}},
	{"renewing returns what is held", func(k *kit) {
		k.ingest(event("b", "a", "c"))
		k.granted(k.Lease(k.ctx(), "me", 9, term))
		got := k.renewed("me")
		equal(k, "renewed", k.granted(got, nil), "a:1 b:1 c:1 ")
		if time.Until(got[0].Until) < term-time.Minute {
			k.Fatalf("ends %v", got[0].Until)
		}
		equal(k, "nobody", k.granted(k.Renew(k.ctx(), "", term)), "")
	}},
	{"a released lane is free at once", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		k.ok(k.Release(k.ctx(), []store.Lane{l, {Name: "nowhere", Epoch: 1}}))
		equal(k, "mine", k.granted(k.Renew(k.ctx(), "me", term)), "")
		equal(k, "yours", k.granted(k.Lease(k.ctx(), "you", 9, term)), "a:2 ")
		k.ok(k.Release(k.ctx(), []store.Lane{l}))
		equal(k, "still yours", k.granted(k.Renew(k.ctx(), "you", term)), "a:2 ")
	}},
	{"a closed gate does not keep a lane from being leased", func(k *kit) {
		k.ingest(event("a"))
		k.ok(k.SetGate(k.ctx(), "a", store.Gate{Stopped: true, Reason: "paused", Until: birth, Faults: 3}))
		equal(k, "gate", k.lease("me", "a").Gate, store.Gate{Stopped: true, Reason: "paused", Until: birth, Faults: 3})
	}},
	{"a gate can be set before there is a delivery", func(k *kit) {
		k.ok(k.SetGate(k.ctx(), "a", store.Gate{Stopped: true}))
		equal(k, "gate", k.lanes()["a"].Gate.Stopped, true)
		equal(k, "granted", k.granted(k.Lease(k.ctx(), "me", 9, term)), "")
		k.ingest(event("a"))
		equal(k, "gate", k.lease("me", "a").Gate.Stopped, true)
	}},
	{"lanes say how they fare", func(k *kit) {
		in := event("b", "a")
		k.ingest(in)
		in.At = birth.Add(time.Minute)
		k.ingest(in)
		l := k.lease("me", "a")
		k.end(l, store.Done)
		got := k.lanes()
		equal(k, "a", fmt.Sprint(got["a"].Backlog, got["a"].Oldest, got["a"].Owner), fmt.Sprint(1, in.At, "me"))
		equal(k, "b", fmt.Sprint(got["b"].Backlog, got["b"].Oldest), fmt.Sprint(2, birth))
		k.end(l, store.Done)
		equal(k, "a", fmt.Sprint(k.lanes()["a"].Backlog, k.lanes()["a"].Oldest.IsZero()), "0 true")
	}},
}
