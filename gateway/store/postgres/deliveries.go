package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dragoman/gateway/store"
)

// claims makes the claims of events that are stored.
func (t *tx) claims(ctx context.Context, events []*incoming) error {
	var anew []int64
	var list []claimant
	for _, e := range events {
		if e.anew {
			anew = append(anew, e.out.ID)
		}
		e.stands = make([]bool, len(e.Deliveries))
		for i := range e.Deliveries {
			if d := &e.Deliveries[i]; e.stored && d.Claims() {
				list = append(list, claimant{d, e.out.ID, &e.stands[i]})
			}
		}
	}
	b := &pgx.Batch{}
	if len(anew) > 0 {
		b.Queue("DELETE FROM claim WHERE event = ANY($1)", anew) // it is no duplicate of itself
	}
	claim(b, list)
	return t.send(ctx, b)
}

// claimant is a delivery, of an event, that asks for its claim.
type claimant struct {
	*store.NewDelivery
	event  int64
	stands *bool // whether another has it, when the batch has been sent
}

// claim queues what makes claims.
func claim(b *pgx.Batch, list []claimant) {
	byKey := map[string][]claimant{}
	for _, c := range list {
		byKey[c.Claim] = append(byKey[c.Claim], c)
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) { // two transactions that want the same claims ask in one order
		list := byKey[key]
		// The first has it, or the first whose claim lasts.
		first := max(0, slices.IndexFunc(list, func(c claimant) bool { return c.ClaimFor > 0 }))
		b.Queue(`INSERT INTO claim (key, event, until) VALUES ($1, $2, micros() + $3)
			ON CONFLICT (key) DO UPDATE SET event = excluded.event, until = excluded.until WHERE claim.until <= micros()`,
			indexed(key), list[first].event, list[first].ClaimFor.Microseconds()).Exec(func(tag pgconn.CommandTag) error {
			for i, c := range list {
				*c.stands = tag.RowsAffected() == 0 || i > first && list[first].ClaimFor > 0
			}
			return nil
		})
	}
}

func insertDeliveries(b *pgx.Batch, events []*incoming) {
	var rows deliveries
	for _, e := range events {
		if !e.stored {
			continue
		}
		for i := range e.Deliveries {
			d := &e.Deliveries[i]
			rows.add(d, e.stands[i], e.out.ID, e.lanes[i], e.plans[i], e.at, e.Op, 0)
		}
	}
	rows.insert(b)
}

// deliveries are rows to be inserted.
type deliveries struct {
	event, lane, plan, born, of []int64
	state, reason, op           []string
}

func (c *deliveries) add(d *store.NewDelivery, stands bool, event, lane, plan, born int64, op store.Op, of int64) {
	state, reason := d.Begin(stands)
	c.event, c.lane, c.plan = append(c.event, event), append(c.lane, lane), append(c.plan, plan)
	c.born, c.of, c.op = append(c.born, born), append(c.of, of), append(c.op, string(op))
	c.state, c.reason = append(c.state, string(state)), append(c.reason, text(reason))
}

// insert queues the rows, in order: the ids grow. Those who are born at 0 are born
// now.
func (c *deliveries) insert(b *pgx.Batch) *pgx.QueuedQuery {
	if len(c.event) == 0 {
		return nil
	}
	return b.Queue(`INSERT INTO delivery (event, lane, plan, born, of, state, reason, op, ended)
		SELECT event, lane, plan, CASE WHEN born = 0 THEN micros() ELSE born END, of, state, reason, op,
			CASE WHEN state IN ('pending', 'held') THEN 0 ELSE micros() END
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY
			AS t (event, lane, plan, born, of, state, reason, op, place)
		ORDER BY place RETURNING id`, c.event, c.lane, c.plan, c.born, c.of, c.state, c.reason, c.op)
}
