package slack

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/mrkdwn"
)

// fields reads a section's fields, which stand side by side.
func (r *reader) fields(list jsonr.Value) {
	if !list.Exists() || r.full() {
		return
	}
	from := len(r.mem.Fields)
	each(list, func(i int, v jsonr.Value) {
		r.n.Enter("fields", i)
		r.mem.Fields.Add(r.field(v, true))
		r.n.Leave()
	})
	if f := r.mem.Fields.Cut(from); len(f) > 0 {
		r.add(chat.Block{Kind: chat.Fields, Fields: f})
	}
}

// field reads a text object as a field: a first line which is wholly bold is its
// name.
func (r *reader) field(v jsonr.Value, inline bool) chat.Field {
	f := chat.Field{Inline: inline}
	src, opt := r.source(v, false)
	if src == "" {
		return f
	}
	f.Body = r.fieldBody(src, opt)
	if len(f.Body) == 0 || f.Body[0].Kind != chat.Para || f.Body[0].Quoted {
		return f
	}
	name, rest := boldLine(f.Body[0].Text)
	if len(name) == 0 {
		return f
	}
	for i := range name {
		name[i].Style &^= chat.Bold
	}
	f.Name = name
	if f.Body[0].Text = rest; len(rest) == 0 {
		f.Body = f.Body[1:]
	}
	return f
}

// boldLine splits off the first line of t if all of it is bold.
func boldLine(t chat.Text) (line, rest chat.Text) {
	for i := range t {
		s := &t[i]
		if s.Style&chat.Bold != 0 {
			continue
		}
		if i == 0 || s.Kind != chat.Words {
			return nil, nil
		}
		k := strings.IndexByte(s.Text, '\n')
		if strings.Trim(s.Text[:max(k, 0)], " ") != "" || k < 0 && strings.Trim(s.Text, " ") != "" {
			return nil, nil
		}
		if k < 0 {
			continue // a space between bold words
		}
		if s.Text = s.Text[k+1:]; s.Text == "" {
			return t[:i:i], t[i+1:]
		}
		return t[:i:i], t[i:]
	}
	return t, nil
}

// fieldBody is a text in mrkdwn as the body of a field.
func (r *reader) fieldBody(src string, opt mrkdwn.ParseOptions) []chat.Block {
	from := len(r.mem.Inner)
	r.mem.Inner = mrkdwn.Parse(r.mem.Inner, r.n, src, opt)
	return r.mem.Inner.Cut(from)
}

// ownField reads a section that is a field, or fields, of a block of them.
func (r *reader) ownField(text, fields jsonr.Value, more bool) {
	from := len(r.mem.Fields)
	each(fields, func(_ int, v jsonr.Value) { r.mem.Fields.Add(r.field(v, true)) })
	if src, _ := r.source(text, false); src != "" {
		r.mem.Fields.Add(r.field(text, false))
	}
	got := r.mem.Fields.Cut(from)
	if last := len(*r.dst) - 1; more && last >= 0 && (*r.dst)[last].Kind == chat.Fields {
		b := &(*r.dst)[last]
		b.Fields = append(b.Fields, got...)
		return
	}
	if len(got) > 0 {
		r.add(chat.Block{Kind: chat.Fields, Fields: got})
	}
}
