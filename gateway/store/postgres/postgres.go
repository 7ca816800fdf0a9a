// Package postgres is a store.Store in a PostgreSQL database, which several
// gateways may share.
//
// Of each process, one goroutine commits the arrivals that wait and another the
// outcomes, each in one transaction. What a group locks, it locks in the order of
// names or ids, so that two processes cannot wait for each other; where they do
// all the same, the group is tried again. All times that decide something are the
// server's.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"dragoman/gateway/store"
)

const (
	minVersion    = 15_00_00
	connections   = 6 // of one process to write, and as many to read
	startTimeout  = 30 * time.Second
	idleTimeout   = 15 * time.Second // within a transaction
	defaultSchema = "dragoman"
)

// Store is a schema of a database. Other processes may have it open too.
type Store struct {
	pool *pgxpool.Pool // for those who write
	read *pgxpool.Pool // for the others, so that no search keeps an arrival waiting
	log  *slog.Logger

	open   sync.RWMutex // held for reading by each call under way
	closed bool

	arrivals *group[arrival]
	outcomes *group[report]

	known  known
	owners struct { // those for whom this process has leased
		sync.Mutex
		names map[string]bool
	}
}

var _ store.Store = (*Store)(nil)

// Open opens the store at a PostgreSQL address, such as
// "postgres://user:password@host:5432/database?sslmode=verify-full". Its tables
// are in the schema that the address names as search_path, else in "dragoman";
// they are made when they are not there. A server that may lose what it has
// committed is used, with a warning to log. No error shows the address.
func Open(ctx context.Context, address string, log *slog.Logger) (*Store, error) {
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("postgres: the address cannot be understood: it is like postgres://user:password@host:5432/database")
	}
	schema := c.ConnConfig.RuntimeParams["search_path"]
	if schema == "" {
		schema = defaultSchema
	}
	c.ConnConfig.RuntimeParams["search_path"] = pgx.Identifier{schema}.Sanitize()
	c.ConnConfig.RuntimeParams["application_name"] = "dragoman"
	// A process that stands still in a transaction must not keep its locks from the
	// others.
	c.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = strconv.FormatInt(idleTimeout.Milliseconds(), 10)
	c.MaxConns = connections
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	s := &Store{log: log}
	if s.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return nil, clean(err)
	}
	if s.read, err = pgxpool.NewWithConfig(ctx, c.Copy()); err != nil {
		s.pool.Close()
		return nil, clean(err)
	}
	s.owners.names = map[string]bool{}
	s.known.forget()
	if err := s.prepare(ctx, schema); err != nil {
		s.pool.Close()
		s.read.Close()
		return nil, clean(err)
	}
	s.arrivals = newGroup(maxWaiting, s.accept)
	s.outcomes = newGroup(0, s.record)
	return s, nil
}

// prepare looks at the server and brings the schema up to date.
func (s *Store) prepare(ctx context.Context, schema string) error {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	setting := map[string]string{"server_version_num": "", "server_encoding": "", "fsync": "", "synchronous_commit": "", "full_page_writes": ""}
	for name := range setting {
		var value string
		if err := c.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		setting[name] = value
	}
	if v, _ := strconv.Atoi(setting["server_version_num"]); v < minVersion {
		return fmt.Errorf("the server has version %d: PostgreSQL 15 or later is needed", v/10000)
	}
	if e := setting["server_encoding"]; e != "UTF8" {
		return fmt.Errorf("the database has the encoding %s: UTF8 is needed", e)
	}
	for _, name := range slices.Sorted(maps.Keys(setting)) {
		if setting[name] == "off" {
			s.log.Warn("THE DATABASE SERVER MAY LOSE MESSAGES when it or its machine stops: turn this setting on", "setting", name, "value", "off")
		}
	}
	return migrate(ctx, c.Conn(), schema)
}

// enter begins a call; leave ends it.
func (s *Store) enter(ctx context.Context) error {
	s.open.RLock()
	err := ctx.Err()
	if s.closed {
		err = store.ErrClosed
	}
	if err != nil {
		s.open.RUnlock()
	}
	return err
}

func (s *Store) leave() { s.open.RUnlock() }

// Close waits for the calls under way and gives back the leases of this process,
// so that others need not wait for their end.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.arrivals.stop()
	s.outcomes.stop()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	err := s.resign(ctx)
	s.pool.Close()
	s.read.Close()
	return clean(err)
}

// dbError is an error without the address in its words.
type dbError struct {
	says string
	err  error
}

func (e *dbError) Error() string { return "postgres: " + e.says }
func (e *dbError) Unwrap() error { return e.err }

// clean makes an error of the driver one that can be shown: those at connecting
// name the host, the user and the database. What is full or out of reach is
// store.ErrFull too.
func clean(err error) error {
	var known *dbError
	var said *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case err == nil, errors.As(err, &known),
		errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrLost), errors.Is(err, store.ErrClosed),
		errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &said):
		err = &dbError{said.Message + " (" + said.Code + ")", err}
	case errors.As(err, &connect):
		err = &dbError{"the server cannot be reached", err}
	case away(err):
		err = &dbError{"the connection to the server was lost", err}
	default:
		return fmt.Errorf("postgres: %w", err)
	}
	if full(err) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// away reports whether the server did not answer.
func away(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return strings.HasPrefix(said.Code, "57P") || strings.HasPrefix(said.Code, "08") // shut down, starting; connection failure
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || pgconn.Timeout(err) || pgconn.SafeToRetry(err) || lost(err)
}

// full reports whether nothing can be made durable now.
func full(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		switch {
		case strings.HasPrefix(said.Code, "53"), strings.HasPrefix(said.Code, "58"): // insufficient resources; input and output
			return true
		case said.Code == "25006": // a standby takes no writes
			return true
		}
	}
	return away(err)
}

// again reports whether a transaction can be tried once more: it was chosen to
// end a deadlock, or could not be serialised.
func again(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == "40P01" || said.Code == "40001")
}
