package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"dragoman/translators/chat"
	"dragoman/translators/formattest"
)

// platforms plays Slack's and Discord's webhooks: every request is held to the
// platform's limits, and answered as the platform answers, by a script or by
// chance.
type platforms struct {
	t      *testing.T
	server *httptest.Server
	limits map[string]map[string]any

	mu       sync.Mutex
	rand     *rand.Rand // nil: every request is taken
	taken    map[string][]string
	requests int
	gone     map[string]bool // hooks that answer 404
	news     chan struct{}   // a request was taken
}

func newPlatforms(t *testing.T) *platforms {
	p := &platforms{t: t, limits: map[string]map[string]any{}, taken: map[string][]string{}, gone: map[string]bool{}, news: make(chan struct{}, 1)}
	for _, name := range []string{"slack", "discord"} {
		b, err := os.ReadFile("../testdata/limits/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		p.limits[name] = v
	}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// slack and discord are addresses of hooks.
func (p *platforms) slack(hook string) string { return p.server.URL + "/services/T000/B000/" + hook }
func (p *platforms) discord(hook string) string {
	return p.server.URL + "/api/webhooks/123456789012345678/" + hook
}

func (p *platforms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	platform := "slack"
	if strings.HasPrefix(r.URL.Path, "/api/v10/webhooks/") {
		platform = "discord"
	}
	hook := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if err := formattest.Limits(platform, p.limits[platform], &chat.Output{Parts: []chat.Part{{Payload: body}}}); err != nil {
		p.t.Errorf("%s: %v\n%s", hook, err, body)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if p.gone[hook] {
		refuse(w, platform, http.StatusNotFound, "no_service", `{"message":"Unknown Webhook","code":10015}`)
		return
	}
	if p.rand != nil {
		switch n := p.rand.IntN(10); {
		case n == 0:
			w.Header().Set("Retry-After", "0.01")
			w.Header().Set("X-RateLimit-Bucket", "b")
			refuse(w, platform, http.StatusTooManyRequests, `{"ok":false,"error":"rate_limited","retry_after":0.01}`, `{"message":"You are being rate limited.","retry_after":0.01,"global":false}`)
			return
		case n == 1:
			refuse(w, platform, http.StatusInternalServerError, "rollup_error", `{"message":"500: Internal Server Error","code":0}`)
			return
		case n == 2: // no answer at all
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				c.Close()
			}
			return
		}
	}
	p.taken[hook] = append(p.taken[hook], string(body))
	select {
	case p.news <- struct{}{}:
	default:
	}
	if platform == "discord" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":"1290000000000%06d","channel_id":"1"}`, p.requests)
		return
	}
	_, _ = io.WriteString(w, "ok")
}

func refuse(w http.ResponseWriter, platform string, status int, slack, discord string) {
	w.WriteHeader(status)
	if platform == "slack" {
		_, _ = io.WriteString(w, slack)
		return
	}
	_, _ = io.WriteString(w, discord)
}

// hook gives what a hook has taken.
func (p *platforms) hook(name string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.taken[name]...)
}
