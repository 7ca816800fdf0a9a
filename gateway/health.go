package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/gateway/store"
)

// health is whether the gateway can take events: not while its store is full, and
// not when it stops.
type health struct {
	blocked  atomic.Bool
	stopping atomic.Bool
	reload   sync.Mutex
	sources  sync.Mutex    // one change of a source at a time
	roster   sync.Mutex    // one reading of them at a time
	news     chan struct{} // another configuration is at work
}

func newHealth() *health { return &health{news: make(chan struct{}, 1)} }

func (h *health) changed() {
	select {
	case h.news <- struct{}{}:
	default:
	}
}

func (h *health) full()       { h.blocked.Store(true) }
func (h *health) stop()       { h.stopping.Store(true) }
func (h *health) ready() bool { return !h.blocked.Load() && !h.stopping.Load() }

// watch finds out when a full store can be written again.
func (h *health) watch(ctx context.Context, s store.Store) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !h.blocked.Load() {
			continue
		}
		c, cancel := context.WithTimeout(ctx, 5*time.Second)
		if err := s.Probe(c); !errors.Is(err, store.ErrFull) {
			h.blocked.Store(err != nil && ctx.Err() == nil)
		}
		cancel()
	}
}
