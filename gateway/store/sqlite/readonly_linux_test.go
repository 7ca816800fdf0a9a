package sqlite

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody does f as a user who owns nothing, on this thread alone.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setfsuid(0)
	f()
}

// A place that cannot be written is refused at once, with what to do.
func TestReadOnly(t *testing.T) {
	for name, prepare := range map[string]func(dir string) string{
		"directory": func(dir string) string {
			if err := os.Chmod(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			return dir
		},
		"directory above": func(dir string) string {
			if err := os.Chmod(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(dir, "new")
		},
		"file": func(dir string) string {
			s, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			for file, mode := range map[string]os.FileMode{"": 0o777, "dragoman.lock": 0o666, fileName: 0o444} {
				if err := os.Chmod(filepath.Join(dir, file), mode); err != nil {
					t.Fatal(err)
				}
			}
			return dir
		},
		"file of another": func(dir string) string {
			if err := os.WriteFile(filepath.Join(dir, fileName), []byte("x"), 0o000); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			return dir
		},
	} {
		t.Run(name, func(t *testing.T) {
			base, err := os.MkdirTemp("", "readonly") // t.TempDir is in a directory that is closed to others
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(base)
			defer os.Chmod(base, 0o700)
			if err := os.Chmod(base, 0o755); err != nil {
				t.Fatal(err)
			}
			dir := prepare(base)
			asNobody(t, func() {
				s, err := Open(dir)
				if err == nil {
					s.Close()
				}
				if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "cannot be written") {
					t.Errorf("error: %v", err)
				}
			})
		})
	}
}
