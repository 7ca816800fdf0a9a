package ingest

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// slackSource finds the source that a Slack address belongs to. The words are
// Slack's: no_service for an address there is not, invalid_token for one with
// another secret.
func (s *server) slackSource(c echo.Context, dialect string) (src *Source, status int, word string) {
	e, ok := s.sources.Load().slack[c.Param("team")+"/"+c.Param("bot")]
	if !ok {
		src, err := s.relay.slack(c)
		if src == nil {
			status, word = slackUnserved(c, err)
		}
		return src, status, word
	}
	if !e.source.accepts(dialect) {
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
	err := s.allow(src)
	if err == nil {
		err = s.takeSlack(c, src, payload, src.Strict)
	}
	if err != nil {
		return slackFault(c, err)
	}
	return c.String(http.StatusOK, "ok")
}

// takeSlack hands a Slack body to the sink. parse finds the JSON in what came with a
// content type.
func (s *server) takeSlack(c echo.Context, src *Source, parse func(contentType string, body []byte) ([]byte, error), strict bool) error {
	body, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err != nil {
		return err
	}
	if body, err = parse(c.Request().Header.Get("Content-Type"), body); err != nil {
		return err
	}
	if slackEmpty(body) {
		return ErrEmpty
	}
	if strict {
		if found := s.checks.Slack(body); len(found) > 0 {
			return &refused{found}
		}
	}
	m := members(body, "channel", "token", "thread_ts")
	channel, token, thread := textOf(m[0]), m[1], tsOf(m[2])
	if strict && channel != "" {
		if word := s.elsewhere(channel); word != "" {
			return &refused{[]Violation{{Error: word}}}
		}
	}
	if token.Exists() { // a message has none, and none is kept
		body = bare(gjson.ParseBytes(body))
	}
	e := s.event(c, src, "slack", body)
	e.Channel = channel
	if e.Thread = thread; e.Thread == "" {
		e.Thread = c.QueryParam("thread_id") // Discord's /slack has it
	}
	if e.Thread != "" {
		e.Handle = handleOf(e.Thread)
	}
	_, err = s.sink.Accept(c.Request().Context(), e)
	return err
}

// bare is a body without the token that stands in it.
func bare(b gjson.Result) []byte {
	var w jsonw.Buf
	w.Open()
	b.ForEach(func(key, v gjson.Result) bool {
		if key.Str != "token" {
			member(&w, key.Str, v)
		}
		return true
	})
	w.Close()
	return w.B
}

// slackEmpty reports whether a body has none of text, blocks and attachments.
func slackEmpty(body []byte) bool {
	says := func(v gjson.Result) bool { return !absent(v) }
	return !slices.ContainsFunc(members(body, "text", "blocks", "attachments", "markdown_text"), says)
}

// members are the first members of an object with these names, found in one pass.
func members(body []byte, names ...string) []gjson.Result {
	out := make([]gjson.Result, len(names))
	gjson.ParseBytes(body).ForEach(func(key, v gjson.Result) bool {
		if i := slices.Index(names, key.Str); i >= 0 && !out[i].Exists() {
			out[i] = v
		}
		return true
	})
	return out
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

// slackStatus is the status of an error word; of all others 400. Sources: Slack's
// changelog of 2016-05-17 on errors of incoming webhooks, and reports of users.
//
// Of the documented words these cannot arise here: action_prohibited,
// channel_is_archived, posting_to_general_channel_denied, team_disabled and
// no_active_hooks tell of a workspace; no_team and no_service_id would tell which
// part of an address is right, so that it is no_service; and what was
// missing_text_or_fallback_or_attachments is no_text today.
var slackStatus = map[string]int{
	"no_service": 404, "invalid_token": 403, "channel_not_found": 404,
	"rollup_error": 500, "service_unavailable": 503,
}

// slackFault answers an error as Slack's webhooks do: with a word alone.
func slackFault(c echo.Context, err error) error {
	var invalid *Invalid
	var strict *refused
	var many *tooMany
	word := "rollup_error"
	switch {
	case errors.Is(err, ErrEmpty):
		word = "no_text"
	case errors.As(err, &strict):
		word = strict.found[0].Error
	case errors.As(err, &invalid):
		word = "invalid_payload"
	case errors.Is(err, errTooLarge):
		return c.String(http.StatusRequestEntityTooLarge, "invalid_payload")
	case errors.As(err, &many):
		c.Response().Header().Set("Retry-After", seconds(many.wait))
		return c.Blob(http.StatusTooManyRequests, apiType, []byte(`{"retry_after":`+seconds(many.wait)+`,"ok":false,"error":"rate_limited"}`))
	case errors.Is(err, ErrBusy):
		c.Response().Header().Set("Retry-After", "1")
		word = "service_unavailable"
	}
	status := slackStatus[word]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return c.String(status, word)
}

// slackDiscord is what Slack lacks: a Discord body at a Slack address.
func (s *server) slackDiscord(c echo.Context) error {
	src, status, word := s.slackSource(c, "discord")
	if src == nil {
		return discordError(c, status, 0, word)
	}
	if err := s.allow(src); err != nil {
		return s.discordFault(c, err, 10)
	}
	return s.execute(c, endpoint{source: src}, 10)
}

// slackGitHub takes GitHub's events at a Slack address.
func (s *server) slackGitHub(c echo.Context) error {
	src, status, word := s.slackSource(c, "github")
	if src == nil {
		return c.String(status, word)
	}
	if len(src.GitHub) == 0 { // what is signed is never held up
		if err := s.allow(src); err != nil {
			return slackFault(c, err)
		}
	}
	return s.takeGitHub(c, src)
}
