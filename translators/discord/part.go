package discord

import (
	"bytes"
	"slices"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// part is one payload being filled.
type part struct {
	content  []byte
	embeds   jsonw.Buf
	count    int // embeds
	chars    int // of all embeds
	urls     []string
	users    []string
	roles    []string
	everyone bool
	uploads  []chat.Asset // "attachment://" addresses; the index is the id
}

func (p *part) filled() bool {
	return len(bytes.TrimSpace(p.content)) > 0 || p.count > 0 || len(p.uploads) > 0
}

func (p *part) reset() {
	p.content = p.content[:0]
	p.embeds.Reset()
	p.count, p.chars, p.everyone = 0, 0, false
	clear(p.urls)
	clear(p.users)
	clear(p.roles)
	clear(p.uploads)
	p.urls, p.users, p.roles, p.uploads = p.urls[:0], p.users[:0], p.roles[:0], p.uploads[:0]
}

// attach adds an upload, once. It reports whether the upload goes with the part.
func (p *part) attach(a chat.Asset) bool {
	switch {
	case slices.ContainsFunc(p.uploads, func(b chat.Asset) bool { return b.URL == a.URL }):
	case len(p.uploads) == maxUploads:
		return false
	default:
		p.uploads = append(p.uploads, a)
	}
	return true
}

// uploadName is the file name in an address that leads to an upload.
func uploadName(url string) (string, bool) {
	name, ok := strings.CutPrefix(url, scheme)
	return name, ok && name != ""
}

// pings collects who may be notified by the content from one place to another.
func (w *writer) pings(blocks []chat.Block, from, to chat.Pos) {
	p := &w.part
	for i := from.Block; i < len(blocks) && i <= to.Block; i++ {
		t := blocks[i].Text
		a, b := 0, len(t)
		if i == from.Block && from.At != chat.End {
			a = min(from.At.Span, len(t))
		}
		if i == to.Block && to.At != chat.End {
			b = min(to.At.Span+1, len(t))
		}
		for k := a; k < b; k++ {
			s := &t[k]
			switch s.Kind {
			case chat.User, chat.UserGroup, chat.Everyone:
			default:
				continue
			}
			id, _, notify := w.opt.Mention(chat.Discord, s)
			switch {
			case !notify:
			case s.Kind == chat.Everyone:
				p.everyone = true
			case s.Kind == chat.User:
				p.users = w.allow(p.users, id, "users")
			default:
				p.roles = w.allow(p.roles, id, "roles")
			}
		}
	}
}

func (w *writer) allow(list []string, id, what string) []string {
	if !isID(id) || slices.Contains(list, id) {
		return list
	}
	if len(list) == maxPings {
		w.n.AddAt("pings", chat.Dropped, what, 1)
		return list
	}
	return append(list, id)
}

// flush writes the part out and begins the next. The final one has the buttons.
func (w *writer) flush(final bool) {
	p, b := &w.part, &w.buf
	b.Reset()
	b.Open()
	if len(bytes.TrimSpace(p.content)) > 0 {
		b.Key("content")
		b.Bytes(p.content)
	}
	w.face(b)
	if p.count > 0 {
		b.Key("embeds")
		b.OpenArray()
		b.Raw(p.embeds.B)
		b.CloseArray()
	}
	w.allowed(b)
	if final {
		w.components(b)
	}
	w.attachments(b)
	var flags int64
	if w.m.Flags.Silent {
		flags |= flagSilent
	}
	if w.m.Flags.NoPreview && p.count == 0 {
		flags |= flagSuppressEmbeds // with embeds it would hide those; and they keep links from unfolding
	}
	if flags != 0 {
		b.KeyInt("flags", flags)
	}
	w.emit(b)
}

// face writes the name and the picture of the sender.
func (w *writer) face(b *jsonw.Buf) {
	if w.username != "" {
		b.KeyStr("username", w.username)
	}
	if w.avatar != "" {
		b.KeyStr("avatar_url", w.avatar)
	}
}

// emit ends a payload and begins the next part.
func (w *writer) emit(b *jsonw.Buf) {
	p := &w.part
	if len(w.out.Parts) == w.first {
		w.thread(b)
	}
	b.Close()
	out := chat.Part{Payload: append(make([]byte, 0, len(b.B)), b.B...)}
	for i, a := range p.uploads {
		if i == 0 && w.opt.Whole != nil {
			out.Files = append(out.Files, *w.opt.Whole)
			continue
		}
		name, _ := uploadName(a.URL)
		out.Files = append(out.Files, chat.File{Name: name, Size: a.Bytes})
	}
	w.out.Parts = append(w.out.Parts, out)
	p.reset()
}

func (w *writer) allowed(b *jsonw.Buf) {
	p := &w.part
	b.Key("allowed_mentions")
	b.Open()
	b.Key("parse")
	b.OpenArray()
	if p.everyone {
		b.Str("everyone")
	}
	b.CloseArray()
	list(b, "users", p.users)
	list(b, "roles", p.roles)
	b.Close()
}

func list(b *jsonw.Buf, key string, ids []string) {
	if len(ids) == 0 {
		return
	}
	b.Key(key)
	b.OpenArray()
	for _, id := range ids {
		b.Str(id)
	}
	b.CloseArray()
}

func (w *writer) attachments(b *jsonw.Buf) {
	if len(w.part.uploads) == 0 {
		return
	}
	b.Key("attachments")
	b.OpenArray()
	for i, a := range w.part.uploads {
		name, _ := uploadName(a.URL)
		b.Open()
		b.KeyInt("id", int64(i))
		if strings.TrimSpace(name) != "" { // else its id alone says which file it is
			b.KeyStr("filename", name)
		}
		if a.Title != "" {
			b.KeyStr("title", w.short("title", a.Title, maxUploadText))
		}
		if a.Alt != "" {
			b.KeyStr("description", w.short("description", a.Alt, maxUploadText))
		}
		if a.Spoiler {
			b.KeyBool("is_spoiler", true)
		}
		b.Close()
	}
	b.CloseArray()
}

// thread asks for a new thread. Only the first part may: each such request opens
// one.
func (w *writer) thread(b *jsonw.Buf) {
	t := &w.m.Thread
	if t.Topic == "" {
		if len(t.Tags) > 0 {
			w.n.AddAt("thread.tags", chat.Flattened, "applied_tags", many(len(t.Tags)))
		}
		return
	}
	b.KeyStr("thread_name", w.short("thread.topic", t.Topic, maxThreadName))
	if w.m.Origin != chat.Discord { // tags are ids
		if len(t.Tags) > 0 {
			w.n.AddAt("thread.tags", chat.Flattened, "applied_tags", many(len(t.Tags)))
		}
		return
	}
	if len(t.Tags) > maxTags {
		w.n.AddAt("thread.tags", chat.Flattened, "applied_tags", many(len(t.Tags)-maxTags))
	}
	list(b, "applied_tags", t.Tags[:min(len(t.Tags), maxTags)])
}
