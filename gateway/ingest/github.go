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
	src := s.sources.Load().names[c.Param("source")]
	if src == nil || len(src.GitHub) == 0 || !src.accepts("github") {
		return c.String(http.StatusNotFound, "no such source\n")
	}
	return s.takeGitHub(c, src)
}

var (
	errSignature       = errors.New("ingest: bad signature")
	errNoEvent   error = &Invalid{"the header X-GitHub-Event is missing or odd"}
)

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

// forges are what the headers of those who send GitHub's events begin with. Each
// forge sends its ancestors' headers as well as its own, and all but Gogs send
// GitHub's, so that the order is the one to look in. Sources: services/webhook of
// go-gitea/gitea, and the webhook pages of Forgejo and Gogs.
var forges = []string{"X-Forgejo-", "X-Gitea-", "X-Gogs-", gitHub}

const gitHub = "X-Github-"

// forge is the first of forges that an event comes from, as far as its sender
// says.
func forge(h http.Header) string {
	for _, f := range forges {
		if h.Get(f+"Event") != "" {
			return f
		}
	}
	return gitHub
}

func (s *server) acceptGitHub(c echo.Context, src *Source) (Ack, error) {
	h := c.Request().Header
	raw, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err != nil {
		return Ack{}, err
	}
	from := forge(h)
	name := h.Get(from + "Event")
	var body []byte
	if len(src.GitHub) > 0 {
		digest := signature(h, from)
		ok := signed(src.GitHub, digest, raw)
		if !ok && from != gitHub && !looksLikeJSON(raw) {
			// Of a form GitHub signs the whole; the others sign the JSON in it.
			if body, err = payload(h.Get("Content-Type"), raw); err == nil {
				ok = signed(src.GitHub, digest, body)
			}
		}
		if !ok {
			return Ack{}, errSignature
		}
	}
	if name == "" || len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return Ack{}, errNoEvent
	}
	if body == nil {
		if body, err = payload(h.Get("Content-Type"), raw); err != nil {
			return Ack{}, err
		}
	}
	e := s.event(c, src, "github", body)
	e.Name = name
	if e.Key = h.Get(from + "Delivery"); e.Key != "" {
		// One delivery id is shared by all hooks that fire for an event, so a repeat is
		// one of the same hook.
		e.Key += "/" + h.Get("X-Github-Hook-Id")
	}
	if len(e.Key) > maxHeaderBytes {
		e.Key = ""
	}
	return s.sink.Accept(c.Request().Context(), e)
}

// signature is the HMAC-SHA256 in hex that came with an event; empty for none.
// GitHub's older header, with a SHA-1, is not looked at. The forges give the bare
// hex in a header of their own.
func signature(h http.Header, from string) string {
	if v := h.Get("X-Hub-Signature-256"); v != "" || from == gitHub {
		digest, _ := strings.CutPrefix(v, "sha256=")
		if len(digest) == len(v) {
			return ""
		}
		return digest
	}
	return h.Get(from + "Signature")
}

// signed reports whether digest is the signature of the body, in hex of either
// case, under one of the secrets.
func signed(secrets []string, digest string, body []byte) bool {
	want, err := hex.DecodeString(digest)
	if err != nil || len(want) != sha256.Size {
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
