package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/emoji"
)

// A run is the words, or the label of a link, that are being put together: a
// stretch of the source as long as possible, else bytes.
type run struct {
	style    chat.Style
	ref      string // of a link; empty: words
	from, to int    // in src, when bytes is not used
	lit      string // instead of a stretch, when nothing else has come yet
	bytes    []byte
	size     int
	mode     runMode
}

type runMode uint8

const (
	runEmpty runMode = iota
	runStretch
	runLiteral
	runBytes
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
		r.bytes = append(r.bytes, p.src[from:to]...)
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
		r.bytes = append(r.bytes, s...)
	}
}

// gather makes bytes of the run.
func (p *parser) gather() {
	r := &p.run
	switch r.mode {
	case runStretch:
		r.bytes = append(r.bytes[:0], p.src[r.from:r.to]...)
	case runLiteral:
		r.bytes = append(r.bytes[:0], r.lit...)
	case runEmpty, runBytes:
	}
	r.mode = runBytes
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

// flush ends the run.
func (p *parser) flush() {
	r := &p.run
	s := chat.Span{Style: r.style, Ref: r.ref}
	if r.ref != "" {
		s.Kind = chat.Link
	}
	switch r.mode {
	case runEmpty:
		return
	case runStretch:
		s.Text = p.src[r.from:r.to]
	case runLiteral:
		s.Text = r.lit
	case runBytes:
		s.Text = string(r.bytes)
	}
	r.mode = runEmpty
	p.add(s)
}

// add appends a span, or joins it with the one before where they are one.
func (p *parser) add(s chat.Span) {
	if n := len(p.mem.Spans); n > p.from && (s.Kind == chat.Words || s.Kind == chat.Link) {
		if last := &p.mem.Spans[n-1]; last.Kind == s.Kind && last.Style == s.Style && last.Ref == s.Ref {
			last.Text += s.Text
			return
		}
	}
	p.mem.Spans.Add(s)
}

// span adds a span that is whole.
func (p *parser) span(kind chat.SpanKind, text, ref string) {
	p.flush()
	p.add(chat.Span{Kind: kind, Style: p.run.style, Text: text, Ref: ref})
}

// line adds the text of the line from a to b.
func (p *parser) line(a, b int) {
	base := p.toks.n
	p.tokenize(a, b)
	outer := p.run.style
	at := a
	for i := base; i < p.toks.n; i++ {
		t := *p.toks.at(i)
		p.words(at, t.from)
		at = t.to
		switch t.kind {
		case literal:
			p.words(t.from, t.to)
		case opening:
			p.style(p.run.style | t.style)
		case closing:
			p.style(p.run.style &^ t.style)
		case code:
			p.inlineCode(t, t.from == a && p.under)
		case angle:
			p.control(p.src[t.from+1:t.to-1], t.from+1)
		case amp:
			lit, _ := entity(p.src[t.from:t.to])
			p.literal(lit)
		case picture:
			p.literal(unicodeOf(p.src[t.from+1 : t.to-1]))
		case custom:
			if p.run.ref != "" { // in a label
				p.words(t.from, t.to)
				break
			}
			name := p.src[t.from+1 : t.to-1]
			text := p.src[t.from:t.to]
			if k := strings.IndexByte(name, ':'); k >= 0 { // a skin tone says nothing of a custom one
				name, text = name[:k], text[:k+2]
			}
			p.span(chat.Emoji, text, name)
		case address:
			p.address(t)
		case nothing:
		}
	}
	p.words(at, b)
	p.toks.n = base
	p.style(outer)
}

func unicodeOf(name string) string {
	s, _ := emoji.Unicode(name)
	return s
}

// inlineCode adds code; the white space at its ends is words. Where a line is
// indented for its list, it begins without any.
func (p *parser) inlineCode(t token, flush bool) {
	n := backticks(p.src[t.from:t.to])
	from, to := t.from+n, t.to-n
	outer := p.run.style
	lead, trail := from, to
	for isBlankByte(p.src[lead]) {
		lead++
	}
	for isBlankByte(p.src[trail-1]) {
		trail--
	}
	if outer != 0 && (lead > from || trail < to) {
		p.edgy = true
	}
	if !flush {
		p.words(from, lead)
	}
	p.style(outer | chat.Mono)
	p.verbatim(lead, trail)
	p.style(outer)
	p.words(trail, to)
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' }

// address adds an address that was written as words.
func (p *parser) address(t token) {
	raw := p.src[t.from:t.to]
	if p.opt.Verbatim || p.run.ref != "" {
		p.decodedAt(t.from, t.to)
		return
	}
	text := unescape(raw)
	ref := text
	if text[0]|0x20 == 'w' {
		ref = "http://" + text
	}
	p.span(chat.Link, text, ref)
}

// decodedAt adds a stretch in which only entities are decoded.
func (p *parser) decodedAt(from, to int) {
	if strings.IndexByte(p.src[from:to], '&') < 0 {
		p.words(from, to)
		return
	}
	p.literal(unescape(p.src[from:to]))
}

// decoded adds words in which only entities are decoded.
func (p *parser) decoded(s string) { p.literal(unescape(s)) }

// address is where the link leads, with what no address can hold encoded.
func (c *control) address() string {
	s := unescape(c.ref)
	if strings.IndexFunc(s, notInAddress) < 0 {
		return s
	}
	b := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		if notInAddress(rune(s[i])) {
			b = append(b, '%', upperHex[s[i]>>4], upperHex[s[i]&15])
		} else {
			b = append(b, s[i])
		}
	}
	return string(b)
}

const upperHex = "0123456789ABCDEF"

func notInAddress(r rune) bool {
	return r <= ' ' || r == '<' || r == '>' || r == '|' || r == 0x7f
}

// control adds what the control sequence s means; s stands at at.
func (p *parser) control(s string, at int) {
	c, _ := parseControl(s)
	switch {
	case c.date:
		p.date(&c)
		return
	case c.other:
		if c.label == "" {
			c.label = c.text
		}
		p.notes.Add(chat.Unlinked, "command", 0)
		p.edgy = p.edgy || p.run.style != 0
		p.decoded(c.label)
		return
	}
	switch c.kind {
	case chat.Link:
		ref := c.address()
		p.link(ref)
		switch {
		case c.label == "" && len(c.text) == len(c.ref):
			p.literal(ref)
		case c.label == "":
			p.decoded(c.text)
		case strings.ContainsAny(c.label, "*_~`:&\u200b"):
			from := at + len(s) - len(c.label)
			n := len(p.mem.Spans)
			p.line(from, from+len(c.label))
			if p.run.mode == runEmpty && len(p.mem.Spans) == n { // it was but U+200B
				p.literal(ref)
			}
		default:
			from := at + len(s) - len(c.label)
			p.words(from, from+len(c.label))
		}
		p.link("")
	case chat.Everyone:
		p.span(chat.Everyone, c.text, c.ref)
	case chat.UserGroup:
		p.span(c.kind, named('@', c.label, c.ref), c.ref)
	default:
		text := c.text
		if c.label != "" {
			text = named(c.text[0], c.label, c.ref)
		}
		p.span(c.kind, text, c.ref)
	}
}

// named is a mention's text: the sigil and the label, or else the id.
func named(sigil byte, label, id string) string {
	label = unescape(label)
	if label == "" || label == string(sigil) {
		label = id
	}
	if label[0] == sigil {
		return label
	}
	return string(sigil) + label
}
