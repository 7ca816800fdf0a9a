package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
)

// Failure is an answer of a destination that was no success.
type Failure struct {
	At      time.Time `json:"at"`
	Verdict string    `json:"verdict"`        // a fixed word
	Status  int       `json:"status"`         // HTTP status; 0: there was no answer
	Code    string    `json:"code,omitempty"` // the platform's own
}

// laneView is a lane in a list.
type laneView struct {
	store.LaneRow
	LastError *Failure `json:"last_error"`
}

// lanes lists them by name. The cursor is the name of the last one seen.
func (a *api) lanes(c echo.Context) error {
	limit, err := pageSize(c)
	if err != nil {
		return err
	}
	rows, err := a.History.Lanes(c.Request().Context())
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(x, y store.LaneRow) int { return strings.Compare(x.Name, y.Name) }) // as strings compare, whatever the store's language
	if after := c.QueryParam("cursor"); after != "" {
		rows = slices.DeleteFunc(rows, func(r store.LaneRow) bool { return r.Name <= after })
	}
	var cursor any
	if len(rows) > limit {
		rows, cursor = rows[:limit], rows[limit-1].Name
	}
	out := []laneView{}
	for _, r := range rows {
		v := laneView{LaneRow: r}
		if f := a.LastError(r.Name); !f.At.IsZero() {
			v.LastError = &f
		}
		out = append(out, v)
	}
	return c.JSON(http.StatusOK, map[string]any{"lanes": out, "next": cursor})
}

func (a *api) pause(c echo.Context) error  { return a.setGate(c, a.Pause) }
func (a *api) resume(c echo.Context) error { return a.setGate(c, a.Resume) }

// setGate answers with the lane as it is then.
func (a *api) setGate(c echo.Context, set func(context.Context, string) error) error {
	ctx, name := c.Request().Context(), c.Param("name")
	if err := set(ctx, name); err != nil {
		return err
	}
	rows, err := a.History.Lanes(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r store.LaneRow) bool { return r.Name == name })
	if i < 0 {
		return store.ErrNotFound
	}
	return c.JSON(http.StatusOK, rows[i])
}
