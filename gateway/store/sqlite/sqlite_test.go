package sqlite

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"

	"dragoman/gateway/store"
	"dragoman/gateway/store/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		dir := t.TempDir()
		return storetest.Opener{Open: func() (store.Store, error) { return Open(dir) }, Persistent: true}
	})
}

// open opens a store for one test.
func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// one is the single value of a query.
func one[T any](t testing.TB, s *Store, query string, args ...any) (v T) {
	t.Helper()
	if err := s.read.QueryRowContext(context.Background(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// event is an event with a delivery to each lane.
func event(lanes ...string) store.Incoming {
	in := store.Incoming{Source: "ci", Dialect: "slack", Body: []byte(`{"text":"hello"}`), Verdict: "routed"}
	for _, l := range lanes {
		in.Deliveries = append(in.Deliveries, store.NewDelivery{Route: "all", To: l, Lane: l, Plan: []byte(`{}`)})
	}
	return in
}

func ingest(t testing.TB, s *Store, in ...store.Incoming) []store.Accepted {
	t.Helper()
	out, err := s.Ingest(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
