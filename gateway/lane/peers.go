package lane

import (
	"context"
	"time"

	"dragoman/gateway/store"
)

// callTimeout bounds what is done for others, also while the process stops.
const callTimeout = 5 * time.Second

// listen hears what other gateways call. Without it their lanes are found by
// polling.
func (r *Runner) listen(ctx context.Context, c store.Caller) {
	for ctx.Err() == nil {
		err := c.Listen(ctx, r.o.Owner, r.heard)
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
