package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

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

// A marker is what a line begins with that makes it an item of a list.
type marker struct {
	indent int // columns before it
	size   int // bytes, with the white space on both sides
	at     int // bytes before it
	rank   int // how deep its glyph is by custom
	number int // 0: a bullet
}

// listMarker reads the marker at the beginning of a line, which must have more
// than that.
func listMarker(line string) (m marker, ok bool) {
	m.indent, m.at = indent(line)
	rest := line[m.at:]
	size := 0
	switch {
	case rest == "":
		return m, false
	case strings.HasPrefix(rest, "•"):
		size = len("•")
	case strings.HasPrefix(rest, "◦"):
		size, m.rank = len("◦"), 1
	case strings.HasPrefix(rest, "▪"):
		size, m.rank = len("▪"), 2
		if strings.HasPrefix(rest[size:], "\uFE0E") || strings.HasPrefix(rest[size:], "\uFE0F") {
			size += len("\uFE0E")
		}
	case rest[0] == '-' || rest[0] == '*':
		if len(rest) < 3 || rest[1] != ' ' || isBlank(rest[1:]) {
			return m, false
		}
		size = 1
	default:
		for size < len(rest) && size < 4 && rest[size] >= '0' && rest[size] <= '9' {
			m.number = m.number*10 + int(rest[size]-'0')
			size++
		}
		if m.number == 0 || rest[0] == '0' || size > 3 || !strings.HasPrefix(rest[size:], ". ") {
			return marker{}, false
		}
		size++
	}
	for m.at+size < len(line) && (line[m.at+size] == ' ' || line[m.at+size] == '\t') {
		size++
	}
	m.size = m.at + size
	return m, strings.TrimLeftFunc(line[m.size:], isSpace) != ""
}

// indent is the white space at the beginning of s, in columns and in bytes.
func indent(s string) (columns, size int) {
	for ; size < len(s); size++ {
		switch s[size] {
		case ' ':
			columns++
		case '\t':
			columns += 4 - columns%4
		default:
			return columns, size
		}
	}
	return columns, size
}
