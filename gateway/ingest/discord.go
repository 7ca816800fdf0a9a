package ingest

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// Discord's JSON error codes that the gateway answers with. Source: Discord's
// documentation, Opcodes and Status Codes.
const (
	codeUnknownMessage = 10008
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
func (s *server) discordSource(c echo.Context, dialect string) (e endpoint, version int, err error) {
	version = 6 // what an address without a version means
	if v := c.Param("version"); v != "" {
		n, bad := strconv.Atoi(strings.TrimPrefix(v, "v"))
		if bad != nil || v[0] != 'v' || n < 6 || n > 10 {
			return endpoint{}, 0, discordError(c, http.StatusBadRequest, codeInvalidVersion, "Invalid API version")
		}
		version = n
	}
	e, ok := s.sources.Load().discord[c.Param("id")]
	if !ok || !e.source.accepts(dialect) {
		return endpoint{}, 0, discordError(c, http.StatusNotFound, codeUnknownWebhook, "Unknown Webhook")
	}
	if subtle.ConstantTimeCompare([]byte(c.Param("token")), []byte(e.keys.discordToken)) != 1 {
		return endpoint{}, 0, discordError(c, http.StatusUnauthorized, codeInvalidToken, "Invalid Webhook Token")
	}
	if dialect == "github" && len(e.source.GitHub) > 0 {
		return e, version, nil // what is signed is never held up
	}
	if err := s.allow(e.source); err != nil {
		return endpoint{}, 0, s.discordFault(c, err, version)
	}
	return e, version, nil
}

// discordExecute is Discord's execute call: 204, or 200 and the message when
// wait is set.
func (s *server) discordExecute(c echo.Context) error {
	e, version, err := s.discordSource(c, "discord")
	if e.source == nil {
		return err
	}
	return s.execute(c, e, version)
}

func (s *server) execute(c echo.Context, at endpoint, version int) error {
	body, ack, err := s.takeDiscord(c, at.source)
	if err != nil {
		return s.discordFault(c, err, version)
	}
	if !truth(c.QueryParam("wait")) {
		return c.NoContent(http.StatusNoContent)
	}
	return c.JSONBlob(http.StatusOK, message(body, at.sent(ack.Handle, body)))
}

// sent is what the gateway knows of a message that it answers with.
func (e endpoint) sent(handle int64, body []byte) sentMessage {
	m := sentMessage{handle: handle, webhook: e.keys.id, channel: channelID(e.source), name: e.source.Name}
	if m.webhook == "" { // a Discord body at an address of Slack's
		m.webhook = derive(e.source.Name, e.source.Secrets[0]).id
	}
	if !absent(gjson.GetBytes(body, "thread_name")) {
		m.channel = Snowflake(handle) // the message begins a thread
	}
	return m
}

func (s *server) takeDiscord(c echo.Context, src *Source) ([]byte, Ack, error) {
	body, files, release, err := s.readDiscord(c)
	defer release()
	if err != nil {
		return nil, Ack{}, err
	}
	if discordEmpty(body) {
		return nil, Ack{}, ErrEmpty
	}
	if src.Strict {
		if found := s.checks.Discord(body); len(found) > 0 {
			return nil, Ack{}, &refused{found}
		}
	}
	e := s.event(c, src, "discord", body)
	e.Files = files
	if e.Thread = c.QueryParam("thread_id"); e.Thread != "" {
		e.Handle = ParseSnowflake(e.Thread)
	}
	ack, err := s.sink.Accept(c.Request().Context(), e)
	return body, ack, err
}

// readDiscord reads a body in any of Discord's encodings. release must be called.
func (s *server) readDiscord(c echo.Context) (body []byte, files []chat.File, release func(), err error) {
	raw, release, err := s.flight.read(c.Request(), s.max)
	if err != nil {
		return nil, nil, release, err
	}
	body, files, err = discordBody(c.Request().Header.Get("Content-Type"), raw)
	return body, files, release, err
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
func (s *server) discordFault(c echo.Context, err error, version int) error {
	var invalid *Invalid
	var strict *refused
	var many *tooMany
	switch {
	case errors.Is(err, ErrEmpty):
		return discordError(c, http.StatusBadRequest, codeEmptyMessage, "Cannot send an empty message")
	case errors.Is(err, ErrNoMessage):
		return discordError(c, http.StatusNotFound, codeUnknownMessage, "Unknown Message")
	case errors.As(err, &strict):
		return c.JSONBlob(http.StatusBadRequest, s.checks.DiscordAnswer(strict.found, version))
	case errors.As(err, &many):
		return discordWait(c, many.wait, version)
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

// discordWait tells a sender how long to wait. Versions before 8 count in
// milliseconds.
func discordWait(c echo.Context, wait time.Duration, version int) error {
	h := c.Response().Header()
	h.Set("Retry-After", seconds(wait))
	h.Set("X-RateLimit-Scope", "user")
	after := wait.Seconds()
	if version < 8 {
		after = float64(wait.Milliseconds())
		h.Set("Retry-After", strconv.FormatInt(wait.Milliseconds()+1, 10))
	}
	var w jsonw.Buf
	w.Open()
	w.KeyStr("message", "You are being rate limited.")
	w.Key("retry_after")
	w.Float(after)
	w.KeyBool("global", false)
	w.Close()
	return c.JSONBlob(http.StatusTooManyRequests, w.B)
}

// channelID is the fixed id which stands for the channel of a source.
func channelID(src *Source) string {
	return deriver{src.Name, src.Secrets[0]}.digits("discord channel", 18)
}
