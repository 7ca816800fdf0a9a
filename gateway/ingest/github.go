package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// github takes signed events. The address holds no secret, so it is there only
// for sources with a github_secret.
func (s *server) github(c echo.Context) error {
	src := s.sources.names[c.Param("source")]
	if src == nil || len(src.GitHub) == 0 || !src.accepts("github") {
		return c.String(http.StatusNotFound, "no such source\n")
	}
	return s.takeGitHub(c, src)
}

var errSignature = errors.New("ingest: bad signature")

// takeGitHub answers 202, 204 for an event that nothing routes, 401 for a bad
// signature.
func (s *server) takeGitHub(c echo.Context, src *Source) error {
	ack, err := s.acceptGitHub(c, src)
	var invalid *Invalid
	switch {
	case err == nil && ack.Routed:
		return c.String(http.StatusAccepted, "accepted\n")
	case err == nil:
		return c.NoContent(http.StatusNoContent)
	case errors.Is(err, errSignature):
		return c.String(http.StatusUnauthorized, "the signature X-Hub-Signature-256 is missing or wrong\n")
	case errors.As(err, &invalid):
		return c.String(http.StatusBadRequest, invalid.Reason+"\n")
	case errors.Is(err, errTooLarge):
		return c.String(http.StatusRequestEntityTooLarge, "the body is too large\n")
	case errors.Is(err, ErrBusy):
		c.Response().Header().Set("Retry-After", "1")
		return c.String(http.StatusServiceUnavailable, "busy\n")
	}
	return c.String(http.StatusInternalServerError, "internal error\n")
}

func (s *server) acceptGitHub(c echo.Context, src *Source) (Ack, error) {
	h := c.Request().Header
	raw, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err != nil {
		return Ack{}, err
	}
	if len(src.GitHub) > 0 && !signed(src.GitHub, h.Get("X-Hub-Signature-256"), raw) {
		return Ack{}, errSignature
	}
	name := h.Get("X-Github-Event")
	if name == "" || len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return Ack{}, &Invalid{"the header X-GitHub-Event is missing or odd"}
	}
	body, err := payload(h.Get("Content-Type"), raw)
	if err != nil {
		return Ack{}, err
	}
	e := s.event(c, src, "github", body)
	e.Name = name
	if e.Key = h.Get("X-Github-Delivery"); e.Key != "" {
		// One delivery id is shared by all hooks that fire for an event, so a repeat is
		// one of the same hook.
		e.Key += "/" + h.Get("X-Github-Hook-Id")
	}
	if len(e.Key) > maxHeaderBytes {
		e.Key = ""
	}
	return s.sink.Accept(c.Request().Context(), e)
}

// signed reports whether header is the signature of the body under one of the
// secrets: "sha256=" and the HMAC-SHA256 in hex, of either case.
func signed(secrets []string, header string, body []byte) bool {
	digest, ok := strings.CutPrefix(header, "sha256=")
	want, err := hex.DecodeString(digest)
	if !ok || err != nil || len(want) != sha256.Size {
		return false
	}
	good := false
	for _, secret := range secrets {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write(body)
		if hmac.Equal(m.Sum(nil), want) {
			good = true
		}
	}
	return good
}
