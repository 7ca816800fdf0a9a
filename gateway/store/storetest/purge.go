package storetest

import (
	"fmt"
	"time"

	"dragoman/gateway/store"
)

func (k *kit) purge(bodies, history time.Time, limit int) int {
	k.Helper()
	n, err := k.Purge(k.ctx(), bodies, history, limit)
	k.ok(err)
	return n
}

var (
	late  = birth.Add(term)
	never = time.Time{}
)

// sent is an event of which one part was sent, and its delivery has ended so.
func (k *kit) sent(key string, state store.State) int64 {
	k.Helper()
	id := k.ingest(keyed(key, "lane-"+key))[0].ID
	l := k.lease("me", "lane-"+key)
	k.finish(store.Outcome{Lane: l, Delivery: k.head(l.Name).ID, State: state,
		Freeze: []store.Part{part(0, "x")}, Sent: []store.Part{{N: 0, Remote: "r", Sent: birth}}})
	return id
}

var purgeCases = []testCase{
	{"bodies and parts go, the history stays", func(k *kit) {
		id := k.sent("1", store.Done)
		equal(k, "touched", k.purge(late, never, 10), 1)
		e := k.detail(id)
		if e.Body != nil || len(e.Work) != 1 || len(e.Work[0].Parts) != 0 || e.Summary != "hello" {
			k.Fatalf("left: %+v", e)
		}
		box, err := k.Inbox(k.ctx(), "to-lane-1", 0, 0)
		k.ok(err)
		equal(k, "inbox", len(box), 0)
		equal(k, "touched again", k.purge(late, never, 10), 0)
	}},
	{"whole events go", func(k *kit) {
		id := k.sent("1", store.Done)
		equal(k, "bodies", k.purge(late, never, 10), 1)
		equal(k, "touched", k.purge(late, late, 10), 1)
		_, err := k.Event(k.ctx(), id)
		k.is(err, store.ErrNotFound)
		equal(k, "lists", len(k.events(store.EventQuery{}))+len(k.deliveries(store.DeliveryQuery{})), 0)
		equal(k, "the lane stays", len(k.lanes()), 1)
	}},
	{"what is younger stays", func(k *kit) {
		id := k.sent("1", store.Done)
		equal(k, "touched", k.purge(birth, birth, 10), 0)
		equal(k, "body", len(k.detail(id).Body) > 0, true)
	}},
	{"what may still be wanted stays", func(k *kit) {
		for _, state := range []store.State{store.Pending, store.Held, store.Partial, store.Dead} {
			id := k.sent(string(state), state)
			equal(k, "touched", k.purge(late, late, 10), 0)
			e := k.detail(id)
			equal(k, string(state), fmt.Sprint(string(e.Body), parts(e.Work[0].Parts)), fmt.Sprint(`{"text":"hello"}`, "0:x:r:true "))
		}
	}},
	{"what nobody wants goes", func(k *kit) {
		k.sent("1", store.Cancelled)
		k.ingest(event())
		equal(k, "touched", k.purge(late, late, 10), 2)
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
	}},
	{"small steps reach everything", func(k *kit) {
		kept := k.ingest(event("kept"))[0].ID
		for range 25 {
			k.ingest(event())
		}
		total := 0
		for {
			n := k.purge(late, late, 4)
			if n > 4 {
				k.Fatalf("touched %d of at most 4", n)
			}
			total += n
			if n < 4 {
				break
			}
		}
		equal(k, "total", total, 25)
		equal(k, "left", ids(k.events(store.EventQuery{})), fmt.Sprint(kept, " "))
	}},
	{"a repeat is known after its event has gone", func(k *kit) {
		now := time.Now().Truncate(time.Second)
		in := keyed("1", "a")
		in.At = now
		first := k.ingest(in)[0]
		k.end(k.lease("me", "a"), store.Done)
		k.purge(now.Add(term), now.Add(term), 10)
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
		equal(k, "repeat", k.ingest(in)[0], store.Accepted{ID: first.ID, Handle: first.Handle, Repeat: true})
	}},
	{"an old repeat of what has gone is new", func(k *kit) {
		in := keyed("1", "a")
		in.At = time.Now().Add(-store.SeenFor - term)
		k.ingest(in)
		k.end(k.lease("me", "a"), store.Done)
		k.purge(in.At.Add(term), in.At.Add(term), 10)
		k.purge(in.At.Add(term), in.At.Add(term), 10)
		equal(k, "repeat", k.ingest(in)[0].Repeat, false)
		equal(k, "events", len(k.events(store.EventQuery{})), 1)
	}},
	{"a repeat of what was not routed is new after it has gone", func(k *kit) {
		in := keyed("1")
		in.At = time.Now().Add(-time.Minute)
		k.ingest(in)
		equal(k, "touched", k.purge(time.Now(), time.Now(), 10), 1)
		in.Deliveries = event("a").Deliveries
		equal(k, "repeat", k.ingest(in)[0].Repeat, false)
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"a purged event can come anew", func(k *kit) {
		in := keyed("1")
		id := k.ingest(in)[0].ID
		k.purge(late, never, 10)
		equal(k, "purged", k.detail(id).Body == nil, true)
		k.ingest(in)
		equal(k, "body", string(k.detail(id).Body), `{"text":"hello"}`)
	}},
	{"ids and handles are not given again", func(k *kit) {
		first := k.ingest(event())[0]
		k.purge(late, late, 10)
		second := k.ingest(event())[0]
		if second.ID <= first.ID || second.Handle <= first.Handle {
			k.Fatalf("%v follows %v", second, first)
		}
	}},
}
