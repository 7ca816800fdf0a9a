package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// zwsp is the zero-width space. mrkdwn has no escape: what must not act, or must
// act inside a word, gets one of these as a neighbour.
const zwsp = "\u200b"

// edge stands for the rune before the first or after the last of a line.
const edge rune = -1

// opens reports whether the mark d between prev and next may open a style. The
// rules were found out by others from what Slack does; they are not documented.
func opens(prev, next rune, d byte) bool {
	return startsAfter(prev, d) && next != edge && !isSpace(next) && next != rune(d)
}

// closes reports whether the mark d between prev and next may close a style.
func closes(prev, next rune, d byte) bool {
	return prev != edge && !isSpace(prev) && endsBefore(next, d)
}

// startsAfter is the half of opens that looks back.
func startsAfter(prev rune, d byte) bool {
	switch {
	case prev == edge || isSpace(prev):
		return true
	case prev == rune(d) || prev == '`' || prev == '@' || prev == '\\':
		return false
	case prev < utf8.RuneSelf:
		return asciiPunct(prev) && prev != ')' && prev != ']' && prev != '}'
	default:
		return isPunct(prev) && !unicode.In(prev, unicode.Pe, unicode.Pf)
	}
}

// endsBefore is the half of closes that looks ahead.
func endsBefore(next rune, d byte) bool {
	switch {
	case next == edge || isSpace(next):
		return true
	case next == rune(d) || next == '`' || next == '@' || next == '\\':
		return false
	case next < utf8.RuneSelf:
		return asciiPunct(next) && next != '(' && next != '[' && next != '{'
	default:
		return isPunct(next) && !unicode.In(next, unicode.Ps, unicode.Pi)
	}
}

// isSpace holds for U+200B too, which senders rely on as a boundary.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return r == '\u200b' || unicode.IsSpace(r)
}

func asciiPunct(r rune) bool {
	return r > ' ' && r < 0x7f && !isAlnum(byte(r))
}

// isPunct holds for the joiners inside emoji too, which Slack keeps as names
// between colons.
func isPunct(r rune) bool {
	return r == '\uFE0F' || r == '\u200D' || r == '\u20E3' || unicode.IsPunct(r) || unicode.IsSymbol(r)
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func before(s string, i int) rune {
	if i == 0 {
		return edge
	}
	if c := s[i-1]; c < utf8.RuneSelf {
		return rune(c)
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r
}

func after(s string, i int) rune {
	if i >= len(s) {
		return edge
	}
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c)
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

// styleOf is the style that the mark d stands for.
func styleOf(d byte) chat.Style {
	switch d {
	case '*':
		return chat.Bold
	case '_':
		return chat.Italic
	case '~':
		return chat.Strike
	case '`':
		return chat.Mono
	}
	return 0
}

// isMark holds for what U+200B keeps from acting, or makes act, beside it.
func isMark(c byte) bool {
	return c == '*' || c == '_' || c == '~' || c == '`' || c == ':'
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

// isBlank reports whether s, of one line, shows nothing.
func isBlank(s string) bool {
	for i := range len(s) {
		if !isBlankByte(s[i]) {
			return false
		}
	}
	return true
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' }

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

// quoteMarker is the number of bytes of the quotation marker at the beginning of
// a line, with the space after it; 0 for none. deep tells that it holds to the end.
func quoteMarker(line string) (size int, deep bool) {
	for k := range 3 {
		switch {
		case strings.HasPrefix(line[size:], ">"):
			size++
		case strings.HasPrefix(line[size:], "&gt;"):
			size += len("&gt;")
		case k == 0:
			return 0, false
		default:
			// One or two: the first alone is the marker.
			size = 1
			if line[0] == '&' {
				size = len("&gt;")
			}
			return size + space(line[size:]), false
		}
	}
	return size + space(line[size:]), true
}

func space(s string) int {
	if strings.HasPrefix(s, " ") {
		return 1
	}
	return 0
}
