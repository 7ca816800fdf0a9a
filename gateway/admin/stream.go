package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	mostReaders = 100              // of the stream, at once
	streamAhead = 256              // messages that a reader may be behind
	streamBeat  = 15 * time.Second // a line now and then, so that nobody in between hangs up
	streamWrite = 10 * time.Second // for one message
)

// Stream tells those who watch what happens, as it happens. Nobody is waited for:
// a reader who falls too far behind is dropped, and told so. The zero Stream is
// ready for use, by many at once.
type Stream struct {
	mu      sync.Mutex
	readers map[*reader]bool
	closed  bool
}

// reader is one who watches. What it is to be told is in messages, which is closed
// when it is dropped, or the stream ends.
type reader struct {
	messages chan []byte
	slow     bool // set before messages is closed
}

// Watched reports whether anybody would be told.
func (s *Stream) Watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.readers) > 0
}

// Tell sends a message of a kind to everyone who watches. v is what JSON is made
// of.
func (s *Stream) Tell(kind string, v any) {
	if !s.Watched() {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		return
	}
	message := fmt.Appendf(nil, "event: %s\ndata: %s\n\n", kind, b)
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.readers {
		select {
		case r.messages <- message:
		default:
			r.slow = true
			s.drop(r)
		}
	}
}

// Close ends the stream for everyone.
func (s *Stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for r := range s.readers {
		s.drop(r)
	}
}

func (s *Stream) drop(r *reader) {
	delete(s.readers, r)
	close(r.messages)
}

// join is nil when there is no place.
func (s *Stream) join() *reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.readers) == mostReaders {
		return nil
	}
	if s.readers == nil {
		s.readers = map[*reader]bool{}
	}
	r := &reader{messages: make(chan []byte, streamAhead)}
	s.readers[r] = true
	return r
}

func (s *Stream) leave(r *reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers[r] {
		s.drop(r)
	}
}

// stream serves the stream as server-sent events.
func (a *api) stream(c echo.Context) error {
	r := a.Stream.join()
	if r == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "too many watch already, or the gateway stops")
	}
	defer a.Stream.leave(r)
	w := c.Response()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	write := func(b []byte) error {
		if err := control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		return control.Flush()
	}
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	message, open := []byte(": the stream begins\n\n"), true
	for {
		if err := write(message); err != nil || !open {
			return nil // whoever reads has gone, or has been told the end
		}
		select {
		case message, open = <-r.messages:
			if !open {
				message = []byte("event: end\ndata: {\"reason\":\"the gateway stops\"}\n\n")
				if r.slow {
					message = []byte("event: dropped\ndata: {\"reason\":\"the reader is too slow\"}\n\n")
				}
			}
		case <-beat.C:
			message = []byte(": still here\n\n")
		case <-c.Request().Context().Done():
			return nil
		}
	}
}
