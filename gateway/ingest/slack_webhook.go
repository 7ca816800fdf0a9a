package ingest

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"
)

// slackSource finds the source that a Slack address belongs to. The words are
// Slack's: no_service for an address there is not, invalid_token for one with
// another secret.
func (s *server) slackSource(c echo.Context, dialect string) (src *Source, status int, word string) {
	e, ok := s.sources.slack[c.Param("team")+"/"+c.Param("bot")]
	if !ok || !e.source.accepts(dialect) {
		return nil, http.StatusNotFound, "no_service"
	}
	if subtle.ConstantTimeCompare([]byte(c.Param("token")), []byte(e.keys.slackToken)) != 1 {
		return nil, http.StatusForbidden, "invalid_token"
	}
	return e.source, 0, ""
}

// slackWebhook is Slack's incoming webhook: 200 and "ok", or an error word.
func (s *server) slackWebhook(c echo.Context) error {
	src, status, word := s.slackSource(c, "slack")
	if src == nil {
		return c.String(status, word)
	}
	if err := s.takeSlack(c, src); err != nil {
		status, word := slackWord(err)
		if status == http.StatusServiceUnavailable {
			c.Response().Header().Set("Retry-After", "1")
		}
		return c.String(status, word)
	}
	return c.String(http.StatusOK, "ok")
}

// takeSlack hands a Slack body to the sink.
func (s *server) takeSlack(c echo.Context, src *Source) error {
	body, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err != nil {
		return err
	}
	if body, err = payload(c.Request().Header.Get("Content-Type"), body); err != nil {
		return err
	}
	if slackEmpty(body) {
		return ErrEmpty
	}
	e := s.event(c, src, "slack", body)
	e.Channel = gjson.GetBytes(body, "channel").Str
	_, err = s.sink.Accept(c.Request().Context(), e)
	return err
}

// slackEmpty reports whether a body has none of text, blocks and attachments.
func slackEmpty(body []byte) bool {
	for _, v := range gjson.GetManyBytes(body, "text", "blocks", "attachments", "markdown_text") {
		if !absent(v) {
			return false
		}
	}
	return true
}

// absent reports whether a value says nothing: missing, null, false, or an empty
// string, list or object.
func absent(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null, gjson.False:
		return true
	case gjson.String:
		return v.Str == ""
	case gjson.JSON:
		empty := true
		v.ForEach(func(_, _ gjson.Result) bool { empty = false; return false })
		return empty
	default:
		return false
	}
}

// slackWord is the answer of Slack's webhooks to an error.
func slackWord(err error) (status int, word string) {
	var invalid *Invalid
	switch {
	case errors.Is(err, ErrEmpty):
		return http.StatusBadRequest, "no_text"
	case errors.As(err, &invalid):
		return http.StatusBadRequest, "invalid_payload"
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge, "invalid_payload"
	case errors.Is(err, ErrBusy):
		return http.StatusServiceUnavailable, "service_unavailable"
	}
	return http.StatusInternalServerError, "rollup_error"
}

// slackDiscord is what Slack lacks: a Discord body at a Slack address.
func (s *server) slackDiscord(c echo.Context) error {
	src, status, word := s.slackSource(c, "discord")
	if src == nil {
		return discordError(c, status, 0, word)
	}
	return s.execute(c, src, 10)
}

// slackGitHub takes GitHub's events at a Slack address.
func (s *server) slackGitHub(c echo.Context) error {
	src, status, word := s.slackSource(c, "github")
	if src == nil {
		return c.String(status, word)
	}
	return s.takeGitHub(c, src)
}

// slackMethod is the Web API, of which no method is served yet. Its errors have
// status 200.
func (s *server) slackMethod(c echo.Context) error {
	return c.JSONBlob(http.StatusOK, []byte(`{"ok":false,"error":"unknown_method"}`))
}
