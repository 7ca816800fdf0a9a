package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"dragoman/gateway/store"
)

const (
	maxWaiting    = 2048             // calls of Ingest which wait; more are told ErrFull
	maxGroup      = 256              // calls in one transaction
	maxGroupBytes = 16 << 20         // of bodies and payloads in one transaction
	groupTimeout  = 60 * time.Second // for a transaction
	maxAgain      = 8                // times that a group is tried again after a deadlock
)

// job is a call that writes in a group.
type job[T any] struct {
	in    T
	bytes int
	taken atomic.Bool // by the group, or by the caller who gives up
	done  chan error
}

// group is the goroutine that commits what waits in one transaction.
type group[T any] struct {
	mu      sync.Mutex
	some    sync.Cond
	waiting []*job[T]
	most    int // that may wait; 0: as many as there are callers
	closed  bool
	// commit writes jobs in one transaction. It answers each; its error is for all.
	commit func(ctx context.Context, jobs []*job[T]) ([]error, error)
	ended  chan struct{}
}

func newGroup[T any](most int, commit func(context.Context, []*job[T]) ([]error, error)) *group[T] {
	g := &group[T]{most: most, commit: commit, ended: make(chan struct{})}
	g.some.L = &g.mu
	go g.run()
	return g
}

// do has a job done and waits for it. When ctx ends before it has been taken, it
// is withdrawn.
func (g *group[T]) do(ctx context.Context, in T, bytes int) error {
	j := &job[T]{in: in, bytes: bytes, done: make(chan error, 1)}
	g.mu.Lock()
	if g.most > 0 && len(g.waiting) >= g.most {
		g.mu.Unlock()
		return store.ErrFull
	}
	g.waiting = append(g.waiting, j)
	g.some.Signal()
	g.mu.Unlock()
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-j.done
	}
}

// take waits for jobs, and returns none when the group is closed and empty.
func (g *group[T]) take() (jobs []*job[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.waiting) == 0 && !g.closed {
		g.some.Wait()
	}
	n, bytes := 0, 0
	for n < len(g.waiting) && n < maxGroup && (n == 0 || bytes+g.waiting[n].bytes <= maxGroupBytes) {
		bytes += g.waiting[n].bytes
		jobs = append(jobs, g.waiting[n])
		n++
	}
	left := copy(g.waiting, g.waiting[n:])
	clear(g.waiting[left:])
	g.waiting = g.waiting[:left]
	return jobs
}

func (g *group[T]) run() {
	defer close(g.ended)
	for {
		jobs := g.take()
		if len(jobs) == 0 {
			return
		}
		here := jobs[:0]
		for _, j := range jobs {
			if j.taken.CompareAndSwap(false, true) {
				here = append(here, j)
			}
		}
		g.write(here)
	}
}

// write commits jobs and answers their callers. When one of them fails the others,
// each is tried alone, unless the server is to blame.
func (g *group[T]) write(jobs []*job[T]) {
	if len(jobs) == 0 {
		return
	}
	answers, err := g.try(jobs)
	if err != nil && len(jobs) > 1 && !full(err) {
		for i := range jobs {
			g.write(jobs[i : i+1])
		}
		return
	}
	for i, j := range jobs {
		if err != nil {
			j.done <- clean(err)
		} else {
			j.done <- answers[i]
		}
	}
}

func (g *group[T]) try(jobs []*job[T]) (answers []error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	for range maxAgain {
		if answers, err = g.commit(ctx, jobs); !again(err) {
			break
		}
	}
	return answers, err
}

// stop finishes what waits and ends the goroutine.
func (g *group[T]) stop() {
	g.mu.Lock()
	g.closed = true
	g.some.Signal()
	g.mu.Unlock()
	<-g.ended
}

// tx is a transaction that travels with its statements: it begins with the first
// of them and ends with the last, in no round trip of its own.
type tx struct {
	pool *pgxpool.Pool
	conn *pgxpool.Conn
	id   string // of the transaction, to ask later what became of it
}

// begin takes a connection. The transaction begins with the first batch.
func (s *Store) begin(ctx context.Context) (*tx, error) {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return &tx{pool: s.pool, conn: c}, nil
}

// first is a batch that begins the transaction.
func (t *tx) first() *pgx.Batch {
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	b.Queue("SELECT pg_current_xact_id()::text").QueryRow(func(r pgx.Row) error { return r.Scan(&t.id) })
	return b
}

func (t *tx) send(ctx context.Context, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return t.conn.SendBatch(ctx, b).Close()
}

// commit sends the last batch. When no answer comes, the server is asked what
// became of the transaction.
func (t *tx) commit(ctx context.Context, b *pgx.Batch) error {
	b.Queue("COMMIT")
	err := t.send(ctx, b)
	if err != nil && lost(err) && t.committed() {
		return nil
	}
	return err
}

// committed finds out whether a transaction whose end was not heard is committed.
func (t *tx) committed() bool {
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	for ctx.Err() == nil {
		var status *string
		err := t.pool.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", t.id).Scan(&status)
		if err == nil && (status == nil || *status != "in progress") {
			return status != nil && *status == "committed"
		}
		if err != nil && !away(err) {
			return false
		}
		select { // the server is starting, or the old connection not yet given up
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return false
}

// end gives the connection back; a transaction that is not committed is undone.
func (t *tx) end() {
	if t.conn.Conn().PgConn().TxStatus() != 'I' && !t.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
		defer cancel()
		if _, err := t.conn.Exec(ctx, "ROLLBACK"); err != nil {
			t.conn.Conn().Close(ctx)
		}
	}
	t.conn.Release()
}

// lost reports whether the connection broke, so that it is not known what the
// server did last.
func lost(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code == "57P01" || said.Code == "57P02"
	}
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded)
}

// write runs f in a transaction of its own, again after a deadlock.
func (s *Store) write(ctx context.Context, f func(tx pgx.Tx) error) (err error) {
	for range maxAgain {
		if err = pgx.BeginFunc(ctx, s.pool, f); !again(err) {
			break
		}
	}
	return clean(err)
}
