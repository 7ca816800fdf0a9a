package sqlite

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// Lease implements store.Store.
func (s *Store) Lease(ctx context.Context, owner string, want int, term time.Duration) ([]store.Lane, error) {
	return s.leases(ctx, func(w *writer) ([]store.Lane, error) {
		if err := w.flush(); err != nil { // the counts of this group
			return nil, err
		}
		now := time.Now()
		if n := s.owners.count(owner, now); n > 1 {
			waiting, held, err := w.waiting(owner, now)
			if err != nil {
				return nil, err
			}
			want = store.Share(want, waiting, held, n)
		}
		return w.grant(leaseQuery, owner, now.Add(term).UnixMicro(), now.UnixMicro(), max(0, want))
	})
}

// waiting counts the lanes with pending deliveries, and those of them that owner
// holds.
func (w *writer) waiting(owner string, now time.Time) (all, held int, err error) {
	_, err = w.get("SELECT count(*), ifnull(sum(owner = ? AND until > ?), 0) FROM lane WHERE pending > 0",
		[]any{owner, now.UnixMicro()}, &all, &held)
	return all, held, err
}

const leaseQuery = `UPDATE lane SET owner = ?, epoch = epoch + 1, until = ?
	WHERE id IN (SELECT id FROM lane WHERE pending > 0 AND until <= ? ORDER BY until, name LIMIT ?)
	RETURNING name, epoch, until, gate, rev`

// owners are those who are alive. They need no table: all of them are in this
// process.
type owners struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// count is how many are alive, with owner, who asks.
func (o *owners) count(owner string, now time.Time) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.until, func(_ string, until time.Time) bool { return !until.After(now) })
	if _, known := o.until[owner]; known {
		return len(o.until)
	}
	return len(o.until) + 1
}

// Alive implements store.Store.
func (s *Store) Alive(ctx context.Context, owner string, term time.Duration) (store.Peers, error) {
	if err := s.enter(); err != nil {
		return store.Peers{}, err
	}
	defer s.leave()
	if err := ctx.Err(); err != nil {
		return store.Peers{}, err
	}
	now := time.Now()
	s.owners.mu.Lock()
	s.owners.until[owner] = now.Add(term)
	s.owners.mu.Unlock()
	n := s.owners.count(owner, now)
	if n == 1 {
		return store.Peers{Owners: 1}, nil
	}
	var all, held int
	err := s.writer.do(ctx, &job{write: func(w *writer) (err error) {
		if err = w.flush(); err == nil {
			all, held, err = w.waiting(owner, now)
		}
		return err
	}})
	return store.CountPeers(all, held, n), err
}

// Renew implements store.Store.
func (s *Store) Renew(ctx context.Context, owner string, term time.Duration) ([]store.Lane, error) {
	return s.leases(ctx, func(w *writer) ([]store.Lane, error) {
		return w.grant(`UPDATE lane SET until = ? WHERE owner = ? AND owner <> '' RETURNING name, epoch, until, gate, rev`,
			time.Now().Add(term).UnixMicro(), owner)
	})
}

func (s *Store) leases(ctx context.Context, grant func(w *writer) ([]store.Lane, error)) ([]store.Lane, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	var out []store.Lane
	err := s.writer.do(ctx, &job{write: func(w *writer) (err error) {
		out, err = grant(w)
		return err
	}})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// grant runs a query which returns lanes, and sorts them by name.
func (w *writer) grant(query string, args ...any) ([]store.Lane, error) {
	s, err := w.statement(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Lane
	for rows.Next() {
		var l store.Lane
		var until int64
		var gate string
		if err := rows.Scan(&l.Name, &l.Epoch, &until, &gate, &l.Rev); err != nil {
			return nil, err
		}
		l.Until = column.Time(until)
		if l.Gate, err = column.DecodeGate(gate); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b store.Lane) int { return cmp.Compare(a.Name, b.Name) })
	return out, rows.Err()
}

// Release implements store.Store.
func (s *Store) Release(ctx context.Context, lanes []store.Lane) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	return s.writer.do(ctx, &job{write: func(w *writer) error {
		for _, l := range lanes {
			if err := w.exec("UPDATE lane SET owner = '', until = 0 WHERE name = ? AND epoch = ? AND owner <> ''", l.Name, l.Epoch); err != nil {
				return err
			}
		}
		return nil
	}})
}

// SetGate implements store.Store.
func (s *Store) SetGate(ctx context.Context, lane string, g store.Gate) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	gate, err := column.EncodeGate(g)
	if err != nil {
		return err
	}
	return s.writer.do(ctx, &job{write: func(w *writer) error {
		id, err := w.lane(lane)
		if err != nil {
			return err
		}
		return w.exec("UPDATE lane SET gate = ?, rev = rev + 1 WHERE id = ?", gate, id)
	}})
}
