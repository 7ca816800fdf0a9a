package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"dragoman/gateway/store"
)

// Entries implements store.Store.
func (s *Store) Entries(ctx context.Context, space string, keys ...string) ([]store.Entry, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	now := time.Now()
	out := []store.Entry{}
	for at, e := range s.entries {
		if at.space == space && !expired(e, now) && (len(keys) == 0 || slices.Contains(keys, at.key)) {
			e.Value = bytesOf(e.Value)
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b store.Entry) int { return cmp.Compare(a.Key, b.Key) })
	return out, nil
}

func expired(e store.Entry, now time.Time) bool { return !e.Until.IsZero() && !e.Until.After(now) }

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, entries []store.Entry) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.put(entries)
	return nil
}

func (s *Store) put(entries []store.Entry) {
	for _, e := range entries {
		at := entryKey{e.Space, e.Key}
		if len(e.Value) == 0 {
			delete(s.entries, at)
			continue
		}
		e.Value, e.Until = bytesOf(e.Value), micros(e.Until)
		s.entries[at] = e
	}
}

// Probe implements store.Store.
func (s *Store) Probe(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	s.mu.Unlock()
	return nil
}
