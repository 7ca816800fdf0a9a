// Package markdown is Discord's and GitHub's text languages: Parse reads Discord's
// Markdown, ParseGFM GitHub's, into blocks of the neutral message; Fit and
// FitBlocks write Discord's. It knows no embeds and no JSON.
//
// Parse follows what Discord's client shows, which is not CommonMark: the first
// closing mark wins, `__` underlines, a blank line ends nothing but a paragraph,
// and there are no tables, images, rules or reference links. Every construct is
// looked for once, so that reading is linear in the length of the text, whatever
// the text.
package markdown

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// ParseOptions say where the text stands.
type ParseOptions struct {
	Mem   *chat.Arena // where spans are cut from; nil: memory of its own
	Place Place       // only what Discord renders there is markup
}

// Parse appends the blocks of src, Discord's Markdown, to dst, in the normal form
// of chat.Normalize. Spans share src's memory, save where an address has to be
// encoded, or escapes or the marks of a quotation stand between their
// words. Blocks beyond chat.MaxBlocks are left out, with a note; beyond
// chat.MaxSpans spans what follows is words.
func Parse(dst []chat.Block, n *chat.Notes, src string, opt ParseOptions) []chat.Block {
	p := newParser(dst, n, chat.Bounded(n, src), opt)
	switch opt.Place {
	case Title, Plain:
	case FieldValue, Content, Description:
		p.lines, p.fences = true, true
	}
	p.all()
	return p.dst
}

// Inline reads src as one run of text: line breaks are kept, no block
// construct is looked for. Spans share src's memory.
func Inline(n *chat.Notes, src string, opt ParseOptions) chat.Text {
	p := newParser(nil, n, chat.Bounded(n, src), opt)
	p.flat = true
	p.run(0, len(p.src), 0, 0)
	p.flush()
	return p.text()
}

// parser reads one text. It goes through the text once, from left to right, and
// gathers words until something other than words begins.
type parser struct {
	src   string
	dst   []chat.Block
	first int // where the blocks of this text begin in dst
	mem   *chat.Arena
	notes *chat.Notes
	place Place

	lines  bool // constructs at the start of a line are looked for
	fences bool // fences become blocks of their own
	flat   bool // one run of text: nothing ends a paragraph

	quoted bool       // inside a quotation
	head   chat.Block // what the next paragraph is: a Para, unless an Item has just begun
	under  int        // Level of what follows in an item; 0 outside of one

	from   int       // where the run being gathered begins in mem.Spans
	cur    chat.Span // kind, style and address of the words being gathered
	lo, hi int       // those words in src …
	buf    []byte    // … after these, when they do not lie side by side there
	ragged bool      // a style or an address is not in normal form: the run has to be settled

	ref    string // address of the link whose label is being read
	inLink bool
	gaps   bool // an item was left out: levels have to be settled
	budget int  // what look-ahead that finds nothing may still cost
	looked int  // bytes looked at ahead, which tests bound

	list       [maxDepth + 1]int // indents of the items that are open, outermost first
	open       int               // how many
	ordinals   [maxDepth + 1]int // number of the last item of each, 0 for a bullet
	listGoesOn int               // where the next item must begin to belong to the list

	hushed, loud int // links written so that they show no preview, and the others
}

// maxDepth is the deepest level of a list that Discord shows.
const maxDepth = 10

func newParser(dst []chat.Block, n *chat.Notes, src string, opt ParseOptions) parser {
	mem := opt.Mem
	if mem == nil {
		mem = new(chat.Arena)
	}
	src = cleanSource(src)
	return parser{src: src, dst: dst, first: len(dst), mem: mem, notes: n, place: opt.Place,
		from: len(mem.Spans), budget: 16*len(src) + 1024, listGoesOn: -1}
}

// cleanSource makes src valid UTF-8 without NUL, with "\n" for every line break.
func cleanSource(src string) string {
	if !utf8.ValidString(src) {
		src = strings.ToValidUTF8(src, "\uFFFD")
	}
	if strings.IndexByte(src, 0) >= 0 {
		src = strings.ReplaceAll(src, "\x00", "")
	}
	if strings.IndexByte(src, '\r') >= 0 {
		src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	}
	return src
}

func (p *parser) all() {
	p.run(0, len(p.src), 0, 0)
	p.endPara()
	if p.gaps {
		m := chat.Message{Blocks: p.dst[p.first:]}
		chat.Normalize(&m)
		p.dst = append(p.dst[:p.first], m.Blocks...)
	}
}

// words gathers src[lo:hi] in a style.
func (p *parser) words(lo, hi int, style chat.Style) {
	if lo >= hi {
		return
	}
	p.become(style)
	if p.hi == lo && p.lo < p.hi {
		p.hi = hi
		return
	}
	p.spill()
	p.lo, p.hi = lo, hi
}

// lit gathers words that are not in src.
func (p *parser) lit(s string, style chat.Style) {
	p.become(style)
	p.spill()
	p.buf = append(p.buf, s...)
}

// become ends the span being gathered unless what follows belongs to it.
func (p *parser) become(style chat.Style) {
	kind := chat.Words
	if p.inLink {
		kind = chat.Link
	}
	if p.cur.Style != style || p.cur.Kind != kind || p.cur.Ref != p.ref {
		p.flush()
		p.cur = chat.Span{Kind: kind, Style: style, Ref: p.ref}
	}
}

func (p *parser) spill() {
	p.buf = append(p.buf, p.src[p.lo:p.hi]...)
	p.lo, p.hi = 0, 0
}

// flush ends the span being gathered.
func (p *parser) flush() {
	text := p.src[p.lo:p.hi]
	if len(p.buf) > 0 {
		p.buf = append(p.buf, text...)
		text = string(p.buf)
		p.buf = p.buf[:0]
	}
	p.lo, p.hi = 0, 0
	if text == "" {
		return
	}
	if p.cur.Kind == chat.Words && p.cur.Style != 0 && (isSpace(text[0]) || isSpace(text[len(text)-1])) {
		p.ragged = true
	}
	if p.cur.Kind == chat.Link && strings.ContainsAny(p.cur.Ref, badInAddress) {
		p.ragged = true
	}
	p.cur.Text = text
	p.mem.Spans.Add(p.cur)
}

// badInAddress are the bytes that chat.Normalize may encode in an address that
// Discord reads.
const badInAddress = "\"<>\\`%\x7f"

// push appends a span that is neither words nor a link.
func (p *parser) push(s chat.Span) {
	p.flush()
	p.mem.Spans.Add(s)
}

// last is the last byte of what has been gathered, 0 when that is nothing.
func (p *parser) last() byte {
	last := p.src[p.lo:p.hi]
	switch spans := p.mem.Spans[p.from:]; {
	case last != "":
	case len(p.buf) > 0:
		return p.buf[len(p.buf)-1]
	case len(spans) > 0:
		last = spans[len(spans)-1].Text
	}
	if last == "" {
		return 0
	}
	return last[len(last)-1]
}

// full reports that no more spans may be made: the rest is words.
func (p *parser) full() bool { return len(p.mem.Spans) >= chat.MaxSpans }

// text cuts off the run that was gathered.
func (p *parser) text() chat.Text {
	t := chat.Text(p.mem.Spans.Cut(p.from))
	p.from = len(p.mem.Spans)
	if p.ragged {
		p.ragged = false
		t = settle(t)
	}
	return t
}

// settle takes styles from the white space that does not carry them.
func settle(t chat.Text) chat.Text {
	m := chat.Message{Summary: t}
	chat.Normalize(&m)
	return m.Summary
}

// endPara ends the paragraph, item or heading being gathered.
func (p *parser) endPara() {
	if p.cur.Kind == chat.Words { // no line break stands at an end
		if len(p.buf) > 0 && strings.TrimLeft(p.src[p.lo:p.hi], " \t\n") == "" {
			p.spill()
		}
		p.hi = p.lo + trimLines(p.src[p.lo:p.hi])
		if p.hi == p.lo {
			p.buf = p.buf[:trimLines(p.buf)]
		}
	}
	p.flush()
	ragged := p.ragged
	t := p.text()
	b := p.head
	if ragged && b.Kind == chat.Para {
		p.split(t)
		return
	}
	if blank(t) {
		if b.Kind == chat.Item { // an item without words is none
			p.head, p.gaps = chat.Block{Level: p.under}, true
		}
		return
	}
	b.Text = t
	p.head = chat.Block{Level: p.under}
	p.add(b)
}

// trimLines is the length of s without the blank lines at its end.
func trimLines[T string | []byte](s T) int {
	n := len(s)
	for i := n; i > 0 && isSpace(s[i-1]); i-- {
		if s[i-1] == '\n' {
			n = i - 1
		}
	}
	return n
}

// split adds a paragraph that may have a blank line, now that white space without
// style is known to be only that.
func (p *parser) split(t chat.Text) {
	m := chat.Message{Blocks: []chat.Block{{Text: t}}}
	chat.Normalize(&m)
	for _, b := range m.Blocks {
		b.Level = p.under
		p.add(b)
	}
}

// add appends a block, unless there are too many already.
func (p *parser) add(b chat.Block) {
	if len(p.dst)-p.first >= chat.MaxBlocks {
		p.notes.Add(chat.Shortened, "text", 1)
		return
	}
	b.Quoted = p.quoted
	p.dst = append(p.dst, b)
}

func blank(t chat.Text) bool {
	for i := range t {
		if t[i].Kind != chat.Words || strings.TrimSpace(t[i].Text) != "" {
			return false
		}
	}
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// isWord reports whether c is a character of a word in the sense of the `_` rule.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}
