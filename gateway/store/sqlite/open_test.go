package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOldVersionIsRefused(t *testing.T) {
	for version, good := range map[string]bool{
		"3.51.3": true, "3.51.4": true, "3.52.0": true, "4.0.0": true,
		"3.51.2": false, "3.50.9": false, "2.99.99": false, "": false, "new": false,
	} {
		if err := checkVersion(version); (err == nil) != good {
			t.Errorf("version %q: %v", version, err)
		}
	}
}

func TestDirectoryIsLocked(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := Open(dir)
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Fatalf("second opening: %v", err)
	}
}

func TestStrangePath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%20e&f")
	ingest(t, open(t, dir), event("a"))
	if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
}

// Whatever is found in place of the database, the error says where it is, and
// the file stays as it was.
func TestUnusableFile(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good")
	s := open(t, good)
	for range 50 {
		ingest(t, s, event("a", "b"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(good, fileName))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(f func(db *sql.DB)) []byte {
		path := filepath.Join(t.TempDir(), fileName)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		f(db)
		db.Close()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	pragma := func(p string) []byte {
		return edit(func(db *sql.DB) {
			if _, err := db.Exec("PRAGMA " + p); err != nil {
				t.Fatal(err)
			}
		})
	}
	holed := bytes.Clone(file)
	for i := 8192; i < len(holed)-4096; i++ {
		holed[i] ^= 0x5a
	}
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"text":                 {[]byte("this is a shopping list, not a database"), "restore a backup"},
		"short":                {[]byte("SQL"), "restore a backup"},
		"cut short":            {file[:len(file)/2], "restore a backup"},
		"header only":          {append([]byte("SQLite format 3\x00"), bytes.Repeat([]byte{0xff}, 5000)...), "restore a backup"},
		"damaged pages":        {holed, "restore a backup"},
		"newer schema":         {pragma("user_version = 99"), "newer program"},
		"another's":            {pragma("application_id = 7"), "another program"},
		"another's, unmarked":  {pragma("application_id = 0"), "another program"},
		"a directory of files": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			if c.file == nil {
				if err := os.Mkdir(path, 0o700); err != nil {
					t.Fatal(err)
				}
			} else if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error: %v", err)
			}
			if c.file != nil {
				if now, _ := os.ReadFile(path); !bytes.Equal(now, c.file) {
					t.Error("the file was changed")
				}
			}
			lock, err := lockDir(dir)
			if err != nil {
				t.Fatalf("the directory stayed locked: %v", err)
			}
			lock.Close()
		})
	}
}

// A crash at the very first moment leaves an empty file.
func TestEmptyFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ingest(t, open(t, dir), event("a"))
}
