package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/lane"
	"dragoman/gateway/store"
	"dragoman/rules"
)

// The quotas of all that is relayed.
const (
	maxRelayed = 1000    // webhooks that are kept at once: each has a lane
	relayBytes = 1 << 30 // of bodies in a day
)

// relayChecks is how many webhooks that nobody knows yet may make a platform refuse:
// Discord is asked for each before anything is accepted for it, Slack can only be
// sent it. With every answer a refusal it is a sixteenth of what Discord bears.
var relayChecks = lane.Pace{N: 60, Per: time.Minute}

const (
	checkTimeout = 5 * time.Second
	checksAtOnce = 4
)

// relay is what the gateway knows of the platforms' own webhooks that it serves at
// their addresses. What it knows is in the store; it remembers some of it.
type relay struct {
	g     *Gateway
	same  map[string]*destination // by target: configured destinations that are a platform's webhook
	spare map[string]*lane.Spare  // by platform
	slots chan struct{}           // checks under way

	mu     sync.Mutex
	memory map[string]known   // by name
	asked  map[string]*asking // by name
}

// asking is somebody who finds out about a webhook; others wait for what comes of
// it.
type asking struct {
	done chan struct{}
	err  error
}

// newRelay is nil when nobody is served.
func newRelay(g *Gateway) *relay {
	if !g.conf.Relay.On() {
		return nil
	}
	discord, _ := webhook(g.conf.Relay.Discord.APIURL)
	slack, _ := webhook(g.conf.Relay.Slack.APIURL)
	r := &relay{
		g: g, same: map[string]*destination{}, memory: map[string]known{}, asked: map[string]*asking{},
		spare: map[string]*lane.Spare{
			"discord": {Host: discord, Budget: discordBudget, Part: relayChecks},
			"slack":   {Host: slack, Part: relayChecks},
		},
		slots: make(chan struct{}, checksAtOnce),
	}
	for _, d := range g.destinations {
		if a := d.hookAddress(); a != "" {
			_, target := webhook(a)
			r.same[target] = d
		}
	}
	return r
}

// relayOptions are what the public listener is to know of relaying.
func (g *Gateway) relayOptions() *ingest.Relay {
	if g.relay == nil {
		return nil
	}
	c := &g.conf.Relay
	return &ingest.Relay{
		Name: config.RelayName, Discord: c.Discord.Only, Slack: slices.Concat(c.Slack.Only, c.GovSlack.Only),
		From: c.From, Proxies: g.conf.Server.TrustedProxies, Admit: g.relay.admit, Bytes: relayBytes,
	}
}

// admit is ingest.Relay.Admit.
func (r *relay) admit(ctx context.Context, h ingest.Hook) error {
	name := h.Name()
	k, err := r.look(ctx, name)
	switch {
	case err != nil:
		return r.unread(name, err)
	case k.gone != nil:
		return k.gone
	case k.at != nil && !k.stopped && time.Until(k.until) > r.term()/2:
		return nil
	}
	return r.once(ctx, name, func(ctx context.Context) error { return r.find(ctx, h) })
}

// unread is the answer when the store does not tell.
func (r *relay) unread(name string, err error) error {
	r.g.log.Error("a relayed webhook cannot be looked up", "webhook", name, "error", err)
	return ingest.ErrBusy
}

// once does f, or waits for who does it for the same name already. f ends also
// when the sender who waits for it goes away.
func (r *relay) once(ctx context.Context, name string, f func(context.Context) error) error {
	r.mu.Lock()
	a := r.asked[name]
	if a != nil {
		r.mu.Unlock()
		select {
		case <-a.done:
			return a.err
		case <-ctx.Done():
			return ingest.ErrBusy
		}
	}
	a = &asking{done: make(chan struct{}), err: ingest.ErrBusy}
	r.asked[name] = a
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.asked, name)
		r.mu.Unlock()
		close(a.done)
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	a.err = f(ctx)
	return a.err
}

// find finds out whether a webhook is there, as far as that can be asked, and
// keeps it. One that was refused once, and is there, has its lane opened: what
// waits there goes out, or the platform repeats itself.
func (r *relay) find(ctx context.Context, h ingest.Hook) error {
	name := h.Name()
	k, err := r.look(ctx, name) // somebody may have found out meanwhile
	if err != nil {
		return r.unread(name, err)
	}
	if k.gone != nil {
		return k.gone
	}
	var about *client.Info
	if k.at == nil || k.stopped {
		if wait := r.g.runner.Take(r.spare[h.Platform]); wait > 0 {
			return ingest.Later(wait)
		}
		if h.Platform == "discord" {
			if about, err = r.ask(ctx, h); err != nil {
				return err
			}
		}
	}
	if k.at == nil {
		all, err := r.g.store.Entries(ctx, relayAddresses)
		if err != nil {
			return r.unread(name, err)
		}
		if len(all) >= maxRelayed {
			r.g.log.Warn("a webhook is not relayed: there are as many as may be", "webhook", name, "most", maxRelayed)
			return ingest.Later(time.Hour)
		}
	}
	if err := r.keep(ctx, h, about); err != nil {
		return r.unread(name, err)
	}
	if k.stopped {
		if err := r.g.runner.Open(ctx, k.at.lane); err != nil {
			return r.unread(name, err)
		}
	}
	return nil
}

// ask asks Discord for a webhook. The error is one for the sender.
func (r *relay) ask(ctx context.Context, h ingest.Hook) (*client.Info, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, ingest.ErrBusy
	}
	hook, err := client.NewDiscord(r.g.http, r.address(h))
	if err != nil {
		return nil, ingest.ErrBusy // config has checked it
	}
	info, err := hook.Info(ctx)
	if err == nil {
		return &info, nil
	}
	var f *client.Fault
	if !errors.As(err, &f) {
		f = &client.Fault{Reason: "unknown"}
	}
	r.g.runner.Told(r.spare[h.Platform], f)
	if gone, term := saysGone(h.Platform, f); gone != nil {
		r.refuse(ctx, h, gone, term)
		return nil, gone
	}
	r.g.log.Warn("a relayed webhook cannot be checked", "webhook", h, "reason", f.Reason, "status", f.Status)
	if f.Verdict == client.Wait {
		return nil, ingest.Later(min(f.After, time.Hour))
	}
	return nil, ingest.ErrBusy
}

// saysGone is what a fault says of a webhook itself, in the platform's own code,
// and for how long that is believed. A webhook of Discord's never comes back;
// Slack's come back when people open a channel or an app again.
func saysGone(platform string, f *client.Fault) (*ingest.Gone, time.Duration) {
	if f.Verdict != client.Stopped || f.Code == "" {
		return nil, 0
	}
	gone := &ingest.Gone{Status: f.Status, Code: f.Code}
	if platform == "slack" {
		if gone.Status < 400 { // one that answers as Slack's Web API does
			gone.Status = 404
		}
		return gone, 15 * time.Minute
	}
	if slices.Contains([]string{"10003", "10015", "50027", "220004"}, f.Code) {
		return gone, 24 * time.Hour
	}
	return nil, 0
}

// imply has rules see where a relayed event is from, and deliver it to its own
// address.
func imply(f *rules.Facts, h *ingest.Hook) {
	f.Labels = map[string]string{"platform": h.Platform, "id": h.ID}
	f.Implied = rules.Delivery{Route: config.RelayName, RouteIndex: implied, To: h.Name()}
}

// implied is the index of the route that relayed events have without any.
const implied = -1

// route is the route of a delivery.
func (g *Gateway) route(d rules.Delivery) *config.Route {
	if d.RouteIndex == implied {
		return &config.Route{}
	}
	return &g.conf.Routes[d.RouteIndex]
}

// own errs with store.ErrNotFound when an event did not come by a webhook:
// handles are the source's, and all that is relayed is of one source.
func (g *Gateway) own(ctx context.Context, h *ingest.Hook, event int64) error {
	if h == nil {
		return nil
	}
	name, err := g.relayedBy(ctx, event)
	if err == nil && name != h.Name() {
		return store.ErrNotFound
	}
	return err
}

// relayedBy is the name of the webhook that an event came by.
func (g *Gateway) relayedBy(ctx context.Context, event int64) (string, error) {
	e, err := g.store.Event(ctx, event)
	return e.Header[ingest.HookHeader], err
}
