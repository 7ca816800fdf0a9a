package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// maxHeadsBytes is the size of bodies after which Heads returns no more
// deliveries: a lane works one at a time.
const maxHeadsBytes = 32 << 20

// The oldest are asked for each time: one with a lower id may be committed later
// than one that has been seen.
const headsQuery = `SELECT d.id, d.op, d.tries, d.rung, d.born, d.parts, p.route, p.dest, p.body,
		e.id, e.op, e.message, e.thread, e.source, e.dialect, e.name, e.handle, e.at, e.header, e.files, e.packed, e.body
	FROM (SELECT * FROM delivery WHERE lane = (SELECT id FROM lane WHERE name = $1) AND state = 'pending' ORDER BY id LIMIT $2) d
	JOIN plan p ON p.id = d.plan JOIN event e ON e.id = d.event ORDER BY d.id`

const partsQuery = `SELECT delivery, id, n, op, ref, thread, format, files, remote, sent, packed, payload FROM part
	WHERE delivery = ANY($1) ORDER BY delivery, n`

// Heads implements store.Store.
func (s *Store) Heads(ctx context.Context, lane string, most int) ([]store.Delivery, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	var out []store.Delivery
	var frozen []int64
	size := 0
	rows, err := s.read.Query(ctx, headsQuery, text(lane), max(0, most))
	if err != nil {
		return nil, clean(err)
	}
	defer rows.Close()
	for size < maxHeadsBytes && rows.Next() {
		d := store.Delivery{Lane: lane, State: store.Pending}
		var parts int
		if err := scanHead(rows, &d, &parts); err != nil {
			return nil, clean(err)
		}
		if parts > 0 {
			frozen = append(frozen, d.ID)
		}
		size += len(d.Event.Body)
		out = append(out, d)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, clean(err)
	}
	if len(frozen) > 0 {
		parts, err := partsOf(ctx, s.read, frozen)
		if err != nil {
			return nil, clean(err)
		}
		for i := range out {
			out[i].Parts = parts[out[i].ID]
		}
	}
	return out, nil
}

func scanHead(rows pgx.Rows, d *store.Delivery, parts *int) error {
	var born, at int64
	var header string
	var packed bool
	var files, body []byte
	e := &d.Event
	err := rows.Scan(&d.ID, str(&d.Op), &d.Tries, &d.Rung, &born, parts, str(&d.Route), str(&d.To), &d.Plan,
		&e.ID, str(&e.Op), &e.Message, str(&e.Thread), str(&e.Source), str(&e.Dialect), str(&e.Event), &e.Handle, &at,
		str(&header), &files, &packed, &body)
	if err != nil {
		return err
	}
	d.Message, d.Born, e.At = e.ID, column.Time(born), column.Time(at)
	if e.Op != store.Post {
		d.Message = e.Message
	}
	if e.Header, err = column.DecodeHeader(header); err != nil {
		return err
	}
	if e.Files, err = column.DecodeFiles(files, store.Ref{ID: e.ID}); err != nil {
		return err
	}
	e.Body, err = unpack(body, packed)
	return err
}

// unpack is nil for what has been purged.
func unpack(b []byte, packed bool) ([]byte, error) {
	if b == nil {
		return nil, nil
	}
	return store.Unpack(b, packed)
}

// partsOf are those of deliveries.
func partsOf(ctx context.Context, q querier, of []int64) (map[int64][]store.Part, error) {
	out := map[int64][]store.Part{}
	err := rowsOf(ctx, q, func(rows pgx.Rows) error {
		var p store.Part
		var delivery, id, sent int64
		var packed bool
		var files, payload []byte
		err := rows.Scan(&delivery, &id, &p.N, str(&p.Op), str(&p.Ref), str(&p.Thread), str(&p.Format), &files, str(&p.Remote), &sent, &packed, &payload)
		if err != nil {
			return err
		}
		p.Sent = column.Time(sent)
		if p.Files, err = column.DecodeFiles(files, store.Ref{Part: true, ID: id}); err != nil {
			return err
		}
		p.Payload, err = store.Unpack(payload, packed)
		out[delivery] = append(out[delivery], p)
		return err
	}, partsQuery, of)
	return out, err
}

// File implements store.Store.
func (s *Store) File(ctx context.Context, name string) (data []byte, err error) {
	ref, err := store.ParseRef(name)
	if err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	query := "SELECT packed, data FROM upload WHERE event = $1 AND n = $2"
	if ref.Part {
		query = "SELECT packed, data FROM made WHERE part = $1 AND n = $2"
	}
	var packed bool
	var stored []byte
	if err := s.read.QueryRow(ctx, query, ref.ID, ref.N).Scan(&packed, &stored); err != nil {
		return nil, missing(err, "file", ref)
	}
	return store.Unpack(stored, packed)
}
