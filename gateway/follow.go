package gateway

import (
	"context"
	"errors"
	"slices"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/translators"
	"dragoman/translators/chat"
)

// Find is ingest.Archive: a message as its sender can read it back, in any of its
// dialects.
func (g *Gateway) Find(ctx context.Context, source string, handle int64, dialect string) (ingest.Message, error) {
	m, err := g.message(ctx, source, handle)
	if err != nil {
		return ingest.Message{}, err
	}
	out := ingest.Message{Body: m.Body, Files: m.Files, At: m.At, Edited: m.Edited, Thread: m.Thread}
	if source == config.RelayName {
		if out.Hook, err = g.relayedBy(ctx, m.ID); err != nil {
			return out, err
		}
	}
	if m.Message != 0 {
		parent, err := g.store.Event(ctx, m.Message)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return out, err
		}
		out.Handle = parent.Handle
	}
	if m.Dialect != dialect {
		out.Body, err = translated(&m, dialect)
	}
	return out, err
}

// message is an accepted message that can still be read. It errs with
// ingest.ErrNoMessage when there is none.
func (g *Gateway) message(ctx context.Context, source string, handle int64) (store.Message, error) {
	m, err := g.store.Message(ctx, source, handle)
	if errors.Is(err, store.ErrNotFound) || err == nil && (m.Deleted || m.Body == nil) {
		return m, ingest.ErrNoMessage
	}
	return m, err
}

// translated is a message's body in another dialect than its own, as one payload.
func translated(m *store.Message, dialect string) ([]byte, error) {
	msg := new(chat.Message)
	err := translators.Read(msg, nil, m.Dialect, &chat.Input{Event: m.Event, Body: m.Body, Files: m.Files})
	if err != nil {
		return nil, ingest.ErrNoMessage
	}
	var out chat.Output
	if err := translators.Write(&out, msg, dialect, &chat.Options{MaxParts: 1, Components: true, Legacy: true}); err != nil || len(out.Parts) == 0 {
		return nil, ingest.ErrNoMessage
	}
	return out.Parts[0].Payload, nil
}

// follow accepts an edit or a delete: it goes to where its message went, by the
// plans that were made for that, whatever the rules say today.
func (g *Gateway) follow(ctx context.Context, e *ingest.Event) (ingest.Ack, error) {
	m, err := g.message(ctx, e.Source, e.Handle)
	if err != nil {
		return ingest.Ack{}, err
	}
	if err := g.own(ctx, e.Hook, m.ID); errors.Is(err, store.ErrNotFound) {
		return ingest.Ack{}, ingest.ErrNoMessage
	} else if err != nil {
		return ingest.Ack{}, err
	}
	in := store.Incoming{
		Op: store.Edit, Message: m.ID, Source: e.Source, Dialect: e.Dialect, Event: e.Name, Key: e.Key, Header: e.Header,
		At: e.At, Body: e.Body, Verdict: "routed", Summary: "deleted",
	}
	if e.Action == ingest.Delete {
		in.Op = store.Delete
	} else {
		var msg chat.Message
		if translators.Read(&msg, nil, e.Dialect, &chat.Input{Event: e.Name, Body: e.Body, Files: e.Files}) == nil {
			in.Summary = summary(e, &msg)
		}
		kept := slices.DeleteFunc(m.Files, func(f chat.File) bool { return slices.Contains(e.Dropped, f.Name) })
		if in.Files, err = g.uploads(ctx, e.Files, kept); err != nil {
			return ingest.Ack{}, err
		}
	}
	for i, w := range m.Work {
		if w.Op == store.Delete || w.State == store.Dead || w.State == store.Cancelled {
			continue // nothing of it is there, or will be
		}
		in.Deliveries = append(in.Deliveries, store.NewDelivery{Route: w.Route, To: w.To, Lane: g.laneOf(w), Plan: m.Plan[i]})
	}
	if len(in.Deliveries) == 0 {
		in.Verdict = "unrouted"
	}
	ack, err := g.ingest(ctx, e, &in)
	ack.Handle = e.Handle
	return ack, err
}

// laneOf is the lane of a delivery's destination today.
func (g *Gateway) laneOf(w store.DeliveryRow) string {
	if d, err := g.at(w.To); err == nil && d != nil {
		return d.lane
	}
	return w.Lane
}

// uploads are the files of an event: those that came with it and those of an
// earlier version of the message, whose bytes are read again.
func (g *Gateway) uploads(ctx context.Context, now, before []chat.File) (out []store.File, err error) {
	seen := map[string]bool{}
	for _, f := range now {
		seen[f.Name] = true
		out = append(out, store.File{Name: f.Name, Type: f.Type, Data: f.Data})
	}
	for _, f := range before {
		if seen[f.Name] {
			continue
		}
		data, err := g.store.File(ctx, f.Ref)
		if errors.Is(err, store.ErrNotFound) {
			continue // forgotten with its event
		}
		if err != nil {
			return nil, err
		}
		out = append(out, store.File{Name: f.Name, Type: f.Type, Data: data})
	}
	return out, nil
}
