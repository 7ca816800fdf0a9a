package markdown

import (
	"bytes"
	"strings"

	"dragoman/translators/chat"
)

const (
	zwsp  = "\u200b" // breaks what would be markup, and shows nothing
	shrug = `¯\_(ツ)_/¯`
)

// special marks the bytes at which something other than words may begin.
var special = [256]bool{
	'\\': true, '*': true, '_': true, '~': true, '|': true, '`': true, '[': true,
	'<': true, '@': true, ':': true, '\n': true, 0xC2: true, 0xE2: true,
}

// stretch is what is known about the rest of the text between two marks: which
// closing marks it no longer has. It keeps look-ahead linear.
type stretch struct {
	lo, hi int
	dead   chat.Style // no closing mark of these
	deadUn bool       // no closing `_`
	codes  uint64     // no closing run of this many backticks
	fence  bool       // no closing fence
	closed int        // where the mark found last is closed
	looked int        // bytes looked at ahead
}

// run reads src[lo:hi], which stands inside of marks that give it a style. It
// calls itself for what stands between marks: at most once per mark, since no
// mark is found inside of itself.
func (p *parser) run(lo, hi int, style chat.Style, depth int) {
	s := stretch{lo: lo, hi: hi}
	src := p.src
	i, at := lo, lo
	lines := p.lines && depth == 0
	if depth == 0 && !p.flat {
		i = skipBlankLines(src, lo, hi)
		if lines {
			i = p.constructs(i, hi)
		}
		at = i
	}
	for i < hi {
		c := src[i]
		if !special[c] || p.place == Plain && c != '\n' {
			i++
			continue
		}
		end := i // where what begins at i ends; i: it is words
		switch c {
		case '\n':
			p.words(at, i, style)
			i = p.newline(i, hi, style)
			if lines {
				i = p.constructs(i, hi)
			}
			at = i
			continue
		case '\\':
			if i+1 < hi && escapable(src[i+1]) {
				p.words(at, i, style)
				at = i + 1
				i += 2
				continue
			}
		case 0xC2:
			if strings.HasPrefix(src[i:hi], shrug) {
				i += len(shrug)
				continue
			}
		case 0xE2:
			if strings.HasPrefix(src[i:hi], zwsp) && p.breaker(i, lo) {
				p.words(at, i, style)
				i += len(zwsp)
				at = i
				continue
			}
		case '*', '_', '~', '|':
			if n := markRun(src, i, hi); n > maxMarks {
				i += n
				continue
			}
			inner, bit := s.mark(src, i)
			if bit == 0 || p.full() {
				break
			}
			n := inner - i // both marks are as long
			p.words(at, i, style)
			end = s.closed + n
			p.run(inner, s.closed, style|bit, depth+1)
			i, at = end, end
			continue
		default:
			if !p.full() {
				end = p.other(&s, i, at, style, depth)
			}
		}
		if end > i {
			i, at = end, end
		} else {
			i++
		}
	}
	p.words(at, hi, style)
	p.looked += s.looked
}

// maxMarks is the longest run of one mark that opens anything. A line of asterisks is words, and costs no nesting.
const maxMarks = 6

func markRun(src string, i, hi int) int {
	n := 1
	for i+n < hi && src[i+n] == src[i] {
		n++
	}
	return n
}

// breaker reports whether the zero-width space at i stands there only to break
// what would be markup, or to keep white space at the beginning of a text, at lo.
func (p *parser) breaker(i, lo int) bool {
	var before, after byte
	rest := p.src[i+len(zwsp):]
	if i > 0 {
		before = p.src[i-1]
	}
	if rest != "" {
		after = rest[0]
	}
	switch {
	case before == '@':
		return everyone(rest) != ""
	case before == ':':
		return strings.HasPrefix(rest, "//")
	case after == '@' && everyone(rest[1:]) != "":
		return isWord(before)
	case strings.HasSuffix(p.src[:i], "@everyone"), strings.HasSuffix(p.src[:i], "@here"):
		return true
	case i == lo || before == '\n':
		if after == ' ' || (after == '\n' || after == 0) && !p.begun() {
			return true
		}
	}
	return isMark(before) && isMark(after)
}

func isMark(c byte) bool { return c == '*' || c == '_' || c == '~' || c == '|' || c == '`' }

// escapable reports whether a backslash before c is not shown.
func escapable(c byte) bool {
	return c > ' ' && c != 0x7f && (!isWord(c) || c == '_')
}

// newline goes over the line break at i and the blank lines after it.
func (p *parser) newline(i, hi int, style chat.Style) int {
	if p.inLink {
		p.lit(" ", style)
		return i + 1
	}
	if p.flat {
		p.words(i, i+1, 0)
		return i + 1
	}
	next := skipBlankLines(p.src, i+1, hi)
	if next > i+1 || next == hi || p.last() == '\n' {
		p.endPara()
		return next
	}
	switch {
	case p.cur.Kind == chat.Words && len(p.mem.Spans) == p.from && strings.TrimLeft(p.src[p.lo:p.hi], " \t") == "" && len(bytes.TrimSpace(p.buf)) == 0:
		p.lo, p.hi, p.buf = 0, 0, p.buf[:0] // a blank line begins nothing
	case p.begun():
		p.words(i, i+1, 0)
	}
	return next
}

// begun reports whether anything has been gathered.
func (p *parser) begun() bool {
	return len(p.mem.Spans) > p.from || p.hi > p.lo || len(p.buf) > 0
}

// skipBlankLines gives the beginning of the first line from i, which begins a
// line, that is not blank.
func skipBlankLines(src string, i, hi int) int {
	for k := i; k < hi; k++ {
		switch src[k] {
		case '\n':
			i = k + 1
		case ' ', '\t':
		default:
			return i
		}
	}
	return hi
}

// constructs reads what is built at the beginnings of lines, from i on, as long
// as there is more.
func (p *parser) constructs(i, hi int) int {
	for i < hi {
		i = skipBlankLines(p.src, i, hi)
		end := p.construct(i, hi)
		if end < 0 {
			return i
		}
		i = end
	}
	return i
}

// other reads what begins with a backtick, bracket, "<", "@" or ":" at i, and
// says where it ends; i when it is words. Words before it begin at at.
func (p *parser) other(s *stretch, i, at int, style chat.Style, depth int) int {
	switch p.src[i] {
	case '`':
		return p.code(s, i, at, style, depth)
	case '[':
		if p.place == Title || p.inLink {
			return i
		}
		return p.masked(s.hi, i, at, style, depth)
	case '<':
		sp, end := p.token(i, s.hi)
		if end < 0 {
			return i
		}
		p.words(at, i, style)
		if sp.Kind == chat.Words {
			p.lit(sp.Text, style)
			return end
		}
		sp.Style = style
		if sp.Kind == chat.Link {
			p.linked(sp)
			return end
		}
		p.push(sp)
		return end
	case '@':
		name := everyone(p.src[i+1 : s.hi])
		if name == "" || p.place == Title || p.inLink || i > s.lo && isWord(p.src[i-1]) ||
			i+1+len(name) < s.hi && isWord(p.src[i+1+len(name)]) {
			return i
		}
		p.words(at, i, style)
		end := i + 1 + len(name)
		p.push(chat.Span{Kind: chat.Everyone, Style: style, Text: p.src[i:end], Ref: name})
		return end
	case ':':
		if p.place == Title || p.inLink {
			return i
		}
		from, end := p.bare(i, at, s.hi)
		if end < 0 {
			return i
		}
		p.words(at, from, style)
		url := p.src[from:end]
		p.loud++
		p.linked(chat.Span{Kind: chat.Link, Style: style, Text: url, Ref: url})
		return end
	}
	return i
}

// linked gathers a link that shows its own address, as one span with a
// neighbour that leads to the same.
func (p *parser) linked(s chat.Span) {
	p.inLink, p.ref = true, s.Ref
	p.lit(s.Text, s.Style)
	p.inLink, p.ref = false, ""
}

// code reads inline code, or a fence, at i.
func (p *parser) code(s *stretch, i, at int, style chat.Style, depth int) int {
	src := p.src
	n := 1
	for i+n < s.hi && src[i+n] == '`' {
		n++
	}
	if n >= 3 && !s.fence && p.place != Title {
		if lang, lo, hi, end := fence(src, i, s.hi); end > 0 {
			s.looked += end - i
			p.words(at, i, style)
			if p.fences && depth == 0 && !p.inLink {
				p.codeBlock(lang, src[lo:hi])
				if end < s.hi && src[end] == '\n' {
					end = skipBlankLines(src, end+1, s.hi)
					if p.lines {
						end = p.constructs(end, s.hi)
					}
				}
				return end
			}
			p.mono(lo, hi, style)
			return end
		}
		next := strings.Index(src[i+3:s.hi], "```")
		if s.looked += next + 3; next < 0 {
			s.fence = true
			s.looked += s.hi - i
		}
	}
	// A longer run than there is a closing one for gives backticks to the code.
	for k := min(n, 63); k > 0 && n < 64; k-- {
		if s.codes&(1<<k) != 0 {
			continue
		}
		end := closingTicks(src, i+k, s.hi, k)
		if end < 0 {
			s.looked += s.hi - i
			s.codes |= 1 << k
			continue
		}
		s.looked += end - i
		lo, hi := i+k, end
		// A space keeps a backtick of the code from the marks.
		if l := strings.TrimLeft(src[lo:hi], " "); l != "" && l[0] == '`' && src[lo] == ' ' {
			lo++
		}
		if r := strings.TrimRight(src[lo:hi], " "); r != "" && r[len(r)-1] == '`' && src[hi-1] == ' ' {
			hi--
		}
		p.words(at, i, style)
		p.mono(lo, hi, style)
		return end + k
	}
	// None of these backticks begins anything: they are passed over together.
	p.words(at, i+n, style)
	return i + n
}

// closingTicks finds the next run of exactly n backticks from i on.
func closingTicks(src string, i, hi, n int) int {
	for j := i; j < hi; {
		k := strings.IndexByte(src[j:hi], '`')
		if k < 0 {
			return -1
		}
		j += k
		m := 1
		for j+m < hi && src[j+m] == '`' {
			m++
		}
		if m == n && j > i {
			return j
		}
		j += m
	}
	return -1
}

// mono gathers code, line by line.
func (p *parser) mono(lo, hi int, style chat.Style) {
	for lo < hi {
		end := strings.IndexByte(p.src[lo:hi], '\n')
		if end < 0 {
			p.unbroken(lo, hi, style|chat.Mono)
			return
		}
		p.unbroken(lo, lo+end, style|chat.Mono)
		p.ragged = p.ragged || end == 0 // the line before may be blank
		lo = p.newline(lo+end, hi, style)
	}
}

// unbroken gathers code without the zero-width spaces that part its backticks.
func (p *parser) unbroken(lo, hi int, style chat.Style) {
	for {
		k := tickBreak(p.src[lo:hi])
		if k < 0 {
			p.words(lo, hi, style)
			return
		}
		p.words(lo, lo+k, style)
		lo += k + len(zwsp)
	}
}

// tickBreak finds a zero-width space after a backtick.
func tickBreak(s string) int {
	k := strings.Index(s, "`"+zwsp)
	if k < 0 {
		return -1
	}
	return k + 1
}

// fence reads a fence that opens at i: its language, where its code is, and where
// it ends. end is −1 when it is not one.
func fence(src string, i, hi int) (lang string, lo, codeEnd, end int) {
	lo = i + 3
	closing := strings.Index(src[lo:hi], "```")
	if closing < 0 {
		return "", 0, 0, -1
	}
	closing += lo
	k := lo
	for k < closing && isLang(src[k]) {
		k++
	}
	if k > lo && k < closing && src[k] == '\n' && strings.Trim(src[k:closing], "\n") != "" {
		lang, lo = src[lo:k], k
	}
	for lo < closing && src[lo] == '\n' {
		lo++
	}
	codeEnd = closing
	for codeEnd > lo && src[codeEnd-1] == '\n' {
		codeEnd--
	}
	if lo == codeEnd {
		return "", 0, 0, -1
	}
	return lang, lo, codeEnd, closing + 3
}

func isLang(c byte) bool { return isWord(c) || c == '+' || c == '.' || c == '#' || c == '-' }

// codeBlock appends a fence as a block of its own.
func (p *parser) codeBlock(lang, code string) {
	p.endPara()
	if tickBreak(code) >= 0 {
		code = strings.ReplaceAll(code, "`"+zwsp, "`")
	}
	p.mem.Spans.Add(chat.Span{Text: code})
	p.add(chat.Block{Kind: chat.Code, Lang: lang, Level: p.under, Text: p.text()})
}
