package gateway

import (
	"context"
	"strings"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/lane"
	"dragoman/gateway/link"
)

// learner is the client of a relayed webhook: what its platform says of it is told
// to the next sender.
type learner struct {
	client.Client
	g    *Gateway
	hook ingest.Hook
}

func (l learner) Send(ctx context.Context, r client.Request) (client.Receipt, error) {
	receipt, err := l.Client.Send(ctx, r)
	l.g.latest.Load().relay.heard(ctx, l.hook, err)
	return receipt, err
}

// address is where a webhook is at its platform. It holds the token.
func (r *relay) address(h ingest.Hook) string {
	if h.Platform == "discord" {
		return r.g.conf.Relay.Discord.APIURL + "/webhooks/" + h.ID + "/" + h.Token
	}
	team, _, _ := strings.Cut(h.ID, "/")
	return r.g.conf.Relay.SlackURL(team) + "/services/" + h.ID + "/" + h.Token
}

// make makes the destination of a relayed webhook, as a configured one without
// keys of its own would be. One that is configured as well shares its lane.
func (r *relay) make(ctx context.Context, h ingest.Hook) (*destination, error) {
	c := r.g.conf
	conf := &config.Destination{Name: h.Name(), Sending: c.Defaults.Sending}
	url := config.NewSecret(r.address(h))
	if h.Platform == "discord" {
		conf.Discord = &config.DiscordHook{URL: url, Components: true}
	} else {
		conf.Slack = &config.SlackHook{URL: url}
	}
	d, target, err := newDestination(c, conf, r.g.http)
	if err != nil {
		return nil, err
	}
	own := d.work.Client
	if other := r.same[target]; other != nil {
		d.lane, d.work = other.lane, other.work
	}
	d.work.Client = learner{own, r.g, h}
	_, state, err := link.Find(ctx, r.g.store, conf.Name)
	d.state.Store(&state)
	return d, err
}

// hookAddress is the address of a destination that is a platform's webhook.
func (d *destination) hookAddress() string {
	switch {
	case d.conf.Slack != nil:
		return d.conf.Slack.URL.Reveal()
	case d.conf.Discord != nil:
		return d.conf.Discord.Address()
	}
	return ""
}

// at is a destination by its name: one that is configured, or that of a relayed
// webhook. Without an error and a destination there is none, or no longer.
func (g *Gateway) at(name string) (*destination, error) {
	if d := g.destinations[name]; d != nil || g.relay == nil {
		return d, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	k, err := g.relay.look(ctx, name)
	return k.at, err
}

// notNow is the client of a destination that cannot be looked up at the moment.
type notNow struct{}

func (notNow) Send(context.Context, client.Request) (client.Receipt, error) {
	return client.Receipt{}, &client.Fault{Verdict: client.Again, Reason: "store"}
}

// unknownYet stands in for a destination that cannot be looked up at the moment:
// its deliveries wait.
var unknownYet = lane.Destination{Client: notNow{}, Timeout: time.Second, Policy: lane.Policy{First: time.Second, Most: time.Minute}}
