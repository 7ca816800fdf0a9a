package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// Entries implements store.Store.
func (s *Store) Entries(ctx context.Context, space string, keys ...string) ([]store.Entry, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	query, args := "SELECT coalesce(whole, key), value, until FROM entry WHERE space = $1 AND (until = 0 OR until > micros())", []any{text(space)}
	if len(keys) > 0 {
		stored := make([]string, len(keys))
		for i, k := range keys {
			stored[i] = indexed(k)
		}
		query, args = query+" AND key = ANY($2)", append(args, stored)
	}
	out := []store.Entry{}
	err := s.rows(ctx, func(rows pgx.Rows) error {
		e := store.Entry{Space: space}
		var until int64
		err := rows.Scan(str(&e.Key), &e.Value, &until)
		e.Until = column.Time(until)
		out = append(out, e)
		return err
	}, query, args...)
	slices.SortFunc(out, func(a, b store.Entry) int { return cmp.Compare(a.Key, b.Key) })
	return out, err
}

// rows calls f for each row of a query.
func (s *Store) rows(ctx context.Context, f func(rows pgx.Rows) error, query string, args ...any) error {
	return clean(rowsOf(ctx, s.read, f, query, args...))
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

func rowsOf(ctx context.Context, q querier, f func(rows pgx.Rows) error, query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	return each(rows, f)
}

func each(rows pgx.Rows, f func(rows pgx.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, entries []store.Entry) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	set := entrySet{}
	set.add(entries)
	return s.write(ctx, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		set.queue(b)
		return tx.SendBatch(ctx, b).Close()
	})
}

// entrySet has the last entry of each space and key.
type entrySet map[[2]string]store.Entry

func (set entrySet) add(list []store.Entry) {
	for _, e := range list {
		set[[2]string{e.Space, e.Key}] = e
	}
}

// queue writes the entries in their order, so that two transactions which write
// the same ones do not wait for each other.
func (set entrySet) queue(b *pgx.Batch) {
	list := make([]store.Entry, 0, len(set))
	for _, e := range set {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b store.Entry) int {
		return cmp.Or(cmp.Compare(a.Space, b.Space), cmp.Compare(indexed(a.Key), indexed(b.Key)))
	})
	for _, e := range list {
		if len(e.Value) == 0 {
			b.Queue("DELETE FROM entry WHERE space = $1 AND key = $2", text(e.Space), indexed(e.Key))
			continue
		}
		b.Queue(`INSERT INTO entry (space, key, whole, value, until) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, until = excluded.until`,
			text(e.Space), indexed(e.Key), whole(e.Key), e.Value, column.Micros(e.Until))
	}
}

// whole is a key that is too long for an index, or nil.
func whole(key string) any {
	if stored := text(key); stored != indexed(key) {
		return stored
	}
	return nil
}

// probeBytes make the table or its log grow by some pages.
const probeBytes = 32 << 10

// Probe implements store.Store.
func (s *Store) Probe(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for _, query := range []string{"INSERT INTO probe SELECT decode(repeat('00', $1), 'hex')", "DELETE FROM probe WHERE $1 > 0"} {
		if _, err := s.pool.Exec(ctx, query, probeBytes); err != nil {
			return clean(err)
		}
	}
	return nil
}
