package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// Entries implements store.Store.
func (s *Store) Entries(ctx context.Context, space string, keys ...string) ([]store.Entry, error) {
	query, args := "SELECT key, value, until FROM entry WHERE space = ? AND (until = 0 OR until > ?)", []any{space, time.Now().UnixMicro()}
	if len(keys) > 0 {
		query += " AND key IN (?" + strings.Repeat(", ?", len(keys)-1) + ")"
		for _, k := range keys {
			args = append(args, k)
		}
	}
	out := []store.Entry{}
	err := s.view(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query+" ORDER BY key", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			e := store.Entry{Space: space}
			var until int64
			if err := rows.Scan(&e.Key, &e.Value, &until); err != nil {
				return err
			}
			e.Until = column.Time(until)
			out = append(out, e)
		}
		return rows.Err()
	})
	return out, err
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, entries []store.Entry) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	return s.writer.do(ctx, &job{write: func(w *writer) error { return w.put(entries) }})
}

func (w *writer) put(entries []store.Entry) error {
	for _, e := range entries {
		var err error
		if len(e.Value) == 0 {
			err = w.exec("DELETE FROM entry WHERE space = ? AND key = ?", e.Space, e.Key)
		} else {
			err = w.exec(`INSERT INTO entry (space, key, value, until) VALUES (?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET value = excluded.value, until = excluded.until`, e.Space, e.Key, e.Value, column.Micros(e.Until))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// probeBytes make the file or its log grow by some pages.
const probeBytes = 32 << 10

// Probe implements store.Store. The bytes are forgotten in a transaction of their
// own, else SQLite would not write them at all.
func (s *Store) Probe(ctx context.Context) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	err := s.writer.do(ctx, &job{write: func(w *writer) error {
		return w.exec("INSERT INTO probe (data) VALUES (zeroblob(?))", probeBytes)
	}})
	if err != nil {
		return err
	}
	return s.writer.do(ctx, &job{write: func(w *writer) error { return w.exec("DELETE FROM probe") }})
}
