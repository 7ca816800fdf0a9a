package admin

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
)

// Pages hold at most mostRows rows, and fewRows when nothing is asked for.
const (
	fewRows  = 50
	mostRows = 500
)

// maxRequestBytes bounds the body of a request; it may hold a webhook's.
const maxRequestBytes = 32 << 20

func bad(words string) error { return echo.NewHTTPError(http.StatusBadRequest, words) }

// pageSize reads limit.
func pageSize(c echo.Context) (int, error) {
	s := c.QueryParam("limit")
	if s == "" {
		return fewRows, nil
	}
	limit, err := strconv.Atoi(s)
	if err != nil || limit < 1 || limit > mostRows {
		return 0, bad("limit is a number from 1 to 500")
	}
	return limit, nil
}

// page reads limit and cursor. A cursor is the id of the last row seen.
func page(c echo.Context) (limit int, before int64, err error) {
	if limit, err = pageSize(c); err != nil {
		return 0, 0, err
	}
	if s := c.QueryParam("cursor"); s != "" {
		if before, err = strconv.ParseInt(s, 10, 64); err != nil {
			return 0, 0, bad("no such cursor")
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

// since reads a point in time, or a duration before now.
func since(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return time.Now().Add(-d), nil
	}
	if days, err := strconv.ParseUint(strings.TrimSuffix(s, "d"), 10, 16); err == nil && strings.HasSuffix(s, "d") {
		return time.Now().Add(-time.Duration(days) * 24 * time.Hour), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, bad("since is a time, as in 2026-01-31T08:00:00Z, or a duration before now, as in 90m or 3d")
	}
	return t, nil
}

// states are those that can be asked for.
var states = []store.State{store.Pending, store.Held, store.Done, store.Partial, store.Dead, store.Cancelled}

// Filter selects deliveries; empty members select all.
type Filter struct {
	State  store.State `json:"state,omitzero"`
	Lane   string      `json:"lane,omitzero"`
	Route  string      `json:"route,omitzero"`
	To     string      `json:"to,omitzero"`
	Source string      `json:"source,omitzero"`
	Since  string      `json:"since,omitzero"`
}

// query is the filter as a store takes it.
func (f *Filter) query() (store.DeliveryQuery, error) {
	q := store.DeliveryQuery{State: f.State, Lane: f.Lane, Route: f.Route, To: f.To, Source: f.Source}
	if f.State != "" && !slices.Contains(states, f.State) {
		return q, bad("state is one of pending, held, done, partial, dead, cancelled")
	}
	var err error
	q.Since, err = since(f.Since)
	return q, err
}

// request reads the JSON object of a request; what it does not know is refused.
func request(c echo.Context, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, maxRequestBytes))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if err == io.EOF {
			return bad("the request has no body")
		}
		return bad("the request cannot be read: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	if d.More() {
		return bad("the request is more than one JSON object")
	}
	return nil
}

// list is rows as JSON shows them: an empty list, never null.
func list[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}
