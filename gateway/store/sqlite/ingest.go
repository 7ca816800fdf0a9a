package sqlite

import (
	"context"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// incoming is an event with what can be made of it before the writer's turn.
type incoming struct {
	*store.Incoming
	at     int64
	header string
	body   []byte
	packed bool
	list   any // of files, as JSON, or nil
	files  []column.Packed
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
		for _, f := range events[i].files {
			j.bytes += len(f.Data)
		}
		if in[i].Op != store.Post {
			j.check = func(w *writer) error { return w.checkMessages(in) }
		}
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
	e := incoming{Incoming: in, at: at.UnixMicro(), header: column.EncodeHeader(in.Header), plans: make([][32]byte, len(in.Deliveries))}
	e.body, e.packed = store.Pack(in.Body)
	if e.body == nil {
		e.body = []byte{} // NULL is for purged ones
	}
	e.list, e.files = column.Uploads(in.Files)
	for i := range in.Deliveries {
		e.plans[i] = column.PlanHash(&in.Deliveries[i])
	}
	return e
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
	for n, f := range e.files {
		if err := w.exec("INSERT INTO upload (event, n, packed, data) VALUES (?, ?, ?, ?)", acc.ID, n, f.Packed, f.Data); err != nil {
			return acc, err
		}
	}
	for i := range e.Deliveries {
		d := delivery{NewDelivery: &e.Deliveries[i], hash: e.plans[i], event: acc.ID, op: e.Op, related: !e.plain(), born: e.at}
		if _, err := w.deliver(&d); err != nil {
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
	if err == nil && !e.plain() {
		err = w.relate(e, acc.ID)
	}
	if err != nil || e.Key == "" {
		return acc, err
	}
	return acc, w.exec("INSERT INTO seen (source, key, event, handle, at) VALUES (?, ?, ?, ?, ?)",
		e.Source, e.Key, acc.ID, acc.Handle, e.at)
}

// plain reports whether an event is a post of its own without uploads, as nearly
// all are. For the others it takes a second statement.
func (e *incoming) plain() bool {
	return e.Op == store.Post && e.Message == 0 && e.Thread == "" && e.list == nil
}

// relate writes what an event that is not plain has to do with others.
func (w *writer) relate(e *incoming, id int64) error {
	err := w.exec("UPDATE event SET op = ?, message = ?, thread = ?, files = ? WHERE id = ?",
		string(e.Op), e.Message, e.Thread, e.list, id)
	if err == nil && e.Op != store.Post { // there is something again that Purge can take
		err = w.exec("UPDATE event SET stripped = 0 WHERE id = ? AND stripped = 1", e.Message)
	}
	return err
}

// replace stores a repeat of which nothing came as the same event.
func (w *writer) replace(e *incoming, id int64) error {
	err := w.exec(`UPDATE event SET at = ?, dialect = ?, name = ?, verdict = ?, decider = ?, summary = ?,
		header = ?, stripped = 0, packed = ?, body = ? WHERE id = ?`,
		e.at, e.Dialect, e.Event, e.Verdict, e.By, e.Summary, e.header, e.packed, e.body, id)
	if err == nil {
		err = w.relate(e, id)
	}
	if err == nil {
		err = w.exec("DELETE FROM upload WHERE event = ?", id)
	}
	if err == nil {
		err = w.exec("DELETE FROM claim WHERE event = ?", id) // it is no duplicate of itself
	}
	if err == nil {
		err = w.reword(id, store.Words(e.Summary, e.Incoming.Body))
	}
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

// delivery is one to be made of an event.
type delivery struct {
	*store.NewDelivery
	hash  [32]byte // of its plan
	event int64
	op    store.Op
	of    int64
	born  int64
	// related says that it or its event is not plain.
	related bool
}

// deliver returns the id of the delivery.
func (w *writer) deliver(d *delivery) (int64, error) {
	lane, err := w.lane(d.Lane)
	if err != nil {
		return 0, err
	}
	plan, err := w.plan(d.NewDelivery, d.hash)
	if err != nil {
		return 0, err
	}
	stands, err := w.claim(d)
	if err != nil {
		return 0, err
	}
	state, reason := d.Begin(stands)
	if state == store.Pending {
		w.pending[lane]++
	}
	id, err := w.insert("INSERT INTO delivery (event, lane, plan, state, reason, born, ended) VALUES (?, ?, ?, ?, ?, ?, ?)",
		d.event, lane, plan, string(state), reason, d.born, endedNow(state))
	if err == nil && d.related {
		err = w.exec("UPDATE delivery SET op = ?, of = ?, related = 1 WHERE id = ?", string(d.op), d.of, id)
	}
	return id, err
}

// claim reports whether a delivery's claim stands already, and makes it when it
// does not.
func (w *writer) claim(d *delivery) (stands bool, err error) {
	if !d.Claims() {
		return false, nil
	}
	now := time.Now()
	r, err := w.run1(`INSERT INTO claim (key, event, until) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET event = excluded.event, until = excluded.until WHERE until <= ?`,
		d.Claim, d.event, now.Add(d.ClaimFor).UnixMicro(), now.UnixMicro())
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 0, err
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
