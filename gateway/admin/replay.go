package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
)

// Replayer delivers again. Each replay is a new delivery that names the one which
// it replaces. then is whether it goes as its route said when the event came;
// otherwise today's rules decide anew.
type Replayer interface {
	// Replay replays one delivery and returns the ids of those made for it. It errs
	// with a *Refusal when there is nothing that could be sent.
	Replay(ctx context.Context, delivery int64, then bool) ([]int64, error)
	// Start begins to replay all that are selected, and returns at once.
	Start(q store.DeliveryQuery, then bool) (Progress, error)
	// Progress is how far the replays of this process have come, newest first.
	Progress() []Progress
	// Stop ends a replay where it stands; false: there is none of that id.
	Stop(id string) bool
}

// Progress is how far a replay of many deliveries has come.
type Progress struct {
	ID       string         `json:"id"`
	State    string         `json:"state"` // running, done, stopped, failed
	Rules    string         `json:"rules"` // then, now
	Total    int            `json:"total"` // deliveries selected; it grows until they have been listed
	Listed   bool           `json:"listed"`
	Replayed int            `json:"replayed"`
	Refused  map[string]int `json:"refused"` // how many could not be replayed, by why
	Started  time.Time      `json:"started"`
	Ended    time.Time      `json:"ended,omitzero"`
	Error    string         `json:"error,omitempty"` // of a failed one
}

// rules reads which rules a replay goes by.
func rules(s string) (then bool, err error) {
	switch s {
	case "", "then":
		return true, nil
	case "now":
		return false, nil
	}
	return false, bad(`rules is "then" or "now"`)
}

func (a *api) replayOne(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	var r struct {
		Rules string `json:"rules"`
	}
	if c.Request().ContentLength != 0 {
		if err := request(c, &r); err != nil {
			return err
		}
	}
	then, err := rules(r.Rules)
	if err != nil {
		return err
	}
	ids, err := a.Replayer.Replay(c.Request().Context(), id, then)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"of": id, "deliveries": list(ids)})
}

func (a *api) replay(c echo.Context) error {
	var r struct {
		Filter *Filter `json:"filter"`
		Rules  string  `json:"rules"`
	}
	if err := request(c, &r); err != nil {
		return err
	}
	if r.Filter == nil {
		return bad(`filter is missing; {"filter": {}} replays everything in the dead letters`)
	}
	if r.Filter.State == "" {
		r.Filter.State = store.Dead
	}
	if r.Filter.State == store.Pending || r.Filter.State == store.Held {
		return bad("what is still to be sent cannot be replayed")
	}
	q, err := r.Filter.query()
	if err != nil {
		return err
	}
	then, err := rules(r.Rules)
	if err != nil {
		return err
	}
	p, err := a.Replayer.Start(q, then)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, p)
}

// replays lists those that this process knows; there are never many.
func (a *api) replays(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{"replays": list(a.Replayer.Progress()), "next": nil})
}

func (a *api) progress(c echo.Context) error {
	for _, p := range a.Replayer.Progress() {
		if p.ID == c.Param("id") {
			return c.JSON(http.StatusOK, p)
		}
	}
	return store.ErrNotFound
}

func (a *api) stopReplay(c echo.Context) error {
	if !a.Replayer.Stop(c.Param("id")) {
		return store.ErrNotFound
	}
	return a.progress(c)
}
