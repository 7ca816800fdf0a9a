package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/gateway/admin"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/rules"
)

// Replay delivers again what one delivery was to deliver, with the message as it
// is now. The new deliveries name it as their origin; a dead one becomes cancelled.
// It errs with an *admin.Refusal when there is nothing that could be sent.
func (g *Gateway) Replay(ctx context.Context, delivery int64, then bool) ([]int64, error) {
	p, err := g.past(ctx, delivery)
	if err != nil {
		return nil, err
	}
	var add []store.Addition
	// Edits and deletes go where their message went, and what a person has sent goes
	// where he said, whatever the rules say.
	if then || p.row.Op != store.Post || p.row.Route == byHand {
		add, err = g.asThen(p)
	} else {
		add, err = g.asNow(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	ids, err := g.store.Add(ctx, add)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &admin.Refusal{Why: "its body is no longer kept"}
	}
	if err != nil {
		return nil, err
	}
	for _, a := range add {
		if a.State == "" {
			g.runner.Wake(a.Lane)
		}
	}
	return ids, nil
}

// past is a delivery of old with what it was about.
type past struct {
	row     store.DeliveryRow
	plan    []byte
	message store.Message     // as it is now
	latest  store.EventDetail // whose body is the message's
}

// past looks a delivery up.
func (g *Gateway) past(ctx context.Context, delivery int64) (*past, error) {
	rows, err := g.store.Deliveries(ctx, store.DeliveryQuery{Before: delivery + 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].ID != delivery {
		return nil, store.ErrNotFound
	}
	p := &past{row: rows[0]}
	if !p.row.State.Ended() {
		return nil, &admin.Refusal{Why: "it is still to be sent"}
	}
	e, err := g.store.Event(ctx, p.row.Event)
	if err != nil {
		return nil, err
	}
	for _, w := range e.Work {
		if w.ID == delivery {
			p.plan = w.Plan
		}
	}
	root := e
	if e.Op != store.Post {
		if root, err = g.store.Event(ctx, e.Message); err != nil {
			return nil, err
		}
	}
	if p.message, err = g.store.Message(ctx, root.Source, root.Handle); err != nil {
		return nil, err
	}
	if p.message.Deleted && p.row.Op != store.Delete {
		return nil, &admin.Refusal{Why: "its message has been deleted"}
	}
	if p.latest = e; p.message.Latest != e.ID {
		p.latest, err = g.store.Event(ctx, p.message.Latest)
	}
	return p, err
}

// again is an addition that replays the delivery.
func (p *past) again(n store.NewDelivery) store.Addition {
	a := store.Addition{Event: p.message.Latest, Op: p.row.Op, Message: p.message.ID, Of: p.row.ID, NewDelivery: n}
	if a.Op == store.Delete {
		a.Event = p.row.Event
	}
	return a
}

// asThen replays by the plan that was made when the event came.
func (g *Gateway) asThen(p *past) ([]store.Addition, error) {
	if p.row.To == "" {
		return nil, &admin.Refusal{Why: "it was routed nowhere: only today's rules can say where it goes"}
	}
	if d, err := g.at(p.row.To); err != nil {
		return nil, err
	} else if d == nil {
		return nil, &admin.Refusal{Why: "its destination is no longer in the configuration"}
	}
	return []store.Addition{p.again(store.NewDelivery{Route: p.row.Route, To: p.row.To, Lane: g.laneOf(p.row), Plan: p.plan})}, nil
}

// asNow has today's rules decide anew. What they want that is delivered already, or
// waits to be replayed itself, is not made again; when nothing is left, the replay
// stands there as cancelled, with the reason.
func (g *Gateway) asNow(ctx context.Context, p *past) ([]store.Addition, error) {
	if p.latest.Body == nil {
		return nil, &admin.Refusal{Why: "its body is no longer kept"}
	}
	e := &ingest.Event{
		Source: p.latest.Source, Dialect: p.latest.Dialect, Name: p.latest.EventRow.Event, Header: p.latest.Header,
		Body: p.latest.Body, At: time.Now(), Thread: p.latest.Thread,
	}
	if e.Dialect == "slack" {
		e.Channel = gjson.GetBytes(e.Body, "channel").Str
	}
	e.Ephemeral = slices.ContainsFunc(p.message.Work, func(w store.DeliveryRow) bool { return w.Reason == "ephemeral" })
	e.Files = p.latest.Files
	d, err := g.Decide(e, nil)
	if err != nil {
		return nil, err
	}
	if d.Verdict == rules.Failed {
		return nil, &admin.Refusal{Why: fmt.Sprintf("the rule %q fails for it", d.Failed[0].Name)}
	}
	e.Files = nil // their bytes are with the event already
	in, err := g.incoming(ctx, e, d)
	if err != nil {
		return nil, err
	}
	var add []store.Addition
	for _, n := range in.Deliveries {
		if n.State == store.Dead {
			return nil, &admin.Refusal{Why: "today's rules send it nowhere"}
		}
		if !p.taken(n, in.Deliveries) {
			n.Claim = "" // a person wants it
			add = append(add, p.again(n))
		}
	}
	if len(add) == 0 {
		reason := d.Verdict.String()
		if d.Verdict == rules.Routed {
			reason = "already_sent"
		}
		add = append(add, p.again(store.NewDelivery{Route: p.row.Route, To: p.row.To, Lane: p.row.Lane, Plan: p.plan, State: store.Cancelled, Reason: reason}))
	}
	return add, nil
}

// taken reports whether another delivery than the one that is replayed stands for
// n: that of the same route, or one to the same destination by a route that today
// does not lead there.
func (p *past) taken(n store.NewDelivery, decided []store.NewDelivery) bool {
	return slices.ContainsFunc(p.message.Work, func(w store.DeliveryRow) bool {
		if w.ID == p.row.ID || w.To != n.To {
			return false
		}
		own := slices.ContainsFunc(decided, func(o store.NewDelivery) bool { return o.Route == w.Route && o.To == w.To })
		return w.Route == n.Route || !own && w.State != store.Dead && w.State != store.Cancelled
	})
}
