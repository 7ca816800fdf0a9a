package github

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// What a card says is written, one thing after the other, into a single piece of
// memory that the event owns, and the strings of the message are cut from that.
// A card has some thirty of them, and would make as many allocations.

// text is its parts, one after the other.
func (e *event) text(parts ...string) string { return e.join("", parts...) }

// join is the parts that are not empty, with sep between them.
func (e *event) join(sep string, parts ...string) string {
	from, between := e.ink.Len(), ""
	for _, p := range parts {
		if p != "" {
			e.ink.WriteString(between)
			e.ink.WriteString(p)
			between = sep
		}
	}
	return e.ink.String()[from:]
}

// str is a string, or a number as it is written.
func (e *event) str(v value) string {
	raw := v.raw()
	for _, c := range raw {
		if c == '\\' {
			return e.escapes.Parse(v).Str()
		}
	}
	from := e.ink.Len()
	e.ink.Write(raw)
	return e.ink.String()[from:]
}

// line is a string as one line: what people name things is never more.
func (e *event) line(v value) string { return oneLine(e.str(v)) }

// url is a string that is an address which can be opened in a browser.
func (e *event) url(v value) string {
	if s := e.str(v); isWeb(s) {
		return s
	}
	return ""
}

// num is a number.
func (e *event) num(n int64) string {
	var digits [20]byte
	from := e.ink.Len()
	e.ink.Write(strconv.AppendInt(digits[:0], n, 10))
	return e.ink.String()[from:]
}

// plural is "1 commit", "2 commits".
func (e *event) plural(n int, noun string) string {
	if n == 1 {
		return e.text("1 ", noun)
	}
	return e.text(e.num(int64(n)), " ", noun, "s")
}

// number is digits, or nothing.
func (e *event) number(v value) string {
	if v.int() <= 0 {
		return ""
	}
	return e.str(v)
}

// upper is s with its first letter, if that is an ASCII one, in upper case.
func (e *event) upper(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	from := e.ink.Len()
	e.ink.WriteByte(s[0] - 'a' + 'A')
	e.ink.WriteString(s[1:])
	return e.ink.String()[from:]
}

// hashChars is how much of a commit's hash is shown, as GitHub does.
const hashChars = 7

// sha is a commit's hash, short; empty for the hash of zeros, which is no commit.
func (e *event) sha(v value) string {
	s := e.line(v)
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return s[:cutAt(s, hashChars)]
}

// firstLine of what may be several, not longer than max code points.
func (e *event) firstLine(v value, max int) string {
	head, _, _ := strings.Cut(strings.TrimSpace(e.str(v)), "\n")
	return e.short(oneLine(head), max)
}

// short is s, or its beginning and "…".
func (e *event) short(s string, max int) string {
	if len(s) <= max || utf8.RuneCountInString(s) <= max {
		return s
	}
	return e.text(strings.TrimSpace(s[:chat.Cut(s, max)]), "…")
}

// spaced is the words of a name with underscores: "ready for review" of
// "ready_for_review".
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// cutAt is the number of bytes of the first max code points of s.
func cutAt(s string, max int) int {
	for i := range s {
		if max == 0 {
			return i
		}
		max--
	}
	return len(s)
}

// join is the parts that are not empty, with sep between them.
func join(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// number is digits, or nothing.
func number(v value) string {
	if n := v.int(); n > 0 {
		return strconv.FormatInt(n, 10)
	}
	return ""
}
