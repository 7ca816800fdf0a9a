package postgres

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"dragoman/gateway/store"
)

// Whatever is wrong with an address, no error shows it.
func TestAddressIsNotShown(t *testing.T) {
	for _, address := range []string{
		"postgres://hidden:s3cret@127.0.0.1:1/hidden?sslmode=disable",
		"postgres://hidden:s3cret@host.invalid/hidden",
		"postgres://hidden:s3cret@127.0.0.1:port/hidden",
		"postgres://hidden:s3cret@127.0.0.1/hidden?sslmode=maybe",
		"host=host.invalid user=hidden password=s3cret",
		"s3cret hidden",
	} {
		_, err := Open(context.Background(), address, quiet)
		if err == nil {
			t.Fatalf("%s was opened", address)
		}
		for _, word := range []string{"s3cret", "hidden", "127.0.0.1", "host.invalid"} {
			if strings.Contains(err.Error(), word) {
				t.Errorf("the error for %s is %v", address, err)
			}
		}
	}
}

func TestCarelessServerIsNamed(t *testing.T) {
	url := server.Fresh(t)
	var log bytes.Buffer
	s, err := Open(context.Background(), url+"&options=-c%20synchronous_commit%3Doff", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.Contains(log.String(), "synchronous_commit") || !strings.Contains(log.String(), "MAY LOSE MESSAGES") {
		t.Errorf("the log says %s", log.String())
	}
}

// Several gateways start at once on an empty database: one makes the tables.
func TestOpenAtOnce(t *testing.T) {
	url := server.Fresh(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(context.Background(), url, quiet)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestNewerSchemaIsRefused(t *testing.T) {
	url := server.Fresh(t)
	s := open(t, url)
	if _, err := s.pool.Exec(context.Background(), "UPDATE version SET schema = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), url, quiet); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("error: %v", err)
	}
}

// Strings that PostgreSQL does not take come back as they were, others are stored
// as they are.
func TestText(t *testing.T) {
	for _, s := range []string{"", "plain", "é\U0001f600", "\x00", "a\xffb\x1a00", "\x1a", "\xed\xa0\x80", "\ufffd"} {
		stored := text(s)
		if plain(stored) != s || strings.ContainsAny(stored, "\x00") || strings.ToValidUTF8(stored, "") != stored {
			t.Errorf("%q is stored as %q, which is %q", s, stored, plain(stored))
		}
		if utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\x1a") && stored != s {
			t.Errorf("%q is stored as %q", s, stored)
		}
	}
}

// A server that goes away is told apart from a mistake, and what comes after it is
// back is stored.
func TestServerComesBack(t *testing.T) {
	if os.Getenv("DRAGOMAN_TEST_POSTGRES") != "" {
		t.Skip("the server given is not to be restarted")
	}
	url := server.Fresh(t)
	s := open(t, url)
	ctx := context.Background()
	in := []store.Incoming{{Source: "ci", Key: "1", Deliveries: []store.NewDelivery{{Lane: "a"}}}}
	if _, err := s.Ingest(ctx, in); err != nil {
		t.Fatal(err)
	}
	l, err := s.Lease(ctx, "me", 1, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var stored sync.Map
	stop := make(chan struct{})
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				e := store.Incoming{Source: "ci", Key: string(rune('a'+i)) + time.Duration(n).String(), Deliveries: []store.NewDelivery{{Lane: "b"}}}
				if _, err := s.Ingest(ctx, []store.Incoming{e}); err == nil {
					stored.Store(e.Key, true)
				}
			}
		})
	}
	for n := 0; n < 20; { // some are under way when the server dies
		n = 0
		stored.Range(func(any, any) bool { n++; return true })
	}
	server.Kill()
	if err := s.Probe(ctx); err == nil || !errors.Is(err, store.ErrFull) {
		t.Errorf("a probe without a server: %v", err)
	}
	if err := server.Run(); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	if err := s.Finish(ctx, []store.Outcome{{Lane: l[0], Delivery: 1, State: store.Done}}); err != nil {
		t.Errorf("the lease: %v", err)
	}
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	stored.Range(func(key, _ any) bool {
		var n int
		if err := c.QueryRow(ctx, "SELECT count(*) FROM event JOIN delivery d ON d.event = event.id WHERE key = $1", key).Scan(&n); err != nil || n != 1 {
			t.Errorf("%v was acknowledged and is there %d times, %v", key, n, err)
		}
		return true
	})
}
