package postgres

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"dragoman/gateway/store"
	"dragoman/gateway/store/postgres/pgtest"
	"dragoman/gateway/store/storetest"
)

var server *pgtest.Server

func TestMain(m *testing.M) {
	if url := os.Getenv(childEnv); url != "" {
		child(url)
		return
	}
	os.Exit(pgtest.Main(m.Run, &server))
}

var quiet = slog.New(slog.DiscardHandler)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		url := server.Fresh(t)
		return storetest.Opener{Open: func() (store.Store, error) { return Open(context.Background(), url, quiet) }, Persistent: true}
	})
}

// open opens a store for one test.
func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url, quiet)
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
