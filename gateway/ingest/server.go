package ingest

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// Options are what the public listener needs.
type Options struct {
	Sources  []Source
	Sink     Sink
	Archive  Archive
	Webhooks Webhooks
	Checks   Checks
	Channels []Channel
	Users    []User
	Relay    *Relay       // nil: an address of no source is unknown
	MaxBody  int64        // bytes of one body
	InFlight int64        // bytes of all bodies being worked on; 0: 256 MiB
	Ready    func() bool  // for /readyz
	Log      *slog.Logger // addresses and bodies never go there
}

// server is the public listener's handlers.
type server struct {
	sources  atomic.Pointer[directory]
	sink     Sink
	archive  Archive
	webhooks Webhooks
	checks   Checks
	channels []Channel
	users    []User
	max      int64
	flight   inFlight
	relay    *relay
	edits    edits
	log      *slog.Logger
}

// Handler serves the public listener. Make one with New.
type Handler struct {
	http.Handler
	server *server
}

// SetSources replaces the sources: an address that none of them has any more is
// unknown from the next request on. It may be called at any time; what a source's
// rate has used stays used as long as the rate is the same.
func (h *Handler) SetSources(sources []Source) {
	before := h.server.sources.Load()
	h.server.sources.Store(newDirectory(sources, before.rates))
}

// New is the handler of the public listener.
func New(o Options) *Handler {
	s := &server{sink: o.Sink, archive: o.Archive, webhooks: o.Webhooks, checks: o.Checks, channels: o.Channels, users: o.Users, max: o.MaxBody, log: o.Log}
	s.sources.Store(newDirectory(o.Sources, nil))
	s.relay = newRelay(o.Relay)
	if s.flight.max = o.InFlight; s.flight.max == 0 {
		s.flight.max = 256 << 20
	}
	e := echo.New()
	e.HTTPErrorHandler = s.httpError
	// A trailing slash is taken without a redirect: clients of Slack fail on any.
	e.Pre(middleware.RemoveTrailingSlash())
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: func(c echo.Context, err error, _ []byte) error {
		s.log.Error("a handler panicked", "route", c.Path())
		return &echo.HTTPError{Code: http.StatusInternalServerError}
	}}))
	for _, prefix := range []string{"/services", ""} {
		e.POST(prefix+"/:team/:bot/:token", s.slackWebhook)
		e.POST(prefix+"/:team/:bot/:token/discord", s.slackDiscord)
		e.POST(prefix+"/:team/:bot/:token/github", s.slackGitHub)
	}
	for _, prefix := range []string{"/api", "/api/:version"} {
		e.POST(prefix+"/webhooks/:id/:token", s.discordExecute)
		e.GET(prefix+"/webhooks/:id/:token", s.discordWebhook)
		e.PATCH(prefix+"/webhooks/:id/:token", s.discordModify)
		e.DELETE(prefix+"/webhooks/:id/:token", s.discordRemove)
		e.GET(prefix+"/webhooks/:id/:token/messages/:message", s.discordGet)
		e.PATCH(prefix+"/webhooks/:id/:token/messages/:message", s.discordPatch)
		e.DELETE(prefix+"/webhooks/:id/:token/messages/:message", s.discordDelete)
		e.POST(prefix+"/webhooks/:id/:token/slack", s.discordSlack)
		e.POST(prefix+"/webhooks/:id/:token/github", s.discordGitHub)
	}
	e.POST("/api/:method", s.slackMethod)
	e.GET("/api/:method", s.slackMethod)
	e.POST("/github/:source", s.github)
	Health(e, o.Ready)
	return &Handler{e, s}
}

// Health adds /healthz and /readyz, which are on both listeners.
func Health(e *echo.Echo, ready func() bool) {
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", func(c echo.Context) error {
		if ready != nil && !ready() {
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
		return c.String(http.StatusOK, "ok\n")
	})
}

// httpError answers what no handler did: no such route, no such method, a panic.
// The form is that of the platform whose address was asked for.
func (s *server) httpError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status := http.StatusInternalServerError
	var h *echo.HTTPError
	if errors.As(err, &h) {
		status = h.Code
	}
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		_ = discordError(c, status, 0, http.StatusText(status))
		return
	}
	word := "no_service"
	if status != http.StatusNotFound {
		word = strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "_"))
	}
	_ = c.String(status, word)
}

// kept are the request headers that are stored with an event and shown to rules.
var kept = []string{
	"Content-Type", "User-Agent",
	"X-Github-Event", "X-Github-Delivery", "X-Github-Hook-Id",
	"X-Github-Hook-Installation-Target-Type", "X-Github-Hook-Installation-Target-Id",
	"X-Forgejo-Event", "X-Gitea-Event", "X-Gogs-Event",
}

// maxHeaderBytes bounds a kept header.
const maxHeaderBytes = 512

// event begins an event with what every dialect has.
func (s *server) event(c echo.Context, src *Source, dialect string, body []byte) *Event {
	h := c.Request().Header
	e := &Event{Source: src.Name, Hook: src.hook, Dialect: dialect, Header: map[string]string{}, Body: body, At: time.Now()}
	if src.hook != nil {
		e.Header[HookHeader] = src.hook.Name()
	}
	for name, v := range h {
		if slices.Contains(kept, name) && len(v[0]) <= maxHeaderBytes {
			e.Header[name] = v[0]
		}
	}
	return e
}
