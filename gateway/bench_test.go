package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The benchmarks are to be run together, since only their ratios mean something:
//
//	go test -run '^$' -bench . ./gateway
//
// 64 connections post the same body: to a handler that only reads it, to a naive
// synchronous proxy, and to the gateway, which answers when the event and its
// delivery are on disk, and delivers over 64 ordered lanes to a sink that answers
// at once. cpu-µs/op is what the whole process spends on a message, with the
// senders and the sink in it, as they are in the references.

const connections = 64

// kilobyte is a Block Kit message of about a kilobyte.
var kilobyte = `{"text":"Deploy of api to production finished","blocks":[{"type":"header","text":{"type":"plain_text","text":"Deploy finished"}},` +
	`{"type":"section","text":{"type":"mrkdwn","text":"*api* is live in _production_: <https://example.org/builds/42|build 42>\nStarted by the nightly pipeline, ` + strings.Repeat("all checks were green. ", 10) + `"}},` +
	`{"type":"section","fields":[{"type":"mrkdwn","text":"*Commit*\n` + "`3f9c2a1`" + `"},{"type":"mrkdwn","text":"*Took*\n2 min 14 s"},{"type":"mrkdwn","text":"*Environment*\nproduction"},{"type":"mrkdwn","text":"*Region*\neu-west-1"}]},{"type":"divider"},` +
	`{"type":"context","elements":[{"type":"mrkdwn","text":"Started by the nightly pipeline"}]},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open build"},"url":"https://example.org/builds/42"}]}]}`

// gitEvent is a push of 25 KB.
var gitEvent = func() string {
	commit := strings.TrimSuffix(pushBody("one of many changes"), "}")
	list := commit[strings.Index(commit, `"commits":[`)+len(`"commits":[`) : strings.Index(commit, `],"head_commit"`)]
	one := strings.Replace(list, `"a.go"`, `"gateway/store/one.go","gateway/store/two.go","gateway/store/three.go"`, 1)
	return strings.Replace(pushBody("the last"), `"commits":[`, `"commits":[`+strings.Repeat(one+",", 24_000/len(one)), 1)
}()

func BenchmarkEcho(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	}))
	defer s.Close()
	b.Run("1KB", func(b *testing.B) { postAll(b, kilobyte, s.URL) })
	b.Run("25KB", func(b *testing.B) { postAll(b, gitEvent, s.URL) })
}

// BenchmarkNaiveProxy decodes into maps, builds one embed and posts it on before
// it answers. It keeps nothing: what it has taken is lost when the destination
// fails.
func BenchmarkNaiveProxy(b *testing.B) {
	sink := newSink(b)
	out := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer out.CloseIdleConnections()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "invalid_payload", http.StatusBadRequest)
			return
		}
		body, _ := json.Marshal(map[string]any{"embeds": []any{embedOf(in)}})
		res, err := out.Post(sink.server.URL, "application/json", bytes.NewReader(body))
		if err != nil {
			http.Error(w, "rollup_error", http.StatusInternalServerError)
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		_, _ = io.WriteString(w, "ok")
	}))
	defer s.Close()
	b.Run("1KB", func(b *testing.B) { postAll(b, kilobyte, s.URL) })
	b.Run("25KB", func(b *testing.B) { postAll(b, gitEvent, s.URL) })
}

// embedOf is what a naive proxy makes of a message, or of a push.
func embedOf(in map[string]any) map[string]any {
	var text []string
	blocks, _ := in["blocks"].([]any)
	for _, x := range blocks {
		block, _ := x.(map[string]any)
		if t, ok := block["text"].(map[string]any); ok {
			text = append(text, fmt.Sprint(t["text"]))
		}
	}
	commits, _ := in["commits"].([]any)
	for _, x := range commits[:min(5, len(commits))] {
		commit, _ := x.(map[string]any)
		text = append(text, fmt.Sprint(commit["message"]))
	}
	return map[string]any{"title": in["text"], "description": strings.Join(text, "\n")}
}

// BenchmarkGateway measures the acceptance, and beside it what was delivered until
// the last message had arrived.
func BenchmarkGateway(b *testing.B) {
	for _, kind := range storeKinds {
		b.Run(kind, func(b *testing.B) {
			b.Run("1KB", func(b *testing.B) { throughput(b, kind, kilobyte, "") })
			b.Run("25KB", func(b *testing.B) { throughput(b, kind, gitEvent, "/github") })
		})
	}
}

func throughput(b *testing.B, kind, body, suffix string) {
	sink := newSink(b)
	s := serveLanes(b, kind, sink.server.URL, connections)
	begin, cpu := time.Now(), processTime()
	postAll(b, body, s.hooks(connections, suffix)...)
	b.StopTimer()
	sink.await(b, b.N)
	b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "delivered/s")
	b.ReportMetric(float64((processTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
	s.stop()
}

// BenchmarkLatency posts a hundred and a thousand messages in a second, one after
// the other whether or not the one before has been answered, over 64 lanes. Where
// the machine cannot take so many they queue, and ns/op is more than the distance.
func BenchmarkLatency(b *testing.B) {
	for _, kind := range storeKinds {
		b.Run(kind+"/100s", func(b *testing.B) { latency(b, kind, 10*time.Millisecond) })
		b.Run(kind+"/1000s", func(b *testing.B) { latency(b, kind, time.Millisecond) })
	}
}

func latency(b *testing.B, kind string, every time.Duration) {
	sink := newSink(b)
	s := serveLanes(b, kind, sink.server.URL, connections)
	hooks := s.hooks(connections, "")
	for _, h := range hooks { // each lane has its lease
		if status, answer := s.post(h, kilobyte); status != http.StatusOK {
			b.Fatal(status, answer)
		}
	}
	sink.await(b, len(hooks))
	b.ResetTimer()
	accept, through := s.latency(b, sink, hooks, b.N, every)
	b.StopTimer()
	for name, list := range map[string][]time.Duration{"accept": accept, "in-to-out": through} {
		b.ReportMetric(float64(quantile(list, 0.5).Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(quantile(list, 0.99).Microseconds())/1000, name+"-p99-ms")
	}
	s.stop()
}

// latency posts n messages to the hooks in turn, one every so often, and gives how
// long each took until it was answered and until it arrived.
func (s *gate) latency(t testing.TB, sink *sink, hooks []string, n int, every time.Duration) (accept, through []time.Duration) {
	t.Helper()
	sent := make([]time.Time, n)
	accept, through = make([]time.Duration, n), make([]time.Duration, n)
	sink.expect(n)
	var wg sync.WaitGroup
	tick := time.NewTicker(every)
	defer tick.Stop()
	begin := time.Now()
	for i := range n {
		for time.Since(begin) < time.Duration(i)*every { // a ticker skips what it is late for
			<-tick.C
		}
		sent[i] = time.Now()
		wg.Go(func() {
			status, answer := s.post(hooks[i%len(hooks)], fmt.Sprintf(`{"text":"number %d. *done*"}`, i))
			if status != http.StatusOK {
				t.Errorf("%d %s", status, answer)
			}
			accept[i] = time.Since(sent[i])
		})
	}
	wg.Wait()
	for i, at := range sink.numbered(t) {
		through[i] = at.Sub(sent[i])
	}
	return accept, through
}

func quantile(list []time.Duration, q float64) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)-1, int(q*float64(len(list))))]
}

// sink answers every request at once.
type sink struct {
	server *httptest.Server
	count  atomic.Int64
	news   chan struct{}

	mu   sync.Mutex
	at   []time.Time // of the arrival of numbered messages
	left int
	full chan struct{}
}

func newSink(t testing.TB) *sink {
	s := &sink{news: make(chan struct{}, 1)}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.Method == http.MethodPost {
		s.take(body)
	}
	_, _ = io.WriteString(w, `{"id":"1290000000000000001"}`)
}

func (s *sink) take(body []byte) {
	s.count.Add(1)
	select {
	case s.news <- struct{}{}:
	default:
	}
	_, rest, found := bytes.Cut(body, []byte("number "))
	if !found {
		return
	}
	digits, _, _ := bytes.Cut(rest, []byte("."))
	i, err := strconv.Atoi(string(digits))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && i < len(s.at) && s.at[i].IsZero() {
		s.at[i] = time.Now()
		if s.left--; s.left == 0 {
			close(s.full)
		}
	}
}

// expect begins to wait for numbered messages.
func (s *sink) expect(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.left, s.full = make([]time.Time, n), n, make(chan struct{})
}

func (s *sink) numbered(t testing.TB) []time.Time {
	t.Helper()
	select {
	case <-s.full:
	case <-time.After(2 * time.Minute):
		t.Fatal("not all have arrived after two minutes")
	}
	return s.at
}

// await waits until n messages have arrived.
func (s *sink) await(t testing.TB, n int) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	for s.count.Load() < int64(n) {
		select {
		case <-s.news:
		case <-deadline:
			t.Fatalf("only %d of %d have arrived", s.count.Load(), n)
		}
	}
}

// processTime is the time that this process has spent on the processors.
func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// postAll posts the body b.N times over the connections, to the addresses in turn.
func postAll(b *testing.B, body string, urls ...string) {
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DialContext: (&net.Dialer{}).DialContext}}
	defer c.CloseIdleConnections()
	var turn atomic.Int64
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	b.SetParallelism(connections / 2) // times the two processors of the reference machine
	b.ResetTimer()
	cpu := processTime()
	b.RunParallel(func(pb *testing.PB) {
		url := urls[int(turn.Add(1))%len(urls)]
		for pb.Next() {
			req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-GitHub-Event", "push")
			res, err := c.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode/100 != 2 {
				b.Errorf("status %d", res.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64((processTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
}
