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

// Parse appends the blocks of src to dst, in normal form when src is valid UTF-8
// without NUL, save for what chat.Normalize encodes in addresses. Spans share src's
// memory where nothing had to be decoded. Zero-width spaces are text between letters,
// where some scripts break lines, and in code blocks; anywhere else they are gone.
// It takes time linear in the length of src. When mem holds chat.MaxSpans spans,
// what follows is words, and what would be more than chat.MaxBlocks blocks is
// lines of the last; both are noted as flattened.
func Parse(dst []chat.Block, n *chat.Notes, src string, opt ParseOptions) []chat.Block {
	var p parser
	p.init(n, opt)
	p.out, p.first = dst, len(dst)
	p.src = unixLines(chat.Bounded(n, src))
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
	var p parser
	p.init(n, opt)
	p.src = unixLines(chat.Bounded(n, src))
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
	mark    int        // where the next fence stands, as far as that was looked for
	eol     int        // the end of the line looked at last
	toks    tokens
	run     run
	decoded strings.Builder // what is not in src; spans and addresses are cut from it

	merged int // lines that would be blocks, but for their number
	unread int // lines that would be markup, but for the number of spans

	steps int // bytes looked at; tests hold it linear
}

// init fills p in place: with its tokens it is too large to be handed over.
func (p *parser) init(n *chat.Notes, opt ParseOptions) {
	if opt.Full {
		opt.NoMarks, opt.LinkNames = true, true
	}
	p.opt, p.notes, p.mem, p.mark, p.eol = opt, n, opt.Mem, -1, -1
	if p.mem == nil {
		p.mem = new(chat.Arena)
	}
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
		m := chat.Message{Summary: b.Text}
		chat.Normalize(&m)
		b.Text = m.Summary
	}
	if b.Kind != chat.Code && blank(b.Text) {
		if b.Kind == chat.Item {
			p.list.depth--
		}
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
