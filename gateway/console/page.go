package console

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// cursor reads the id of the last row of the page before.
func cursor(ctx echo.Context) (int64, error) {
	s := ctx.QueryParam("cursor")
	if s == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id < 0 {
		return 0, echo.NewHTTPError(http.StatusBadRequest, "That is no place in a list.")
	}
	return id, nil
}

// clock, day and exact are a moment in a list, its date, and both for machines.
func clock(t time.Time) string { return t.UTC().Format("15:04:05") }
func day(t time.Time) string   { return t.UTC().Format("2 Jan 2006") }
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func took(d time.Duration) string { return d.Round(time.Millisecond).String() }
