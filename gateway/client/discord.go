package client

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Discord is a webhook of Discord's, or of one that answers as Discord does.
type Discord struct {
	http    *http.Client
	address string
}

// NewDiscord takes the address as Discord shows it. Requests go to version 10 of
// the API, since the address without a version means an old one with other units
// and errors, and wait for the message, to learn its id.
func NewDiscord(c *http.Client, address string) (*Discord, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, &Fault{Verdict: Stopped, Reason: "bad_address"}
	}
	if at := strings.Index(u.Path, "/webhooks/"); at >= 0 {
		base, rest := u.Path[:at], u.Path[at:]
		if i := strings.LastIndex(base, "/v"); i >= 0 && isNumber(base[i+2:]) {
			base = base[:i]
		}
		u.Path = base + "/v10" + rest
	}
	q := u.Query()
	q.Set("wait", "true")
	q.Set("with_components", "true")
	u.RawQuery = q.Encode()
	return &Discord{c, u.String()}, nil
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// Send posts a message.
func (c *Discord) Send(ctx context.Context, r Request) (Receipt, error) {
	a, err := post(ctx, c.http, c.address, bytes.NewReader(r.Payload))
	if err != nil {
		return Receipt{}, err
	}
	pace := discordPace(a.header)
	if a.status/100 == 2 {
		return Receipt{Status: a.status, Remote: snowflake(gjson.GetBytes(a.body, "id").Str), Pace: pace}, nil
	}
	code := ""
	if c := gjson.GetBytes(a.body, "code"); c.Type == gjson.Number && c.Int() != 0 {
		code = strconv.FormatInt(c.Int(), 10)
	}
	v := classify(discordHook, a.status, code)
	f := &Fault{Verdict: v, Status: a.status, Code: code, Reason: reason(v, a.status), Pace: pace}
	if v == Wait {
		f.After = retryAfter(a.header, gjson.GetBytes(a.body, "retry_after"))
		// Without rate headers it is the edge that refuses this machine's address.
		f.All = gjson.GetBytes(a.body, "global").Bool() || a.header.Get("X-RateLimit-Global") != "" || a.header.Get("X-RateLimit-Limit") == "" && a.header.Get("X-RateLimit-Bucket") == ""
	}
	return Receipt{}, f
}

// discordPace reads X-RateLimit-Remaining and -Reset-After.
func discordPace(h http.Header) Pace {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil || left < 0 {
		return Pace{}
	}
	after, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil {
		return Pace{}
	}
	return Pace{Known: true, Left: left, Reset: seconds(after)}
}

// snowflake is s when it is an id, else empty: what a destination says is not
// taken over unseen.
func snowflake(s string) string {
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		return ""
	}
	return s
}
