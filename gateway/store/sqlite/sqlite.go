// Package sqlite is a store.Store in one SQLite file in the data directory, for
// one gateway on one machine.
//
// All writing is done by one goroutine, which commits what waits in one
// transaction: a group costs one synchronisation with the disk, however many
// calls are in it. Reading has connections of its own and waits for nobody.
package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"dragoman/gateway/store"
)

// ErrInUse is returned by Open when another process has the data directory.
var ErrInUse = errors.New("sqlite: data directory in use")

const (
	fileName = "dragoman.db"
	readers  = 4

	// quickCheckBytes is the size of file up to which Open looks through all of it.
	quickCheckBytes = 16 << 20

	// Older versions can corrupt a database in WAL mode when a checkpoint meets a
	// writer. https://www.sqlite.org/wal.html#walresetbug
	minVersion = 3_051_003
)

// Store is a database in a data directory which this process has locked.
type Store struct {
	path string
	lock *os.File
	db   *sql.DB // two connections: the writer's and the checkpointer's
	read *sql.DB

	open   sync.RWMutex // held for reading by each call under way
	closed bool

	writer     *writer
	checkpoint *checkpointer
	index      *indexer
	owners     owners

	heads, headParts, headRelated *sql.Stmt
}

var _ store.Store = (*Store)(nil)

// Open opens the store in dir, which is made when it is not there. It errs with
// ErrInUse when another process has it. The leases of an earlier process are
// void.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, cannotWrite(dir, err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{path: filepath.Join(dir, fileName), lock: lock, owners: owners{until: map[string]time.Time{}}}
	if err := s.start(); err != nil {
		s.stop()
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *Store) start() error {
	ctx := context.Background()
	if err := looksLikeDatabase(s.path); err != nil {
		return err
	}
	var err error
	if s.db, err = s.connect(2, "synchronous(FULL)", "wal_autocheckpoint(0)", "cache_size(-65536)"); err != nil {
		return err
	}
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	if err := s.prepareFile(ctx, c); err != nil {
		c.Close()
		return err
	}
	s.writer = newWriter(s.db, c)
	if s.checkpoint, err = newCheckpointer(ctx, s.db, s.path+"-wal", &s.writer.busy); err != nil {
		return err
	}
	if s.read, err = s.connect(readers, "query_only(1)", "cache_size(-8192)"); err != nil {
		return err
	}
	if s.heads, err = s.read.PrepareContext(ctx, headsQuery); err != nil {
		return err
	}
	if s.headParts, err = s.read.PrepareContext(ctx, partsQuery); err != nil {
		return err
	}
	if s.headRelated, err = s.read.PrepareContext(ctx, relatedQuery); err != nil {
		return err
	}
	s.index = newIndexer(ctx, s.read, s.writer)
	s.writer.committed = func() {
		s.checkpoint.wake()
		s.index.wake()
	}
	return nil
}

// connect opens a pool of n connections, each with the pragmas given.
func (s *Store) connect(n int, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(MEMORY)"}, pragmas...)}
	u := url.URL{Scheme: "file", Path: s.path, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// prepareFile checks what is there, brings it up to date, and voids leases.
func (s *Store) prepareFile(ctx context.Context, c *sql.Conn) error {
	var version, mode string
	if err := c.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if err := checkVersion(version); err != nil {
		return err
	}
	if info, err := os.Stat(s.path); err == nil && info.Size() > 0 && info.Size() <= quickCheckBytes {
		var found string
		if err := c.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return fmt.Errorf("%w: %s", errDamaged, found)
		}
	}
	if err := c.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("sqlite: %s: the file system does not support a write-ahead log (mode is %s): use a local disk", s.path, mode)
	}
	if err := migrate(ctx, c, s.path); err != nil {
		return err
	}
	_, err := c.ExecContext(ctx, "UPDATE lane SET owner = '', until = 0 WHERE owner <> ''")
	return err
}

// checkVersion refuses a version of SQLite with which a log can be corrupted.
func checkVersion(version string) error {
	var major, minor, patch int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); n < 2 || major*1_000_000+minor*1_000+patch < minVersion {
		return fmt.Errorf("sqlite: version %s of SQLite can corrupt its log: 3.51.3 or newer is needed", version)
	}
	return nil
}

var errDamaged = errors.New("the file is damaged")

// looksLikeDatabase looks at the first bytes of a file, before SQLite can make
// something of it.
func looksLikeDatabase(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	defer f.Close()
	// https://www.sqlite.org/fileformat.html#magic_header_string
	magic := []byte("SQLite format 3\x00")
	head := make([]byte, len(magic))
	switch n, err := io.ReadFull(f, head); {
	case err == io.EOF: // empty, as after a crash at the very first moment
		return nil
	case n < len(magic) || !bytes.Equal(head, magic):
		return fmt.Errorf("%w: it is not a database", errDamaged)
	}
	return nil
}

// explain says of an error at opening which file it is about and what to do.
func (s *Store) explain(err error) error {
	if code := errorCode(err); code == lib.SQLITE_CORRUPT || code == lib.SQLITE_NOTADB || errors.Is(err, errDamaged) {
		return fmt.Errorf("sqlite: %s cannot be used: %w: restore a backup of it, or move it away (with its -wal file) to begin with an empty store",
			s.path, err)
	}
	if code := errorCode(err); code == lib.SQLITE_READONLY || code == lib.SQLITE_CANTOPEN || code == lib.SQLITE_PERM {
		return cannotWrite(s.path, err)
	}
	return err
}

// cannotWrite says of a file or directory that this process may not use it.
func cannotWrite(path string, err error) error {
	return fmt.Errorf("sqlite: %s cannot be written: %w: give the user of this process the right to, or use another data directory", path, err)
}

// errorCode is SQLite's primary result code, or 0.
func errorCode(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// full makes ErrFull of an error of the disk.
func full(err error) error {
	if code := errorCode(err); code == lib.SQLITE_FULL || code == lib.SQLITE_IOERR {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// enter begins a call; leave ends it.
func (s *Store) enter() error {
	s.open.RLock()
	if s.closed {
		s.open.RUnlock()
		return store.ErrClosed
	}
	return nil
}

func (s *Store) leave() { s.open.RUnlock() }

// Close waits for the calls under way, moves the log into the database and gives
// the data directory free.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.stop()
}

// stop undoes start, as far as that came.
func (s *Store) stop() error {
	var errs []error
	if s.index != nil {
		s.index.stop()
	}
	if s.read != nil {
		errs = append(errs, s.read.Close()) // first: a reader would keep the log from being truncated
	}
	if s.writer != nil {
		errs = append(errs, s.writer.stop())
	}
	if s.checkpoint != nil {
		errs = append(errs, s.checkpoint.stop())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
