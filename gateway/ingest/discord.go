package ingest

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"
)

// unversioned is the version of an address without one. Source: Discord's
// documentation, API Reference.
const unversioned = 6

// discordSource finds the source that a Discord address belongs to. When there
// is none, it has answered.
func (s *server) discordSource(c echo.Context, dialect string) (e endpoint, version int, err error) {
	version = unversioned
	if v := c.Param("version"); v != "" {
		n, bad := strconv.Atoi(strings.TrimPrefix(v, "v"))
		if bad != nil || v[0] != 'v' || n < 6 || n > 10 {
			return endpoint{}, 0, discordError(c, http.StatusBadRequest, codeInvalidVersion, "Invalid API version")
		}
		version = n
	}
	sources := s.sources.Load()
	e, ok := sources.discord[c.Param("id")]
	if !ok {
		if e, err = s.relay.discord(c); err != nil {
			return endpoint{}, 0, s.discordFault(c, err, version)
		}
		ok = e.source != nil
	}
	switch {
	case !ok && !isID(c.Param("id")):
		return endpoint{}, 0, s.discordFault(c, notSnowflake("webhook_id", c.Param("id")), version)
	case !ok || !e.source.accepts(dialect):
		return endpoint{}, 0, discordError(c, http.StatusNotFound, codeUnknownWebhook, "Unknown Webhook")
	case subtle.ConstantTimeCompare([]byte(c.Param("token")), []byte(e.keys.discordToken)) != 1:
		return endpoint{}, 0, discordError(c, http.StatusUnauthorized, codeInvalidToken, "Invalid Webhook Token")
	case dialect == "github" && len(e.source.GitHub) > 0:
		return e, version, nil // what is signed is never held up
	}
	wait, ok := sources.rates.allow(e.source)
	rateHeaders(c.Response().Header(), sources.rates[e.source.Name], version)
	if !ok {
		return endpoint{}, 0, s.discordFault(c, &tooMany{wait}, version)
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
	m := sentMessage{handle: handle, webhook: e.keys.id, channel: channelID(e.source), name: e.source.shownName(), avatar: e.source.Avatar}
	if m.webhook == "" { // a Discord body at an address of Slack's
		m.webhook = derive(e.source.Name, e.source.Secrets[0]).id
	}
	if !absent(gjson.GetBytes(body, "thread_name")) {
		m.channel = Snowflake(handle) // the message begins a thread
	}
	return m
}

func (s *server) takeDiscord(c echo.Context, src *Source) ([]byte, Ack, error) {
	d, release, err := s.readDiscord(c, src)
	defer release()
	if err != nil {
		return nil, Ack{}, err
	}
	shown := truth(c.QueryParam("with_components"))
	if src.Strict {
		if err := s.refuse(c, &d, shown); err != nil {
			return nil, Ack{}, err
		}
	}
	if len(d.files) == 0 && discordEmpty(d.body, shown || !src.Strict) {
		return nil, Ack{}, ErrEmpty
	}
	at := time.Now()
	files := d.settle(nil, false, at)
	e := s.event(c, src, "discord", d.body)
	e.At, e.Files = at, files
	if e.Thread = c.QueryParam("thread_id"); e.Thread != "" {
		e.Handle = handleOf(e.Thread)
	}
	ack, err := s.sink.Accept(c.Request().Context(), e)
	return d.body, ack, err
}

// handleOf is the handle that an id of either platform shows, 0 for none: at this
// door most are Discord's, but a handle is the same message everywhere.
func handleOf(id string) int64 {
	if h := ParseSnowflake(id); h != 0 {
		return h
	}
	return ParseTS(id)
}

// readDiscord reads a body in any of Discord's encodings. release must be called.
func (s *server) readDiscord(c echo.Context, src *Source) (d draft, release func(), err error) {
	raw, release, err := s.flight.read(c.Request(), s.max)
	if err != nil {
		return d, release, err
	}
	d, err = readDraft(c.Request().Header.Get("Content-Type"), raw, src.Strict)
	return d, release, err
}

// refuse is what Discord says of a draft that it would not take. Components that
// it ignores are not looked at.
func (s *server) refuse(c echo.Context, d *draft, shown bool) error {
	thread, body := c.QueryParam("thread_id"), d.body
	if !shown {
		body = lacking(body, "components")
	}
	found := append(s.checks.Discord(body), s.checks.DiscordFiles(body, d.ids())...)
	switch {
	case thread != "" && !isID(thread):
		return notSnowflake("thread_id", thread)
	case len(found) > 0:
		return &refused{found}
	case thread != "" && !absent(gjson.GetBytes(body, "thread_name")):
		return errTwoThreads
	}
	for _, f := range d.files {
		if f.Size > maxUploadBytes {
			return errLargeFile
		}
	}
	return nil
}

// lacking is a body without a member.
func lacking(body []byte, name string) []byte {
	v := gjson.ParseBytes(body)
	if !v.Get(name).Exists() {
		return body
	}
	return merge(v, gjson.Result{}, func(key string) bool { return key != name })
}

// discordEmpty reports whether a body has nothing that Discord would post. Of
// attachments it counts those that are there: a file that came, or one that lies
// elsewhere. shown: components are.
func discordEmpty(body []byte, shown bool) bool {
	b := gjson.ParseBytes(body)
	if v := b.Get("content"); v.Type == gjson.Number || strings.TrimSpace(v.Str) != "" {
		return false
	}
	if !absent(b.Get("poll")) || shown && !absent(b.Get("components")) {
		return false
	}
	for name, says := range map[string]func(gjson.Result) bool{
		"embeds":      func(e gjson.Result) bool { return !absent(e) },
		"attachments": func(a gjson.Result) bool { return !absent(a.Get("url")) || a.Get("size").Exists() },
	} {
		some := false
		b.Get(name).ForEach(func(_, v gjson.Result) bool { some = says(v); return !some })
		if some {
			return false
		}
	}
	return true
}

// channelID is the fixed id which stands for the channel of a source.
func channelID(src *Source) string {
	if src.Channel != "" {
		return src.Channel
	}
	return deriver{src.Name, src.Secrets[0]}.digits("discord channel", 18)
}

func isID(s string) bool {
	digits := len(s) >= 1 && len(s) <= 20
	for _, c := range []byte(s) {
		digits = digits && c >= '0' && c <= '9'
	}
	return digits
}
