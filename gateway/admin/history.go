package admin

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
)

func (a *api) events(c echo.Context) error {
	limit, before, err := page(c)
	if err != nil {
		return err
	}
	q := store.EventQuery{
		Source: c.QueryParam("source"), Route: c.QueryParam("route"), Verdict: c.QueryParam("verdict"), Text: c.QueryParam("q"),
		Before: before, Limit: limit,
	}
	if q.Since, err = since(c.QueryParam("since")); err != nil {
		return err
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
	f := Filter{
		State: store.State(c.QueryParam("state")), Lane: c.QueryParam("lane"), Route: c.QueryParam("route"),
		To: c.QueryParam("to"), Source: c.QueryParam("source"), Since: c.QueryParam("since"),
	}
	q, err := f.query()
	if err != nil {
		return err
	}
	q.Before, q.Limit = before, limit
	rows, err := a.History.Deliveries(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{
		"deliveries": list(rows),
		"next":       next(len(rows), limit, func() int64 { return rows[len(rows)-1].ID }),
	})
}
