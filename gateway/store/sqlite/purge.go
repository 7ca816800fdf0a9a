package sqlite

import (
	"context"
	"errors"
	"math"
	"time"

	"dragoman/gateway/store"
)

// purgeStep is how many events are purged in one job: few enough that those who
// wait behind it do not notice.
const purgeStep = 50

// wanted is what keeps the message e: a delivery of it or of an edit, or an edit
// that is too young.
const wanted = `(EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state IN ('pending', 'held', 'partial', 'dead'))
	OR EXISTS (SELECT 1 FROM event f WHERE f.message = e.id AND f.op <> '' AND (f.at >= ?
		OR EXISTS (SELECT 1 FROM delivery d WHERE d.event = f.id AND d.state IN ('pending', 'held', 'partial', 'dead')))))`

// Messages of a certain age, from a place on, of which nothing may still be
// wanted.
const purgeable = `SELECT e.id, e.at FROM event e INDEXED BY event_age
	WHERE e.op = '' AND e.stripped = ? AND e.at < ? AND (e.at, e.id) > (?, ?) AND NOT ` + wanted + `
	ORDER BY e.at, e.id LIMIT ?`

// Purge implements store.Store. What can go is looked for by a reader, so that
// only the going itself takes the writer's time.
func (s *Store) Purge(ctx context.Context, bodies, history time.Time, limit int) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	defer s.leave()
	total := 0
	for _, pass := range []struct {
		stripped bool
		before   time.Time
		purge    func(w *writer, id int64) error
	}{
		{false, history, (*writer).drop}, {true, history, (*writer).drop}, {false, bodies, (*writer).strip},
	} {
		at, id := int64(math.MinInt64), int64(0)
		for total < limit {
			ids, lastAt, err := s.purgeable(ctx, pass.stripped, pass.before, at, id, min(purgeStep, limit-total))
			if err != nil {
				return total, err
			}
			if len(ids) == 0 {
				break
			}
			at, id = lastAt, ids[len(ids)-1]
			n := 0
			err = s.writer.do(ctx, &job{write: func(w *writer) error {
				n = 0
				for _, id := range ids {
					gone, err := w.purge(id, pass.before.UnixMicro(), pass.purge)
					if err != nil {
						return err
					}
					if gone {
						n++
					}
				}
				return nil
			}})
			if err != nil {
				return total, err
			}
			total += n
		}
	}
	return total, s.writer.do(ctx, &job{write: func(w *writer) error {
		now, most := time.Now(), max(limit, 0)
		return errors.Join(
			w.exec(`DELETE FROM seen WHERE (source, key) IN
				(SELECT source, key FROM seen WHERE gone = 1 AND at < ? ORDER BY at LIMIT ?)`, now.Add(-store.SeenFor).UnixMicro(), most),
			w.exec("DELETE FROM claim WHERE key IN (SELECT key FROM claim WHERE until <= ? LIMIT ?)", now.UnixMicro(), most),
			w.exec(`DELETE FROM entry WHERE (space, key) IN
				(SELECT space, key FROM entry WHERE until <> 0 AND until <= ? LIMIT ?)`, now.UnixMicro(), most))
	}})
}

func (s *Store) purgeable(ctx context.Context, stripped bool, before time.Time, at, id int64, most int) (ids []int64, lastAt int64, err error) {
	if before.IsZero() {
		return nil, 0, nil
	}
	rows, err := s.read.QueryContext(ctx, purgeable, stripped, before.UnixMicro(), at, id, before.UnixMicro(), most)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&id, &lastAt); err != nil {
			return nil, 0, err
		}
		ids = append(ids, id)
	}
	return ids, lastAt, rows.Err()
}

// purge does f to a message's edits and to the message itself, unless it is
// wanted. That is looked at again here, since it may have come anew.
func (w *writer) purge(id, before int64, f func(w *writer, id int64) error) (bool, error) {
	var keep bool
	found, err := w.get("SELECT e.at >= ? OR "+wanted+" FROM event e WHERE e.id = ?", []any{before, before, id}, &keep)
	if err != nil || !found || keep {
		return false, err
	}
	edits, err := w.list("SELECT id FROM event WHERE message = ? AND op <> ''", id)
	if err != nil {
		return false, err
	}
	for _, id := range append(edits, id) {
		if err := f(w, id); err != nil {
			return false, err
		}
	}
	return true, nil
}

// drop forgets an event. A repeat of it is known for a while, when something had
// come of it.
func (w *writer) drop(id int64) error {
	var source, key string
	var came bool
	_, err := w.get(`SELECT source, key, EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state = 'done')
		FROM event e WHERE id = ?`, []any{id}, &source, &key, &came)
	switch {
	case err != nil:
		return err
	case key == "":
	case came:
		err = w.exec("UPDATE seen SET gone = 1 WHERE source = ? AND key = ?", source, key)
	default:
		err = w.exec("DELETE FROM seen WHERE source = ? AND key = ?", source, key)
	}
	if err == nil {
		err = w.reword(id, nil)
	}
	if err != nil {
		return err
	}
	return w.exec("DELETE FROM event WHERE id = ?", id)
}

// strip forgets the body, the uploads and the parts of an event.
func (w *writer) strip(id int64) error {
	var summary string
	if _, err := w.get("SELECT summary FROM event WHERE id = ?", []any{id}, &summary); err != nil {
		return err
	}
	for _, query := range []string{
		"UPDATE event SET stripped = 1, packed = 0, body = NULL, files = NULL WHERE id = ?",
		"DELETE FROM upload WHERE event = ?",
		"DELETE FROM part WHERE delivery IN (SELECT id FROM delivery WHERE event = ?)",
		"UPDATE delivery SET parts = 0 WHERE event = ? AND parts > 0",
	} {
		if err := w.exec(query, id); err != nil {
			return err
		}
	}
	return w.reword(id, store.Words(summary, nil))
}
