package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

func fields(s string) []string { return strings.Fields(s) }

// scalar is the text of a scalar, empty for a list or a mapping.
func (x node) scalar() string {
	switch x.value().(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.NullNode:
		return ""
	}
	return x.str()
}

// duration is a number with a unit: Go's, and "d" for days.
func (x node) duration() time.Duration {
	s := x.str()
	if d, ok := parseDuration(s); ok && d > 0 {
		return d
	}
	x.fail("no duration %q (as in 500ms, 30s, 5m, 24h, 7d)", s)
	return 0
}

func parseDuration(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		return time.Duration(n * float64(24*time.Hour)), err == nil && n > 0 && n < 36500
	}
	d, err := time.ParseDuration(s)
	return d, err == nil
}

var units = []struct {
	suffix string
	bytes  int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}

// bytes is a size between least and most.
func (x node) bytes(least, most int64) int64 {
	s := x.str()
	for _, u := range units {
		if num, ok := strings.CutSuffix(s, u.suffix); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
			if v := int64(n * float64(u.bytes)); err == nil && v >= least && v <= most {
				return v
			}
			break
		}
	}
	x.fail("no size %q (as in 512KiB, 25MiB; from %d to %d bytes)", s, least, most)
	return least
}

// pace is "1/s", "5/2s" or "none".
func (x node) pace() Pace {
	s := x.str()
	if s == "none" {
		return Pace{None: true}
	}
	num, per, _ := strings.Cut(s, "/")
	n, err := strconv.Atoi(num)
	if per != "" && (per[0] < '0' || per[0] > '9') {
		per = "1" + per
	}
	d, ok := parseDuration(per)
	if err != nil || !ok || n < 1 || n > 10000 || d <= 0 {
		x.fail("no pace %q (as in 1/s, 5/2s, none)", s)
		return Pace{}
	}
	return Pace{N: n, Per: d}
}

func (x node) hostPort() string {
	s := x.str()
	_, port, err := net.SplitHostPort(s)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		x.fail("no address %q (as in 127.0.0.1:8080, :8080)", s)
	}
	return s
}

// baseURL is an http or https address without a query; it loses its last slash.
func (x node) baseURL() string {
	s := x.str()
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		x.fail("no address (as in https://hooks.example.org)")
		return ""
	}
	return strings.TrimRight(s, "/")
}

// hookURL is a secret that is an http or https address. The address itself never
// shows in an error.
func (x node) hookURL() Secret {
	s := x.secret()
	if !s.Set() {
		return s
	}
	u, err := url.Parse(s.Reveal())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		x.fail("the secret is not an http or https address")
	}
	return s
}

func (x node) prefix() netip.Prefix {
	s := x.str()
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked()
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	x.fail("no network %q (as in 10.0.0.0/8)", s)
	return netip.Prefix{}
}

func (x node) zone() *time.Location {
	z, err := time.LoadLocation(x.str())
	if err != nil {
		x.fail("no time zone %q (as in Europe/Berlin, UTC)", x.str())
		return time.UTC
	}
	return z
}

func (x node) instant() time.Time {
	t, err := time.Parse(time.RFC3339, x.str())
	if err != nil {
		x.fail("no time %q (as in 2026-01-31T08:00:00Z)", x.str())
	}
	return t
}

// name is a key that names a source or destination: it stands in addresses,
// metrics and logs.
func (p pair) name() string {
	ok := p.key != "" && len(p.key) <= 64
	for _, c := range []byte(p.key) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
	}
	if !ok {
		p.at.fail("a name is at most 64 letters, digits, - _ and .")
	}
	return p.key
}

// snowflake is an id of Discord's. A number in YAML keeps its digits.
func (x node) snowflake() string {
	s := x.str()
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		x.fail("no id %q (as in 41771983423143937)", s)
	}
	return s
}

// headerName reports whether a name may be that of a header that we do not set
// ourselves. Source: RFC 9110, 5.6.2.
func headerName(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7F || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	switch strings.ToLower(name) {
	case "", "host", "content-length", "content-type", "connection", "transfer-encoding", "webhook-id", "webhook-timestamp", "webhook-signature":
		return false
	}
	return true
}

// hookPath is a secret that is the path of a webhook's address, as Slack or
// Discord has them.
func (x node) hookPath() Secret {
	s := x.secret()
	if !s.Set() {
		return s
	}
	parts := strings.Split(strings.Trim(s.Reveal(), "/"), "/")
	switch n := len(parts); {
	case n == 3, n == 4 && parts[0] == "services":
	case n >= 4 && parts[0] == "api" && parts[n-3] == "webhooks":
	default:
		x.fail("the secret is no path of a webhook (as in /services/T…/B…/… or /api/webhooks/…/…)")
	}
	return s
}
