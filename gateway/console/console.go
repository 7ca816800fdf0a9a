// Package console is the web pages: what came in, what became of it, and how the
// chats show it. They are rendered on the server and need no script. It decides
// nothing, and offers nothing that the administration API does not.
//
// Whatever users wrote is shown as text, and pictures are not fetched: strangers
// chose their addresses.
package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// History is what the pages show; a store.Store is one.
type History interface {
	Events(ctx context.Context, q store.EventQuery) ([]store.EventRow, error)
	Event(ctx context.Context, id int64) (store.EventDetail, error)
	Inbox(ctx context.Context, to string, before int64, limit int) ([]store.Kept, error)
	Lanes(ctx context.Context) ([]store.LaneRow, error)
}

// Options are what the pages need. Functions are called concurrently.
type Options struct {
	History History
	// Preview reads a payload of a format and says how the chats show it. source is
	// the one that it came from, empty for one that was written here; event is the
	// event's name where the format has any. Nil: nothing is drawn.
	Preview   func(source, format, event string, body []byte) (Preview, error)
	Inboxes   []string  // names of the inbox destinations
	Sources   []string  // names of the sources
	Addresses []Address // shown while nothing has come in yet
	Version   string
	Log       *slog.Logger
}

// Preview is one payload, translated. Its messages belong to the caller: none is
// reset or given to a pool afterwards.
type Preview struct {
	Message        *chat.Message // as read; the chat it came from is drawn from it
	Neutral        []byte        // the same as JSON
	Notes          []chat.Note   // of reading it
	Slack, Discord Shown
}

// Shown is what a chat shows: its payloads, written and read again in its own
// format, so that what is drawn is what they say.
type Shown struct {
	Messages []*chat.Message
	Notes    []chat.Note // of writing them
}

// Address is where a source can be reached, by a Slack and by a Discord sender.
// It holds the source's secret and is shown: give only that of the demo source,
// which everyone knows.
type Address struct{ Source, Slack, Discord string }

//go:embed pages
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// policy is the Content-Security-Policy: our own style sheet and mark, and
// nothing else from anywhere.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

type console struct {
	Options
	pages map[string]*template.Template
}

// Mount adds the pages to the admin listener, whose guard stands before them.
func Mount(e *echo.Echo, o Options) {
	c := &console{Options: o, pages: parsePages()}
	g := e.Group("", c.frame)
	g.GET("/", c.home)
	g.GET("/events/:id", c.event)
	g.GET("/inbox/:name", c.inbox)
	e.GET("/static/:file", static)
}

// parsePages makes a template of each page in the common layout.
func parsePages() map[string]*template.Template {
	pages := map[string]*template.Template{}
	for _, name := range []string{"home", "event", "inbox", "error"} {
		pages[name] = template.Must(template.New("layout.html").Funcs(template.FuncMap{
			"asset": assetAddress,
			"clock": clock,
			"day":   day,
			"exact": exact,
			"took":  took,
		}).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html", "pages/"+name+".html"))
	}
	return pages
}

// frame sets the headers of every page, and answers errors with a page.
func (c *console) frame(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		h := ctx.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		err := next(ctx)
		if err == nil || ctx.Response().Committed {
			return err
		}
		status, words := http.StatusInternalServerError, "Something went wrong here. The log says what."
		var bad *echo.HTTPError
		switch {
		case errors.Is(err, store.ErrNotFound):
			status, words = http.StatusNotFound, "There is nothing here, or no longer: the history is kept only for so long."
		case errors.As(err, &bad):
			status = bad.Code
			if s, ok := bad.Message.(string); ok {
				words = s
			}
		default:
			c.Log.Error("a page could not be shown", "page", ctx.Path(), "error", err)
		}
		return c.render(ctx, status, "error", "Error", struct {
			Status int
			Words  string
		}{status, words})
	}
}

// view is what the layout shows around a page.
type view struct {
	Title   string
	Version string
	Inboxes []string
	Page    any
}

func (c *console) render(ctx echo.Context, status int, page, title string, data any) error {
	var b bytes.Buffer
	if err := c.pages[page].Execute(&b, view{title, c.Version, c.Inboxes, data}); err != nil {
		return err
	}
	return ctx.HTMLBlob(status, b.Bytes())
}

var staticTypes = map[string]string{"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}

// static serves the embedded files. Their addresses change with what they hold,
// so browsers may keep them.
func static(ctx echo.Context) error {
	name := ctx.Param("file")
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return echo.NewHTTPError(http.StatusNotFound, "no such file")
	}
	h := ctx.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	_, kind, _ := strings.Cut(name, ".")
	return ctx.Blob(http.StatusOK, staticTypes[kind], b)
}

// assetAddress is the address of an embedded file, with a mark of what it holds.
func assetAddress(name string) (string, error) {
	b, err := staticFiles.ReadFile("static/" + name)
	sum := sha256.Sum256(b)
	return "/static/" + name + "?v=" + hex.EncodeToString(sum[:6]), err
}
