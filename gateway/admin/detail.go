package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// payload is JSON where it is JSON, else text.
func payload(b []byte) any {
	switch {
	case b == nil:
		return nil
	case json.Valid(b):
		return json.RawMessage(b)
	}
	return string(b)
}

type partView struct {
	N       int       `json:"n"`
	Format  string    `json:"format"`
	Payload any       `json:"payload"`
	Remote  string    `json:"remote,omitempty"`
	Sent    time.Time `json:"sent,omitzero"`
}

type deliveryView struct {
	store.DeliveryRow
	Plan     json.RawMessage `json:"plan"`
	Parts    []partView      `json:"parts"`
	Attempts []store.Attempt `json:"attempts"`
	Notes    []chat.Note     `json:"notes"`
}

func (a *api) event(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	e, err := a.History.Event(c.Request().Context(), id)
	if err != nil {
		return err
	}
	deliveries := []deliveryView{}
	for _, d := range e.Work {
		v := deliveryView{DeliveryRow: d.DeliveryRow, Plan: d.Plan, Parts: []partView{}, Attempts: list(d.Attempts), Notes: list(d.Notes)}
		for _, p := range d.Parts {
			v.Parts = append(v.Parts, partView{p.N, p.Format, payload(p.Payload), p.Remote, p.Sent})
		}
		deliveries = append(deliveries, v)
	}
	return c.JSON(http.StatusOK, struct {
		ID         int64             `json:"id"`
		At         time.Time         `json:"at"`
		Source     string            `json:"source"`
		Dialect    string            `json:"dialect"`
		Event      string            `json:"event,omitempty"`
		Verdict    string            `json:"verdict"`
		By         string            `json:"by,omitempty"`
		Summary    string            `json:"summary"`
		Header     map[string]string `json:"header"`
		Body       any               `json:"body"`
		Deliveries []deliveryView    `json:"deliveries"`
	}{e.ID, e.At, e.Source, e.Dialect, e.EventRow.Event, e.Verdict, e.By, e.Summary, e.Header, payload(e.Body), deliveries})
}

type keptView struct {
	ID      int64     `json:"id"`
	Event   int64     `json:"event"`
	At      time.Time `json:"at"`
	Format  string    `json:"format"`
	Payload any       `json:"payload"`
}

// inbox is what an inbox destination holds, newest first.
func (a *api) inbox(c echo.Context) error {
	name := c.Param("destination")
	if !slices.Contains(a.Inboxes, name) {
		return store.ErrNotFound
	}
	limit, before, err := page(c)
	if err != nil {
		return err
	}
	kept, err := a.History.Inbox(c.Request().Context(), name, before, limit)
	if err != nil {
		return err
	}
	out := []keptView{}
	for _, k := range kept {
		out = append(out, keptView{k.ID, k.Event, k.At, k.Format, payload(k.Payload)})
	}
	return c.JSON(http.StatusOK, out)
}
