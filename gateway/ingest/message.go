package ingest

import (
	"time"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// sentMessage is what the gateway knows of a message that it answers with.
type sentMessage struct {
	handle        int64
	webhook, name string
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
	var w jsonw.Buf
	w.Open()
	w.KeyInt("type", 0)
	w.KeyStr("id", Snowflake(m.handle))
	w.KeyStr("channel_id", m.channel)
	w.KeyStr("webhook_id", m.webhook)
	w.KeyStr("content", b.Get("content").Str)
	w.KeyBool("tts", b.Get("tts").Bool())
	w.KeyBool("pinned", false)
	w.KeyInt("flags", b.Get("flags").Int()&(1<<2|1<<12|1<<15))
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
	w.Key("components")
	rawList(&w, b.Get("components"))
	w.Key("embeds")
	w.OpenArray()
	eachObject(b.Get("embeds"), func(e gjson.Result) { embed(&w, e) })
	w.CloseArray()
	author(&w, b.Get("username").Str, m)
	w.Close()
	return w.B
}

func author(w *jsonw.Buf, username string, m sentMessage) {
	if username == "" {
		username = m.name
	}
	w.Key("author")
	w.Open()
	w.KeyStr("id", m.webhook)
	w.KeyStr("username", username)
	w.Key("avatar")
	w.Null()
	w.KeyStr("discriminator", "0000")
	w.KeyInt("public_flags", 0)
	w.KeyInt("flags", 0)
	w.KeyBool("bot", true)
	w.Key("global_name")
	w.Null()
	w.Close()
}

// embed writes the members that Discord keeps; each has type "rich".
func embed(w *jsonw.Buf, e gjson.Result) {
	w.Open()
	w.KeyStr("type", "rich")
	for _, k := range []string{"title", "description", "url", "timestamp", "color", "author", "footer", "image", "thumbnail"} {
		if v := e.Get(k); !absent(v) {
			w.Key(k)
			w.Raw([]byte(v.Raw))
		}
	}
	w.Key("fields")
	w.OpenArray()
	eachObject(e.Get("fields"), func(f gjson.Result) {
		w.Open()
		w.KeyStr("name", f.Get("name").String())
		w.KeyStr("value", f.Get("value").String())
		w.KeyBool("inline", f.Get("inline").Bool())
		w.Close()
	})
	w.CloseArray()
	w.Close()
}

func attachments(w *jsonw.Buf, list gjson.Result) {
	w.Key("attachments")
	w.OpenArray()
	eachObject(list, func(a gjson.Result) {
		w.Open()
		w.KeyStr("id", a.Get("id").String())
		w.KeyStr("filename", a.Get("filename").Str)
		w.KeyInt("size", a.Get("size").Int())
		w.KeyStr("url", "attachment://"+a.Get("filename").Str)
		w.KeyStr("proxy_url", "attachment://"+a.Get("filename").Str)
		w.Close()
	})
	w.CloseArray()
}

func rawList(w *jsonw.Buf, list gjson.Result) {
	w.OpenArray()
	eachObject(list, func(v gjson.Result) { w.Raw([]byte(v.Raw)) })
	w.CloseArray()
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
