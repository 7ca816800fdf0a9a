package ingest

import (
	"slices"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// unstored are arguments that say where a message goes, not what it says; the
// token least of all is kept.
var unstored = []string{"token", "ts", "as_user"}

// body is the message of a call, as it is stored. The member "user" is that of an
// ephemeral one alone, and the mark of such.
func (k *call) body() []byte {
	return k.args.body(func(name string) bool {
		return !slices.Contains(unstored, name) && (name != "user" || k.method == "chat.postEphemeral")
	})
}

// maxUpdateChars is what chat.update takes as text, in characters. Source: Slack's
// page on chat.update.
const maxUpdateChars = 4000

func runes(v gjson.Result) int { return utf8.RuneCountInString(textOf(v)) }

// checkMessage refuses what Slack would refuse: little for most sources, all for
// strict ones.
func (s *server) checkMessage(k *call, body []byte) error {
	b := gjson.ParseBytes(body)
	switch {
	case slackEmpty(body):
		return ErrEmpty
	case !absent(b.Get("markdown_text")) && (!absent(b.Get("text")) || !absent(b.Get("blocks"))):
		return refuse("markdown_text_conflict") // one of them would not be shown
	case !k.src.Strict:
		return nil
	}
	found := s.checks.Slack(body)
	if len(found) == 0 {
		return nil
	}
	err := &apiError{word: found[0].Error}
	if err.word == "invalid_payload" {
		err.word = "invalid_arguments" // the former is a webhook's word
	}
	for _, v := range found {
		err.messages = append(err.messages, v.Message+" [json-pointer:"+v.Pointer+"]")
	}
	return err
}

// changeable are the arguments of chat.update that say what a message becomes. Who
// it is from, and the thread that it is in, stay.
var changeable = []string{
	"text", "blocks", "attachments", "markdown_text", "metadata", "parse", "link_names", "reply_broadcast", "mrkdwn", "unfurl_links", "unfurl_media",
}

// slackMerge is a message after chat.update: what is not given stays, but for what
// the documentation says is put back, and what of the old would stand beside the
// new in its place.
func slackMerge(old, patch gjson.Result) []byte {
	given := func(name string) bool { return patch.Get(name).Exists() }
	var w jsonw.Buf
	w.Open()
	old.ForEach(func(key, v gjson.Result) bool {
		gone := given(gjson.Escape(key.Str))
		switch key.Str {
		case "blocks": // text alone takes them away
			gone = gone || given("text") || given("markdown_text")
		case "text": // the notification of other blocks
			gone = gone || given("markdown_text") || !absent(patch.Get("blocks"))
		case "markdown_text":
			gone = gone || given("text") || given("blocks")
		case "parse", "link_names":
			gone = true
		}
		if !gone {
			member(&w, key.Str, v)
		}
		return true
	})
	patch.ForEach(func(key, v gjson.Result) bool {
		member(&w, key.Str, v)
		return true
	})
	w.Close()
	return w.B
}

// said is the text of a message as Slack's answers have it.
func said(b gjson.Result) string {
	if v := b.Get("text"); !absent(v) {
		return textOf(v)
	}
	return textOf(b.Get("markdown_text"))
}

// message writes the member "message" of an answer: the message as it was given,
// with what Slack adds.
func (k *call) message(w *jsonw.Buf, b gjson.Result, ts, edited string) {
	w.Key("message")
	w.Open()
	w.KeyStr("type", "message")
	if k.method != "chat.update" { // whose answers have none
		w.KeyStr("subtype", "bot_message")
	}
	w.KeyStr("text", said(b))
	w.KeyStr("ts", ts)
	w.KeyStr("user", k.user())
	w.KeyStr("bot_id", k.keys.bot)
	w.KeyStr("team", k.keys.team)
	if name := textOf(b.Get("username")); name != "" {
		w.KeyStr("username", name)
	}
	icons(w, textOf(b.Get("icon_emoji")), textOf(b.Get("icon_url")))
	if thread := tsOf(b.Get("thread_ts")); thread != "" {
		w.KeyStr("thread_ts", thread)
	}
	if v := b.Get("metadata"); v.IsObject() && !absent(v) {
		member(w, "metadata", v)
	}
	if v := b.Get("blocks"); v.IsArray() {
		member(w, "blocks", v)
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
				switch {
				case key.Str == "id" || v.Type == gjson.Null:
				case key.Str == "ts" && v.Type == gjson.Number:
					w.KeyStr("ts", v.Raw)
				default:
					member(w, key.Str, v)
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

// icons writes what stands for the sender's picture; the emoji wins.
func icons(w *jsonw.Buf, emoji, url string) {
	if emoji == "" && url == "" {
		return
	}
	w.Key("icons")
	w.Open()
	if emoji != "" {
		w.KeyStr("emoji", emoji)
	} else {
		w.KeyStr("image_64", url)
	}
	w.Close()
}
