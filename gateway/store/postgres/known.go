package postgres

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
)

// known are the ids of lanes and plans, which are never deleted.
type known struct {
	mu    sync.Mutex
	lanes map[string]int64
	plans map[[32]byte]int64
}

// maxKnown bounds each of the maps.
const maxKnown = 10_000

func (k *known) forget() {
	k.lanes, k.plans = map[string]int64{}, map[[32]byte]int64{}
}

func (k *known) get(lane string, plan [32]byte) (int64, int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lanes[lane], k.plans[plan]
}

func (k *known) set(lane string, laneID int64, plan [32]byte, planID int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.lanes) >= maxKnown || len(k.plans) >= maxKnown {
		k.forget()
	}
	k.lanes[lane], k.plans[plan] = laneID, planID
}

// know returns the ids of a delivery's lane and plan, which are made when there are
// none. They are committed on their own: nothing has to be undone when the events
// are not stored.
func (s *Store) know(ctx context.Context, d *store.NewDelivery, hash [32]byte) (lane, plan int64, err error) {
	if lane, plan = s.known.get(d.Lane, hash); lane != 0 && plan != 0 {
		return lane, plan, nil
	}
	if lane, err = s.lane(ctx, d.Lane); err != nil {
		return 0, 0, err
	}
	plan, err = s.make(ctx, "SELECT id FROM plan WHERE hash = $1",
		"INSERT INTO plan (hash, route, dest, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		hash[:], text(d.Route), text(d.To), append([]byte{}, d.Plan...))
	if err != nil {
		return 0, 0, err
	}
	s.known.set(d.Lane, lane, hash, plan)
	return lane, plan, nil
}

// lane is the id of the lane of that name, made when there is none.
func (s *Store) lane(ctx context.Context, name string) (int64, error) {
	return s.make(ctx, "SELECT id FROM lane WHERE name = $1", "INSERT INTO lane (name) VALUES ($1) ON CONFLICT DO NOTHING", text(name))
}

// make finds a row by the first of args, or inserts it.
func (s *Store) make(ctx context.Context, find, insert string, args ...any) (id int64, err error) {
	for range 2 {
		err = s.pool.QueryRow(ctx, find, args[0]).Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			break
		}
		if _, err := s.pool.Exec(ctx, insert, args...); err != nil {
			return 0, clean(err)
		}
	}
	return id, clean(err)
}
