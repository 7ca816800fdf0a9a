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

// find is the message that an address names. Strict sources must name its thread
// too, as Discord wants it.
func (s *server) find(c echo.Context, at endpoint) (m Message, handle int64, err error) {
	if handle, err = handleParam(c); err != nil {
		return m, 0, err
	}
	m, err = s.archive.Find(c.Request().Context(), at.source.Name, handle, "discord")
	if err == nil && at.source.Strict && at.channel(&m, handle) != threadOr(c, channelID(at.source)) {
		err = ErrNoMessage
	}
	if err == nil && at.source.hook != nil && m.Hook != at.source.hook.Name() {
		err = ErrNoMessage // another's
	}
	return m, handle, err
}

// handleParam is the handle in an address.
func handleParam(c echo.Context) (int64, error) {
	id := c.Param("message")
	h := handleOf(id)
	if h == 0 && !isID(id) {
		return 0, notSnowflake("message_id", id)
	}
	if h == 0 {
		return 0, ErrNoMessage
	}
	return h, nil
}

// threadOr is the thread that a request names, or else the channel.
func threadOr(c echo.Context, channel string) string {
	if id := c.QueryParam("thread_id"); id != "" {
		return id
	}
	return channel
}

// channel is where a message is: a thread, or the channel of its source.
func (e endpoint) channel(m *Message, handle int64) string {
	switch {
	case m.Handle != 0:
		return Snowflake(m.Handle)
	case isID(m.Thread):
		return m.Thread
	}
	return e.sent(handle, m.Body).channel
}

func (e endpoint) message(m *Message, handle int64) []byte {
	sent := e.sent(handle, m.Body)
	sent.channel, sent.edited = e.channel(m, handle), m.Edited
	return message(m.Body, sent)
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
	d, release, err := s.readDiscord(c, at.source)
	defer release()
	if err != nil {
		return m, 0, err
	}
	defer s.edits.lock(handleOf(c.Param("message")))()
	if m, handle, err = s.find(c, at); err != nil {
		return m, 0, err
	}
	e := s.event(c, at.source, "discord", nil)
	old, patch := gjson.ParseBytes(m.Body), gjson.ParseBytes(d.body)
	kept := keptAttachments(old, patch, &d)
	if len(kept)+len(d.files) > maxUploads {
		return m, 0, errManyFiles
	}
	e.Files = d.settle(kept, true, e.At)
	for _, f := range m.Files {
		if !slices.ContainsFunc(kept, func(a gjson.Result) bool { return a.Get("filename").Str == f.Name }) {
			e.Dropped = append(e.Dropped, f.Name)
		}
	}
	m.Body = edited(old, gjson.ParseBytes(d.body))
	if at.source.Strict {
		if found := s.checks.Discord(m.Body); len(found) > 0 {
			return m, 0, &refused{found}
		}
	}
	if discordEmpty(m.Body, true) {
		return m, 0, ErrEmpty
	}
	e.Action, e.Handle, e.Body = Edit, handle, m.Body
	m.Edited = e.At
	_, err = s.sink.Accept(c.Request().Context(), e)
	return m, handle, err
}

// keptAttachments are the attachments of a message that an edit keeps: those that
// it lists, and all when it has no list.
func keptAttachments(old, patch gjson.Result, d *draft) (kept []gjson.Result) {
	list := patch.Get("attachments")
	eachObject(old.Get("attachments"), func(a gjson.Result) {
		keep := !list.Exists()
		eachObject(list, func(p gjson.Result) {
			keep = keep || d.uploadOf(p) == nil && p.Get("id").String() == a.Get("id").String()
		})
		if keep {
			kept = append(kept, a)
		}
	})
	return kept
}

// discordDelete takes a message back.
func (s *server) discordDelete(c echo.Context) error {
	at, version, err := s.discordSource(c, "discord")
	if at.source == nil {
		return err
	}
	defer s.edits.lock(handleOf(c.Param("message")))()
	handle, err := handleParam(c)
	if err == nil && at.source.Strict {
		_, _, err = s.find(c, at)
	}
	if err == nil {
		e := s.event(c, at.source, "discord", nil)
		e.Action, e.Handle = Delete, handle
		_, err = s.sink.Accept(c.Request().Context(), e)
	}
	if err != nil {
		return s.discordFault(c, err, version)
	}
	return c.NoContent(http.StatusNoContent)
}

// lasting are the members of a message that an edit cannot change. Source:
// Discord's documentation, Edit Webhook Message.
var lasting = []string{"username", "avatar_url", "tts", "thread_name", "applied_tags", "poll"}

// The flags of a message that a sender can set. Of those only the first can an edit
// set and clear, and the last it can set.
const (
	flagNoEmbeds   = 1 << 2
	flagSilent     = 1 << 12
	flagVoice      = 1 << 13
	flagComponents = 1 << 15
	flagsSettable  = flagNoEmbeds | flagSilent | flagVoice | flagComponents
)

// edited is a message after an edit, whose attachments are settled. Whom the
// message may notify is not taken over.
func edited(old, patch gjson.Result) []byte {
	flags := old.Get("flags").Int()
	if v := patch.Get("flags"); v.Type == gjson.Number {
		flags = flags&^flagNoEmbeds | v.Int()&(flagNoEmbeds|flagComponents)
	}
	kept := merge(old, patch, func(key string) bool {
		return key != "flags" && (key != "allowed_mentions" || patch.Get("allowed_mentions").Exists())
	})
	if flags == 0 {
		return kept
	}
	var w jsonw.Buf
	w.Open()
	gjson.ParseBytes(kept).ForEach(func(key, v gjson.Result) bool {
		copyMember(&w, key, v)
		return true
	})
	w.KeyInt("flags", flags)
	w.Close()
	return w.B
}

// merge is old with the members of patch, but for the lasting ones, instead of its
// own: only those that keep holds for.
func merge(old, patch gjson.Result, keep func(key string) bool) []byte {
	given := map[string]bool{}
	patch.ForEach(func(key, _ gjson.Result) bool {
		given[key.Str] = !slices.Contains(lasting, key.Str)
		return true
	})
	var w jsonw.Buf
	w.Open()
	old.ForEach(func(key, v gjson.Result) bool {
		if !given[key.Str] && keep(key.Str) {
			copyMember(&w, key, v)
		}
		return true
	})
	patch.ForEach(func(key, v gjson.Result) bool {
		if given[key.Str] && keep(key.Str) {
			copyMember(&w, key, v)
		}
		return true
	})
	w.Close()
	return w.B
}
