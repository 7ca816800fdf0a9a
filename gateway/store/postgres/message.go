package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// missing makes ErrNotFound of there being no row.
func missing(err error, what string, id any) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: %s %v", store.ErrNotFound, what, id)
	}
	return clean(err)
}

// view runs f on one state of the database.
func (s *Store) view(ctx context.Context, f func(tx pgx.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return clean(pgx.BeginTxFunc(ctx, s.read, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, f))
}

// The newest delivery by each route to each destination, of a message or of a
// change of it.
const workQuery = ` WHERE d.id IN (SELECT max(d.id) FROM delivery d JOIN plan p ON p.id = d.plan
	WHERE d.event IN (SELECT $1::bigint UNION ALL SELECT id FROM event WHERE message = $1 AND op <> '')
	GROUP BY p.route, p.dest) ORDER BY d.id`

// Message implements store.Store.
func (s *Store) Message(ctx context.Context, source string, handle int64) (m store.Message, err error) {
	err = s.view(ctx, func(tx pgx.Tx) error {
		var at, edited int64
		var packed bool
		var files, body []byte
		err := tx.QueryRow(ctx, "SELECT id, at, message, thread FROM event WHERE source = $1 AND handle = $2 AND op = ''",
			text(source), handle).Scan(&m.ID, &at, &m.Message, str(&m.Thread))
		if err != nil {
			return missing(err, "message", handle)
		}
		m.Handle, m.At = handle, column.Time(at)
		err = tx.QueryRow(ctx, `SELECT coalesce(max(id) FILTER (WHERE op = 'edit'), $1), count(*) FILTER (WHERE op = 'delete') > 0
			FROM event WHERE message = $1 AND op <> ''`, m.ID).Scan(&m.Latest, &m.Deleted)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, "SELECT dialect, name, at, files, packed, body FROM event WHERE id = $1", m.Latest).
			Scan(str(&m.Dialect), str(&m.Event), &edited, &files, &packed, &body)
		if err != nil {
			return err
		}
		if m.Latest != m.ID {
			m.Edited = column.Time(edited)
		}
		if m.Files, err = column.DecodeFiles(files, store.Ref{ID: m.Latest}); err != nil {
			return err
		}
		if m.Body, err = unpack(body, packed); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, fmt.Sprintf(deliverySelect, ", p.body")+workQuery, m.ID)
		if err != nil {
			return err
		}
		return each(rows, func(rows pgx.Rows) error {
			var plan []byte
			d, err := scanDelivery(rows, &plan)
			m.Work, m.Plan = append(m.Work, d), append(m.Plan, plan)
			return err
		})
	})
	if err != nil {
		return store.Message{}, err
	}
	return m, nil
}

// Add implements store.Store.
func (s *Store) Add(ctx context.Context, add []store.Addition) ([]int64, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if len(add) == 0 {
		return []int64{}, nil
	}
	lanes, plans := make([]int64, len(add)), make([]int64, len(add))
	for i := range add {
		d := &add[i].NewDelivery
		if err := add[i].Check(); err != nil {
			return nil, err
		}
		var err error
		if lanes[i], plans[i], err = s.know(ctx, d, column.PlanHash(d)); err != nil {
			return nil, err
		}
	}
	var ids []int64
	err := s.write(ctx, func(tx pgx.Tx) error {
		if err := checkAdditions(ctx, tx, add); err != nil {
			return err
		}
		b := &pgx.Batch{}
		var claimants []claimant
		var of []int64
		stands := make([]bool, len(add))
		for i := range add {
			if add[i].Claims() {
				claimants = append(claimants, claimant{&add[i].NewDelivery, add[i].Event, &stands[i]})
			}
			of = append(of, add[i].Of)
		}
		b.Queue("UPDATE delivery SET state = 'cancelled', reason = 'replayed', ended = micros() WHERE id = ANY($1) AND state IN ('dead', 'partial')", of)
		claim(b, claimants)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		var rows deliveries
		for i := range add {
			rows.add(&add[i].NewDelivery, stands[i], add[i].Event, lanes[i], plans[i], 0, add[i].Op, add[i].Of)
		}
		b = &pgx.Batch{}
		ids = nil
		rows.insert(b).Query(func(rows pgx.Rows) error {
			return each(rows, func(rows pgx.Rows) error {
				ids = append(ids, 0)
				return rows.Scan(&ids[len(ids)-1])
			})
		})
		return tx.SendBatch(ctx, b).Close()
	})
	return ids, err
}

// checkAdditions errs when an event or a delivery of additions is not there, and
// keeps those there are from being purged until the end of the transaction.
func checkAdditions(ctx context.Context, tx pgx.Tx, add []store.Addition) error {
	type event struct {
		message int64
		purged  bool
	}
	var eventIDs, ofIDs []int64
	for _, a := range add {
		eventIDs, ofIDs = append(eventIDs, a.Event), append(ofIDs, a.Of)
	}
	// The message is locked for its edits, too: Purge locks nothing but messages.
	if _, err := tx.Exec(ctx, `SELECT 1 FROM event WHERE id IN (SELECT CASE WHEN op = '' THEN id ELSE message END FROM event WHERE id = ANY($1))
		ORDER BY id FOR SHARE`, eventIDs); err != nil {
		return err
	}
	events, of := map[int64]event{}, map[int64]bool{0: true}
	rows, err := tx.Query(ctx, "SELECT id, CASE WHEN op = '' THEN id ELSE message END, body IS NULL FROM event WHERE id = ANY($1)", eventIDs)
	if err != nil {
		return err
	}
	err = each(rows, func(rows pgx.Rows) error {
		var id int64
		var e event
		err := rows.Scan(&id, &e.message, &e.purged)
		events[id] = e
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query(ctx, "SELECT id FROM delivery WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", ofIDs)
	if err != nil {
		return err
	}
	err = each(rows, func(rows pgx.Rows) error {
		var id int64
		err := rows.Scan(&id)
		of[id] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range add {
		e, known := events[a.Event]
		if !known || a.Message != 0 && a.Message != e.message || e.purged && a.Op != store.Delete {
			return fmt.Errorf("%w: event %d of message %d", store.ErrNotFound, a.Event, a.Message)
		}
		if !of[a.Of] {
			return fmt.Errorf("%w: delivery %d", store.ErrNotFound, a.Of)
		}
	}
	return nil
}
