// Package mrkdwn is Slack's text language: Parse reads it into blocks of the
// neutral message, Fit and FitBlocks write it. It knows no blocks of Slack's and
// no JSON.
//
// What it does not do: guess. A mark that the rules do not make one, a control
// sequence that is none, and a fence without an end stay the words they are.
package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

// ParseOptions say how Slack would read the text: by default as the text of a
// message, or else by the settings named here, which are Slack's.
type ParseOptions struct {
	Mem      *chat.Arena // where spans are cut from; nil: memory of its own
	Plain    bool        // a plain_text object: entities and emoji names only
	NoMarks  bool        // "mrkdwn": false: links and mentions, but no emphasis, code, quotes or lists
	Verbatim bool        // "verbatim": true, or "parse": "none": bare addresses stay words

	// "link_names": true. @here, @channel and @everyone are mentions. The names of
	// others stay words, since Slack alone knows whose they are.
	LinkNames bool

	// "parse": "full": what a person typed. Bare addresses and names are linked as
	// under LinkNames, and neither marks nor what stands between < and > is markup.
	Full bool
}

// Parse appends the blocks of src to dst, in normal form when src is valid
// UTF-8 without NUL. Spans share src's memory where nothing had to be decoded.
// It takes time linear in the length of src. When mem holds chat.MaxSpans spans,
// what follows is words, and what would be more than chat.MaxBlocks blocks is
// lines of the last; both are noted as flattened.
func Parse(dst []chat.Block, n *chat.Notes, src string, opt ParseOptions) []chat.Block {
	p := newParser(n, opt)
	p.out, p.first = dst, len(dst)
	p.src = unixLines(src)
	p.blocks(false)
	p.tell()
	return p.out
}

// tell notes what was too much.
func (p *parser) tell() {
	if p.merged > 0 {
		p.notes.Add(chat.Flattened, "blocks", p.merged)
	}
	if p.unread > 0 {
		p.notes.Add(chat.Flattened, "markup", p.unread)
	}
}

// Inline reads src as one run of text: line breaks are kept, quotes, lists and
// fences are not looked for. Spans share src's memory.
func Inline(n *chat.Notes, src string, opt ParseOptions) chat.Text {
	p := newParser(n, opt)
	p.src = unixLines(src)
	p.start(chat.Block{})
	for at := 0; at <= len(p.src); at++ {
		end := lineEnd(p.src, at)
		if at > 0 {
			p.words(at-1, at)
		}
		p.line(at, end)
		at = end
	}
	p.tell()
	return p.cut()
}

// A parser reads one source. Positions are bytes of src.
type parser struct {
	opt   ParseOptions
	notes *chat.Notes
	mem   *chat.Arena
	src   string
	out   []chat.Block
	first int // where the blocks of this source begin in out

	open    bool       // a block is being read:
	block   chat.Block // this one, of which
	from    int        // the spans begin here in mem.Spans
	edgy    bool       // and its text needs settling
	alike   bool       // or spans of it joining
	list    stack      // the items open at this place
	gap     bool       // a blank line stands before this place
	under   bool       // the line is indented for its list, and that is no text
	nofence bool       // no fence is closed after this place
	eol     int        // the end of the line looked at last
	toks    tokens
	run     run
	decoded strings.Builder // what is not in src; spans and addresses are cut from it

	merged int // lines that would be blocks, but for their number
	unread int // lines that would be markup, but for the number of spans

	steps int // bytes looked at; tests hold it linear
}

// A stack holds the markers of nested items, outermost first. It is of fixed
// size, as are tokens, so that a parser needs no memory of its own.
type stack struct {
	of    [10]marker
	depth int
}

func (s *stack) top() *marker { return &s.of[s.depth-1] }

// push adds an item; one that is too deep takes the place of the deepest.
func (s *stack) push(m marker) {
	s.depth = min(s.depth+1, len(s.of))
	*s.top() = m
}

func newParser(n *chat.Notes, opt ParseOptions) parser {
	if opt.Full {
		opt.NoMarks, opt.LinkNames = true, true
	}
	p := parser{opt: opt, notes: n, mem: opt.Mem, eol: -1}
	if p.mem == nil {
		p.mem = new(chat.Arena)
	}
	return p
}

// blocks reads src.
func (p *parser) blocks(quoted bool) {
	marks := p.marks()
	for at := 0; at < len(p.src); {
		if p.crowded(quoted) {
			p.rest(at, quoted)
			break
		}
		if p.eol < at { // else a code block ended within the line
			p.eol = lineEnd(p.src, at)
			p.steps += p.eol - at + 1
		}
		end := p.eol
		line := p.src[at:end]
		if marks && !quoted {
			if _, deep := quoteMarker(line); deep || isQuoted(line) {
				p.end()
				at = p.quote(at)
				continue
			}
		}
		if isBlank(line) {
			p.close()
			p.gap = true
			at = end + 1
			continue
		}
		if !marks {
			p.para(at, end, quoted, at)
			at = end + 1
			continue
		}
		at = p.lineAt(at, end, quoted)
	}
	p.end()
}

// crowded reports whether the next line could make more blocks than there may be.
// A line makes four at most, with the one that it ends; and a quotation leaves one
// to what follows it.
func (p *parser) crowded(quoted bool) bool {
	least := 4
	if quoted {
		least++
	}
	return len(p.out)-p.first > chat.MaxBlocks-least
}

// rest makes one Para of what there is from at on.
func (p *parser) rest(at int, quoted bool) {
	p.end()
	p.start(chat.Block{Kind: chat.Para, Quoted: quoted})
	for first := true; at < len(p.src); {
		end := lineEnd(p.src, at)
		p.steps += end - at + 1
		if !isBlank(p.src[at:end]) {
			if !first {
				p.merged++
				p.words(at-1, at)
			}
			p.line(at, end)
			first = false
		}
		at = end + 1
	}
}

func isQuoted(line string) bool {
	size, _ := quoteMarker(line)
	return size > 0
}

// lineAt reads the line from at to end, with the code block that begins in it,
// and returns where to go on.
func (p *parser) lineAt(at, end int, quoted bool) int {
	body := at
	m, item := listMarker(p.src[at:end])
	if item {
		body = at + m.size
	}
	fence, code, next := p.fence(body, end)
	if fence {
		end = code.from - 3
	}
	if item && isBlank(p.src[body:end]) { // an item that is but code
		p.notes.Add(chat.Flattened, "bullet", 0)
		item, at = false, end
	}
	switch {
	case item:
		p.item(m, quoted)
		p.under = true
		p.line(body, end)
	case !isBlank(p.src[at:end]):
		p.para(at, end, quoted, body)
	}
	if !fence {
		return end + 1
	}
	level := 0
	columns, _ := indent(p.src[at:end])
	if item || !isBlank(p.src[at:end]) {
		columns = 0
	}
	if item || columns >= 2 {
		level = min(max(1, columns/4), p.list.depth)
		if item {
			level = p.list.depth
		}
	}
	p.close()
	if level == 0 {
		p.list.depth = 0
	}
	p.code(code, quoted, level, columns)
	// What follows on the line begins a block.
	for next < len(p.src) && isBlankByte(p.src[next]) {
		next++
	}
	if next < len(p.src) && p.src[next] == '\n' {
		return next + 1
	}
	if next < len(p.src) {
		if p.eol < next {
			p.eol = lineEnd(p.src, next)
			p.steps += p.eol - next
		}
		end = p.eol
		if ok, code, _ := p.fence(next, end); ok {
			end = code.from - 3
		}
		if end > next {
			p.para(next, end, quoted, next)
		}
		if end < len(p.src) && p.src[end] == '\n' {
			end++
		}
		return end
	}
	return next
}

// para goes on with the Para that is open, or with the item when the line is
// indented under it, or begins a Para.
func (p *parser) para(at, end int, quoted bool, body int) {
	columns, size := indent(p.src[at:end])
	p.under = p.list.depth > 0
	switch {
	case p.open && p.block.Kind == chat.Item && columns > p.list.top().indent+1:
		body = at + size
	case p.open && p.block.Kind == chat.Para && p.block.Level == 0:
	case p.open && p.block.Kind == chat.Para && columns >= 2:
		body = at + size
	default:
		level := 0
		if p.gap && columns >= 2 && p.list.depth > 0 {
			level = min(max(1, columns/4), p.list.depth)
			body = at + size
		} else if p.list.depth > 0 { // or else it would be read as under the item, once written
			body = at + size
		}
		p.close()
		p.list.depth = level
		p.start(chat.Block{Kind: chat.Para, Level: level, Quoted: quoted})
		p.line(body, end)
		return
	}
	if p.run.mode != runEmpty || len(p.mem.Spans) > p.from { // else the item was empty so far
		p.words(at-1, at)
	}
	p.line(body, end)
}

// item begins an item. Its depth comes of its indentation, or of its glyph where
// items of one indentation have several.
func (p *parser) item(m marker, quoted bool) {
	p.close()
	for p.list.depth > 0 {
		top := p.list.top()
		if m.indent > top.indent || m.indent == top.indent && m.rank > top.rank && m.number == 0 && top.number == 0 {
			break
		}
		p.list.depth--
		if m.indent == top.indent && m.rank == top.rank || m.indent > top.indent {
			break
		}
	}
	p.list.push(m)
	p.start(chat.Block{Kind: chat.Item, Level: p.list.depth - 1, Number: m.number, Quoted: quoted})
}

// quote reads the quotation that begins at at. Its lines are joined without
// their markers and read as a source of their own.
func (p *parser) quote(at int) int {
	size, deep := quoteMarker(p.src[at:lineEnd(p.src, at)])
	outer, from := p.src, at+size
	if deep {
		p.nested(p.src[from:])
		return len(outer)
	}
	end := lineEnd(p.src, at)
	fences := strings.Count(p.src[from:end], fenceMark)
	var joined []byte
	next := end + 1
	for next < len(p.src) {
		to := lineEnd(p.src, next)
		size, deep := quoteMarker(p.src[next:to])
		inside := fences%2 == 1
		switch {
		case inside && size == 0: // the code goes on without markers up to its end
			close := p.nextFence(next)
			if to = -1; close >= 0 {
				to = lineEnd(p.src, close)
			}
		case inside && deep:
			size = 0
		case size == 0 || deep:
			to = -1
		}
		if to < 0 {
			break
		}
		if joined == nil {
			joined = append(joined, p.src[from:end]...)
		}
		line := p.src[next+size : to]
		joined = append(append(joined, '\n'), line...)
		fences += strings.Count(line, fenceMark)
		next = to + 1
	}
	if joined == nil {
		p.nested(p.src[from:end])
	} else {
		p.nested(string(joined))
	}
	return next
}

// nextFence is where the next fence after at stands, or −1.
func (p *parser) nextFence(at int) int {
	if p.nofence {
		return -1
	}
	i := strings.Index(p.src[at:], fenceMark)
	if i < 0 {
		p.steps += len(p.src) - at
		p.nofence = true
		return -1
	}
	p.steps += i
	return at + i
}

func (p *parser) nested(src string) {
	outer, nofence := p.src, p.nofence
	p.src, p.nofence, p.eol, p.list.depth = src, false, -1, 0
	p.blocks(true)
	p.src, p.nofence, p.eol, p.gap = outer, nofence, -1, false
}

// start begins a block; its text is what follows until close.
func (p *parser) start(b chat.Block) {
	p.open, p.block, p.gap = true, b, false
	p.from, p.edgy, p.alike = len(p.mem.Spans), false, false
}

// close ends the block that is open.
func (p *parser) close() {
	if !p.open {
		return
	}
	b := p.block
	b.Text = p.cut()
	if p.edgy {
		// White space at an edge of code, inside of another style: settled as every reader does.
		m := chat.Message{Blocks: []chat.Block{{Kind: chat.Item, Text: b.Text}}}
		chat.Normalize(&m)
		b.Text = m.Blocks[0].Text
	}
	if b.Kind == chat.Para && blank(b.Text) {
		return
	}
	p.out = append(p.out, b)
}

// end ends the block and the list that are open.
func (p *parser) end() {
	p.close()
	p.list.depth, p.gap = 0, false
}

func blank(t chat.Text) bool {
	for i := range t {
		if t[i].Kind != chat.Words || strings.TrimSpace(t[i].Text) != "" {
			return false
		}
	}
	return true
}

func lineEnd(s string, at int) int {
	if i := strings.IndexByte(s[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(s)
}

func unixLines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
