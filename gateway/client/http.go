package client

import (
	"context"
	"mime"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/tidwall/gjson"
)

// Plain is any HTTP destination that takes what it is posted.
type Plain struct {
	http    *http.Client
	address string
	header  http.Header
	sign    *standardwebhooks.Webhook // nil: unsigned
}

// NewPlain takes headers to be sent with every request, save those that belong to
// the connection, and a secret in the form of Standard Webhooks ("whsec_" and
// base64), empty for no signature.
func NewPlain(c *http.Client, address string, header map[string]string, secret string) (*Plain, error) {
	p := &Plain{http: c, address: address, header: http.Header{}}
	for key, value := range header {
		if !isHeaderName(key) || !fitsHeader(value) {
			return nil, &Fault{Verdict: Stopped, Reason: "bad_header"}
		}
		switch key = textproto.CanonicalMIMEHeaderKey(key); key {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer", "Connection":
			return nil, &Fault{Verdict: Stopped, Reason: "bad_header"}
		}
		p.header.Set(key, value)
	}
	if secret != "" {
		var err error
		if p.sign, err = standardwebhooks.NewWebhook(secret); err != nil {
			return nil, &Fault{Verdict: Stopped, Reason: "bad_secret"}
		}
	}
	return p, nil
}

// Send posts a payload as it is; uploads go with it as a form, the payload as its
// part "payload_json", or "payload" when it is text, and the rest as files[n]. A
// payload in the format "github" is an event as it came, and GitHub's headers go
// with it. The Content-Type is the format's; the event's own is taken where it says
// JSON in its own way, since the body of a form was taken out of it long before. The
// headers configured prevail. The webhook-id of a signed request is the Request's ID,
// which may not be empty then; the time of a signature is that of the attempt.
//
// Changing and deleting is Refused as "cannot_edit".
func (c *Plain) Send(ctx context.Context, r Request) (Receipt, error) {
	if r.Op != Post {
		return Receipt{}, cannotEdit()
	}
	q := question{method: http.MethodPost, address: c.address, header: http.Header{"User-Agent": {"Dragoman/1"}}, body: [][]byte{r.Payload}}
	media, part := mediaOf(r.Format)
	for key, value := range r.Header {
		switch key = textproto.CanonicalMIMEHeaderKey(key); {
		case !isHeaderName(key) || !fitsHeader(value):
		case key == "Content-Type" && media == asJSON && isJSON(value):
			media = value
		case strings.HasPrefix(key, "X-Github-") && r.Format == "github":
			q.header.Set(key, value)
		}
	}
	if q.media = media; len(r.Files) > 0 {
		q.media, q.body = form(part, media, r.Payload, r.Files)
	}
	if c.sign != nil {
		now := time.Now()
		signature, err := c.sign.Sign(r.ID, now, joined(q.body))
		if err != nil {
			return Receipt{}, &Fault{Verdict: Stopped, Reason: "bad_secret"}
		}
		q.header.Set(standardwebhooks.HeaderWebhookID, r.ID)
		q.header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
		q.header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	}
	for key, values := range c.header {
		q.header[key] = values
	}
	a, err := do(ctx, c.http, q)
	if err != nil {
		return Receipt{}, err
	}
	if a.status/100 == 2 {
		return Receipt{Status: a.status}, nil
	}
	f := newFault(platformPlain, r.aim(), a.status, "")
	if f.Verdict == Wait {
		f.After = retryAfter(a.header, gjson.Result{})
	}
	return Receipt{}, f
}

// mediaOf is the Content-Type of a format, and the name of its part in a form.
func mediaOf(format string) (media, part string) {
	switch format {
	case "mrkdwn", "markdown", "plain":
		return "text/plain; charset=utf-8", "payload"
	}
	return asJSON, "payload_json"
}

const asJSON = "application/json"

// isJSON reports whether a Content-Type is JSON's.
func isJSON(media string) bool {
	media, _, err := mime.ParseMediaType(media)
	return err == nil && (media == asJSON || strings.HasSuffix(media, "+json"))
}

func joined(pieces [][]byte) []byte {
	if len(pieces) == 1 {
		return pieces[0]
	}
	var b []byte
	for _, piece := range pieces {
		b = append(b, piece...)
	}
	return b
}

// isHeaderName reports whether s may be the name of a header.
func isHeaderName(s string) bool {
	for _, c := range []byte(s) {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}
