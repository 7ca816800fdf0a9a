package storetest

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

// Child is a process that works at a store until it is killed, and says on
// standard output what has been acknowledged to it.
type Child struct {
	Store  store.Store
	Name   string // begins its events' keys, and is the owner of its leases
	Shared bool   // others work at the store, and may take its lanes
	Before func() // is called each time before it delivers; nil: nothing
}

// Run ingests and delivers. It returns after very many events only; an error ends
// the process.
func (c Child) Run() {
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 10_000 {
				in := childEvent(fmt.Sprint(c.Name, "-", i, "-", n))
				acc, err := c.Store.Ingest(ctx, []store.Incoming{in})
				c.must(err)
				fmt.Printf("I %s %d %d\n", in.Key, acc[0].ID, acc[0].Handle)
			}
		})
	}
	wg.Go(func() {
		for {
			if c.Before != nil {
				c.Before()
			}
			c.deliver(ctx)
		}
	})
	wg.Wait()
}

// deliver sends a few deliveries of a lane, each of two parts.
func (c Child) deliver(ctx context.Context) {
	lanes, err := c.Store.Lease(ctx, c.Name, 1, 0)
	if c.must(err); len(lanes) == 0 {
		return
	}
	list, err := c.Store.Heads(ctx, lanes[0].Name, 5)
	c.must(err)
	for _, d := range list {
		o := store.Outcome{Lane: lanes[0], Delivery: d.ID, State: store.Pending,
			Freeze: []store.Part{{N: 0, Payload: []byte("x")}, {N: 1, Payload: []byte("y")}},
			Sent:   []store.Part{{N: 0, Remote: "r0", Sent: d.Born}}}
		if !c.finish(ctx, o) {
			return
		}
		fmt.Printf("P %d %d\n", d.Event.ID, d.ID)
		o.State, o.Freeze, o.Sent = store.Done, nil, []store.Part{{N: 1, Remote: "r1", Sent: d.Born}}
		if !c.finish(ctx, o) {
			return
		}
		fmt.Printf("F %d %d\n", d.Event.ID, d.ID)
	}
}

// finish reports whether the lane is still the child's.
func (c Child) finish(ctx context.Context, o store.Outcome) bool {
	err := c.Store.Finish(ctx, []store.Outcome{o})
	if c.Shared && errors.Is(err, store.ErrLost) {
		return false
	}
	c.must(err)
	return true
}

func (c Child) must(err error) {
	if err != nil {
		fmt.Println("child:", err)
		os.Exit(1)
	}
}

func childEvent(key string) store.Incoming {
	in := keyed(key, "all", "other")
	in.Body = []byte(strings.Repeat(key+" ", 100))
	return in
}

// RunChild runs the test's program with env, so that its TestMain has a Child run,
// and kills it when it has said so many lines; 0: it kills itself. It returns what
// the child has said, and may be called by other goroutines than the test's.
func RunChild(t *testing.T, stop int, env ...string) (lines []string) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), env...)
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

// CheckSaid checks that the store has all that children have said was acknowledged
// to them.
func CheckSaid(t *testing.T, s store.Store, lines []string) {
	t.Helper()
	for _, line := range lines {
		if strings.HasPrefix(line, "I ") {
			checkIngested(t, s, line)
		} else {
			checkFinished(t, s, line)
		}
	}
}

func checkIngested(t *testing.T, s store.Store, line string) {
	t.Helper()
	ctx := context.Background()
	var key string
	want := store.Accepted{Repeat: true}
	if _, err := fmt.Sscanf(line, "I %s %d %d", &key, &want.ID, &want.Handle); err != nil {
		t.Errorf("the child said %q: %v", line, err)
		return
	}
	in := childEvent(key)
	if acc, err := s.Ingest(ctx, []store.Incoming{in}); err != nil || acc[0] != want {
		t.Errorf("%q is now %v, %v", line, acc, err)
		return
	}
	if e, err := s.Event(ctx, want.ID); err != nil || string(e.Body) != string(in.Body) || len(e.Work) != 2 {
		t.Errorf("%q is now %v, %v", line, e, err)
	}
}

func checkFinished(t *testing.T, s store.Store, line string) {
	t.Helper()
	var kind string
	var event, delivery int64
	if _, err := fmt.Sscanf(line, "%1s %d %d", &kind, &event, &delivery); err != nil {
		t.Errorf("the child said %q: %v", line, err)
		return
	}
	e, err := s.Event(context.Background(), event)
	if err != nil {
		t.Errorf("%q: %v", line, err)
		return
	}
	for _, d := range e.Work {
		if d.ID != delivery {
			continue
		}
		if len(d.Parts) != 2 || d.Parts[0].Remote != "r0" || kind == "F" && (d.State != store.Done || d.Parts[1].Remote != "r1") {
			t.Errorf("%q is now %+v", line, d)
		}
		return
	}
	t.Errorf("%q: no such delivery", line)
}
