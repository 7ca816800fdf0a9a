package slack

import (
	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// unknown keeps what a block shows that is not known here: platforms add types
// faster than anyone updates.
func (r *reader) unknown(typ string, b jsonr.Value) {
	from := len(r.mem.Spans)
	r.visible(b, from, 0)
	what := first(typ, "block")
	if t := r.mem.Spans.Cut(from); len(t) > 0 {
		r.n.Add(chat.Flattened, what, 0)
		r.add(chat.Block{Text: t})
		return
	}
	r.drop(what)
}

// drop notes that what says nothing that can be shown, and keeps its name in case
// the whole message turns out to be of that kind.
func (r *reader) drop(what string) {
	r.n.Add(chat.Dropped, what, 0)
	r.dropped = first(r.dropped, what)
}

// stand adds a line in place of what a message would have said, so that it does
// not vanish.
func (r *reader) stand() {
	const maxName = 80 // characters; a sender's word
	name := r.dropped[:chat.Cut(r.dropped, maxName)]
	r.m.Add(chat.Block{Text: r.mem.Text("(unsupported: " + name + ")")})
}

// visible appends the strings of v which a reader would see, a line each.
func (r *reader) visible(v jsonr.Value, from, deep int) {
	const bottom = 12
	if deep > bottom {
		return
	}
	if v.Kind() == jsonr.String { // of a list
		r.line(v.Str(), from)
		return
	}
	for key, v := range v.Members() {
		if len(r.mem.Spans) >= chat.MaxSpans {
			r.over++
			break
		}
		switch {
		case v.IsObject() || v.IsArray():
			r.visible(v, from, deep+1)
		case v.Kind() == jsonr.String:
			switch key {
			case "text", "title", "label", "alt_text", "name", "description", "fallback", "caption", "value_text", "hint", "subtitle", "body", "":
				r.line(r.plain(v.Str()), from)
			case "url", "image_url", "video_url", "permalink", "join_url", "share_url":
				if len(r.mem.Spans) > from {
					r.mem.Spans.Add(chat.Span{Text: "\n"})
				}
				r.mem.Spans.Add(chat.Span{Kind: chat.Link, Text: v.Str(), Ref: v.Str()})
			}
		}
	}
}

func (r *reader) line(s string, from int) {
	if s == "" {
		return
	}
	if len(r.mem.Spans) > from {
		r.mem.Spans.Add(chat.Span{Text: "\n"})
	}
	r.mem.Spans.Add(chat.Span{Text: s})
}
