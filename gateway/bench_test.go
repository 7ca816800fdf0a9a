package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The three benchmarks of acceptance are to be run together, since only their
// ratios mean something:
//
//	go test -run '^$' -bench Accept -benchmem -count 6 ./gateway
//
// 64 connections post the same body: to a handler that only reads it, to a naive
// synchronous proxy, and to the gateway, which answers when the event and its
// three deliveries are on disk.

const connections = 64

// kilobyte is a Block Kit message of about a kilobyte.
var kilobyte = `{"text":"Deploy of api to production finished","blocks":[{"type":"header","text":{"type":"plain_text","text":"Deploy finished"}},` +
	`{"type":"section","text":{"type":"mrkdwn","text":"*api* is live in _production_: <https://example.org/builds/42|build 42>\nStarted by the nightly pipeline, ` + strings.Repeat("all checks were green. ", 10) + `"}},` +
	`{"type":"section","fields":[{"type":"mrkdwn","text":"*Commit*\n` + "`3f9c2a1`" + `"},{"type":"mrkdwn","text":"*Took*\n2 min 14 s"},{"type":"mrkdwn","text":"*Environment*\nproduction"},{"type":"mrkdwn","text":"*Region*\neu-west-1"}]},{"type":"divider"},` +
	`{"type":"context","elements":[{"type":"mrkdwn","text":"Started by the nightly pipeline"}]},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open build"},"url":"https://example.org/builds/42"}]}]}`

func BenchmarkAcceptEcho(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	}))
	defer s.Close()
	postAll(b, s.URL, kilobyte)
}

// BenchmarkAcceptNaiveProxy decodes into maps, builds one embed and posts it on
// before it answers. It keeps nothing: what it has taken is lost when the
// destination fails.
func BenchmarkAcceptNaiveProxy(b *testing.B) {
	sink := sink()
	defer sink.Close()
	out := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer out.CloseIdleConnections()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "invalid_payload", http.StatusBadRequest)
			return
		}
		var text []string
		blocks, _ := in["blocks"].([]any)
		for _, x := range blocks {
			block, _ := x.(map[string]any)
			if t, ok := block["text"].(map[string]any); ok {
				text = append(text, fmt.Sprint(t["text"]))
			}
		}
		body, _ := json.Marshal(map[string]any{"embeds": []any{map[string]any{"title": in["text"], "description": strings.Join(text, "\n")}}})
		res, err := out.Post(sink.URL, "application/json", bytes.NewReader(body))
		if err != nil {
			http.Error(w, "rollup_error", http.StatusInternalServerError)
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		_, _ = io.WriteString(w, "ok")
	}))
	defer s.Close()
	postAll(b, s.URL, kilobyte)
}

func BenchmarkAcceptGateway(b *testing.B) {
	sink := sink()
	defer sink.Close()
	b.Setenv("BENCH_SECRET", secret)
	b.Setenv("BENCH_SLACK", sink.URL+"/services/T000/B000/a")
	b.Setenv("BENCH_DISCORD", sink.URL+"/api/webhooks/1/b")
	b.Setenv("BENCH_OTHER", sink.URL+"/api/webhooks/2/c")
	dir := b.TempDir()
	yaml := `version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none}
sources: {ci: {secret: {env: BENCH_SECRET}}}
destinations:
  a: {slack: {url: {env: BENCH_SLACK}}}
  b: {discord: {url: {env: BENCH_DISCORD}}}
  c: {discord: {url: {env: BENCH_OTHER}}}
routes:
  - {name: all, when: 'source == "ci"', to: [a, b, c]}
`
	s := serve(b, dir, yaml)
	postAll(b, s.addresses("ci").Slack, kilobyte)
	b.StopTimer()
	s.stop()
}

// sink answers every request at once.
func sink() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"id":"1290000000000000001"}`)
	}))
}

// postAll posts the body b.N times over the connections.
func postAll(b *testing.B, url, body string) {
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DialContext: (&net.Dialer{}).DialContext}}
	defer c.CloseIdleConnections()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	b.SetParallelism(connections / 2) // times the two processors of the reference machine
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			res, err := c.Post(url, "application/json", strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				b.Errorf("status %d", res.StatusCode)
				return
			}
		}
	})
}
