package lane

import (
	"context"
	"time"

	"dragoman/gateway/store"
)

// callTimeout bounds what is done for others, also while the process stops.
const callTimeout = 5 * time.Second

// want is a lane that has been asked for.
type want struct {
	tell bool // the others, when this process does not get it
	free bool // it has been given back, and may have no work
}

// listen hears what other gateways call. Without it their lanes are found by
// polling.
func (r *Runner) listen(ctx context.Context) {
	for ctx.Err() == nil {
		err := r.o.Caller.Listen(ctx, r.o.Owner, r.heard)
		if ctx.Err() != nil {
			return
		}
		r.o.Log.Warn("other gateways are not heard", "error", err)
		select {
		case <-time.After(poll):
		case <-ctx.Done():
		}
	}
}

// heard is what another gateway says.
func (r *Runner) heard(c store.Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = max(2, r.peers) // it may be one that has just come
	if len(c.Lanes) == 0 {
		clear(r.others)
		r.due = true
		for _, w := range r.workers {
			w.poke()
		}
	}
	for _, name := range c.Lanes {
		if w := r.workers[name]; w != nil {
			w.poke()
			r.gates = r.gates || c.Gate
			continue
		}
		if c.Free {
			delete(r.others, name)
		}
		r.want(name, want{free: c.Free})
	}
	if r.due || r.gates {
		r.look()
	}
}

// want asks for a lane. One that another has is not asked of the store again, for
// a while. r.mu is held.
func (r *Runner) want(name string, w want) {
	old := r.wanted[name]
	r.wanted[name] = want{old.tell || w.tell, old.free || w.free}
	r.due = r.due || r.peers == 1 || !r.others[name]
}

// settle says of lanes that were asked for which ones others must be told of: those
// that may be theirs to work, and those given back.
func (r *Runner) settle(wanted map[string]want, stopping bool) (told, freed []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, w := range wanted {
		switch {
		case r.workers[name] != nil:
		case w.free && w.tell:
			freed = append(freed, name)
		case w.free:
		default:
			if !r.wanted[name].free { // not given back meanwhile
				r.others[name] = true
			}
			if w.tell {
				told = append(told, name)
			}
		}
	}
	if r.peers == 1 && !stopping { // who stops may not know yet of one who has come
		return nil, nil
	}
	return told, freed
}

// call tells the others, if there is anything to tell.
func (r *Runner) call(ctx context.Context, c store.Call) {
	if r.o.Caller == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	if err := r.o.Caller.Call(ctx, r.o.Owner, c); err != nil {
		r.o.Log.Error("other gateways cannot be told of lanes", "error", err)
	}
}

// alive tells the store that this process is at work, and hears who else is. A
// gateway that has more than its share of the work gives some back, so that one
// which joins need not wait until lanes are empty.
func (r *Runner) alive(ctx context.Context) {
	p, err := r.o.Store.Alive(ctx, r.o.Owner, r.o.Term)
	if err != nil {
		if ctx.Err() == nil {
			r.o.Log.Error("the gateways at work cannot be counted", "error", err)
		}
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = max(1, p.Owners)
	for _, waiting := range []bool{true, false} { // those that wait for their turn first
		for _, w := range r.workers {
			if p.Surplus > 0 && w.leave(waiting) {
				p.Surplus--
			}
		}
	}
}

// giveBack releases the lanes of workers that have ended.
func (r *Runner) giveBack(ctx context.Context) {
	r.mu.Lock()
	back := r.back
	r.mu.Unlock()
	if len(back) == 0 {
		return
	}
	c, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	if err := r.o.Store.Release(c, back); err != nil {
		// The next renewal finds that they are still ours.
		r.o.Log.Error("lanes cannot be released", "lanes", len(back), "error", err)
	}
	r.mu.Lock()
	r.back = r.back[len(back):]
	r.mu.Unlock()
}
