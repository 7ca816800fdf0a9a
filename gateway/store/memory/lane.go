package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"dragoman/gateway/store"
)

// Lease implements store.Store. Of the lanes that are free, those go first whose
// last lease ended first.
func (s *Store) Lease(ctx context.Context, owner string, want int, term time.Duration) ([]store.Lane, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	now := time.Now()
	all, held, free := s.waiting(owner)
	slices.SortFunc(free, func(a, b *lane) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Name, b.Name))
	})
	var out []store.Lane
	for _, l := range free[:min(store.Share(want, all, held, s.owners(owner)), len(free))] {
		l.owner, l.Until = owner, micros(now.Add(term))
		l.Epoch++
		out = append(out, l.Lane)
	}
	return out, nil
}

// waiting counts the lanes with pending deliveries, and those of them that owner
// holds, and gives those that nobody holds.
func (s *Store) waiting(owner string) (all, held int, free []*lane) {
	now := time.Now()
	waits := map[string]bool{}
	for _, d := range s.deliveries {
		waits[d.Lane] = waits[d.Lane] || d.State == store.Pending
	}
	for _, l := range s.lanes {
		switch {
		case !waits[l.Name]:
			continue
		case l.owner == "" || !l.Until.After(now):
			free = append(free, l)
		case l.owner == owner:
			held++
		}
		all++
	}
	return all, held, free
}

// Alive implements store.Store.
func (s *Store) Alive(ctx context.Context, owner string, term time.Duration) (store.Peers, error) {
	if err := s.begin(ctx); err != nil {
		return store.Peers{}, err
	}
	defer s.mu.Unlock()
	s.alive[owner] = time.Now().Add(term)
	all, held, _ := s.waiting(owner)
	return store.CountPeers(all, held, s.owners(owner)), nil
}

// Call implements store.Caller.
func (s *Store) Call(ctx context.Context, owner string, c store.Call) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for l := range s.listeners {
		if l.owner != owner {
			c.Lanes = slices.Clone(c.Lanes)
			go l.heard(c)
		}
	}
	return nil
}

// Listen implements store.Caller.
func (s *Store) Listen(ctx context.Context, owner string, heard func(store.Call)) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	l := &listener{owner, heard}
	s.listeners[l] = true
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
	return ctx.Err()
}

// owners is how many are alive, with owner, who asks.
func (s *Store) owners(owner string) int {
	now := time.Now()
	maps.DeleteFunc(s.alive, func(_ string, until time.Time) bool { return !until.After(now) })
	if _, known := s.alive[owner]; known {
		return len(s.alive)
	}
	return len(s.alive) + 1
}

// Renew implements store.Store.
func (s *Store) Renew(ctx context.Context, owner string, term time.Duration) ([]store.Lane, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var out []store.Lane
	for _, l := range s.lanes {
		if owner != "" && l.owner == owner {
			l.Until = micros(time.Now().Add(term))
			out = append(out, l.Lane)
		}
	}
	slices.SortFunc(out, func(a, b store.Lane) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Release implements store.Store.
func (s *Store) Release(ctx context.Context, lanes []store.Lane) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for _, given := range lanes {
		if l := s.lanes[given.Name]; l != nil && l.owner != "" && l.Epoch == given.Epoch {
			l.owner, l.Until = "", time.Time{}
		}
	}
	return nil
}

// SetGate implements store.Store.
func (s *Store) SetGate(ctx context.Context, name string, g store.Gate) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	l := s.lane(name)
	l.Gate = gate(g)
	l.Rev++
	return nil
}

func gate(g store.Gate) store.Gate {
	g.Until = micros(g.Until)
	return g
}

// Heads implements store.Store.
func (s *Store) Heads(ctx context.Context, lane string, most int) ([]store.Delivery, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	list := s.pending(lane)
	var out []store.Delivery
	for _, d := range list[:max(0, min(most, len(list)))] {
		e := d.event.Event
		e.Header = header(e.Header)
		if e.Body != nil {
			e.Body = bytesOf(e.Body)
		}
		e.Files = slices.Clone(e.Files)
		out = append(out, store.Delivery{
			ID: d.ID, Op: d.Op, Message: d.event.root(), Lane: d.Lane, Route: d.Route, To: d.To, Plan: bytesOf(d.plan),
			State: d.State, Tries: d.Tries, Rung: d.rung, Born: d.Born,
			Parts: d.partList(), Event: e,
		})
	}
	return out, nil
}

// Finish implements store.Store. It looks at everything before it changes
// anything.
func (s *Store) Finish(ctx context.Context, out []store.Outcome) error {
	for i := range out {
		if err := out[i].Check(); err != nil {
			return err
		}
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for i := range out {
		if err := s.fence(&out[i]); err != nil {
			return err
		}
	}
	for i := range out {
		s.record(&out[i])
	}
	return nil
}

func (s *Store) fence(o *store.Outcome) error {
	l := s.lanes[o.Lane.Name]
	if l == nil || l.owner == "" || l.Epoch != o.Lane.Epoch {
		return fmt.Errorf("%w: lane %q", store.ErrLost, o.Lane.Name)
	}
	if o.Delivery == 0 {
		return nil
	}
	d, err := s.find(o.Delivery)
	if err != nil {
		return err
	}
	if d.Lane != o.Lane.Name {
		return fmt.Errorf("%w: delivery %d in lane %q", store.ErrNotFound, d.ID, o.Lane.Name)
	}
	for _, sent := range o.Sent {
		there := slices.ContainsFunc(o.Freeze, func(p store.Part) bool { return p.N == sent.N })
		if o.Freeze == nil {
			there = slices.ContainsFunc(d.parts, func(p part) bool { return p.N == sent.N })
		}
		if !there {
			return fmt.Errorf("%w: part %d of delivery %d", store.ErrNotFound, sent.N, d.ID)
		}
	}
	return nil
}

func (s *Store) record(o *store.Outcome) {
	if l := s.lanes[o.Lane.Name]; l.Rev == o.Lane.Rev {
		l.Gate = gate(o.Lane.Gate)
	}
	s.put(o.Entries)
	if o.Delivery == 0 {
		return
	}
	d, _ := s.find(o.Delivery) // fence has found it
	d.enter(o.State, o.Reason)
	d.Tries, d.rung = o.Tries, o.Rung
	if o.Freeze != nil {
		d.parts = nil
		for _, p := range o.Freeze {
			s.lastPart++
			p.Payload, p.Sent = bytesOf(p.Payload), micros(p.Sent)
			kept := part{p, s.lastPart, map[int][]byte{}}
			kept.Files, kept.Made = slices.Clone(p.Files), nil
			for _, f := range p.Made {
				kept.made[len(kept.Files)] = bytesOf(f.Data)
				kept.Files = append(kept.Files, f.Listed())
			}
			store.Ref{Part: true, ID: s.lastPart}.Fill(kept.Files)
			d.parts = append(d.parts, kept)
		}
		slices.SortFunc(d.parts, func(a, b part) int { return a.N - b.N })
	}
	for _, sent := range o.Sent {
		for i := range d.parts {
			if p := &d.parts[i]; p.N == sent.N {
				p.Remote, p.Sent = sent.Remote, micros(sent.Sent)
			}
		}
	}
	for _, a := range o.Attempts {
		a.At = micros(a.At)
		d.attempts = append(d.attempts, a)
	}
	if o.Notes != nil {
		d.notes = slices.Clone(o.Notes)
	}
}

func (d *delivery) partList() (out []store.Part) {
	for _, p := range d.parts {
		p.Payload, p.Files = bytesOf(p.Payload), slices.Clone(p.Files)
		out = append(out, p.Part)
	}
	return out
}
