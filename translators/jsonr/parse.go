package jsonr

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type parser struct {
	body   []byte
	out    strings.Builder
	copied int // of body, to out
	shift  int // what has to be added to a place in body to have that in out
}

// values appends the first value, and all it holds, to nodes, and gives the place
// behind it.
func (p *parser) values(nodes []node) ([]node, int) {
	up := int32(-1)          // the array or object that is open
	keys := false            // which is an object
	var keyFrom, keyTo int32 // the key of the next value
	keyed := false           // is known
	body := p.body
	for i := 0; ; {
		for i < len(body) && between[body[i]] {
			i++
		}
		if i >= len(body) {
			break
		}
		switch c := body[i]; c {
		case '"':
			from, to, end := p.str(i + 1)
			i = end
			if keys && !keyed {
				keyFrom, keyTo, keyed = from, to, true
				continue
			}
			nodes = append(nodes, node{keyFrom, keyTo, from, to, int32(len(nodes) + 1), String})
		case '{', '[':
			i++
			kind := Array
			if keys = c == '{'; keys {
				kind = Object
			}
			nodes = append(nodes, node{keyFrom: keyFrom, keyTo: keyTo, next: up, kind: kind})
			up = int32(len(nodes) - 1)
			keyFrom, keyTo, keyed = 0, 0, false
			continue
		case '}', ']':
			i++
			if up < 0 {
				return nodes, i
			}
			up, nodes[up].next = nodes[up].next, int32(len(nodes))
			keys = up >= 0 && nodes[up].kind == Object
		default:
			from := i + p.shift
			for i++; i < len(body) && !ends(body[i]); i++ {
			}
			nodes = append(nodes, node{keyFrom, keyTo, int32(from), int32(i + p.shift), int32(len(nodes) + 1), kindOf(c)})
		}
		if keyFrom, keyTo, keyed = 0, 0, false; up < 0 {
			return nodes, i
		}
	}
	for up >= 0 { // what the body leaves open
		up, nodes[up].next = nodes[up].next, int32(len(nodes))
	}
	return nodes, len(body)
}

func kindOf(c byte) Kind {
	switch c {
	case 't':
		return True
	case 'f':
		return False
	case 'n':
		return Null
	default:
		return Number
	}
}

// between is what stands between values; commas and colons are not looked at.
var between = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, ',': true, ':': true}

// ends reports whether a number or name cannot go on with c.
func ends(c byte) bool {
	switch c {
	case ',', ':', '"', '[', ']', '{', '}':
		return true
	default:
		return c <= ' '
	}
}

// str goes from behind the quote that opens a string, at i, to behind the one that
// closes it, and gives the string's place in text.
func (p *parser) str(i int) (from, to int32, end int) {
	from = int32(i + p.shift)
	for {
		i = marked(p.body, i)
		switch {
		case i >= len(p.body):
			return from, int32(i + p.shift), i
		case p.body[i] == '"':
			return from, int32(i + p.shift), i + 1
		}
		i = p.escape(i)
	}
}

// marked is the place of the first quote or backslash from i on, or the length. It
// looks at eight bytes at a time: a byte that is zero borrows from its highest bit.
func marked(s []byte, i int) int {
	const (
		each         = 0x0101010101010101
		high         = 0x80 * each
		quote, slash = '"' * each, '\\' * each
	)
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64(s[i:])
		q, b := w^quote, w^slash
		if m := ((q-each)&^q | (b-each)&^b) & high; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for ; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			break
		}
	}
	return i
}

// escape resolves the escape at i and returns the place behind it. No escape is
// shorter than what it stands for.
func (p *parser) escape(i int) int {
	p.out.Write(p.body[p.copied:i])
	end := min(i+2, len(p.body))
	switch c := p.body[end-1]; c {
	case 'b':
		p.out.WriteByte('\b')
	case 'f':
		p.out.WriteByte('\f')
	case 'n':
		p.out.WriteByte('\n')
	case 'r':
		p.out.WriteByte('\r')
	case 't':
		p.out.WriteByte('\t')
	case 'u':
		var r rune
		r, end = p.unicode(i)
		p.out.WriteRune(r)
	default: // itself
		p.out.WriteByte(c)
	}
	p.copied, p.shift = end, p.out.Len()-end
	return end
}

// unicode is the character of the \u at i, of which two may make one.
func (p *parser) unicode(i int) (rune, int) {
	r := p.hex(i)
	switch {
	case r < 0:
		return 'u', i + 2
	case !utf16.IsSurrogate(r):
		return r, i + 6
	}
	if both := utf16.DecodeRune(r, p.hex(i+6)); both != utf8.RuneError {
		return both, i + 12
	}
	return utf8.RuneError, i + 6
}

// hex is the number in a \u at i; negative when there is none.
func (p *parser) hex(i int) (r rune) {
	if i+6 > len(p.body) || p.body[i] != '\\' || p.body[i+1] != 'u' {
		return -1
	}
	for _, c := range p.body[i+2 : i+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
