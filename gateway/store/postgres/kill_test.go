package postgres

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/storetest"
)

const childEnv = "DRAGOMAN_STORE_CHILD" // address for a child process

// child works at the store at url, as one of several, until it is killed.
func child(url string) {
	s, err := Open(context.Background(), url, quiet)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	storetest.Child{Store: s, Name: fmt.Sprint(os.Getpid()), Shared: true}.Run()
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
	var all []string
	var mu sync.Mutex
	for n := range rounds {
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				said := storetest.RunChild(t, 1+n*n*11+i*17, childEnv+"="+url)
				mu.Lock()
				defer mu.Unlock()
				all = append(all, said...)
			})
		}
		wg.Wait()
		storetest.CheckSaid(t, s, all)
		checkWhole(t, s)
		if t.Failed() {
			return
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
