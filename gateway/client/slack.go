package client

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Slack is an incoming webhook of Slack's, or of one that answers as Slack does.
type Slack struct {
	HTTP *http.Client
	URL  string
}

// Send posts a message. A receipt has no id: Slack's webhooks tell none.
func (c *Slack) Send(ctx context.Context, r Request) (Receipt, error) {
	a, err := post(ctx, c.HTTP, c.URL, bytes.NewReader(r.Payload))
	if err != nil {
		return Receipt{}, err
	}
	if a.status/100 == 2 {
		return Receipt{Status: a.status}, nil
	}
	code := slackCode(a.body)
	v := classify(slackHook, a.status, code)
	f := &Fault{Verdict: v, Status: a.status, Code: code, Reason: reason(v, a.status)}
	if v == Wait {
		f.After = retryAfter(a.header, gjson.GetBytes(a.body, "retry_after"))
	}
	return Receipt{}, f
}

// slackCode is the error word of an answer: the whole body, or "error" in JSON.
// Anything else a destination writes is not repeated.
func slackCode(body []byte) string {
	s := strings.TrimSpace(string(body))
	if strings.HasPrefix(s, "{") {
		s = gjson.Get(s, "error").Str
	}
	if len(s) > 64 {
		return ""
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '_' && (c < '0' || c > '9') {
			return ""
		}
	}
	return s
}

// leastWait is how long to wait when a destination says to wait and not how long.
const leastWait = time.Second

// retryAfter reads how long to wait: the longer of the header (seconds, or an
// HTTP date) and the body's number of seconds, at least leastWait when neither
// says anything, never negative.
func retryAfter(h http.Header, body gjson.Result) time.Duration {
	var after time.Duration
	if s := h.Get("Retry-After"); s != "" {
		if sec, err := strconv.ParseFloat(s, 64); err == nil {
			after = seconds(sec)
		} else if at, err := http.ParseTime(s); err == nil {
			after = time.Until(at)
		}
	}
	after = max(after, seconds(body.Float()))
	if after <= 0 {
		return leastWait
	}
	return after
}

// seconds bounds what a stranger says to a day.
func seconds(s float64) time.Duration {
	switch {
	case !(s > 0):
		return 0
	case s > 86400:
		return 24 * time.Hour
	}
	return time.Duration(s * float64(time.Second))
}
