package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
)

// Sources are the inbound endpoints: those of the configuration, and those that
// are made here and kept in the store.
type Sources interface {
	// Sources are all of them.
	Sources() []Source
	// Create makes one, which is at work when it returns. The error is a *Denial when
	// it may not be.
	Create(ctx context.Context, n NewSource) (Source, error)
	// Modify changes what Discord shows of the source with an id of its own, as a body
	// of Discord's says. The error may be a *Denial.
	Modify(ctx context.Context, id string, body []byte) (Source, error)
	// Remove takes one away. Those of the configuration are a *Denial.
	Remove(ctx context.Context, id string) error
}

// Source is an inbound endpoint.
type Source struct {
	ID      string            `json:"id"` // of its webhook at Discord's addresses
	Name    string            `json:"name"`
	Labels  map[string]string `json:"labels"`
	Accept  []string          `json:"accept"`
	Dynamic bool              `json:"dynamic"` // it is not in the configuration

	// Webhook is the source as Discord shows a webhook, with its token where it is
	// dynamic; Channel is Discord's id in it.
	Webhook json.RawMessage `json:"-"`
	Channel string          `json:"-"`
	// Slack is where it takes Slack's webhooks, and which channel Slack would name.
	Slack, SlackChannel, SlackChannelID string `json:"-"`
}

// NewSource is a source to be made.
type NewSource struct {
	Name    string            `json:"name"`
	Labels  map[string]string `json:"labels"`
	Accept  []string          `json:"accept"`  // none: all dialects
	Channel string            `json:"channel"` // a name in the directory, or an id of Slack's or Discord's; may be empty

	// Body is a webhook in Discord's words, instead of a name: two may have one.
	Body []byte `json:"-"`
}

// Denial is what cannot be done, with Discord's code for it.
type Denial struct {
	Status, Code int
	Message      string
	Form         []byte // Discord's whole answer, where it is more than that
}

func (r *Denial) Error() string { return "admin: " + r.Message }

// maxSourceBytes bounds a request about a source. An avatar may be in it.
const maxSourceBytes = 1 << 20

// mountSources adds the sources to the API, in words of its own and in Discord's.
func (a *api) mountSources(e *echo.Echo) {
	if a.Sources == nil {
		return
	}
	e.GET("/api/v1/sources", a.listSources)
	e.POST("/api/v1/sources", a.createSource)
	e.GET("/api/v1/sources/:id", a.showSource)
	e.DELETE("/api/v1/sources/:id", a.removeSource)
	e.POST("/api/v10/channels/:channel/webhooks", a.createWebhook)
	e.GET("/api/v10/channels/:channel/webhooks", a.listWebhooks)
	e.GET("/api/v10/guilds/:guild/webhooks", a.listWebhooks)
	e.GET("/api/v10/webhooks/:id", a.showWebhook)
	e.PATCH("/api/v10/webhooks/:id", a.modifyWebhook)
	e.DELETE("/api/v10/webhooks/:id", a.removeWebhook)
}

// errNoSource is the answer for an id that no source has.
var errNoSource = &Denial{Status: http.StatusNotFound, Code: 10015, Message: "Unknown Webhook"}

// sourceOf is the source with the id of an address; by name too, where names are
// told apart.
func (a *api) sourceOf(id string, named bool) (Source, error) {
	all := a.Sources.Sources()
	i := slices.IndexFunc(all, func(s Source) bool { return s.ID == id })
	if i < 0 && named {
		i = slices.IndexFunc(all, func(s Source) bool { return s.Name == id })
	}
	if i < 0 {
		return Source{}, errNoSource
	}
	return all[i], nil
}

// plainly answers a refusal in the API's own words.
func plainly(err error) error {
	var r *Denial
	if errors.As(err, &r) {
		return echo.NewHTTPError(r.Status, r.Message)
	}
	return err
}

func (a *api) listSources(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{"sources": list(a.Sources.Sources())})
}

func (a *api) showSource(c echo.Context) error {
	s, err := a.sourceOf(c.Param("id"), true)
	if err != nil {
		return plainly(err)
	}
	return c.JSON(http.StatusOK, s)
}

// createSource answers as both platforms do when an application is given a
// webhook: with Slack's incoming_webhook and Discord's webhook.
func (a *api) createSource(c echo.Context) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxSourceBytes))
	var n NewSource
	if err == nil {
		err = json.Unmarshal(body, &n)
	}
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "the body is an object with name, and perhaps labels, accept and channel")
	}
	s, err := a.Sources.Create(c.Request().Context(), n)
	if err != nil {
		return plainly(err)
	}
	return c.JSON(http.StatusCreated, struct {
		Source
		Incoming map[string]string `json:"incoming_webhook"`
		Webhook  json.RawMessage   `json:"webhook"`
	}{s, map[string]string{
		"channel": s.SlackChannel, "channel_id": s.SlackChannelID, "url": s.Slack,
		"configuration_url": c.Scheme() + "://" + c.Request().Host + "/api/v1/sources/" + s.ID,
	}, s.Webhook})
}

func (a *api) removeSource(c echo.Context) error {
	s, err := a.sourceOf(c.Param("id"), true)
	if err == nil {
		err = a.Sources.Remove(c.Request().Context(), s.ID)
	}
	if err != nil {
		return plainly(err)
	}
	return c.NoContent(http.StatusNoContent)
}

// discordly answers a webhook, or an error in Discord's words.
func discordly(c echo.Context, s Source, err error) error {
	var r *Denial
	switch {
	case err == nil:
		return c.JSONBlob(http.StatusOK, s.Webhook)
	case !errors.As(err, &r):
		return err
	case r.Form != nil:
		return c.JSONBlob(r.Status, r.Form)
	}
	return c.JSON(r.Status, struct {
		Message string `json:"message"`
		Code    int    `json:"code"`
	}{r.Message, r.Code})
}

// discordBody reads a body of Discord's.
func discordBody(c echo.Context) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxSourceBytes))
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, &Denial{Status: http.StatusRequestEntityTooLarge, Code: 40005, Message: "Request entity too large"}
	case err != nil || !json.Valid(body):
		return nil, &Denial{Status: http.StatusBadRequest, Code: 50109, Message: "The request body contains invalid JSON."}
	}
	return body, nil
}

// createWebhook is Discord's Create Webhook.
func (a *api) createWebhook(c echo.Context) error {
	if _, err := strconv.ParseUint(c.Param("channel"), 10, 64); err != nil {
		return discordly(c, Source{}, &Denial{Status: http.StatusNotFound, Code: 10003, Message: "Unknown Channel"})
	}
	body, err := discordBody(c)
	var s Source
	if err == nil {
		s, err = a.Sources.Create(c.Request().Context(), NewSource{Channel: c.Param("channel"), Body: body})
	}
	return discordly(c, s, err)
}

// listWebhooks is Discord's Get Channel Webhooks and Get Guild Webhooks. The gateway
// knows no guilds: each has all webhooks.
func (a *api) listWebhooks(c echo.Context) error {
	found := []json.RawMessage{}
	for _, s := range a.Sources.Sources() {
		if channel := c.Param("channel"); channel == "" || channel == s.Channel {
			found = append(found, s.Webhook)
		}
	}
	return c.JSON(http.StatusOK, found)
}

func (a *api) showWebhook(c echo.Context) error {
	s, err := a.sourceOf(c.Param("id"), false)
	return discordly(c, s, err)
}

func (a *api) modifyWebhook(c echo.Context) error {
	body, err := discordBody(c)
	var s Source
	if err == nil {
		s, err = a.Sources.Modify(c.Request().Context(), c.Param("id"), body)
	}
	return discordly(c, s, err)
}

func (a *api) removeWebhook(c echo.Context) error {
	if err := a.Sources.Remove(c.Request().Context(), c.Param("id")); err != nil {
		return discordly(c, Source{}, err)
	}
	return c.NoContent(http.StatusNoContent)
}
