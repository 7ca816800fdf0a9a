package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"dragoman/gateway/store"
)

// Purge implements store.Store.
func (s *Store) Purge(ctx context.Context, bodies, history time.Time, limit int) (int, error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	done := 0
	gone := map[*event]bool{}
	for _, e := range s.events {
		if done >= limit {
			break
		}
		if e.Op != store.Post {
			continue // it goes with its message
		}
		family := s.family(e)
		all := func(f func(e *event) bool) bool {
			return !slices.ContainsFunc(family, func(e *event) bool { return !f(e) })
		}
		if !all((*event).unwanted) {
			continue
		}
		switch {
		case all(func(e *event) bool { return e.At.Before(history) }):
			for _, e := range family {
				gone[e] = true
			}
		case all(func(e *event) bool { return e.At.Before(bodies) }) && !all(func(e *event) bool { return e.purged }):
			for _, e := range family {
				e.strip()
			}
		default:
			continue
		}
		done++
	}
	s.forget(gone)
	now := time.Now()
	maps.DeleteFunc(s.claims, func(_ string, c claim) bool { return !c.until.After(now) })
	maps.DeleteFunc(s.entries, func(_ entryKey, e store.Entry) bool { return expired(e, now) })
	return done, nil
}

// family is a message and its edits.
func (s *Store) family(root *event) []*event {
	list := []*event{root}
	for _, e := range s.events {
		if e.Op != store.Post && e.Message == root.ID {
			list = append(list, e)
		}
	}
	return list
}

func (e *event) unwanted() bool {
	return !slices.ContainsFunc(e.work, func(d *delivery) bool { return d.State.Kept() })
}

func (e *event) strip() {
	e.purged, e.Body, e.Files, e.files = true, nil, nil, nil
	for _, d := range e.work {
		d.parts = nil
	}
}

func (s *Store) forget(gone map[*event]bool) {
	s.events = slices.DeleteFunc(s.events, func(e *event) bool { return gone[e] })
	s.deliveries = slices.DeleteFunc(s.deliveries, func(d *delivery) bool { return gone[d.event] })
	for key, seen := range s.seen {
		if gone[seen.event] {
			if !seen.event.came() {
				delete(s.seen, key) // a repeat would be stored anew, so there is nothing to know
				continue
			}
			seen.event = nil
		}
		if seen.event == nil && time.Since(seen.at) > store.SeenFor {
			delete(s.seen, key)
		}
	}
}
