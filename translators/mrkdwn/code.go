package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

const fenceMark = "```"

// A stretch is a part of the source.
type stretch struct{ from, to int }

// fence finds the first code block that begins between at and end, and where
// to go on after it.
func (p *parser) fence(at, end int) (ok bool, code stretch, next int) {
	for !p.nofence {
		if at = p.nextFence(at); at >= end {
			return false, code, 0
		}
		ticks := backticks(p.src[at:])
		inner := at + ticks
		if ticks >= 2*len(fenceMark) { // it would be empty
			at = inner
			continue
		}
		j := strings.Index(p.src[inner:], fenceMark)
		if j < 0 {
			p.steps += len(p.src) - inner
			p.nofence = true
			return false, code, 0
		}
		p.steps += j
		// Further backticks belong to the code: the last three end it.
		closing := inner + j
		closing += backticks(p.src[closing:]) - len(fenceMark)
		if strings.TrimLeft(p.src[at+3:closing], " \t\n") == "" {
			at = closing + len(fenceMark)
			continue
		}
		next = closing + len(fenceMark)
		return true, stretch{at + 3, closing}, next
	}
	return false, code, 0
}

// nextFence is where the next three backticks at or after at stand; the end of src
// for nowhere. It looks at no part of src twice, if at but grows.
func (p *parser) nextFence(at int) int {
	if p.mark < at {
		i := strings.Index(p.src[at:], fenceMark)
		if i < 0 {
			i = len(p.src) - at
		}
		p.mark = at + i
		p.steps += i
	}
	return p.mark
}

func backticks(s string) int {
	n := 0
	for n < len(s) && s[n] == '`' {
		n++
	}
	return n
}

// code adds a code block: one line break at each end of it is not its own, and
// nothing in it is markup save addresses in angle brackets, as Slack stores them.
// A block indented as a whole, up to the fence that ends it, stands there for its
// list: the indentation, of so many columns, is not the code's.
func (p *parser) code(s stretch, quoted bool, level, columns int) {
	indented := columns > 0 && indentedBy(p.src[s.from:s.to], columns)
	if indented {
		s.to = s.from + strings.LastIndexByte(p.src[s.from:s.to], '\n') + 1
	}
	if strings.HasPrefix(p.src[s.from:s.to], "\n") {
		s.from++
	}
	if strings.HasSuffix(p.src[s.from:s.to], "\n") {
		s.to--
	}
	p.start(chat.Block{Kind: chat.Code, Quoted: quoted, Level: level})
	for at := s.from; indented && at < s.to; {
		end := min(s.to, lineEnd(p.src, at)+1)
		_, size := indent(p.src[at:min(at+columns, end)])
		p.verbatim(at+size, end, false)
		at = end
	}
	if !indented {
		p.verbatim(s.from, s.to, false)
	}
	b := p.block
	b.Text = p.cut()
	p.out = append(p.out, b)
}

// indentedBy reports whether all lines of s after its first break begin with so
// many spaces, and the last is nothing else.
func indentedBy(s string, columns int) bool {
	first, rest, ok := strings.Cut(s, "\n")
	if !ok || first != "" {
		return false
	}
	for {
		line, more, ok := strings.Cut(rest, "\n")
		n := 0
		for n < len(line) && n < columns && line[n] == ' ' {
			n++
		}
		switch {
		case n < columns && (!ok || n < len(line)):
			return false
		case !ok:
			return strings.TrimLeft(line, " ") == ""
		}
		rest = more
	}
}

// verbatim adds code as words and links. On a line, zero-width spaces are text
// where they are in words.
func (p *parser) verbatim(from, to int, online bool) {
	p.steps += to - from
	done := from
	for i := from; i < to; i++ {
		switch p.src[i] {
		case zwsp[0]:
			if !online || !strings.HasPrefix(p.src[i:to], zwsp) {
				continue
			}
			end := i + joints(p.src[i:to])
			if i == from || end == to || !isLetter(before(p.src, i)) || !isLetter(after(p.src, end)) {
				p.words(done, i)
				done = end
			}
			i = end - 1
		case '&':
			if lit, size := entity(p.src[i:to]); size > 0 {
				p.words(done, i)
				p.literal(lit)
				done = i + size
				i = done - 1
			}
		case '<':
			end := controlEnd(p.src[i:to])
			p.steps += end
			if c, ok := parseControl(p.src[i+1 : i+max(1, end)]); ok && c.kind == chat.Link && !c.bare && !p.full() {
				p.words(done, i)
				p.link(p.target(c.ref))
				from, to := c.shown()
				p.escaped(i+1+from, i+1+to)
				p.link("")
				done = i + end + 1
				i = done - 1
			}
		}
	}
	p.words(done, to)
}
