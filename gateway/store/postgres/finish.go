package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// report is a call of Finish.
type report struct{ outcomes []outcome }

// outcome is an outcome with what can be made of it before it is written.
type outcome struct {
	*store.Outcome
	gate  string
	notes any // JSON, or nil
	parts []frozen
}

type frozen struct {
	store.Part
	column.Packed
	list any // of files, as JSON, or nil
	made []column.Packed
}

// Finish implements store.Store.
func (s *Store) Finish(ctx context.Context, out []store.Outcome) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	r := report{make([]outcome, len(out))}
	bytes := 0
	for i := range out {
		if err := out[i].Check(); err != nil {
			return err
		}
		var err error
		if r.outcomes[i], err = prepare(&out[i]); err != nil {
			return err
		}
		for _, p := range r.outcomes[i].parts {
			bytes += len(p.Data)
			for _, m := range p.made {
				bytes += len(m.Data)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return s.outcomes.do(ctx, r, bytes)
}

func prepare(o *store.Outcome) (p outcome, err error) {
	p.Outcome = o
	if p.gate, err = column.EncodeGate(o.Lane.Gate); err != nil {
		return p, err
	}
	if o.Notes != nil {
		b, err := json.Marshal(o.Notes)
		if err != nil {
			return p, err
		}
		p.notes = text(string(b))
	}
	for i := range o.Freeze {
		f := frozen{Part: o.Freeze[i], Packed: column.Pack(o.Freeze[i].Payload)}
		f.list, f.made = column.Made(&o.Freeze[i])
		for _, sent := range o.Sent { // what is frozen and sent in one commit is written once
			if sent.N == f.N {
				f.Remote, f.Sent = sent.Remote, sent.Sent
			}
		}
		p.parts = append(p.parts, f)
	}
	return p, nil
}

// held is a lane as it is when outcomes are recorded.
type held struct {
	id, epoch, rev int64
	gate           string
	owned          bool
}

// work is a delivery as it is when outcomes are recorded, and as they leave it.
type work struct {
	lane  int64
	dest  string // as stored
	parts []int
}

// ground is what outcomes are recorded on.
type ground struct {
	lanes map[string]held
	work  map[int64]*work
}

// record writes the outcomes of several calls in one transaction.
func (s *Store) record(ctx context.Context, jobs []*job[report]) ([]error, error) {
	answers := make([]error, len(jobs))
	t, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer t.end()
	g, err := t.survey(ctx, jobs)
	if err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	entries := entrySet{}
	for i, j := range jobs {
		if answers[i] = g.check(j.in.outcomes); answers[i] != nil {
			continue
		}
		for k := range j.in.outcomes {
			o := &j.in.outcomes[k]
			g.write(b, o)
			entries.add(o.Entries)
		}
	}
	entries.queue(b)
	return answers, t.commit(ctx, b)
}

// survey locks the lanes and reads the deliveries which the outcomes are about.
func (t *tx) survey(ctx context.Context, jobs []*job[report]) (*ground, error) {
	var names []string
	var ids []int64
	for _, j := range jobs {
		for k := range j.in.outcomes {
			o := &j.in.outcomes[k]
			names = append(names, text(o.Lane.Name))
			if o.Delivery != 0 {
				ids = append(ids, o.Delivery)
			}
		}
	}
	slices.Sort(names)
	g := &ground{map[string]held{}, map[int64]*work{}}
	b := t.first()
	b.Queue("SELECT name, id, epoch, rev, gate, owner <> '' FROM lane WHERE name = ANY($1) ORDER BY id FOR NO KEY UPDATE", slices.Compact(names)).
		Query(func(rows pgx.Rows) error {
			for rows.Next() {
				var name string
				var l held
				if err := rows.Scan(str(&name), &l.id, &l.epoch, &l.rev, str(&l.gate), &l.owned); err != nil {
					return err
				}
				g.lanes[name] = l
			}
			return rows.Err()
		})
	b.Queue("SELECT d.id, d.lane, p.dest FROM delivery d JOIN plan p ON p.id = d.plan WHERE d.id = ANY($1)", ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id int64
			w := &work{}
			if err := rows.Scan(&id, &w.lane, &w.dest); err != nil {
				return err
			}
			g.work[id] = w
		}
		return rows.Err()
	})
	b.Queue("SELECT delivery, n FROM part WHERE delivery = ANY($1)", ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id int64
			var n int
			if err := rows.Scan(&id, &n); err != nil {
				return err
			}
			if w := g.work[id]; w != nil {
				w.parts = append(w.parts, n)
			}
		}
		return rows.Err()
	})
	return g, t.send(ctx, b)
}

// check errs when a lane of a call is no longer held, or a delivery or a part is
// not there.
func (g *ground) check(list []outcome) error {
	frozen := map[int64][]int{} // by outcomes of this call
	for i := range list {
		o := &list[i]
		l, known := g.lanes[o.Lane.Name]
		if !known || !l.owned || l.epoch != o.Lane.Epoch {
			return fmt.Errorf("%w: lane %q", store.ErrLost, o.Lane.Name)
		}
		if o.Delivery == 0 {
			continue
		}
		w := g.work[o.Delivery]
		if w == nil || w.lane != l.id {
			return fmt.Errorf("%w: delivery %d in lane %q", store.ErrNotFound, o.Delivery, o.Lane.Name)
		}
		parts, again := frozen[o.Delivery]
		if !again {
			parts = w.parts
		}
		if o.Freeze != nil {
			parts = numbers(o.parts)
			frozen[o.Delivery] = parts
		}
		for _, sent := range o.Sent {
			if !slices.Contains(parts, sent.N) {
				return fmt.Errorf("%w: part %d of delivery %d", store.ErrNotFound, sent.N, o.Delivery)
			}
		}
	}
	return nil
}

func numbers(parts []frozen) []int {
	out := make([]int, len(parts))
	for i := range parts {
		out[i] = parts[i].N
	}
	return out
}

// write queues what records an outcome.
func (g *ground) write(b *pgx.Batch, o *outcome) {
	l := g.lanes[o.Lane.Name]
	if l.rev == o.Lane.Rev && l.gate != o.gate {
		l.gate = o.gate
		g.lanes[o.Lane.Name] = l
		b.Queue("UPDATE lane SET gate = $1 WHERE id = $2", text(o.gate), l.id)
	}
	if o.Delivery == 0 {
		return
	}
	w := g.work[o.Delivery]
	state := o.State
	if state == "" {
		state = store.Pending
	}
	if o.Freeze != nil {
		if len(w.parts) > 0 {
			b.Queue("DELETE FROM made WHERE part IN (SELECT id FROM part WHERE delivery = $1)", o.Delivery)
			b.Queue("DELETE FROM part WHERE delivery = $1", o.Delivery)
		}
		w.parts = numbers(o.parts)
	}
	b.Queue(`UPDATE delivery SET state = $1, reason = $2, tries = $3, rung = $4, ended = CASE WHEN $5 THEN micros() ELSE 0 END,
		parts = $6, notes = coalesce($7, notes) WHERE id = $8`,
		string(state), text(o.Reason), o.Tries, o.Rung, state.Ended(), len(w.parts), o.notes, o.Delivery)
	for i := range o.parts {
		insertPart(b, o.Delivery, w.dest, &o.parts[i])
	}
	for _, sent := range o.Sent {
		if slices.ContainsFunc(o.parts, func(p frozen) bool { return p.N == sent.N }) {
			continue
		}
		b.Queue("UPDATE part SET remote = $1, sent = $2 WHERE delivery = $3 AND n = $4", text(sent.Remote), column.Micros(sent.Sent), o.Delivery, sent.N)
	}
	for _, a := range o.Attempts {
		b.Queue("INSERT INTO attempt (delivery, at, part, status, verdict, code, took) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			o.Delivery, column.Micros(a.At), a.Part, a.Status, text(a.Verdict), text(a.Code), int64(a.Took))
	}
}

func insertPart(b *pgx.Batch, delivery int64, dest string, p *frozen) {
	b.Queue(`INSERT INTO part (delivery, n, dest, format, remote, sent, packed, payload, op, ref, thread, files)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		delivery, p.N, dest, text(p.Format), text(p.Remote), column.Micros(p.Sent), p.Packed.Packed, p.Data,
		string(p.Op), text(p.Ref), text(p.Thread), p.list)
	for i, m := range p.made {
		b.Queue("INSERT INTO made (part, n, packed, data) SELECT id, $3, $4, $5 FROM part WHERE delivery = $1 AND n = $2",
			delivery, p.N, len(p.Files)+i, m.Packed, m.Data)
	}
}
