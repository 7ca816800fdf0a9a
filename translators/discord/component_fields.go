package discord

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

// fields writes fields as texts with bold names. Those that are one paragraph
// each share a text; another has one of its own.
func (l *layout) fields(b *chat.Block) {
	if b.Quoted {
		l.n.Add(chat.Flattened, "quote", 0)
	}
	acc := besides(b)
	beside, more := acc, role(0)
	for i := 0; i < len(b.Fields); {
		if l.stop {
			l.lose(left([]chat.Block{{Kind: chat.Fields, Fields: b.Fields[i:]}}))
			break
		}
		f := &b.Fields[i]
		n := alike(b.Fields[i:])
		r := roleField | more
		if f.Inline {
			r |= fieldInline
		}
		l.derived, l.spans = l.derived[:0], l.spans[:0]
		if len(f.Name) == 0 {
			r |= fieldNameless
		}
		switch {
		case n > 1:
			r |= fieldMany
			for k := range n {
				l.derived = append(l.derived, chat.Block{Text: l.named(&b.Fields[i+k])})
			}
			l.together(l.derived)
		case len(f.Name) == 0:
			l.derived = append(l.derived, f.Body...)
		default:
			l.derived = append(l.derived, chat.Block{Text: l.named(f)})
			l.derived = append(l.derived, f.Body[merged(f):]...)
		}
		for k := range l.derived {
			l.derived[k].Assets, l.derived[k].Buttons = nil, nil // below
		}
		if n > 1 {
			l.n.EnterRun("fields", i)
		} else {
			l.n.Enter("fields", i)
		}
		if l.display(l.derived, r, beside) > 1 {
			l.n.Add(chat.Split, "field", 0)
		}
		for k := range f.Body {
			l.left(&f.Body[k], accessory{})
		}
		l.n.Leave()
		beside, more = accessory{}, fieldMore
		i += n
	}
	l.left(b, acc)
}

// alike is how many fields a list begins with that can share a text, at least
// one: each at most one paragraph, all inline or none, all named or none, and no
// more than surely fits into one part.
func alike(list []chat.Field) int {
	n, size := 0, 0
	for n < len(list) && list[n].Inline == list[0].Inline && (len(list[n].Name) == 0) == (len(list[0].Name) == 0) && isSimple(&list[n]) {
		if size += 2*8 + mostOf(list[n].Name); len(list[n].Body) > 0 {
			size += most(&list[n].Body[0])
		}
		if size > maxTextDisplay {
			break
		}
		n++
	}
	return max(1, n)
}

// together makes room for texts in one part, so that none of them is cut.
func (l *layout) together(run []chat.Block) {
	if size := mostOfAll(run); !l.fits(1, size, 0) {
		l.text, _, size = markdown.FitBlocks(l.text[:0], run, chat.Pos{}, maxTextDisplay, markdown.Content, &l.opt, nil)
		l.room(1, size, 0)
	}
}

func isSimple(f *chat.Field) bool {
	return len(f.Body) == merged(f) && (len(f.Body) == 0 || !hasBeside(&f.Body[0]))
}

// merged is how many blocks of a field's body stand in one paragraph with the
// name: one or none.
func merged(f *chat.Field) int {
	if len(f.Body) > 0 && f.Body[0].Kind == chat.Para && !f.Body[0].Quoted && f.Body[0].Level == 0 && len(f.Body[0].Text) > 0 {
		return 1
	}
	return 0
}

// embolden makes s bold, unless it is blank or holds the mark of bold text where
// that cannot be escaped.
func embolden(s *chat.Span) {
	if strings.TrimSpace(s.Text) != "" && !strings.Contains(s.Ref, "**") && (s.Style&chat.Mono == 0 || !strings.Contains(s.Text, "**")) {
		s.Style |= chat.Bold
	}
}

// named is the name of a field, bold and on one line, and below it the paragraph
// that its value begins with.
func (l *layout) named(f *chat.Field) chat.Text {
	from, ragged := len(l.spans), false
	for _, s := range f.Name {
		s.Text = oneLine(s.Text)
		ragged = ragged || s.Text != strings.TrimSpace(s.Text)
		embolden(&s)
		if last := len(l.spans) - 1; last >= from && l.spans[last].Style == s.Style && s.Kind == chat.Words {
			ragged = true // equal neighbours now, which are one
		}
		l.spans = append(l.spans, s)
	}
	if merged(f) > 0 && len(f.Name) > 0 {
		l.spans = append(l.spans, chat.Span{Text: "\n"})
	}
	if merged(f) > 0 {
		l.spans = append(l.spans, f.Body[0].Text...)
	}
	t := chat.Text(l.spans[from:len(l.spans):len(l.spans)])
	if ragged { // and white space at an edge carries no style
		m := chat.Message{Summary: t}
		chat.Normalize(&m)
		t = m.Summary
	}
	return t
}
