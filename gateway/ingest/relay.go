package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// Relay says which addresses that belong to no source are taken as the
// platforms' own. What is sent there is accepted for the source Name.
type Relay struct {
	Name string
	// Discord has ids of webhooks and Slack ids of teams. When either lists any, no
	// others are served.
	Discord, Slack []string
	From           []netip.Prefix // networks that may ask; none: any
	Proxies        []netip.Prefix // whose X-Forwarded-For is believed
	// Admit keeps a webhook, which is served, before anything is accepted for it. It
	// errs with *Gone when the platform takes nothing there, with what Later makes
	// when it cannot be said now, and with ErrBusy.
	Admit func(ctx context.Context, h Hook) error
	Bytes int64 // of bodies in a day, of all webhooks
}

// Hook is a webhook at its platform. It does not show its token when it is
// printed.
type Hook struct {
	Platform string // slack, discord
	ID       string // Discord: id; Slack: "T…/B…"
	Token    string
}

// Name stands for the webhook where its token must not: in logs, in the history,
// as the name of its destination and its lane.
func (h Hook) Name() string {
	sum := sha256.Sum256([]byte(h.Platform + "\x00" + h.ID + "\x00" + h.Token))
	const long = 20 // 100 bits, so that nobody finds another with the same name
	return "relay-" + h.Platform + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:long])
}

func (h Hook) String() string { return h.Name() }

// GoString hides the token from %#v.
func (h Hook) GoString() string { return h.Name() }

// LogValue hides the token from slog.
func (h Hook) LogValue() slog.Value { return slog.StringValue(h.Name()) }

// HookHeader is the header in which an event keeps the name of its Hook; no sender
// can set it.
const HookHeader = "Dragoman-Relay"

// Gone is the error of a webhook at which its platform takes nothing. The sender
// is told what the platform said.
type Gone struct {
	Status int
	Code   string // Discord: a number; Slack: its word
}

func (e *Gone) Error() string { return "ingest: the webhook is gone: " + e.Code }

// Later is the error of a request that may be made after wait.
func Later(wait time.Duration) error { return &tooMany{wait} }

// relay is Relay at work. A nil relay serves nobody.
type relay struct {
	Relay
	bytes *rate.Limiter
}

func newRelay(r *Relay) *relay {
	if r == nil || len(r.Discord)+len(r.Slack)+len(r.From) == 0 {
		return nil
	}
	const day = 24 * 60 * 60
	return &relay{*r, rate.NewLimiter(rate.Limit(float64(r.Bytes)/day), int(r.Bytes))}
}

// discord is the endpoint of an address of Discord's that belongs to no source.
// Without a source and an error it is not served.
func (r *relay) discord(c echo.Context) (endpoint, error) {
	h := Hook{"discord", c.Param("id"), c.Param("token")}
	if r == nil || len(h.ID) < 17 || !isID(h.ID) || !isToken(h.Token) || !r.serves(c.Request(), r.Discord, h.ID) {
		return endpoint{}, nil
	}
	src, err := r.source(c, h)
	return endpoint{src, keys{id: h.ID, discordToken: h.Token}}, err
}

// slack is the source of an address of Slack's, likewise.
func (r *relay) slack(c echo.Context) (*Source, error) {
	team, bot := c.Param("team"), c.Param("bot")
	h := Hook{"slack", team + "/" + bot, c.Param("token")}
	if r == nil || !isSlackID(team, "TE") || !isSlackID(bot, "B") || !isToken(h.Token) || !r.serves(c.Request(), r.Slack, team) {
		return nil, nil
	}
	return r.source(c, h)
}

// serves reports whether a webhook is one of those that are served, and asked for
// from where it may be.
func (r *relay) serves(req *http.Request, only []string, id string) bool {
	if len(r.Discord)+len(r.Slack) > 0 && !slices.Contains(only, id) {
		return false
	}
	if len(r.From) == 0 {
		return true
	}
	a := clientAddr(req, r.Proxies)
	return contains(r.From, a)
}

// source is a source for one request: that of all that is relayed, at one
// webhook. Its quota pays for the body as it is read.
func (r *relay) source(c echo.Context, h Hook) (*Source, error) {
	if left := r.bytes.Tokens(); left <= 0 {
		return nil, Later(time.Duration(math.Ceil((1-left)/float64(r.bytes.Limit()))) * time.Second)
	}
	if err := r.Admit(c.Request().Context(), h); err != nil {
		return nil, err
	}
	req := c.Request()
	req.Body = metered{req.Body, r.bytes}
	return &Source{Name: r.Name, Secrets: []string{h.ID + h.Token}, Accept: []string{"slack", "discord", "github"}, hook: &h}, nil
}

// metered is a body whose bytes are taken off a quota, which may be overdrawn by
// what is under way.
type metered struct {
	io.ReadCloser
	quota *rate.Limiter
}

func (m metered) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.quota.ReserveN(time.Now(), n)
	return n, err
}

// isToken reports whether s may be a webhook's token: it becomes part of an
// address.
func isToken(s string) bool {
	const longest = 200 // bytes; Discord's have 68, older ones more than 100
	return s != "" && len(s) <= longest && strings.Trim(s, letters+lower+"_-") == ""
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	lower   = "abcdefghijklmnopqrstuvwxyz"
)

func isSlackID(s, first string) bool {
	return len(s) > 1 && len(s) <= 32 && strings.IndexByte(first, s[0]) >= 0 && strings.Trim(s, letters) == ""
}

// clientAddr is who asks: the last hop that is none of the proxies. It is the
// zero Addr, which is in no network, where a proxy names nobody.
func clientAddr(r *http.Request, proxies []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := naked(peer.Addr())
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for len(hops) > 0 && contains(proxies, at) {
		last := strings.TrimSpace(hops[len(hops)-1])
		hops = hops[:len(hops)-1]
		if last == "" && len(hops) == 0 {
			break // the proxy itself asks
		}
		at = parseHop(last)
	}
	return at
}

// parseHop reads an address as proxies write it: with a port or without.
func parseHop(s string) netip.Addr {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return naked(a)
	}
	p, err := netip.ParseAddrPort(s)
	if err != nil {
		return netip.Addr{}
	}
	return naked(p.Addr())
}

// naked is an address of version 4 as such, and one of version 6 without its zone.
func naked(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func contains(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// discordWords are Discord's texts for what it says of a webhook.
var discordWords = map[string]string{
	"10003": "Unknown Channel", "10015": "Unknown Webhook", "50027": "Invalid Webhook Token",
}

// discordGone tells a sender that Discord takes nothing at a webhook.
func discordGone(c echo.Context, e *Gone) error {
	code, _ := strconv.Atoi(e.Code) // 0 for none
	word := discordWords[e.Code]
	if word == "" {
		word = http.StatusText(e.Status)
	}
	return discordError(c, e.Status, code, word)
}

// slackUnserved is the status and the word for an address of Slack's that is not
// served: what Slack has said of it, or why that is not known.
func slackUnserved(c echo.Context, err error) (status int, word string) {
	var gone *Gone
	var many *tooMany
	switch {
	case err == nil:
		return http.StatusNotFound, "no_service"
	case errors.As(err, &gone):
		return gone.Status, gone.Code
	case errors.As(err, &many):
		c.Response().Header().Set("Retry-After", seconds(many.wait))
		return http.StatusTooManyRequests, "rate_limited"
	}
	c.Response().Header().Set("Retry-After", "1")
	return http.StatusServiceUnavailable, "service_unavailable"
}
