package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
	"dragoman/gateway/store/sqlite"
)

// ErrNotEmpty is returned by Copy for a store that has been used.
var ErrNotEmpty = errors.New("postgres: the store is not empty")

// tables are what is copied, with their columns: both stores call them the same.
// Leases are not copied, nor what only one of them has.
var tables = []struct {
	name    string
	columns string
	numbers bool // ids that are given
}{
	{"source", "name, handle", false},
	{"event", "id, source, handle, at, key, dialect, name, verdict, decider, summary, header, stripped, packed, op, message, thread, files, body", true},
	{"upload", "event, n, packed, data", false},
	{"seen", "source, key, event, handle, at, gone", false},
	{"plan", "id, hash, route, dest, body", true},
	{"lane", "id, name, gate, rev, epoch", true},
	{"delivery", "id, event, lane, plan, state, reason, tries, rung, born, ended, parts, op, of, notes", true},
	{"part", "id, delivery, n, dest, format, remote, sent, packed, op, ref, thread, files, payload", true},
	{"made", "part, n, packed, data", false},
	{"attempt", "id, delivery, at, part, status, verdict, code, took", true},
	{"claim", "key, event, until", false},
	{"entry", "space, key, value, until", false},
}

// Copy copies all that is in a SQLite store into an empty one, in one transaction:
// after an error there is nothing of it, and it can be tried again. Nobody may use
// either store meanwhile. progress may be nil; it is called every now and then with
// the rows that are done of all there are in a table.
func Copy(ctx context.Context, from *sqlite.Store, to *Store, progress func(table string, done, all int64)) error {
	if err := to.enter(ctx); err != nil {
		return err
	}
	defer to.leave()
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	return clean(pgx.BeginFunc(ctx, to.pool, func(tx pgx.Tx) error {
		if err := takeEmpty(ctx, tx); err != nil {
			return err
		}
		return from.Snapshot(ctx, func(s sqlite.Snapshot) error {
			for _, t := range tables {
				columns := strings.Split(t.columns, ", ")
				into := columns
				if t.name == "entry" {
					columns, into = append(columns, "key"), append(slices.Clone(columns), "whole")
				}
				if err := load(ctx, tx, s, t.name, t.name, columns, into, plainRow(into), progress); err != nil {
					return err
				}
			}
			if err := loadWords(ctx, tx, s, progress); err != nil {
				return err
			}
			return renumber(ctx, tx, s)
		})
	}))
}

// takeEmpty keeps everybody else from writing, and errs when somebody has.
func takeEmpty(ctx context.Context, tx pgx.Tx) error {
	for _, t := range tables {
		if _, err := tx.Exec(ctx, "LOCK TABLE "+t.name+" IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		var used bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.name+")").Scan(&used); err != nil {
			return err
		}
		if used {
			return fmt.Errorf("%w: there is something in the table %s", ErrNotEmpty, t.name)
		}
	}
	return nil
}

// reportEvery is the rows after which progress is told.
const reportEvery = 1000

// load copies rows of one table into another, each as convert makes it.
func load(ctx context.Context, tx pgx.Tx, s sqlite.Snapshot, from, to string, columns, into []string,
	convert func(row []any) error, progress func(table string, done, all int64)) error {
	all, err := s.Count(ctx, from)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows := make(chan []any, 16) // of at most so many bodies
	read := make(chan error, 1)
	go func() {
		defer close(rows)
		read <- s.Rows(ctx, from, columns, func(row []any) error {
			if err := convert(row); err != nil {
				return err
			}
			select {
			case rows <- row[:len(into)]:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	done := int64(0)
	n, err := tx.CopyFrom(ctx, pgx.Identifier{to}, into, pgx.CopyFromFunc(func() ([]any, error) {
		row, more := <-rows
		if !more {
			return nil, nil
		}
		if done++; done%reportEvery == 0 {
			progress(to, done, all)
		}
		return row, nil
	}))
	cancel()
	for range rows { // the reader ends
	}
	if readErr := <-read; readErr != nil && !errors.Is(readErr, context.Canceled) {
		return readErr
	}
	if err == nil && n != all {
		err = fmt.Errorf("%d of %d rows of the table %s were copied", n, all, to)
	}
	if err == nil {
		progress(to, n, all)
	}
	return err
}

// plainRow makes of a row of SQLite's one of PostgreSQL's.
func plainRow(columns []string) func(row []any) error {
	packed := slices.Index(columns, "packed")
	return func(row []any) error {
		for i, v := range row {
			switch v := v.(type) {
			case string:
				switch columns[i] {
				case "key":
					row[i] = indexed(v)
				case "whole":
					row[i] = whole(v)
				default:
					row[i] = text(v)
				}
			case int64:
				if i == packed {
					row[i] = v != 0
				}
			}
		}
		return nil
	}
}

// loadWords makes the index of the history, which the stores have each of their
// own kind. COPY takes words only as a text.
func loadWords(ctx context.Context, tx pgx.Tx, s sqlite.Snapshot, progress func(table string, done, all int64)) error {
	if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE words (event bigint, list text) ON COMMIT DROP"); err != nil {
		return err
	}
	err := load(ctx, tx, s, "event", "words", []string{"id", "summary", "packed", "body"}, []string{"event", "list"}, wordRow, progress)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO word (event, list) SELECT event, list::tsvector FROM words")
	return err
}

// wordRow makes the words of an event of its id, summary, packed and body.
func wordRow(row []any) error {
	summary, _ := row[1].(string)
	packed, _ := row[2].(int64)
	stored, _ := row[3].([]byte)
	body, err := store.Unpack(stored, packed != 0)
	row[1] = strings.Join(store.Words(summary, body), " ")
	return err
}

// renumber has the next ids follow the highest ever given.
func renumber(ctx context.Context, tx pgx.Tx, s sqlite.Snapshot) error {
	last := map[string]int64{}
	err := s.Rows(ctx, "sqlite_sequence", []string{"name", "seq"}, func(row []any) error {
		name, _ := row[0].(string)
		last[name], _ = row[1].(int64)
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range tables {
		if !t.numbers {
			continue
		}
		_, err := tx.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), greatest($2, (SELECT max(id) FROM "+t.name+"), 1))", t.name, last[t.name])
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "ANALYZE "+t.name); err != nil {
			return err
		}
	}
	return nil
}
