package ingest

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// discordGet reads a message back.
func (s *server) discordGet(c echo.Context) error {
	at, version, err := s.discordSource(c, "discord")
	if at.source == nil {
		return err
	}
	m, handle, err := s.find(c, at)
	if err != nil {
		return s.discordFault(c, err, version)
	}
	return c.JSONBlob(http.StatusOK, at.message(&m, handle))
}

func (s *server) find(c echo.Context, at endpoint) (Message, int64, error) {
	handle := ParseSnowflake(c.Param("message"))
	if handle == 0 {
		return Message{}, 0, ErrNoMessage
	}
	m, err := s.archive.Find(c.Request().Context(), at.source.Name, handle, "discord")
	return m, handle, err
}

func (e endpoint) message(m *Message, handle int64) []byte {
	sent := e.sent(handle, m.Body)
	if m.Handle != 0 {
		sent.channel = Snowflake(m.Handle)
	} else if ParseSnowflake(m.Thread) == 0 && isID(m.Thread) {
		sent.channel = m.Thread
	}
	sent.edited = m.Edited
	return message(m.Body, sent)
}

func isID(s string) bool {
	digits := len(s) >= 17 && len(s) <= 20
	for _, c := range []byte(s) {
		digits = digits && c >= '0' && c <= '9'
	}
	return digits
}

// discordPatch changes a message: what the body does not name stays.
func (s *server) discordPatch(c echo.Context) error {
	at, version, err := s.discordSource(c, "discord")
	if at.source == nil {
		return err
	}
	m, handle, err := s.patch(c, at)
	if err != nil {
		return s.discordFault(c, err, version)
	}
	return c.JSONBlob(http.StatusOK, at.message(&m, handle))
}

func (s *server) patch(c echo.Context, at endpoint) (m Message, handle int64, err error) {
	patch, files, release, err := s.readDiscord(c)
	defer release()
	if err != nil {
		return m, 0, err
	}
	defer s.edits.lock(ParseSnowflake(c.Param("message")))()
	if m, handle, err = s.find(c, at); err != nil {
		return m, 0, err
	}
	m.Body = discordMerge(gjson.ParseBytes(m.Body), gjson.ParseBytes(patch))
	if discordEmpty(m.Body) {
		return m, 0, ErrEmpty
	}
	if at.source.Strict {
		if found := s.checks.Discord(m.Body); len(found) > 0 {
			return m, 0, &refused{found}
		}
	}
	e := s.event(c, at.source, "discord", m.Body)
	e.Action, e.Handle, e.Files = Edit, handle, files
	m.Edited = e.At
	_, err = s.sink.Accept(c.Request().Context(), e)
	return m, handle, err
}

// discordDelete takes a message back.
func (s *server) discordDelete(c echo.Context) error {
	at, version, err := s.discordSource(c, "discord")
	if at.source == nil {
		return err
	}
	handle := ParseSnowflake(c.Param("message"))
	if handle == 0 {
		return s.discordFault(c, ErrNoMessage, version)
	}
	defer s.edits.lock(handle)()
	e := s.event(c, at.source, "discord", nil)
	e.Action, e.Handle = Delete, handle
	if _, err := s.sink.Accept(c.Request().Context(), e); err != nil {
		return s.discordFault(c, err, version)
	}
	return c.NoContent(http.StatusNoContent)
}

// lasting are the members of a message that an edit cannot change. Source:
// Discord's documentation, Edit Webhook Message.
var lasting = []string{"username", "avatar_url", "tts", "thread_name", "applied_tags", "poll"}

// discordMerge is a message after an edit. Whom it may notify is not taken over.
func discordMerge(old, patch gjson.Result) []byte {
	given := map[string]bool{}
	patch.ForEach(func(key, _ gjson.Result) bool {
		given[key.Str] = true
		return true
	})
	var w jsonw.Buf
	w.Open()
	old.ForEach(func(key, v gjson.Result) bool {
		if slices.Contains(lasting, key.Str) || !given[key.Str] && key.Str != "allowed_mentions" {
			w.Key(key.Str)
			w.Raw([]byte(v.Raw))
		}
		return true
	})
	patch.ForEach(func(key, v gjson.Result) bool {
		if !slices.Contains(lasting, key.Str) {
			w.Key(key.Str)
			w.Raw([]byte(v.Raw))
		}
		return true
	})
	w.Close()
	return w.B
}
