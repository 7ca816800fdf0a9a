package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dragoman/gateway/store"
)

// Events implements store.Store.
func (s *Store) Events(ctx context.Context, q store.EventQuery) ([]store.EventRow, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	words := store.Words(q.Text, nil)
	out := []store.EventRow{}
	for _, e := range slices.Backward(s.events) {
		if len(out) == store.Page(q.Limit) {
			break
		}
		if q.Before != 0 && e.ID >= q.Before ||
			q.Source != "" && e.Source != q.Source ||
			q.Verdict != "" && e.verdict != q.Verdict ||
			q.Route != "" && !e.routedBy(q.Route) ||
			e.At.Before(q.Since) ||
			len(words) > 0 && !store.HasWords(words, e.summary, e.Body) {
			continue
		}
		out = append(out, e.row())
	}
	return out, nil
}

func (e *event) routedBy(route string) bool {
	return e.by == route || slices.ContainsFunc(e.work, func(d *delivery) bool { return d.Route == route })
}

func (e *event) row() store.EventRow {
	r := store.EventRow{
		ID: e.ID, At: e.At, Source: e.Source, Dialect: e.Dialect, Event: e.Event.Event,
		Op: e.Op, Message: e.Message, Verdict: e.verdict, By: e.by, Summary: e.summary, Deliveries: []store.DeliveryRow{},
	}
	for _, d := range e.work {
		r.Deliveries = append(r.Deliveries, d.DeliveryRow)
	}
	return r
}

// Event implements store.Store.
func (s *Store) Event(ctx context.Context, id int64) (store.EventDetail, error) {
	if err := s.begin(ctx); err != nil {
		return store.EventDetail{}, err
	}
	defer s.mu.Unlock()
	e := s.event(id)
	if e == nil {
		return store.EventDetail{}, fmt.Errorf("%w: event %d", store.ErrNotFound, id)
	}
	out := store.EventDetail{EventRow: e.row(), Handle: e.Handle, Thread: e.Thread, Header: header(e.Header), Files: slices.Clone(e.Files)}
	if !e.purged {
		out.Body = bytesOf(e.Body)
	}
	for _, d := range e.work {
		out.Work = append(out.Work, store.DeliveryDetail{
			DeliveryRow: d.DeliveryRow, Plan: bytesOf(d.plan), Parts: d.partList(),
			Attempts: slices.Clone(d.attempts), Notes: slices.Clone(d.notes),
		})
	}
	return out, nil
}

// Deliveries implements store.Store.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]store.DeliveryRow, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	out := []store.DeliveryRow{}
	for _, d := range slices.Backward(s.deliveries) {
		if len(out) == store.Page(q.Limit) {
			break
		}
		if q.Before != 0 && d.ID >= q.Before ||
			q.Lane != "" && d.Lane != q.Lane ||
			q.Route != "" && d.Route != q.Route ||
			q.To != "" && d.To != q.To ||
			q.Source != "" && d.event.Source != q.Source ||
			d.Born.Before(q.Since) ||
			q.State != "" && d.State != q.State && !(q.State == store.Dead && d.State == store.Partial) {
			continue
		}
		out = append(out, d.DeliveryRow)
	}
	return out, nil
}

// Inbox implements store.Store.
func (s *Store) Inbox(ctx context.Context, to string, before int64, limit int) ([]store.Kept, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	changed := map[string]int64{} // by id there: the newest part that changed it
	for _, d := range s.deliveries {
		for _, p := range d.parts {
			if d.To == to && !p.Sent.IsZero() && p.Ref != "" {
				changed[p.Ref] = max(changed[p.Ref], p.id)
			}
		}
	}
	out := []store.Kept{}
	for _, d := range s.deliveries {
		for _, p := range d.parts {
			if d.To == to && !p.Sent.IsZero() && p.Op != store.Delete && (before == 0 || p.id < before) && changed[cmp.Or(p.Ref, p.Remote)] <= p.id {
				out = append(out, store.Kept{
					ID: p.id, Event: d.Event, At: p.Sent, Format: p.Format,
					Payload: bytesOf(p.Payload), Delivery: d.ID,
				})
			}
		}
	}
	slices.SortFunc(out, func(a, b store.Kept) int { return cmp.Compare(b.ID, a.ID) })
	return out[:min(len(out), store.Page(limit))], nil
}

// Lanes implements store.Store.
func (s *Store) Lanes(ctx context.Context) ([]store.LaneRow, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	out := []store.LaneRow{}
	for _, l := range s.lanes {
		r := store.LaneRow{Name: l.Name, Gate: l.Gate}
		if l.Until.After(time.Now()) {
			r.Owner = l.owner
		}
		if list := s.pending(l.Name); len(list) > 0 {
			r.Backlog, r.Oldest = len(list), list[0].Born
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b store.LaneRow) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}
