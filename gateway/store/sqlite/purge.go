package sqlite

import (
	"context"
	"math"
	"time"

	"dragoman/gateway/store"
)

// purgeStep is how many events are purged in one job: few enough that those who
// wait behind it do not notice.
const purgeStep = 50

// Events of a certain age, from a place on, of which nothing may still be
// wanted.
const purgeable = `SELECT e.id, e.at FROM event e INDEXED BY event_age
	WHERE e.stripped = ? AND e.at < ? AND (e.at, e.id) > (?, ?)
	AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state IN ('pending', 'held', 'partial', 'dead'))
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
		purge    func(w *writer, id int64) (bool, error)
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
					gone, err := pass.purge(w, id)
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
		return w.exec(`DELETE FROM seen WHERE (source, key) IN
			(SELECT source, key FROM seen WHERE gone = 1 AND at < ? ORDER BY at LIMIT ?)`,
			time.Now().Add(-store.SeenFor).UnixMicro(), max(limit, 0))
	}})
}

func (s *Store) purgeable(ctx context.Context, stripped bool, before time.Time, at, id int64, most int) (ids []int64, lastAt int64, err error) {
	if before.IsZero() {
		return nil, 0, nil
	}
	rows, err := s.read.QueryContext(ctx, purgeable, stripped, before.UnixMicro(), at, id, most)
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

// wanted looks again: since the reader looked, the event may have come anew.
func (w *writer) wanted(id int64) (source, key string, came, wanted bool, err error) {
	var found bool
	found, err = w.get(`SELECT source, key,
		EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state = 'done'),
		EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state IN ('pending', 'held', 'partial', 'dead'))
		FROM event e WHERE id = ?`, []any{id}, &source, &key, &came, &wanted)
	return source, key, came, wanted || !found, err
}

// drop forgets an event. A repeat of it is known for a while, when something had
// come of it.
func (w *writer) drop(id int64) (bool, error) {
	source, key, came, wanted, err := w.wanted(id)
	if err != nil || wanted {
		return false, err
	}
	switch {
	case key == "":
	case came:
		err = w.exec("UPDATE seen SET gone = 1 WHERE source = ? AND key = ?", source, key)
	default:
		err = w.exec("DELETE FROM seen WHERE source = ? AND key = ?", source, key)
	}
	if err != nil {
		return false, err
	}
	return true, w.exec("DELETE FROM event WHERE id = ?", id)
}

// strip forgets the body and the parts of an event.
func (w *writer) strip(id int64) (bool, error) {
	_, _, _, wanted, err := w.wanted(id)
	if err != nil || wanted {
		return false, err
	}
	for _, query := range []string{
		"UPDATE event SET stripped = 1, packed = 0, body = NULL WHERE id = ?",
		"DELETE FROM part WHERE delivery IN (SELECT id FROM delivery WHERE event = ?)",
		"UPDATE delivery SET parts = 0 WHERE event = ? AND parts > 0",
	} {
		if err := w.exec(query, id); err != nil {
			return false, err
		}
	}
	return true, nil
}
