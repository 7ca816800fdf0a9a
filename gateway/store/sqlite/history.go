package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// view runs f on one state of the database.
func (s *Store) view(ctx context.Context, f func(tx *sql.Tx) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}

// where collects conditions with their arguments.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(use bool, condition string, args ...any) {
	if use {
		w.parts = append(w.parts, condition)
		w.args = append(w.args, args...)
	}
}

// and is w with a further condition; w stays as it is.
func (w *where) and(condition string, args ...any) where {
	return where{append(slices.Clone(w.parts), condition), append(slices.Clone(w.args), args...)}
}

func (w *where) String() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

const eventColumns = "e.id, e.at, e.source, e.dialect, e.name, e.op, e.message, e.verdict, e.decider, e.summary"

func scanEvent(scan func(...any) error, r *store.EventRow, more ...any) error {
	var at int64
	dest := append([]any{&r.ID, &at, &r.Source, &r.Dialect, &r.Event, &r.Op, &r.Message, &r.Verdict, &r.By, &r.Summary}, more...)
	err := scan(dest...)
	r.At = column.Time(at)
	r.Deliveries = []store.DeliveryRow{}
	return err
}

// Events implements store.Store.
func (s *Store) Events(ctx context.Context, q store.EventQuery) (out []store.EventRow, err error) {
	var w where
	w.add(q.Before != 0, "e.id < ?", q.Before)
	w.add(q.Source != "", "e.source = ?", q.Source)
	w.add(q.Verdict != "", "e.verdict = ?", q.Verdict)
	w.add(!q.Since.IsZero(), "e.at >= ?", q.Since.UnixMicro())
	w.add(q.Route != "", `(e.decider = ? OR EXISTS
		(SELECT 1 FROM delivery d JOIN plan p ON p.id = d.plan WHERE d.event = e.id AND p.route = ?))`, q.Route, q.Route)
	words := store.Words(q.Text, nil)
	err = s.view(ctx, func(tx *sql.Tx) (err error) {
		if len(words) > 0 {
			out, err = search(ctx, tx, w, words, store.Page(q.Limit))
		} else {
			// NOT INDEXED: newest first and only as many as are asked for, whatever the conditions
			out, err = readEvents(tx.QueryContext(ctx, "SELECT "+eventColumns+" FROM event e NOT INDEXED"+w.String()+" ORDER BY e.id DESC LIMIT ?",
				append(w.args, store.Page(q.Limit))...))
		}
		if err != nil {
			return err
		}
		for i := range out {
			if out[i].Deliveries, err = deliveriesOf(ctx, tx, out[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func readEvents(rows *sql.Rows, err error) ([]store.EventRow, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []store.EventRow{}
	for rows.Next() {
		var r store.EventRow
		if err := scanEvent(rows.Scan, &r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

const deliverySelect = `SELECT d.id, d.event, d.op, d.of, p.route, p.dest, l.name, d.state, d.reason, d.tries, d.born, d.ended%s
	FROM delivery d %s CROSS JOIN plan p ON p.id = d.plan CROSS JOIN lane l ON l.id = d.lane`

func scanDelivery(rows *sql.Rows, more ...any) (r store.DeliveryRow, err error) {
	var born, ended int64
	dest := append([]any{&r.ID, &r.Event, &r.Op, &r.Of, &r.Route, &r.To, &r.Lane, &r.State, &r.Reason, &r.Tries, &born, &ended}, more...)
	err = rows.Scan(dest...)
	r.Born, r.Ended = column.Time(born), column.Time(ended)
	return r, err
}

func deliveriesOf(ctx context.Context, tx *sql.Tx, event int64) ([]store.DeliveryRow, error) {
	return readDeliveries(tx.QueryContext(ctx, fmt.Sprintf(deliverySelect, "", "")+" WHERE d.event = ? ORDER BY d.id", event))
}

func readDeliveries(rows *sql.Rows, err error) ([]store.DeliveryRow, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []store.DeliveryRow{}
	for rows.Next() {
		r, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Event implements store.Store.
func (s *Store) Event(ctx context.Context, id int64) (e store.EventDetail, err error) {
	err = s.view(ctx, func(tx *sql.Tx) error {
		var header string
		var purged, packed bool
		var files, body []byte
		row := tx.QueryRowContext(ctx, "SELECT "+eventColumns+", e.handle, e.thread, e.header, e.files, e.packed, e.body IS NULL, e.body FROM event e WHERE e.id = ?", id)
		err := scanEvent(row.Scan, &e.EventRow, &e.Handle, &e.Thread, &header, &files, &packed, &purged, &body)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: event %d", store.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		if e.Header, err = column.DecodeHeader(header); err != nil {
			return err
		}
		if e.Files, err = column.DecodeFiles(files, store.Ref{ID: id}); err != nil {
			return err
		}
		if !purged {
			if e.Body, err = store.Unpack(body, packed); err != nil {
				return err
			}
		}
		return workOf(ctx, tx, &e)
	})
	if err != nil {
		return store.EventDetail{}, err
	}
	return e, nil
}

// workOf fills in the deliveries of an event.
func workOf(ctx context.Context, tx *sql.Tx, e *store.EventDetail) error {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(deliverySelect, ", p.body, d.notes", "")+" WHERE d.event = ? ORDER BY d.id", e.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var d store.DeliveryDetail
		var notes sql.NullString
		if d.DeliveryRow, err = scanDelivery(rows, &d.Plan, &notes); err != nil {
			return err
		}
		if notes.Valid {
			if err := json.Unmarshal([]byte(notes.String), &d.Notes); err != nil {
				return err
			}
		}
		e.Deliveries = append(e.Deliveries, d.DeliveryRow)
		e.Work = append(e.Work, d)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i := range e.Work {
		d := &e.Work[i]
		if d.Parts, err = readParts(tx.QueryContext(ctx, partsQuery, d.ID)); err != nil {
			return err
		}
		if d.Attempts, err = readAttempts(tx.QueryContext(ctx,
			"SELECT at, part, status, verdict, code, took FROM attempt WHERE delivery = ? ORDER BY id", d.ID)); err != nil {
			return err
		}
	}
	return nil
}

func readAttempts(rows *sql.Rows, err error) ([]store.Attempt, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Attempt
	for rows.Next() {
		var a store.Attempt
		var at, took int64
		if err := rows.Scan(&at, &a.Part, &a.Status, &a.Verdict, &a.Code, &took); err != nil {
			return nil, err
		}
		a.At, a.Took = column.Time(at), time.Duration(took)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Deliveries implements store.Store.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) (out []store.DeliveryRow, err error) {
	// A state of which there are few among many has an index of its own, which has to
	// be named in the very words of its condition.
	index := "NOT INDEXED"
	var w where
	switch q.State {
	case "":
	case store.Dead, store.Partial:
		index = "INDEXED BY delivery_failed"
		w.add(true, "d.state IN ('partial', 'dead')")
		w.add(q.State == store.Partial, "d.state = 'partial'")
	case store.Held:
		index = "INDEXED BY delivery_held"
		w.add(true, "d.state = 'held'")
	case store.Pending:
		if q.Lane != "" {
			index = "INDEXED BY delivery_queue"
		}
		w.add(true, "d.state = 'pending'")
	default:
		w.add(true, "d.state = ?", string(q.State))
	}
	w.add(q.Lane != "", "d.lane = (SELECT id FROM lane WHERE name = ?)", q.Lane)
	w.add(q.Route != "", "p.route = ?", q.Route)
	w.add(q.To != "", "p.dest = ?", q.To)
	w.add(q.Source != "", "(SELECT source FROM event WHERE id = d.event) = ?", q.Source)
	w.add(!q.Since.IsZero(), "d.born >= ?", q.Since.UnixMicro())
	w.add(q.Before != 0, "d.id < ?", q.Before)
	query := fmt.Sprintf(deliverySelect, "", index) + w.String() + " ORDER BY d.id DESC LIMIT ?"
	err = s.view(ctx, func(tx *sql.Tx) error {
		out, err = readDeliveries(tx.QueryContext(ctx, query, append(w.args, store.Page(q.Limit))...))
		return err
	})
	return out, err
}

// newerQuery finds what has changed a part p, of a delivery of the event e, where
// it was sent to.
const newerQuery = `SELECT 1 FROM event v CROSS JOIN delivery vd ON vd.event = v.id CROSS JOIN part q ON q.delivery = vd.id
	WHERE v.message = iif(e.op = '', e.id, e.message) AND v.op <> ''
	AND q.dest = p.dest AND q.sent <> 0 AND q.id > p.id AND q.ref <> '' AND q.ref = iif(p.ref = '', p.remote, p.ref)`

// Inbox implements store.Store.
func (s *Store) Inbox(ctx context.Context, to string, before int64, limit int) ([]store.Kept, error) {
	var w where
	w.add(true, "p.dest = ? AND p.sent <> 0 AND p.op <> 'delete'", to)
	w.add(before != 0, "p.id < ?", before)
	w.add(true, "NOT EXISTS ("+newerQuery+")")
	out := []store.Kept{}
	err := s.view(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT p.id, d.event, p.sent, p.format, p.delivery, p.packed, p.payload
			FROM part p INDEXED BY part_inbox CROSS JOIN delivery d ON d.id = p.delivery CROSS JOIN event e ON e.id = d.event`+w.String()+" ORDER BY p.id DESC LIMIT ?",
			append(w.args, store.Page(limit))...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k store.Kept
			var sent int64
			var packed bool
			var payload sql.RawBytes
			if err := rows.Scan(&k.ID, &k.Event, &sent, &k.Format, &k.Delivery, &packed, &payload); err != nil {
				return err
			}
			k.At = column.Time(sent)
			if k.Payload, err = store.Unpack(payload, packed); err != nil {
				return err
			}
			out = append(out, k)
		}
		return rows.Err()
	})
	return out, err
}

// Lanes implements store.Store.
func (s *Store) Lanes(ctx context.Context) ([]store.LaneRow, error) {
	out := []store.LaneRow{}
	err := s.view(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT l.name, l.gate, l.pending, iif(l.until > ?, l.owner, ''),
			ifnull((SELECT d.born FROM delivery d WHERE d.lane = l.id AND d.state = 'pending' ORDER BY d.id LIMIT 1), 0)
			FROM lane l ORDER BY l.name`, time.Now().UnixMicro())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r store.LaneRow
			var gate string
			var oldest int64
			if err := rows.Scan(&r.Name, &gate, &r.Backlog, &r.Owner, &oldest); err != nil {
				return err
			}
			r.Oldest = column.Time(oldest)
			if r.Gate, err = column.DecodeGate(gate); err != nil {
				return err
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	return out, err
}
