package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"dragoman/gateway/store"
	"dragoman/gateway/store/postgres"
	"dragoman/gateway/store/postgres/pgtest"
	"dragoman/gateway/store/sqlite"
)

// storeKinds are the stores that benchmarks and tests of scale are run with.
var storeKinds = []string{"sqlite", "postgres"}

var database struct {
	once   sync.Once
	server *pgtest.Server
	err    error
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(aloneEnv); dir != "" {
		alone(dir)
		return
	}
	status := m.Run()
	if database.server != nil {
		database.server.Stop()
	}
	os.Exit(status)
}

// openKind opens an empty store.
func openKind(t testing.TB, kind, dir string) store.Store {
	t.Helper()
	s, err := openAt(t.Context(), place(t, kind, dir))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// place is where a store of a kind is to be: the directory, or a new schema's
// address.
func place(t testing.TB, kind, dir string) string {
	t.Helper()
	if kind == "sqlite" {
		return dir
	}
	database.once.Do(func() { database.server, database.err = pgtest.Start("fsync=on") })
	pgtest.Require(t, database.err)
	return database.server.Fresh(t)
}

func openAt(ctx context.Context, place string) (store.Store, error) {
	if strings.HasPrefix(place, "postgres:") {
		return postgres.Open(ctx, place, slog.New(slog.DiscardHandler))
	}
	return sqlite.Open(place)
}

// lanesYAML has n sources, each with a destination, a route and so a lane of its
// own.
func lanesYAML(n int) string {
	var sources, destinations, routes strings.Builder
	for i := range n {
		fmt.Fprintf(&sources, "  s%d: {secret: {env: LANES_SECRET}}\n", i)
		fmt.Fprintf(&destinations, "  d%d: {discord: {url: {env: LANES_%d}}}\n", i, i)
		fmt.Fprintf(&routes, "  - {name: r%d, when: 'source == \"s%d\"', to: [d%d]}\n", i, i, i)
	}
	return "version: 1\negress: {allow: [127.0.0.0/8]}\ndefaults: {pace: none, timeout: 5s}\nsources:\n" +
		sources.String() + "destinations:\n" + destinations.String() + "routes:\n" + routes.String()
}

// serveLanes starts a gateway with n lanes to one address.
func serveLanes(t testing.TB, kind, to string, n int) *gate {
	t.Helper()
	lanesTo(t, n, func(int) string { return to })
	return serveKind(t, kind, t.TempDir(), lanesYAML(n), io.Discard)
}

// lanesTo says where the n lanes of lanesYAML lead.
func lanesTo(t testing.TB, n int, to func(i int) string) {
	t.Setenv("LANES_SECRET", secret)
	for i := range n {
		t.Setenv(fmt.Sprintf("LANES_%d", i), fmt.Sprintf("%s/api/webhooks/%d/a", to(i), 100+i))
	}
}

// hooks are the addresses of n sources.
func (s *gate) hooks(n int, suffix string) (list []string) {
	for i := range n {
		a := s.addresses(fmt.Sprintf("s%d", i))
		switch suffix {
		case "/github":
			list = append(list, a.DiscordGit)
		default:
			list = append(list, a.Slack)
		}
	}
	return list
}
