package lane

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"dragoman/gateway/client"
	"dragoman/gateway/store"
)

// heads is how many deliveries are read at once.
const heads = 16

// leaseMargin is how long before the end of a lease a request must have ended.
const leaseMargin = 2 * time.Second

// poisonTries is how often a message may get a 500 while others get through to
// the same host before it is called poisonous.
const poisonTries = 8

// worker works one lane, in its own goroutine.
type worker struct {
	r     *Runner
	name  string
	bell  chan struct{}
	ended chan struct{} // closed when the lease is lost

	mu    sync.Mutex
	lane  store.Lane
	again bool // poked since the lane was last seen empty
	gone  bool

	// Only the worker's goroutine uses what is below.
	limit *rate.Limiter
	n     int // the pace that limit has
	per   time.Duration
	next  time.Time // not before, by the destination's pace headers
}

func newWorker(r *Runner, l store.Lane) *worker {
	return &worker{r: r, name: l.Name, lane: l, bell: make(chan struct{}, 1), ended: make(chan struct{})}
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
	w.lane.Gate = g
	w.lane.Rev++ // as the store has counted; renewed puts right what another did meanwhile
	w.mu.Unlock()
	w.poke()
}

// renewed takes over the new end of the lease, and a gate that a person changed.
func (w *worker) renewed(l store.Lane) {
	w.mu.Lock()
	opened := w.lane.Gate.Stopped && !l.Gate.Stopped
	w.lane.Until = l.Until
	if opened || l.Rev != w.lane.Rev {
		w.lane.Gate, w.lane.Rev = l.Gate, l.Rev
	}
	w.mu.Unlock()
	if opened {
		w.poke()
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

// errEnd ends a worker: the process stops, or the lease is lost.
var errEnd = errors.New("lane: end")

func (w *worker) run(ctx context.Context) {
	defer w.release()
	for {
		w.unpoke()
		list, err := w.r.o.Store.Heads(ctx, w.name, heads)
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
		}
		for i := range list {
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

// release takes the worker off the list and gives its lane back. What came
// meanwhile is looked for afterwards, since a lane that is held cannot be leased.
func (w *worker) release() {
	w.r.remove(w)
	w.mu.Lock()
	gone := w.gone
	w.mu.Unlock()
	if gone {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := w.r.o.Store.Release(ctx, []store.Lane{w.held()}); err != nil {
		w.r.o.Log.Error("a lane cannot be released", "lane", w.name, "error", err)
		return
	}
	w.r.look()
}

// pause waits for d; it errs when the worker must end.
func (w *worker) pause(ctx context.Context, d time.Duration) error {
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		case <-w.ended:
		}
	}
	select {
	case <-ctx.Done():
		return errEnd
	case <-w.ended:
		return errEnd
	default:
		return nil
	}
}

// deliver works on one delivery until it has ended. The error is errEnd.
func (w *worker) deliver(ctx context.Context, d *store.Delivery) error {
	for d.State == store.Pending {
		if err := w.open(ctx); err != nil {
			return err
		}
		dest, ok := w.r.o.Destination(d.To)
		if !ok {
			if err := w.end(ctx, d, store.Dead, "no_destination"); err != nil {
				return err
			}
			continue
		}
		if len(d.Parts) == 0 {
			if err := w.render(ctx, d); err != nil {
				return err
			}
			continue
		}
		if err := w.sendNext(ctx, d, &dest); err != nil {
			return err
		}
	}
	return nil
}

// open waits until the lane's gate is open.
func (w *worker) open(ctx context.Context) error {
	for {
		g := w.held().Gate
		if !g.Stopped {
			return w.pause(ctx, time.Until(g.Until))
		}
		select {
		case <-w.bell:
		case <-ctx.Done():
			return errEnd
		case <-w.ended:
			return errEnd
		}
	}
}

// render makes the parts of a delivery. They are stored with the first sending.
func (w *worker) render(ctx context.Context, d *store.Delivery) error {
	out, err := w.r.o.Render(d)
	if err != nil {
		w.r.o.Log.Warn("a message cannot be rendered", "lane", w.name, "delivery", d.ID, "error", err)
		return w.end(ctx, d, store.Dead, "cannot_render")
	}
	if len(out.Parts) == 0 {
		d.State = store.Done
		return w.record(ctx, store.Outcome{Delivery: d.ID, State: store.Done, Reason: "nothing_to_say", Tries: d.Tries, Rung: d.Rung, Notes: out.Notes})
	}
	d.Parts = out.Parts
	if len(d.Parts) == 1 && d.Rung == RungPlanned && len(out.Notes) == 0 {
		return nil
	}
	// Several parts are frozen before the first goes out: what was sent before a
	// crash and what is sent after it must be of one piece.
	return w.record(ctx, store.Outcome{Delivery: d.ID, State: store.Pending, Tries: d.Tries, Rung: d.Rung, Freeze: d.Parts, Notes: out.Notes})
}

// sendNext sends the first part that has not been sent, and records what came of
// it.
func (w *worker) sendNext(ctx context.Context, d *store.Delivery, dest *Destination) error {
	i := 0
	for i < len(d.Parts) && !d.Parts[i].Sent.IsZero() {
		i++
	}
	if i == len(d.Parts) {
		return w.end(ctx, d, store.Done, "")
	}
	if err := w.paceOut(ctx, dest); err != nil {
		return err
	}
	at := time.Now()
	receipt, fault, err := w.send(ctx, &d.Parts[i], dest)
	if err != nil {
		return err
	}
	attempt := store.Attempt{At: at, Part: i, Status: receipt.Status, Verdict: "ok", Took: time.Since(at)}
	if fault != nil {
		attempt.Status, attempt.Verdict, attempt.Code = fault.Status, fault.Verdict.String(), fault.Code
		w.slow(fault.Pace)
		return w.failed(ctx, d, dest, attempt, fault)
	}
	w.slow(receipt.Pace)
	w.r.hostWell(dest.Host, w.name)
	d.Parts[i].Sent, d.Parts[i].Remote = time.Now(), receipt.Remote
	out := store.Outcome{Delivery: d.ID, State: store.Pending, Tries: d.Tries, Rung: d.Rung, Attempts: []store.Attempt{attempt}}
	if len(d.Parts) == 1 {
		out.Freeze = d.Parts
	} else {
		out.Sent = d.Parts[i : i+1]
	}
	if i == len(d.Parts)-1 {
		out.State, d.State = store.Done, store.Done
	}
	w.openGate()
	return w.record(ctx, out)
}

// paceOut waits until the destination's pace allows one more.
func (w *worker) paceOut(ctx context.Context, dest *Destination) error {
	until := w.r.hostUntil(dest.Host)
	if w.next.After(until) {
		until = w.next
	}
	if err := w.pause(ctx, time.Until(until)); err != nil {
		return err
	}
	if dest.N == 0 {
		return nil
	}
	if w.limit == nil || w.n != dest.N || w.per != dest.Per {
		w.n, w.per = dest.N, dest.Per
		w.limit = rate.NewLimiter(rate.Limit(float64(dest.N)/dest.Per.Seconds()), dest.N)
	}
	return w.pause(ctx, w.limit.Reserve().Delay())
}

// slow obeys the pace that an answer told: the lane slows down before it is told
// off.
func (w *worker) slow(p client.Pace) {
	if p.Known && p.Left == 0 {
		w.next = time.Now().Add(min(p.Reset, longestTold))
	}
}

// send sends a part once. The request ends before the lease does, also when the
// process is stopping. err is errEnd.
func (w *worker) send(ctx context.Context, p *store.Part, dest *Destination) (client.Receipt, *client.Fault, error) {
	for time.Until(w.held().Until) < dest.Timeout+leaseMargin {
		if err := w.pause(ctx, w.r.o.Term/10); err != nil { // the lease is about to be renewed
			return client.Receipt{}, nil, err
		}
	}
	rc, cancel := context.WithTimeout(context.WithoutCancel(ctx), dest.Timeout)
	defer cancel()
	receipt, err := dest.Client.Send(rc, client.Request{Format: p.Format, Payload: p.Payload})
	if err == nil {
		return receipt, nil, nil
	}
	var f *client.Fault
	if !errors.As(err, &f) {
		f = &client.Fault{Verdict: client.Again, Reason: "unknown", Err: err}
	}
	return client.Receipt{}, f, nil
}

// failed records a fault and what follows from it.
func (w *worker) failed(ctx context.Context, d *store.Delivery, dest *Destination, a store.Attempt, f *client.Fault) error {
	out := store.Outcome{Delivery: d.ID, State: store.Pending, Tries: d.Tries, Rung: d.Rung, Attempts: []store.Attempt{a}}
	now := time.Now()
	switch f.Verdict {
	case client.Stopped:
		w.r.o.Log.Warn("a lane has stopped and waits for a person", "lane", w.name, "reason", f.Reason, "status", f.Status, "code", f.Code)
		w.gate(func(g *store.Gate) { g.Stopped, g.Reason = true, f.Reason })
		return w.record(ctx, out)
	case client.Malformed:
		if d.Rung++; d.Rung < rungs && !started(d) {
			d.Parts = nil
			out.Rung, out.Freeze = d.Rung, []store.Part{}
			return w.record(ctx, out)
		}
		return w.giveUp(ctx, d, out, f.Reason)
	case client.Again:
		d.Tries++
		out.Tries = d.Tries
		if f.Status >= 500 && d.Tries >= poisonTries && w.r.othersWell(dest.Host, w.name, d.Born) {
			return w.giveUp(ctx, d, out, "server_error")
		}
	case client.Wait:
		if f.All {
			w.r.pauseHost(dest.Host, now.Add(min(f.After, longestTold)))
		}
	case client.Reform, client.Refused, client.MessageGone:
		return w.giveUp(ctx, d, out, f.Reason)
	}
	faults := w.held().Gate.Faults + 1
	wait, again := dest.Policy.Next(faults, now.Sub(d.Born), f)
	if !again {
		// The gate stays as it is: what stands behind is not to find out at once that
		// the destination is still down.
		wait = dest.Policy.First
		if err := w.giveUp(ctx, d, out, "gave_up"); err != nil {
			return err
		}
		out = store.Outcome{}
	}
	w.gate(func(g *store.Gate) {
		g.Until, g.Reason = now.Add(wait), f.Reason
		if f.Verdict == client.Again {
			g.Faults = faults
		}
	})
	return w.record(ctx, out)
}

// started reports whether a part of d has been sent.
func started(d *store.Delivery) bool { return len(d.Parts) > 0 && !d.Parts[0].Sent.IsZero() }

// giveUp ends a delivery that cannot go on.
func (w *worker) giveUp(ctx context.Context, d *store.Delivery, out store.Outcome, reason string) error {
	d.State = store.Dead
	if started(d) {
		d.State = store.Partial
	} else if len(d.Parts) == 1 {
		out.Freeze = d.Parts // so that a person can see what was refused
	}
	out.State, out.Reason = d.State, reason
	w.openGate()
	return w.record(ctx, out)
}

func (w *worker) end(ctx context.Context, d *store.Delivery, s store.State, reason string) error {
	d.State = s
	return w.record(ctx, store.Outcome{Delivery: d.ID, State: s, Reason: reason, Tries: d.Tries, Rung: d.Rung})
}

func (w *worker) gate(f func(*store.Gate)) { w.mu.Lock(); defer w.mu.Unlock(); f(&w.lane.Gate) }

// openGate forgets the destination's faults.
func (w *worker) openGate() { w.gate(func(g *store.Gate) { *g = store.Gate{} }) }

// record makes an outcome durable. What was sent has been sent: it goes on trying
// until the store takes it, or the lease is lost.
func (w *worker) record(ctx context.Context, out store.Outcome) error {
	for {
		out.Lane = w.held()
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err := w.r.o.Store.Finish(c, []store.Outcome{out})
		cancel()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, store.ErrLost):
			w.lost()
			return errEnd
		}
		w.r.o.Log.Error("an outcome cannot be stored", "lane", w.name, "delivery", out.Delivery, "error", err)
		if err := w.pause(ctx, time.Second); err != nil {
			return err
		}
	}
}
