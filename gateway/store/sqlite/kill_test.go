package sqlite

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"dragoman/gateway/store/storetest"
)

const (
	childEnv = "DRAGOMAN_STORE_CHILD" // data directory of a child process
	killEnv  = "DRAGOMAN_STORE_KILL"  // "after N" commits, or "within" the transaction after N
)

// child works at the store in dir until it is killed.
func child(dir string) {
	s, err := Open(dir)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	die := func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	var mode string
	var left int
	fmt.Sscanf(os.Getenv(killEnv), "%s %d", &mode, &left)
	woken := s.writer.committed
	s.writer.committed = func() {
		left--
		if left == 0 && mode == "after" {
			die()
		}
		woken()
	}
	within := func() {
		s.writer.do(context.Background(), &job{write: func(*writer) error {
			if left <= 0 && mode == "within" {
				die()
			}
			return nil
		}})
	}
	storetest.Child{Store: s, Name: "child", Before: within}.Run() // each begins with the keys of the one before it
}

// Whenever the process is killed, everything that it has acknowledged is there,
// and what is there is whole.
func TestKill(t *testing.T) {
	commits := 12
	if testing.Short() {
		commits = 3
	}
	for n := range commits {
		for _, kill := range []string{fmt.Sprint("after ", n+1), fmt.Sprint("within ", n), fmt.Sprint("lines ", 1+n*n*3)} {
			t.Run(kill, func(t *testing.T) {
				t.Parallel()
				killOnce(t, kill)
			})
		}
	}
}

func killOnce(t *testing.T, kill string) {
	dir := t.TempDir()
	stop := 0
	fmt.Sscanf(kill, "lines %d", &stop)
	var said []string
	for range 2 { // the second begins with what the first has left
		said = append(said, storetest.RunChild(t, stop, childEnv+"="+dir, killEnv+"="+kill)...)
		s := open(t, dir)
		checkWhole(t, s)
		storetest.CheckSaid(t, s, said)
		// A child that another test is just starting would have the lock's file until
		// it runs its own program: no start while it is closed.
		syscall.ForkLock.RLock()
		err := s.Close()
		syscall.ForkLock.RUnlock()
		if err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
}

// checkWhole looks for what no crash may leave behind.
func checkWhole(t *testing.T, s *Store) {
	t.Helper()
	if found := one[string](t, s, "PRAGMA integrity_check"); found != "ok" {
		t.Error(found)
	}
	for what, query := range map[string]string{
		"rows without a parent":          "SELECT count(*) FROM pragma_foreign_key_check",
		"events without both deliveries": "SELECT count(*) FROM event e WHERE (SELECT count(*) FROM delivery WHERE event = e.id) <> 2",
		"lanes with a wrong count": `SELECT count(*) FROM lane l WHERE pending <>
			(SELECT count(*) FROM delivery WHERE lane = l.id AND state = 'pending')`,
		"leases":                 "SELECT count(*) FROM lane WHERE owner <> ''",
		"deliveries half frozen": "SELECT count(*) FROM delivery d WHERE parts <> (SELECT count(*) FROM part WHERE delivery = d.id)",
		"events not seen":        "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM seen WHERE event = e.id AND handle = e.handle)",
		"handles not remembered": "SELECT count(*) FROM event WHERE handle > (SELECT handle FROM source WHERE name = source)",
	} {
		if n := one[int](t, s, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

// Another process is told who has the directory, and does not start.
func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+dir, killEnv+"=after 1")
	out, err := c.Output()
	if err == nil || !strings.Contains(string(out), fmt.Sprint(dir, " is in use by process ", os.Getpid())) {
		t.Fatalf("%v, %s", err, out)
	}
}
