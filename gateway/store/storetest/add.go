package storetest

import (
	"fmt"
	"time"

	"dragoman/gateway/store"
)

// to is a delivery in a lane.
func to(lane string) store.NewDelivery { return event(lane).Deliveries[0] }

func (k *kit) add(add ...store.Addition) []int64 {
	k.Helper()
	ids, err := k.Add(k.ctx(), add)
	k.ok(err)
	if len(ids) != len(add) {
		k.Fatalf("%d ids for %d additions", len(ids), len(add))
	}
	return ids
}

var addCases = []testCase{
	{"further deliveries of an event", func(k *kit) {
		id := k.ingest(event("a"))[0].ID
		before := time.Now().Add(-time.Second)
		ids := k.add(store.Addition{Event: id, NewDelivery: to("a")}, store.Addition{Event: id, Message: id, NewDelivery: to("b")})
		equal(k, "ids", ids[0] < ids[1], true)
		d := k.heads("a", 9)[1]
		equal(k, "head", fmt.Sprint(d.ID, d.Event.ID, d.Message, string(d.Plan), string(d.Event.Body)),
			fmt.Sprint(ids[0], id, id, `{"as":"a"}`, `{"text":"hello"}`))
		if d.Born.Before(before) || d.Born.After(time.Now()) {
			k.Fatalf("born %v", d.Born)
		}
		equal(k, "backlog", fmt.Sprint(k.lanes()["a"].Backlog, k.lanes()["b"].Backlog), "2 1")
		equal(k, "of", k.detail(id).Work[1].Of, 0)
	}},
	{"a replay cancels what it replaces", func(k *kit) {
		for _, c := range []struct {
			state store.State
			then  string
		}{{store.Dead, "cancelled replayed"}, {store.Partial, "cancelled replayed"}, {store.Done, "done why"}, {store.Cancelled, "cancelled why"}} {
			lane := "lane-" + string(c.state)
			id := k.ingest(event(lane))[0].ID
			l := k.lease("me", lane)
			old := k.end(l, c.state)
			replay := k.add(store.Addition{Event: id, Of: old, NewDelivery: to(lane)})[0]
			w := k.detail(id).Work
			equal(k, string(c.state), fmt.Sprint(w[0].State, " ", w[0].Reason), c.then)
			equal(k, "replay", fmt.Sprint(w[1].ID, w[1].Of, w[1].State, w[0].Ended.IsZero()), fmt.Sprint(replay, old, store.Pending, false))
		}
		equal(k, "dead", len(k.deliveries(store.DeliveryQuery{State: store.Dead})), 0)
	}},
	{"an edited message is posted anew", func(k *kit) {
		first := k.ingest(event("a"))[0]
		edit := k.ingest(change(store.Edit, first.ID))[0]
		k.add(store.Addition{Event: edit.ID, Op: store.Post, Message: first.ID, NewDelivery: to("b")})
		d := k.head("b")
		equal(k, "head", fmt.Sprint(d.Op, d.Message, d.Event.Op, string(d.Event.Body)),
			fmt.Sprint(store.Post, first.ID, store.Edit, `{"text":"edited"}`))
		equal(k, "work", work(k.message(first.Handle)), `all>to-a:pending:{"as":"a"} all>to-b:pending:{"as":"b"} `)
	}},
	{"all or none", func(k *kit) {
		first := k.ingest(event("a"), event("a"))
		for _, bad := range []store.Addition{
			{Event: 999}, {Event: first[0].ID, Of: 999}, {Event: first[0].ID, Message: first[1].ID},
		} {
			bad.NewDelivery = to("b")
			_, err := k.Add(k.ctx(), []store.Addition{{Event: first[0].ID, NewDelivery: to("b")}, bad})
			k.is(err, store.ErrNotFound)
		}
		for _, bad := range []store.Addition{{Event: first[0].ID, Op: "move"}, {Event: first[0].ID, NewDelivery: store.NewDelivery{State: "flying"}}} {
			if _, err := k.Add(k.ctx(), []store.Addition{bad}); err == nil {
				k.Fatal("no error")
			}
		}
		equal(k, "heads", len(k.heads("b", 9)), 0)
		k.add()
	}},
	{"what has been purged can only be deleted", func(k *kit) {
		id := k.ingest(event())[0].ID
		k.purge(late, never, 9)
		for _, op := range []store.Op{store.Post, store.Edit} {
			_, err := k.Add(k.ctx(), []store.Addition{{Event: id, Op: op, NewDelivery: to("a")}})
			k.is(err, store.ErrNotFound)
		}
		k.add(store.Addition{Event: id, Op: store.Delete, NewDelivery: to("a")})
		d := k.head("a")
		equal(k, "head", fmt.Sprint(d.Op, d.Message, d.Event.Body == nil), fmt.Sprint(store.Delete, id, true))
	}},
}

var claimCases = []testCase{
	{"only the first comes through", func(k *kit) {
		in := event("a", "b")
		in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = "deploy", term
		first, second := k.ingest(in)[0].ID, k.ingest(in)[0].ID
		equal(k, "heads", fmt.Sprint(len(k.heads("a", 9)), len(k.heads("b", 9)), k.lanes()["a"].Backlog), "1 2 1")
		equal(k, "first", k.detail(first).Work[0].State, store.Pending)
		w := k.detail(second).Work
		equal(k, "second", fmt.Sprint(w[0].State, w[0].Reason, w[0].Ended.IsZero(), w[1].State), fmt.Sprint(store.Cancelled, "duplicate", false, store.Pending))
	}},
	{"a claim ends", func(k *kit) {
		in := event("a")
		in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = "deploy", -time.Second
		k.ingest(in, in, in)
		equal(k, "heads", len(k.heads("a", 9)), 3)
	}},
	{"within one event and one call", func(k *kit) {
		in := event("a", "a", "a")
		for i := range in.Deliveries[:2] {
			in.Deliveries[i].Claim, in.Deliveries[i].ClaimFor = "deploy", term
		}
		in.Deliveries[2].Claim, in.Deliveries[2].ClaimFor = "other", term
		k.ingest(in, in)
		equal(k, "heads", len(k.heads("a", 9)), 2)
	}},
	{"what is not let through claims nothing", func(k *kit) {
		in := event("a")
		in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = "deploy", term
		in.Deliveries[0].State, in.Deliveries[0].Reason = store.Dead, "strict"
		dead := k.ingest(in)[0].ID
		equal(k, "dead", k.detail(dead).Work[0].Reason, "strict")
		in.Deliveries[0].State = store.Held
		held := k.ingest(in)[0].ID
		equal(k, "held", k.detail(held).Work[0].State, store.Held)
		equal(k, "then", k.detail(k.ingest(in)[0].ID).Work[0].State, store.Cancelled)
	}},
	{"a repeat stored anew is no duplicate of itself", func(k *kit) {
		in := keyed("1", "a")
		in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = "deploy", term
		id := k.ingest(in)[0].ID
		k.end(k.lease("me", "a"), store.Dead)
		equal(k, "anew", k.ingest(in)[0].ID, id)
		equal(k, "state", k.detail(id).Work[1].State, store.Pending)
		in.Key = "2"
		equal(k, "another", k.detail(k.ingest(in)[0].ID).Work[0].State, store.Cancelled)
	}},
	{"an addition claims too", func(k *kit) {
		id := k.ingest(event())[0].ID
		d := to("a")
		d.Claim, d.ClaimFor = "deploy", term
		k.add(store.Addition{Event: id, NewDelivery: d}, store.Addition{Event: id, NewDelivery: d})
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"a claim outlives its event and a purge", func(k *kit) {
		in := event("a")
		in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = "deploy", term
		k.ingest(in)
		k.end(k.lease("me", "a"), store.Done)
		equal(k, "purged", k.purge(late, late, 9), 1)
		equal(k, "then", k.detail(k.ingest(in)[0].ID).Work[0].State, store.Cancelled)
	}},
	{"of many at once one comes through", func(k *kit) {
		crowd(16, func(int) {
			in := event("a")
			in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = "deploy", term
			if _, err := k.Ingest(k.ctx(), []store.Incoming{in}); err != nil {
				k.Error(err)
			}
		})
		equal(k, "heads", len(k.heads("a", 99)), 1)
	}},
}
