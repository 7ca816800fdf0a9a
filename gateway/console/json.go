package console

import (
	"bytes"
	"html/template"
	"strings"
)

// The most of a payload that a page shows, in bytes; the rest is at the API.
const mostShown = 64 << 10

// deepest indentation of shown JSON; what is deeper stands below each other.
const deepest = 24

// payload is a payload made ready to be read.
type payload struct {
	HTML template.HTML
	Cut  bool // the payload is longer than a page shows
	Size string
}

// pretty lays JSON out, with its keys, strings and numbers told apart; what does
// not begin as JSON is shown as it is. It never errs: what is broken in a payload
// shows as it stands, save for white space between tokens.
func pretty(b []byte) payload {
	p := payload{Size: size(int64(len(b)))}
	if len(b) > mostShown {
		b, p.Cut = b[:mostShown], true
	}
	text := strings.ToValidUTF8(string(b), "\ufffd")
	var s layout
	if t := bytes.TrimLeft(b, " \t\r\n"); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
		p.Cut = !s.json(text) || p.Cut
	} else {
		s.text(text)
	}
	p.HTML = s.done()
	return p
}

// layout writes JSON over lines.
type layout struct {
	sheet
	deep int
}

func (s *layout) line() {
	s.html = append(s.html, '\n')
	for range min(s.deep, deepest) {
		s.html = append(s.html, "  "...)
	}
}

// json reports whether all of src found place: laid out, it may be a multiple.
func (s *layout) json(src string) bool {
	for i := 0; i < len(src); {
		if len(s.html) > 8*mostShown {
			return false
		}
		switch c := src[i]; c {
		case ' ', '\t', '\r', '\n':
			i++
		case '{', '[':
			i++
			s.html = append(s.html, c)
			if j := i + blanks(src[i:]); j < len(src) && (src[j] == '}' || src[j] == ']') {
				s.html = append(s.html, src[j])
				i = j + 1
				continue
			}
			s.deep++
			s.line()
		case '}', ']':
			i++
			s.deep = max(0, s.deep-1)
			s.line()
			s.html = append(s.html, c)
		case ',':
			i++
			s.html = append(s.html, c)
			s.line()
		case ':':
			i++
			s.html = append(s.html, ": "...)
		case '"':
			n := quoted(src[i:])
			class := fixed("s")
			if j := i + n + blanks(src[i+n:]); j < len(src) && src[j] == ':' {
				class = "k"
			}
			s.element("span", class, src[i:i+n])
			i += n
		default:
			n := strings.IndexAny(src[i:], " \t\r\n{}[],:\"")
			if n < 0 {
				n = len(src) - i
			}
			s.element("span", "n", src[i:i+n])
			i += n
		}
	}
	return true
}

// blanks is the number of white bytes at the beginning of s.
func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

// quoted is the length of the string at the beginning of s, with its quotes.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
