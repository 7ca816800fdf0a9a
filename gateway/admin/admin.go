// Package admin is the JSON administration API, and the guard of the listener
// that it and the console share. It decides nothing: it shows what the store
// holds, and calls the functions that it is given.
package admin

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"dragoman/gateway/store"
)

// History is what the API shows; a store.Store is one.
type History interface {
	Events(ctx context.Context, q store.EventQuery) ([]store.EventRow, error)
	Event(ctx context.Context, id int64) (store.EventDetail, error)
	Deliveries(ctx context.Context, q store.DeliveryQuery) ([]store.DeliveryRow, error)
	Inbox(ctx context.Context, to string, before int64, limit int) ([]store.Kept, error)
	Lanes(ctx context.Context) ([]store.LaneRow, error)
}

// Options are what the admin listener needs. Functions are called concurrently.
type Options struct {
	History History
	Token   string   // empty: only loopback's host names are answered
	Inboxes []string // names of the inbox destinations
	Sources Sources  // nil: none
	Stream  *Stream
	Metrics http.Handler

	Pause, Resume func(ctx context.Context, lane string) error
	// LastError is what a lane was last answered that was no success; the zero Failure
	// when there was none since the start.
	LastError func(lane string) Failure
	Reload    func(ctx context.Context) error
	// DryRun says what would become of an event, as JSON is made of it.
	DryRun func(e *Event) (any, error)
	// Send delivers an event to one destination, whatever the rules say.
	Send     func(ctx context.Context, to string, e *Event) (event int64, err error)
	Replayer Replayer
	// Backup writes a copy of the store to a new file, which the caller removes; nil:
	// this store is copied by other means.
	Backup func(ctx context.Context) (file string, err error)
	Log    *slog.Logger
}

// Refusal is an error of what was asked for, in words for who asked.
type Refusal struct{ Why string }

func (e *Refusal) Error() string { return e.Why }

type api struct{ Options }

// New is the handler of the admin listener, to which the console adds its pages.
func New(o Options) *echo.Echo {
	a := &api{o}
	e := echo.New()
	e.HTTPErrorHandler = a.httpError
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: func(c echo.Context, err error, _ []byte) error {
		o.Log.Error("a handler panicked", "route", c.Path())
		return &echo.HTTPError{Code: http.StatusInternalServerError}
	}}))
	e.Use(a.guard)
	e.POST("/-/reload", a.reload)
	e.GET("/metrics", echo.WrapHandler(o.Metrics))
	v1 := e.Group("/api/v1")
	v1.GET("/events", a.events)
	v1.GET("/events/:id", a.event)
	v1.GET("/deliveries", a.deliveries)
	v1.POST("/deliveries/:id/replay", a.replayOne)
	v1.GET("/replay", a.replays)
	v1.POST("/replay", a.replay)
	v1.GET("/replay/:id", a.progress)
	v1.DELETE("/replay/:id", a.stopReplay)
	v1.GET("/lanes", a.lanes)
	v1.POST("/lanes/:name/pause", a.pause)
	v1.POST("/lanes/:name/resume", a.resume)
	v1.GET("/inbox/:destination", a.inbox)
	a.mountSources(e)
	v1.GET("/stream", a.stream)
	v1.POST("/route", a.route)
	v1.POST("/send", a.send)
	v1.GET("/backup", a.backup)
	for _, prefix := range []string{"/api", "/-"} { // the console answers what is not here, with a page
		e.RouteNotFound(prefix+"/*", func(echo.Context) error { return store.ErrNotFound })
	}
	return e
}

// guard lets in who has the token or, where there is none, who asks for this
// machine by a name of loopback: a page on the internet can make a browser ask
// for an address here, but not under such a name. A write needs an Origin that is
// absent or our own.
func (a *api) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			return next(c)
		}
		if a.Token != "" {
			if !a.known(r) {
				c.Response().Header().Set("WWW-Authenticate", `Basic realm="dragoman"`)
				return echo.NewHTTPError(http.StatusUnauthorized, "the admin token is missing or wrong")
			}
		} else if !loopbackName(r.Host) {
			return echo.NewHTTPError(http.StatusForbidden, "without an admin token only localhost, 127.0.0.1 and [::1] are answered")
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if o := r.Header.Get("Origin"); o != "" {
				if u, err := url.Parse(o); err != nil || u.Host != r.Host {
					return echo.NewHTTPError(http.StatusForbidden, "the request comes from another site")
				}
			}
		}
		return next(c)
	}
}

// known reports whether a request has the token: as a bearer, or as the password
// of basic authentication, which browsers can ask for.
func (a *api) known(r *http.Request) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		given, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bot ") // as clients of Discord have it
	}
	if !ok {
		_, given, ok = r.BasicAuth()
	}
	return ok && subtle.ConstantTimeCompare([]byte(given), []byte(a.Token)) == 1
}

func loopbackName(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	switch strings.Trim(host, "[]") {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

// httpError answers every error as JSON.
func (a *api) httpError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, message := http.StatusInternalServerError, "internal error"
	var h *echo.HTTPError
	var refused *Refusal
	switch {
	case errors.Is(err, store.ErrNotFound):
		status, message = http.StatusNotFound, "not found"
	case errors.Is(err, store.ErrFull):
		status, message = http.StatusServiceUnavailable, "nothing can be stored now: the disk is full, or the store is out of reach"
	case errors.As(err, &refused):
		status, message = http.StatusConflict, refused.Why
	case errors.As(err, &h):
		status = h.Code
		if message = http.StatusText(status); h.Message != nil {
			if s, ok := h.Message.(string); ok {
				message = s
			}
		}
	}
	if status == http.StatusInternalServerError {
		a.Log.Error("the admin API failed", "route", c.Path(), "error", err)
	}
	_ = c.JSON(status, map[string]string{"error": message})
}

// reload puts the configuration file to work again. What is wrong with it is
// told; it holds no secrets.
func (a *api) reload(c echo.Context) error {
	if err := a.Reload(c.Request().Context()); err != nil {
		return echo.NewHTTPError(http.StatusUnprocessableEntity, err.Error())
	}
	return c.JSON(http.StatusOK, map[string]bool{"ok": true})
}
