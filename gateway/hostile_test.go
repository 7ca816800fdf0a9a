package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// hostile answers badly, each webhook in its way, until it is closed.
type hostile struct {
	server *httptest.Server
	asked  atomic.Int64
	news   chan struct{}
	end    chan struct{}
}

func newHostile(t *testing.T) *hostile {
	h := &hostile{news: make(chan struct{}, 1), end: make(chan struct{})}
	h.server = httptest.NewServer(h)
	t.Cleanup(h.server.Close)
	t.Cleanup(func() { close(h.end) })
	return h
}

func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	n := h.asked.Add(1)
	select {
	case h.news <- struct{}{}:
	default:
	}
	switch n % 5 {
	case 0: // never an answer
		select {
		case <-h.end:
		case <-r.Context().Done():
		}
	case 1: // a byte a second
		drip := time.NewTicker(time.Second)
		defer drip.Stop()
		for h.write(w, r, []byte(" ")) {
			select {
			case <-drip.C:
			case <-h.end:
				return
			case <-r.Context().Done():
				return
			}
		}
	case 2: // a body without an end
		junk := make([]byte, 64<<10)
		for h.write(w, r, junk) {
		}
	case 3: // reset
		panic(http.ErrAbortHandler)
	case 4: // garbage
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = c.Write([]byte("\x00\xff\x00 what is this\r\n"))
			c.Close()
		}
	}
}

func (h *hostile) write(w http.ResponseWriter, r *http.Request, b []byte) bool {
	if _, err := w.Write(b); err != nil {
		return false
	}
	select {
	case <-h.end:
		return false
	default:
		return http.NewResponseController(w).Flush() == nil && r.Context().Err() == nil
	}
}

// Five hundred lanes whose destinations behave badly leave the others their pace.
func TestHostileDestinationsLeaveOthersTheirPace(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const bad, good = 500, 20
	sink, h := newSink(t), newHostile(t)
	lanesTo(t, bad+good, func(i int) string {
		if i < bad {
			return h.server.URL
		}
		return sink.server.URL
	})
	s := serveKind(t, "sqlite", t.TempDir(), lanesYAML(bad+good), io.Discard)
	hooks := s.hooks(bad+good, "")
	p99 := func() time.Duration {
		t.Helper()
		_, through := s.latency(t, sink, hooks[bad:], 500, 4*time.Millisecond)
		return quantile(through, 0.99)
	}
	p99() // leases, connections
	// Half of that is what a busy machine does to any process.
	before := max(p99(), p99(), 25*time.Millisecond)
	for _, hook := range hooks[:bad] {
		for range 2 {
			if status, answer := s.post(hook, kilobyte); status != http.StatusOK {
				t.Fatal(status, answer)
			}
		}
	}
	deadline := time.After(time.Minute)
	for h.asked.Load() < bad {
		select {
		case <-h.news:
		case <-deadline:
			t.Fatalf("only %d of the hostile destinations were asked", h.asked.Load())
		}
	}
	var after time.Duration
	for range 4 { // others use this machine too
		if after = p99(); after <= 2*before {
			break
		}
	}
	if after > 2*before {
		t.Errorf("in to out, p99: %v beside %d hostile lanes, %v without them", after, bad, before)
	}
	t.Logf("in to out, p99: %v beside %d hostile lanes, %v without them", after, bad, before)
}
