package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"dragoman/gateway/store"
)

// rows fill a database of version 1 with a message that is done, one that waits
// and one whose body has been purged.
const rows = `
INSERT INTO source VALUES ('ci', 1003);
INSERT INTO event (id, source, handle, at, key, dialect, name, verdict, decider, summary, header, stripped, packed, body) VALUES
	(1, 'ci', 1001, 1001, 'k1', 'slack', 'message', 'routed', 'all', 'first deploy', 'A=b', 0, 0, '{"text":"hello"}'),
	(2, 'ci', 1002, 1002, 'k2', 'slack', '', 'routed', 'all', 'second deploy', '', 0, 0, '{"text":"world"}'),
	(3, 'ci', 1003, 1003, '', 'github', 'push', 'unrouted', '', 'third', '', 1, 0, NULL);
INSERT INTO seen VALUES ('ci', 'k1', 1, 1001, 1001, 0), ('ci', 'k2', 2, 1002, 1002, 0);
INSERT INTO plan VALUES (1, x'00', 'all', 'ops', '{}');
INSERT INTO lane (id, name, epoch, pending, owner, until) VALUES (1, 'ops', 7, 1, 'old', 9000000000000000);
INSERT INTO delivery (id, event, lane, plan, state, reason, born, ended, parts) VALUES
	(1, 1, 1, 1, 'done', '', 1001, 1005, 1), (2, 2, 1, 1, 'pending', '', 1002, 0, 1);
INSERT INTO part (delivery, n, dest, format, remote, sent, packed, payload) VALUES
	(1, 0, 'ops', 'discord', 'r1', 1005, 0, 'x'), (2, 0, 'ops', 'discord', '', 0, 0, 'y');
INSERT INTO attempt (delivery, at, part, status, verdict, code, took) VALUES (1, 1005, 0, 200, 'ok', '', 5);
`

// What an earlier program has stored is there for this one, from every version.
func TestMigrate(t *testing.T) {
	for version := range len(migrations) {
		t.Run(fmt.Sprint("from version ", version), func(t *testing.T) {
			dir := t.TempDir()
			db, err := sql.Open("sqlite", filepath.Join(dir, fileName))
			if err != nil {
				t.Fatal(err)
			}
			for _, script := range migrations[:version] {
				if _, err := db.Exec(script); err != nil {
					t.Fatal(err)
				}
			}
			if version > 0 {
				if _, err := db.Exec(rows + fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version)); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second opening finds nothing to do
				s := open(t, dir)
				if v := one[int](t, s, "PRAGMA user_version"); v != len(migrations) {
					t.Fatalf("version is %d", v)
				}
				if found := one[string](t, s, "PRAGMA integrity_check"); found != "ok" {
					t.Fatal(found)
				}
				if version > 0 {
					checkRows(t, s)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if version > 0 {
				workOn(t, open(t, dir))
			}
		})
	}
}

func checkRows(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	for handle, want := range map[int64]string{
		1001: `1 1 slack message {"text":"hello"} 1 done`, 1002: `2 2 slack  {"text":"world"} 1 pending`, 1003: "3 3 github push  0 ",
	} {
		m, err := s.Message(ctx, "ci", handle)
		state := store.State("")
		if len(m.Work) > 0 {
			state = m.Work[0].State
		}
		if got := fmt.Sprint(m.ID, m.Latest, " ", m.Dialect, " ", m.Event, " ", string(m.Body), " ", len(m.Work), " ", state); err != nil || got != want {
			t.Errorf("message %d: %s, %v", handle, got, err)
		}
	}
	list, err := s.Heads(ctx, "ops", 9)
	if err != nil || len(list) != 1 || list[0].ID != 2 || list[0].Message != 2 || len(list[0].Parts) != 1 || string(list[0].Parts[0].Payload) != "y" {
		t.Errorf("heads: %+v, %v", list, err)
	}
	for _, settled := range []bool{false, true} {
		if settled {
			s.Settle()
		}
		found, err := s.Events(ctx, store.EventQuery{Text: "deploy world"})
		if err != nil || len(found) != 1 || found[0].ID != 2 {
			t.Errorf("found: %+v, %v", found, err)
		}
	}
	e, err := s.Event(ctx, 1)
	if err != nil || e.Header["A"] != "b" || len(e.Work[0].Attempts) != 1 || e.Work[0].Parts[0].Remote != "r1" {
		t.Errorf("event: %+v, %v", e, err)
	}
}

// workOn does to old rows what is done to new ones.
func workOn(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	acc := ingest(t, s, store.Incoming{Source: "ci", Op: store.Edit, Message: 1, Body: []byte("edited")})
	if acc[0].ID <= 3 || acc[0].Handle <= 1003 {
		t.Errorf("accepted %+v", acc)
	}
	m, err := s.Message(ctx, "ci", 1001)
	if err != nil || string(m.Body) != "edited" {
		t.Errorf("message: %+v, %v", m, err)
	}
	if again := ingest(t, s, store.Incoming{Source: "ci", Key: "k1"}); !again[0].Repeat || again[0].ID != 1 {
		t.Errorf("repeat: %+v", again)
	}
	l, err := s.Lease(ctx, "me", 1, 1<<40)
	if err != nil || len(l) != 1 || l[0].Epoch != 8 {
		t.Fatalf("lease: %+v, %v", l, err)
	}
	if err := s.Finish(ctx, []store.Outcome{{Lane: l[0], Delivery: 2, State: store.Done, Sent: []store.Part{{N: 0, Remote: "r2"}}}}); err != nil {
		t.Error(err)
	}
	if n, err := s.Purge(ctx, m.Edited.AddDate(1, 0, 0), m.Edited.AddDate(1, 0, 0), 9); err != nil || n != 3 {
		t.Errorf("purged %d, %v", n, err)
	}
}

// A migration that fails half way leaves the file as it was.
func TestMigrationIsWhole(t *testing.T) {
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	// The table is in the way of the second migration's last steps.
	script := migrations[0] + fmt.Sprintf("CREATE TABLE mark (x); PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID)
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(dir); err == nil {
		s.Close()
		t.Fatal("no error")
	}
	var version, columns int
	if err := db.QueryRow("SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM pragma_table_info('event') WHERE name = 'op')").Scan(&version, &columns); err != nil {
		t.Fatal(err)
	}
	if version != 1 || columns != 0 {
		t.Errorf("version %d, %d columns", version, columns)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
