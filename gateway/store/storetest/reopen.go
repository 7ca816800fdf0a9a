package storetest

import (
	"fmt"
	"maps"

	"dragoman/gateway/store"
)

var reopenCases = []testCase{
	{"everything is still there", func(k *kit) {
		in := keyed("1", "a", "b")
		in.Header = map[string]string{"A": "b"}
		acc := k.ingest(in)[0]
		l := k.lease("me", "a")
		l.Gate = store.Gate{Reason: "wait", Until: late}
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, State: store.Partial, Reason: "refused", Tries: 2,
			Freeze: []store.Part{part(0, "x"), part(1, "y")}, Sent: []store.Part{{N: 0, Remote: "r", Sent: birth}},
			Attempts: []store.Attempt{{At: birth, Status: 200, Verdict: "ok"}}})
		before := k.detail(acc.ID)
		k.reopen()
		after := k.detail(acc.ID)
		equal(k, "event", fmt.Sprint(after), fmt.Sprint(before))
		equal(k, "header", maps.Equal(after.Header, in.Header), true)
		equal(k, "gate", k.lanes()["a"].Gate, l.Gate)
		equal(k, "heads", fmt.Sprint(len(k.heads("a", 9)), len(k.heads("b", 9))), "0 1")
		equal(k, "repeat", k.ingest(in)[0], store.Accepted{ID: acc.ID, Handle: acc.Handle, Repeat: true})
	}},
	{"handles and ids go on", func(k *kit) {
		first := k.ingest(event())[0]
		k.purge(late, late, 10)
		k.reopen()
		second := k.ingest(event())[0]
		if second.ID <= first.ID || second.Handle <= first.Handle {
			k.Fatalf("%v follows %v", second, first)
		}
	}},
	{"leases of the one before are void", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		d := k.head("a").ID
		k.reopen()
		equal(k, "renewed", k.granted(k.Renew(k.ctx(), "me", term)), "")
		k.is(k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: d, State: store.Done}}), store.ErrLost)
		equal(k, "granted", k.granted(k.Lease(k.ctx(), "you", 9, term)), "a:2 ")
		k.is(k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: d, State: store.Done}}), store.ErrLost)
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"a person's gate still prevails", func(k *kit) {
		k.ingest(event("a"))
		k.ok(k.SetGate(k.ctx(), "a", store.Gate{Stopped: true}))
		k.reopen()
		l := k.lease("me", "a")
		equal(k, "gate", fmt.Sprint(l.Gate.Stopped, l.Rev), "true 1")
	}},
	{"many times", func(k *kit) {
		for i := range 5 {
			k.ingest(event("a", "b"))
			k.reopen()
			equal(k, "backlog", k.lanes()["a"].Backlog, i+1)
			equal(k, "events", len(k.events(store.EventQuery{})), i+1)
		}
	}},
}
