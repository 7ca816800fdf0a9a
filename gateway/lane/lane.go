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
	"log/slog"
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
	N       int           // at most N payloads in Per; 0: no limit
	Per     time.Duration
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
	// message's fault and ends the delivery.
	Render func(d *store.Delivery) (Rendered, error)
	Log    *slog.Logger
}

// mostLanes are worked at once by one process.
const mostLanes = 10000

// linger is how long an empty lane is kept, so that a stream of single messages
// does not cost two leases each.
const linger = 5 * time.Second

// poll is how often lanes are looked for that nobody woke.
const poll = 5 * time.Second

// Runner works the lanes that this process holds. Make one with New.
type Runner struct {
	o    Options
	wake chan struct{} // lanes may have become ready

	mu      sync.Mutex
	workers map[string]*worker
	hosts   map[string]*host
	wg      sync.WaitGroup
}

// New makes a Runner; Run starts it.
func New(o Options) *Runner {
	if o.Term == 0 {
		o.Term = 30 * time.Second
	}
	return &Runner{o: o, wake: make(chan struct{}, 1), workers: map[string]*worker{}, hosts: map[string]*host{}}
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
		}
	}
	r.mu.Unlock()
	if lease {
		r.look()
	}
}

func (r *Runner) look() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Open opens the gate of a lane that has stopped.
func (r *Runner) Open(ctx context.Context, lane string) error {
	if err := r.o.Store.SetGate(ctx, lane, store.Gate{}); err != nil {
		return err
	}
	r.mu.Lock()
	w := r.workers[lane]
	r.mu.Unlock()
	if w != nil {
		w.setGate(store.Gate{})
	}
	r.Wake(lane)
	return nil
}

// Run works lanes until ctx ends. Requests under way are then finished, within
// their time-out, and the lanes given back, before it returns.
func (r *Runner) Run(ctx context.Context) {
	renew := time.NewTicker(r.o.Term / 3)
	defer renew.Stop()
	again := time.NewTicker(poll)
	defer again.Stop()
	r.lease(ctx)
	for {
		select {
		case <-ctx.Done():
			r.wg.Wait()
			return
		case <-renew.C:
			r.renew(ctx)
		case <-again.C:
			r.lease(ctx)
		case <-r.wake:
			r.lease(ctx)
		}
	}
}

// lease takes lanes that have work and starts their workers.
func (r *Runner) lease(ctx context.Context) {
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
	r.start(ctx, lanes)
}

func (r *Runner) remove(w *worker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.workers[w.name] == w {
		delete(r.workers, w.name)
	}
}

// host is what lanes to one host know of each other.
type host struct {
	until  time.Time // all of them wait
	lastOK time.Time
	okLane string
}

func (r *Runner) hostUntil(name string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.hosts[name]; h != nil {
		return h.until
	}
	return time.Time{}
}

func (r *Runner) pauseHost(name string, until time.Time) {
	r.host(name, func(h *host) { h.until = until })
}

func (r *Runner) hostWell(name, lane string) {
	r.host(name, func(h *host) { h.lastOK, h.okLane = time.Now(), lane })
}

// othersWell reports whether another lane to the host has delivered since t.
func (r *Runner) othersWell(name, lane string, t time.Time) bool {
	well := false
	r.host(name, func(h *host) { well = h.okLane != lane && h.lastOK.After(t) })
	return well
}

func (r *Runner) host(name string, f func(*host)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.hosts[name]
	if h == nil {
		h = &host{}
		r.hosts[name] = h
	}
	f(h)
}
