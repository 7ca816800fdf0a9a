package ingest

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// Discord's JSON error codes that the gateway answers with. Source: Discord's
// documentation, Opcodes and Status Codes.
const (
	codeUnknownWebhook = 10015
	codeTooLarge       = 40005
	codeEmptyMessage   = 50006
	codeInvalidToken   = 50027
	codeInvalidForm    = 50035
	codeInvalidVersion = 50041
	codeInvalidJSON    = 50109
	codeOverloaded     = 130000
)

// discordError answers in the form that all versions share for errors which are
// not about a member of the body.
func discordError(c echo.Context, status, code int, message string) error {
	if code == 0 {
		message = strconv.Itoa(status) + ": " + message
	}
	var w jsonw.Buf
	w.Open()
	w.KeyStr("message", message)
	w.KeyInt("code", int64(code))
	w.Close()
	return c.JSONBlob(status, w.B)
}

// discordSource finds the source that a Discord address belongs to. When there
// is none, it has answered.
func (s *server) discordSource(c echo.Context, dialect string) (src *Source, version int, err error) {
	version = 6 // what an address without a version means
	if v := c.Param("version"); v != "" {
		n, bad := strconv.Atoi(strings.TrimPrefix(v, "v"))
		if bad != nil || v[0] != 'v' || n < 6 || n > 10 {
			return nil, 0, discordError(c, http.StatusBadRequest, codeInvalidVersion, "Invalid API version")
		}
		version = n
	}
	e, ok := s.sources.discord[c.Param("id")]
	if !ok || !e.source.accepts(dialect) {
		return nil, 0, discordError(c, http.StatusNotFound, codeUnknownWebhook, "Unknown Webhook")
	}
	if subtle.ConstantTimeCompare([]byte(c.Param("token")), []byte(e.keys.discordToken)) != 1 {
		return nil, 0, discordError(c, http.StatusUnauthorized, codeInvalidToken, "Invalid Webhook Token")
	}
	return e.source, version, nil
}

// discordExecute is Discord's execute call: 204, or 200 and the message when
// wait is set.
func (s *server) discordExecute(c echo.Context) error {
	src, version, err := s.discordSource(c, "discord")
	if src == nil {
		return err
	}
	return s.execute(c, src, version)
}

func (s *server) execute(c echo.Context, src *Source, version int) error {
	body, ack, err := s.takeDiscord(c, src)
	if err != nil {
		return discordFault(c, err, version)
	}
	if !truth(c.QueryParam("wait")) {
		return c.NoContent(http.StatusNoContent)
	}
	k := derive(src.Name, src.Secrets[0])
	return c.JSONBlob(http.StatusOK, message(body, sentMessage{
		handle: ack.Handle, webhook: k.id, channel: channelID(src), name: src.Name,
	}))
}

func (s *server) takeDiscord(c echo.Context, src *Source) ([]byte, Ack, error) {
	raw, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err != nil {
		return nil, Ack{}, err
	}
	body, err := discordBody(c.Request().Header.Get("Content-Type"), raw)
	if err != nil {
		return nil, Ack{}, err
	}
	if discordEmpty(body) {
		return nil, Ack{}, ErrEmpty
	}
	ack, err := s.sink.Accept(c.Request().Context(), s.event(c, src, "discord", body))
	return body, ack, err
}

// discordEmpty reports whether a body has nothing that Discord would post.
func discordEmpty(body []byte) bool {
	for _, v := range gjson.GetManyBytes(body, "content", "embeds", "components", "attachments", "poll") {
		if v.Type == gjson.String && strings.TrimSpace(v.Str) == "" {
			continue
		}
		if !absent(v) {
			return false
		}
	}
	return true
}

// discordFault answers an error in Discord's words. Versions before 8 have the
// flat form for what is wrong with the form.
func discordFault(c echo.Context, err error, version int) error {
	var invalid *Invalid
	switch {
	case errors.Is(err, ErrEmpty):
		return discordError(c, http.StatusBadRequest, codeEmptyMessage, "Cannot send an empty message")
	case errors.As(err, &invalid) && strings.HasPrefix(invalid.Reason, "payload_json: "):
		if version < 8 {
			return c.JSONBlob(http.StatusBadRequest, []byte(`{"payload_json":["Expected \"payload_json\" to be a valid JSON string."]}`))
		}
		return c.JSONBlob(http.StatusBadRequest, []byte(`{"message":"Invalid Form Body","code":50035,"errors":{"payload_json":{"_errors":[{"code":"BASE_TYPE_BAD_TYPE","message":"Expected \"payload_json\" to be a valid JSON string."}]}}}`))
	case errors.As(err, &invalid) && invalid.Reason == errNoObject.Error():
		return discordError(c, http.StatusBadRequest, codeInvalidForm, "Invalid Form Body")
	case errors.As(err, &invalid):
		return discordError(c, http.StatusBadRequest, codeInvalidJSON, "The request body contains invalid JSON.")
	case errors.Is(err, errTooLarge):
		return discordError(c, http.StatusRequestEntityTooLarge, codeTooLarge, "Request entity too large")
	case errors.Is(err, ErrBusy):
		c.Response().Header().Set("Retry-After", "1")
		return discordError(c, http.StatusServiceUnavailable, codeOverloaded, "API resource is currently overloaded. Try again a little later")
	}
	return discordError(c, http.StatusInternalServerError, 0, "Internal Server Error")
}

// channelID is the fixed id which stands for the channel of a source.
func channelID(src *Source) string {
	return deriver{src.Name, src.Secrets[0]}.digits("discord channel", 18)
}
