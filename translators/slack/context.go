package slack

import (
	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/mrkdwn"
)

func (r *reader) context(role string, elements jsonr.Value) {
	switch role {
	case roleAuthor:
		if r.card != nil && r.card.Author == (chat.Badge{}) {
			r.badge(elements, &r.card.Author, nil)
			return
		}
	case roleFooter:
		if r.card != nil && r.card.Footer == (chat.Badge{}) && r.card.At.IsZero() {
			r.badge(elements, &r.card.Footer, &r.card.At)
			return
		}
	case roleSender:
		if r.m.Sender == (chat.Badge{}) {
			r.badge(elements, &r.m.Sender, nil)
			return
		}
	}
	if t := r.contextText(elements); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

// contextText is the elements of a context in one run, with a space between two.
func (r *reader) contextText(elements jsonr.Value) chat.Text {
	var few [10]chat.Text // as many as Slack takes; more cost an allocation
	runs := few[:0]
	each(elements, func(i int, v jsonr.Value) {
		r.n.Enter("elements", i)
		defer r.n.Leave()
		run := r.contextElement(v)
		if len(run) > 0 {
			runs = append(runs, run)
		}
	})
	if len(runs) == 1 {
		return runs[0]
	}
	from := len(r.mem.Spans)
	for i, run := range runs {
		if i > 0 {
			r.mem.Spans.Add(chat.Span{Text: " "})
		}
		r.mem.Spans = append(r.mem.Spans, run...)
	}
	return r.mem.Spans.Cut(from)
}

// contextElement is a picture or text of a context, read in one walk.
func (r *reader) contextElement(v jsonr.Value) chat.Text {
	var p chat.Asset
	o := textObject{opt: mrkdwn.ParseOptions{Mem: r.mem}}
	if v.IsObject() {
		for key, v := range v.Members() {
			o.member(r, key, v)
			r.pictured(&p, key, v)
		}
	} else {
		o.src = r.str("text", v)
	}
	switch o.typ {
	case "image":
		p = settled(p)
		return r.mem.Spans.One(chat.Span{Kind: chat.Icon, Text: p.Alt, Ref: p.URL})
	case "mrkdwn", "plain_text", "":
		return r.run(o.src, o.opt)
	}
	t := r.element(o.typ, v)
	if len(t) > 0 {
		r.n.Add(chat.Flattened, o.typ, 0)
	} else {
		r.drop(o.typ)
	}
	return t
}
