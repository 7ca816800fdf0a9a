package storetest

import (
	"fmt"
	"time"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

func part(n int, payload string) store.Part {
	return store.Part{N: n, Format: "discord", Payload: []byte(payload)}
}

func parts(list []store.Part) (s string) {
	for _, p := range list {
		s += fmt.Sprintf("%d:%s:%s:%v ", p.N, p.Payload, p.Remote, !p.Sent.IsZero())
	}
	return s
}

var finishCases = []testCase{
	{"an outcome is recorded", func(k *kit) {
		id := k.ingest(event("a"))[0].ID
		l := k.lease("me", "a")
		d := k.head("a")
		try := store.Attempt{At: birth, Part: 0, Status: 500, Verdict: "again", Code: "oops", Took: 1234567 * time.Nanosecond}
		note := chat.Note{Loss: chat.Shortened, Where: "blocks.2", What: "text", Count: 7}
		before := time.Now().Add(-time.Second)
		k.finish(store.Outcome{Lane: l, Delivery: d.ID, State: store.Dead, Reason: "refused", Tries: 3, Rung: 2,
			Attempts: []store.Attempt{try}, Notes: []chat.Note{note}})
		w := k.detail(id).Work[0]
		equal(k, "row", fmt.Sprint(w.State, w.Reason, w.Tries), fmt.Sprint(store.Dead, "refused", 3))
		equal(k, "attempt", fmt.Sprint(w.Attempts), fmt.Sprint([]store.Attempt{try}))
		equal(k, "note", fmt.Sprint(w.Notes), fmt.Sprint([]chat.Note{note}))
		if w.Ended.Before(before) || w.Ended.After(time.Now()) {
			k.Fatalf("ended %v", w.Ended)
		}
	}},
	{"a retry keeps its tries and rung", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, State: store.Pending, Tries: 2, Rung: 1})
		d := k.head("a")
		equal(k, "head", fmt.Sprint(d.State, d.Tries, d.Rung), fmt.Sprint(store.Pending, 2, 1))
		k.finish(store.Outcome{Lane: l, Delivery: d.ID, Tries: 3})
		equal(k, "state", k.head("a").State, store.Pending)
	}},
	{"attempts add up and notes are replaced", func(k *kit) {
		id := k.ingest(event("a"))[0].ID
		l := k.lease("me", "a")
		for i := range 3 {
			o := store.Outcome{Lane: l, Delivery: k.head("a").ID, State: store.Pending,
				Attempts: []store.Attempt{{At: birth, Status: i}, {At: birth, Status: 10 + i}}}
			if i < 2 {
				o.Notes = []chat.Note{{Where: fmt.Sprint(i)}}
			}
			k.finish(o)
		}
		w := k.detail(id).Work[0]
		got := ""
		for _, a := range w.Attempts {
			got += fmt.Sprint(a.Status, " ")
		}
		equal(k, "attempts", got, "0 10 1 11 2 12 ")
		equal(k, "notes", len(w.Notes), 1)
		equal(k, "note", w.Notes[0].Where, "1")
	}},
	{"parts are frozen and sent one by one", func(k *kit) {
		id := k.ingest(event("a"))[0].ID
		l := k.lease("me", "a")
		d := k.head("a").ID
		k.finish(store.Outcome{Lane: l, Delivery: d, Freeze: []store.Part{part(0, "x"), part(1, "y"), part(2, "")}})
		equal(k, "frozen", parts(k.head("a").Parts), "0:x::false 1:y::false 2:::false ")
		for n := range 3 {
			k.finish(store.Outcome{Lane: l, Delivery: d, Sent: []store.Part{{N: n, Remote: fmt.Sprint("r", n), Sent: birth}}})
		}
		equal(k, "sent", parts(k.head("a").Parts), "0:x:r0:true 1:y:r1:true 2::r2:true ")
		k.end(l, store.Done)
		w := k.detail(id).Work[0]
		equal(k, "detail", parts(w.Parts), "0:x:r0:true 1:y:r1:true 2::r2:true ")
		equal(k, "sent at", w.Parts[1].Sent, birth)
		equal(k, "format", w.Parts[1].Format, "discord")
	}},
	{"frozen and sent in one commit", func(k *kit) {
		id := k.ingest(event("a"))[0].ID
		l := k.lease("me", "a")
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, State: store.Done,
			Freeze: []store.Part{part(0, "x")}, Sent: []store.Part{{N: 0, Remote: "r", Sent: birth}}})
		equal(k, "parts", parts(k.detail(id).Work[0].Parts), "0:x:r:true ")
	}},
	{"freezing again replaces the parts", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		d := k.head("a").ID
		k.finish(store.Outcome{Lane: l, Delivery: d, Freeze: []store.Part{part(0, "x"), part(1, "y")}})
		k.finish(store.Outcome{Lane: l, Delivery: d, Freeze: []store.Part{part(0, "z")}})
		equal(k, "replaced", parts(k.head("a").Parts), "0:z::false ")
		k.finish(store.Outcome{Lane: l, Delivery: d})
		equal(k, "kept", parts(k.head("a").Parts), "0:z::false ")
		k.finish(store.Outcome{Lane: l, Delivery: d, Freeze: []store.Part{}})
		equal(k, "gone", parts(k.head("a").Parts), "")
	}},
	{"large parts come back whole", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		big := make([]byte, 1<<20)
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, Freeze: []store.Part{{Payload: big, Format: "native"}}})
		equal(k, "bytes", string(k.head("a").Parts[0].Payload), string(big))
	}},
	{"a part that there is not", func(k *kit) {
		k.ingest(event("a"), event("a"))
		l := k.lease("me", "a")
		h := k.heads("a", 2)
		k.is(k.Finish(k.ctx(), []store.Outcome{
			{Lane: l, Delivery: h[0].ID, State: store.Done},
			{Lane: l, Delivery: h[1].ID, State: store.Done, Sent: []store.Part{{N: 0, Sent: birth}}},
		}), store.ErrNotFound)
		equal(k, "heads", len(k.heads("a", 9)), 2)
	}},
	{"a delivery that there is not", func(k *kit) {
		k.ingest(event("a", "b"))
		l := k.lease("me", "a")
		here, other := k.head("a").ID, k.head("b").ID
		for _, id := range []int64{other, 999, -1} {
			k.is(k.Finish(k.ctx(), []store.Outcome{
				{Lane: l, Delivery: here, State: store.Done}, {Lane: l, Delivery: id, State: store.Done},
			}), store.ErrNotFound)
		}
		equal(k, "heads", len(k.heads("a", 9))+len(k.heads("b", 9)), 2)
	}},
	{"a part cannot be frozen twice", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		if k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: k.head("a").ID, State: store.Done,
			Freeze: []store.Part{part(0, "x"), part(0, "y")}}}) == nil {
			k.Fatal("no error")
		}
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"an unknown state changes nothing", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		if k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: k.head("a").ID, State: "flying"}}) == nil {
			k.Fatal("no error")
		}
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"a lost lease changes nothing", func(k *kit) {
		id := k.ingest(event("a", "b"))[0].ID
		got, err := k.Lease(k.ctx(), "me", 9, -time.Second)
		k.ok(err)
		a, b := got[0], got[1]
		got, err = k.Lease(k.ctx(), "you", 1, term)
		k.ok(err)
		equal(k, "taken", got[0].Name, "a")
		a.Gate.Stopped, b.Gate.Stopped = true, true
		da, db := k.head("a").ID, k.head("b").ID
		k.is(k.Finish(k.ctx(), []store.Outcome{
			{Lane: b, Delivery: db, State: store.Done, Attempts: []store.Attempt{{}}},
			{Lane: a, Delivery: da, State: store.Done, Freeze: []store.Part{part(0, "x")}, Attempts: []store.Attempt{{}}},
		}), store.ErrLost)
		for _, w := range k.detail(id).Work {
			equal(k, "work", fmt.Sprint(w.State, len(w.Parts), len(w.Attempts)), fmt.Sprint(store.Pending, 0, 0))
		}
		equal(k, "gates", k.lanes()["a"].Gate.Stopped || k.lanes()["b"].Gate.Stopped, false)
		k.finish(store.Outcome{Lane: b, Delivery: db, State: store.Done}) // run out, but nobody took it
		k.finish(store.Outcome{Lane: got[0], Delivery: da, State: store.Done})
	}},
	{"a released or unknown lane is lost", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		d := k.head("a").ID
		k.ok(k.Release(k.ctx(), []store.Lane{l}))
		k.is(k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: d, State: store.Done}}), store.ErrLost)
		k.is(k.Finish(k.ctx(), []store.Outcome{{Lane: store.Lane{Name: "z"}}}), store.ErrLost)
		equal(k, "heads", len(k.heads("a", 9)), 1)
	}},
	{"a gate is stored with an outcome", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		l.Gate = store.Gate{Until: birth.Add(term), Reason: "wait", Faults: 2}
		k.finish(store.Outcome{Lane: l})
		equal(k, "gate", k.lanes()["a"].Gate, l.Gate)
		equal(k, "renewed", k.renewed("me")[0].Gate, l.Gate)
		l.Gate = store.Gate{}
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, State: store.Done})
		equal(k, "open", k.lanes()["a"].Gate, store.Gate{})
	}},
	{"a person's gate prevails until the holder has seen it", func(k *kit) {
		k.ingest(event("a"), event("a"))
		l := k.lease("me", "a")
		k.ok(k.SetGate(k.ctx(), "a", store.Gate{Stopped: true, Reason: "paused"}))
		k.end(l, store.Done)
		equal(k, "gate", k.lanes()["a"].Gate.Reason, "paused")
		equal(k, "backlog", k.lanes()["a"].Backlog, 1)
		l = k.renewed("me")[0]
		equal(k, "seen", l.Gate.Reason, "paused")
		l.Gate = store.Gate{Reason: "mine"}
		k.finish(store.Outcome{Lane: l})
		equal(k, "gate", k.lanes()["a"].Gate.Reason, "mine")
	}},
}
