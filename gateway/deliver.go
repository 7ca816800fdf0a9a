package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/lane"
	"dragoman/gateway/link"
	"dragoman/gateway/render"
	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// render is lane.Options.Render: what is to be sent for a delivery, by its plan
// and what is known of the message at the destination.
func (g *Gateway) render(ctx context.Context, d *store.Delivery) (lane.Rendered, error) {
	var p render.Plan
	if err := json.Unmarshal(d.Plan, &p); err != nil {
		return lane.Rendered{}, fmt.Errorf("gateway: plan: %w", err)
	}
	dest, err := g.at(d.To)
	if err != nil {
		return lane.Rendered{}, errors.Join(lane.ErrNotNow, err)
	}
	if dest == nil {
		return lane.Rendered{}, fmt.Errorf("gateway: no destination %q", d.To)
	}
	var own, parent link.Copy
	switch {
	case d.Op != store.Post:
		own, err = g.copyOf(ctx, d.To, link.Ref{Message: d.Message, Route: d.Route})
	case d.Event.Message != 0:
		parent, err = g.parentOf(ctx, d)
	}
	if err != nil {
		return lane.Rendered{}, errors.Join(lane.ErrNotNow, err)
	}
	job := g.Job(&chat.Input{Event: d.Event.Event, Body: d.Event.Body, Files: d.Event.Files}, d.Event.Dialect, &p, render.Rung(d.Rung))
	switch {
	case d.Op == store.Delete && !dest.edits:
		return lost("delete"), nil
	case d.Op == store.Delete:
		return lane.Rendered{Parts: link.Aim(store.Delete, own, nil)}, nil
	case d.Op == store.Edit && !dest.edits && p.SkipEdits:
		return lost("edit"), nil
	case d.Op == store.Edit && !dest.edits:
		job.Update = true
	case d.Op == store.Post:
		own = link.Copy{Thread: dest.place(&job, d, parent)}
	}
	job.Place.Forum = dest.forum()
	if own.Thread != "" {
		job.Place.Thread = render.Beside
	}
	res, err := g.parts(job)
	if err != nil {
		return lane.Rendered{}, err
	}
	out := lane.Rendered{Notes: res.Notes.List}
	for i, part := range res.Parts {
		p := store.Part{N: i, Format: res.Format, Payload: part.Payload}
		attach(&p, part.Files, d.Event.Files)
		out.Parts = append(out.Parts, p)
	}
	if n := len(out.Parts); n > 0 && dest.conf.SlackBot != nil {
		out.Parts[n-1].Files = d.Event.Files // its payloads do not name them
	}
	out.Parts = link.Aim(d.Op, own, out.Parts)
	return out, nil
}

// copyOf is the first copy that there is of refs, none when there is none.
func (g *Gateway) copyOf(ctx context.Context, to string, refs ...link.Ref) (link.Copy, error) {
	copies, _, err := link.Find(ctx, g.store, to, refs...)
	if err != nil {
		return link.Copy{}, err
	}
	for _, c := range copies {
		if len(c.Parts) > 0 {
			return c, nil
		}
	}
	return link.Copy{}, nil
}

// parentOf is the copy at a delivery's destination of the message that it answers:
// of the same route if that has made one, else of another.
func (g *Gateway) parentOf(ctx context.Context, d *store.Delivery) (link.Copy, error) {
	refs := []link.Ref{{Message: d.Event.Message, Route: d.Route}}
	parent, err := g.store.Event(ctx, d.Event.Message)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return link.Copy{}, err
	}
	for _, w := range parent.Work {
		if w.To == d.To {
			refs = append(refs, link.Ref{Message: d.Event.Message, Route: w.Route})
		}
	}
	return g.copyOf(ctx, d.To, refs...)
}

// attach gives a part its files: those that its writer made, then those that came
// with the event, which is the order of the ids in its payload.
func attach(p *store.Part, files, uploads []chat.File) {
	for _, f := range files {
		if f.Data != nil {
			p.Made = append(p.Made, store.File{Name: f.Name, Type: f.Type, Data: f.Data})
			continue
		}
		for _, up := range uploads {
			if up.Name == f.Name {
				p.Files = append(p.Files, up)
			}
		}
	}
}

// lost is what remains of a change that a destination cannot make.
func lost(what string) lane.Rendered {
	return lane.Rendered{Notes: []chat.Note{{Loss: chat.Dropped, What: what}}}
}

// place says where a post goes, and gives the id of its thread there.
func (d *destination) place(job *render.Job, w *store.Delivery, parent link.Copy) (thread string) {
	answers := w.Event.Message != 0
	switch {
	case answers && parent.Thread != "":
		return parent.Thread
	case answers && d.conf.SlackBot != nil && len(parent.Parts) > 0:
		return parent.Parts[0]
	case !answers && w.Event.Thread != "" && w.Event.Dialect == "discord" && d.conf.Discord != nil:
		return w.Event.Thread
	case !answers && (w.Event.Thread == "" || d.platform() == w.Event.Dialect):
	default:
		job.Place.Thread = render.Loose
		job.Place.Parent = d.messageURL(parent)
	}
	if d.conf.Discord != nil {
		return d.conf.Discord.ThreadID
	}
	return ""
}

// platform is the dialect of a destination's own payloads, empty for none.
func (d *destination) platform() string {
	switch {
	case d.conf.Slack != nil, d.conf.SlackBot != nil:
		return "slack"
	case d.conf.Discord != nil:
		return "discord"
	}
	return ""
}

// messageURL is where people find a copy of a message; empty when that is not
// known.
func (d *destination) messageURL(c link.Copy) string {
	s := d.state.Load()
	if d.conf.Discord == nil || len(c.Parts) == 0 || s.Guild == "" || s.Channel == "" {
		return ""
	}
	return "https://discord.com/channels/" + s.Guild + "/" + s.Channel + "/" + c.Parts[0]
}

// forum is what is known of a destination's channel, by its configuration or by
// what it has answered.
func (d *destination) forum() render.Forum {
	switch {
	case d.conf.Discord == nil:
		return render.Unknown
	case d.conf.Discord.Forum, d.state.Load().Forum == "yes":
		return render.IsForum
	case d.state.Load().Forum == "no":
		return render.NoForum
	}
	return render.Unknown
}

// sent is lane.Options.Sent: where the message now is.
func (g *Gateway) sent(d *store.Delivery) []store.Entry {
	dest, err := g.at(d.To)
	if err != nil || dest == nil || !dest.edits {
		return nil
	}
	if e, ok := link.After(d, time.Now().Add(g.conf.Store.Bodies)); ok {
		return []store.Entry{e}
	}
	return nil
}

// gone is lane.Options.Gone: a message that somebody has removed is posted again,
// unless its route skips such edits; one whose thread is gone goes without.
func (g *Gateway) gone(d *store.Delivery, p store.Part) (store.Part, bool) {
	if p.Op == store.Post {
		p.Thread = ""
		return p, true
	}
	var plan render.Plan
	if json.Unmarshal(d.Plan, &plan) != nil || plan.SkipEdits {
		return p, false
	}
	p.Op, p.Ref = store.Post, ""
	return p, true
}

// Discord's codes for a payload in the wrong form for its channel. Source: its
// table of JSON error codes.
const (
	wantsThread    = "220001" // webhooks posted to forum channels must have a thread name or id
	takesNoThreads = "220003" // webhooks can only create threads in forum channels
)

// reform is lane.Options.Reform.
func (g *Gateway) reform(_ context.Context, d *store.Delivery, code string) []store.Entry {
	dest, err := g.at(d.To)
	if err != nil || dest == nil {
		return nil
	}
	want := map[string]string{wantsThread: "yes", takesNoThreads: "no"}[code]
	s := *dest.state.Load()
	if want == "" || s.Forum == want {
		return nil
	}
	s.Forum = want
	dest.state.Store(&s)
	return []store.Entry{s.Entry(d.To)}
}

// recall reads what destinations have told about themselves.
func (g *Gateway) recall(ctx context.Context) error {
	for name, d := range g.destinations {
		if d.conf.Discord == nil {
			continue
		}
		_, s, err := link.Find(ctx, g.store, name)
		if err != nil {
			return fmt.Errorf("gateway: %w", err)
		}
		d.state.Store(&s)
	}
	g.share()
	return nil
}

// share counts the lanes that post to each channel.
func (g *Gateway) share() {
	sharing := map[string]int{}
	for name, d := range g.destinations {
		if channel := d.state.Load().Channel; channel != "" && d.lane == name {
			sharing[channel]++
		}
	}
	g.sharing.Store(&sharing)
}

// learning learns now, and again with each configuration.
func (g *Gateway) learning(ctx context.Context) {
	for {
		g.latest.Load().learn(ctx)
		select {
		case <-ctx.Done():
			return
		case <-g.health.news:
		}
	}
}

// learn asks Discord for the channel of each webhook that is not known yet: the
// ceiling of a channel is shared by all its webhooks, and answers link to it. Who
// does not answer is asked again at the next start.
func (g *Gateway) learn(ctx context.Context) {
	defer g.share()
	for name, d := range g.destinations {
		hook, ok := d.work.Client.(*client.Discord)
		if !ok || d.state.Load().Channel != "" || ctx.Err() != nil {
			continue
		}
		c, cancel := context.WithTimeout(ctx, d.work.Timeout)
		info, err := hook.Info(c)
		cancel()
		if err != nil {
			continue // its lane will find out
		}
		s := *d.state.Load()
		s.Channel, s.Guild = info.Channel, info.Guild
		if err := g.store.Put(ctx, []store.Entry{s.Entry(name)}); err != nil {
			g.log.Error("what a destination told cannot be stored", "destination", name, "error", err)
			continue
		}
		d.state.Store(&s)
	}
}
