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
	"strconv"
	"strings"
	"time"

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

// Options are what the admin listener needs.
type Options struct {
	History History
	Token   string // empty: only loopback's host names are answered
	Resume  func(ctx context.Context, lane string) error
	Reload  func(ctx context.Context) error
	Inboxes []string // names of the inbox destinations
	Log     *slog.Logger
}

type api struct{ Options }

// New is the handler of the admin listener, to which the console adds its pages.
func New(o Options) *echo.Echo {
	a := &api{o}
	e := echo.New()
	e.HTTPErrorHandler = httpError
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: func(c echo.Context, err error, _ []byte) error {
		o.Log.Error("a handler panicked", "route", c.Path())
		return &echo.HTTPError{Code: http.StatusInternalServerError}
	}}))
	e.Use(a.guard)
	e.POST("/-/reload", a.reload)
	v1 := e.Group("/api/v1")
	v1.GET("/events", a.events)
	v1.GET("/events/:id", a.event)
	v1.GET("/deliveries", a.deliveries)
	v1.GET("/lanes", a.lanes)
	v1.POST("/lanes/:name/resume", a.resume)
	v1.GET("/inbox/:destination", a.inbox)
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
func httpError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, message := http.StatusInternalServerError, "internal error"
	var h *echo.HTTPError
	switch {
	case errors.Is(err, store.ErrNotFound):
		status, message = http.StatusNotFound, "not found"
	case errors.As(err, &h):
		status = h.Code
		if message = http.StatusText(status); h.Message != nil {
			if s, ok := h.Message.(string); ok {
				message = s
			}
		}
	}
	_ = c.JSON(status, map[string]string{"error": message})
}

// Pages hold at most mostRows rows, and fewRows when nothing is asked for.
const (
	fewRows  = 50
	mostRows = 500
)

// page reads limit and cursor. A cursor is the id of the last row seen.
func page(c echo.Context) (limit int, before int64, err error) {
	limit = fewRows
	if s := c.QueryParam("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 || limit > mostRows {
			return 0, 0, echo.NewHTTPError(http.StatusBadRequest, "limit is a number from 1 to 500")
		}
	}
	if s := c.QueryParam("cursor"); s != "" {
		if before, err = strconv.ParseInt(s, 10, 64); err != nil {
			return 0, 0, echo.NewHTTPError(http.StatusBadRequest, "no such cursor")
		}
	}
	return limit, before, nil
}

// next is the cursor of the page after one of n rows that ends with id; nil when
// there is none.
func next(n, limit int, id func() int64) any {
	if n < limit {
		return nil
	}
	return strconv.FormatInt(id(), 10)
}

func (a *api) events(c echo.Context) error {
	limit, before, err := page(c)
	if err != nil {
		return err
	}
	q := store.EventQuery{Source: c.QueryParam("source"), Route: c.QueryParam("route"), Verdict: c.QueryParam("verdict"), Before: before, Limit: limit}
	if c.QueryParam("q") != "" {
		return echo.NewHTTPError(http.StatusBadRequest, "q is not supported yet")
	}
	if s := c.QueryParam("since"); s != "" {
		if q.Since, err = time.Parse(time.RFC3339, s); err != nil {
			return echo.NewHTTPError(http.StatusBadRequest, "since is a time as in 2026-01-31T08:00:00Z")
		}
	}
	rows, err := a.History.Events(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{
		"events": list(rows),
		"next":   next(len(rows), limit, func() int64 { return rows[len(rows)-1].ID }),
	})
}

func (a *api) deliveries(c echo.Context) error {
	limit, before, err := page(c)
	if err != nil {
		return err
	}
	q := store.DeliveryQuery{State: store.State(c.QueryParam("state")), Lane: c.QueryParam("lane"), Before: before, Limit: limit}
	rows, err := a.History.Deliveries(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{
		"deliveries": list(rows),
		"next":       next(len(rows), limit, func() int64 { return rows[len(rows)-1].ID }),
	})
}

func (a *api) lanes(c echo.Context) error {
	rows, err := a.History.Lanes(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"lanes": list(rows)})
}

func (a *api) resume(c echo.Context) error {
	if err := a.Resume(c.Request().Context(), c.Param("name")); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]bool{"ok": true})
}

// list is rows as JSON shows them: an empty list, never null.
func list[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}

// reload puts the configuration file to work again. What is wrong with it is
// told; it holds no secrets.
func (a *api) reload(c echo.Context) error {
	if err := a.Reload(c.Request().Context()); err != nil {
		return echo.NewHTTPError(http.StatusUnprocessableEntity, err.Error())
	}
	return c.JSON(http.StatusOK, map[string]bool{"ok": true})
}
