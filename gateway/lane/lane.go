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
	// Channel, where it is known, is what several lanes may post to, Sharing of them;
	// they share ChannelPace. Since each may be worked by another gateway, of so many
	// gateways each takes its part.
	Channel     string
	Sharing     int
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
	Store  store.Store
	Caller store.Caller  // nil: no other process can have the store
	Owner  string        // names this process in leases
	Term   time.Duration // of a lease; 0: 30 s
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
	wanted  map[string]want
	others  map[string]bool // that others have, as far as is known
	due     bool            // the store is to be asked for lanes
	gates   bool            // and for the gates of those that are worked here
	back    []store.Lane    // to be given back
	wg      sync.WaitGroup
}

// New makes a Runner; Run starts it.
func New(o Options) *Runner {
	if o.Term == 0 {
		o.Term = 30 * time.Second
	}
	return &Runner{o: o, wake: make(chan struct{}, 1), workers: map[string]*worker{}, hosts: map[string]*host{}, rings: map[string]*ring{}, wanted: map[string]want{}, others: map[string]bool{}, peers: 1}
}

// Wake says that lanes have new deliveries or an opened gate.
func (r *Runner) Wake(lanes ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range lanes {
		if w := r.workers[name]; w != nil {
			w.poke()
		} else {
			r.want(name, want{tell: true})
			r.look()
		}
	}
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
	} else {
		r.call(ctx, store.Call{Lanes: []string{lane}, Gate: true})
	}
	r.Wake(lane)
	return nil
}

// Run works lanes until ctx ends. Requests under way are then finished, within
// their time-out, and the lanes given back, before it returns.
func (r *Runner) Run(ctx context.Context) {
	renew := time.NewTicker(r.o.Term / 3)
	defer renew.Stop()
	var listening sync.WaitGroup
	defer listening.Wait()
	if r.o.Caller != nil {
		listening.Go(func() { r.listen(ctx) })
	}
	r.alive(ctx)
	if r.Peers() > 1 { // they learn that there is one more
		r.call(ctx, store.Call{})
	}
	r.lease(ctx, true)
	again := time.NewTimer(r.poll())
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			r.end(ctx)
			return
		case <-renew.C:
			r.renew(ctx)
		case <-again.C:
			r.lease(ctx, true)
			again.Reset(r.poll())
		case <-r.wake:
			r.lease(ctx, false)
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
			r.lease(ctx, false)
		case <-ended:
			r.lease(ctx, false)
			return
		}
	}
}

// lease gives back what is to be given back, takes lanes that have work where they
// are due, and starts their workers. It tells the others of what it was asked for
// and does not have.
func (r *Runner) lease(ctx context.Context, due bool) {
	r.giveBack(ctx)
	r.mu.Lock()
	if due {
		clear(r.others)
	}
	due = due || r.due
	wanted, gates := r.wanted, r.gates
	r.due, r.wanted, r.gates = false, map[string]want{}, false
	r.mu.Unlock()
	if gates {
		r.renew(ctx)
	}
	if due {
		r.take(ctx)
	}
	told, freed := r.settle(wanted, ctx.Err() != nil)
	if len(freed) > 0 {
		r.call(ctx, store.Call{Lanes: freed, Free: true})
	}
	if len(told) > 0 {
		r.call(ctx, store.Call{Lanes: told})
	}
}

func (r *Runner) take(ctx context.Context) {
	r.mu.Lock()
	room := mostLanes - len(r.workers)
	r.mu.Unlock()
	if room <= 0 || ctx.Err() != nil {
		return
	}
	lanes, err := r.o.Store.Lease(ctx, r.o.Owner, room, r.o.Term)
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
		r.want(w.name, want{tell: true, free: true})
		r.due = true
		r.look()
	}
}
