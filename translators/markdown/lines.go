package markdown

import (
	"strings"

	"dragoman/translators/chat"
)

// construct reads a heading, subtext, quotation or item that begins with the line
// at i, and says where it ends: at the beginning of a line, or hi. It is −1 when
// there is none.
func (p *parser) construct(i, hi int) int {
	src := p.src
	k := i
	for k < hi && src[k] == ' ' {
		k++
	}
	if k == hi {
		return -1
	}
	switch c := src[k]; {
	case c == '#':
		n := 1
		for k+n < hi && src[k+n] == '#' {
			n++
		}
		if n <= 3 && p.place != FieldValue && k+n < hi && src[k+n] == ' ' {
			return p.line(chat.Block{Kind: chat.Heading, Level: n}, k+n+1, hi)
		}
	case c == '-' && strings.HasPrefix(src[k:hi], "-# "):
		if p.place != FieldValue {
			return p.line(chat.Block{Kind: chat.Small}, k+3, hi)
		}
	case c == '-' || c == '*':
		if k+1 < hi && src[k+1] == ' ' {
			return p.item(i, k, k+2, hi, 0)
		}
	case c >= '1' && c <= '9':
		n, number := 0, 0
		for k+n < hi && n < 9 && src[k+n] >= '0' && src[k+n] <= '9' {
			number = 10*number + int(src[k+n]-'0')
			n++
		}
		if strings.HasPrefix(src[k+n:hi], ". ") {
			return p.item(i, k, k+n+2, hi, number)
		}
	case c == '>' && !p.quoted:
		if strings.HasPrefix(src[k:hi], ">>> ") {
			p.endPara()
			p.nest(src[k+4:hi], true)
			return hi
		}
		if strings.HasPrefix(src[k:hi], "> ") {
			return p.quote(k+2, hi)
		}
	}
	return -1
}

// lineEnd is where the line that holds i ends: at a line break, or hi.
func lineEnd(src string, i, hi int) int {
	if k := strings.IndexByte(src[i:hi], '\n'); k >= 0 {
		return i + k
	}
	return hi
}

// line reads the rest of one line into a block.
func (p *parser) line(b chat.Block, lo, hi int) int {
	end := lineEnd(p.src, lo, hi)
	if strings.Trim(p.src[lo:end], " \t") == "" {
		return -1
	}
	p.endPara()
	for p.src[lo] == ' ' {
		lo++
	}
	last := end
	for p.src[last-1] == ' ' {
		last--
	}
	lines, fences, head := p.lines, p.fences, p.head
	p.lines, p.fences, p.head = false, false, b
	p.run(lo, last, 0, 0)
	p.endPara()
	p.lines, p.fences, p.head = lines, fences, head
	return min(end+1, hi)
}

// quote reads the quotation whose first line is quoted from lo on.
func (p *parser) quote(lo, hi int) int {
	p.endPara()
	src := p.src
	end := lineEnd(src, lo, hi)
	next, ok := quotedLine(src, end, hi)
	if !ok {
		p.nest(src[lo:end], true)
		return min(end+1, hi)
	}
	var b strings.Builder
	b.WriteString(src[lo:end])
	for ok {
		lo, end = next, lineEnd(src, next, hi)
		b.WriteByte('\n')
		b.WriteString(src[lo:end])
		next, ok = quotedLine(src, end, hi)
	}
	p.nest(b.String(), true)
	return min(end+1, hi)
}

// quotedLine gives where the text of the line after the break at end begins, when
// that is quoted too.
func quotedLine(src string, end, hi int) (int, bool) {
	k := end + 1
	for k < hi && src[k] == ' ' {
		k++
	}
	if k < hi && strings.HasPrefix(src[k:hi], "> ") {
		return k + 2, true
	}
	return 0, false
}

// nest reads text that is not, or not as it stands, a part of src.
func (p *parser) nest(text string, quote bool) {
	src, quoted := p.src, p.quoted
	p.src, p.quoted = text, p.quoted || quote
	p.listGoesOn = -1
	p.run(0, len(text), 0, 0)
	p.endPara()
	p.src, p.quoted = src, quoted
	p.listGoesOn = -1
}

// item reads an item of a list: its line begins at i, its mark at mark, its text
// at lo.
func (p *parser) item(i, mark, lo, hi, number int) int {
	p.endPara()
	level := p.depth(mark-i, p.listGoesOn == i)
	if number > 0 && p.ordinals[level] > 0 {
		number = p.ordinals[level] + 1 // the numbers after the first are Discord's
	}
	p.ordinals[level] = number

	src := p.src
	end := lineEnd(src, lo, hi)
	next := skipBlankLines(src, min(end+1, hi), hi)
	text, several := src[lo:end], false
	if goesOn(src, next, hi) {
		var b strings.Builder
		b.WriteString(text)
		for goesOn(src, next, hi) {
			for range strings.Count(src[end:next], "\n") {
				b.WriteByte('\n')
			}
			from := next
			for from < next+lo-i && src[from] == ' ' {
				from++
			}
			end = lineEnd(src, next, hi)
			b.WriteString(src[from:end])
			next = skipBlankLines(src, min(end+1, hi), hi)
		}
		text, several = b.String(), true
	}

	lines, fences, head, under := p.lines, p.fences, p.head, p.under
	p.lines, p.fences, p.under = false, true, level+1
	p.head = chat.Block{Kind: chat.Item, Level: level, Number: number}
	if several {
		p.nest(text, false)
	} else {
		p.run(lo, end, 0, 0)
	}
	p.endPara()
	if p.head.Kind == chat.Item {
		p.endPara()
	}
	p.lines, p.fences, p.head, p.under = lines, fences, head, under
	p.listGoesOn = next
	return next
}

// goesOn reports whether the line at i, which is not blank, still belongs to the
// item before it: it is indented and no item.
func goesOn(src string, i, hi int) bool {
	if i >= hi || src[i] != ' ' {
		return false
	}
	return !beginsItem(src[i:hi])
}

// beginsItem reports whether the line that s begins with is an item, wherever it
// is indented.
func beginsItem(s string) bool {
	for s != "" && s[0] == ' ' {
		s = s[1:]
	}
	if strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "* ") {
		return true
	}
	digits := 0
	for digits < len(s) && digits < 9 && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	return digits > 0 && s[0] != '0' && strings.HasPrefix(s[digits:], ". ")
}

// depth is the level of an item that is indented by so many spaces.
func (p *parser) depth(indent int, same bool) int {
	if !same {
		p.open = 0
	}
	for p.open > 0 && p.list[p.open-1] > indent {
		p.open--
	}
	if p.open == 0 || p.list[p.open-1] < indent && p.open <= maxDepth {
		p.list[p.open] = indent
		p.ordinals[p.open] = 0
		p.open++
	}
	return p.open - 1
}
