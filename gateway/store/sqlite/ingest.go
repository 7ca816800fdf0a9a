package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"time"

	"dragoman/gateway/store"
)

// incoming is an event with what can be made of it before the writer's turn.
type incoming struct {
	*store.Incoming
	at     int64
	header string
	body   []byte
	packed bool
	plans  [][32]byte // one for each delivery
}

// Ingest implements store.Store.
func (s *Store) Ingest(ctx context.Context, in []store.Incoming) ([]store.Accepted, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	events := make([]incoming, len(in))
	j := &job{door: true}
	for i := range in {
		if err := in[i].Check(); err != nil {
			return nil, err
		}
		events[i] = ready(&in[i])
		j.bytes += len(events[i].body)
	}
	out := make([]store.Accepted, len(in))
	j.write = func(w *writer) error {
		for i := range events {
			var err error
			if out[i], err = w.accept(&events[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.writer.do(ctx, j); err != nil {
		return nil, err
	}
	return out, nil
}

func ready(in *store.Incoming) incoming {
	at := in.At
	if at.IsZero() {
		at = time.Now()
	}
	e := incoming{Incoming: in, at: at.UnixMicro(), header: encodeHeader(in.Header), plans: make([][32]byte, len(in.Deliveries))}
	e.body, e.packed = store.Pack(in.Body)
	if e.body == nil {
		e.body = []byte{} // NULL is for purged ones
	}
	for i := range in.Deliveries {
		e.plans[i] = planHash(&in.Deliveries[i])
	}
	return e
}

// planHash is over lengths and contents, so that no two plans run together.
func planHash(d *store.NewDelivery) [32]byte {
	b := make([]byte, 0, 512)
	b = append(binary.AppendUvarint(b, uint64(len(d.Route))), d.Route...)
	b = append(binary.AppendUvarint(b, uint64(len(d.To))), d.To...)
	return sha256.Sum256(append(b, d.Plan...))
}

func encodeHeader(h map[string]string) string {
	if len(h) == 0 {
		return ""
	}
	v := make(url.Values, len(h))
	for name, value := range h {
		v.Set(name, value)
	}
	return v.Encode()
}

func decodeHeader(s string) (map[string]string, error) {
	if s == "" {
		return nil, nil
	}
	v, err := url.ParseQuery(s)
	if err != nil {
		return nil, err
	}
	h := make(map[string]string, len(v))
	for name, values := range v {
		h[name] = values[0]
	}
	return h, nil
}

// accept writes one event, or finds that it is a repeat.
func (w *writer) accept(e *incoming) (store.Accepted, error) {
	old, err := w.seen(e)
	if err != nil || old.Repeat {
		return old, err
	}
	acc := old
	if old.ID != 0 {
		err = w.replace(e, old.ID)
	} else {
		acc, err = w.add(e)
	}
	if err != nil {
		return acc, err
	}
	for i := range e.Deliveries {
		if err := w.deliver(acc.ID, e, i); err != nil {
			return acc, err
		}
	}
	return acc, nil
}

// seen is the first event with e's key, if there was one.
func (w *writer) seen(e *incoming) (old store.Accepted, err error) {
	if e.Key == "" {
		return old, nil
	}
	found, err := w.get(`SELECT event, handle,
			gone = 1 OR EXISTS (SELECT 1 FROM delivery d WHERE d.event = seen.event AND d.state NOT IN ('dead', 'cancelled'))
		FROM seen WHERE source = ? AND key = ?`, []any{e.Source, e.Key}, &old.ID, &old.Handle, &old.Repeat)
	if !found {
		return store.Accepted{}, err
	}
	return old, err
}

func (w *writer) add(e *incoming) (acc store.Accepted, err error) {
	if acc.Handle, err = w.handle(e); err != nil {
		return acc, err
	}
	acc.ID, err = w.insert(`INSERT INTO event
		(source, handle, at, key, dialect, name, verdict, decider, summary, header, packed, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Source, acc.Handle, e.at, e.Key, e.Dialect, e.Event, e.Verdict, e.By, e.Summary, e.header, e.packed, e.body)
	if err != nil || e.Key == "" {
		return acc, err
	}
	return acc, w.exec("INSERT INTO seen (source, key, event, handle, at) VALUES (?, ?, ?, ?, ?)",
		e.Source, e.Key, acc.ID, acc.Handle, e.at)
}

// replace stores a repeat of which nothing came as the same event.
func (w *writer) replace(e *incoming, id int64) error {
	err := w.exec(`UPDATE event SET at = ?, dialect = ?, name = ?, verdict = ?, decider = ?, summary = ?,
		header = ?, stripped = 0, packed = ?, body = ? WHERE id = ?`,
		e.at, e.Dialect, e.Event, e.Verdict, e.By, e.Summary, e.header, e.packed, e.body, id)
	if err != nil {
		return err
	}
	return w.exec("UPDATE seen SET at = ? WHERE source = ? AND key = ?", e.at, e.Source, e.Key)
}

// handle gives the next handle of e's source: the time of arrival, or the
// microsecond after the highest.
func (w *writer) handle(e *incoming) (int64, error) {
	last, known := w.handles[e.Source]
	if !known {
		if _, err := w.get("SELECT handle FROM source WHERE name = ?", []any{e.Source}, &last); err != nil {
			return 0, err
		}
	}
	h := max(e.at, last+1)
	w.handles[e.Source] = h
	w.given[e.Source] = true
	return h, nil
}

func (w *writer) deliver(event int64, e *incoming, i int) error {
	d := &e.Deliveries[i]
	lane, err := w.lane(d.Lane)
	if err != nil {
		return err
	}
	plan, err := w.plan(d, e.plans[i])
	if err != nil {
		return err
	}
	state := d.State
	if state == "" {
		state = store.Pending
	}
	if state == store.Pending {
		w.pending[lane]++
	}
	return w.exec("INSERT INTO delivery (event, lane, plan, state, reason, born, ended) VALUES (?, ?, ?, ?, ?, ?, ?)",
		event, lane, plan, string(state), d.Reason, e.at, endedNow(state))
}

// endedNow is the end of a delivery that enters a state.
func endedNow(state store.State) int64 {
	if state.Ended() {
		return time.Now().UnixMicro()
	}
	return 0
}

// lane is the id of the lane of that name, made when there is none.
func (w *writer) lane(name string) (int64, error) {
	id, known := w.lanes[name]
	if known {
		return id, nil
	}
	found, err := w.get("SELECT id FROM lane WHERE name = ?", []any{name}, &id)
	if err == nil && !found {
		id, err = w.insert("INSERT INTO lane (name) VALUES (?)", name)
	}
	if err == nil {
		w.lanes[name] = id
	}
	return id, err
}

func (w *writer) plan(d *store.NewDelivery, hash [32]byte) (int64, error) {
	id, known := w.plans[hash]
	if known {
		return id, nil
	}
	found, err := w.get("SELECT id FROM plan WHERE hash = ?", []any{hash[:]}, &id)
	if err == nil && !found {
		id, err = w.insert("INSERT INTO plan (hash, route, dest, body) VALUES (?, ?, ?, ?)",
			hash[:], d.Route, d.To, append([]byte{}, d.Plan...))
	}
	if err == nil {
		w.plans[hash] = id
	}
	return id, err
}
