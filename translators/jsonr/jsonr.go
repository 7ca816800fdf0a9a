// Package jsonr reads JSON in one pass, for a reader that comes back to its parts:
// whoever walks a message by its nesting would otherwise scan each byte once for
// every level above it. It keeps the places of the values in a flat list, and all
// strings in one piece of memory.
//
// It does not judge: whoever has to refuse what is no JSON does so before. What is
// none is read as far as it makes sense, in linear time and without recursion.
package jsonr

import (
	"bytes"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the type of a value.
type Kind uint8

// The kinds. What is not there is Null.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object
)

// Doc holds the values of one body, which is at least two bytes for each of them;
// a value takes 24. The zero Doc is ready for use, by one goroutine at a time.
type Doc struct {
	text  string // the body with the escapes in its strings resolved
	nodes []node // in the order of the body: a value, then what it holds
}

// node is a value and, in an object, its key. The places are those in text.
type node struct {
	keyFrom, keyTo int32
	from, to       int32 // of a string: without its quotes; of an array or object: nothing
	next           int32 // the node behind the value and all it holds; its parent while it is open
	kind           Kind
}

// Value is one value of a Doc, valid until that reads another body. The zero Value
// is one that is not there. Every method is total: a value of another type than
// the one asked for reads as nothing.
type Value struct {
	doc *Doc
	at  int32
}

// keptNodes is how many nodes a Doc keeps the memory of.
const keptNodes = 1 << 12

// Reset lets go of the body, but keeps some memory for the next.
func (d *Doc) Reset() {
	d.text, d.nodes = "", d.nodes[:0]
	if cap(d.nodes) > keptNodes {
		d.nodes = nil
	}
}

// Parse reads body, of which it keeps a copy, and returns the value in it. Strings
// taken from the values share that copy and outlive the Doc.
func (d *Doc) Parse(body []byte) Value {
	d.Reset()
	if len(body) > math.MaxInt32 {
		return Value{}
	}
	p := parser{body: body}
	p.out.Grow(len(body))
	var end int
	d.nodes, end = p.values(d.nodes)
	p.out.Write(body[p.copied:end])
	d.text = p.out.String()
	if len(d.nodes) == 0 {
		return Value{}
	}
	return Value{doc: d}
}

type parser struct {
	body   []byte
	out    strings.Builder
	copied int // of body, to out
	shift  int // what has to be added to a place in body to have that in out
}

// values appends the first value, and all it holds, to nodes, and gives the place
// behind it.
func (p *parser) values(nodes []node) ([]node, int) {
	up := int32(-1) // the array or object that is open
	var n node      // the next value, which may have its key
	keyed := false
	body := p.body
	for i := 0; i < len(body); {
		c := body[i]
		if between[c] {
			i++
			continue
		}
		switch c {
		case '"':
			from, to, end := p.str(i)
			i = end
			if !keyed && up >= 0 && nodes[up].kind == Object {
				n.keyFrom, n.keyTo, keyed = from, to, true
				continue
			}
			n.kind, n.from, n.to = String, from, to
			n.next = int32(len(nodes) + 1)
			nodes = append(nodes, n)
		case '{', '[':
			i++
			n.kind = Array
			if c == '{' {
				n.kind = Object
			}
			n.next, up = up, int32(len(nodes))
			nodes = append(nodes, n)
			n, keyed = node{}, false
			continue
		case '}', ']':
			i++
			if up < 0 {
				return nodes, i
			}
			up, nodes[up].next = nodes[up].next, int32(len(nodes))
		default:
			n.kind, n.from = kindOf(c), int32(i+p.shift)
			for i++; i < len(body) && !ends[body[i]]; i++ {
			}
			n.to = int32(i + p.shift)
			n.next = int32(len(nodes) + 1)
			nodes = append(nodes, n)
		}
		if n, keyed = (node{}), false; up < 0 {
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

// between is what stands between values; a number or name ends there, and where
// another value or its container does.
var (
	between = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, ',': true, ':': true}
	ends    = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, ',': true, ':': true, '"': true, '[': true, ']': true, '{': true, '}': true}
)

// short is the length up to which a string is read byte by byte, which takes less
// than a search: most are keys, types and names.
const short = 24

// str goes from the quote at i that opens a string to behind the one that closes
// it, and gives the string's place in text.
func (p *parser) str(i int) (from, to int32, end int) {
	i++
	from = int32(i + p.shift)
	for k, c := range p.body[i:min(i+short, len(p.body))] {
		if c == '"' {
			return from, from + int32(k), i + k + 1
		}
		if c == '\\' {
			break
		}
	}
	quote := p.quote(i)
	for {
		slash := bytes.IndexByte(p.body[i:quote], '\\')
		if slash < 0 {
			return from, int32(quote + p.shift), min(quote+1, len(p.body))
		}
		if i = p.escape(i + slash); i > quote { // the quote was escaped
			quote = p.quote(i)
		}
	}
}

// quote is the place of the next quote, or the end.
func (p *parser) quote(i int) int {
	if n := bytes.IndexByte(p.body[i:], '"'); n >= 0 {
		return i + n
	}
	return len(p.body)
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

func (v Value) node() *node { return &v.doc.nodes[v.at] }

// Exists reports whether there is a value, be it null.
func (v Value) Exists() bool { return v.doc != nil }

// Kind is the type of v.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Null
	}
	return v.node().kind
}

// IsObject reports whether v is an object.
func (v Value) IsObject() bool { return v.Kind() == Object }

// IsArray reports whether v is an array.
func (v Value) IsArray() bool { return v.Kind() == Array }

// Str is a string. Bytes in it that are no UTF-8 are left as they are.
func (v Value) Str() string {
	if v.Kind() != String {
		return ""
	}
	return v.Raw()
}

// Raw is a string, or a number, true, false or null as it is written.
func (v Value) Raw() string {
	if v.doc == nil {
		return ""
	}
	n := v.node()
	return v.doc.text[n.from:n.to]
}

// Num is a number; infinite when it is too large.
func (v Value) Num() float64 {
	if v.Kind() != Number {
		return 0
	}
	f, _ := strconv.ParseFloat(v.Raw(), 64)
	return f
}

// Empty reports whether v is no array or object that holds something.
func (v Value) Empty() bool { return v.doc == nil || v.node().next == v.at+1 }

// Members walks an object, or an array, whose elements have no keys. A key may
// come twice.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.doc == nil {
			return
		}
		for at, end := v.at+1, v.node().next; at < end; {
			n := &v.doc.nodes[at]
			if !yield(v.doc.text[n.keyFrom:n.keyTo], Value{v.doc, at}) {
				return
			}
			at = n.next
		}
	}
}

// Get is the first member of an object with a key.
func (v Value) Get(key string) Value {
	if v.Kind() != Object {
		return Value{}
	}
	for at, end := v.at+1, v.node().next; at < end; {
		n := &v.doc.nodes[at]
		if v.doc.text[n.keyFrom:n.keyTo] == key {
			return Value{v.doc, at}
		}
		at = n.next
	}
	return Value{}
}
