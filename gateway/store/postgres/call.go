package postgres

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
)

var _ store.Caller = (*Store)(nil)

// call is what one process tells the others, in a notification on the channel
// that has the schema's name.
type call struct {
	From string `json:"from"`
	store.Call
}

const (
	callLanes = 50
	// A notification has less than 8000 bytes.
	// https://www.postgresql.org/docs/15/sql-notify.html
	callBytes = 7999
)

// Call implements store.Caller. It does not wait for the disk.
func (s *Store) Call(ctx context.Context, owner string, c store.Call) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	b := &pgx.Batch{}
	b.Queue("SET LOCAL synchronous_commit = off")
	say := func(some []string) error {
		one := c
		one.Lanes = texts(some)
		said, err := json.Marshal(call{owner, one})
		if err == nil && len(said) > callBytes {
			one.Lanes = nil
			said, err = json.Marshal(call{owner, one})
		}
		if err == nil {
			b.Queue("SELECT pg_notify(current_schema(), $1)", string(said))
		}
		return err
	}
	if len(c.Lanes) == 0 {
		if err := say(nil); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(c.Lanes, callLanes) {
		if err := say(some); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, b).Close() })
}

// Listen implements store.Caller. It has a connection of its own.
func (s *Store) Listen(ctx context.Context, owner string, heard func(store.Call)) error {
	c, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return clean(err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	var schema string
	if err := c.QueryRow(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return clean(err)
	}
	if _, err := c.Exec(ctx, "LISTEN "+pgx.Identifier{schema}.Sanitize()); err != nil {
		return clean(err)
	}
	heard(store.Call{}) // what was called before
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return clean(err)
		}
		var said call
		if json.Unmarshal([]byte(n.Payload), &said) == nil && said.From != text(owner) {
			for i, name := range said.Lanes {
				said.Lanes[i] = plain(name)
			}
			heard(said.Call)
		}
	}
}
