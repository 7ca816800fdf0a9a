package clients

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// platformHosts are those that a front stands for.
var platformHosts = []string{"discord.com", "hooks.slack.com", "slack.com"}

// front stands before the gateway as a proxy, for clients that know no other host
// than the platform's: what they send to it through the proxy arrives here. It
// gives the environment that makes a client use the proxy and trust it.
func (g *gateway) front(t *testing.T) (env []string) {
	t.Helper()
	to, err := url.Parse(g.public)
	if err != nil {
		t.Fatal(err)
	}
	cert, authority := certificate(t)
	inner := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }})
	inner.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	inner.StartTLS()
	t.Cleanup(inner.Close)
	outer := httptest.NewServer(connect(inner.Listener.Addr().String()))
	t.Cleanup(outer.Close)
	file := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(file, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"HTTPS_PROXY=" + outer.URL, "https_proxy=" + outer.URL, "NO_PROXY=", "no_proxy=", "REQUESTS_CA_BUNDLE=" + file, "SSL_CERT_FILE=" + file}
}

// connect is a proxy whose tunnels to the platforms all end at one address.
func connect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		host, port, _ := net.SplitHostPort(r.Host)
		if r.Method != http.MethodConnect || port != "443" || !slices.Contains(platformHosts, host) {
			http.Error(w, "only tunnels to the platforms", http.StatusForbidden)
			return
		}
		there, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer there.Close()
		here, pending, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer here.Close()
		if _, err := io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			return
		}
		var both sync.WaitGroup
		both.Go(func() {
			_, _ = io.Copy(there, pending)
			_ = there.(*net.TCPConn).CloseWrite()
		})
		both.Go(func() {
			_, _ = io.Copy(here, there)
			_ = here.(*net.TCPConn).CloseWrite()
		})
		both.Wait()
	}
}

// certificate is one for the platforms' hosts, and what makes a client trust it.
func certificate(t *testing.T) (cert tls.Certificate, authority []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the platforms, as a test plays them"}, DNSNames: platformHosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
