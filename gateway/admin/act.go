package admin

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// Event is an event as a person gives it.
type Event struct {
	Source  string // where it would have come to
	Dialect string // empty: told from the body
	Name    string // GitHub's name of it; empty: told from the body
	Body    []byte
}

// asked is an event in a request. Its body is a JSON object, or text.
type asked struct {
	Source  string          `json:"source"`
	Dialect string          `json:"dialect"`
	Event   string          `json:"event"`
	To      string          `json:"to"`
	Body    json.RawMessage `json:"body"`
}

// event reads the event in a request, and where it is to go.
func event(c echo.Context) (e *Event, to string, err error) {
	var r asked
	if err := request(c, &r); err != nil {
		return nil, "", err
	}
	e = &Event{Source: r.Source, Dialect: r.Dialect, Name: r.Event, Body: r.Body}
	var text string
	switch {
	case len(r.Body) == 0:
		return nil, "", bad("body is missing")
	case json.Unmarshal(r.Body, &text) == nil:
		e.Body = []byte(text)
	}
	return e, r.To, nil
}

// route is the dry run.
func (a *api) route(c echo.Context) error {
	e, _, err := event(c)
	if err != nil {
		return err
	}
	dry, err := a.DryRun(e)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, dry)
}

// send delivers to one destination, whatever the rules say.
func (a *api) send(c echo.Context) error {
	e, to, err := event(c)
	if err != nil {
		return err
	}
	id, err := a.Send(c.Request().Context(), to, e)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, map[string]any{"event": id})
}

// backupWrite is how long a reader of a backup may take for one piece of it.
const backupWrite = time.Minute

// backup answers with a consistent copy of the store.
func (a *api) backup(c echo.Context) error {
	if a.Backup == nil {
		return &Refusal{"the store is PostgreSQL's, which has its own means: pg_dump"}
	}
	control := http.NewResponseController(c.Response())
	if err := control.SetWriteDeadline(time.Time{}); err != nil { // copying takes as long as it takes
		return err
	}
	file, err := a.Backup(c.Request().Context())
	if err != nil {
		return err
	}
	defer os.Remove(file)
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentLength, strconv.FormatInt(info.Size(), 10))
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEOctetStream)
	c.Response().WriteHeader(http.StatusOK)
	piece := make([]byte, 256<<10)
	for {
		n, err := f.Read(piece)
		if n > 0 {
			if err := control.SetWriteDeadline(time.Now().Add(backupWrite)); err != nil {
				return err
			}
			if _, err := c.Response().Write(piece[:n]); err != nil {
				return nil // the reader has gone
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err // the length tells the reader that something is missing
		}
	}
}
