package storetest

import (
	"fmt"
	"time"

	"dragoman/gateway/store"
)

// change is an edit or a delete of a message, with a delivery in each of lanes.
func change(op store.Op, message int64, lanes ...string) store.Incoming {
	in := event(lanes...)
	in.Op, in.Message, in.At, in.Body = op, message, birth.Add(time.Minute), nil
	if op == store.Edit {
		in.Body = []byte(`{"text":"edited"}`)
	}
	return in
}

func (k *kit) message(handle int64) store.Message {
	k.Helper()
	m, err := k.Message(k.ctx(), "ci", handle)
	k.ok(err)
	return m
}

func work(m store.Message) (s string) {
	for i, d := range m.Work {
		s += fmt.Sprintf("%s>%s:%s%s:%s ", d.Route, d.To, d.Op, d.State, m.Plan[i])
	}
	return s
}

var changeCases = []testCase{
	{"a handle names a message", func(k *kit) {
		in := event("a", "b")
		in.Thread = "general"
		acc := k.ingest(in)[0]
		m := k.message(acc.Handle)
		equal(k, "message", fmt.Sprint(m.ID, m.Latest, m.Dialect, m.Event, string(m.Body), m.Handle, m.At, m.Edited.IsZero(), m.Deleted, m.Message, m.Thread),
			fmt.Sprint(acc.ID, acc.ID, "slack", "message", `{"text":"hello"}`, acc.Handle, birth, true, false, 0, "general"))
		equal(k, "work", work(m), `all>to-a:pending:{"as":"a"} all>to-b:pending:{"as":"b"} `)
		equal(k, "thread", k.detail(acc.ID).Thread+k.head("a").Event.Thread, "generalgeneral")
	}},
	{"a handle is looked for in its source", func(k *kit) {
		acc := k.ingest(event("a"))[0]
		_, err := k.Message(k.ctx(), "other", acc.Handle)
		k.is(err, store.ErrNotFound)
		_, err = k.Message(k.ctx(), "ci", acc.Handle+1)
		k.is(err, store.ErrNotFound)
	}},
	{"an answer knows its message", func(k *kit) {
		first := k.ingest(event("a"))[0]
		in := event("a")
		in.Message = first.ID
		acc := k.ingest(in)[0]
		equal(k, "message", k.message(acc.Handle).Message, first.ID)
		equal(k, "row", k.detail(acc.ID).Message, first.ID)
		d := k.heads("a", 2)[1]
		equal(k, "delivery", fmt.Sprint(d.Message, d.Event.Message), fmt.Sprint(acc.ID, first.ID))
		in.Message = 12345 // as of one that has been purged
		k.ingest(in)
	}},
	{"an edit is the message's latest body", func(k *kit) {
		first := k.ingest(event("a", "b"))[0]
		edit := change(store.Edit, first.ID, "b")
		edit.Dialect, edit.Event = "discord", "other"
		second := k.ingest(edit)[0]
		m := k.message(first.Handle)
		equal(k, "message", fmt.Sprint(m.ID, m.Latest, m.Dialect, m.Event, string(m.Body), m.At, m.Edited, m.Deleted),
			fmt.Sprint(first.ID, second.ID, "discord", "other", `{"text":"edited"}`, birth, birth.Add(time.Minute), false))
		equal(k, "work", work(m), `all>to-a:pending:{"as":"a"} all>to-b:editpending:{"as":"b"} `)
		third := k.ingest(change(store.Edit, first.ID))[0]
		equal(k, "latest", k.message(first.Handle).Latest, third.ID)
		_, err := k.Message(k.ctx(), "ci", second.Handle)
		k.is(err, store.ErrNotFound)
	}},
	{"a deleted message says so", func(k *kit) {
		first := k.ingest(event("a"))[0]
		k.ingest(change(store.Delete, first.ID, "a"))
		m := k.message(first.Handle)
		equal(k, "deleted", fmt.Sprint(m.Deleted, m.Latest, string(m.Body), work(m)),
			fmt.Sprint(true, first.ID, `{"text":"hello"}`, `all>to-a:deletepending:{"as":"a"} `))
	}},
	{"a head says what is done to which message", func(k *kit) {
		first := k.ingest(event("a"))[0]
		edit := k.ingest(change(store.Edit, first.ID, "a"))[0]
		gone := k.ingest(change(store.Delete, first.ID, "a"))[0]
		want := []string{
			fmt.Sprint("", first.ID, "", 0, first.ID, `{"text":"hello"}`),
			fmt.Sprint(store.Edit, first.ID, store.Edit, first.ID, edit.ID, `{"text":"edited"}`),
			fmt.Sprint(store.Delete, first.ID, store.Delete, first.ID, gone.ID, ""),
		}
		for i, d := range k.heads("a", 9) {
			equal(k, "head", fmt.Sprint(d.Op, d.Message, d.Event.Op, d.Event.Message, d.Event.ID, string(d.Event.Body)), want[i])
		}
		rows := k.events(store.EventQuery{})
		equal(k, "rows", fmt.Sprint(rows[0].Op, rows[0].Message, rows[1].Op, rows[1].Deliveries[0].Op, rows[2].Op),
			fmt.Sprint(store.Delete, first.ID, store.Edit, store.Edit, ""))
	}},
	{"what is changed must be there", func(k *kit) {
		first := k.ingest(event("a"))[0]
		edit := k.ingest(change(store.Edit, first.ID))[0]
		for _, id := range []int64{999, edit.ID} {
			for _, op := range []store.Op{store.Edit, store.Delete} {
				_, err := k.Ingest(k.ctx(), []store.Incoming{event("a"), change(op, id, "a")})
				k.is(err, store.ErrNotFound)
			}
		}
		for _, in := range []store.Incoming{change(store.Edit, 0), change("move", first.ID)} {
			if _, err := k.Ingest(k.ctx(), []store.Incoming{event("a"), in}); err == nil {
				k.Fatalf("%q of %d was stored", in.Op, in.Message)
			}
		}
		equal(k, "events", len(k.events(store.EventQuery{})), 2)
	}},
	{"a repeat of an edit is recognised", func(k *kit) {
		first := k.ingest(event("a"))[0]
		edit := change(store.Edit, first.ID, "a")
		edit.Key = "1"
		second := k.ingest(edit)[0]
		equal(k, "again", k.ingest(edit)[0], store.Accepted{ID: second.ID, Handle: second.Handle, Repeat: true})
		l := k.lease("me", "a")
		k.end(l, store.Done)
		k.end(l, store.Dead)
		edit.Body = []byte(`{"text":"anew"}`)
		equal(k, "anew", k.ingest(edit)[0], second)
		equal(k, "body", string(k.message(first.Handle).Body), `{"text":"anew"}`)
		equal(k, "op", k.head("a").Op, store.Edit)
	}},
	{"parts say what they do", func(k *kit) {
		id := k.ingest(event("a"))[0].ID
		l := k.lease("me", "a")
		list := []store.Part{
			{N: 0, Op: store.Edit, Ref: "r1", Thread: "t1", Format: "discord", Payload: []byte("x")},
			{N: 1, Op: store.Delete, Ref: "r2", Thread: "t2", Format: "discord"},
		}
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, Freeze: list})
		for i, p := range append(k.head("a").Parts, k.detail(id).Work[0].Parts...) {
			want := list[i%2]
			equal(k, "part", fmt.Sprint(p.N, p.Op, p.Ref, p.Thread, string(p.Payload)),
				fmt.Sprint(want.N, want.Op, want.Ref, want.Thread, string(want.Payload)))
		}
		if k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: k.head("a").ID, Freeze: []store.Part{{Op: "move"}}}}) == nil {
			k.Fatal("an unknown operation was stored")
		}
	}},
	{"edits are purged with their message", func(k *kit) {
		first := k.ingest(event())[0]
		edit := change(store.Edit, first.ID, "a")
		edit.Key = "1"
		second := k.ingest(edit)[0]
		equal(k, "while the edit is pending", k.purge(late, late, 9), 0)
		k.end(k.lease("me", "a"), store.Done)
		equal(k, "while the edit is young", k.purge(birth.Add(time.Second), birth.Add(time.Second), 9), 0)
		equal(k, "body", string(k.message(first.Handle).Body), `{"text":"edited"}`)
		equal(k, "bodies", k.purge(late, never, 9), 1)
		equal(k, "none is left", fmt.Sprint(k.detail(first.ID).Body == nil, k.detail(second.ID).Body == nil, k.message(first.Handle).Body == nil), "true true true")
		equal(k, "again", k.purge(late, never, 9), 0)
		k.ingest(change(store.Edit, first.ID))
		equal(k, "a late edit", k.purge(late, never, 9), 1)
		equal(k, "whole", k.purge(late, late, 9), 1)
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
	}},
	{"a message is kept while its edit is dead", func(k *kit) {
		first := k.ingest(event("a"))[0]
		k.ingest(change(store.Edit, first.ID, "a"))
		l := k.lease("me", "a")
		k.end(l, store.Done)
		k.end(l, store.Dead)
		equal(k, "touched", k.purge(late, late, 9), 0)
		equal(k, "body", string(k.detail(first.ID).Body), `{"text":"hello"}`)
	}},
}
