package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// The hot queries can be answered by an index, in order. Without rows the server
// would rather read all of a table, so it is told not to.
func TestQueryPlans(t *testing.T) {
	s := open(t, server.Fresh(t))
	ctx := context.Background()
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	for _, set := range []string{"SET enable_seqscan = off", "SET enable_bitmapscan = off", "SET plan_cache_mode = force_generic_plan"} {
		if _, err := c.Exec(ctx, set); err != nil {
			t.Fatal(err)
		}
	}
	for query, args := range map[string][]any{
		headsQuery + " -- delivery_queue":                                              {"a", 1},
		leaseQuery + " -- delivery_queue":                                              {"me", 1, 1},
		purgeable + " -- event_age":                                                    {0, 1, 1, 1, 1},
		partsQuery + " -- part_delivery_n_key":                                         {[]int64{1}},
		"SELECT 1 FROM event WHERE message = $1 AND op <> '' -- event_change":          {1},
		"SELECT 1 FROM delivery WHERE state IN ('partial', 'dead') -- delivery_failed": {},
	} {
		_, index, _ := strings.Cut(query, " -- ")
		rows, err := c.Query(ctx, "EXPLAIN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(lines, "\n")
		if !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}
