package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// outcome is an outcome with what can be made of it before the writer's turn,
// and what the writer finds about its delivery.
type outcome struct {
	*store.Outcome
	gate  string
	notes any // JSON, or nil
	parts []frozen

	lane     int64
	rev      int64
	oldGate  string
	oldState string
	oldParts int
	dest     string
}

type frozen struct {
	store.Part
	column.Packed
	list any // of files, as JSON, or nil
	made []column.Packed
}

// bytes is the size of what is stored.
func (f *frozen) bytes() int {
	n := len(f.Data)
	for _, m := range f.made {
		n += len(m.Data)
	}
	return n
}

// Finish implements store.Store.
func (s *Store) Finish(ctx context.Context, out []store.Outcome) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	list := make([]outcome, len(out))
	j := &job{}
	for i := range out {
		if err := out[i].Check(); err != nil {
			return err
		}
		var err error
		if list[i], err = prepare(&out[i]); err != nil {
			return err
		}
		for _, p := range list[i].parts {
			j.bytes += p.bytes()
		}
	}
	j.check = func(w *writer) error {
		for i := range list {
			if err := w.fence(&list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	j.write = func(w *writer) error {
		for i := range list {
			if err := w.record(&list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return s.writer.do(ctx, j)
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
		p.notes = string(b)
	}
	for _, part := range o.Freeze {
		f := frozen{Part: part, Packed: column.Pack(part.Payload)}
		f.list, f.made = column.Made(&part)
		// What is frozen and sent in one commit is one row written once.
		for _, sent := range o.Sent {
			if sent.N == part.N {
				f.Remote, f.Sent = sent.Remote, sent.Sent
			}
		}
		p.parts = append(p.parts, f)
	}
	return p, nil
}

// fence errs when the lane is no longer held or the delivery is not its own.
func (w *writer) fence(o *outcome) error {
	var epoch int64
	var held, mine bool
	found, err := w.get(`SELECT l.id, l.epoch, l.rev, l.gate, l.owner <> '', ifnull(d.lane = l.id, 0),
			ifnull(d.state, ''), ifnull(d.parts, 0), ifnull(p.dest, '')
		FROM lane l LEFT JOIN delivery d ON d.id = ? LEFT JOIN plan p ON p.id = d.plan WHERE l.name = ?`,
		[]any{o.Delivery, o.Lane.Name},
		&o.lane, &epoch, &o.rev, &o.oldGate, &held, &mine, &o.oldState, &o.oldParts, &o.dest)
	switch {
	case err != nil:
		return err
	case !found || !held || epoch != o.Lane.Epoch:
		return fmt.Errorf("%w: lane %q", store.ErrLost, o.Lane.Name)
	case o.Delivery != 0 && !mine:
		return fmt.Errorf("%w: delivery %d in lane %q", store.ErrNotFound, o.Delivery, o.Lane.Name)
	}
	return nil
}

func (w *writer) record(o *outcome) error {
	if o.rev == o.Lane.Rev && o.gate != o.oldGate {
		if err := w.exec("UPDATE lane SET gate = ? WHERE id = ?", o.gate, o.lane); err != nil {
			return err
		}
	}
	if err := w.put(o.Entries); err != nil {
		return err
	}
	if o.Delivery == 0 {
		return nil
	}
	state := o.State
	if state == "" {
		state = store.Pending
	}
	if o.oldState == string(store.Pending) {
		w.pending[o.lane]--
	}
	if state == store.Pending {
		w.pending[o.lane]++
	}
	parts := o.oldParts
	if o.Freeze != nil {
		parts = len(o.parts)
	}
	err := w.exec(`UPDATE delivery SET state = ?, reason = ?, tries = ?, rung = ?, ended = ?, parts = ?, notes = ifnull(?, notes) WHERE id = ?`,
		string(state), o.Reason, o.Tries, o.Rung, endedNow(state), parts, o.notes, o.Delivery)
	if err != nil {
		return err
	}
	if err := w.recordParts(o); err != nil {
		return err
	}
	for _, a := range o.Attempts {
		err := w.exec("INSERT INTO attempt (delivery, at, part, status, verdict, code, took) VALUES (?, ?, ?, ?, ?, ?, ?)",
			o.Delivery, column.Micros(a.At), a.Part, a.Status, a.Verdict, a.Code, int64(a.Took))
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) recordParts(o *outcome) error {
	if o.Freeze != nil && o.oldParts > 0 {
		if err := w.exec("DELETE FROM part WHERE delivery = ?", o.Delivery); err != nil {
			return err
		}
	}
	for _, p := range o.parts {
		id, err := w.insert("INSERT INTO part (delivery, n, dest, format, remote, sent, packed, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			o.Delivery, p.N, o.dest, p.Format, p.Remote, column.Micros(p.Sent), p.Packed.Packed, p.Data)
		if err == nil && (p.Op != store.Post || p.Ref != "" || p.Thread != "" || p.list != nil) {
			err = w.exec("UPDATE part SET op = ?, ref = ?, thread = ?, files = ? WHERE id = ?", string(p.Op), p.Ref, p.Thread, p.list, id)
		}
		if err != nil {
			return err
		}
		for i, m := range p.made {
			if err := w.exec("INSERT INTO made (part, n, packed, data) VALUES (?, ?, ?, ?)", id, len(p.Files)+i, m.Packed, m.Data); err != nil {
				return err
			}
		}
	}
	for _, sent := range o.Sent {
		if o.freezes(sent.N) {
			continue
		}
		r, err := w.run1("UPDATE part SET remote = ?, sent = ? WHERE delivery = ? AND n = ?",
			sent.Remote, column.Micros(sent.Sent), o.Delivery, sent.N)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%w: part %d of delivery %d", store.ErrNotFound, sent.N, o.Delivery)
		}
	}
	return nil
}

func (o *outcome) freezes(n int) bool {
	for _, p := range o.parts {
		if p.N == n {
			return true
		}
	}
	return false
}
