package mrkdwn

import "dragoman/translators/chat"

// A run is the words, or the label of a link, that are being put together: a
// stretch of the source as long as possible, else what is decoded.
type run struct {
	style    chat.Style
	ref      string // of a link; empty: words
	mode     runMode
	from, to int    // runStretch: in src. runDecoded: from in decoded, to its end
	lit      string // runLiteral
}

type runMode uint8

const (
	runEmpty runMode = iota
	runStretch
	runLiteral // one string, which is not in src
	runDecoded
)

// words adds a stretch of src.
func (p *parser) words(from, to int) {
	r := &p.run
	switch {
	case from >= to:
	case r.mode == runEmpty:
		r.mode, r.from, r.to = runStretch, from, to
	case r.mode == runStretch && r.to == from:
		r.to = to
	default:
		p.gather()
		p.decoded.WriteString(p.src[from:to])
	}
}

// literal adds what is not in src.
func (p *parser) literal(s string) {
	r := &p.run
	switch {
	case s == "":
	case r.mode == runEmpty:
		r.mode, r.lit = runLiteral, s
	default:
		p.gather()
		p.decoded.WriteString(s)
	}
}

// gather makes the run one that is decoded.
func (p *parser) gather() {
	r := &p.run
	if r.mode == runDecoded {
		return
	}
	from := p.begin()
	switch r.mode {
	case runStretch:
		p.decoded.WriteString(p.src[r.from:r.to])
	case runLiteral:
		p.decoded.WriteString(r.lit)
	case runEmpty, runDecoded:
	}
	r.mode, r.from = runDecoded, from
}

// begin is where the next text in decoded begins. All that is decoded of a source
// shares memory, which for most is one allocation or none.
func (p *parser) begin() int {
	if p.decoded.Cap() == 0 {
		p.decoded.Grow(min(len(p.src), 1024))
	}
	return p.decoded.Len()
}

// flush ends the run.
func (p *parser) flush() {
	r := &p.run
	if r.mode == runEmpty {
		return
	}
	s := chat.Span{Style: r.style, Ref: r.ref}
	if r.ref != "" {
		s.Kind = chat.Link
	}
	switch r.mode {
	case runStretch:
		s.Text = p.src[r.from:r.to]
	case runLiteral:
		s.Text = r.lit
	case runDecoded:
		s.Text = p.decoded.String()[r.from:]
	case runEmpty:
	}
	r.mode = runEmpty
	p.add(s)
}

// style changes the style of what follows.
func (p *parser) style(s chat.Style) {
	if p.run.style != s {
		p.flush()
		p.run.style = s
	}
}

// link makes what follows the label of a link; an empty address, words.
func (p *parser) link(ref string) {
	if p.run.ref != ref {
		p.flush()
		p.run.ref = ref
	}
}

// span adds a span that is whole.
func (p *parser) span(kind chat.SpanKind, text, ref string) {
	p.flush()
	p.add(chat.Span{Kind: kind, Style: p.run.style, Text: text, Ref: ref})
}

func (p *parser) add(s chat.Span) {
	if n := len(p.mem.Spans); n > p.from && alike(&p.mem.Spans[n-1], &s) {
		p.alike = true
	}
	p.mem.Spans.Add(s)
}

// full reports that the message has as many spans as one may: the rest is words.
func (p *parser) full() bool { return len(p.mem.Spans) >= chat.MaxSpans }

func alike(a, b *chat.Span) bool {
	return a.Kind == b.Kind && a.Style == b.Style && a.Ref == b.Ref && (a.Kind == chat.Words || a.Kind == chat.Link)
}

// cut is the text since start.
func (p *parser) cut() chat.Text {
	p.flush()
	p.open = false
	if p.alike {
		p.join()
	}
	return p.mem.Spans.Cut(p.from)
}

// join makes one span of those that are alike: of all of them at once, since one
// by one would cost the square.
func (p *parser) join() {
	all := p.mem.Spans[p.from:]
	n := 0
	for i := 0; i < len(all); n++ {
		s, end := all[i], i+1
		for end < len(all) && alike(&s, &all[end]) {
			end++
		}
		if end > i+1 {
			from := p.begin()
			for k := i; k < end; k++ {
				p.decoded.WriteString(all[k].Text)
			}
			s.Text = p.decoded.String()[from:]
		}
		all[n], i = s, end
	}
	p.mem.Spans.Truncate(p.from + n)
}
