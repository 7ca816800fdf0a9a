package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"

	"code.dny.dev/ssrf"
)

// maxAnswerBytes of an answer are read; what a destination says beyond is
// nothing that we need.
const maxAnswerBytes = 64 << 10

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

// answer is what a destination said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// post sends JSON once. The error is a *Fault with Verdict Again, or Stopped for
// an address that may not be reached.
func post(ctx context.Context, c *http.Client, address string, body io.Reader) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return answer{}, &Fault{Verdict: Stopped, Reason: "bad_address"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
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

// noAnswer is the fault of a request that got none. The address, which holds a
// token, is taken out of the cause.
func noAnswer(err error) *Fault {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	f := &Fault{Verdict: Again, Reason: "network", Err: err}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP):
		f.Verdict, f.Reason = Stopped, "address_not_allowed"
	case errors.Is(err, context.Canceled):
		f.Reason = "cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		f.Reason = "timeout"
	case errors.As(err, &dns):
		f.Reason = "dns"
	case errors.As(err, &cert):
		f.Reason = "tls"
	}
	return f
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
