package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// where collects conditions with their arguments: each "?" is one.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(use bool, condition string, args ...any) {
	if !use {
		return
	}
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprint("$", len(w.args)), 1)
	}
	w.parts = append(w.parts, condition)
}

// query is a query with the conditions, and a limit.
func (w *where) query(from, order string, limit int) (string, []any) {
	if len(w.parts) > 0 {
		from += " WHERE " + strings.Join(w.parts, " AND ")
	}
	args := append(w.args, limit)
	return from + order + fmt.Sprint(" LIMIT $", len(args)), args
}

const eventColumns = "e.id, e.at, e.source, e.dialect, e.name, e.op, e.message, e.verdict, e.decider, e.summary"

func scanEvent(row pgx.Row, r *store.EventRow, more ...any) error {
	var at int64
	dest := append([]any{&r.ID, &at, str(&r.Source), str(&r.Dialect), str(&r.Event), str(&r.Op), &r.Message, str(&r.Verdict), str(&r.By), str(&r.Summary)}, more...)
	err := row.Scan(dest...)
	r.At = column.Time(at)
	r.Deliveries = []store.DeliveryRow{}
	return err
}

// Events implements store.Store.
func (s *Store) Events(ctx context.Context, q store.EventQuery) ([]store.EventRow, error) {
	var w where
	words := store.Words(q.Text, nil)
	w.add(len(words) > 0, "e.id IN (SELECT event FROM word WHERE list @@ ?::text::tsquery)", strings.Join(words, " & "))
	w.add(q.Before != 0, "e.id < ?", q.Before)
	w.add(q.Source != "", "e.source = ?", text(q.Source))
	w.add(q.Verdict != "", "e.verdict = ?", text(q.Verdict))
	w.add(!q.Since.IsZero(), "e.at >= ?", q.Since.UnixMicro())
	w.add(q.Route != "", `(e.decider = ? OR EXISTS
		(SELECT 1 FROM delivery d JOIN plan p ON p.id = d.plan WHERE d.event = e.id AND p.route = ?))`, text(q.Route), text(q.Route))
	query, args := w.query("SELECT "+eventColumns+" FROM event e", " ORDER BY e.id DESC", store.Page(q.Limit))
	out := []store.EventRow{}
	err := s.view(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		place := map[int64]int{}
		var ids []int64
		err = each(rows, func(rows pgx.Rows) error {
			var r store.EventRow
			err := scanEvent(rows, &r)
			place[r.ID] = len(out)
			ids, out = append(ids, r.ID), append(out, r)
			return err
		})
		if err != nil {
			return err
		}
		rows, err = tx.Query(ctx, fmt.Sprintf(deliverySelect, "")+" WHERE d.event = ANY($1) ORDER BY d.id", ids)
		if err != nil {
			return err
		}
		return each(rows, func(rows pgx.Rows) error {
			d, err := scanDelivery(rows)
			if err == nil {
				e := &out[place[d.Event]]
				e.Deliveries = append(e.Deliveries, d)
			}
			return err
		})
	})
	return out, err
}

const deliverySelect = `SELECT d.id, d.event, d.op, d.of, p.route, p.dest, l.name, d.state, d.reason, d.tries, d.born, d.ended%s
	FROM delivery d JOIN plan p ON p.id = d.plan JOIN lane l ON l.id = d.lane`

func scanDelivery(rows pgx.Rows, more ...any) (r store.DeliveryRow, err error) {
	var born, ended int64
	dest := append([]any{&r.ID, &r.Event, str(&r.Op), &r.Of, str(&r.Route), str(&r.To), str(&r.Lane), str(&r.State), str(&r.Reason), &r.Tries, &born, &ended}, more...)
	err = rows.Scan(dest...)
	r.Born, r.Ended = column.Time(born), column.Time(ended)
	return r, err
}

// Event implements store.Store.
func (s *Store) Event(ctx context.Context, id int64) (e store.EventDetail, err error) {
	err = s.view(ctx, func(tx pgx.Tx) error {
		var header string
		var packed bool
		var files, body []byte
		err := scanEvent(tx.QueryRow(ctx, "SELECT "+eventColumns+", e.handle, e.thread, e.header, e.files, e.packed, e.body FROM event e WHERE e.id = $1", id),
			&e.EventRow, &e.Handle, str(&e.Thread), str(&header), &files, &packed, &body)
		if err != nil {
			return missing(err, "event", id)
		}
		if e.Header, err = column.DecodeHeader(header); err != nil {
			return err
		}
		if e.Files, err = column.DecodeFiles(files, store.Ref{ID: id}); err != nil {
			return err
		}
		if e.Body, err = unpack(body, packed); err != nil {
			return err
		}
		return workOf(ctx, tx, &e)
	})
	if err != nil {
		return store.EventDetail{}, err
	}
	return e, nil
}

// workOf fills in the deliveries of an event.
func workOf(ctx context.Context, tx pgx.Tx, e *store.EventDetail) error {
	rows, err := tx.Query(ctx, fmt.Sprintf(deliverySelect, ", p.body, d.notes")+" WHERE d.event = $1 ORDER BY d.id", e.ID)
	if err != nil {
		return err
	}
	var ids []int64
	place := map[int64]int{}
	err = each(rows, func(rows pgx.Rows) error {
		var d store.DeliveryDetail
		var notes *string
		var err error
		if d.DeliveryRow, err = scanDelivery(rows, &d.Plan, &notes); err != nil {
			return err
		}
		if notes != nil {
			if err := json.Unmarshal([]byte(plain(*notes)), &d.Notes); err != nil {
				return err
			}
		}
		place[d.ID] = len(e.Work)
		ids = append(ids, d.ID)
		e.Deliveries = append(e.Deliveries, d.DeliveryRow)
		e.Work = append(e.Work, d)
		return nil
	})
	if err != nil {
		return err
	}
	parts, err := partsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for id, list := range parts {
		e.Work[place[id]].Parts = list
	}
	rows, err = tx.Query(ctx, "SELECT delivery, at, part, status, verdict, code, took FROM attempt WHERE delivery = ANY($1) ORDER BY id", ids)
	if err != nil {
		return err
	}
	return each(rows, func(rows pgx.Rows) error {
		var a store.Attempt
		var delivery, at, took int64
		err := rows.Scan(&delivery, &at, &a.Part, &a.Status, str(&a.Verdict), str(&a.Code), &took)
		a.At, a.Took = column.Time(at), time.Duration(took)
		w := &e.Work[place[delivery]]
		w.Attempts = append(w.Attempts, a)
		return err
	})
}

// Deliveries implements store.Store.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]store.DeliveryRow, error) {
	var w where
	switch q.State {
	case "":
	case store.Dead, store.Partial:
		w.add(true, "d.state IN ('partial', 'dead')") // the words of the index
		w.add(q.State == store.Partial, "d.state = 'partial'")
	case store.Held:
		w.add(true, "d.state = 'held'")
	case store.Pending:
		w.add(true, "d.state = 'pending'")
	default:
		w.add(true, "d.state = ?", string(q.State))
	}
	w.add(q.Lane != "", "d.lane = (SELECT id FROM lane WHERE name = ?)", text(q.Lane))
	w.add(q.Route != "", "p.route = ?", text(q.Route))
	w.add(q.To != "", "p.dest = ?", text(q.To))
	w.add(q.Source != "", "(SELECT source FROM event WHERE id = d.event) = ?", text(q.Source))
	w.add(!q.Since.IsZero(), "d.born >= ?", q.Since.UnixMicro())
	w.add(q.Before != 0, "d.id < ?", q.Before)
	query, args := w.query(fmt.Sprintf(deliverySelect, ""), " ORDER BY d.id DESC", store.Page(q.Limit))
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	out := []store.DeliveryRow{}
	err := s.rows(ctx, func(rows pgx.Rows) error {
		d, err := scanDelivery(rows)
		out = append(out, d)
		return err
	}, query, args...)
	return out, err
}

// newerQuery finds what has changed a part p, of a delivery of the event e, where
// it was sent to.
const newerQuery = `SELECT 1 FROM event v JOIN delivery vd ON vd.event = v.id JOIN part q ON q.delivery = vd.id
	WHERE v.message = CASE e.op WHEN '' THEN e.id ELSE e.message END AND v.op <> ''
	AND q.dest = p.dest AND q.sent <> 0 AND q.id > p.id AND q.ref <> '' AND q.ref = CASE p.ref WHEN '' THEN p.remote ELSE p.ref END`

// Inbox implements store.Store.
func (s *Store) Inbox(ctx context.Context, to string, before int64, limit int) ([]store.Kept, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	var w where
	w.add(true, "p.dest = ? AND p.sent <> 0 AND p.op <> 'delete'", text(to))
	w.add(before != 0, "p.id < ?", before)
	w.add(true, "NOT EXISTS ("+newerQuery+")")
	query, args := w.query("SELECT p.id, d.event, p.sent, p.format, p.delivery, p.packed, p.payload FROM part p JOIN delivery d ON d.id = p.delivery JOIN event e ON e.id = d.event",
		" ORDER BY p.id DESC", store.Page(limit))
	out := []store.Kept{}
	err := s.rows(ctx, func(rows pgx.Rows) (err error) {
		var k store.Kept
		var sent int64
		var packed bool
		var payload []byte
		if err := rows.Scan(&k.ID, &k.Event, &sent, str(&k.Format), &k.Delivery, &packed, &payload); err != nil {
			return err
		}
		k.At = column.Time(sent)
		k.Payload, err = store.Unpack(payload, packed)
		out = append(out, k)
		return err
	}, query, args...)
	return out, err
}

// Lanes implements store.Store.
func (s *Store) Lanes(ctx context.Context) ([]store.LaneRow, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	out := []store.LaneRow{}
	err := s.rows(ctx, func(rows pgx.Rows) (err error) {
		var r store.LaneRow
		var gate string
		var oldest int64
		if err := rows.Scan(str(&r.Name), str(&gate), str(&r.Owner), &r.Backlog, &oldest); err != nil {
			return err
		}
		r.Oldest = column.Time(oldest)
		r.Gate, err = column.DecodeGate(gate)
		out = append(out, r)
		return err
	}, `SELECT l.name, l.gate, CASE WHEN l.until > micros() THEN l.owner ELSE '' END, coalesce(w.n, 0),
			coalesce((SELECT born FROM delivery WHERE id = w.first), 0)
		FROM lane l LEFT JOIN (SELECT lane, count(*) AS n, min(id) AS first FROM delivery WHERE state = 'pending' GROUP BY lane) w ON w.lane = l.id
		ORDER BY l.name`)
	return out, err
}
