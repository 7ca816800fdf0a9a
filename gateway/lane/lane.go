// Package lane moves deliveries from the store to their destinations: one
// ordered lane per rate-limited target. Inside a lane order is kept. Faults of
// the destination close the lane's gate and hold back what stands behind; faults
// of the message step down the ladder and end in the dead letters, and the lane
// goes on.
//
// It knows no HTTP and no payload's contents: what an answer means is told by the
// client, what is sent by the renderer.
package lane

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// Destination is where a lane's deliveries go.
type Destination struct {
	Client  client.Client
	Host    string // destinations of one host share its "wait, all of you"
	Policy  Policy
	Timeout time.Duration // of one request
	Pace    Pace
	// Channel, where it is known, is what several destinations post to; they share
	// ChannelPace.
	Channel     string
	ChannelPace Pace
	Budget      Budget
	// Unordered lets deliveries overtake each other, save those about one message.
	Unordered bool
}

// Pace is never more than N requests in any Per; no N: no limit.
type Pace struct {
	N   int
	Per time.Duration
}

// Budget is what a platform counts by the address of those who ask, so that all
// lanes to its host share it, and all gateways: each of n takes its nth part.
type Budget struct {
	Requests Pace
	Invalid  Pace // answers 401, 403 and 429: with N of them in Per the host is left alone
}

// Rendered is what is to be sent for a delivery. No parts: there is nothing to
// say.
type Rendered struct {
	Parts []store.Part
	Notes []chat.Note
}

// The rungs of the ladder that a payload steps down when its destination calls it
// malformed. After the last it is dead.
const (
	RungPlanned = iota // as planned
	RungBare           // without components
	RungWords          // words only, in the destination's own writer
	rungs
)

// Options are what a Runner needs. All functions may be called concurrently.
type Options struct {
	Store store.Store
	Owner string        // names this process in leases
	Term  time.Duration // of a lease; 0: 30 s
	// Destination finds a destination by name; false when the configuration no
	// longer has it.
	Destination func(name string) (Destination, bool)
	// Render makes what is to be sent at the delivery's rung. Its error is the
	// message's fault and ends the delivery, unless it is ErrNotNow.
	Render func(ctx context.Context, d *store.Delivery) (Rendered, error)
	// Sent gives what is to be kept with the outcome when a part has been sent, that
	// is marked so in d.
	Sent func(d *store.Delivery) []store.Entry
	// Gone says what to do in place of a part whose message, or thread, is no longer
	// there; false: nothing.
	Gone func(d *store.Delivery, p store.Part) (store.Part, bool)
	// Reform keeps what a destination has told about the form it wants, by its code;
	// nil: that was known, and the delivery is refused.
	Reform func(ctx context.Context, d *store.Delivery, code string) []store.Entry
	// Recorded hears of each outcome that has been stored; nil: nobody does. It is
	// called concurrently, and keeps neither. Where out.Delivery is 0, only the gate of
	// d's lane has changed.
	Recorded func(d *store.Delivery, out *store.Outcome)
	Log      *slog.Logger
}

// ErrNotNow is Render's error when the delivery is to be tried again: what it
// needs cannot be read.
var ErrNotNow = errors.New("lane: not now")

// mostLanes are worked at once by one process.
const mostLanes = 10000

// linger is how long an empty lane is kept, so that a stream of single messages
// does not cost two leases each.
const linger = 5 * time.Second

// Lanes that nobody woke are looked for so often: where there are other gateways,
// one of them may have ended without a word.
const (
	poll      = 5 * time.Second
	pollPeers = time.Second
)

// Runner works the lanes that this process holds. Make one with New.
type Runner struct {
	o    Options
	wake chan struct{} // lanes may have become ready

	mu      sync.Mutex
	workers map[string]*worker
	hosts   map[string]*host
	rings   map[string]*ring // what lanes and channels have been sent
	peers   int              // gateways at work, this one among them
	missed  map[string]bool  // woken, or given back: others are told
	back    []store.Lane     // to be given back
	wg      sync.WaitGroup
}

// New makes a Runner; Run starts it.
func New(o Options) *Runner {
	if o.Term == 0 {
		o.Term = 30 * time.Second
	}
	return &Runner{o: o, wake: make(chan struct{}, 1), workers: map[string]*worker{}, hosts: map[string]*host{}, rings: map[string]*ring{}, missed: map[string]bool{}, peers: 1}
}

// Wake says that lanes have new deliveries or an opened gate.
func (r *Runner) Wake(lanes ...string) {
	lease := false
	r.mu.Lock()
	for _, name := range lanes {
		if w := r.workers[name]; w != nil {
			w.poke()
		} else {
			lease = true
			r.missed[name] = true
		}
	}
	r.mu.Unlock()
	if lease {
		r.look()
	}
}

// heard is what another gateway says with Wake.
func (r *Runner) heard(lanes []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(lanes) == 0 {
		for _, w := range r.workers {
			w.poke()
		}
	}
	for _, name := range lanes {
		if w := r.workers[name]; w != nil {
			w.poke()
		}
	}
	r.look()
}

func (r *Runner) look() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Peers is how many gateways are at work, this one among them.
func (r *Runner) Peers() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.peers
}

// Open opens the gate of a lane that has stopped.
func (r *Runner) Open(ctx context.Context, lane string) error {
	return r.setGate(ctx, lane, store.Gate{})
}

// Pause closes the gate of a lane until it is opened. A request under way is
// finished.
func (r *Runner) Pause(ctx context.Context, lane string) error {
	return r.setGate(ctx, lane, store.Gate{Stopped: true, Reason: "paused"})
}

func (r *Runner) setGate(ctx context.Context, lane string, g store.Gate) error {
	if err := r.o.Store.SetGate(ctx, lane, g); err != nil {
		return err
	}
	r.mu.Lock()
	w := r.workers[lane]
	r.mu.Unlock()
	if w != nil {
		w.setGate(g)
	}
	r.Wake(lane)
	return nil
}

// Run works lanes until ctx ends. Requests under way are then finished, within
// their time-out, and the lanes given back, before it returns.
func (r *Runner) Run(ctx context.Context) {
	renew := time.NewTicker(r.o.Term / 3)
	defer renew.Stop()
	again := time.NewTimer(r.poll())
	defer again.Stop()
	var listening sync.WaitGroup
	defer listening.Wait()
	if c, ok := r.o.Store.(store.Caller); ok {
		listening.Go(func() { r.listen(ctx, c) })
	}
	r.alive(ctx)
	r.lease(ctx)
	for {
		select {
		case <-ctx.Done():
			r.end(ctx)
			return
		case <-renew.C:
			r.renew(ctx)
		case <-again.C:
			r.lease(ctx)
			again.Reset(r.poll())
		case <-r.wake:
			r.lease(ctx)
		}
	}
}

func (r *Runner) poll() time.Duration {
	if r.Peers() > 1 {
		return pollPeers
	}
	return poll
}

// end gives each lane back as soon as its worker has ended. From now on the others
// share what there is without this process.
func (r *Runner) end(ctx context.Context) {
	c, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	if _, err := r.o.Store.Alive(c, r.o.Owner, 0); err != nil {
		r.o.Log.Error("other gateways cannot be told that this one stops", "error", err)
	}
	cancel()
	ended := make(chan struct{})
	go func() { r.wg.Wait(); close(ended) }()
	for {
		select {
		case <-r.wake:
			r.lease(ctx)
		case <-ended:
			r.lease(ctx)
			return
		}
	}
}

// lease gives back what is to be given back, takes lanes that have work, and
// starts their workers. Lanes that it was woken for and cannot have are another's.
func (r *Runner) lease(ctx context.Context) {
	r.giveBack(ctx)
	r.take(ctx)
	r.mu.Lock()
	var missed []string
	for name := range r.missed {
		if r.workers[name] == nil && (r.peers > 1 || ctx.Err() != nil) { // who stops may not know yet of one who has come
			missed = append(missed, name)
		}
	}
	clear(r.missed)
	r.mu.Unlock()
	c, ok := r.o.Store.(store.Caller)
	if !ok || len(missed) == 0 {
		return
	}
	c2, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	if err := c.Call(c2, r.o.Owner, missed); err != nil {
		r.o.Log.Error("other gateways cannot be told of lanes", "error", err)
	}
}

func (r *Runner) take(ctx context.Context) {
	r.mu.Lock()
	want := mostLanes - len(r.workers)
	r.mu.Unlock()
	if want <= 0 || ctx.Err() != nil {
		return
	}
	lanes, err := r.o.Store.Lease(ctx, r.o.Owner, want, r.o.Term)
	if err != nil {
		if ctx.Err() == nil {
			r.o.Log.Error("no lanes can be leased", "error", err)
		}
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start(ctx, lanes)
}

// start gives each lane that has none a worker. r.mu is held.
func (r *Runner) start(ctx context.Context, lanes []store.Lane) {
	for _, l := range lanes {
		if r.workers[l.Name] == nil {
			w := newWorker(r, l)
			r.workers[l.Name] = w
			r.wg.Go(func() { w.run(ctx) })
		}
	}
}

// renew extends the leases. A worker whose lane is no longer ours is stopped.
func (r *Runner) renew(ctx context.Context) {
	r.alive(ctx)
	r.giveBack(ctx)
	lanes, err := r.o.Store.Renew(ctx, r.o.Owner, r.o.Term)
	if err != nil {
		if ctx.Err() == nil {
			r.o.Log.Error("leases cannot be renewed", "error", err)
		}
		return
	}
	held := make(map[string]store.Lane, len(lanes))
	for _, l := range lanes {
		held[l.Name] = l
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, w := range r.workers {
		if l, ok := held[name]; ok && l.Epoch == w.epoch() {
			w.renewed(l)
		} else {
			w.lost()
		}
	}
	lanes = slices.DeleteFunc(lanes, func(l store.Lane) bool {
		return slices.ContainsFunc(r.back, func(b store.Lane) bool { return b.Name == l.Name })
	})
	r.start(ctx, lanes)
}

// remove takes a worker off the list. Its lane, when it has not lost it, is given
// back; what came meanwhile is looked for afterwards, since a lane that is held
// cannot be leased.
func (r *Runner) remove(w *worker, lost bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.workers[w.name] == w {
		delete(r.workers, w.name)
	}
	if !lost {
		r.back = append(r.back, w.held())
		r.missed[w.name] = true
		r.look()
	}
}
