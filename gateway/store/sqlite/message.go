package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// The newest delivery by each route to each destination, of a message or of a
// change of it.
const workQuery = " WHERE d.id IN (SELECT max(d.id) FROM delivery d JOIN plan p ON p.id = d.plan" +
	" WHERE d.event IN (SELECT ? UNION ALL SELECT id FROM event WHERE message = ? AND op <> '')" +
	" GROUP BY p.route, p.dest) ORDER BY d.id"

// Message implements store.Store.
func (s *Store) Message(ctx context.Context, source string, handle int64) (m store.Message, err error) {
	err = s.view(ctx, func(tx *sql.Tx) error {
		var at int64
		err := tx.QueryRowContext(ctx, "SELECT id, at, message, thread FROM event WHERE source = ? AND handle = ? AND op = ''",
			source, handle).Scan(&m.ID, &at, &m.Message, &m.Thread)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: message %d", store.ErrNotFound, handle)
		}
		if err != nil {
			return err
		}
		m.Handle, m.At = handle, column.Time(at)
		var edit sql.NullInt64
		err = tx.QueryRowContext(ctx, `SELECT max(iif(op = 'edit', id, NULL)), count(iif(op = 'delete', 1, NULL)) > 0
			FROM event WHERE message = ? AND op <> ''`, m.ID).Scan(&edit, &m.Deleted)
		if err != nil {
			return err
		}
		if m.Latest = m.ID; edit.Valid {
			m.Latest = edit.Int64
		}
		if err := readLatest(ctx, tx, &m); err != nil {
			return err
		}
		return readWork(ctx, tx, &m)
	})
	if err != nil {
		return store.Message{}, err
	}
	return m, nil
}

// readLatest reads what is in the event whose body is the message's.
func readLatest(ctx context.Context, tx *sql.Tx, m *store.Message) error {
	var at int64
	var packed, purged bool
	var files, body []byte
	err := tx.QueryRowContext(ctx, "SELECT dialect, name, at, files, packed, body IS NULL, body FROM event WHERE id = ?", m.Latest).
		Scan(&m.Dialect, &m.Event, &at, &files, &packed, &purged, &body)
	if err != nil {
		return err
	}
	if m.Latest != m.ID {
		m.Edited = column.Time(at)
	}
	if m.Files, err = column.DecodeFiles(files, store.Ref{ID: m.Latest}); err != nil || purged {
		return err
	}
	m.Body, err = store.Unpack(body, packed)
	return err
}

func readWork(ctx context.Context, tx *sql.Tx, m *store.Message) error {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(deliverySelect, ", p.body", "")+workQuery, m.ID, m.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var plan []byte
		d, err := scanDelivery(rows, &plan)
		if err != nil {
			return err
		}
		m.Work, m.Plan = append(m.Work, d), append(m.Plan, plan)
	}
	return rows.Err()
}

// checkMessages errs when there is not what an edit is of.
func (w *writer) checkMessages(in []store.Incoming) error {
	for i := range in {
		if in[i].Op == store.Post {
			continue
		}
		var one int
		found, err := w.get("SELECT 1 FROM event WHERE id = ? AND op = ''", []any{in[i].Message}, &one)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("%w: message %d", store.ErrNotFound, in[i].Message)
		}
	}
	return nil
}

// Add implements store.Store.
func (s *Store) Add(ctx context.Context, add []store.Addition) ([]int64, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	hashes := make([][32]byte, len(add))
	for i := range add {
		if err := add[i].Check(); err != nil {
			return nil, err
		}
		hashes[i] = column.PlanHash(&add[i].NewDelivery)
	}
	ids := make([]int64, len(add))
	j := &job{
		check: func(w *writer) error {
			for i := range add {
				if err := w.checkAddition(&add[i]); err != nil {
					return err
				}
			}
			return nil
		},
		write: func(w *writer) (err error) {
			now := time.Now().UnixMicro()
			for i := range add {
				a := &add[i]
				if a.Of != 0 {
					if err := w.exec(`UPDATE delivery SET state = 'cancelled', reason = 'replayed', ended = ?
						WHERE id = ? AND state IN ('dead', 'partial')`, now, a.Of); err != nil {
						return err
					}
				}
				d := delivery{NewDelivery: &a.NewDelivery, hash: hashes[i], event: a.Event, op: a.Op, of: a.Of, related: true, born: now}
				if ids[i], err = w.deliver(&d); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if err := s.writer.do(ctx, j); err != nil {
		return nil, err
	}
	return ids, nil
}

func (w *writer) checkAddition(a *store.Addition) error {
	var purged, replayed bool
	var message int64
	found, err := w.get(`SELECT iif(op = '', id, message), body IS NULL,
		? = 0 OR EXISTS (SELECT 1 FROM delivery WHERE id = ?) FROM event WHERE id = ?`,
		[]any{a.Of, a.Of, a.Event}, &message, &purged, &replayed)
	switch {
	case err != nil:
		return err
	case !found || a.Message != 0 && a.Message != message || purged && a.Op != store.Delete:
		return fmt.Errorf("%w: event %d of message %d", store.ErrNotFound, a.Event, a.Message)
	case !replayed:
		return fmt.Errorf("%w: delivery %d", store.ErrNotFound, a.Of)
	}
	return nil
}
