package sqlite

import (
	"context"
	"sync"
	"sync/atomic"

	"dragoman/gateway/store"
)

const (
	maxWaiting    = 2048     // calls of Ingest which wait; more are told ErrFull
	maxGroup      = 256      // jobs in one transaction
	maxGroupBytes = 16 << 20 // of bodies and payloads in one transaction
)

// job is a call which writes.
type job struct {
	// check only reads, and its error is the answer to this call alone. It may be nil.
	check func(*writer) error
	// write may be called again when a neighbour has failed the group.
	write func(*writer) error
	bytes int // of bodies and payloads
	door  bool
	taken atomic.Bool // by the writer, or by the caller who gives up
	done  chan error
}

// queue holds what waits for the writer.
type queue struct {
	mu     sync.Mutex
	some   sync.Cond
	door   []*job // from Ingest
	rest   []*job
	closed bool
}

// put adds a job. The door is refused when too much waits; the others are as
// many as there are callers, and those wait.
func (q *queue) put(j *job) error {
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
	q.some.Signal()
	return nil
}

// take waits for jobs and appends the next group of them to group: first from
// the door, up to half of the group, then the rest, then again from the door.
// It returns nothing when the queue is closed and empty.
func (q *queue) take(group []*job) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.door)+len(q.rest) == 0 && !q.closed {
		q.some.Wait()
	}
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
	move(&q.rest, maxGroup, maxGroupBytes)
	move(&q.door, maxGroup, maxGroupBytes)
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
