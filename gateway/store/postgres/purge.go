package postgres

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/column"
)

// purgeStep is how many messages are purged in one transaction: few enough that
// those who wait for their locks do not notice.
const purgeStep = 50

// wanted is what keeps the message e: a delivery of it or of an edit, or an edit
// that is not older than $2.
const wanted = `(EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state IN ('pending', 'held', 'partial', 'dead'))
	OR EXISTS (SELECT 1 FROM event f WHERE f.message = e.id AND f.op <> '' AND (f.at >= $2
		OR EXISTS (SELECT 1 FROM delivery d WHERE d.event = f.id AND d.state IN ('pending', 'held', 'partial', 'dead')))))`

// Messages of a certain age, from a place on, of which nothing may still be
// wanted.
const purgeable = `SELECT e.id, e.at FROM event e
	WHERE e.op = '' AND e.stripped = $1 AND e.at < $2 AND (e.at, e.id) > ($3, $4) AND NOT ` + wanted + `
	ORDER BY e.at, e.id LIMIT $5`

// Purge implements store.Store.
func (s *Store) Purge(ctx context.Context, bodies, history time.Time, limit int) (int, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	total := 0
	for _, pass := range []struct {
		stripped int
		before   time.Time
		purge    func(ctx context.Context, tx pgx.Tx, family []int64) error
	}{
		{0, history, drop}, {1, history, drop}, {0, bodies, strip},
	} {
		at, id := int64(math.MinInt64), int64(0)
		for total < limit && !pass.before.IsZero() {
			var ids []int64
			err := s.rows(ctx, func(rows pgx.Rows) error {
				err := rows.Scan(&id, &at)
				ids = append(ids, id)
				return err
			}, purgeable, pass.stripped, column.Micros(pass.before), at, id, min(purgeStep, limit-total))
			if err != nil {
				return total, err
			}
			if len(ids) == 0 {
				break
			}
			n, err := s.purge(ctx, ids, column.Micros(pass.before), pass.purge)
			if err != nil {
				return total, err
			}
			total += n
		}
	}
	return total, s.write(ctx, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue("DELETE FROM seen WHERE (source, key) IN (SELECT source, key FROM seen WHERE gone = 1 AND at < micros() - $2 ORDER BY at LIMIT $1 FOR UPDATE SKIP LOCKED)",
			max(limit, 0), store.SeenFor.Microseconds())
		b.Queue("DELETE FROM claim WHERE key IN (SELECT key FROM claim WHERE until <= micros() LIMIT $1 FOR UPDATE SKIP LOCKED)", max(limit, 0))
		b.Queue("DELETE FROM entry WHERE (space, key) IN (SELECT space, key FROM entry WHERE until <> 0 AND until <= micros() LIMIT $1 FOR UPDATE SKIP LOCKED)", max(limit, 0))
		return tx.SendBatch(ctx, b).Close()
	})
}

// purge does f to those of the messages that are still not wanted, with their
// edits.
func (s *Store) purge(ctx context.Context, ids []int64, before int64, f func(context.Context, pgx.Tx, []int64) error) (n int, err error) {
	err = s.write(ctx, func(tx pgx.Tx) error {
		// Whoever changes or replays a message locks it first. A further statement then
		// sees what they did.
		if _, err := tx.Exec(ctx, "SELECT 1 FROM event WHERE id = ANY($1) ORDER BY id FOR UPDATE", ids); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT e.id FROM event e WHERE e.id = ANY($1) AND e.at < $2 AND NOT "+wanted, ids, before)
		if err != nil {
			return err
		}
		family, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		if n = len(family); n == 0 {
			return nil
		}
		rows, err = tx.Query(ctx, "SELECT id FROM event WHERE message = ANY($1) AND op <> ''", family)
		if err != nil {
			return err
		}
		edits, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		return f(ctx, tx, append(family, edits...))
	})
	if err != nil {
		n = 0
	}
	return n, err
}

// unpart forgets the parts of events.
var unpart = []string{
	"DELETE FROM made WHERE part IN (SELECT p.id FROM part p JOIN delivery d ON d.id = p.delivery WHERE d.event = ANY($1))",
	"DELETE FROM part WHERE delivery IN (SELECT id FROM delivery WHERE event = ANY($1))",
	"DELETE FROM upload WHERE event = ANY($1)",
}

// drop forgets events. A repeat of one is known for a while, when something had
// come of it.
func drop(ctx context.Context, tx pgx.Tx, family []int64) error {
	b := &pgx.Batch{}
	b.Queue(`UPDATE seen s SET gone = 1 FROM event e WHERE e.id = ANY($1) AND s.source = e.source AND s.key = e.key AND s.event = e.id
		AND EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.id AND d.state = 'done')`, family)
	b.Queue("DELETE FROM seen s USING event e WHERE e.id = ANY($1) AND s.source = e.source AND s.key = e.key AND s.event = e.id AND s.gone = 0", family)
	for _, query := range unpart {
		b.Queue(query, family)
	}
	b.Queue("DELETE FROM attempt WHERE delivery IN (SELECT id FROM delivery WHERE event = ANY($1))", family)
	b.Queue("DELETE FROM delivery WHERE event = ANY($1)", family)
	b.Queue("DELETE FROM word WHERE event = ANY($1)", family)
	b.Queue("DELETE FROM event WHERE id = ANY($1)", family)
	return tx.SendBatch(ctx, b).Close()
}

// strip forgets the bodies, the uploads and the parts of events.
func strip(ctx context.Context, tx pgx.Tx, family []int64) error {
	rows, err := tx.Query(ctx, "UPDATE event SET stripped = 1, packed = false, body = NULL, files = NULL WHERE id = ANY($1) RETURNING id, summary", family)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	err = each(rows, func(rows pgx.Rows) error {
		var id int64
		var summary string
		err := rows.Scan(&id, str(&summary))
		b.Queue("UPDATE word SET list = $2::text::tsvector WHERE event = $1", id, strings.Join(store.Words(summary, nil), " "))
		return err
	})
	if err != nil {
		return err
	}
	for _, query := range unpart {
		b.Queue(query, family)
	}
	b.Queue("UPDATE delivery SET parts = 0 WHERE event = ANY($1) AND parts > 0", family)
	return tx.SendBatch(ctx, b).Close()
}
