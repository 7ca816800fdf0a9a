package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dragoman/gateway/store"
)

// event is nil when there is none.
func (s *Store) event(id int64) *event {
	i, ok := slices.BinarySearchFunc(s.events, id, func(e *event, id int64) int { return cmp.Compare(e.ID, id) })
	if !ok {
		return nil
	}
	return s.events[i]
}

// posted is the event that posted a message, or nil.
func (s *Store) posted(id int64) *event {
	if e := s.event(id); e != nil && e.Op == store.Post {
		return e
	}
	return nil
}

// root is the event that posted the message which e is about.
func (e *event) root() int64 {
	if e.Op == store.Post {
		return e.ID
	}
	return e.Message
}

// Message implements store.Store.
func (s *Store) Message(ctx context.Context, source string, handle int64) (store.Message, error) {
	if err := s.begin(ctx); err != nil {
		return store.Message{}, err
	}
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.events, func(e *event) bool {
		return e.Op == store.Post && e.Source == source && e.Handle == handle
	})
	if i < 0 {
		return store.Message{}, fmt.Errorf("%w: message %d", store.ErrNotFound, handle)
	}
	root := s.events[i]
	m := store.Message{ID: root.ID, Handle: handle, At: root.At, Message: root.Message, Thread: root.Thread}
	latest := root
	var work []*delivery
	for _, e := range s.family(root) {
		switch e.Op {
		case store.Post:
		case store.Edit:
			latest, m.Edited = e, e.At
		case store.Delete:
			m.Deleted = true
		}
		work = append(work, e.work...)
	}
	m.Latest, m.Dialect, m.Event, m.Files = latest.ID, latest.Dialect, latest.Event.Event, slices.Clone(latest.Files)
	if !latest.purged {
		m.Body = bytesOf(latest.Body)
	}
	slices.SortFunc(work, func(a, b *delivery) int { return cmp.Compare(a.ID, b.ID) })
	for i, d := range work {
		newer := func(o *delivery) bool { return o.Route == d.Route && o.To == d.To }
		if !slices.ContainsFunc(work[i+1:], newer) {
			m.Work, m.Plan = append(m.Work, d.DeliveryRow), append(m.Plan, bytesOf(d.plan))
		}
	}
	return m, nil
}

// Add implements store.Store.
func (s *Store) Add(ctx context.Context, add []store.Addition) ([]int64, error) {
	for i := range add {
		if err := add[i].Check(); err != nil {
			return nil, err
		}
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	for _, a := range add {
		e := s.event(a.Event)
		if e == nil || a.Message != 0 && a.Message != e.root() || e.purged && a.Op != store.Delete {
			return nil, fmt.Errorf("%w: event %d of message %d", store.ErrNotFound, a.Event, a.Message)
		}
		if _, err := s.find(a.Of); a.Of != 0 && err != nil {
			return nil, err
		}
	}
	ids := []int64{}
	for i := range add {
		a := &add[i]
		if old, err := s.find(a.Of); err == nil && (old.State == store.Dead || old.State == store.Partial) {
			old.enter(store.Cancelled, "replayed")
		}
		d := s.deliver(s.event(a.Event), &a.NewDelivery, store.DeliveryRow{Op: a.Op, Of: a.Of, Born: micros(time.Now())})
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// File implements store.Store.
func (s *Store) File(ctx context.Context, name string) ([]byte, error) {
	ref, err := store.ParseRef(name)
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if e := s.event(ref.ID); !ref.Part && e != nil && 0 <= ref.N && ref.N < len(e.files) {
		return bytesOf(e.files[ref.N]), nil
	}
	for _, d := range s.deliveries {
		for _, p := range d.parts {
			if data, ok := p.made[ref.N]; ok && ref.Part && p.id == ref.ID {
				return bytesOf(data), nil
			}
		}
	}
	return nil, fmt.Errorf("%w: file %s", store.ErrNotFound, ref)
}
