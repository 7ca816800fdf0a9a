package ingest

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// post accepts a call's message.
func (s *server) post(k *call, body []byte, ephemeral bool) (Ack, error) {
	e := s.event(k.c, k.src, "slack", body)
	e.Channel, e.Ephemeral = k.str("channel"), ephemeral
	if e.Thread = tsOf(k.args.get("thread_ts")); e.Thread != "" {
		e.Handle = ParseTS(e.Thread)
	}
	return s.sink.Accept(k.c.Request().Context(), e)
}

// tsOf is a ts as text. As a number it has lost the zeros at its end.
func tsOf(v gjson.Result) string {
	ts := textOf(v)
	if _, micros, ok := strings.Cut(ts, "."); ok && v.Type == gjson.Number && len(micros) < 6 {
		ts += "000000"[len(micros):]
	}
	return ts
}

func (s *server) chatPostMessage(k *call) error {
	channel, err := s.channel(k)
	if err != nil {
		return err
	}
	body := k.body()
	if err := s.checkMessage(k, body); err != nil {
		return err
	}
	ack, err := s.post(k, body, false)
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
	channel, err := s.channel(k)
	if err != nil {
		return err
	}
	said := strings.TrimSpace(k.str("text"))
	if said == "" {
		return ErrEmpty
	}
	var w jsonw.Buf
	w.Open()
	w.KeyStr("text", slanted(said))
	w.Close()
	ack, err := s.post(k, w.B, false)
	if err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("channel", channel)
		w.KeyStr("ts", TS(ack.Handle))
	})
}

// slanted is a text in mrkdwn with each line in italics. A block of code has none.
func slanted(mrkdwn string) string {
	if strings.Contains(mrkdwn, "```") {
		return mrkdwn
	}
	lines := strings.Split(mrkdwn, "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			lines[i] = "_" + line + "_"
		}
	}
	return strings.Join(lines, "\n")
}

// chatPostEphemeral takes what was meant for one person: only routes that ask for
// such messages deliver it.
func (s *server) chatPostEphemeral(k *call) error {
	if _, err := s.channel(k); err != nil {
		return err
	}
	user := k.str("user")
	switch {
	case user == "":
		return without("user")
	case k.src.Strict && s.stranger(user):
		return refuse("user_not_in_channel")
	}
	body := k.body()
	if err := s.checkMessage(k, body); err != nil {
		return err
	}
	// As documented for this one method.
	if k.src.Strict && slices.ContainsFunc(gjson.GetBytes(body, "attachments.#.blocks").Array(), func(b gjson.Result) bool { return !absent(b) }) {
		return refuse("invalid_attachments")
	}
	ack, err := s.post(k, body, true)
	if err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) { w.KeyStr("message_ts", TS(ack.Handle)) })
}

// chatUpdate changes a message.
func (s *server) chatUpdate(k *call) error {
	channel, old, unlock, err := s.old(k)
	if err != nil {
		return err
	}
	defer unlock()
	patch := gjson.ParseBytes(k.args.body(func(name string) bool { return slices.Contains(changeable, name) }))
	if k.src.Strict && runes(patch.Get("text")) > maxUpdateChars {
		return refuse("msg_too_long")
	}
	body := slackMerge(gjson.ParseBytes(old.Body), patch)
	if err := s.checkMessage(k, body); err != nil {
		return err
	}
	e := s.event(k.c, k.src, "slack", body)
	e.Action, e.Handle = Edit, ParseTS(k.ts())
	if _, err := s.sink.Accept(k.c.Request().Context(), e); err != nil {
		return err
	}
	edited := TS(e.At.UnixMicro())
	if !absent(patch.Get("blocks")) {
		edited = "" // of blocks Slack does not say that they were edited
	}
	return k.answer(func(w *jsonw.Buf) {
		b := gjson.ParseBytes(body)
		w.KeyStr("channel", channel)
		w.KeyStr("ts", k.ts())
		w.KeyStr("text", said(b))
		k.message(w, b, k.ts(), edited)
	})
}

func (s *server) chatDelete(k *call) error {
	channel, _, unlock, err := s.old(k)
	if err != nil {
		return err
	}
	defer unlock()
	e := s.event(k.c, k.src, "slack", nil)
	e.Action, e.Handle = Delete, ParseTS(k.ts())
	if _, err := s.sink.Accept(k.c.Request().Context(), e); err != nil {
		return err
	}
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("channel", channel)
		w.KeyStr("ts", k.ts())
	})
}

func (k *call) ts() string { return tsOf(k.args.get("ts")) }

// old is the message that a call is to change. Nobody else changes it before
// unlock, which is to be called when there is no error.
func (s *server) old(k *call) (channel string, m Message, unlock func(), err error) {
	if channel, err = s.channel(k); err != nil {
		return "", m, nil, err
	}
	ts := k.ts()
	if ts == "" {
		return "", m, nil, without("ts")
	}
	handle := ParseTS(ts)
	if handle == 0 {
		return "", m, nil, ErrNoMessage
	}
	unlock = s.edits.lock(handle)
	m, err = s.archive.Find(k.c.Request().Context(), k.src.Name, handle, "slack")
	if err == nil && !absent(gjson.GetBytes(m.Body, "user")) {
		err = ErrNoMessage // it was ephemeral
	}
	if err != nil {
		unlock()
	}
	return channel, m, unlock, err
}

// chatUnfurl is answered and sends nothing: it decorates a message that is
// Slack's own.
func (s *server) chatUnfurl(k *call) error {
	unfurls, id, source := k.args.get("unfurls"), k.str("unfurl_id"), k.str("source")
	switch {
	case !unfurls.Exists() && !k.args.get("user_auth_required").Exists():
		return refuse("missing_unfurls")
	case unfurls.Exists() && !unfurls.IsObject():
		return refuse("invalid_unfurls_format")
	case id != "" && source == "":
		return refuse("missing_source")
	case source != "" && id == "":
		return refuse("missing_unfurl_id")
	case source != "" && source != "composer" && source != "conversations_history":
		return refuse("invalid_source")
	case id != "":
	case k.str("channel") == "":
		return refuse("missing_channel")
	case k.ts() == "":
		return refuse("missing_ts")
	}
	bad := false
	unfurls.ForEach(func(_, v gjson.Result) bool {
		bad = !v.IsObject() || k.src.Strict && len(s.checks.Slack([]byte(`{"attachments":[`+v.Raw+`]}`))) > 0
		return !bad
	})
	if bad {
		return refuse("cannot_parse_attachment")
	}
	return k.answer(func(*jsonw.Buf) {})
}

// blocksValidate checks blocks or a message by Slack's rules, for anybody.
func (s *server) blocksValidate(k *call) error {
	blocks, message := k.args.get("blocks"), k.args.get("message")
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
