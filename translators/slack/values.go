package slack

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/mrkdwn"
)

// Senders are careless about types: a field's value is often a number, "short"
// is "true", a list of one is the one. What can be understood is understood.

// str is v as a string. A structure in place of a string gives its text, if it
// has one, else is noted.
func (r *reader) str(key string, v jsonr.Value) string {
	switch v.Kind() {
	case jsonr.String:
		return v.Str()
	case jsonr.Number, jsonr.True, jsonr.False:
		return v.Raw()
	case jsonr.Object, jsonr.Array:
		if t := v.Get("text"); v.IsObject() && t.Kind() == jsonr.String {
			return t.Str()
		}
		if !v.Empty() {
			r.n.AddAt(key, chat.Dropped, "not_text", 0)
		}
	case jsonr.Null:
	}
	return ""
}

// truth is v as a boolean.
func truth(v jsonr.Value) bool {
	switch v.Kind() {
	case jsonr.True:
		return true
	case jsonr.Number:
		return v.Num() != 0
	case jsonr.String:
		return v.Str() == "1" || strings.EqualFold(v.Str(), "true")
	default:
		return false
	}
}

// number is v as an integer, between −2^53 and 2^53; 0 when it is none.
func number(v jsonr.Value) int64 {
	f := v.Num()
	if v.Kind() == jsonr.String {
		f, _ = strconv.ParseFloat(strings.TrimSpace(v.Str()), 64)
	}
	if !(f > -1<<53 && f < 1<<53) {
		return 0
	}
	return int64(f)
}

// each calls f with the elements of a list. An object in place of a list is its
// only element, and a string may hold the list as JSON.
func each(v jsonr.Value, f func(i int, v jsonr.Value)) {
	if v.Kind() == jsonr.String {
		if s := strings.TrimSpace(v.Str()); s != "" && (s[0] == '[' || s[0] == '{') && gjson.Valid(s) {
			v = new(jsonr.Doc).Parse([]byte(s))
		}
	}
	switch {
	case v.IsArray():
		i := 0
		for _, e := range v.Members() {
			if e.Kind() != jsonr.Null {
				f(i, e)
			}
			i++
		}
	case v.IsObject() || v.Kind() == jsonr.String && v.Str() != "":
		f(0, v)
	}
}

// marked is how the message's own text and those of attachments are read, marks:
// with emphasis.
func (r *reader) marked(marks bool) mrkdwn.ParseOptions {
	opt := r.texts
	opt.NoMarks = !marks
	return opt
}

// label is how a title is read: links and mentions, but no emphasis.
func (r *reader) label() mrkdwn.ParseOptions {
	return mrkdwn.ParseOptions{Mem: r.mem, NoMarks: true, Verbatim: true}
}

// textObject is a text object: its source, and how that is read.
type textObject struct {
	typ, src string
	opt      mrkdwn.ParseOptions
}

// member reads a member of the object.
func (o *textObject) member(r *reader, key string, v jsonr.Value) {
	switch key {
	case "type":
		switch o.typ = v.Str(); o.typ {
		case "plain_text", "raw_text":
			o.opt.Plain = true
		case "mrkdwn":
			o.opt.Plain = false
		}
	case "text":
		o.src = r.str(key, v)
	case "verbatim":
		o.opt.Verbatim = truth(v)
	}
}

// source is the text of a text object, and how it is read. A bare string is read
// as a text object of the kind that belongs there.
func (r *reader) source(v jsonr.Value, plain bool) (string, mrkdwn.ParseOptions) {
	o := textObject{opt: mrkdwn.ParseOptions{Mem: r.mem, Plain: plain}}
	if !v.IsObject() {
		return r.str("text", v), o.opt
	}
	for key, v := range v.Members() {
		o.member(r, key, v)
	}
	return o.src, o.opt
}

// inline is a text object as one run of text.
func (r *reader) inline(v jsonr.Value, plain bool) chat.Text {
	src, opt := r.source(v, plain)
	return r.run(src, opt)
}

// run is src as one run of text.
func (r *reader) run(src string, opt mrkdwn.ParseOptions) chat.Text {
	if opt.Plain && isPlainWords(src) {
		return r.mem.Text(src)
	}
	return mrkdwn.Inline(r.n, src, opt)
}

// words is the text object v as plain words: entities and names of emoji are
// resolved, and nothing is noted.
func (r *reader) words(v jsonr.Value) string {
	src, _ := r.source(v, true)
	return r.plain(src)
}

// plain is src as plain words.
func (r *reader) plain(src string) string {
	if isPlainWords(src) {
		return src
	}
	from := len(r.mem.Spans)
	s := mrkdwn.Inline(nil, src, mrkdwn.ParseOptions{Mem: r.mem, Plain: true}).Plain()
	r.mem.Spans.Truncate(from)
	return s
}

// isPlainWords reports whether a plain text says what it shows: there is nothing
// in it to be resolved.
func isPlainWords(src string) bool {
	for i := range len(src) {
		if c := src[i]; c == '&' || c == ':' || c == '\r' {
			return false
		}
	}
	return true
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
