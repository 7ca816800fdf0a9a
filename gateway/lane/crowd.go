package lane

import (
	"context"
	"sync"

	"dragoman/gateway/store"
)

// crowd works on several deliveries of an unordered lane at once. Those about
// one message keep their order: an edit never overtakes its message.
type crowd struct {
	wg   sync.WaitGroup
	done chan struct{} // one has ended; made with the first

	mu   sync.Mutex
	ids  map[int64]bool
	busy map[int64]bool // messages
	end  bool
}

func (w *worker) unordered(list []store.Delivery) bool {
	d, ok := w.r.o.Destination(list[0].To)
	return ok && d.Unordered
}

// work starts those of the list that may be worked on now, and waits until there
// may be others. It errs when the worker must end.
func (c *crowd) work(ctx context.Context, w *worker, list []store.Delivery) error {
	if c.done == nil {
		c.done, c.ids, c.busy = make(chan struct{}, 1), map[int64]bool{}, map[int64]bool{}
	}
	if started := c.start(ctx, w, list); started && len(list) < heads {
		return w.pause(ctx, 0)
	}
	select {
	case <-c.done:
	case <-w.bell:
	case <-ctx.Done():
		return errEnd
	case <-w.ended:
		return errEnd
	case <-w.left:
		return errEnd
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end {
		return errEnd
	}
	return nil
}

func (c *crowd) start(ctx context.Context, w *worker, list []store.Delivery) (started bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range list {
		d := list[i]
		if c.ids[d.ID] || c.busy[d.Message] {
			continue
		}
		c.ids[d.ID], c.busy[d.Message], started = true, true, true
		c.wg.Go(func() {
			err := w.deliver(ctx, &d)
			c.mu.Lock()
			delete(c.ids, d.ID)
			delete(c.busy, d.Message)
			c.end = c.end || err != nil
			c.mu.Unlock()
			select {
			case c.done <- struct{}{}:
			default:
			}
		})
	}
	return started
}

func (c *crowd) wait() { c.wg.Wait() }
