package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
)

const keptPerPage = 10

type inboxPage struct {
	Name     string
	Messages []keptView
	Older    string
	Paged    bool
}

// keptView is a message of an inbox with what it came from.
type keptView struct {
	store.Kept
	Source  string // empty when the event is no longer known
	Dialect string
	Drawn   drawn
}

func (c *console) inbox(ctx echo.Context) error {
	name := ctx.Param("name")
	if !slices.Contains(c.Inboxes, name) {
		return store.ErrNotFound
	}
	before, err := cursor(ctx)
	if err != nil {
		return err
	}
	kept, err := c.History.Inbox(ctx.Request().Context(), name, before, keptPerPage+1)
	if err != nil {
		return err
	}
	page := inboxPage{Name: name, Paged: before != 0}
	if len(kept) > keptPerPage {
		kept = kept[:keptPerPage]
		page.Older = "/inbox/" + url.PathEscape(name) + "?cursor=" + strconv.FormatInt(kept[keptPerPage-1].ID, 10)
	}
	for _, k := range kept {
		v, err := c.kept(ctx, k)
		if err != nil {
			return err
		}
		page.Messages = append(page.Messages, v)
	}
	return c.render(ctx, http.StatusOK, "inbox", "Inbox "+name, page)
}

// kept draws a message of an inbox.
func (c *console) kept(ctx echo.Context, k store.Kept) (keptView, error) {
	e, err := c.History.Event(ctx.Request().Context(), k.Event)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return keptView{}, err
	}
	v := keptView{Kept: k, Source: e.Source, Dialect: e.Dialect}
	v.Drawn = c.draw("", k.Format, e.EventRow.Event, k.Payload, k.At)
	return v, nil
}

// platforms are the names of dialects as people write them.
var platforms = map[string]string{"slack": "Slack", "discord": "Discord", "github": "GitHub", "native": "native JSON"}

// CameAs is the platform in whose words the message came in.
func (v keptView) CameAs() string {
	if name := platforms[v.Dialect]; name != "" {
		return name
	}
	return v.Dialect
}

// When is when the message was sent to the inbox, in UTC.
func (v keptView) When() time.Time { return v.Kept.At.UTC() }
