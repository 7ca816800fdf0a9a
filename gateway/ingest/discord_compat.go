package ingest

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
)

// discordSlack is Discord's /slack: a Slack body at a Discord address. Success is
// Slack's "ok", errors are Discord's.
func (s *server) discordSlack(c echo.Context) error {
	e, version, err := s.discordSource(c, "slack")
	if e.source == nil {
		return err
	}
	if err := s.takeSlack(c, e.source); err != nil {
		return s.discordFault(c, err, version)
	}
	return c.String(http.StatusOK, "ok")
}

// discordGitHub is Discord's /github: 204, whatever became of the event.
func (s *server) discordGitHub(c echo.Context) error {
	e, version, err := s.discordSource(c, "github")
	if e.source == nil {
		return err
	}
	src := e.source
	if _, err := s.acceptGitHub(c, src); err != nil {
		if errors.Is(err, errSignature) {
			return discordError(c, http.StatusUnauthorized, 0, "Unauthorized")
		}
		return s.discordFault(c, err, version)
	}
	return c.NoContent(http.StatusNoContent)
}
