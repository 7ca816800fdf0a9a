package ingest

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/translators/jsonw"
)

// Discord's JSON error codes that the gateway answers with. Source: Discord's
// documentation, Opcodes and Status Codes.
const (
	codeUnknownMessage = 10008
	codeUnknownWebhook = 10015
	codeManyFiles      = 30015
	codeTooLarge       = 40005
	codeEmptyMessage   = 50006
	codePermissions    = 50013
	codeInvalidToken   = 50027
	codeInvalidForm    = 50035
	codeInvalidVersion = 50041
	codeLargeFile      = 50045
	codeInvalidJSON    = 50109
	codeOverloaded     = 130000
	codeTwoThreads     = 220002
)

// discordRefusal is an error that Discord has a code of its own for.
type discordRefusal struct {
	status, code int
	message      string
}

func (e *discordRefusal) Error() string { return "ingest: refused: " + e.message }

var (
	errTwoThreads = &discordRefusal{http.StatusBadRequest, codeTwoThreads, "Webhooks posted to forum channels cannot have both a thread_name and thread_id"}
	errConfigured = &discordRefusal{http.StatusForbidden, codePermissions, "Missing Permissions"}
)

// formError is the error of one member of a form.
func formError(path, code, message string) error {
	return &refused{[]Violation{{Pointer: path, Code: code, Message: message}}}
}

func notSnowflake(path, value string) error {
	return formError(path, "NUMBER_TYPE_COERCE", "Value "+strconv.Quote(value)+" is not snowflake.")
}

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

// discordFault answers an error in Discord's words. Versions before 8 have the
// flat form for what is wrong with the form.
func (s *server) discordFault(c echo.Context, err error, version int) error {
	var invalid *Invalid
	var form *refused
	var own *discordRefusal
	var many *tooMany
	var gone *Gone
	switch {
	case errors.As(err, &gone):
		return discordGone(c, gone)
	case errors.Is(err, ErrEmpty):
		return discordError(c, http.StatusBadRequest, codeEmptyMessage, "Cannot send an empty message")
	case errors.Is(err, ErrNoMessage):
		return discordError(c, http.StatusNotFound, codeUnknownMessage, "Unknown Message")
	case errors.Is(err, ErrNoWebhook):
		return discordError(c, http.StatusNotFound, codeUnknownWebhook, "Unknown Webhook")
	case errors.Is(err, error(errContentType)) && version < 8:
		return s.discordForm(c, []Violation{{Code: "CONTENT_TYPE", Message: errContentType.message}}, version)
	case errors.As(err, &own):
		return discordError(c, own.status, own.code, own.message)
	case errors.As(err, &form):
		return s.discordForm(c, form.found, version)
	case errors.As(err, &many):
		return discordWait(c, many.wait, version)
	case errors.As(err, &invalid) && invalid.Reason == errNoObject.Error():
		return s.discordForm(c, []Violation{{Code: "DICT_TYPE_CONVERT", Message: "Only dictionaries may be used in a DictType"}}, version)
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

func (s *server) discordForm(c echo.Context, found []Violation, version int) error {
	return c.JSONBlob(http.StatusBadRequest, s.checks.DiscordAnswer(found, version))
}

// discordWait tells a sender how long to wait. Versions before 8 count in
// milliseconds. Source: Discord's change log, API v8.
func discordWait(c echo.Context, wait time.Duration, version int) error {
	h := c.Response().Header()
	h.Set("X-RateLimit-Scope", "user")
	after := math.Ceil(wait.Seconds()*1000) / 1000
	h.Set("Retry-After", seconds(wait))
	if version < 8 {
		after = math.Ceil(wait.Seconds() * 1000)
		h.Set("Retry-After", strconv.FormatInt(int64(after), 10))
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

// discordRate is what Discord allows a webhook. It is what the headers of a source
// without a rate tell, as if each request came first: such a source is never out
// of requests. Source: discord-api-docs issue 367.
var discordRate = Rate{N: 5, Per: 2 * time.Second}

// rateBucket names the bucket of all webhooks: Discord leaves what stands before
// it in the address out of the name.
const rateBucket = "80c17d2f203122d936070c88c8d10f33"

// rateHeaders tells what is left of a source's rate after a request. Versions
// before 8 have whole seconds.
func rateHeaders(h http.Header, l *limiter, version int) {
	now, r, left := time.Now(), discordRate, float64(discordRate.N-1)
	if l != nil {
		r, left = l.Rate, max(0, l.TokensAt(now))
	}
	after := (float64(r.N) - left) * r.Per.Seconds() / float64(r.N) // until it is whole again
	reset := float64(now.UnixMilli())/1000 + after
	digits := 3
	if version < 8 {
		after, reset, digits = math.Ceil(after), math.Ceil(reset), 0
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(r.N))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(int(left)))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(reset, 'f', digits, 64))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(after, 'f', digits, 64))
	h.Set("X-RateLimit-Bucket", rateBucket)
}
