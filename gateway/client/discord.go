package client

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Discord is a webhook of Discord's, or of one that answers as Discord does.
type Discord struct {
	http    *http.Client
	address url.URL // of the webhook, without a query
	query   url.Values
}

// NewDiscord takes the address as Discord shows it. Requests go to version 10 of
// the API, since the address without a version means an old one with other units
// and errors. A thread_id in the address holds for every Request without a Thread.
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
	d := &Discord{http: c, address: *u, query: u.Query()}
	d.query.Del("wait")
	d.query.Del("with_components")
	d.address.RawQuery, d.address.Fragment = "", ""
	return d, nil
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// Send posts, changes or deletes a message. A receipt of a post in a forum has the
// thread which it has made. Posts wait for the message, to learn its id.
func (c *Discord) Send(ctx context.Context, r Request) (Receipt, error) {
	if r.Op != Post && snowflake(r.Remote) == "" {
		return Receipt{}, &Fault{Verdict: Refused, Reason: "unknown_message"}
	}
	a, pace, err := c.ask(ctx, c.question(r), r.aim())
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Status: a.status, Remote: r.Remote, Pace: pace}
	if r.Op == Post {
		receipt.Remote = snowflake(gjson.GetBytes(a.body, "id").Str)
		if gjson.GetBytes(r.Payload, "thread_name").Str != "" {
			receipt.Thread = snowflake(gjson.GetBytes(a.body, "channel_id").Str)
		}
	}
	return receipt, nil
}

// question is how Discord is asked to do r.
func (c *Discord) question(r Request) question {
	q := question{method: http.MethodPost, media: "application/json"}
	u, query := c.address, maps.Clone(c.query)
	if r.Op != Post {
		u = *u.JoinPath("messages", r.Remote)
	}
	if r.Thread != "" {
		query.Set("thread_id", r.Thread)
	}
	switch r.Op {
	case Post:
		query.Set("wait", "true")
		query.Set("with_components", "true")
	case Edit:
		q.method = http.MethodPatch
		query.Set("with_components", "true")
	case Delete:
		q.method = http.MethodDelete
	}
	u.RawQuery = query.Encode()
	q.address = u.String()
	if r.Op == Delete {
		return q
	}
	payload := r.Payload
	if len(payload) == 0 { // uploads alone
		payload = []byte("{}")
	}
	payload = with(payload, nil, fillDiscord(r))
	q.body = [][]byte{payload}
	if len(r.Files) > 0 {
		q.media, q.body = form("payload_json", q.media, payload, r.Files)
	}
	return q
}

// Info is what a webhook tells of itself to who has its token.
type Info struct {
	Channel string // id of the channel that it posts to; what its pace is counted by
	Guild   string // id of the server
	Name    string // as people gave it
}

// Info asks what the webhook is. Any error is a *Fault, as Send's for a post.
func (c *Discord) Info(ctx context.Context) (Info, error) {
	a, _, err := c.ask(ctx, question{method: http.MethodGet, address: c.address.String()}, aimPost)
	if err != nil {
		return Info{}, err
	}
	v := gjson.ParseBytes(a.body)
	return Info{snowflake(v.Get("channel_id").Str), snowflake(v.Get("guild_id").Str), v.Get("name").Str}, nil
}

func (c *Discord) ask(ctx context.Context, q question, to aim) (answer, Pace, error) {
	a, err := do(ctx, c.http, q)
	if err != nil {
		return a, Pace{}, err
	}
	pace := discordPace(a.header)
	if a.status/100 == 2 {
		if bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")) {
			// A page is what something on the way says, and nothing was posted.
			return a, pace, &Fault{Verdict: Again, Status: a.status, Reason: "bad_answer", Pace: pace}
		}
		return a, pace, nil
	}
	code := ""
	if c := gjson.GetBytes(a.body, "code"); c.Type == gjson.Number && c.Int() > 0 && c.Int() < 1e7 {
		code = strconv.FormatInt(c.Int(), 10)
	}
	f := newFault(platformDiscord, to, a.status, code)
	f.Pace = pace
	if f.Verdict == Wait {
		f.After = retryAfter(a.header, gjson.GetBytes(a.body, "retry_after"))
		// Without rate headers it is the edge that refuses this machine's address.
		f.All = gjson.GetBytes(a.body, "global").Bool() || a.header.Get("X-RateLimit-Global") != "" || a.header.Get("X-RateLimit-Limit") == "" && a.header.Get("X-RateLimit-Bucket") == ""
	}
	return a, pace, f
}

// componentsV2 is the flag of a message that is made of components alone.
const componentsV2 = 1 << 15

// fillDiscord is what a payload needs beside what it says. Uploads are listed. What
// an edit leaves out would stay as it is, and mentions would be those that Discord
// allows by itself.
// Source: Discord's documentation of editing a webhook's message.
func fillDiscord(r Request) []member {
	var fill []member
	if len(r.Files) > 0 || r.Op == Edit {
		list := []byte{'['}
		for i, f := range r.Files {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(list, `{"id":`+strconv.Itoa(i)+`,"filename":`+quoted(f.Name)+`}`...)
		}
		fill = append(fill, member{"attachments", string(append(list, ']'))})
	}
	if r.Op == Edit {
		fill = append(fill, member{"allowed_mentions", `{"parse":[]}`}, member{"components", "[]"})
		if gjson.GetBytes(r.Payload, "flags").Int()&componentsV2 != 0 {
			return append(fill, member{"content", "null"}, member{"embeds", "null"})
		}
		fill = append(fill, member{"content", `""`}, member{"embeds", "[]"})
	}
	return fill
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
