package storetest

import (
	"fmt"
	"strings"
	"time"

	"dragoman/gateway/store"
)

func (k *kit) put(e ...store.Entry) {
	k.Helper()
	k.ok(k.Put(k.ctx(), e))
}

func (k *kit) entries(space string, keys ...string) (s string) {
	k.Helper()
	list, err := k.Entries(k.ctx(), space, keys...)
	k.ok(err)
	for _, e := range list {
		equal(k, "space", e.Space, space)
		s += fmt.Sprintf("%s=%s ", e.Key, e.Value)
	}
	return s
}

func entry(key, value string) store.Entry {
	return store.Entry{Space: "s", Key: key, Value: []byte(value)}
}

var entryCases = []testCase{
	{"entries are kept by space and key", func(k *kit) {
		k.put(entry("b", "2"), entry("a", "1"), store.Entry{Space: "t", Key: "a", Value: []byte("3")})
		equal(k, "all", k.entries("s"), "a=1 b=2 ")
		equal(k, "some", k.entries("s", "b", "z", "b"), "b=2 ")
		equal(k, "other", k.entries("t", "a", "b"), "a=3 ")
		equal(k, "none", k.entries("u"), "")
	}},
	{"the last value counts", func(k *kit) {
		k.put(entry("a", "1"), entry("a", "2"))
		equal(k, "twice", k.entries("s"), "a=2 ")
		k.put(entry("a", "3"), entry("b", "4"))
		equal(k, "again", k.entries("s"), "a=3 b=4 ")
		k.put(entry("a", ""), entry("z", ""))
		equal(k, "deleted", k.entries("s"), "b=4 ")
	}},
	{"an entry ends", func(k *kit) {
		e, f := entry("a", "1"), entry("b", "2")
		e.Until, f.Until = time.Now().Add(-time.Second), time.Now().Add(term)
		k.put(e, f)
		equal(k, "left", k.entries("s")+k.entries("s", "a", "b"), "b=2 b=2 ")
		list, err := k.Entries(k.ctx(), "s", "b")
		k.ok(err)
		equal(k, "until", list[0].Until, f.Until.Truncate(time.Microsecond).UTC())
		k.purge(never, never, 9)
		equal(k, "after a purge", k.entries("s"), "b=2 ")
		f.Until = never
		k.put(f)
		list, err = k.Entries(k.ctx(), "s", "b")
		k.ok(err)
		equal(k, "for good", list[0].Until.IsZero(), true)
	}},
	{"any bytes", func(k *kit) {
		const odd = "\x00\xff'\"\\%é"
		k.put(store.Entry{Space: odd, Key: odd, Value: []byte(odd)}, store.Entry{Space: odd, Value: []byte("empty key")})
		equal(k, "odd", k.entries(odd), "=empty key "+odd+"="+odd+" ")
	}},
	{"long keys", func(k *kit) {
		long := strings.Repeat("é", 5000)
		k.put(entry(long, "1"), entry(long+"x", "2"))
		k.put(entry(long, "3"))
		equal(k, "all", k.entries("s"), long+"=3 "+long+"x=2 ")
		equal(k, "one", k.entries("s", long+"x"), long+"x=2 ")
		k.put(entry(long, ""))
		equal(k, "left", k.entries("s"), long+"x=2 ")
		in := keyed(long, "a")
		in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = long, term
		other := keyed(long+"x", "a")
		other.Deliveries[0].Claim, other.Deliveries[0].ClaimFor = long+"x", term
		acc := k.ingest(in, other, in)
		equal(k, "repeats", fmt.Sprint(acc[0].Repeat, acc[1].Repeat, acc[2].Repeat), "false false true")
		equal(k, "heads", len(k.heads("a", 9)), 2)
		l := k.lease("me", "a")
		k.end(l, store.Done)
		k.end(l, store.Done)
		equal(k, "purged", k.purge(late, late, 9), 2)
		equal(k, "then", k.ingest(keyed("1", "a"), in)[0].Repeat, false)
	}},
	{"what was given is not kept", func(k *kit) {
		e := entry("a", "1")
		k.put(e)
		e.Value[0] = '!'
		equal(k, "kept", k.entries("s"), "a=1 ")
	}},
	{"entries come with an outcome", func(k *kit) {
		k.ingest(event("a"))
		l := k.lease("me", "a")
		d := k.head("a").ID
		k.finish(store.Outcome{Lane: l, Delivery: d, Entries: []store.Entry{entry("a", "1")}})
		equal(k, "kept", k.entries("s"), "a=1 ")
		k.finish(store.Outcome{Lane: l, Entries: []store.Entry{entry("a", "2")}})
		equal(k, "without a delivery", k.entries("s"), "a=2 ")
		k.is(k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: 999, Entries: []store.Entry{entry("a", "3")}}}), store.ErrNotFound)
		k.ok(k.Release(k.ctx(), []store.Lane{l}))
		k.is(k.Finish(k.ctx(), []store.Outcome{{Lane: l, Entries: []store.Entry{entry("a", "3")}}}), store.ErrLost)
		equal(k, "unchanged", k.entries("s"), "a=2 ")
	}},
	{"a probe leaves nothing", func(k *kit) {
		for range 3 {
			k.ok(k.Probe(k.ctx()))
		}
		equal(k, "events", len(k.events(store.EventQuery{})), 0)
	}},
	{"owners share the lanes", func(k *kit) {
		for i := range 10 {
			k.ingest(event(fmt.Sprint("lane", i)))
		}
		alive := func(owner string, term time.Duration, want int, surplus ...int) {
			k.Helper()
			p, err := k.Alive(k.ctx(), owner, term)
			k.ok(err)
			equal(k, "alive", p.Owners, want)
			if surplus != nil {
				equal(k, "surplus", p.Surplus, surplus[0])
			}
		}
		lease := func(owner string, want, got int) {
			k.Helper()
			list, err := k.Lease(k.ctx(), owner, want, term)
			k.ok(err)
			equal(k, owner, len(list), got)
		}
		alive("me", term, 1)
		alive("me", term, 1)
		alive("you", term, 2)
		alive("they", term, 3)
		lease("me", 2, 2)
		lease("me", 100, 2) // 4 of 10
		lease("me", 100, 0)
		lease("you", 100, 4)
		alive("me", term, 3, 0)
		alive("us", term, 4, 0)
		alive("me", term, 4, 1) // 4 held, of 10 by 4
		alive("us", -time.Second, 4)
		alive("they", -time.Second, 3) // who asks counts
		alive("me", term, 2)
		lease("me", 100, 1) // 5 of 10
		alive("you", -time.Second, 2)
		alive("me", term, 1)
		lease("me", 100, 1)
	}},
}
