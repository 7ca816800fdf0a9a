package lane

import (
	"context"
	"errors"
	"sync"
	"time"

	"dragoman/gateway/store"
)

// heads is how many deliveries are read at once, by a lane that moves: it begins
// with one.
const heads = 16

// worker works one lane, in its own goroutine.
type worker struct {
	r     *Runner
	name  string
	bell  chan struct{}
	ended chan struct{} // closed when the lease is lost

	mu      sync.Mutex
	lane    store.Lane
	again   bool // poked since the lane was last seen empty
	gone    bool
	changed chan struct{} // closed when a person has changed the gate
	next    time.Time     // not before, by the destination's pace headers
	resting bool          // waits for its turn
	empty   bool          // waits for deliveries
	leaving bool
	left    chan struct{} // closed when the lane is to be given back after the delivery under way
	pace    Pace          // of the last request; guarded by r.mu
}

func newWorker(r *Runner, l store.Lane) *worker {
	return &worker{r: r, name: l.Name, lane: l, bell: make(chan struct{}, 1), ended: make(chan struct{}), changed: make(chan struct{}), left: make(chan struct{})}
}

func (w *worker) poke() {
	w.mu.Lock()
	w.again = true
	w.mu.Unlock()
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// poked reports whether there was a poke since the last call of unpoke.
func (w *worker) poked() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.again }
func (w *worker) unpoke()     { w.mu.Lock(); defer w.mu.Unlock(); w.again = false }

func (w *worker) epoch() int64 { w.mu.Lock(); defer w.mu.Unlock(); return w.lane.Epoch }

func (w *worker) held() store.Lane { w.mu.Lock(); defer w.mu.Unlock(); return w.lane }

func (w *worker) setGate(g store.Gate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lane.Gate = g
	w.lane.Rev++ // as the store has counted; renewed puts right what another did meanwhile
	w.tell()
}

// tell wakes those who wait at the gate. w.mu is held.
func (w *worker) tell() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// renewed takes over the new end of the lease, and a gate that a person changed.
func (w *worker) renewed(l store.Lane) {
	w.mu.Lock()
	defer w.mu.Unlock()
	opened := w.lane.Gate.Stopped && !l.Gate.Stopped
	w.lane.Until = l.Until
	if opened || l.Rev != w.lane.Rev {
		w.lane.Gate, w.lane.Rev = l.Gate, l.Rev
		w.tell()
	}
}

func (w *worker) lost() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.gone {
		w.gone = true
		close(w.ended)
	}
}

// leave has the lane given back as soon as no delivery is under way, and reports
// whether that is news; resting says that only one which waits for its turn is
// meant. One without deliveries goes by itself.
func (w *worker) leave(resting bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.leaving || w.gone || w.empty || resting && !w.resting {
		return false
	}
	w.leaving = true
	close(w.left)
	return true
}

// errEnd ends a worker: the process stops, the lease is lost, or the lane is to be
// given back.
var errEnd = errors.New("lane: end")

func (w *worker) run(ctx context.Context) {
	defer w.release()
	var crowd crowd // of an unordered lane
	defer crowd.wait()
	want := 1
	for {
		// A lane that stands reads nothing: there may be ten thousand.
		if w.open(ctx) != nil {
			return
		}
		w.unpoke()
		list, err := w.r.o.Store.Heads(ctx, w.name, want)
		want = min(2*want, heads)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				w.r.o.Log.Error("deliveries cannot be read", "lane", w.name, "error", err)
			}
			if w.pause(ctx, time.Second) != nil {
				return
			}
		case len(list) == 0:
			if !w.idle(ctx) {
				return
			}
		case w.unordered(list):
			if crowd.work(ctx, w, list) != nil {
				return
			}
			continue
		}
		for i := range list {
			if w.rest(ctx, 0) != nil {
				return
			}
			if err := w.deliver(ctx, &list[i]); err != nil {
				return
			}
		}
	}
}

// idle waits for new deliveries for a while. It returns false when the lane may
// be given back.
func (w *worker) idle(ctx context.Context) bool {
	t := time.NewTimer(linger)
	defer t.Stop()
	w.is(&w.empty, true)
	defer w.is(&w.empty, false)
	select {
	case <-w.bell:
		return true
	case <-t.C:
		return w.poked()
	case <-ctx.Done():
		return false
	case <-w.ended:
		return false
	}
}

func (w *worker) is(state *bool, so bool) { w.mu.Lock(); defer w.mu.Unlock(); *state = so }

// release ends the worker and gives its lane back.
func (w *worker) release() {
	w.mu.Lock()
	lost := w.gone
	w.mu.Unlock()
	if !lost {
		w.bequeath()
	}
	w.r.remove(w, lost)
}

// bequeath closes the gate for as long as the lane's pace is not to be begun anew:
// who has the lane next does not know what has been sent.
func (w *worker) bequeath() {
	now := time.Now()
	w.r.mu.Lock()
	until := w.r.ring("pace " + w.name).nth(1)
	if !until.IsZero() {
		until = until.Add(w.pace.Per)
	}
	w.r.mu.Unlock()
	w.mu.Lock()
	if w.next.After(until) {
		until = w.next
	}
	wait := until.After(now) && until.After(w.lane.Gate.Until) && !w.lane.Gate.Stopped
	if wait {
		w.lane.Gate.Until = until
		if w.lane.Gate.Reason == "" {
			w.lane.Gate.Reason = "pace"
		}
	}
	w.mu.Unlock()
	if !wait {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if err := w.r.o.Store.Finish(ctx, []store.Outcome{{Lane: w.held()}}); err != nil && !errors.Is(err, store.ErrLost) {
		w.r.o.Log.Error("a lane's pace cannot be stored", "lane", w.name, "error", err)
	}
}

// pause waits for d; it errs when the worker must end.
func (w *worker) pause(ctx context.Context, d time.Duration) error { return w.wait(ctx, d, nil) }

// rest is pause between requests, where the lane may also be given back.
func (w *worker) rest(ctx context.Context, d time.Duration) error {
	if d > 0 {
		w.is(&w.resting, true)
		defer w.is(&w.resting, false)
	}
	return w.wait(ctx, d, w.left)
}

func (w *worker) wait(ctx context.Context, d time.Duration, left <-chan struct{}) error {
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		case <-w.ended:
		case <-left:
		}
	}
	select {
	case <-ctx.Done():
		return errEnd
	case <-w.ended:
		return errEnd
	case <-left:
		return errEnd
	default:
		return nil
	}
}

// open waits until the lane's gate is open.
func (w *worker) open(ctx context.Context) error {
	for {
		w.mu.Lock()
		g, changed := w.lane.Gate, w.changed
		w.mu.Unlock()
		if !g.Stopped {
			return w.rest(ctx, time.Until(g.Until))
		}
		w.is(&w.resting, true)
		select {
		case <-changed:
			w.is(&w.resting, false)
		case <-w.left:
			return errEnd
		case <-ctx.Done():
			return errEnd
		case <-w.ended:
			return errEnd
		}
	}
}

// paceOut waits until the destination's paces allow one more. A destination that
// has told of itself that it takes no more is not asked before its time.
func (w *worker) paceOut(ctx context.Context, dest *Destination) error {
	w.mu.Lock()
	next := w.next
	w.mu.Unlock()
	if err := w.rest(ctx, time.Until(next)); err != nil {
		return err
	}
	for {
		wait := w.r.admit(dest, w)
		if wait == 0 {
			return nil
		}
		if err := w.rest(ctx, wait); err != nil {
			return err
		}
	}
}

func (w *worker) gate(f func(*store.Gate)) { w.mu.Lock(); defer w.mu.Unlock(); f(&w.lane.Gate) }

// openGate forgets the destination's faults. What a person has closed meanwhile
// stays closed.
func (w *worker) openGate() {
	w.gate(func(g *store.Gate) {
		if !g.Stopped {
			*g = store.Gate{}
		}
	})
}
