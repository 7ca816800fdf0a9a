package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"dragoman/gateway/store"
)

// A copy that was made while others write is whole, and has all that was
// acknowledged before.
func TestBackup(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := context.Background()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				in := event("all", "other")
				in.Key = fmt.Sprint(i, "-", n)
				if _, err := s.Ingest(ctx, []store.Incoming{in}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for round := range 3 {
		in := event("all", "other")
		in.Key = fmt.Sprint("before ", round)
		before := ingest(t, s, in)[0]
		dir := t.TempDir()
		path := filepath.Join(dir, fileName)
		if err := s.Backup(ctx, path); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		if list, _ := os.ReadDir(dir); len(list) != 1 {
			t.Errorf("left: %v", list)
		}
		c := open(t, dir)
		checkWhole(t, c)
		if again := ingest(t, c, in)[0]; !again.Repeat || again.ID != before.ID || again.Handle != before.Handle {
			t.Errorf("what was acknowledged before the backup is %+v in it", again)
		}
		if found, err := c.Events(ctx, store.EventQuery{Text: "hello", Limit: 1}); err != nil || len(found) != 1 {
			t.Errorf("found %v, %v", found, err)
		}
	}
	close(stop)
	wg.Wait()
}

func TestBackupOverwritesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(context.Background(), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("error: %v", err)
	}
	if b, err := os.ReadFile(path); string(b) != "mine" {
		t.Errorf("now %q, %v", b, err)
	}
	if err := s.Backup(context.Background(), filepath.Join(dir, "none", "file")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Backup(ctx, filepath.Join(dir, "other")); err == nil {
		t.Error("a call that has ended made a copy")
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left: %v", list)
	}
}
