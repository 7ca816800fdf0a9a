package slack

import (
	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
)

// unknown keeps what a block shows that is not known here: platforms add types
// faster than anyone updates.
func (r *reader) unknown(typ string, b gjson.Result) {
	from := len(r.mem.Spans)
	r.visible(b, from, 0)
	what := first(typ, "block")
	if t := r.mem.Spans.Cut(from); len(t) > 0 {
		r.n.Add(chat.Flattened, what, 0)
		r.add(chat.Block{Text: t})
		return
	}
	r.n.Add(chat.Dropped, what, 0)
}

// lines reads a block by the texts at the keys given, noted as flattened.
func (r *reader) lines(typ string, b gjson.Result, keys ...string) {
	r.n.Add(chat.Flattened, typ, 0)
	for _, key := range keys {
		src, opt := r.source(b.Get(key), false)
		r.parse(src, opt)
	}
}

// visible appends the strings of v which a reader would see, a line each.
func (r *reader) visible(v gjson.Result, from, deep int) {
	const bottom = 12
	if deep > bottom {
		return
	}
	if v.Type == gjson.String { // of a list
		r.line(v.Str, from)
		return
	}
	v.ForEach(func(key, v gjson.Result) bool {
		if len(r.mem.Spans) >= chat.MaxSpans {
			r.over++
			return false
		}
		switch {
		case v.Type == gjson.JSON:
			r.visible(v, from, deep+1)
		case v.Type == gjson.String:
			switch key.Str {
			case "text", "title", "label", "alt_text", "name", "description", "fallback", "caption", "value_text", "hint", "subtitle", "body", "":
				r.line(r.plain(v.Str), from)
			case "url", "image_url", "video_url", "permalink":
				if len(r.mem.Spans) > from {
					r.mem.Spans.Add(chat.Span{Text: "\n"})
				}
				r.mem.Spans.Add(chat.Span{Kind: chat.Link, Text: v.Str, Ref: v.Str})
			}
		}
		return true
	})
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
