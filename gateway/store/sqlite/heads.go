package sqlite

import (
	"context"
	"database/sql"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// maxHeadsBytes is the size of bodies after which Heads returns no more
// deliveries: a lane works one at a time.
const maxHeadsBytes = 32 << 20

// The order of the joins is fixed: one lane, its entries in the partial index of
// what is pending, and for each of those one plan and one event.
const headsQuery = `SELECT d.id, d.tries, d.rung, d.born, d.parts, p.route, p.dest, p.body,
		e.id, e.source, e.dialect, e.name, e.handle, e.at, e.header, e.packed, e.body, d.related
	FROM lane l CROSS JOIN delivery d CROSS JOIN plan p CROSS JOIN event e
	WHERE l.name = ? AND d.lane = l.id AND d.state = 'pending' AND p.id = d.plan AND e.id = d.event
	ORDER BY d.id LIMIT ?`

// What only few deliveries have is asked for apart: most need not pay for it.
const relatedQuery = `SELECT d.op, e.op, e.message, e.thread, e.files, e.body IS NULL
	FROM delivery d JOIN event e ON e.id = d.event WHERE d.id = ?`

const partsQuery = `SELECT id, n, op, ref, thread, format, files, remote, sent, packed, payload FROM part WHERE delivery = ? ORDER BY n`

// Heads implements store.Store.
func (s *Store) Heads(ctx context.Context, lane string, most int) ([]store.Delivery, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, frozen, related, err := s.readHeads(lane, max(0, most))
	if err != nil {
		return nil, err
	}
	for _, i := range frozen {
		if out[i].Parts, err = readParts(s.headParts.Query(out[i].ID)); err != nil {
			return nil, err
		}
	}
	for _, i := range related {
		if err := s.relate(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readHeads returns also which of the deliveries have parts, and which are not
// plain. It takes no context: it is short, and the driver spends a goroutine on
// each that can end.
func (s *Store) readHeads(lane string, most int) (out []store.Delivery, frozen, related []int, err error) {
	rows, err := s.heads.Query(lane, most)
	if err != nil {
		return nil, nil, nil, err
	}
	defer rows.Close()
	out = make([]store.Delivery, 0, min(most, 16)) // one is large
	for size := 0; size < maxHeadsBytes && rows.Next(); {
		d := store.Delivery{Lane: lane, State: store.Pending}
		var born, at int64
		var parts int
		var header string
		var packed, other bool
		var body sql.RawBytes
		e := &d.Event
		err := rows.Scan(&d.ID, &d.Tries, &d.Rung, &born, &parts, &d.Route, &d.To, &d.Plan,
			&e.ID, &e.Source, &e.Dialect, &e.Event, &e.Handle, &at, &header, &packed, &body, &other)
		if err != nil {
			return nil, nil, nil, err
		}
		d.Message, d.Born, e.At = e.ID, column.Time(born), column.Time(at)
		if e.Header, err = column.DecodeHeader(header); err != nil {
			return nil, nil, nil, err
		}
		if e.Body, err = store.Unpack(body, packed); err != nil {
			return nil, nil, nil, err
		}
		if other {
			related = append(related, len(out))
		}
		if parts > 0 {
			frozen = append(frozen, len(out))
		}
		size += len(e.Body)
		out = append(out, d)
	}
	return out, frozen, related, rows.Err()
}

// relate reads what a delivery that is not plain has to do with other events.
func (s *Store) relate(d *store.Delivery) error {
	e := &d.Event
	var purged bool
	var files []byte
	err := s.headRelated.QueryRow(d.ID).Scan(&d.Op, &e.Op, &e.Message, &e.Thread, &files, &purged)
	if err != nil {
		return err
	}
	if e.Op != store.Post {
		d.Message = e.Message
	}
	if purged {
		e.Body = nil
	}
	e.Files, err = column.DecodeFiles(files, store.Ref{ID: e.ID})
	return err
}

func readParts(rows *sql.Rows, err error) ([]store.Part, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Part
	for rows.Next() {
		var p store.Part
		var id, sent int64
		var packed bool
		var files, payload sql.RawBytes
		if err := rows.Scan(&id, &p.N, &p.Op, &p.Ref, &p.Thread, &p.Format, &files, &p.Remote, &sent, &packed, &payload); err != nil {
			return nil, err
		}
		if p.Files, err = column.DecodeFiles(files, store.Ref{Part: true, ID: id}); err != nil {
			return nil, err
		}
		p.Sent = column.Time(sent)
		if p.Payload, err = store.Unpack(payload, packed); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
