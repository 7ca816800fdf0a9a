package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/gateway/store/postgres/pgtest"
)

// Three gateways share a database. One is killed, one stopped in an orderly way,
// one frozen for longer than its leases last and let go on, and the database
// crashes.
func TestThreeGatewaysOverOnePostgreSQL(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	db := pgtest.Need(t)
	random := seed(t)
	l := newTrial(t, random, db.Fresh(t), 3)
	for _, m := range l.members {
		l.raise(m)
	}
	acks := make(chan struct{}, 1000)
	stop := make(chan struct{})
	end := sync.OnceFunc(func() { close(stop) })
	defer end()
	wait := l.stream(50*time.Millisecond, stop, acks)
	l.await(acks, 200)

	killed := l.holder()
	l.hooks.pause()
	l.await(l.hooks.taken(), 1+random.IntN(20))
	if status := killed.gateway.signal(syscall.SIGKILL); status != -1 {
		t.Fatalf("status %d", status)
	}
	l.free(killed)
	l.flow()
	t.Logf("killed: a hook took nothing for %v at most", l.hooks.pause())
	l.raise(killed)
	l.flow()

	stopped := l.holder()
	l.hooks.pause()
	if status := stopped.gateway.signal(syscall.SIGTERM); status != exitDone {
		t.Errorf("status %d:\n%s", status, stopped.gateway.said())
	}
	l.flow()
	pause := l.hooks.pause()
	t.Logf("stopped: a hook took nothing for %v at most", pause)
	if pause > 3*time.Second {
		t.Errorf("its lanes were handed over after %v; a lease lasts 30 s", pause)
	}
	l.raise(stopped)
	l.flow()

	frozen := l.holder()
	l.hooks.pause()
	l.await(l.hooks.taken(), 1+random.IntN(20))
	frozen.freeze(t)
	l.free(frozen)
	l.flow()
	t.Logf("frozen: a hook took nothing for %v at most", l.hooks.pause())
	frozen.thaw(t)
	l.flow()

	l.hooks.pause()
	db.Kill()
	if err := db.Run(); err != nil {
		t.Fatal(err)
	}
	l.flow()
	t.Logf("database crashed: a hook took nothing for %v at most", l.hooks.pause())

	end()
	wait()
	l.settle()
	repeats := l.judge()
	for hook, n := range repeats {
		// A kill, a frozen process, and a crash of the database may each cost one.
		if n > 3 {
			t.Errorf("%s: %d repeats", hook, n)
		}
	}
	t.Logf("%d messages acknowledged, repeats %v", len(l.acked), repeats)
	for _, m := range l.members {
		if status := m.gateway.signal(syscall.SIGTERM); status != exitDone {
			t.Errorf("status %d:\n%s", status, m.gateway.said())
		}
	}
}

// owners are the gateways that hold lanes: in what names them is a process's id.
func (l *trial) owners() (list []string) {
	l.t.Helper()
	var rows struct{ Lanes []struct{ Owner string } }
	for _, m := range l.members {
		if !m.frozen && m.answers() {
			get(l.t, m.admin+"/api/v1/lanes", &rows)
			break
		}
	}
	for _, r := range rows.Lanes {
		list = append(list, r.Owner)
	}
	return list
}

func (m *member) holds(owners []string) bool {
	return strings.Contains(strings.Join(owners, " "), fmt.Sprintf("/%d/", m.gateway.cmd.Process.Pid))
}

// freeze stops the gateway, and returns when it stands: a signal that has only been
// sent leaves it time for an answer or two.
func (m *member) freeze(t *testing.T) {
	t.Helper()
	pid := m.gateway.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the gateway does not stand: %v, status %x", err, status)
	}
	m.frozen = true
}

// thaw lets it go on.
func (m *member) thaw(t *testing.T) {
	t.Helper()
	if err := m.gateway.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	m.frozen = false
}

// answers reports whether the gateway lives.
func (m *member) answers() bool {
	c := http.Client{Timeout: 5 * time.Second}
	res, err := c.Get(m.admin + "/healthz")
	if err != nil {
		return false
	}
	res.Body.Close()
	return true
}

// holder is a gateway that holds a lane.
func (l *trial) holder() (found *member) {
	l.t.Helper()
	until(l.t, func() string {
		owners := l.owners()
		for _, m := range l.members {
			if m.holds(owners) {
				found = m
				return ""
			}
		}
		return fmt.Sprintf("no gateway holds a lane: %q", owners)
	})
	return found
}

// free waits until a gateway holds no lane.
func (l *trial) free(m *member) {
	l.t.Helper()
	until(l.t, func() string {
		if m.holds(l.owners()) {
			return "it still holds lanes" // always the same words: a minute is twice a lease
		}
		return ""
	})
}

// flow waits until each hook has taken a hundred more messages.
func (l *trial) flow() {
	l.t.Helper()
	before := map[string]int{}
	for _, hook := range hookNames {
		before[hook] = len(l.hooks.arrived(hook))
	}
	until(l.t, func() string {
		for _, hook := range hookNames {
			if n := len(l.hooks.arrived(hook)) - before[hook]; n < 100 {
				return fmt.Sprintf("%s has taken %d", hook, n)
			}
		}
		return ""
	})
}
