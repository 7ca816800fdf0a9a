package ingest

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// sentMessage is what the gateway knows of a message that it answers with.
type sentMessage struct {
	handle        int64
	webhook, name string
	avatar        string
	channel       string
	edited        time.Time // zero: never
}

// discordTime is the form of times in Discord's answers.
const discordTime = "2006-01-02T15:04:05.000000-07:00"

// message is a webhook's message object, as Discord answers with when a sender
// waits: the body as the sender gave it, normalised. Source: Discord's
// documentation, Message resource.
func message(body []byte, m sentMessage) []byte {
	b := gjson.ParseBytes(body)
	flags := b.Get("flags").Int() & flagsSettable
	var w jsonw.Buf
	w.Open()
	w.KeyInt("type", 0)
	w.KeyStr("id", Snowflake(m.handle))
	w.KeyStr("channel_id", m.channel)
	w.KeyStr("webhook_id", m.webhook)
	w.KeyStr("content", trimmed(b.Get("content")))
	w.KeyBool("tts", b.Get("tts").Bool())
	w.KeyBool("pinned", false)
	w.KeyInt("flags", flags)
	w.KeyStr("timestamp", time.UnixMicro(m.handle).UTC().Format(discordTime))
	w.Key("edited_timestamp")
	if m.edited.IsZero() {
		w.Null()
	} else {
		w.Str(m.edited.UTC().Format(discordTime))
	}
	w.KeyBool("mention_everyone", false)
	for _, list := range []string{"mentions", "mention_roles"} {
		w.Key(list)
		w.OpenArray()
		w.CloseArray()
	}
	attachments(&w, b.Get("attachments"))
	components(&w, b.Get("components"))
	w.Key("embeds")
	w.OpenArray()
	if flags&flagNoEmbeds == 0 {
		eachObject(b.Get("embeds"), func(e gjson.Result) { embed(&w, e) })
	}
	w.CloseArray()
	if p := b.Get("poll"); p.IsObject() {
		poll(&w, p, time.UnixMicro(m.handle))
	}
	author(&w, b, m)
	w.Close()
	return w.B
}

// trimmed is a text as Discord keeps it.
func trimmed(v gjson.Result) string {
	if v.Type != gjson.String && v.Type != gjson.Number {
		return ""
	}
	return strings.TrimSpace(v.String())
}

func author(w *jsonw.Buf, b gjson.Result, m sentMessage) {
	if name := trimmed(b.Get("username")); name != "" {
		m.name = name
	}
	if url := trimmed(b.Get("avatar_url")); url != "" {
		m.avatar = pictureHash(url)
	}
	w.Key("author")
	w.Open()
	w.KeyStr("id", m.webhook)
	w.KeyStr("username", m.name)
	w.Key("avatar")
	orNull(w, m.avatar)
	w.KeyStr("discriminator", "0000")
	w.KeyInt("public_flags", 0)
	w.KeyInt("flags", 0)
	w.KeyBool("bot", true)
	w.Key("global_name")
	w.Null()
	w.Key("primary_guild")
	w.Null()
	w.Close()
}

// embed writes the members that Discord keeps, of the types that it gives them;
// each has type "rich".
func embed(w *jsonw.Buf, e gjson.Result) {
	w.Open()
	w.KeyStr("type", "rich")
	texts(w, e, "title", "description", "url")
	if at, err := time.Parse(time.RFC3339, e.Get("timestamp").Str); err == nil {
		w.KeyStr("timestamp", isoTime(at))
	}
	if v := e.Get("color"); v.Int() > 0 && v.Int() <= 0xFFFFFF {
		w.KeyInt("color", v.Int())
	}
	part(w, e, "author", "name", "url", "icon_url")
	part(w, e, "footer", "text", "icon_url")
	part(w, e, "image", "url", "description")
	part(w, e, "thumbnail", "url", "description")
	if list := e.Get("fields"); !absent(list) {
		w.Key("fields")
		w.OpenArray()
		eachObject(list, func(f gjson.Result) {
			w.Open()
			w.KeyStr("name", trimmed(f.Get("name")))
			w.KeyStr("value", trimmed(f.Get("value")))
			w.KeyBool("inline", f.Get("inline").Bool())
			w.Close()
		})
		w.CloseArray()
	}
	w.Close()
}

// isoTime is a time as Discord writes it where it need not have microseconds.
func isoTime(t time.Time) string {
	if t = t.UTC(); t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format(discordTime)
}

// part writes an object of texts, if it has the first of them.
func part(w *jsonw.Buf, e gjson.Result, name string, members ...string) {
	v := e.Get(name)
	if trimmed(v.Get(members[0])) == "" {
		return
	}
	w.Key(name)
	w.Open()
	texts(w, v, members...)
	w.Close()
}

// texts writes those members that are texts.
func texts(w *jsonw.Buf, v gjson.Result, members ...string) {
	for _, k := range members {
		if s := trimmed(v.Get(k)); s != "" {
			w.KeyStr(k, s)
		}
	}
}

func attachments(w *jsonw.Buf, list gjson.Result) {
	w.Key("attachments")
	w.OpenArray()
	eachObject(list, func(a gjson.Result) {
		name, url := trimmed(a.Get("filename")), trimmed(a.Get("url"))
		if url == "" {
			url = attachmentScheme + name
		}
		w.Open()
		w.KeyStr("id", a.Get("id").String())
		w.KeyStr("filename", name)
		w.KeyInt("size", a.Get("size").Int())
		w.KeyStr("url", url)
		w.KeyStr("proxy_url", url)
		texts(w, a, "content_type", "title", "description")
		w.Close()
	})
	w.CloseArray()
}

// components writes those that have a type.
func components(w *jsonw.Buf, list gjson.Result) {
	w.Key("components")
	w.OpenArray()
	eachObject(list, func(v gjson.Result) {
		if v.Get("type").Type == gjson.Number {
			w.Raw([]byte(v.Raw))
		}
	})
	w.CloseArray()
}

// pollHours is how long a poll lasts when it does not say so, and at most.
const (
	pollHours     = 24
	mostPollHours = 768
)

// poll writes a poll with its end, its answers numbered. Source: Discord's
// documentation, Poll resource.
func poll(w *jsonw.Buf, p gjson.Result, posted time.Time) {
	hours := p.Get("duration").Int()
	if hours < 1 {
		hours = pollHours
	}
	w.Key("poll")
	w.Open()
	w.Key("question")
	w.Open()
	w.KeyStr("text", trimmed(p.Get("question.text")))
	w.Close()
	w.Key("answers")
	w.OpenArray()
	n := int64(0)
	eachObject(p.Get("answers"), func(a gjson.Result) {
		n++
		media := a.Get("poll_media")
		w.Open()
		w.KeyInt("answer_id", n)
		w.Key("poll_media")
		w.Open()
		texts(w, media, "text")
		if e := media.Get("emoji"); e.IsObject() {
			w.Key("emoji")
			w.Open()
			for _, k := range []string{"id", "name"} {
				w.Key(k)
				orNull(w, trimmed(e.Get(k)))
			}
			w.Close()
		}
		w.Close()
		w.Close()
	})
	w.CloseArray()
	w.KeyStr("expiry", posted.Add(time.Duration(min(hours, mostPollHours))*time.Hour).UTC().Format(discordTime))
	w.KeyBool("allow_multiselect", p.Get("allow_multiselect").Bool())
	w.KeyInt("layout_type", 1)
	w.Close()
}

func eachObject(list gjson.Result, f func(gjson.Result)) {
	if !list.IsArray() {
		return
	}
	list.ForEach(func(_, v gjson.Result) bool {
		if v.IsObject() {
			f(v)
		}
		return true
	})
}
