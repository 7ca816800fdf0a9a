package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// writer is the one goroutine that writes, and what it knows.
type writer struct {
	queue     queue
	db        *sql.DB
	conn      *sql.Conn
	committed func() // called after each commit
	// busy is held during a transaction. The checkpointer takes it where it would
	// otherwise make SQLite wait by polling.
	busy  sync.Mutex
	ended chan struct{}

	statements map[string]*sql.Stmt

	// What has been read or written before. Rows which a transaction that failed
	// has made must not stay in here.
	lanes   map[string]int64
	plans   map[[32]byte]int64
	handles map[string]int64
	marked  int64 // the mark of the index, or -1

	// rewritten counts the events beyond the mark whose words have changed since they
	// were written. busy guards it.
	rewritten int

	// What the transaction has to write before it ends.
	pending map[int64]int // by lane: change in the number of pending deliveries
	given   map[string]bool
}

// maxKnown bounds each of the maps above.
const maxKnown = 10_000

func newWriter(db *sql.DB, c *sql.Conn) *writer {
	w := &writer{db: db, conn: c, committed: func() {}, ended: make(chan struct{}), statements: map[string]*sql.Stmt{}}
	w.queue.some.L = &w.queue.mu
	w.forget()
	go w.run()
	return w
}

// forget empties what the writer knows.
func (w *writer) forget() {
	w.lanes, w.plans, w.handles = map[string]int64{}, map[[32]byte]int64{}, map[string]int64{}
	w.marked = -1
	w.pending, w.given = map[int64]int{}, map[string]bool{}
}

// stop finishes what waits and ends the goroutine.
func (w *writer) stop() error {
	w.queue.close()
	<-w.ended
	for _, s := range w.statements {
		s.Close()
	}
	return w.conn.Close()
}

func (w *writer) run() {
	defer close(w.ended)
	var group []*job
	for {
		group = w.queue.take(group[:0])
		if len(group) == 0 {
			return
		}
		here := group[:0]
		for _, j := range group {
			if j.taken.CompareAndSwap(false, true) {
				here = append(here, j)
			}
		}
		w.commit(here)
		clear(group) // what was written is not to be kept in memory
	}
}

// commit writes a group in one transaction and answers its callers. When one of
// the group fails, each is tried alone, so that it fails only itself.
func (w *writer) commit(group []*job) {
	if len(group) == 0 {
		return
	}
	answers := make([]error, len(group))
	err := w.transact(group, answers)
	if err != nil && len(group) > 1 {
		for i := range group {
			w.commit(group[i : i+1])
		}
		return
	}
	for i, j := range group {
		if answers[i] == nil {
			answers[i] = full(err)
		}
		j.done <- answers[i]
	}
}

// transact runs the jobs in one transaction. Its error is for all of them.
func (w *writer) transact(group []*job, answers []error) error {
	w.busy.Lock()
	defer w.busy.Unlock()
	if err := w.begin(); err != nil {
		return err
	}
	err := w.runAll(group, answers)
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		w.exec("ROLLBACK") // SQLite may have done so; if it cannot be done, begin finds out
		w.forget()
		return err
	}
	if len(w.lanes) > maxKnown || len(w.plans) > maxKnown || len(w.handles) > maxKnown {
		w.forget()
	}
	w.committed()
	return nil
}

func (w *writer) runAll(group []*job, answers []error) error {
	for i, j := range group {
		if j.check != nil {
			if answers[i] = j.check(w); answers[i] != nil {
				continue
			}
		}
		if err := j.write(w); err != nil {
			return err
		}
	}
	return w.flush()
}

// begin opens a transaction. After an error of the disk the connection may be
// unusable; then there is a new one.
func (w *writer) begin() error {
	err := w.exec("BEGIN IMMEDIATE")
	if err == nil {
		return nil
	}
	for _, s := range w.statements {
		s.Close()
	}
	clear(w.statements)
	w.conn.Raw(func(any) error { return driver.ErrBadConn }) // closes it rather than keeping it
	w.conn.Close()
	c, again := w.db.Conn(context.Background())
	if again != nil {
		return errors.Join(err, again)
	}
	w.conn = c
	return w.exec("BEGIN IMMEDIATE")
}

// flush writes the counts and handles which change with every job only once in a
// transaction.
func (w *writer) flush() error {
	for lane, n := range w.pending {
		if n != 0 {
			if err := w.exec("UPDATE lane SET pending = pending + ? WHERE id = ?", n, lane); err != nil {
				return err
			}
		}
	}
	for source := range w.given {
		if err := w.exec(`INSERT INTO source (name, handle) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET handle = excluded.handle`, source, w.handles[source]); err != nil {
			return err
		}
	}
	clear(w.pending)
	clear(w.given)
	return nil
}

// statement prepares a query once.
func (w *writer) statement(query string) (*sql.Stmt, error) {
	if s := w.statements[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("sqlite: prepare: %w", err)
	}
	w.statements[query] = s
	return s, nil
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.run1(query, args...)
	return err
}

// run1 executes a query and returns its result. There is no context: a
// transaction is ended by the writer alone.
func (w *writer) run1(query string, args ...any) (sql.Result, error) {
	s, err := w.statement(query)
	if err != nil {
		return nil, err
	}
	r, err := s.Exec(args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	return r, nil
}

// insert is the id of the row that the query has made.
func (w *writer) insert(query string, args ...any) (int64, error) {
	r, err := w.run1(query, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// get scans the only row of a query, and reports whether there is one.
func (w *writer) get(query string, args []any, dest ...any) (bool, error) {
	s, err := w.statement(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRow(args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sqlite: %w", err)
	}
	return true, nil
}

// list is the first column of a query's rows.
func (w *writer) list(query string, args ...any) (ids []int64, err error) {
	s, err := w.statement(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("sqlite: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
