package main

import (
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var hookNames = []string{"slack", "discord", "other"}

// hooks plays a Slack and two Discord webhooks, which take most messages and
// sometimes want to be asked again.
type hooks struct {
	t       *testing.T
	address string
	server  *httptest.Server

	mu       sync.Mutex
	failing  bool
	random   *rand.Rand
	names    map[string][]string // of messages, by hook, in the order taken
	watchers []chan struct{}
	last     map[string]time.Time     // by hook, when a message was taken
	longest  map[string]time.Duration // by hook, between two
}

func newHooks(t *testing.T, random *rand.Rand, port int) *hooks {
	h := &hooks{t: t, address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), names: map[string][]string{}, last: map[string]time.Time{}, longest: map[string]time.Duration{}, random: rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))}
	h.open()
	t.Cleanup(h.close)
	return h
}

// open lets the platforms be reached, where they were before close.
func (h *hooks) open() {
	h.t.Helper()
	l, err := net.Listen("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.server = &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	h.server.Start()
}

func (h *hooks) close() { h.server.Close() }

// fail has all hooks answer with an error until recover.
func (h *hooks) fail()    { h.set(true) }
func (h *hooks) recover() { h.set(false) }

func (h *hooks) set(failing bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing = failing
}

var messageName = regexp.MustCompile(`message-\d+-\d+-`)

func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // its sender was killed
	}
	h.mu.Lock()
	failing := h.failing
	h.mu.Unlock()
	if failing {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if r.Method == http.MethodGet { // what the webhook is
		_, _ = io.WriteString(w, `{"channel_id":"1","guild_id":"2"}`)
		return
	}
	name := string(messageName.Find(body))
	if name == "" {
		h.t.Errorf("no message's name in %s", body)
	}
	hook := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	h.mu.Lock()
	chance, delay := h.random.IntN(20), time.Duration(h.random.IntN(3000))*time.Microsecond
	if chance > 1 {
		h.names[hook] = append(h.names[hook], name)
		now := time.Now()
		if last, ok := h.last[hook]; ok {
			h.longest[hook] = max(h.longest[hook], now.Sub(last))
		}
		h.last[hook] = now
		for _, c := range h.watchers {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
	h.mu.Unlock()
	// What is taken stays taken, also when the answer comes too late for its sender.
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return
	}
	switch {
	case chance == 0:
		w.Header().Set("Retry-After", "0.02")
		w.Header().Set("X-RateLimit-Bucket", "b")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"message":"You are being rate limited.","retry_after":0.02,"global":false}`)
	case chance == 1:
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"message":"500: Internal Server Error","code":0}`)
	case hook == "slack":
		_, _ = io.WriteString(w, "ok")
	default:
		_, _ = io.WriteString(w, `{"id":"1290000000000000000","channel_id":"1"}`)
	}
}

// arrived are the names of the messages that a hook has taken, in order.
func (h *hooks) arrived(hook string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.names[hook])
}

// latest is when the last message of all was taken.
func (h *hooks) latest() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.MaxFunc(slices.Collect(maps.Values(h.last)), time.Time.Compare)
}

// pause is the longest time since the last call in which a hook took nothing.
func (h *hooks) pause() (d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hook := range hookNames {
		d = max(d, h.longest[hook])
	}
	clear(h.longest)
	return d
}

// taken gets a value for each message that is taken from now on.
func (h *hooks) taken() chan struct{} {
	c := make(chan struct{}, 1000)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers = append(h.watchers, c)
	return c
}
