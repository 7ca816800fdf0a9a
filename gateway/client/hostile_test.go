package client

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// over makes the transport that all clients use, with h at the other end of every
// connection instead of the network. A connection has no buffer: what was written
// was read.
func over(h func(net.Conn)) *http.Client {
	c := NewHTTP(nil)
	c.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() { defer there.Close(); h(there) }()
		return here, nil
	}
	return c
}

// hear reads a request.
func hear(c net.Conn) bool {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}

// drip writes a byte a second.
func drip(c net.Conn, s string) {
	for i := range len(s) {
		time.Sleep(time.Second) // the bubble's
		if _, err := c.Write([]byte{s[i]}); err != nil {
			return
		}
	}
	_, _ = io.Copy(io.Discard, c)
}

const hostileAddress = "http://destination.example/api/webhooks/42/" + token

// Whatever a destination does, the answer is there when the request's time is over,
// and says what it was.
func TestSlowDestinations(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		h    func(net.Conn)
		done bool // for those whose success needs no body
	}{
		"takes nothing":       {h: func(net.Conn) { time.Sleep(time.Minute) }},
		"never answers":       {h: func(c net.Conn) { hear(c); _, _ = io.Copy(io.Discard, c) }},
		"a byte a second":     {h: func(c net.Conn) { hear(c); drip(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }},
		"a slow success":      {h: func(c net.Conn) { hear(c); say(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"); drip(c, long) }, done: true},
		"a slow refusal":      {h: func(c net.Conn) { hear(c); say(c, "HTTP/1.1 400 No\r\nContent-Length: 1000\r\n\r\n"); drip(c, long) }},
		"only early promises": {h: func(c net.Conn) { hear(c); say(c, "HTTP/1.1 103 Early Hints\r\n\r\n"); _, _ = io.Copy(io.Discard, c) }},
	} {
		synctest.Test(t, func(t *testing.T) {
			hc := over(c.h)
			defer time.Sleep(2 * time.Minute) // until the other ends have seen it
			defer hc.CloseIdleConnections()
			for kind, client := range everyKind(t, hc, hostileAddress) {
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				_, err := client.Send(ctx, Request{ID: "1", Payload: []byte(`{}`)})
				cancel()
				if took := time.Since(start); took != 10*time.Second {
					t.Errorf("%s, %s: took %s", name, kind, took)
				}
				switch {
				case c.done && kind != "slack_bot":
					if err != nil {
						t.Errorf("%s, %s: %v", name, kind, err)
					}
				case c.done:
					if f := fault(t, err); f.Verdict != Again || f.Reason != "bad_answer" {
						t.Errorf("%s, %s: %+v", name, kind, f)
					}
				default:
					if f := fault(t, err); f.Verdict != Again || f.Reason != "timeout" || !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%s, %s: %+v", name, kind, f)
					}
				}
			}
		})
	}
}

func say(c net.Conn, s string) { _, _ = io.WriteString(c, s) }

// What does not end is cut: of headers and bodies, also packed ones, only so much
// is read.
func TestEndlessDestinations(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 16 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	z.Close()
	x := []byte(strings.Repeat("x", 1<<12))
	for name, c := range map[string]struct {
		head, again string
		packed      bool
		status      int // 0: no answer
	}{
		"a success":   {head: "HTTP/1.1 200 OK\r\n\r\n", again: string(x), status: 200},
		"in chunks":   {head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", again: "1000\r\n" + string(x) + "\r\n", status: 200},
		"a refusal":   {head: "HTTP/1.1 400 No\r\n\r\n", again: string(x), status: 400},
		"packed":      {head: fmt.Sprintf("HTTP/1.1 400 No\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", packed.Len()), packed: true, status: 400},
		"headers":     {head: "HTTP/1.1 200 OK\r\n", again: "X-A: " + string(x) + "\r\n"},
		"one header":  {head: "HTTP/1.1 200 OK\r\nX-A: ", again: string(x)},
		"a status":    {head: "HTTP/1.1 200 ", again: string(x)},
		"promises":    {again: "HTTP/1.1 103 Early Hints\r\nLink: " + string(x) + "\r\n\r\n"},
		"no protocol": {again: token + "\r\n"},
	} {
		wrote := 0
		done := make(chan struct{}, 1)
		hc := over(func(conn net.Conn) {
			defer func() { done <- struct{}{} }()
			if !hear(conn) {
				return
			}
			n, err := io.WriteString(conn, c.head)
			wrote = n
			if c.packed {
				n, _ = conn.Write(packed.Bytes())
				wrote += n
				return
			}
			for err == nil && wrote < 64<<20 {
				n, err = io.WriteString(conn, c.again)
				wrote += n
			}
		})
		for kind, client := range everyKind(t, hc, hostileAddress) {
			r, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			switch {
			case c.status == 200 && kind != "slack_bot":
				if err != nil || r.Status != 200 {
					t.Errorf("%s, %s: %+v %v", name, kind, r, err)
				}
			case c.status == 400:
				if f := fault(t, err); f.Verdict != Refused || f.Status != 400 {
					t.Errorf("%s, %s: %+v", name, kind, f)
				}
			default:
				if f := fault(t, err); f.Verdict != Again {
					t.Errorf("%s, %s: %+v", name, kind, f)
				}
			}
			hc.CloseIdleConnections()
			<-done
			if wrote > 2*maxAnswerBytes {
				t.Errorf("%s, %s: %d bytes were read", name, kind, wrote)
			}
		}
	}
}

func TestBrokenDestinations(t *testing.T) {
	for name, h := range map[string]func(net.Conn){
		"closes at once":    func(net.Conn) {},
		"closes afterwards": func(c net.Conn) { hear(c) },
		"garbage":           func(c net.Conn) { hear(c); say(c, "\x00\xff\xfe"+token+"\r\n\r\n") },
		"a mad status":      func(c net.Conn) { hear(c); say(c, "HTTP/1.1 "+token+" OK\r\n\r\n") },
		"a mad version":     func(c net.Conn) { hear(c); say(c, "HTTP/nine 200 OK\r\n\r\n") },
		"mad headers":       func(c net.Conn) { hear(c); say(c, "HTTP/1.1 200 OK\r\n"+token+"\r\n\r\n") },
		"mad lengths":       func(c net.Conn) { hear(c); say(c, "HTTP/1.1 200 OK\r\nContent-Length: -"+token+"\r\n\r\n") },
		"half a refusal":    func(c net.Conn) { hear(c); say(c, "HTTP/1.1 400 No\r\nContent-Length: 100\r\n\r\nhalf") },
		"mad chunks": func(c net.Conn) {
			hear(c)
			say(c, "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n"+token+"\r\n")
		},
	} {
		hc := over(h)
		for kind, client := range everyKind(t, hc, hostileAddress) {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if err == nil {
				t.Errorf("%s, %s: taken for a success", name, kind)
			} else if f := fault(t, err); f.Verdict != Again || f.Reason != "network" {
				t.Errorf("%s, %s: %+v", name, kind, f)
			}
		}
		hc.CloseIdleConnections()
	}
}

// A connection that is reset, on a real network, before and after the answer began.
func TestResets(t *testing.T) {
	for _, head := range []string{"", "HTTP/1.1 20", "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nx"} {
		hc, address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			say(c, head)
			_ = c.(*net.TCPConn).SetLinger(0)
			c.Close()
		})
		for kind, client := range everyKind(t, hc, address) {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if f := fault(t, err); f.Verdict != Again || f.Reason != "network" {
				t.Errorf("%q, %s: %+v", head, kind, f)
			}
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	hc, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere?"+token, http.StatusTemporaryRedirect)
	})
	for kind, client := range everyKind(t, hc, address) {
		asked = 0
		_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
		if f := fault(t, err); f.Verdict != Stopped || f.Reason != "redirect" || asked != 1 {
			t.Errorf("%s: got %+v after %d requests", kind, f, asked)
		}
	}
}

func TestTLSThatCannotBeTrusted(t *testing.T) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) })
	start := func(old bool) *httptest.Server {
		s := httptest.NewUnstartedServer(ok)
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		if old {
			s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10} //nolint:gosec // what is refused
		}
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	_, unsafe := serve(t, ok)
	hc := NewHTTP(inside)
	defer hc.CloseIdleConnections()
	for name, address := range map[string]string{
		"nobody's certificate": start(false).URL,
		"an old version":       start(true).URL,
		"no TLS at all":        strings.Replace(unsafe, "http:", "https:", 1),
	} {
		for kind, client := range everyKind(t, hc, address) {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if f := fault(t, err); f.Verdict != Again || f.Reason != "tls" {
				t.Errorf("%s, %s: %+v", name, kind, f)
			}
		}
	}
}

// An address inside is refused after names have been resolved, and so is a name for
// one.
func TestAddressesInside(t *testing.T) {
	asked := false
	open, address := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	closed := NewHTTP(nil)
	defer closed.CloseIdleConnections()
	for _, at := range []string{address, strings.Replace(address, "127.0.0.1", "localhost", 1), "http://169.254.169.254/latest", "http://10.0.0.1/",
		"http://[::1]:1/", "http://0.0.0.0:1/", "http://[::ffff:127.0.0.1]:1/", "http://[64:ff9b::7f00:1]:1/", "http://100.64.0.1/"} {
		for kind, client := range everyKind(t, closed, at) {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if f := fault(t, err); f.Verdict != Stopped || f.Reason != "address_not_allowed" {
				t.Errorf("%s, %s: %+v", at, kind, f)
			}
		}
	}
	if asked {
		t.Error("it was reached")
	}
	for kind, client := range everyKind(t, open, "http://127.0.0.1:1/"+token) {
		_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
		if f := fault(t, err); f.Verdict != Again || f.Reason != "network" || f.Err == nil {
			t.Errorf("nobody listens, %s: %+v", kind, f)
		}
	}
	for kind, client := range everyKind(t, open, "http://no-such-name.invalid/"+token) {
		_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
		if f := fault(t, err); f.Verdict != Again || f.Reason != "dns" && f.Reason != "timeout" {
			t.Errorf("no name, %s: %+v", kind, f)
		}
	}
}

// names makes every name resolve to ip, by DNS.
func names(t *testing.T, ip netip.Addr) {
	t.Helper()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	kind := byte(1) // A
	if ip.Is6() {
		kind = 28 // AAAA
	}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			for {
				var size [2]byte
				if _, err := io.ReadFull(there, size[:]); err != nil {
					return
				}
				q := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(there, q); err != nil {
					return
				}
				end := 12 + bytes.IndexByte(q[12:], 0) + 5 // of the one question
				a := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[12:end]...)
				if q[end-3] == kind {
					a[7] = 1
					a = append(a, 0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 0, 0, byte(len(ip.AsSlice())))
					a = append(a, ip.AsSlice()...)
				}
				if _, err := there.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil {
					return
				}
			}
		}()
		return here, nil
	}}
}

// A name of the public internet whose answer points inside is refused.
func TestDNSThatPointsInside(t *testing.T) {
	hc := NewHTTP(nil)
	defer hc.CloseIdleConnections()
	for _, ip := range []string{"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "::1", "fd00::1", "fe80::1"} {
		names(t, netip.MustParseAddr(ip))
		for kind, client := range everyKind(t, hc, hostileAddress) {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if f := fault(t, err); f.Verdict != Stopped || f.Reason != "address_not_allowed" {
				t.Errorf("%s, %s: %+v", ip, kind, f)
			}
		}
	}
}

func TestBadAddresses(t *testing.T) {
	hc := NewHTTP(inside)
	for _, at := range []string{"", "destination", "/api", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:1/a b\x7f" + token} {
		for kind, client := range map[string]Client{"slack": &Slack{hc, at}, "http": plain(t, hc, at, nil, "")} {
			_, err := client.Send(context.Background(), Request{ID: "1", Payload: []byte(`{}`)})
			if f := fault(t, err); f.Verdict != Stopped || f.Reason != "bad_address" {
				t.Errorf("%q, %s: %+v", at, kind, f)
			}
		}
	}
	_, err := NewDiscord(hc, "http://127.0.0.1:1/%zz"+token)
	if f := fault(t, err); f.Verdict != Stopped || f.Reason != "bad_address" {
		t.Errorf("discord: %+v", f)
	}
}

// Who gives up gets an answer at once.
func TestACancelledRequest(t *testing.T) {
	hc, address := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for kind, client := range everyKind(t, hc, address) {
		_, err := client.Send(ctx, Request{ID: "1", Payload: []byte(`{}`)})
		if f := fault(t, err); f.Verdict != Again || f.Reason != "cancelled" || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %+v", kind, f)
		}
	}
}
