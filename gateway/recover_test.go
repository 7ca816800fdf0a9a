package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// patient is a destination that is down until it is told to recover.
type patient struct {
	sink
	down http.HandlerFunc
	well chan struct{}

	order  sync.Mutex
	bodies []string
}

func (p *patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-p.well:
	default:
		p.down(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	if r.Method == http.MethodPost {
		p.order.Lock()
		p.bodies = append(p.bodies, string(body))
		p.order.Unlock()
		p.take(body)
	}
	_, _ = io.WriteString(w, `{"id":"1290000000000000001"}`)
}

// What was posted while a destination was down arrives soon after it has
// recovered: once, and in order.
func TestMessagesArriveSoonAfterTheirDestinationRecovers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	down := 3 * time.Second
	if os.Getenv("DRAGOMAN_LONG") != "" {
		down = 10 * time.Second
	}
	for name, how := range map[string]func(p *patient) http.HandlerFunc{
		"429": func(*patient) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "1")
				w.Header().Set("X-RateLimit-Bucket", "b")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, `{"message":"You are being rate limited.","retry_after":1.0,"global":false}`)
			}
		},
		"500": func(*patient) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }
		},
		"nothing": func(p *patient) http.HandlerFunc {
			return func(_ http.ResponseWriter, r *http.Request) {
				select {
				case <-p.well:
				case <-r.Context().Done():
				}
				panic(http.ErrAbortHandler) // it has not taken it
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &patient{sink: sink{news: make(chan struct{}, 1)}, well: make(chan struct{})}
			p.down = how(p)
			server := httptest.NewServer(p)
			t.Cleanup(server.Close)
			s := serveLanes(t, "sqlite", server.URL, 1)
			const n = 500
			p.expect(n)
			hook := s.hooks(1, "")[0]
			begin := time.Now()
			var want []string
			for i := range n {
				text := fmt.Sprintf("number %d.", i)
				if status, answer := s.post(hook, fmt.Sprintf(`{"text":%q}`, text)); status != http.StatusOK {
					t.Fatal(status, answer)
				}
				want = append(want, fmt.Sprintf(`{"content":%q,"allowed_mentions":{"parse":[]}}`, text))
			}
			<-time.After(down - time.Since(begin)) // the outage is real time, as the request under way is
			recovered := time.Now()
			close(p.well)
			last := slices.MaxFunc(p.numbered(t), time.Time.Compare)
			if took := last.Sub(recovered); took > 5*time.Second {
				t.Errorf("the last arrived %v after the recovery", took)
			} else {
				t.Logf("the last arrived %v after the recovery", took)
			}
			s.stop()
			if !slices.Equal(p.bodies, want) {
				t.Errorf("%d arrived, not the %d posted once and in order; the first is %s", len(p.bodies), n, p.bodies[0])
			}
		})
	}
}
