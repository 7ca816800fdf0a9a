// Package gateway composes everything: it resolves a configuration, joins the
// rooms by function values, and runs them. Accept is the pipeline.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/lane"
	"dragoman/gateway/render"
	"dragoman/gateway/store"
	"dragoman/rules"
	"dragoman/translators"
	"dragoman/translators/chat"
)

// Gateway is a configuration at work. Make one with New; it never changes. Reload
// puts another in its place, which shares the store and the lanes.
type Gateway struct {
	Version string // shown by the console; set before Run
	// Source reads the configuration again, for Reload; set before Run. nil: there is
	// nothing to reload.
	Source func() (*config.Config, error)

	conf         *config.Config
	log          *slog.Logger
	store        store.Store
	rules        *rules.Set
	destinations map[string]*destination
	lookups      map[string]render.Lookup // by format
	labels       map[string]map[string]string
	styles       map[string]string              // by source: rich, discord
	plans        sync.Map                       // planKey → []byte, as stored
	sharing      atomic.Pointer[map[string]int] // Discord's channels, as far as they are known: how many lanes post there
	runner       *lane.Runner
	relay        *relay // nil: nobody is served
	http         *http.Client
	connect      connector

	latest  *atomic.Pointer[Gateway] // the one at work, of all that share a store
	health  *health
	watch   *watch
	replays *replays
	base    string                 // where the public listener is reached
	roster  atomic.Pointer[roster] // what the store knows of sources
	front   *ingest.Handler        // of the public listener; made by Run and Reload
	back    http.Handler           // of the admin listener
}

// New resolves a configuration: addresses are parsed, rules compiled,
// destinations joined to lanes. The store may be nil for one who only renders or
// decides. Every error is about the configuration.
func New(c *config.Config, s store.Store, log *slog.Logger) (*Gateway, error) {
	return build(c, s, log, client.NewHTTP)
}

// connector makes the HTTP client of destinations, which may reach the prefixes.
type connector func(allow []netip.Prefix) *http.Client

func build(c *config.Config, s store.Store, log *slog.Logger, connect connector) (*Gateway, error) {
	g, err := resolve(c, s, log, connect)
	if err != nil || s == nil {
		return g, err
	}
	g.health = newHealth()
	g.latest = &atomic.Pointer[Gateway]{}
	g.latest.Store(g)
	// What lanes ask for is asked of the configuration that is at work then.
	now := g.latest.Load
	g.watch, g.replays = newWatch(now), newReplays(now)
	g.store = &observed{s, g.watch}
	caller, _ := s.(store.Caller)
	g.runner = lane.New(lane.Options{
		Store:       g.store,
		Caller:      caller,
		Owner:       owner(),
		Destination: func(name string) (lane.Destination, bool) { return now().destination(name) },
		Render:      func(ctx context.Context, d *store.Delivery) (lane.Rendered, error) { return now().render(ctx, d) },
		Sent:        func(d *store.Delivery) []store.Entry { return now().sent(d) },
		Gone:        func(d *store.Delivery, p store.Part) (store.Part, bool) { return now().gone(d, p) },
		Reform: func(ctx context.Context, d *store.Delivery, code string) []store.Entry {
			return now().reform(ctx, d, code)
		},
		Recorded: g.watch.recorded,
		Log:      log,
	})
	return g, nil
}

// resolve is New without what outlives a configuration.
func resolve(c *config.Config, s store.Store, log *slog.Logger, connect connector) (*Gateway, error) {
	g := &Gateway{connect: connect, conf: c, log: log, store: s, lookups: map[string]render.Lookup{}, labels: map[string]map[string]string{}, styles: map[string]string{}}
	g.http = connect(c.Egress.Allow)
	var err error
	if g.destinations, err = destinations(c, g.http); err != nil {
		return nil, err
	}
	if g.rules, err = rules.Compile(ruleConfig(c)); err != nil {
		return nil, err
	}
	for _, f := range translators.Formats() {
		g.lookups[f.Name] = lookup(&c.Directory, f.Name)
	}
	for _, src := range c.Sources {
		g.labels[src.Name] = src.Labels
		g.styles[src.Name] = nearest(src.GitHub, c.Defaults.GitHub)
	}
	g.relay = newRelay(g)
	return g, nil
}

// Warnings are places in the rules that load but will likely fail.
func (g *Gateway) Warnings() []string { return g.rules.Warnings }

func ruleConfig(c *config.Config) rules.Config {
	out := rules.Config{Zone: c.Server.Zone}
	for _, d := range c.Destinations {
		out.Destinations = append(out.Destinations, d.Name)
	}
	expr := func(e config.Expr) rules.Expr {
		r := rules.Expr{Text: e.Text, File: e.File, Line: e.Line, Column: e.Column}
		for i := range 1 + strings.Count(e.Text, "\n") {
			r.Lines = append(r.Lines, c.Line(e.Line+i))
		}
		return r
	}
	edits := func(in []config.Edit) (out []rules.Edit) {
		for _, e := range in {
			out = append(out, rules.Edit{Key: e.Key, Expr: expr(e.Expr)})
		}
		return out
	}
	keys := func(r *config.Route) (out []rules.Edit) {
		if r.Dedupe.Within > 0 {
			out = append(out, rules.Edit{Key: dedupeKey, Expr: expr(r.Dedupe.Key)})
		}
		return out
	}
	for _, l := range c.Lets {
		out.Lets = append(out.Lets, rules.Let{Name: l.Name, Expr: expr(l.Expr)})
	}
	for i := range c.Routes {
		r := &c.Routes[i]
		out.Routes = append(out.Routes, rules.Route{
			Name: r.Name, When: expr(r.When), To: r.To, ToExpr: expr(r.ToExpr), Drop: r.Drop, Stop: r.Stop,
			Set: edits(r.Set), SetIn: edits(r.SetIn), Keys: keys(r),
		})
	}
	for _, s := range c.Silences {
		out.Silences = append(out.Silences, rules.Silence{Name: s.Name, When: expr(s.When), Reason: s.Reason, Until: s.Until})
	}
	return out
}

// dedupeKey is the name of a route's key that tells repeats.
const dedupeKey = "dedupe"

// destination is lane.Options.Destination.
func (g *Gateway) destination(name string) (lane.Destination, bool) {
	d, err := g.at(name)
	if err != nil {
		return unknownYet, true
	}
	if d == nil {
		return lane.Destination{}, false
	}
	work := d.work
	if work.ChannelPace.N > 0 {
		work.Channel = d.state.Load().Channel
		if sharing := g.sharing.Load(); sharing != nil {
			work.Sharing = (*sharing)[work.Channel]
		}
	}
	return work, true
}

// Decision is what rules made of an event.
type Decision struct {
	rules.Outcome
	Message *chat.Message // as rules saw it
	Notes   chat.Notes    // of reading it
	ReadErr error         // why Message is empty
}

// Decide reads an event and asks the rules. trace may be nil. The decision is there
// also with an error, and its message is the caller's, to be given back or kept.
func (g *Gateway) Decide(e *ingest.Event, trace *rules.Trace) (*Decision, error) {
	d := &Decision{Message: chat.Take()}
	d.ReadErr = translators.Read(d.Message, &d.Notes, e.Dialect, &chat.Input{Event: e.Name, Body: e.Body, Files: e.Files})
	var err error
	d.Outcome, err = g.rules.Match(g.facts(e, d.Message), trace)
	return d, err
}

// Accept decides and makes durable; it renders nothing. It is ingest.Sink.
func (g *Gateway) Accept(ctx context.Context, e *ingest.Event) (ingest.Ack, error) {
	if e.Action != ingest.Post {
		return g.follow(ctx, e)
	}
	d, err := g.Decide(e, nil)
	defer d.Message.Give()
	if err != nil {
		return ingest.Ack{}, err
	}
	for _, f := range d.Failed {
		g.log.Warn("a rule failed", "rule", f.Name, "source", e.Source, "reason", f.Reason)
	}
	in, err := g.incoming(ctx, e, d)
	if err != nil {
		return ingest.Ack{}, err
	}
	return g.ingest(ctx, e, &in)
}

// ingest makes an event durable and wakes the lanes of its deliveries.
func (g *Gateway) ingest(ctx context.Context, e *ingest.Event, in *store.Incoming) (ingest.Ack, error) {
	got, err := g.store.Ingest(ctx, []store.Incoming{*in})
	if err != nil {
		if errors.Is(err, store.ErrFull) {
			g.health.full()
		}
		if errors.Is(err, store.ErrFull) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return ingest.Ack{}, ingest.ErrBusy
		}
		g.log.Error("an event cannot be stored", "source", e.Source, "error", err)
		return ingest.Ack{}, err
	}
	routed := got[0].Repeat
	if !got[0].Repeat {
		var lanes []string
		for _, n := range in.Deliveries {
			if n.State == "" && !slices.Contains(lanes, n.Lane) {
				lanes = append(lanes, n.Lane)
			}
		}
		g.runner.Wake(lanes...)
		routed = len(lanes) > 0
	}
	return ingest.Ack{ID: got[0].ID, Handle: got[0].Handle, Routed: routed}, nil
}

// incoming is an event with its decision, as it is stored.
func (g *Gateway) incoming(ctx context.Context, e *ingest.Event, d *Decision) (in store.Incoming, err error) {
	in = store.Incoming{
		Source: e.Source, Dialect: e.Dialect, Event: e.Name, Key: e.Key, Header: e.Header, Body: e.Body, At: e.At,
		Verdict: d.Verdict.String(), By: d.By, Summary: summary(e, d.Message), Thread: e.Thread,
	}
	if in.Files, err = g.uploads(ctx, e.Files, nil); err != nil {
		return in, err
	}
	if e.Handle != 0 { // it answers a message, if we know that one
		m, err := g.store.Message(ctx, e.Source, e.Handle)
		if err == nil {
			err = g.own(ctx, e.Hook, m.ID)
		}
		switch {
		case err == nil:
			in.Message, in.Thread = m.ID, ""
		case !errors.Is(err, store.ErrNotFound):
			return in, err
		}
	}
	if e.Hook != nil && e.Key != "" {
		in.Key = e.Hook.Name() + "/" + e.Key // a repeat is one at the same address
	}
	for _, del := range d.Deliveries {
		n, err := g.delivery(e.Source, del)
		if err != nil {
			return in, err
		}
		if e.Ephemeral && !g.route(del).Ephemeral {
			n.State, n.Reason = store.Cancelled, "ephemeral"
		}
		in.Deliveries = append(in.Deliveries, n)
	}
	switch {
	case d.Verdict == rules.Failed:
		// What was meant for someone must not vanish: it waits in the dead letters.
		in.Deliveries = append(in.Deliveries, store.NewDelivery{Route: d.Failed[0].Name, State: store.Dead, Reason: "rule_failed"})
	case d.Verdict == rules.Unrouted && g.conf.UnroutedDead:
		in.Deliveries = append(in.Deliveries, store.NewDelivery{State: store.Dead, Reason: "unrouted"})
	}
	return in, nil
}

// delivery is a delivery of a source's event that a route has decided on, as it
// is stored.
func (g *Gateway) delivery(source string, d rules.Delivery) (n store.NewDelivery, err error) {
	dest, err := g.at(d.To)
	if err != nil || dest == nil {
		return n, fmt.Errorf("gateway: destination %q: %w", d.To, errors.Join(err, ingest.ErrBusy))
	}
	n = store.NewDelivery{Route: d.Route, To: d.To, Lane: dest.lane}
	if n.Plan, err = g.planJSON(dest, d, source); err != nil {
		return n, err
	}
	for _, k := range d.Keys {
		if k.Name == dedupeKey && k.Text != "" {
			n.Claim, n.ClaimFor = d.Route+"\x00"+d.To+"\x00"+k.Text, g.route(d).Dedupe.Within
		}
	}
	return n, nil
}

// planKey is a route, a destination, and what of the source is in a plan. Without
// values of its own an event has the plan of all that take this way.
type planKey struct {
	route             int
	to, style, sender string
}

// planJSON is the plan of a delivery as it is stored.
func (g *Gateway) planJSON(dest *destination, d rules.Delivery, source string) ([]byte, error) {
	common := len(d.Set) == 0 && len(d.SetIn) == 0
	key := planKey{d.RouteIndex, d.To, g.styleOf(source), g.senderOf(source)}
	if common {
		if b, ok := g.plans.Load(key); ok {
			return b.([]byte), nil
		}
	}
	b, err := json.Marshal(g.planFor(dest, d, source))
	if err != nil {
		return nil, fmt.Errorf("gateway: plan: %w", err)
	}
	if common {
		g.plans.Store(key, b)
	}
	return b, nil
}

// Plan is how a delivery of a source's event is to be rendered.
func (g *Gateway) Plan(d rules.Delivery, source string) *render.Plan {
	return g.planFor(g.destinations[d.To], d, source)
}

func (g *Gateway) planFor(dest *destination, d rules.Delivery, source string) *render.Plan {
	p := dest.planFor(g.route(d), g.styleOf(source))
	p.Set, p.SetIn, p.Sender = d.Set, d.SetIn, g.senderOf(source)
	return &p
}

// Job is the rendering of an event by a plan.
func (g *Gateway) Job(in *chat.Input, dialect string, p *render.Plan, rung render.Rung) render.Job {
	return render.Job{Input: in, Dialect: dialect, Plan: p, Rung: rung, Lookup: g.lookups[p.Format]}
}

// IngestSource is a configured source as the public listener knows it.
func IngestSource(s *config.Source) ingest.Source {
	reveal := func(in []config.Secret) (out []string) {
		for _, x := range in {
			out = append(out, x.Reveal())
		}
		return out
	}
	return ingest.Source{Name: s.Name, Secrets: reveal(s.Secrets), GitHub: reveal(s.GitHubSecret), Accept: s.Accept, Labels: s.Labels, Strict: s.Strict,
		Paths: reveal(s.Paths), Rate: ingest.Rate{N: s.Rate.N, Per: s.Rate.Per}}
}

// purgeEvery is how often what is past its retention is looked for, purgeStep how
// many events are forgotten in one go.
const (
	purgeEvery = 10 * time.Minute
	purgeStep  = 500
)

// purge forgets what is past its retention, in small steps.
func (g *Gateway) purge(ctx context.Context) {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			for {
				keep := g.latest.Load().conf.Store
				n, err := g.store.Purge(ctx, now.Add(-keep.Bodies), now.Add(-keep.History), purgeStep)
				if err != nil && ctx.Err() == nil {
					g.log.Error("old events cannot be forgotten", "error", err)
				}
				if err != nil || n < purgeStep {
					break
				}
			}
		}
	}
}
