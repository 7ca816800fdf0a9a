package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func (m *member) data() string { return filepath.Join(filepath.Dir(m.file), "data") }

// A damaged file is refused with what to do, and a backup takes its place.
func TestADamagedFileIsRefusedAndABackupRestores(t *testing.T) {
	l := newTrial(t, seed(t), "", 1)
	l.up()
	l.awaitEnd(l.send(100, nil))
	l.settle()
	stored := l.history()
	copied := filepath.Join(t.TempDir(), "copy.db")
	backup := start(t, filepath.Dir(l.file), l.env, "backup", "--admin", strings.TrimPrefix(l.admin, "http://"), copied)
	if status := backup.wait(); status != exitDone {
		t.Fatalf("status %d:\n%s", status, backup.said())
	}
	if status := l.gateway.signal(syscall.SIGTERM); status != exitDone {
		t.Fatalf("status %d:\n%s", status, l.gateway.said())
	}
	file := filepath.Join(l.data(), "dragoman.db")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i++ { // all but the first page
		b[i] ^= 0x55
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Dir(l.file), l.env, "serve", "--config", l.file, "--data", l.data())
	if status := p.wait(); status != exitFailed || !strings.Contains(p.said(), "restore a backup") || !strings.Contains(p.said(), file) {
		t.Errorf("status %d:\n%s", status, p.said())
	}
	if b, err = os.ReadFile(copied); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	l.up()
	if got := l.history(); strings.Join(got, " ") != strings.Join(stored, " ") {
		t.Errorf("the backup has %d events of %d", len(got), len(stored))
	}
}

// While the disk is full nothing is accepted; when it has room again, all goes on
// by itself.
func TestAFullDisk(t *testing.T) {
	l := newTrial(t, seed(t), "", 1)
	if err := os.Mkdir(l.data(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", l.data(), "tmpfs", 0, "size=16m"); err != nil {
		const none = "a small disk cannot be mounted here: %v"
		if os.Getenv("CI") == "true" {
			t.Fatalf(none, err)
		}
		t.Skipf(none, err)
	}
	t.Cleanup(func() {
		if l.gateway != nil {
			_ = l.gateway.cmd.Process.Kill()
			<-l.gateway.ended
		}
		if err := syscall.Unmount(l.data(), 0); err != nil {
			t.Error(err)
		}
	})
	l.up()
	l.awaitEnd(l.send(50, nil))
	ballast, err := os.Create(filepath.Join(l.data(), "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 4096); err == nil; { // until there is no room
		_, err = ballast.Write(block)
	}
	ballast.Close()
	until(t, func() string {
		if l.post(0, l.to) {
			return "messages are still accepted" // into what the files have of room
		}
		return ""
	})
	until(t, func() string {
		if status := l.ready(); status != http.StatusServiceUnavailable {
			return http.StatusText(status)
		}
		return ""
	})
	if err := os.Remove(ballast.Name()); err != nil {
		t.Fatal(err)
	}
	until(t, func() string {
		if status := l.ready(); status != http.StatusOK {
			return http.StatusText(status)
		}
		return ""
	})
	l.awaitEnd(l.send(50, nil))
	l.settle()
	if repeats := l.judge(); len(repeats) > 0 {
		t.Errorf("repeats %v", repeats)
	}
	t.Logf("%d messages acknowledged", len(l.acked))
}

func (l *trial) ready() int {
	l.t.Helper()
	res, err := l.client.Get(l.admin + "/readyz")
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}
