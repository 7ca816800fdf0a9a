package gateway

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"dragoman/gateway/admin"
	"dragoman/gateway/store"
)

// A replay of many goes on in the background. It never puts more than laneRoom
// deliveries before a lane, so that what comes in meanwhile waits for no more than
// those, and adds at most replaysPerStep in each step.
const (
	replayStep     = 250 * time.Millisecond
	replaysPerStep = 25
	laneRoom       = 20
	mostReplaying  = 8       // replays at once
	keptReplays    = 100     // whose progress can be asked for
	mostReplayed   = 1000000 // deliveries of one replay: 8 bytes each
)

// replays are the replays of many deliveries. They outlive configurations, but not
// the process: what has not been replayed then is still in the dead letters.
type replays struct {
	now   func() *Gateway
	begun chan *replay

	mu   sync.Mutex
	list []*replay // oldest first
}

// replay is one of them. progress is guarded by the mutex of replays.
type replay struct {
	query    store.DeliveryQuery
	then     bool
	progress admin.Progress
	stop     chan struct{} // closed to stop it
}

func newReplays(now func() *Gateway) *replays {
	return &replays{now: now, begun: make(chan *replay, mostReplaying)}
}

// Replay implements admin.Replayer.
func (r *replays) Replay(ctx context.Context, delivery int64, then bool) ([]int64, error) {
	return r.now().Replay(ctx, delivery, then)
}

// Start implements admin.Replayer.
func (r *replays) Start(q store.DeliveryQuery, then bool) (admin.Progress, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	running := 0
	for _, j := range r.list {
		if j.progress.State == "running" {
			running++
		}
	}
	if running == mostReplaying {
		return admin.Progress{}, &admin.Refusal{Why: "enough replays are going on already: wait for one of them, or stop one"}
	}
	for i := 0; len(r.list) >= keptReplays; i++ { // the oldest that is over
		if r.list[i].progress.State != "running" {
			r.list = slices.Delete(r.list, i, i+1)
			break
		}
	}
	j := &replay{query: q, then: then, stop: make(chan struct{})}
	j.progress = admin.Progress{ID: rand.Text()[:10], State: "running", Rules: "now", Refused: map[string]int{}, Started: time.Now()}
	if then {
		j.progress.Rules = "then"
	}
	r.list = append(r.list, j)
	r.begun <- j // there is room: no more than mostReplaying are running
	return j.snapshot(), nil
}

// snapshot is the progress as it can be given away. The mutex is held.
func (j *replay) snapshot() admin.Progress {
	p := j.progress
	p.Refused = maps.Clone(p.Refused)
	return p
}

// Progress implements admin.Replayer.
func (r *replays) Progress() (out []admin.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range slices.Backward(r.list) {
		out = append(out, j.snapshot())
	}
	return out
}

// Stop implements admin.Replayer.
func (r *replays) Stop(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.list {
		if j.progress.ID == id {
			if j.progress.State == "running" {
				j.progress.State = "stopped"
				close(j.stop)
			}
			return true
		}
	}
	return false
}

// run works off replays until ctx ends.
func (r *replays) run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-r.begun:
			wg.Go(func() { r.work(ctx, j) })
		}
	}
}

// work replays what j selects.
func (r *replays) work(ctx context.Context, j *replay) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-j.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	queues, err := r.gather(ctx, j)
	if err == nil {
		err = r.feed(ctx, j, queues)
	}
	r.tell(j, func(p *admin.Progress) {
		p.Ended = time.Now()
		switch {
		case p.State == "stopped":
		case ctx.Err() != nil:
			p.State = "stopped"
		case err != nil:
			p.State, p.Error = "failed", "the store failed; what is left is still in the dead letters"
			r.now().log.Error("a replay failed", "error", err)
		default:
			p.State = "done"
		}
	})
}

func (r *replays) tell(j *replay, f func(p *admin.Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&j.progress)
}

// gather lists the ids of what is to be replayed by lane, newest first.
func (r *replays) gather(ctx context.Context, j *replay) (map[string][]int64, error) {
	queues := map[string][]int64{}
	q := j.query
	q.Limit = 1000
	for total := 0; ; {
		g := r.now()
		rows, err := g.store.Deliveries(ctx, q)
		if err != nil {
			return nil, err
		}
		rows = rows[:min(len(rows), mostReplayed-total)]
		for _, d := range rows {
			lane := g.laneOf(d)
			queues[lane] = append(queues[lane], d.ID)
			q.Before = d.ID
		}
		total += len(rows)
		r.tell(j, func(p *admin.Progress) { p.Total, p.Listed = total, len(rows) < q.Limit })
		if len(rows) < q.Limit {
			return queues, nil
		}
	}
}

// feed replays what is in the queues, the oldest first, as the lanes have room.
func (r *replays) feed(ctx context.Context, j *replay, queues map[string][]int64) error {
	tick := time.NewTicker(replayStep)
	defer tick.Stop()
	for {
		backlog, err := r.backlog(ctx)
		if err != nil {
			return err
		}
		left := replaysPerStep
		for lane, ids := range queues { // in no order: none is always the first
			for len(ids) > 0 && left > 0 && backlog[lane] < laneRoom {
				id := ids[len(ids)-1]
				ids = ids[:len(ids)-1]
				left--
				backlog[lane]++
				if err := r.one(ctx, j, id); err != nil {
					return err
				}
			}
			if queues[lane] = ids; len(ids) == 0 {
				delete(queues, lane)
			}
		}
		if len(queues) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// backlog is how many deliveries wait in each lane.
func (r *replays) backlog(ctx context.Context) (map[string]int, error) {
	rows, err := r.now().store.Lanes(ctx)
	out := map[string]int{}
	for _, l := range rows {
		out[l.Name] = l.Backlog
	}
	return out, err
}

// one replays one delivery. What cannot be replayed is counted by why.
func (r *replays) one(ctx context.Context, j *replay, id int64) error {
	_, err := r.now().Replay(ctx, id, j.then)
	var refused *admin.Refusal
	switch {
	case err == nil:
		r.tell(j, func(p *admin.Progress) { p.Replayed++ })
	case errors.As(err, &refused), errors.Is(err, store.ErrNotFound):
		why := "it is no longer there"
		if refused != nil {
			why = cmp.Or(refused.Why, why)
		}
		r.tell(j, func(p *admin.Progress) { p.Refused[why]++ })
	default:
		return err
	}
	return nil
}
