package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/formattest"
)

// platforms plays Slack's and Discord's webhooks, and Slack's Web API: every
// request is held to the platform's limits, and answered as the platform answers,
// by a script or by chance.
type platforms struct {
	t      *testing.T
	server *httptest.Server
	limits map[string]map[string]any

	mu       sync.Mutex
	rand     *rand.Rand          // nil: every request is taken
	taken    map[string][]string // payloads of posts by hook, in order
	shown    map[string][]shown  // what people see there
	requests int
	checks   int             // of what a hook is
	gone     map[string]bool // hooks that answer 404
	news     chan struct{}   // a request was taken
}

func newPlatforms(t *testing.T) *platforms {
	p := &platforms{t: t, limits: map[string]map[string]any{}, taken: map[string][]string{}, shown: map[string][]shown{}, gone: map[string]bool{}, news: make(chan struct{}, 1)}
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

// shown is a message as it stands in a channel.
type shown struct{ id, thread, payload string }

// slack and discord are addresses of hooks.
func (p *platforms) slack(hook string) string { return p.server.URL + "/services/T000/B000/" + hook }
func (p *platforms) discord(hook string) string {
	return p.server.URL + "/api/webhooks/123456789012345678/" + hook
}

var cleared = regexp.MustCompile(`,"(attachments|components|embeds)":\[\]`)

func (p *platforms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/api/chat.") {
		p.slackAPI(w, strings.TrimPrefix(r.URL.Path, "/api/"), body)
		return
	}
	platform, hook, id := "slack", path.Base(r.URL.Path), ""
	if parts := strings.Split(r.URL.Path, "/"); strings.HasPrefix(r.URL.Path, "/api/v10/webhooks/") {
		platform, hook = "discord", parts[5]
		if len(parts) == 8 {
			id = parts[7]
		}
	}
	if r.Method == http.MethodGet {
		p.mu.Lock()
		p.checks++
		gone := p.gone[hook] || strings.HasPrefix(hook, "nobody")
		p.mu.Unlock()
		if gone {
			refuse(w, platform, http.StatusNotFound, "", `{"message":"Unknown Webhook","code":10015}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"id":"123456789012345678","channel_id":"%d","guild_id":"41771983423143937","name":"hook"}`, 700000000000000000+len(hook))
		return
	}
	if r.Method != http.MethodDelete {
		payload := body
		if _, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); params["boundary"] != "" {
			if part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart(); err == nil {
				payload, _ = io.ReadAll(part) // payload_json comes first
			}
		}
		if r.Method == http.MethodPatch { // which takes away by empty lists
			payload = cleared.ReplaceAll(payload, nil)
		}
		if err := formattest.Limits(platform, p.limits[platform], &chat.Output{Parts: []chat.Part{{Payload: payload}}}); err != nil {
			p.t.Errorf("%s: %v\n%s", hook, err, payload)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if p.gone[hook] {
		refuse(w, platform, http.StatusNotFound, "no_service", `{"message":"Unknown Webhook","code":10015}`)
		return
	}
	if p.stumble(w, platform) {
		return
	}
	defer p.tell()
	if id != "" {
		i := slices.IndexFunc(p.shown[hook], func(m shown) bool { return m.id == id })
		switch {
		case i < 0:
			refuse(w, platform, http.StatusNotFound, "", `{"message":"Unknown Message","code":10008}`)
		case r.Method == http.MethodDelete:
			p.shown[hook] = slices.Delete(p.shown[hook], i, i+1)
			w.WriteHeader(http.StatusNoContent)
		default:
			p.shown[hook][i].payload = string(body)
			_, _ = fmt.Fprintf(w, `{"id":"%s","channel_id":"1"}`, id)
		}
		return
	}
	id = fmt.Sprintf("1290000000000%06d", p.requests)
	p.taken[hook] = append(p.taken[hook], string(body))
	p.shown[hook] = append(p.shown[hook], shown{id, r.URL.Query().Get("thread_id"), string(body)})
	if platform == "discord" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":"%s","channel_id":"1"}`, id)
		return
	}
	_, _ = io.WriteString(w, "ok")
}

// stumble answers some requests with a fault, by chance.
func (p *platforms) stumble(w http.ResponseWriter, platform string) bool {
	if p.rand == nil {
		return false
	}
	switch n := p.rand.IntN(10); {
	case n == 0:
		w.Header().Set("Retry-After", "0.01")
		w.Header().Set("X-RateLimit-Bucket", "b")
		refuse(w, platform, http.StatusTooManyRequests, `{"ok":false,"error":"rate_limited","retry_after":0.01}`, `{"message":"You are being rate limited.","retry_after":0.01,"global":false}`)
	case n == 1:
		refuse(w, platform, http.StatusInternalServerError, "rollup_error", `{"message":"500: Internal Server Error","code":0}`)
	case n == 2: // no answer at all
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	default:
		return false
	}
	return true
}

// slackAPI is the Web API of a workspace whose channels are known by their ids.
func (p *platforms) slackAPI(w http.ResponseWriter, method string, body []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if p.stumble(w, "slack") {
		return
	}
	defer p.tell()
	args := gjson.ParseBytes(body)
	channel, ts := args.Get("channel").Str, args.Get("ts").Str
	at := slices.IndexFunc(p.shown[channel], func(m shown) bool { return m.id == ts })
	switch {
	case method == "chat.postMessage":
		ts = fmt.Sprintf("1767323045.%06d", p.requests)
		p.shown[channel] = append(p.shown[channel], shown{ts, args.Get("thread_ts").Str, string(body)})
		p.taken[channel] = append(p.taken[channel], string(body))
	case at < 0:
		_, _ = io.WriteString(w, `{"ok":false,"error":"message_not_found"}`)
		return
	case method == "chat.update":
		p.shown[channel][at].payload = string(body)
	case method == "chat.delete":
		p.shown[channel] = slices.Delete(p.shown[channel], at, at+1)
	}
	_, _ = fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":%q}`, channel, ts)
}

// tell says that something has changed. p.mu is held.
func (p *platforms) tell() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// see is what stands in a hook's channel.
func (p *platforms) see(hook string) []shown {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.shown[hook])
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

// count is how many requests there were.
func (p *platforms) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests
}
