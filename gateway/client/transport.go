package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// maxAnswerBytes of an answer are read. Discord's answer repeats the message, with
// its id near the end; nobody else says as much that we need.
const maxAnswerBytes = 256 << 10

// userAgent is in the form that Discord documents for bots; odd agents are
// blocked there (code 40333).
const userAgent = "DiscordBot (dragoman, 1) Dragoman/1"

// NewHTTP makes the HTTP client that all destinations share. It connects only to
// the public internet and to the prefixes allowed, checked after names have been
// resolved; it follows no redirects, uses no proxy and keeps no cookies. Time is
// bounded by each request's context.
func NewHTTP(allow []netip.Prefix) *http.Client {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second, Control: guard.Safe}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    5 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           1000,
			MaxIdleConnsPerHost:    64,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// question is one HTTP request.
type question struct {
	method  string
	address string
	media   string      // Content-Type of the body
	header  http.Header // beside ours, and before them; may be nil
	body    [][]byte    // in pieces, so that uploads are not copied; nil: none
}

// answer is what a destination said.
type answer struct {
	status int
	header http.Header
	body   []byte // its first maxAnswerBytes, or less when a success broke off
}

// do asks once. The error is a *Fault with Verdict Again, or Stopped for an
// address that is none or may not be reached.
func do(ctx context.Context, c *http.Client, q question) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, q.method, q.address, nil)
	if err != nil || req.URL.Host == "" || req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return answer{}, &Fault{Verdict: Stopped, Reason: "bad_address"}
	}
	if q.body != nil {
		// With GetBody, a connection that the other side has closed meanwhile is
		// replaced without anybody noticing.
		req.GetBody = func() (io.ReadCloser, error) { return read(q.body), nil }
		req.Body = read(q.body)
		for _, piece := range q.body {
			req.ContentLength += int64(len(piece))
		}
		req.Header.Set("Content-Type", q.media)
	}
	req.Header.Set("User-Agent", userAgent)
	for key, values := range q.header {
		req.Header[key] = values
	}
	res, err := c.Do(req)
	if err != nil {
		return answer{}, noAnswer(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil && res.StatusCode/100 != 2 {
		return answer{}, noAnswer(err)
	}
	// A success whose body broke off is a success: sending it again would show it twice.
	return answer{res.StatusCode, res.Header, b}, nil
}

func read(pieces [][]byte) io.ReadCloser {
	if len(pieces) == 1 { // as nearly always, and a reader of several takes 32 KB to write
		return io.NopCloser(bytes.NewReader(pieces[0]))
	}
	readers := make([]io.Reader, len(pieces))
	for i, piece := range pieces {
		readers[i] = bytes.NewReader(piece)
	}
	return io.NopCloser(io.MultiReader(readers...))
}

// noAnswer is the fault of a request that got none. Of the cause only what is in
// our own words is kept: the rest may hold the address, which holds a token, or
// repeat what the other side wrote.
func noAnswer(err error) *Fault {
	f := &Fault{Verdict: Again, Reason: "network"}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		f.Err = errno
	}
	var dns *net.DNSError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		f.Verdict, f.Reason, f.Err = Stopped, "address_not_allowed", ssrf.ErrProhibitedIP
	case errors.Is(err, context.Canceled):
		f.Reason, f.Err = "cancelled", context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		f.Reason, f.Err = "timeout", context.DeadlineExceeded
	case errors.As(err, &dns):
		f.Reason = "dns"
	case isTLS(err):
		f.Reason = "tls"
	}
	return f
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func isTLS(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var op *net.OpError // crypto/tls has its alerts as operations of these names
	return errors.As(err, &cert) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch) ||
		errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error")
}
