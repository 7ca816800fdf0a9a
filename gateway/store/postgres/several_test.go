package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"dragoman/gateway/store"
)

// event is an event with a delivery to each lane.
func event(lanes ...string) store.Incoming {
	in := store.Incoming{Source: "ci", Dialect: "slack", Body: []byte(`{"text":"hello"}`), Verdict: "routed"}
	for _, l := range lanes {
		in.Deliveries = append(in.Deliveries, store.NewDelivery{Route: "all", To: l, Lane: l, Plan: []byte(`{}`)})
	}
	return in
}

// Three gateways take the same events at once, in any order: each is stored once,
// each claim has one holder, no handle is given twice, and nobody waits for ever.
func TestArrivalsOfSeveral(t *testing.T) {
	url := server.Fresh(t)
	ctx := context.Background()
	const keys = 60
	var wg sync.WaitGroup
	var fresh atomic.Int64
	var handles, ids sync.Map
	first := open(t, url)
	for i := range 3 {
		s := open(t, url)
		for j := range 4 {
			wg.Go(func() {
				for n := range keys {
					if (i+j)%2 == 1 {
						n = keys - 1 - n
					}
					in := event("b", "a")
					in.Key = fmt.Sprint(n)
					in.Deliveries[0].Claim, in.Deliveries[0].ClaimFor = fmt.Sprint("claim ", n/2), time.Hour
					other := event("a")
					other.Source = fmt.Sprint("source ", n%5)
					acc, err := s.Ingest(ctx, []store.Incoming{in, other})
					if err != nil {
						t.Error(err)
						return
					}
					if !acc[0].Repeat {
						fresh.Add(1)
					}
					if id, known := ids.LoadOrStore(n, acc[0].ID); known && id != acc[0].ID {
						t.Errorf("key %d is event %d and %d", n, id, acc[0].ID)
					}
					if _, twice := handles.LoadOrStore(fmt.Sprint(other.Source, acc[1].Handle), true); twice {
						t.Errorf("handle %d of %s was given twice", acc[1].Handle, other.Source)
					}
					if err := s.Put(ctx, []store.Entry{{Space: "s", Key: fmt.Sprint(n), Value: []byte("v")}, {Space: "s", Key: "all", Value: []byte("v")}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	if fresh.Load() != keys {
		t.Errorf("%d of %d were new", fresh.Load(), keys)
	}
	lanes, err := first.Lanes(ctx)
	if err != nil || len(lanes) != 2 || lanes[0].Backlog != keys+3*4*keys || lanes[1].Backlog != keys/2 {
		t.Errorf("lanes: %+v, %v", lanes, err)
	}
}

// Three gateways share the lanes; one of them loses its leases and is fenced off,
// one stops; the order of each lane holds and everything is done once.
func TestWorkOfSeveral(t *testing.T) {
	url := server.Fresh(t)
	ctx := context.Background()
	const lanes, each = 9, 12
	first := open(t, url)
	for range each {
		for l := range lanes {
			if _, err := first.Ingest(ctx, []store.Incoming{event(fmt.Sprint("lane", l))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var mu sync.Mutex
	last, done := map[string]int64{}, 0
	finish := func(s *Store, l store.Lane) error {
		list, err := s.Heads(ctx, l.Name, 1)
		if err != nil || len(list) == 0 {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if err := s.Finish(ctx, []store.Outcome{{Lane: l, Delivery: list[0].ID, State: store.Done}}); err != nil {
			return err
		}
		if list[0].ID <= last[l.Name] {
			t.Errorf("%s: %d after %d", l.Name, list[0].ID, last[l.Name])
		}
		last[l.Name] = list[0].ID
		done++
		return nil
	}
	frozen, err := first.Lease(ctx, "frozen", 5, time.Millisecond)
	if err != nil || len(frozen) != 5 {
		t.Fatal(frozen, err)
	}
	time.Sleep(2 * time.Millisecond) // the server's clock cannot be a test's
	stopped := open(t, url)
	if n, err := stopped.Alive(ctx, "stopped", time.Hour); n.Owners != 1 || err != nil {
		t.Error(n, err)
	}
	worker := open(t, url)
	if n, err := worker.Alive(ctx, "worker", time.Hour); n.Owners != 2 || err != nil {
		t.Error(n, err)
	}
	held, err := stopped.Lease(ctx, "stopped", 99, time.Hour)
	if err != nil || len(held) != 5 { // of 9 by 2
		t.Fatal(held, err)
	}
	got, err := worker.Lease(ctx, "worker", 99, time.Hour)
	if err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	for _, l := range frozen {
		if err := finish(first, l); !errors.Is(err, store.ErrLost) {
			t.Errorf("%s: one that lost its lease: %v", l.Name, err)
		}
	}
	for _, l := range held {
		if err := finish(stopped, l); err != nil {
			t.Error(err)
		}
	}
	if err := stopped.Close(); err != nil {
		t.Fatal(err)
	}
	more, err := worker.Lease(ctx, "worker", 99, time.Hour)
	if err != nil || len(more) != 5 {
		t.Fatalf("after a clean stop: %v, %v", more, err)
	}
	var wg sync.WaitGroup
	for _, l := range append(got, more...) {
		wg.Go(func() {
			for range each {
				if err := finish(worker, l); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if done != lanes*each {
		t.Errorf("%d of %d are done", done, lanes*each)
	}
}

// A group that was chosen to end a deadlock is tried again; a call that fails its
// neighbours fails alone.
func TestGroup(t *testing.T) {
	tries, bad := 0, errors.New("bad")
	enter, entered := make(chan bool), make(chan bool)
	g := newGroup(0, func(_ context.Context, jobs []*job[int]) ([]error, error) {
		if jobs[0].in < 0 { // holds the group, so that the others wait together
			entered <- true
			<-enter
			return []error{nil}, nil
		}
		if tries++; tries <= 2 {
			return nil, &pgconn.PgError{Code: "40P01"}
		}
		for _, j := range jobs {
			if j.in == 7 {
				return nil, bad
			}
		}
		return make([]error, len(jobs)), nil
	})
	var wg sync.WaitGroup
	do := func(n int) {
		wg.Go(func() {
			err := g.do(context.Background(), n, 0)
			if (n == 7) != errors.Is(err, bad) || n != 7 && err != nil {
				t.Errorf("job %d: %v", n, err)
			}
		})
	}
	do(-1)
	<-entered
	for n := range 10 {
		do(n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.do(ctx, 11, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that was given up: %v", err)
	}
	for waiting := 0; waiting < 11; {
		g.mu.Lock()
		waiting = len(g.waiting)
		g.mu.Unlock()
	}
	close(enter)
	wg.Wait()
	g.stop()
	if tries != 3+10 { // two deadlocks, the group, and each alone
		t.Errorf("%d tries", tries)
	}
}

func TestDoorIsRefusedWhenTooMuchWaits(t *testing.T) {
	enter, entered := make(chan bool), make(chan bool, 10)
	g := newGroup(2, func(_ context.Context, jobs []*job[int]) ([]error, error) {
		entered <- true
		<-enter
		return make([]error, len(jobs)), nil
	})
	var wg sync.WaitGroup
	wg.Go(func() { _ = g.do(context.Background(), 0, 0) })
	<-entered
	for range 2 {
		wg.Go(func() { _ = g.do(context.Background(), 0, 0) })
	}
	for waiting := 0; waiting < 2; {
		g.mu.Lock()
		waiting = len(g.waiting)
		g.mu.Unlock()
	}
	if err := g.do(context.Background(), 0, 0); !errors.Is(err, store.ErrFull) {
		t.Errorf("told %v", err)
	}
	close(enter)
	wg.Wait()
	g.stop()
}

// What one gateway calls the others hear, and it does not.
func TestLanesAreCalled(t *testing.T) {
	url := server.Fresh(t)
	first, second := open(t, url), open(t, url)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := make(chan string, 1000)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	listen := func(s *Store, owner string) {
		wg.Go(func() {
			err := s.Listen(ctx, owner, func(c store.Call) {
				how := ""
				if c.Free {
					how = " free"
				}
				if c.Lanes == nil {
					heard <- owner + " all" + how
				}
				for _, l := range c.Lanes {
					heard <- owner + " " + l + how
				}
			})
			if ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	want := func(words ...string) {
		t.Helper()
		var got []string
		for range words {
			select {
			case s := <-heard:
				got = append(got, s)
			case <-time.After(10 * time.Second):
				t.Fatalf("only heard %q of %q", got, words)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, words) {
			t.Errorf("heard %q, want %q", got, words)
		}
	}
	listen(first, "first")
	listen(second, "second")
	want("first all", "second all")
	call := func(s *Store, owner string, c store.Call) {
		t.Helper()
		if err := s.Call(ctx, owner, c); err != nil {
			t.Fatal(err)
		}
	}
	call(first, "first", store.Call{Lanes: []string{"a", "it's \x00\xff"}})
	want("second a", "second it's \x00\xff")
	call(second, "second", store.Call{Lanes: []string{strings.Repeat("long", 3000)}, Free: true})
	want("first all free")
	call(second, "second", store.Call{})
	want("first all")
	many := make([]string, 120)
	heardOf := make([]string, 120)
	for i := range many {
		many[i] = fmt.Sprintf("lane %03d", i)
		heardOf[i] = "second " + many[i] + " free"
	}
	call(first, "first", store.Call{Lanes: many, Free: true})
	want(heardOf...)
}
