package postgres

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// waitingLanes finds each lane with pending deliveries by one step in the index,
// however many there are in it.
const waitingLanes = `RECURSIVE waiting (lane) AS (
	(SELECT lane FROM delivery WHERE state = 'pending' ORDER BY lane LIMIT 1) UNION ALL
	SELECT (SELECT lane FROM delivery WHERE state = 'pending' AND lane > w.lane ORDER BY lane LIMIT 1) FROM waiting w WHERE w.lane IS NOT NULL)`

// countQuery counts them, and those of them that an owner holds.
const countQuery = "WITH " + waitingLanes + ` SELECT count(*), count(*) FILTER (WHERE l.owner = $1 AND l.until > micros())
	FROM waiting w JOIN lane l ON l.id = w.lane`

// All lanes of a grant have one end.
const leaseQuery = "WITH " + waitingLanes + `, clock AS MATERIALIZED (SELECT micros() AS now), free AS MATERIALIZED (
		SELECT id FROM lane WHERE id IN (SELECT lane FROM waiting) AND until <= (SELECT now FROM clock)
		ORDER BY until, name LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
	UPDATE lane SET owner = $1, epoch = epoch + 1, until = (SELECT now FROM clock) + $2 WHERE id IN (SELECT id FROM free)
	RETURNING name, epoch, until, gate, rev`

// Lease implements store.Store.
func (s *Store) Lease(ctx context.Context, owner string, want int, term time.Duration) (out []store.Lane, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if want <= 0 {
		return nil, nil
	}
	s.owners.Lock()
	s.owners.names[owner] = true
	s.owners.Unlock()
	err = s.write(ctx, func(tx pgx.Tx) error {
		var owners, waiting, held int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM owner WHERE until > micros() AND name <> $1", text(owner)).Scan(&owners); err != nil {
			return err
		}
		if owners++; owners > 1 {
			if err := tx.QueryRow(ctx, countQuery, text(owner)).Scan(&waiting, &held); err != nil {
				return err
			}
		}
		out, err = granted(tx.Query(ctx, leaseQuery, text(owner), term.Microseconds(), store.Share(want, waiting, held, owners)))
		return err
	})
	return out, err
}

// granted reads lanes, and sorts them by name.
func granted(rows pgx.Rows, err error) (out []store.Lane, _ error) {
	if err != nil {
		return nil, err
	}
	err = each(rows, func(rows pgx.Rows) (err error) {
		var l store.Lane
		var until int64
		var gate string
		if err := rows.Scan(str(&l.Name), &l.Epoch, &until, str(&gate), &l.Rev); err != nil {
			return err
		}
		l.Until = column.Time(until)
		l.Gate, err = column.DecodeGate(gate)
		out = append(out, l)
		return err
	})
	slices.SortFunc(out, func(a, b store.Lane) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}

// Renew implements store.Store.
func (s *Store) Renew(ctx context.Context, owner string, term time.Duration) (out []store.Lane, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	err = s.write(ctx, func(tx pgx.Tx) (err error) {
		out, err = granted(tx.Query(ctx, `WITH mine AS MATERIALIZED (SELECT id FROM lane WHERE owner = $1 AND owner <> '' ORDER BY id FOR NO KEY UPDATE)
			UPDATE lane SET until = (SELECT micros()) + $2 WHERE id IN (SELECT id FROM mine) RETURNING name, epoch, until, gate, rev`,
			text(owner), term.Microseconds()))
		return err
	})
	return out, err
}

// Release implements store.Store.
func (s *Store) Release(ctx context.Context, lanes []store.Lane) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	var names []string
	var epochs []int64
	for _, l := range lanes {
		names, epochs = append(names, text(l.Name)), append(epochs, l.Epoch)
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `WITH mine AS MATERIALIZED (
				SELECT l.id FROM lane l JOIN unnest($1::text[], $2::bigint[]) AS t (name, epoch) ON l.name = t.name AND l.epoch = t.epoch
				WHERE l.owner <> '' ORDER BY l.id FOR NO KEY UPDATE OF l)
			UPDATE lane SET owner = '', until = 0 WHERE id IN (SELECT id FROM mine)`, names, epochs)
		return err
	})
}

// resign gives back what this process holds.
func (s *Store) resign(ctx context.Context) error {
	s.owners.Lock()
	names := texts(slices.Sorted(maps.Keys(s.owners.names)))
	s.owners.Unlock()
	if len(names) == 0 {
		return nil
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `WITH mine AS MATERIALIZED (SELECT id FROM lane WHERE owner = ANY($1) ORDER BY id FOR NO KEY UPDATE)
			UPDATE lane SET owner = '', until = 0 WHERE id IN (SELECT id FROM mine)`, names)
		if err == nil {
			_, err = tx.Exec(ctx, "DELETE FROM owner WHERE name = ANY($1)", names)
		}
		return err
	})
}

// SetGate implements store.Store.
func (s *Store) SetGate(ctx context.Context, lane string, g store.Gate) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	gate, err := column.EncodeGate(g)
	if err != nil {
		return err
	}
	id, err := s.lane(ctx, lane)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE lane SET gate = $1, rev = rev + 1 WHERE id = $2", text(gate), id)
		return err
	})
}

// Alive implements store.Store.
func (s *Store) Alive(ctx context.Context, owner string, term time.Duration) (p store.Peers, err error) {
	if err := s.enter(ctx); err != nil {
		return p, err
	}
	defer s.leave()
	s.owners.Lock()
	s.owners.names[owner] = true
	s.owners.Unlock()
	err = s.write(ctx, func(tx pgx.Tx) error {
		var n, waiting, held int
		b := &pgx.Batch{}
		b.Queue("INSERT INTO owner (name, until) VALUES ($1, micros() + $2) ON CONFLICT (name) DO UPDATE SET until = excluded.until",
			text(owner), term.Microseconds())
		b.Queue("DELETE FROM owner WHERE name IN (SELECT name FROM owner WHERE until <= micros() AND name <> $1 FOR UPDATE SKIP LOCKED)", text(owner))
		b.Queue("SELECT count(*) FROM owner WHERE until > micros() OR name = $1", text(owner)).
			QueryRow(func(r pgx.Row) error { return r.Scan(&n) })
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		if n > 1 {
			if err := tx.QueryRow(ctx, countQuery, text(owner)).Scan(&waiting, &held); err != nil {
				return err
			}
		}
		p = store.CountPeers(waiting, held, n)
		return nil
	})
	return p, err
}
