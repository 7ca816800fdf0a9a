package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"dragoman/gateway/store"
)

const (
	childEnv = "DRAGOMAN_STORE_CHILD" // data directory of a child process
	killEnv  = "DRAGOMAN_STORE_KILL"  // "after N" commits, or "within" the transaction after N
)

// child ingests and finishes until it is killed, and says on standard output
// what has been acknowledged to it.
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
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 10_000 {
				in := childEvent(fmt.Sprint(i, "-", n))
				acc, err := s.Ingest(ctx, []store.Incoming{in})
				if err != nil {
					fmt.Println("ingest:", err)
					os.Exit(1)
				}
				fmt.Printf("I %s %d %d\n", in.Key, acc[0].ID, acc[0].Handle)
			}
		})
	}
	wg.Go(func() {
		for {
			s.writer.do(ctx, &job{write: func(*writer) error {
				if left <= 0 && mode == "within" {
					die()
				}
				return nil
			}})
			childWork(ctx, s)
		}
	})
	wg.Wait()
}

func childEvent(key string) store.Incoming {
	in := event("all", "other")
	in.Key, in.Body = key, []byte(strings.Repeat(key+" ", 100))
	return in
}

// childWork sends a few deliveries of a lane, each of two parts.
func childWork(ctx context.Context, s *Store) {
	lanes, err := s.Lease(ctx, "child", 1, 0)
	if err != nil || len(lanes) == 0 {
		return
	}
	list, _ := s.Heads(ctx, lanes[0].Name, 5)
	for _, d := range list {
		o := store.Outcome{Lane: lanes[0], Delivery: d.ID, State: store.Pending,
			Freeze: []store.Part{{N: 0, Payload: []byte("x")}, {N: 1, Payload: []byte("y")}},
			Sent:   []store.Part{{N: 0, Remote: "r0", Sent: d.Born}}}
		if err := s.Finish(ctx, []store.Outcome{o}); err != nil {
			fmt.Println("finish:", err)
			os.Exit(1)
		}
		fmt.Printf("P %d %d\n", d.Event.ID, d.ID)
		o.State, o.Freeze, o.Sent = store.Done, nil, []store.Part{{N: 1, Remote: "r1", Sent: d.Born}}
		if err := s.Finish(ctx, []store.Outcome{o}); err != nil {
			fmt.Println("finish:", err)
			os.Exit(1)
		}
		fmt.Printf("F %d %d\n", d.Event.ID, d.ID)
	}
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
	var acks []string
	for range 2 { // the second begins with what the first has left
		acks = append(acks, runChild(t, dir, kill)...)
		s := open(t, dir)
		checkWhole(t, s)
		for _, line := range acks {
			checkAck(t, s, line)
		}
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

// runChild runs a child until it dies and returns what it has said.
func runChild(t *testing.T, dir, kill string) (lines []string) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+dir, killEnv+"="+kill)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop := 0
	fmt.Sscanf(kill, "lines %d", &stop)
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			break // what stands in line was not said to the end
		}
		lines = append(lines, strings.TrimSpace(line))
		if len(lines) == stop {
			c.Process.Kill()
		}
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended by itself: %v, having said %q", err, lines)
	}
	return lines
}

func checkAck(t *testing.T, s *Store, line string) {
	t.Helper()
	ctx := context.Background()
	var kind, key string
	var id, num int64
	if strings.HasPrefix(line, "I ") {
		fmt.Sscanf(line, "%s %s %d %d", &kind, &key, &id, &num)
		in := childEvent(key)
		acc, err := s.Ingest(ctx, []store.Incoming{in})
		if err != nil || !acc[0].Repeat && acc[0].ID != 0 || acc[0].ID != id || acc[0].Handle != num {
			t.Errorf("%q is now %v, %v", line, acc, err)
			return
		}
		if e, err := s.Event(ctx, id); err != nil || string(e.Body) != string(in.Body) || len(e.Work) != 2 {
			t.Errorf("%q is now %v, %v", line, e, err)
		}
		return
	}
	if n, _ := fmt.Sscanf(line, "%s %d %d", &kind, &id, &num); n != 3 {
		t.Errorf("the child said %q", line)
		return
	}
	e, err := s.Event(ctx, id)
	if err != nil {
		t.Errorf("%q: %v", line, err)
	}
	for _, d := range e.Work {
		if d.ID != num {
			continue
		}
		if len(d.Parts) != 2 || d.Parts[0].Remote != "r0" || kind == "F" && (d.State != store.Done || d.Parts[1].Remote != "r1") {
			t.Errorf("%q is now %+v", line, d)
		}
		return
	}
	t.Errorf("%q: no such delivery", line)
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
