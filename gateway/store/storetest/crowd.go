package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"dragoman/gateway/store"
)

// crowd runs f in n goroutines and waits for them.
func crowd(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

var crowdCases = []testCase{
	{"handles are unique and every event is stored", func(k *kit) {
		var all sync.Map
		crowd(16, func(i int) {
			last := int64(0)
			for range 20 {
				acc, err := k.Ingest(k.ctx(), []store.Incoming{event(fmt.Sprint("lane", i%4))})
				if err != nil {
					k.Error(err)
					return
				}
				if _, twice := all.LoadOrStore(acc[0].Handle, true); twice || acc[0].Handle <= last {
					k.Errorf("handle %d was given twice or after %d", acc[0].Handle, last)
				}
				last = acc[0].Handle
			}
		})
		sum := 0
		for _, l := range k.lanes() {
			sum += l.Backlog
		}
		equal(k, "backlog", sum, 320)
		equal(k, "events", len(k.events(store.EventQuery{Limit: 1000})), 320)
	}},
	{"of many repeats one is stored", func(k *kit) {
		var fresh atomic.Int64
		crowd(16, func(int) {
			for n := range 10 {
				acc, err := k.Ingest(k.ctx(), []store.Incoming{keyed(fmt.Sprint(n), "a")})
				if err != nil {
					k.Error(err)
				} else if !acc[0].Repeat {
					fresh.Add(1)
				}
			}
		})
		equal(k, "fresh", fresh.Load(), 10)
		equal(k, "heads", len(k.heads("a", 100)), 10)
	}},
	{"a lane has one holder", func(k *kit) {
		for i := range 20 {
			k.ingest(event(fmt.Sprint("lane", i)))
		}
		var held sync.Map
		crowd(8, func(i int) {
			for range 20 {
				got, err := k.Lease(k.ctx(), fmt.Sprint("owner", i), 2, term)
				if err != nil {
					k.Error(err)
				}
				for _, l := range got {
					if other, twice := held.LoadOrStore(l.Name, i); twice {
						k.Errorf("%s was granted to %v and %d", l.Name, other, i)
					}
				}
			}
		})
		n := 0
		held.Range(func(any, any) bool { n++; return true })
		equal(k, "held", n, 20)
	}},
	{"arrivals, work and readers at once", func(k *kit) {
		const lanes, each = 4, 30
		var wg sync.WaitGroup
		for i := range lanes {
			name := fmt.Sprint("lane", i)
			wg.Go(func() {
				for range each {
					if _, err := k.Ingest(k.ctx(), []store.Incoming{event(name)}); err != nil {
						k.Error(err)
					}
				}
			})
			k.ingest(event(name)) // so that it can be leased
			l := k.lease(name, name)
			wg.Go(func() {
				last, done := int64(0), 0
				for done < each+1 && !k.Failed() {
					list, err := k.Heads(k.ctx(), name, 5)
					if err != nil {
						k.Error(err)
						return
					}
					var out []store.Outcome
					for _, d := range list {
						if d.ID <= last {
							k.Errorf("delivery %d comes after %d", d.ID, last)
						}
						last = d.ID
						out = append(out, store.Outcome{Lane: l, Delivery: d.ID, State: store.Done,
							Freeze: []store.Part{part(0, "x")}, Sent: []store.Part{{Sent: birth}}})
					}
					if err := k.Finish(k.ctx(), out); err != nil {
						k.Error(err)
						return
					}
					done += len(out)
				}
			})
			wg.Go(func() {
				for range 10 {
					_, e1 := k.Events(k.ctx(), store.EventQuery{})
					_, e2 := k.Lanes(k.ctx())
					_, e3 := k.Purge(k.ctx(), birth, birth, 5)
					if err := errors.Join(e1, e2, e3); err != nil {
						k.Error(err)
					}
				}
			})
		}
		wg.Wait()
		equal(k, "done", len(k.deliveries(store.DeliveryQuery{State: store.Done, Limit: 1000})), lanes*(each+1))
	}},
	{"a call that was given up stored nothing or all", func(k *kit) {
		var stored atomic.Int64
		crowd(16, func(i int) {
			for n := range 10 {
				ctx, cancel := context.WithCancel(k.ctx())
				if n%2 == 0 {
					go cancel()
				}
				_, err := k.Ingest(ctx, []store.Incoming{event("a"), event("a")})
				cancel()
				switch {
				case err == nil:
					stored.Add(2)
				case !errors.Is(err, context.Canceled):
					k.Error(err)
				}
			}
		})
		equal(k, "stored", len(k.events(store.EventQuery{Limit: 1000})), int(stored.Load()))
	}},
	{"a closed store says so", func(k *kit) {
		k.ok(k.Close())
		k.ok(k.Close())
		_, e1 := k.Ingest(k.ctx(), []store.Incoming{event("a")})
		_, e2 := k.Heads(k.ctx(), "a", 1)
		_, e3 := k.Lease(k.ctx(), "me", 1, term)
		_, e4 := k.Events(k.ctx(), store.EventQuery{})
		for _, err := range []error{e1, e2, e3, e4, k.Finish(k.ctx(), nil), k.SetGate(k.ctx(), "a", store.Gate{})} {
			k.is(err, store.ErrClosed)
		}
	}},
	{"closing waits for what was accepted", func(k *kit) {
		if !k.opener.Persistent {
			k.Skip("this store keeps nothing after Close")
		}
		var stored atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for {
					_, err := k.Ingest(k.ctx(), []store.Incoming{event("a")})
					if errors.Is(err, store.ErrClosed) {
						return
					}
					if err != nil {
						k.Error(err)
						return
					}
					stored.Add(1)
				}
			})
		}
		for stored.Load() < 50 && !k.Failed() {
			k.ingest(event("b"))
			stored.Add(1)
		}
		s := k.Store
		k.ok(s.Close())
		wg.Wait()
		k.open()
		sum := 0
		for _, l := range k.lanes() {
			sum += l.Backlog
		}
		equal(k, "stored", sum, int(stored.Load()))
	}},
}
