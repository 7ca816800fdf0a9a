package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dragoman/gateway/store/postgres/pgtest"
)

const onPostgres = `version: 1
store: {url: {env: PG}}
sources: {ci: {secret: {env: SECRET}}}
destinations: {inbox: {inbox: {}}}
routes: [{name: all, when: "true", to: [inbox]}]
`

// ask runs a command that speaks to a gateway, and gives its status and what it says.
func ask(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	status := run(args, strings.NewReader(""), &out, &out)
	return status, out.String()
}

// A store is copied into PostgreSQL, and a gateway goes on there, with others
// beside it.
func TestAGatewayMovesToPostgreSQL(t *testing.T) {
	server := pgtest.Need(t)
	dir := t.TempDir()
	p, admin := serveDemo(t, dir)
	if status, said := ask(t, "send", "inbox", "--admin", admin, "--text", "before the move"); status != exitDone {
		t.Fatal(said)
	}
	p.signal(syscall.SIGTERM)
	url := server.Fresh(t)
	data := filepath.Join(dir, "dragoman-data")
	if status, said := ask(t, "migrate", "--data", data, "--to", url); status != exitDone || !strings.Contains(said, "copied 1 events with 1 deliveries") {
		t.Fatalf("%d %s", status, said)
	}
	if status, said := ask(t, "migrate", "--data", data, "--to", url); status != exitFailed || !strings.Contains(said, "not empty") || strings.Contains(said, url) {
		t.Fatalf("%d %s", status, said)
	}
	file := filepath.Join(dir, "dragoman.yaml")
	if err := os.WriteFile(file, []byte(onPostgres), 0o600); err != nil {
		t.Fatal(err)
	}
	var admins []string
	for range 2 {
		g := start(t, dir, []string{"PG=" + url, "SECRET=correct horse"}, "serve", "--config", file, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
		admins = append(admins, g.line("console"))
		if where := g.line("data"); where != "PostgreSQL" {
			t.Errorf("data %q", where)
		}
	}
	if status, said := ask(t, "show", "1", "--admin", admins[1]); status != exitDone || !strings.Contains(said, "before the move") {
		t.Errorf("%d %s", status, said)
	}
	if status, said := ask(t, "send", "inbox", "--admin", admins[0], "--wait", "1m", "--text", "after the move"); status != exitDone || !strings.Contains(said, "done") {
		t.Errorf("%d %s", status, said)
	}
	if status, said := ask(t, "show", "2", "--admin", admins[1]); status != exitDone || !strings.Contains(said, "after the move") {
		t.Errorf("%d %s", status, said)
	}
	if status, said := ask(t, "backup", filepath.Join(dir, "copy"), "--admin", admins[0]); status != exitFailed || !strings.Contains(said, "pg_dump") {
		t.Errorf("%d %s", status, said)
	}
}
