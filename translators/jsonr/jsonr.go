// Package jsonr reads JSON in one pass, for a reader that comes back to its parts:
// whoever walks a message by its nesting would otherwise scan each byte once for
// every level above it. It keeps the places of the values in a flat list, and all
// strings in one piece of memory.
//
// It does not judge: whoever has to refuse what is no JSON does so before. What is
// none is read as far as it makes sense, in linear time and without recursion.
package jsonr

import (
	"iter"
	"math"
	"strconv"
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
