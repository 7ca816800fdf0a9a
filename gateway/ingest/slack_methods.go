package ingest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// apiTest echoes its arguments.
func (s *server) apiTest(k *call) error {
	word := k.str("error")
	var w jsonw.Buf
	w.Open()
	w.KeyBool("ok", word == "")
	if word != "" {
		w.KeyStr("error", word)
	}
	any := false
	k.args.ForEach(func(key, v gjson.Result) bool {
		if key.Str == "token" {
			return true
		}
		if !any {
			w.Key("args")
			w.Open()
			any = true
		}
		w.Key(key.Str)
		w.Raw([]byte(v.Raw))
		return true
	})
	if any {
		w.Close()
	}
	w.Close()
	return k.c.Blob(200, apiType, w.B)
}

// authTest says who the token is: ids derived from the source, as its addresses
// are.
func (s *server) authTest(k *call) error {
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("url", "https://dragoman.slack.com/")
		w.KeyStr("team", "dragoman")
		w.KeyStr("user", k.src.Name)
		w.KeyStr("team_id", k.keys.team)
		w.KeyStr("user_id", k.user())
		w.KeyStr("bot_id", k.keys.bot)
		w.KeyBool("is_enterprise_install", false)
	})
}

// user is the id of the bot's user.
func (k *call) user() string { return "U" + strings.TrimPrefix(k.keys.bot, "B") }

// blocksValidate checks blocks or a message by Slack's rules, for anybody.
func (s *server) blocksValidate(k *call) error {
	blocks, message := k.args.Get("blocks"), k.args.Get("message")
	switch {
	case blocks.Exists() == message.Exists():
		return refuse("invalid_arguments") // also for views, which are no messages
	case blocks.Exists():
		if found := s.checks.SlackBlocks([]byte(blocks.Raw)); len(found) > 0 {
			return &apiError{word: "invalid_blocks", details: found}
		}
	default:
		if found := s.checks.Slack([]byte(message.Raw)); len(found) > 0 {
			return &apiError{word: "invalid_message", details: found}
		}
	}
	return k.answer(func(*jsonw.Buf) {})
}

func (s *server) chatPostMessage(k *call) error {
	body := k.body()
	if err := s.checkMessage(k, body); err != nil {
		return err
	}
	channel, err := s.channel(k)
	if err != nil {
		return err
	}
	e := k.event(s, body)
	e.Channel = k.str("channel")
	ack, err := s.sink.Accept(k.c.Request().Context(), e)
	if err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("channel", channel)
		w.KeyStr("ts", TS(ack.Handle))
		k.message(w, gjson.ParseBytes(body), TS(ack.Handle), "")
	})
}

// chatMeMessage is a message in italics, as /me shows it.
func (s *server) chatMeMessage(k *call) error {
	text := strings.TrimSpace(k.str("text"))
	if text == "" {
		return refuse("no_text")
	}
	channel, err := s.channel(k)
	if err != nil {
		return err
	}
	var w jsonw.Buf
	w.Open()
	w.KeyStr("text", "_"+text+"_")
	w.Close()
	e := k.event(s, w.B)
	e.Channel = k.str("channel")
	ack, err := s.sink.Accept(k.c.Request().Context(), e)
	if err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("channel", channel)
		w.KeyStr("ts", TS(ack.Handle))
	})
}

// chatPostEphemeral takes what was meant for one person: only routes that ask for
// such messages deliver it.
func (s *server) chatPostEphemeral(k *call) error {
	if _, err := s.channel(k); err != nil {
		return err
	}
	if k.str("user") == "" {
		return refuse("user_not_in_channel")
	}
	body := k.body()
	if err := s.checkMessage(k, body); err != nil {
		return err
	}
	e := k.event(s, body)
	e.Channel, e.Ephemeral = k.str("channel"), true
	ack, err := s.sink.Accept(k.c.Request().Context(), e)
	if err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) { w.KeyStr("message_ts", TS(ack.Handle)) })
}

// chatUpdate changes a message. Text without blocks takes the blocks away, as at
// Slack; what is not given stays.
func (s *server) chatUpdate(k *call) error {
	channel, err := s.channel(k)
	if err != nil {
		return err
	}
	handle := ParseTS(k.str("ts"))
	if handle == 0 {
		return ErrNoMessage
	}
	defer s.edits.lock(handle)()
	old, err := s.archive.Find(k.c.Request().Context(), k.src.Name, handle, "slack")
	if err != nil {
		return err
	}
	body := slackMerge(gjson.ParseBytes(old.Body), gjson.ParseBytes(k.body()))
	if err := s.checkMessage(k, body); err != nil {
		return err
	}
	e := k.event(s, body)
	e.Action, e.Handle, e.Thread = Edit, handle, ""
	if _, err := s.sink.Accept(k.c.Request().Context(), e); err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) {
		b := gjson.ParseBytes(body)
		w.KeyStr("channel", channel)
		w.KeyStr("ts", TS(handle))
		w.KeyStr("text", b.Get("text").Str)
		k.message(w, b, TS(handle), TS(e.At.UnixMicro()))
	})
}

func (s *server) chatDelete(k *call) error {
	channel, err := s.channel(k)
	if err != nil {
		return err
	}
	handle := ParseTS(k.str("ts"))
	if handle == 0 {
		return ErrNoMessage
	}
	defer s.edits.lock(handle)()
	e := k.event(s, nil)
	e.Action, e.Handle, e.Thread = Delete, handle, ""
	if _, err := s.sink.Accept(k.c.Request().Context(), e); err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("channel", channel)
		w.KeyStr("ts", TS(handle))
	})
}

// chatUnfurl is answered and sends nothing: it decorates a message that is
// Slack's own.
func (s *server) chatUnfurl(k *call) error {
	switch {
	case !k.args.Get("unfurls").Exists() && !k.args.Get("user_auth_required").Exists():
		return refuse("missing_unfurls")
	case k.str("unfurl_id") != "" && k.str("source") == "":
		return refuse("missing_source")
	case k.str("unfurl_id") != "":
	case k.str("channel") == "":
		return refuse("missing_channel")
	case k.str("ts") == "":
		return refuse("missing_ts")
	}
	return k.answer(func(*jsonw.Buf) {})
}

// conversationsList lists the directory's channels, on one page.
func (s *server) conversationsList(k *call) error {
	return k.answer(func(w *jsonw.Buf) {
		w.Key("channels")
		w.OpenArray()
		for _, c := range s.channels {
			conversation(w, c)
		}
		w.CloseArray()
		w.Key("response_metadata")
		w.Open()
		w.KeyStr("next_cursor", "")
		w.Close()
	})
}

func (s *server) conversationsInfo(k *call) error {
	for _, c := range s.channels {
		if c.ID == k.str("channel") {
			return k.answer(func(w *jsonw.Buf) {
				w.Key("channel")
				conversation(w, c)
			})
		}
	}
	return refuse("channel_not_found")
}

func conversation(w *jsonw.Buf, c Channel) {
	w.Open()
	w.KeyStr("id", c.ID)
	w.KeyStr("name", c.Name)
	w.KeyStr("name_normalized", c.Name)
	w.KeyBool("is_channel", true)
	w.KeyBool("is_group", false)
	w.KeyBool("is_im", false)
	w.KeyBool("is_mpim", false)
	w.KeyBool("is_private", false)
	w.KeyBool("is_archived", false)
	w.KeyBool("is_general", false)
	w.KeyBool("is_member", true)
	w.Close()
}

var slackChannelID = regexp.MustCompile(`^[CGDU][A-Z0-9]{2,}$`)

// channel is the id of the channel that a call names: the directory's, the id
// itself, or one derived from the name, so that it is the same next time.
func (s *server) channel(k *call) (string, error) {
	given := k.str("channel")
	name := strings.TrimPrefix(given, "#")
	if i := slices.IndexFunc(s.channels, func(c Channel) bool { return c.ID == given || c.Name == name }); i >= 0 {
		return s.channels[i].ID, nil
	}
	switch {
	case name == "" || k.src.Strict && len(s.channels) > 0:
		return "", refuse("channel_not_found")
	case slackChannelID.MatchString(given):
		return given, nil
	}
	d := deriver{k.src.Name, k.src.Secrets[0]}
	return "C" + d.letters("slack channel "+name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 10), nil
}

// unstored are arguments that say where a message goes, not what it says; the
// token least of all is kept.
var unstored = []string{"token", "ts", "as_user"}

// body is the message of a call, as it is stored.
func (k *call) body() []byte {
	var w jsonw.Buf
	w.Open()
	k.args.ForEach(func(key, v gjson.Result) bool {
		if !slices.Contains(unstored, key.Str) {
			w.Key(key.Str)
			w.Raw([]byte(v.Raw))
		}
		return true
	})
	w.Close()
	return w.B
}

// event begins the event of a call.
func (k *call) event(s *server, body []byte) *Event {
	e := s.event(k.c, k.src, "slack", body)
	if e.Thread = k.str("thread_ts"); e.Thread != "" {
		e.Handle = ParseTS(e.Thread)
	}
	return e
}

// maxMarkdownText is in characters. Source: Slack's page on chat.postMessage.
const maxMarkdownText = 12000

// checkMessage refuses what Slack would refuse: little for most sources, all for
// strict ones.
func (s *server) checkMessage(k *call, body []byte) error {
	b := gjson.ParseBytes(body)
	switch {
	case slackEmpty(body):
		return ErrEmpty
	case b.Get("markdown_text").Exists() && (!absent(b.Get("text")) || !absent(b.Get("blocks"))):
		return refuse("markdown_text_conflict")
	case b.Get("attachments").IsArray() && b.Get("attachments.#").Int() > 100:
		return refuse("too_many_attachments")
	case !k.src.Strict:
		return nil
	case len([]rune(b.Get("markdown_text").Str)) > maxMarkdownText:
		return refuse("markdown_text_too_long")
	}
	if found := s.checks.Slack(body); len(found) > 0 {
		err := &apiError{word: found[0].Error}
		for _, v := range found {
			err.messages = append(err.messages, v.Message+" [json-pointer:"+v.Pointer+"]")
		}
		return err
	}
	return nil
}

// slackMerge is a message after chat.update.
func slackMerge(old, patch gjson.Result) []byte {
	var w jsonw.Buf
	w.Open()
	old.ForEach(func(key, v gjson.Result) bool {
		gone := key.Str == "blocks" && patch.Get("text").Exists() ||
			(key.Str == "text" || key.Str == "blocks") && patch.Get("markdown_text").Exists() ||
			key.Str == "markdown_text" && (patch.Get("text").Exists() || patch.Get("blocks").Exists())
		if !gone && !patch.Get(gjson.Escape(key.Str)).Exists() {
			w.Key(key.Str)
			w.Raw([]byte(v.Raw))
		}
		return true
	})
	patch.ForEach(func(key, v gjson.Result) bool {
		w.Key(key.Str)
		w.Raw([]byte(v.Raw))
		return true
	})
	w.Close()
	return w.B
}

// message writes the member "message" of an answer: the message as it was given,
// with what Slack adds.
func (k *call) message(w *jsonw.Buf, b gjson.Result, ts, edited string) {
	w.Key("message")
	w.Open()
	w.KeyStr("type", "message")
	w.KeyStr("subtype", "bot_message")
	w.KeyStr("text", b.Get("text").Str)
	w.KeyStr("ts", ts)
	w.KeyStr("user", k.user())
	w.KeyStr("bot_id", k.keys.bot)
	w.KeyStr("team", k.keys.team)
	for _, key := range []string{"username", "thread_ts", "metadata"} {
		if v := b.Get(key); !absent(v) {
			w.Key(key)
			w.Raw([]byte(v.Raw))
		}
	}
	if blocks := b.Get("blocks"); blocks.IsArray() {
		w.Key("blocks")
		w.Raw([]byte(blocks.Raw))
	}
	if list := b.Get("attachments"); list.IsArray() {
		w.Key("attachments")
		w.OpenArray()
		n := int64(0)
		eachObject(list, func(a gjson.Result) {
			n++
			w.Open()
			w.KeyInt("id", n)
			a.ForEach(func(key, v gjson.Result) bool {
				if key.Str != "id" {
					w.Key(key.Str)
					w.Raw([]byte(v.Raw))
				}
				return true
			})
			w.Close()
		})
		w.CloseArray()
	}
	if edited != "" {
		w.Key("edited")
		w.Open()
		w.KeyStr("user", k.user())
		w.KeyStr("ts", edited)
		w.Close()
	}
	w.Close()
}
