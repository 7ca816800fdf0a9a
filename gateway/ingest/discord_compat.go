package ingest

import (
	"errors"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"dragoman/translators/jsonw"
)

// discordSlack is Discord's /slack: a Slack body at a Discord address. Success is
// Slack's "ok", whatever "wait" says, and errors are Discord's. It takes all that
// Slack would, also from senders whose source is strict: Discord's own rules for
// Slack's bodies are narrower than either platform's.
func (s *server) discordSlack(c echo.Context) error {
	e, version, err := s.discordSource(c, "slack")
	if e.source == nil {
		return err
	}
	if err := s.takeSlack(c, e.source, slackForm, false); err != nil {
		return s.discordFault(c, err, version)
	}
	return c.HTMLBlob(http.StatusOK, []byte("ok"))
}

// slackFields are the members of a Slack body that a form may have as fields of
// their own.
var slackFields = []string{"text", "username", "icon_url", "icon_emoji", "channel", "thread_ts"}

// slackForm finds the JSON in a body as Discord's /slack takes it: as Slack does, or
// as the fields of a form.
func slackForm(contentType string, body []byte) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if looksLikeJSON(body) || kind != "multipart/form-data" && kind != "application/x-www-form-urlencoded" {
		return payload(contentType, body)
	}
	fields, err := formFields(contentType, body)
	if err != nil && fields == nil {
		return nil, errForm
	}
	if p, ok := fields["payload"]; ok {
		return Object([]byte(p))
	}
	var w jsonw.Buf
	w.Open()
	for _, name := range slackFields {
		if v := fields[name]; v != "" {
			w.KeyStr(name, v)
		}
	}
	w.Close()
	return w.B, nil
}

// discordGitHub is Discord's /github: 204, whatever became of the event.
func (s *server) discordGitHub(c echo.Context) error {
	e, version, err := s.discordSource(c, "github")
	if e.source == nil {
		return err
	}
	_, err = s.acceptGitHub(c, e.source)
	switch {
	case errors.Is(err, errSignature):
		return discordError(c, http.StatusUnauthorized, 0, "Unauthorized")
	case errors.Is(err, errNoEvent): // what Discord says is not known
		return discordError(c, http.StatusBadRequest, codeInvalidForm, "Invalid Form Body")
	case err != nil:
		return s.discordFault(c, err, version)
	}
	return c.NoContent(http.StatusNoContent)
}
