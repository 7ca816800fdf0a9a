package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"dragoman/gateway/store/postgres/pgtest"
)

// seed is random, or DRAGOMAN_SEED, so that a run can be had again.
func seed(t *testing.T) *rand.Rand {
	n := rand.Uint64()
	if s := os.Getenv("DRAGOMAN_SEED"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("DRAGOMAN_SEED=%d", n)
	return rand.New(rand.NewPCG(n, n))
}

func TestKillUnderLoad(t *testing.T) { killed(t, "") }

// Each kill costs it a lease: who starts again is another than who was killed.
func TestKillOverPostgreSQLUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	killed(t, pgtest.Need(t).Fresh(t))
}

func killed(t *testing.T, database string) {
	kills := 3
	if os.Getenv("DRAGOMAN_LONG") != "" {
		kills = 20
	}
	random := seed(t)
	l := newTrial(t, random, database, 1)
	for range kills {
		l.up()
		acks := make(chan struct{}, 1000)
		stopped := l.send(cap(acks), acks)
		// The moment is the n-th answer to a sender, or the n-th message that a
		// platform has taken and not answered yet.
		moment := acks
		if random.IntN(2) == 0 {
			moment = l.hooks.taken()
		}
		l.await(moment, 20+random.IntN(300))
		l.kill()
		l.awaitEnd(stopped)
	}
	l.up()
	l.awaitEnd(l.send(100, nil))
	l.settle()
	repeats := l.judge()
	for hook, n := range repeats {
		if n > kills {
			t.Errorf("%s: %d repeats by %d kills", hook, n, kills)
		}
	}
	if status := l.gateway.signal(syscall.SIGTERM); status != exitDone {
		t.Errorf("status %d:\n%s", status, l.gateway.said())
	}
	t.Logf("%d kills, %d messages acknowledged, %d stored, repeats %v", kills, len(l.acked), len(l.hooks.arrived("slack"))-repeats["slack"], repeats)
}

func TestStopUnderLoad(t *testing.T) {
	l := newTrial(t, seed(t), "", 1)
	l.up()
	acks := make(chan struct{}, 1000)
	stopped := l.send(cap(acks), acks)
	l.await(acks, 150)
	at := time.Now()
	if status := l.gateway.signal(syscall.SIGTERM); status != exitDone {
		t.Errorf("status %d:\n%s", status, l.gateway.said())
	}
	if took := time.Since(at); took > 20*time.Second {
		t.Errorf("the stop took %v, longer than the grace", took)
	}
	l.client.CloseIdleConnections()
	l.awaitEnd(stopped)
	before := len(l.hooks.arrived("slack"))
	l.up()
	l.settle()
	if repeats := l.judge(); len(repeats) > 0 {
		t.Errorf("repeats %v", repeats)
	}
	t.Logf("%d messages acknowledged, %d of them delivered before the stop", len(l.acked), before)
}
