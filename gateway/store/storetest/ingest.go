package storetest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand"
	"strings"

	"dragoman/gateway/store"
)

var ingestCases = []testCase{
	{"an event comes back whole", func(k *kit) {
		in := event("a")
		in.Header = map[string]string{"Content-Type": "application/json", "X-GitHub-Event": "push"}
		id := k.ingest(in)[0].ID
		got := k.detail(id)
		if !bytes.Equal(got.Body, in.Body) || !maps.Equal(got.Header, in.Header) || !got.At.Equal(in.At) {
			k.Fatalf("got %+v", got)
		}
		equal(k, "row", fmt.Sprint(got.Source, got.Dialect, got.EventRow.Event, got.Verdict, got.By, got.Summary),
			fmt.Sprint("ci", "slack", "message", "routed", "all", "hello"))
		equal(k, "work", len(got.Work), 1)
		equal(k, "plan", string(got.Work[0].Plan), `{"as":"a"}`)
		equal(k, "state", got.Work[0].State, store.Pending)
		equal(k, "born", got.Work[0].Born, birth)
	}},
	{"a head has its event and plan", func(k *kit) {
		in := event("a")
		in.Header = map[string]string{"A": "b"}
		acc := k.ingest(in)[0]
		d := k.head("a")
		equal(k, "ids", fmt.Sprint(d.Event.ID, d.Event.Handle), fmt.Sprint(acc.ID, acc.Handle))
		equal(k, "event", fmt.Sprint(d.Event.Source, d.Event.Dialect, d.Event.Event, d.Event.Header, string(d.Event.Body)),
			fmt.Sprint("ci", "slack", "message", in.Header, string(in.Body)))
		equal(k, "at", d.Event.At, birth)
		equal(k, "delivery", fmt.Sprint(d.Lane, d.Route, d.To, string(d.Plan), d.State, d.Tries, d.Rung, len(d.Parts)),
			fmt.Sprint("a", "all", "to-a", `{"as":"a"}`, store.Pending, 0, 0, 0))
		equal(k, "born", d.Born, birth)
	}},
	{"no events are no answers", func(k *kit) {
		k.ingest()
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
	}},
	{"an event without deliveries is history", func(k *kit) {
		in := event()
		in.Verdict = "unrouted"
		id := k.ingest(in)[0].ID
		equal(k, "verdict", k.detail(id).Verdict, "unrouted")
		equal(k, "granted", k.granted(k.Lease(k.ctx(), "me", 10, term)), "")
	}},
	{"bodies of every size", func(k *kit) {
		for _, n := range []int{0, 1, 255, 256, 4096, 1 << 20, 26 << 20} {
			for _, fill := range []string{"same", "random"} {
				body := bytes.Repeat([]byte("x"), n)
				if fill == "random" {
					rand.New(rand.NewSource(1)).Read(body)
				}
				in := event()
				in.Body = body
				got := k.detail(k.ingest(in)[0].ID).Body
				if got == nil || !bytes.Equal(got, body) {
					k.Fatalf("%d %s bytes came back as %d (nil: %v)", n, fill, len(got), got == nil)
				}
			}
		}
	}},
	{"a missing body is an empty body", func(k *kit) {
		in := event("a")
		in.Body = nil
		if got := k.detail(k.ingest(in)[0].ID).Body; got == nil || len(got) != 0 {
			k.Fatalf("body is %#v", got)
		}
		if got := k.head("a").Event.Body; got == nil {
			k.Fatal("the head's body is nil")
		}
	}},
	{"no bytes are too strange", func(k *kit) {
		const odd = "a\x00b\xff\xfe'\"\\%\n;--é\u202e"
		in := store.Incoming{
			Source: odd, Dialect: odd, Event: odd, Key: odd, Header: map[string]string{odd: odd, "": ""}, Body: []byte(odd),
			At: birth, Verdict: odd, By: odd, Summary: odd,
			Deliveries: []store.NewDelivery{{Route: odd, To: odd, Lane: odd, Plan: []byte(odd), State: store.Dead, Reason: odd},
				{Route: odd, To: odd, Lane: odd, Plan: []byte(odd)}},
		}
		id := k.ingest(in)[0].ID
		equal(k, "repeat", k.ingest(in)[0].Repeat, true)
		e := k.detail(id)
		for _, s := range []string{e.Source, e.Dialect, e.EventRow.Event, e.Header[odd], string(e.Body), e.Verdict, e.By, e.Summary,
			e.Work[0].Route, e.Work[0].To, e.Work[0].Lane, string(e.Work[0].Plan), e.Work[0].Reason} {
			equal(k, "string", s, odd)
		}
		l := k.lease(odd, odd)
		k.finish(store.Outcome{Lane: l, Delivery: k.head(odd).ID, State: store.Done, Reason: odd,
			Freeze: []store.Part{{Format: odd, Payload: []byte(odd), Remote: odd}}})
		p := k.detail(id).Work[1].Parts[0]
		equal(k, "part", p.Format+string(p.Payload)+p.Remote, odd+odd+odd)
		equal(k, "by source", len(k.events(store.EventQuery{Source: odd, Route: odd, Verdict: odd})), 1)
	}},
	{"handles are microseconds of the arrival", func(k *kit) {
		acc := k.ingest(event())[0]
		equal(k, "handle", acc.Handle, birth.UnixMicro())
	}},
	{"handles grow when the clock does not", func(k *kit) {
		list := []store.Incoming{event(), event(), event(), event()}
		list[3].At = birth.Add(-term)
		last := int64(0)
		for _, acc := range append(k.ingest(list...), k.ingest(event())...) {
			if acc.Handle <= last {
				k.Fatalf("handle %d follows %d", acc.Handle, last)
			}
			last = acc.Handle
		}
	}},
	{"handles belong to their source", func(k *kit) {
		other := event()
		other.Source = "other"
		acc := k.ingest(event(), other)
		equal(k, "handles", acc[0].Handle, acc[1].Handle)
	}},
	{"ids grow", func(k *kit) {
		acc := k.ingest(event(), event(), event())
		if acc[0].ID >= acc[1].ID || acc[1].ID >= acc[2].ID {
			k.Fatalf("ids: %v", acc)
		}
	}},
	{"a delivery can begin dead or held", func(k *kit) {
		in := event("a", "a", "a")
		in.Deliveries[0].State, in.Deliveries[0].Reason = store.Dead, "strict"
		in.Deliveries[1].State = store.Held
		id := k.ingest(in)[0].ID
		w := k.detail(id).Work
		equal(k, "states", fmt.Sprint(w[0].State, w[0].Reason, w[0].Ended.IsZero(), w[1].State, w[2].State, w[2].Ended.IsZero()),
			fmt.Sprint(store.Dead, "strict", false, store.Held, store.Pending, true))
		equal(k, "pending", len(k.heads("a", 9)), 1)
		equal(k, "backlog", k.lanes()["a"].Backlog, 1)
	}},
	{"an unknown state stores nothing of the call", func(k *kit) {
		in := event("a")
		in.Deliveries[0].State = "flying"
		if _, err := k.Ingest(k.ctx(), []store.Incoming{event("a"), in}); err == nil {
			k.Fatal("no error")
		}
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
		equal(k, "heads", len(k.heads("a", 9)), 0)
	}},
	{"a call that has ended stores nothing", func(k *kit) {
		ctx, cancel := context.WithCancel(k.ctx())
		cancel()
		_, err := k.Ingest(ctx, []store.Incoming{event("a")})
		k.is(err, context.Canceled)
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
	}},
	{"what was given is not kept", func(k *kit) {
		in := event("a")
		in.Header = map[string]string{"a": "b"}
		id := k.ingest(in)[0].ID
		in.Body[0], in.Deliveries[0].Plan[0], in.Header["a"] = '!', '!', "!"
		e := k.detail(id)
		equal(k, "kept", string(e.Body)+string(e.Work[0].Plan)+e.Header["a"], `{"text":"hello"}{"as":"a"}b`)
		e.Body[0], e.Work[0].Plan[0] = '!', '!'
		d := k.head("a")
		d.Event.Body[0], d.Plan[0] = '!', '!'
		equal(k, "returned", string(k.detail(id).Body)+string(k.head("a").Plan), `{"text":"hello"}{"as":"a"}`)
	}},
	{"many deliveries of one event", func(k *kit) {
		in := event(strings.Split(strings.Repeat("a,b,", 500)+"c", ",")...)
		id := k.ingest(in)[0].ID
		w := k.detail(id).Work
		equal(k, "work", len(w), 1001)
		for i := range w {
			if w[i].Lane != in.Deliveries[i].Lane || i > 0 && w[i].ID <= w[i-1].ID {
				k.Fatalf("delivery %d is %+v", i, w[i].DeliveryRow)
			}
		}
		equal(k, "backlogs", fmt.Sprint(k.lanes()["a"].Backlog, k.lanes()["b"].Backlog, k.lanes()["c"].Backlog), "500 500 1")
	}},
}

var repeatCases = []testCase{
	{"while anything may come of the first", func(k *kit) {
		for _, state := range []store.State{store.Pending, store.Held, store.Done, store.Partial} {
			in := keyed("1-"+string(state), "a-"+string(state), "b-"+string(state))
			first := k.ingest(in)[0]
			l, m := k.lease("me", in.Deliveries[0].Lane), store.Lane{}
			for _, got := range k.renewed("me") {
				if got.Name == in.Deliveries[1].Lane {
					m = got
				}
			}
			k.end(l, state)
			k.end(m, store.Dead)
			again := k.ingest(in)[0]
			equal(k, string(state), again, store.Accepted{ID: first.ID, Handle: first.Handle, Repeat: true})
			equal(k, "work", len(k.detail(first.ID).Work), 2)
		}
	}},
	{"stored anew when nothing came of the first", func(k *kit) {
		for _, state := range []store.State{store.Dead, store.Cancelled} {
			in := keyed("1-"+string(state), "lane-"+string(state))
			first := k.ingest(in)[0]
			k.end(k.lease("me", in.Deliveries[0].Lane), state)
			in.Verdict, in.Summary, in.Body = "unrouted", "again", []byte("again")
			in.At = in.At.Add(term)
			equal(k, string(state), k.ingest(in)[0], first)
			e := k.detail(first.ID)
			equal(k, "event", fmt.Sprint(e.Verdict, e.Summary, string(e.Body), e.At), fmt.Sprint("unrouted", "again", "again", in.At))
			equal(k, "work", fmt.Sprint(len(e.Work), e.Work[0].State, e.Work[1].State), fmt.Sprint(2, state, store.Pending))
			equal(k, "then", k.ingest(in)[0].Repeat, true)
		}
		equal(k, "events", len(k.events(store.EventQuery{})), 2)
	}},
	{"stored anew when the first was not routed", func(k *kit) {
		first := k.ingest(keyed("1"))[0]
		equal(k, "second", k.ingest(keyed("1", "a"))[0], first)
		equal(k, "third", k.ingest(keyed("1", "a"))[0].Repeat, true)
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"within one call", func(k *kit) {
		acc := k.ingest(keyed("1", "a"), keyed("2", "a"), keyed("1", "a"))
		equal(k, "third", acc[2], store.Accepted{ID: acc[0].ID, Handle: acc[0].Handle, Repeat: true})
		equal(k, "heads", len(k.heads("a", 9)), 2)
	}},
	{"an empty key repeats nothing", func(k *kit) {
		acc := k.ingest(keyed("", "a"), keyed("", "a"))
		if acc[1].Repeat || acc[0].ID == acc[1].ID {
			k.Fatalf("%v", acc)
		}
	}},
	{"a key belongs to its source", func(k *kit) {
		other := keyed("1", "a")
		other.Source = "other"
		acc := k.ingest(keyed("1", "a"), other)
		if acc[1].Repeat || acc[0].ID == acc[1].ID {
			k.Fatalf("%v", acc)
		}
	}},
}

func (k *kit) renewed(owner string) []store.Lane {
	k.Helper()
	list, err := k.Renew(k.ctx(), owner, term)
	k.ok(err)
	return list
}
