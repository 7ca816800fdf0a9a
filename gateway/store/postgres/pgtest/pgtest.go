// Package pgtest starts a PostgreSQL server for tests, from the programs of the
// machine: in a private directory, reached by a socket in it and by nobody else.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env is a variable with the address of a server to be used instead of a private
// one. Tests make schemas in its database and drop them.
const Env = "DRAGOMAN_TEST_POSTGRES"

// ErrNone says that the machine has no PostgreSQL.
var ErrNone = errors.New("pgtest: no PostgreSQL here: set " + Env + ", or install initdb and postgres")

// Server is a running server.
type Server struct {
	// URL is the address of a database, without a schema.
	URL string

	dir     string
	bin     string
	as      *syscall.SysProcAttr
	process *exec.Cmd
}

// Start starts a server, or takes that of Env; Stop is to be called in the end.
// Settings are given to the server ("fsync=on"), which has fsync off: tests are
// about processes that die, not machines.
func Start(settings ...string) (*Server, error) {
	if url := os.Getenv(Env); url != "" {
		return &Server{URL: url}, nil
	}
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest") // a short path: that of a socket is limited
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin, as: &syscall.SysProcAttr{}}
	if err := s.start(settings); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// programs is the directory of initdb and postgres.
func programs() (string, error) {
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(found)
	for _, dir := range append(dirs, found...) {
		_, e1 := os.Stat(filepath.Join(dir, "initdb"))
		_, e2 := os.Stat(filepath.Join(dir, "postgres"))
		if e1 == nil && e2 == nil {
			return dir, nil
		}
	}
	return "", ErrNone
}

func (s *Server) start(settings []string) error {
	if os.Getuid() == 0 { // as root PostgreSQL does not run
		if err := s.another(); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	out, err := s.command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgtest: initdb: %w: %s", err, out)
	}
	s.URL = "postgres:///postgres?user=postgres&host=" + s.dir
	return s.Run(settings...)
}

// Run starts the server again after Kill, or with other settings.
func (s *Server) Run(settings ...string) error {
	args := []string{"-D", filepath.Join(s.dir, "data"), "-k", s.dir}
	for _, set := range append([]string{"listen_addresses=", "fsync=off", "max_connections=100"}, settings...) {
		args = append(args, "-c", set)
	}
	s.process = s.command("postgres", args...)
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			return c.Close(ctx)
		}
		if ctx.Err() != nil {
			said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("pgtest: the server does not start: %w: %s", err, said)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Kill ends the server as a crash does. One that was taken from Env stays.
func (s *Server) Kill() {
	if s.process != nil && s.process.Process != nil {
		s.process.Process.Signal(syscall.SIGQUIT)
		s.process.Wait()
	}
}

// another has the programs run as a user who is not root.
func (s *Server) another() error {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, e1 := strconv.Atoi(u.Uid)
		gid, e2 := strconv.Atoi(u.Gid)
		if err := errors.Join(e1, e2); err != nil {
			return err
		}
		s.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(s.dir, uid, gid)
	}
	return errors.New("pgtest: root cannot run PostgreSQL, and there is neither a user postgres nor nobody")
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir, c.SysProcAttr = s.dir, s.as
	c.Env = append(os.Environ(), "LC_ALL=C")
	return c
}

// Stop ends the server and removes its directory.
func (s *Server) Stop() {
	s.Kill()
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// Need starts a server for one test, which is skipped where there is no PostgreSQL.
// It is stopped at the end of the test.
func Need(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := Start(settings...)
	Require(t, err)
	t.Cleanup(s.Stop)
	return s
}

// Require ends a test that has no server because of err, which Start gave: it is
// skipped where there is no PostgreSQL, and fails in CI and for any other reason.
func Require(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case dispensable(err):
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// dispensable reports whether tests may do without the server that err has cost
// them: not in CI, where what is skipped is noticed by nobody.
func dispensable(err error) bool { return errors.Is(err, ErrNone) && os.Getenv("CI") != "true" }

var schemas atomic.Int64

// Fresh is the address of an empty schema, dropped at the end of the test.
func (s *Server) Fresh(t testing.TB) string {
	t.Helper()
	schema := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	t.Cleanup(func() {
		ctx := context.Background()
		c, err := pgx.Connect(ctx, s.URL)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close(ctx)
		if _, err := c.Exec(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
	})
	join := "?"
	if strings.Contains(s.URL, "?") {
		join = "&"
	}
	return s.URL + join + "search_path=" + schema
}

// Main runs a package's tests with a server, as Need runs one test; it gives the
// exit status.
func Main(run func() int, server **Server) int {
	s, err := Start()
	if err != nil {
		fmt.Println(err)
		if dispensable(err) {
			return 0
		}
		return 1
	}
	*server = s
	defer s.Stop()
	return run()
}
