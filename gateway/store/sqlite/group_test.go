package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/store"
)

// hold keeps the writer from its next group until the function returned is
// called.
func hold(s *Store) (free func()) {
	s.writer.busy.Lock()
	return s.writer.busy.Unlock
}

// waitFor waits until the queue is so.
func waitFor(s *Store, what func(q *queue) bool) {
	for {
		s.writer.queue.mu.Lock()
		ok := what(&s.writer.queue)
		s.writer.queue.mu.Unlock()
		if ok {
			return
		}
	}
}

// stuck has the writer take a group of its own, so that what comes next waits.
func stuck(s *Store, wg *sync.WaitGroup) (free func()) {
	free = hold(s)
	j := &job{write: func(*writer) error { return nil }}
	wg.Go(func() { s.writer.do(context.Background(), j) })
	for !j.taken.Load() {
	}
	return free
}

// fill puts jobs at the door and others.
func fill(t *testing.T, q *queue, door, rest int) {
	t.Helper()
	for i := range door + rest {
		if err := q.put(&job{door: i < door}); err != nil {
			t.Fatal(err)
		}
	}
}

// taken is the next group: how many from the door and of the rest, in which order.
func taken(q *queue) string {
	door, rest, order := 0, 0, "door first"
	for _, j := range q.take(nil) {
		if j.door {
			door++
			if rest > 0 {
				order = "mixed"
			}
		} else {
			rest++
		}
	}
	return fmt.Sprint(door, " ", rest, " ", order)
}

func newQueue() *queue {
	q := new(queue)
	q.some.L = &q.mu
	return q
}

func TestGroupTakesTheDoorFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		fill(t, q, 300, 300)
		time.Sleep(patience)
		for _, want := range []string{"128 128 door first", "128 128 door first", "44 44 door first"} {
			if got := taken(q); got != want {
				t.Errorf("group is %s, want %s", got, want)
			}
		}
		// Large bodies make smaller groups, but never an empty one.
		for range 3 {
			q.put(&job{door: true, bytes: maxGroupBytes})
			q.put(&job{bytes: maxGroupBytes / 4})
		}
		for _, want := range []string{"1 0 door first", "1 0 door first", "1 0 door first", "0 3 door first"} {
			if got := taken(q); got != want {
				t.Errorf("group is %s, want %s", got, want)
			}
		}
	})
}

// While a crowd waits at the door the rest is not taken, but for so long only.
func TestTheRestWaitsForACrowdAtTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		began := time.Now()
		fill(t, q, crowd, 5)
		for range 100 {
			got := taken(q)
			waited := time.Since(began)
			if got == fmt.Sprint(crowd, " 5 door first") {
				if waited < patience || waited > patience+gather {
					t.Errorf("the rest was taken after %v", waited)
				}
				break
			}
			if got != fmt.Sprint(crowd, " 0 door first") {
				t.Fatalf("group is %s", got)
			}
			fill(t, q, crowd, 0)
		}
		fill(t, q, crowd-1, 5) // no crowd
		if got := taken(q); got != fmt.Sprint(crowd-1, " 5 door first") {
			t.Errorf("group is %s", got)
		}
	})
}

// After a crowd the next group gathers; after one or two jobs nobody waits.
func TestGroupGathersAfterACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		for _, step := range []struct {
			jobs int
			wait time.Duration
		}{{crowd, 0}, {1, gather}, {1, 0}, {enough, 0}, {enough, 0}, {0, 0}, {3, 0}} {
			fill(t, q, 0, step.jobs)
			if step.jobs == 0 { // a lull ends it
				time.AfterFunc(10*gather, func() { fill(t, q, 0, 2) })
				step.jobs, step.wait = 2, 10*gather
			}
			began := time.Now()
			if n := len(q.take(nil)); n != step.jobs {
				t.Errorf("%d jobs, want %d", n, step.jobs)
			}
			if waited := time.Since(began); waited != step.wait {
				t.Errorf("a group of %d was taken after %v, want %v", step.jobs, waited, step.wait)
			}
		}
	})
}

func TestBadJobFailsOnlyItself(t *testing.T) {
	s := open(t, t.TempDir())
	bad := errors.New("bad")
	var wg sync.WaitGroup
	free := stuck(s, &wg)
	failed := make(chan error, 1)
	for i := range 20 {
		wg.Go(func() {
			if i == 7 {
				failed <- s.writer.do(context.Background(), &job{write: func(w *writer) error {
					// A new lane and plan, which must not be believed to be there afterwards.
					e := event("new")
					if _, err := w.accept(new(ready(&e))); err != nil {
						return err
					}
					return bad
				}})
				return
			}
			if _, err := s.Ingest(context.Background(), []store.Incoming{event("a")}); err != nil {
				t.Error(err)
			}
		})
	}
	waitFor(s, func(q *queue) bool { return len(q.door)+len(q.rest) == 20 })
	free()
	wg.Wait()
	if err := <-failed; !errors.Is(err, bad) {
		t.Errorf("the bad job was told %v", err)
	}
	ingest(t, s, event("new"))
	if n := one[int](t, s, "SELECT count(*) FROM event"); n != 20 {
		t.Errorf("%d events are stored", n)
	}
	if n := one[int](t, s, "SELECT pending FROM lane WHERE name = 'new'"); n != 1 {
		t.Errorf("the new lane has %d pending", n)
	}
}

func TestWithdrawnBeforeItsGroup(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	free := stuck(s, &wg)
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() {
		if _, err := s.Ingest(ctx, []store.Incoming{event("a")}); !errors.Is(err, context.Canceled) {
			t.Errorf("told %v", err)
		}
	})
	waitFor(s, func(q *queue) bool { return len(q.door) == 1 })
	cancel()
	defer func() {
		wg.Wait()
		if n := one[int](t, s, "SELECT count(*) FROM event"); n != 0 {
			t.Errorf("%d events are stored", n)
		}
	}()
	// The caller is answered while the writer still stands.
	for !s.writer.queue.door[0].taken.Load() {
	}
	free()
}

func TestTruthAfterItsGroupBegan(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	free := hold(s)
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{door: true, write: func(w *writer) error {
		e := event("a")
		_, err := w.accept(new(ready(&e)))
		return err
	}}
	wg.Go(func() {
		if err := s.writer.do(ctx, j); err != nil {
			t.Errorf("told %v", err)
		}
	})
	for !j.taken.Load() {
	}
	cancel()
	free()
	wg.Wait()
	if n := one[int](t, s, "SELECT count(*) FROM event"); n != 1 {
		t.Errorf("%d events are stored", n)
	}
}

func TestDoorIsRefusedWhenTooMuchWaits(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	free := stuck(s, &wg)
	for range maxWaiting {
		wg.Go(func() {
			if _, err := s.Ingest(context.Background(), []store.Incoming{event("a")}); err != nil {
				t.Error(err)
			}
		})
	}
	waitFor(s, func(q *queue) bool { return len(q.door) == maxWaiting })
	if _, err := s.Ingest(context.Background(), []store.Incoming{event("a")}); !errors.Is(err, store.ErrFull) {
		t.Errorf("told %v", err)
	}
	wg.Go(func() { // what is not from the door waits
		if err := s.SetGate(context.Background(), "a", store.Gate{}); err != nil {
			t.Error(err)
		}
	})
	free()
	wg.Wait()
	if n := one[int](t, s, "SELECT count(*) FROM event"); n != maxWaiting {
		t.Errorf("%d events are stored", n)
	}
}

func TestDiskFull(t *testing.T) {
	s := open(t, t.TempDir())
	ingest(t, s, event("a"))
	limit := func(pages int) {
		if err := s.writer.do(context.Background(), &job{write: func(w *writer) error {
			_, err := w.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			return err
		}}); err != nil {
			t.Fatal(err)
		}
	}
	limit(one[int](t, s, "PRAGMA page_count"))
	big := event("a")
	big.Body = make([]byte, 1<<20)
	rand.New(rand.NewSource(1)).Read(big.Body)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Ingest(context.Background(), []store.Incoming{event("a"), big}); !errors.Is(err, store.ErrFull) {
				t.Errorf("told %v", err)
			}
		})
	}
	wg.Wait()
	if n := one[int](t, s, "SELECT count(*) FROM event"); n != 1 {
		t.Errorf("%d events are stored", n)
	}
	if err := s.Probe(context.Background()); !errors.Is(err, store.ErrFull) {
		t.Errorf("a probe: %v", err)
	}
	limit(1 << 30)
	if err := s.Probe(context.Background()); err != nil {
		t.Errorf("a probe afterwards: %v", err)
	}
	acc := ingest(t, s, big)
	e, err := s.Event(context.Background(), acc[0].ID)
	if err != nil || !bytes.Equal(e.Body, big.Body) {
		t.Errorf("afterwards: %d bytes, %v", len(e.Body), err)
	}
	if n := one[int](t, s, "SELECT pending FROM lane"); n != 2 {
		t.Errorf("%d are counted", n)
	}
}

// An error that leaves the connection within a transaction must not stop the
// writer.
func TestWriterRecovers(t *testing.T) {
	s := open(t, t.TempDir())
	in := event("lost")
	err := s.writer.do(context.Background(), &job{write: func(w *writer) error {
		for _, query := range []string{"COMMIT", "ROLLBACK"} {
			st, err := w.statement(query)
			if err != nil {
				return err
			}
			st.Close()
		}
		_, err := w.accept(new(ready(&in)))
		return err
	}})
	if err == nil {
		t.Error("the job was told that it is stored")
	}
	ingest(t, s, event("a"))
	if n := one[int](t, s, "SELECT count(*) FROM event"); n != 1 {
		t.Errorf("%d events are stored", n)
	}
}
