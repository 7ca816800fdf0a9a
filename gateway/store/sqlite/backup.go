package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a copy of the database to path, as it is at one moment after the
// call began, while others read and write. The copy is on disk when it returns; a
// store opens it under the name dragoman.db in a directory of its own. It errs
// with fs.ErrExist when there is something at path, which is left as it is.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("sqlite: backup: %s: %w", path, os.ErrExist)
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".dragoman-backup-*") // empty, and readable by nobody else
	if err != nil {
		return fmt.Errorf("sqlite: backup: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := s.copyTo(ctx, f.Name()); err != nil {
		return fmt.Errorf("sqlite: backup: %w", full(err))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sqlite: backup: %w", err)
	}
	// A link, unlike a new name, takes nothing's place. Not every file system has it.
	if err := os.Link(f.Name(), path); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("sqlite: backup: %w", err)
	} else if err != nil {
		if err := os.Rename(f.Name(), path); err != nil {
			return fmt.Errorf("sqlite: backup: %w", err)
		}
	}
	return syncDir(dir)
}

// copyTo fills the empty file at path, on a connection of its own.
func (s *Store) copyTo(ctx context.Context, path string) error {
	db, err := s.connect(1)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}

// syncDir makes new names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sqlite: backup: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sqlite: backup: %w", err)
	}
	return nil
}

// Snapshot is one state of the database, to be copied elsewhere.
type Snapshot struct{ tx *sql.Tx }

// Snapshot calls f with the present state of the database.
func (s *Store) Snapshot(ctx context.Context, f func(Snapshot) error) error {
	return s.view(ctx, func(tx *sql.Tx) error { return f(Snapshot{tx}) })
}

// Count is how many rows a table has.
func (s Snapshot) Count(ctx context.Context, table string) (n int64, err error) {
	err = s.tx.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	return n, err
}

// Rows calls each with the columns of each row of a table: int64, string, []byte
// or nil, which are its own.
func (s Snapshot) Rows(ctx context.Context, table string, columns []string, each func(row []any) error) error {
	// The driver gives no bytes and NULL as one and the same.
	nulls := strings.Join(columns, " IS NULL, ") + " IS NULL"
	rows, err := s.tx.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+", "+nulls+" FROM "+table)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		row, null := make([]any, len(columns)), make([]bool, len(columns))
		dest := make([]any, 2*len(columns))
		for i := range row {
			dest[i], dest[len(row)+i] = &row[i], &null[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
		for i := range row {
			switch v := row[i].(type) {
			case []byte:
				if v == nil && !null[i] {
					row[i] = []byte{}
				}
			case nil:
				if !null[i] {
					row[i] = []byte{}
				}
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}
