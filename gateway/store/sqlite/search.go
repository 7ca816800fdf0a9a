package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"dragoman/gateway/store"
)

const (
	indexEvery = 500 * time.Millisecond // at most so often, while events arrive
	indexStep  = 64                     // events in one transaction
	indexBytes = 4 << 20                // of bodies after which a step has enough
)

// indexer puts the words of events into the index, behind everybody's back: no
// event waits for it. Those beyond its mark are searched as they are.
type indexer struct {
	read   *sql.DB
	writer *writer
	dirty  chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}
}

func newIndexer(ctx context.Context, read *sql.DB, w *writer) *indexer {
	x := &indexer{read: read, writer: w, dirty: make(chan struct{}, 1), ended: make(chan struct{})}
	x.ctx, x.cancel = context.WithCancel(ctx)
	x.wake() // for what an earlier process has left
	go x.run()
	return x
}

// wake says that there may be new events. It does not block.
func (x *indexer) wake() {
	select {
	case x.dirty <- struct{}{}:
	default:
	}
}

func (x *indexer) stop() {
	x.cancel()
	<-x.ended
}

func (x *indexer) run() {
	defer close(x.ended)
	for {
		select {
		case <-x.ctx.Done():
			return
		case <-x.dirty:
		}
		select {
		case <-x.ctx.Done():
			return
		case <-time.After(indexEvery):
		}
		// As long as nobody else writes there is time for more than one step.
		for {
			more, err := x.step()
			if err != nil || !more {
				break // after an error what is not indexed is still searched
			}
			if x.writer.queue.busy() {
				x.wake()
				break
			}
		}
	}
}

// words are those of one event.
type words struct {
	event int64
	list  []string
}

// step indexes some events, and reports whether there may be more.
func (x *indexer) step() (more bool, err error) {
	x.writer.busy.Lock()
	rewritten := x.writer.rewritten
	x.writer.busy.Unlock()
	list, err := x.next()
	if err != nil || len(list) == 0 {
		return false, err
	}
	err = x.writer.do(x.ctx, &job{write: func(w *writer) error {
		if w.rewritten != rewritten {
			return nil // one of them may not be what it was
		}
		for _, e := range list {
			if err := w.exec("INSERT INTO word (rowid, list) VALUES (?, ?)", e.event, strings.Join(e.list, " ")); err != nil {
				return err
			}
		}
		w.marked = list[len(list)-1].event
		return w.exec("UPDATE mark SET event = ?", w.marked)
	}})
	return err == nil, err
}

// next reads the events that follow the mark.
func (x *indexer) next() (list []words, err error) {
	rows, err := x.read.QueryContext(x.ctx, `SELECT id, summary, packed, body FROM event
		WHERE id > (SELECT event FROM mark) ORDER BY id LIMIT ?`, indexStep)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for size := 0; size < indexBytes && rows.Next(); {
		var e words
		var summary string
		var packed bool
		var stored sql.RawBytes
		if err := rows.Scan(&e.event, &summary, &packed, &stored); err != nil {
			return nil, err
		}
		body, err := store.Unpack(stored, packed)
		if err != nil {
			return nil, err
		}
		e.list = store.Words(summary, body)
		size += len(body)
		list = append(list, e)
	}
	return list, rows.Err()
}

// mark is the event up to which there is an index.
func (w *writer) mark() (int64, error) {
	if w.marked < 0 {
		if _, err := w.get("SELECT event FROM mark", nil, &w.marked); err != nil {
			return 0, err
		}
	}
	return w.marked, nil
}

// reword changes the words of an event that has been written before; there may be
// none left.
func (w *writer) reword(event int64, list []string) error {
	mark, err := w.mark()
	if err != nil {
		return err
	}
	if event > mark {
		w.rewritten++ // the indexer, when it comes to it, sees what it is then
		return nil
	}
	if err := w.exec("DELETE FROM word WHERE rowid = ?", event); err != nil || len(list) == 0 {
		return err
	}
	return w.exec("INSERT INTO word (rowid, list) VALUES (?, ?)", event, strings.Join(list, " "))
}

// search lists events with all the words, newest first: those beyond the mark by
// reading them, the others by the index.
func search(ctx context.Context, tx *sql.Tx, w where, want []string, limit int) ([]store.EventRow, error) {
	var mark int64
	if err := tx.QueryRowContext(ctx, "SELECT event FROM mark").Scan(&mark); err != nil {
		return nil, err
	}
	young := w.and("e.id > ?", mark)
	rows, err := tx.QueryContext(ctx,
		"SELECT "+eventColumns+", e.packed, e.body FROM event e NOT INDEXED"+young.String()+" ORDER BY e.id DESC", young.args...)
	if err != nil {
		return nil, err
	}
	out, err := filter(rows, want, limit)
	if err != nil || len(out) == limit {
		return out, err
	}
	old := w.and(`word MATCH ? AND e.id <= ?`, `"`+strings.Join(want, `" "`)+`"`, mark)
	rest, err := readEvents(tx.QueryContext(ctx,
		"SELECT "+eventColumns+" FROM word CROSS JOIN event e ON e.id = word.rowid"+old.String()+" ORDER BY word.rowid DESC LIMIT ?",
		append(old.args, limit-len(out))...))
	return append(out, rest...), err
}

// filter reads events, until it has enough of those which have the words.
func filter(rows *sql.Rows, want []string, limit int) ([]store.EventRow, error) {
	defer rows.Close()
	out := []store.EventRow{}
	for len(out) < limit && rows.Next() {
		var r store.EventRow
		var packed bool
		var stored sql.RawBytes
		if err := scanEvent(rows.Scan, &r, &packed, &stored); err != nil {
			return nil, err
		}
		body, err := store.Unpack(stored, packed)
		if err != nil {
			return nil, err
		}
		if store.HasWords(want, r.Summary, body) {
			out = append(out, r)
		}
	}
	return out, rows.Err()
}
