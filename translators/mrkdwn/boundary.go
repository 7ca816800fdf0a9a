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

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

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

// joints is the number of bytes of the zero-width spaces that s begins with.
func joints(s string) int {
	n := 0
	for strings.HasPrefix(s[n:], zwsp) {
		n += len(zwsp)
	}
	return n
}

// isMark holds for what U+200B keeps from acting, or makes act, beside it.
func isMark(c byte) bool {
	return c == '*' || c == '_' || c == '~' || c == '`' || c == ':'
}

// isBlank reports whether s, of one line, shows nothing.
func isBlank(s string) bool {
	for i := 0; i < len(s); i++ {
		if isBlankByte(s[i]) {
			continue
		}
		if !strings.HasPrefix(s[i:], zwsp) {
			return false
		}
		i += len(zwsp) - 1
	}
	return true
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' }
