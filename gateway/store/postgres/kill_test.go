package postgres

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
	"time"

	"dragoman/gateway/store"
)

const childEnv = "DRAGOMAN_STORE_CHILD" // address for a child process

// child ingests and finishes until it is killed, and says on standard output what
// has been acknowledged to it.
func child(url string) {
	ctx := context.Background()
	s, err := Open(ctx, url, quiet)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	run := fmt.Sprint(os.Getpid())
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 10_000 {
				in := childEvent(fmt.Sprint(run, "-", i, "-", n))
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
			childWork(ctx, s, run)
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
func childWork(ctx context.Context, s *Store, owner string) {
	lanes, err := s.Lease(ctx, owner, 1, 0)
	if err != nil || len(lanes) == 0 {
		return
	}
	list, _ := s.Heads(ctx, lanes[0].Name, 5)
	for _, d := range list {
		o := store.Outcome{Lane: lanes[0], Delivery: d.ID, State: store.Pending,
			Freeze: []store.Part{{N: 0, Payload: []byte("x")}, {N: 1, Payload: []byte("y")}},
			Sent:   []store.Part{{N: 0, Remote: "r0", Sent: d.Born}}}
		if err := s.Finish(ctx, []store.Outcome{o}); err != nil {
			return // another child has the lane
		}
		fmt.Printf("P %d %d\n", d.Event.ID, d.ID)
		o.State, o.Freeze, o.Sent = store.Done, nil, []store.Part{{N: 1, Remote: "r1", Sent: d.Born}}
		if err := s.Finish(ctx, []store.Outcome{o}); err != nil {
			return
		}
		fmt.Printf("F %d %d\n", d.Event.ID, d.ID)
	}
}

// Whenever one of two processes is killed, everything that they have acknowledged
// is there, and what is there is whole.
func TestKill(t *testing.T) {
	rounds := 5
	if testing.Short() {
		rounds = 2
	}
	url := server.Fresh(t)
	s := open(t, url)
	var acks []string
	var mu sync.Mutex
	for n := range rounds {
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				said := runChild(t, url, 1+n*n*11+i*17)
				mu.Lock()
				defer mu.Unlock()
				acks = append(acks, said...)
			})
		}
		wg.Wait()
		for _, line := range acks {
			checkAck(t, s, line)
		}
		checkWhole(t, s)
		if t.Failed() {
			return
		}
	}
}

// runChild runs a child until it has said so many lines, and returns them.
func runChild(t *testing.T, url string, stop int) (lines []string) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+url)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Error(err)
		return nil
	}
	if err := c.Start(); err != nil {
		t.Error(err)
		return nil
	}
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
		t.Errorf("the child ended by itself: %v, having said %q", err, lines)
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
		if err != nil || acc[0] != (store.Accepted{ID: id, Handle: num, Repeat: true}) {
			t.Errorf("%q is now %v, %v", line, acc, err)
			return
		}
		if e, err := s.Event(ctx, id); err != nil || string(e.Body) != string(in.Body) || len(e.Work) != 2 {
			t.Errorf("%q is now %v, %v", line, e, err)
		}
		return
	}
	fmt.Sscanf(line, "%s %d %d", &kind, &id, &num)
	e, err := s.Event(ctx, id)
	if err != nil {
		t.Errorf("%q: %v", line, err)
	}
	for _, d := range e.Work {
		if d.ID == num && (len(d.Parts) != 2 || d.Parts[0].Remote != "r0" || kind == "F" && (d.State != store.Done || d.Parts[1].Remote != "r1")) {
			t.Errorf("%q is now %+v", line, d)
		}
	}
}

// checkWhole looks for what no crash may leave behind.
func checkWhole(t *testing.T, s *Store) {
	t.Helper()
	for what, query := range map[string]string{
		"events without both deliveries":  "SELECT count(*) FROM event e WHERE (SELECT count(*) FROM delivery WHERE event = e.id) <> 2",
		"deliveries without an event":     "SELECT count(*) FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = d.event)",
		"deliveries without lane or plan": "SELECT count(*) FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM lane, plan WHERE lane.id = d.lane AND plan.id = d.plan)",
		"parts without a delivery":        "SELECT count(*) FROM part p WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE id = p.delivery)",
		"deliveries half frozen":          "SELECT count(*) FROM delivery d WHERE parts <> (SELECT count(*) FROM part WHERE delivery = d.id)",
		"events not seen":                 "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM seen WHERE event = e.id AND handle = e.handle)",
		"events without words":            "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM word WHERE event = e.id)",
		"seen without an event":           "SELECT count(*) FROM seen s WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = s.event)",
		"handles not remembered":          "SELECT count(*) FROM event e WHERE handle > (SELECT handle FROM source WHERE name = e.source)",
	} {
		var n int
		if err := s.read.QueryRow(context.Background(), query).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d %s, %v", n, what, err)
		}
	}
}

// What the killed have held is free when their time has passed, not before.
func TestLeaseOfTheDead(t *testing.T) {
	url := server.Fresh(t)
	s := open(t, url)
	ctx := context.Background()
	if _, err := s.Ingest(ctx, []store.Incoming{event("a")}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Lease(ctx, "dead", 1, time.Hour); err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if got, err := s.Lease(ctx, "me", 1, time.Hour); err != nil || len(got) != 0 {
		t.Errorf("granted %v, %v", got, err)
	}
	if _, err := s.pool.Exec(ctx, "UPDATE lane SET until = micros() WHERE name = 'a'"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Lease(ctx, "me", 1, time.Hour); err != nil || len(got) != 1 || got[0].Epoch != 2 {
		t.Errorf("granted %v, %v", got, err)
	}
}
