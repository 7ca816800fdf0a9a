package gateway

import (
	"context"
	"sync"
	"time"

	"dragoman/gateway/admin"
	"dragoman/gateway/metrics"
	"dragoman/gateway/render"
	"dragoman/gateway/store"
)

// watch hears of what happens, counts it, and tells it to those who look on. It
// outlives configurations.
type watch struct {
	now     func() *Gateway // the configuration at work
	metrics *metrics.Metrics
	stream  admin.Stream

	mu       sync.Mutex
	failures map[string]admin.Failure // the last one, by lane
}

// mostFailures bounds what is remembered: lanes of relayed webhooks come and go.
const mostFailures = 10000

func newWatch(now func() *Gateway) *watch {
	w := &watch{now: now, failures: map[string]admin.Failure{}}
	w.metrics = metrics.New(w.standing)
	return w
}

// other is the label of what is not in the configuration, or no longer.
const other = "(other)"

// source is a source's label.
func (g *Gateway) sourceLabel(name string) string {
	if _, ok := g.labels[name]; ok {
		return name
	}
	return other
}

// laneLabel is a lane's label. A lane bears the name of one of its destinations.
func (g *Gateway) laneLabel(name string) string {
	if d := g.destinations[name]; d != nil && d.lane == name {
		return name
	}
	return other
}

// observed is a store whose writing is counted and timed.
type observed struct {
	store.Store
	watch *watch
}

// Ingest implements store.Store.
func (o *observed) Ingest(ctx context.Context, in []store.Incoming) ([]store.Accepted, error) {
	at := time.Now()
	got, err := o.Store.Ingest(ctx, in)
	o.watch.metrics.Committed("arrival", time.Since(at), err == nil)
	for i := range got {
		o.watch.accepted(&in[i], got[i])
	}
	return got, err
}

// Finish implements store.Store.
func (o *observed) Finish(ctx context.Context, out []store.Outcome) error {
	at := time.Now()
	err := o.Store.Finish(ctx, out)
	o.watch.metrics.Committed("outcome", time.Since(at), err == nil)
	return err
}

// accepted hears of an event that is on disk.
func (w *watch) accepted(in *store.Incoming, acc store.Accepted) {
	verdict := in.Verdict
	if acc.Repeat {
		verdict = "repeat"
	}
	w.metrics.Event(w.now().sourceLabel(in.Source), in.Dialect, verdict)
	if acc.Repeat || !w.stream.Watched() {
		return
	}
	to := []string{}
	for _, d := range in.Deliveries {
		to = append(to, d.To)
	}
	w.stream.Tell("event", struct {
		ID      int64     `json:"id"`
		At      time.Time `json:"at"`
		Source  string    `json:"source"`
		Dialect string    `json:"dialect"`
		Event   string    `json:"event,omitzero"`
		Op      store.Op  `json:"op,omitzero"`
		Message int64     `json:"message,omitzero"`
		Verdict string    `json:"verdict"`
		By      string    `json:"by,omitzero"`
		Summary string    `json:"summary"`
		To      []string  `json:"to"`
	}{acc.ID, in.At, in.Source, in.Dialect, in.Event, in.Op, in.Message, in.Verdict, in.By, in.Summary, to})
}

// recorded is lane.Options.Recorded.
func (w *watch) recorded(d *store.Delivery, out *store.Outcome) {
	lane := w.now().laneLabel(d.Lane)
	for _, a := range out.Attempts {
		w.metrics.Tried(lane, a.Verdict)
		if a.Verdict != "ok" {
			w.fail(d.Lane, admin.Failure{At: a.At, Verdict: a.Verdict, Status: a.Status, Code: a.Code})
		}
	}
	if out.Delivery == 0 {
		return
	}
	if out.State.Ended() {
		w.metrics.Delivered(lane, string(out.State), time.Since(d.Born))
	}
	if !w.stream.Watched() || !out.State.Ended() && len(out.Attempts) == 0 {
		return
	}
	w.stream.Tell("delivery", struct {
		ID       int64           `json:"id"`
		At       time.Time       `json:"at"`
		Event    int64           `json:"event"`
		Op       store.Op        `json:"op,omitzero"`
		Route    string          `json:"route"`
		To       string          `json:"to"`
		Lane     string          `json:"lane"`
		State    store.State     `json:"state"`
		Reason   string          `json:"reason,omitzero"`
		Tries    int             `json:"tries"`
		Attempts []store.Attempt `json:"attempts"`
	}{d.ID, time.Now(), d.Event.ID, d.Op, d.Route, d.To, d.Lane, out.State, out.Reason, out.Tries, append([]store.Attempt{}, out.Attempts...)})
}

func (w *watch) fail(lane string, f admin.Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.failures[lane]; !ok && len(w.failures) == mostFailures {
		for some := range w.failures {
			delete(w.failures, some)
			break
		}
	}
	w.failures[lane] = f
}

// lastError is admin.Options.LastError.
func (w *watch) lastError(lane string) admin.Failure {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failures[lane]
}

// parts is render.Parts, counted and timed.
func (g *Gateway) parts(job render.Job) (render.Result, error) {
	at := time.Now()
	res, err := render.Parts(job)
	m := g.watch.metrics
	if err != nil {
		m.Untranslated(job.Dialect, job.Plan.Format)
		return res, err
	}
	m.Translated(job.Dialect, res.Format, time.Since(at))
	for _, n := range res.Notes.List {
		m.Noted(res.Format, n.Loss.String())
	}
	return res, nil
}

// standing is how the lanes of the configuration at work stand. What the store has
// besides is one lane more.
func (w *watch) standing(ctx context.Context) ([]metrics.Lane, int, error) {
	g := w.now()
	rows, err := g.store.Lanes(ctx)
	if err != nil {
		return nil, 0, err
	}
	lanes := map[string]*metrics.Lane{}
	for _, d := range g.conf.Destinations {
		name := g.destinations[d.Name].lane
		if lanes[name] == nil {
			lanes[name] = &metrics.Lane{Name: name, Circuit: metrics.Closed}
		}
		lanes[name].Destinations = append(lanes[name].Destinations, d.Name)
	}
	for _, r := range rows {
		name := g.laneLabel(r.Name)
		l := lanes[name]
		if l == nil {
			l = &metrics.Lane{Name: name}
			lanes[name] = l
		}
		l.Backlog += r.Backlog
		if l.Oldest.IsZero() || !r.Oldest.IsZero() && r.Oldest.Before(l.Oldest) {
			l.Oldest = r.Oldest
		}
		l.Circuit = circuit(r.Gate)
	}
	out := make([]metrics.Lane, 0, len(lanes))
	for _, l := range lanes {
		out = append(out, *l)
	}
	return out, g.runner.Peers(), nil
}

// circuit is what a lane's gate says about its destinations.
func circuit(gate store.Gate) string {
	switch {
	case gate.Stopped && gate.Reason == "paused":
		return metrics.Paused
	case gate.Stopped:
		return metrics.Stopped
	case gate.Until.After(time.Now()):
		return metrics.Waiting
	}
	return metrics.Closed
}
