package client

import (
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

// Send posts a message. A receipt has no id: Slack's webhooks tell none, and change
// and delete nothing, which is Refused as "cannot_edit". Nor do they take uploads: a
// request with Files is Malformed, as "cannot_upload".
func (c *Slack) Send(ctx context.Context, r Request) (Receipt, error) {
	switch {
	case r.Op != Post:
		return Receipt{}, cannotEdit()
	case len(r.Files) > 0:
		return Receipt{}, &Fault{Verdict: Malformed, Reason: "cannot_upload"}
	}
	payload := r.Payload
	if r.Thread != "" {
		payload = with(payload, []member{{"thread_ts", quoted(r.Thread)}}, nil)
	}
	a, err := do(ctx, c.HTTP, question{method: http.MethodPost, address: c.URL, media: "application/json", body: [][]byte{payload}})
	if err != nil {
		return Receipt{}, err
	}
	// Some that answer as Slack does fail as its Web API does, with status 200.
	if ok := gjson.GetBytes(a.body, "ok"); a.status/100 == 2 && ok.Type != gjson.False {
		return Receipt{Status: a.status}, nil
	}
	return Receipt{}, slackFault(platformSlackHook, r.aim(), a, c.URL)
}

// cannotEdit is the fault of a destination that has no messages to change.
func cannotEdit() *Fault { return &Fault{Verdict: Refused, Reason: "cannot_edit"} }

// slackFault is what an answer of Slack's means. secret is what its word must not
// repeat.
func slackFault(p platform, to aim, a answer, secret string) *Fault {
	f := newFault(p, to, a.status, slackWord(p, a.body, secret))
	if f.Verdict == Wait {
		f.After = retryAfter(a.header, gjson.GetBytes(a.body, "retry_after"))
	}
	return f
}

// slackWord is the error word of an answer: the whole body, or "error" in JSON.
// Anything else a destination writes is not repeated, and no word that is a piece
// of the secret.
func slackWord(p platform, body []byte, secret string) string {
	s := strings.TrimSpace(string(body))
	if strings.HasPrefix(s, "{") {
		s = gjson.Get(s, "error").Str
	}
	if _, known := codes[p][s]; known {
		return s
	}
	if len(s) > 64 || strings.Contains(secret, s) {
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
