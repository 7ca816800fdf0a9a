package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

// line adds the text of the line from a to b.
func (p *parser) line(a, b int) {
	base := p.toks.n
	outer := p.run.style
	at := a
	begun := false // something shows
	if !p.full() {
		p.tokenize(a, b)
	}
	for i := base; i < p.toks.n && !p.full(); i++ {
		t := p.toks.at(i)
		begun = begun || t.from > at
		p.words(at, t.from)
		at = t.to
		switch t.kind {
		case literal:
			p.words(t.from, t.to)
		case opening:
			p.style(p.run.style | t.style)
		case closing:
			p.style(p.run.style&^t.style | outer)
		case code:
			p.inlineCode(t.from, t.to, p.under && !begun)
		case angle:
			p.control(p.src[t.from+1:t.to-1], t.from+1)
		case instead:
			p.literal(t.lit)
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
			p.address(t.from, t.to)
		case all:
			if p.run.ref != "" { // in a label
				p.words(t.from, t.to)
				break
			}
			p.span(chat.Everyone, p.src[t.from:t.to], p.src[t.from+1:t.to])
		case joint:
			if p.joins(i, base, a, b) {
				p.words(t.from, t.to)
			}
		}
		begun = begun || t.kind != opening && t.kind != joint
	}
	p.toks.n = base
	if p.full() && hasSpecial(p.src[at:b]) {
		p.unread++
		p.style(outer)
		p.escaped(at, b)
		return
	}
	p.words(at, b)
	p.style(outer)
}

// joins reports whether the zero-width spaces of token i are text: they stand in
// the line from a to b between two letters, where some scripts have a line break.
// Anywhere else they are the boundary of a mark.
func (p *parser) joins(i, base, a, b int) bool {
	t := p.toks.at(i)
	if t.from == a || t.to == b || !isLetter(before(p.src, t.from)) || !isLetter(after(p.src, t.to)) {
		return false
	}
	return (i == base || p.toks.at(i-1).to < t.from || p.isWords(p.toks.at(i-1))) &&
		(i+1 == p.toks.n || p.toks.at(i+1).from > t.to || p.isWords(p.toks.at(i+1)))
}

// isWords reports whether the token t is an address that stays words.
func (p *parser) isWords(t *token) bool {
	return t.kind == address && (p.opt.Verbatim || p.run.ref != "")
}

// inlineCode adds the code from from to to, with its backticks; the white space
// at its ends is words. Where a line is indented for its list, it begins without
// any.
func (p *parser) inlineCode(from, to int, flush bool) {
	n := backticks(p.src[from:to])
	from, to = from+n, to-n
	outer := p.run.style
	before, after := codeEdges(p.src[from:to])
	lead, trail := from+before, to-after
	if !flush && before > 0 {
		p.literal(p.shown(p.src[from:lead]))
	}
	if outer != 0 && (lead > from || trail < to) {
		p.edgy = true
	}
	p.style(outer | chat.Mono)
	p.verbatim(lead, trail, true)
	p.style(outer)
	if after > 0 {
		p.literal(p.shown(p.src[trail:to]))
	}
}

// codeEdges is how many bytes of s, before and after what shows, are white space
// that code does not begin or end with.
func codeEdges(s string) (before, after int) {
	for before < len(s) {
		if n := joints(s[before:]); n > 0 {
			before += n
		} else if isBlankByte(s[before]) {
			before++
		} else {
			break
		}
	}
	for s = s[before:]; s != ""; {
		if strings.HasSuffix(s, zwsp) {
			s, after = s[:len(s)-len(zwsp)], after+len(zwsp)
		} else if isBlankByte(s[len(s)-1]) {
			s, after = s[:len(s)-1], after+1
		} else {
			break
		}
	}
	return before, after
}

// address adds an address that was written as words.
func (p *parser) address(from, to int) {
	if p.opt.Verbatim || p.run.ref != "" {
		p.escaped(from, to)
		return
	}
	p.flush()
	text := p.unescape(p.src[from:to])
	ref := text
	if text[0]|0x20 == 'w' {
		ref = "http://" + text
	}
	p.span(chat.Link, text, ref)
}

// control adds what the control sequence s means; s stands at at.
func (p *parser) control(s string, at int) {
	c, _ := parseControl(s)
	from, to := c.shown()
	from, to = at+from, at+to
	switch {
	case c.date:
		p.date(&c)
		return
	case c.other:
		what := "link"
		if c.ref[0] == '!' {
			what = "command"
		}
		p.notes.Add(chat.Unlinked, what, 0)
		p.edgy = p.edgy || p.run.style != 0
		p.literal(p.shown(p.src[from:to]))
		return
	}
	switch c.kind {
	case chat.Link:
		ref := p.target(c.ref)
		if c.bare {
			ref = "http://" + ref
		}
		p.link(ref)
		switch {
		case c.label == "" && len(c.text) == len(c.ref):
			p.literal(ref)
		case c.label == "": // without the scheme
			p.literal(p.shown(p.src[from:to]))
		case hasSpecial(c.label):
			n := len(p.mem.Spans)
			p.line(from, to)
			if p.run.mode == runEmpty && len(p.mem.Spans) == n { // it was but U+200B
				p.literal(ref)
			}
		default:
			p.words(from, to)
		}
		p.link("")
	case chat.Everyone:
		p.span(chat.Everyone, c.text, c.ref)
	case chat.UserGroup:
		p.span(c.kind, p.named('@', c.label, c.ref), c.ref)
	default:
		text := c.text
		if c.label != "" {
			text = p.named(c.text[0], c.label, c.ref)
		}
		p.span(c.kind, text, c.ref)
	}
}
