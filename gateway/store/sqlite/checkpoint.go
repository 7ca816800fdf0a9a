package sqlite

import (
	"context"
	"database/sql"
	"os"
	"sync"
)

const (
	checkpointBytes = 4 << 20  // of log, from which it is moved into the database
	truncateBytes   = 64 << 20 // of log, from which it is also begun anew
)

// checkpointer moves the log into the database while others write and read, so
// that no caller waits for it.
type checkpointer struct {
	conn   *sql.Conn
	log    string
	writer *sync.Mutex
	dirty  chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}
}

func newCheckpointer(ctx context.Context, db *sql.DB, log string, writer *sync.Mutex) (*checkpointer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	c := &checkpointer{conn: conn, log: log, writer: writer, dirty: make(chan struct{}, 1), ended: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(ctx)
	go c.run()
	return c, nil
}

// wake says that the log has grown. It does not block.
func (c *checkpointer) wake() {
	select {
	case c.dirty <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	defer close(c.ended)
	done := int64(0) // size of the log when it was last moved
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.dirty:
		}
		size := c.size()
		if size < done {
			done = 0 // it has begun anew
		}
		if size-done < checkpointBytes {
			continue
		}
		// An error here loses nothing: the log stays, and the next time comes.
		c.conn.ExecContext(c.ctx, "PRAGMA wal_checkpoint(PASSIVE)")
		done = size
		if size >= truncateBytes {
			// Little is left to be moved now, and for that the writer stands still. Readers
			// of older states are waited for only briefly.
			c.writer.Lock()
			c.conn.ExecContext(c.ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
			c.writer.Unlock()
			done = 0
		}
	}
}

func (c *checkpointer) size() int64 {
	info, err := os.Stat(c.log)
	if err != nil {
		return 0
	}
	return info.Size()
}

// stop ends the goroutine and moves all of the log, when nobody writes any more.
func (c *checkpointer) stop() error {
	c.cancel()
	<-c.ended
	c.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)") // else it is done at the next opening
	return c.conn.Close()
}
