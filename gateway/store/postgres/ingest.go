package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// arrival is a call of Ingest.
type arrival struct {
	events []incoming
	out    []store.Accepted
}

// incoming is an event with what can be made of it before it is written.
type incoming struct {
	*store.Incoming
	at    int64
	body  column.Packed
	list  any // of files, as JSON, or nil
	files []column.Packed
	words string
	lanes []int64 // of each delivery
	plans []int64
	// stands says of each delivery that another has its claim.
	stands []bool

	id, handle int64 // those it has when it is no repeat
	job        int   // in the group
	out        *store.Accepted
	stored     bool
	anew       bool // as the event there is
}

// Ingest implements store.Store.
func (s *Store) Ingest(ctx context.Context, in []store.Incoming) ([]store.Accepted, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	a := arrival{events: make([]incoming, len(in)), out: make([]store.Accepted, len(in))}
	bytes := 0
	for i := range in {
		if err := in[i].Check(); err != nil {
			return nil, err
		}
		a.events[i] = ready(&in[i])
		bytes += len(a.events[i].body.Data)
		for _, f := range a.events[i].files {
			bytes += len(f.Data)
		}
	}
	for i := range a.events {
		e := &a.events[i]
		for j := range e.Deliveries {
			lane, plan, err := s.know(ctx, &e.Deliveries[j], column.PlanHash(&e.Deliveries[j]))
			if err != nil {
				return nil, err
			}
			e.lanes, e.plans = append(e.lanes, lane), append(e.plans, plan)
		}
	}
	if err := s.arrivals.do(ctx, a, bytes); err != nil {
		return nil, err
	}
	return a.out, nil
}

func ready(in *store.Incoming) incoming {
	at := in.At
	if at.IsZero() {
		at = time.Now() // decides nothing
	}
	e := incoming{Incoming: in, at: at.UnixMicro(), body: column.Pack(in.Body)}
	e.list, e.files = column.Uploads(in.Files)
	e.words = strings.Join(store.Words(in.Summary, in.Body), " ")
	return e
}

// accept writes the events of several calls in one transaction.
func (s *Store) accept(ctx context.Context, jobs []*job[arrival]) ([]error, error) {
	answers := make([]error, len(jobs))
	var events []*incoming
	for i, j := range jobs {
		for k := range j.in.events {
			e := &j.in.events[k]
			e.job, e.out, e.stored, e.anew = i, &j.in.out[k], false, false
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return answers, nil
	}
	t, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer t.end()
	if err := t.number(ctx, events); err != nil {
		return nil, err
	}
	b := t.first()
	if err := t.checkMessages(ctx, b, events, answers); err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(e *incoming) bool { return answers[e.job] != nil })
	b = &pgx.Batch{}
	for _, wave := range waves(events) {
		if err := t.send(ctx, b); err != nil {
			return nil, err
		}
		if b, err = t.acceptWave(ctx, wave); err != nil {
			return nil, err
		}
	}
	return answers, t.commit(ctx, b)
}

// waves separates events of one key, of which each has to see what became of the
// one before.
func waves(events []*incoming) (out [][]*incoming) {
	type key struct{ source, key string }
	times := map[key]int{}
	for _, e := range events {
		n := 0
		if e.Key != "" {
			n = times[key{e.Source, e.Key}]
			times[key{e.Source, e.Key}]++
		}
		if n == len(out) {
			out = append(out, nil)
		}
		out[n] = append(out[n], e)
	}
	return out
}

// number gives events their ids and handles, for good: no lock is kept, and what
// is not used stays a gap. That need not be on disk before what is numbered by it
// is, and it is then.
func (t *tx) number(ctx context.Context, events []*incoming) error {
	bySource := map[string][]*incoming{}
	for _, e := range events {
		bySource[e.Source] = append(bySource[e.Source], e)
	}
	b := &pgx.Batch{}
	b.Queue("SELECT set_config('synchronous_commit', 'off', true), nextval(pg_get_serial_sequence('event', 'id')) FROM generate_series(1, $1)",
		len(events)).Query(func(rows pgx.Rows) error {
		for i := 0; rows.Next(); i++ {
			if err := rows.Scan(nil, &events[i].id); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	for _, source := range slices.Sorted(maps.Keys(bySource)) {
		list := bySource[source]
		n, top := int64(len(list)), slices.MaxFunc(list, func(a, b *incoming) int { return cmp.Compare(a.at, b.at) }).at
		b.Queue(`INSERT INTO source AS s (name, handle) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET handle = greatest(s.handle + $3, excluded.handle) RETURNING handle`,
			text(source), top+n-1, n).QueryRow(func(r pgx.Row) error {
			var last int64
			if err := r.Scan(&last); err != nil {
				return err
			}
			for i, e := range list {
				e.handle = last - n + 1 + int64(i)
			}
			return nil
		})
	}
	return t.send(ctx, b)
}

// checkMessages answers the calls that change messages which there are not. Those
// there are, are kept from being purged until the end of the transaction.
func (t *tx) checkMessages(ctx context.Context, b *pgx.Batch, events []*incoming, answers []error) error {
	var ids []int64
	for _, e := range events {
		if e.Op != store.Post {
			ids = append(ids, e.Message)
		}
	}
	if len(ids) == 0 {
		return t.send(ctx, b)
	}
	there := map[int64]bool{}
	b.Queue("SELECT id FROM event WHERE id = ANY($1) AND op = '' ORDER BY id FOR SHARE", ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			there[id] = true
		}
		return rows.Err()
	})
	if err := t.send(ctx, b); err != nil {
		return err
	}
	for _, e := range events {
		if e.Op != store.Post && !there[e.Message] {
			answers[e.job] = fmt.Errorf("%w: message %d", store.ErrNotFound, e.Message)
		}
	}
	return nil
}

// acceptWave returns the statements that write events of which no two have one
// key, after it has found out about repeats and claims.
func (t *tx) acceptWave(ctx context.Context, events []*incoming) (*pgx.Batch, error) {
	if err := t.seen(ctx, events); err != nil {
		return nil, err
	}
	if err := t.claims(ctx, events); err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	insertEvents(b, events)
	insertDeliveries(b, events)
	return b, nil
}

// seen finds out which events are repeats.
func (t *tx) seen(ctx context.Context, events []*incoming) error {
	byKey := map[[2]string]*incoming{} // as stored
	var keyed []*incoming
	for _, e := range events {
		*e.out = store.Accepted{ID: e.id, Handle: e.handle}
		e.stored = true
		if e.Key != "" {
			keyed = append(keyed, e)
			byKey[[2]string{text(e.Source), indexed(e.Key)}] = e
		}
	}
	if len(keyed) == 0 {
		return nil
	}
	slices.SortFunc(keyed, func(a, b *incoming) int {
		return cmp.Or(cmp.Compare(text(a.Source), text(b.Source)), cmp.Compare(indexed(a.Key), indexed(b.Key)))
	})
	var sources, keys []string
	var ids, handles, ats []int64
	for _, e := range keyed {
		sources, keys = append(sources, text(e.Source)), append(keys, indexed(e.Key))
		ids, handles, ats = append(ids, e.id), append(handles, e.handle), append(ats, e.at)
	}
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO seen (source, key, event, handle, at)
		SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) ON CONFLICT DO NOTHING`, sources, keys, ids, handles, ats)
	// Another transaction may have stored one in between; this statement sees it. The
	// lock keeps a second one from storing the same anew.
	b.Queue(`SELECT s.source, s.key, s.event, s.handle,
			s.gone = 1 OR EXISTS (SELECT 1 FROM delivery d WHERE d.event = s.event AND d.state NOT IN ('dead', 'cancelled'))
		FROM seen s JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS w (source, key, event) ON s.source = w.source AND s.key = w.key
		WHERE s.event <> w.event ORDER BY s.source, s.key FOR UPDATE OF s`, sources, keys, ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var source, key string
			var old store.Accepted
			if err := rows.Scan(&source, &key, &old.ID, &old.Handle, &old.Repeat); err != nil {
				return err
			}
			e := byKey[[2]string{source, key}]
			*e.out = old
			e.stored, e.anew = !old.Repeat, !old.Repeat
		}
		return rows.Err()
	})
	return t.send(ctx, b)
}

func insertEvents(b *pgx.Batch, events []*incoming) {
	var c struct {
		id, handle, at, message                                                                 []int64
		source, key, dialect, name, verdict, decider, summary, header, op, thread, files, words []string
		packed                                                                                  []bool
		body                                                                                    [][]byte
	}
	for _, e := range events {
		files, _ := e.list.(string)
		switch {
		case !e.stored:
			continue
		case e.anew:
			rewrite(b, e)
		default:
			c.id, c.handle, c.at, c.message = append(c.id, e.id), append(c.handle, e.handle), append(c.at, e.at), append(c.message, e.Message)
			c.source, c.key, c.dialect = append(c.source, text(e.Source)), append(c.key, indexed(e.Key)), append(c.dialect, text(e.Dialect))
			c.name, c.verdict, c.decider = append(c.name, text(e.Event)), append(c.verdict, text(e.Verdict)), append(c.decider, text(e.By))
			c.summary, c.header = append(c.summary, text(e.Summary)), append(c.header, text(column.EncodeHeader(e.Header)))
			c.op, c.thread, c.files = append(c.op, string(e.Op)), append(c.thread, text(e.Thread)), append(c.files, files)
			c.packed, c.body = append(c.packed, e.body.Packed), append(c.body, e.body.Data)
			c.words = append(c.words, e.words)
		}
		for n, f := range e.files {
			b.Queue("INSERT INTO upload (event, n, packed, data) VALUES ($1, $2, $3, $4)", e.out.ID, n, f.Packed, f.Data)
		}
		if e.Op != store.Post { // there is something again that Purge can take
			b.Queue("UPDATE event SET stripped = 0 WHERE id = $1 AND stripped = 1", e.Message)
		}
	}
	if len(c.id) == 0 {
		return
	}
	b.Queue(`INSERT INTO event (id, source, handle, at, key, dialect, name, verdict, decider, summary, header, packed, body, op, message, thread, files)
		SELECT id, source, handle, at, key, dialect, name, verdict, decider, summary, header, packed, body, op, message, thread, nullif(files, '')
		FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
			$12::boolean[], $13::bytea[], $14::text[], $15::bigint[], $16::text[], $17::text[])
		AS t (id, source, handle, at, key, dialect, name, verdict, decider, summary, header, packed, body, op, message, thread, files)`,
		c.id, c.source, c.handle, c.at, c.key, c.dialect, c.name, c.verdict, c.decider, c.summary, c.header, c.packed, c.body, c.op, c.message, c.thread, c.files)
	b.Queue("INSERT INTO word (event, list) SELECT id, list::tsvector FROM unnest($1::bigint[], $2::text[]) AS t (id, list)", c.id, c.words)
}

// rewrite stores a repeat of which nothing came as the same event.
func rewrite(b *pgx.Batch, e *incoming) {
	id := e.out.ID
	b.Queue(`UPDATE event SET at = $2, dialect = $3, name = $4, verdict = $5, decider = $6, summary = $7, header = $8, stripped = 0,
		packed = $9, body = $10, op = $11, message = $12, thread = $13, files = $14 WHERE id = $1`,
		id, e.at, text(e.Dialect), text(e.Event), text(e.Verdict), text(e.By), text(e.Summary), text(column.EncodeHeader(e.Header)),
		e.body.Packed, e.body.Data, string(e.Op), e.Message, text(e.Thread), e.list)
	b.Queue("UPDATE seen SET at = $1 WHERE source = $2 AND key = $3", e.at, text(e.Source), indexed(e.Key))
	b.Queue("DELETE FROM upload WHERE event = $1", id)
	b.Queue("INSERT INTO word (event, list) VALUES ($1, $2::text::tsvector) ON CONFLICT (event) DO UPDATE SET list = excluded.list", id, e.words)
}
