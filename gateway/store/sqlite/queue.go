package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/gateway/store"
)

const (
	maxWaiting    = 2048     // calls of Ingest which wait; more are told ErrFull
	maxGroup      = 256      // jobs in one transaction
	maxGroupBytes = 16 << 20 // of bodies and payloads in one transaction

	// A transaction costs as much as a dozen jobs. After one with a crowd the next
	// waits a little, for a fuller one.
	crowd  = 8
	enough = 64
	gather = 3 * time.Millisecond

	// While a crowd waits at the door the rest waits so long: a burst is first taken
	// in, then delivered.
	patience = 20 * time.Millisecond
)

// job is a call which writes.
type job struct {
	// check only reads, and its error is the answer to this call alone. It may be nil.
	check func(*writer) error
	// write may be called again when a neighbour has failed the group.
	write func(*writer) error
	bytes int // of bodies and payloads
	door  bool
	since time.Time   // when it was put
	taken atomic.Bool // by the writer, or by the caller who gives up
	done  chan error
}

// queue holds what waits for the writer.
type queue struct {
	mu     sync.Mutex
	some   sync.Cond
	door   []*job // from Ingest
	rest   []*job
	last   int // size of the last group
	want   int // the writer waits for so many
	closed bool
}

// put adds a job. The door is refused when too much waits; the others are as
// many as there are callers, and those wait.
func (q *queue) put(j *job) error {
	j.since = time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case !j.door:
		q.rest = append(q.rest, j)
	case len(q.door) >= maxWaiting:
		return store.ErrFull
	default:
		q.door = append(q.door, j)
	}
	if len(q.door)+len(q.rest) >= q.want {
		q.some.Signal()
	}
	return nil
}

// await waits until n jobs wait, or until a time that is not 0 is over. q.mu is
// held.
func (q *queue) await(n int, most time.Duration) {
	over := false
	if most > 0 {
		t := time.AfterFunc(most, func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			over = true
			q.some.Signal()
		})
		defer t.Stop()
	}
	q.want = n
	for len(q.door)+len(q.rest) < n && !over && !q.closed {
		q.some.Wait()
	}
}

// take waits for jobs and appends the next group of them to group: first from
// the door, up to half of the group, then the rest unless its turn has not come,
// then again from the door. It returns nothing when the queue is closed and empty.
func (q *queue) take(group []*job) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.last >= crowd {
		q.await(enough, gather)
	}
	q.await(1, 0)
	turn := len(q.door) < crowd || len(q.rest) > 0 && time.Since(q.rest[0].since) >= patience
	bytes := 0
	move := func(from *[]*job, most, mostBytes int) {
		n := 0
		for n < len(*from) && len(group) < most && (len(group) == 0 || bytes+(*from)[n].bytes <= mostBytes) {
			group = append(group, (*from)[n])
			bytes += (*from)[n].bytes
			n++
		}
		left := copy(*from, (*from)[n:])
		clear((*from)[left:])
		*from = (*from)[:left]
	}
	move(&q.door, maxGroup/2, maxGroupBytes/2)
	if turn {
		move(&q.rest, maxGroup, maxGroupBytes)
	}
	move(&q.door, maxGroup, maxGroupBytes)
	q.last = len(group)
	return group
}

// busy reports whether anything waits.
func (q *queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.door)+len(q.rest) > 0
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Signal()
}

// do has j done by the writer and waits for it. When ctx ends before the writer
// has taken it, j is withdrawn.
func (w *writer) do(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.done = make(chan error, 1)
	if err := w.queue.put(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-j.done
	}
}
