// Package jsonw appends JSON to a byte slice. It knows commas and escapes and
// nothing else: it builds no tree and does not check that calls make sense.
package jsonw

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Buf is JSON being written. The zero Buf is ready for use. A Buf may be reset
// and used again; the bytes of the last use are then overwritten.
type Buf struct {
	B     []byte
	comma bool // the next value or key needs one before it
}

// Reset empties b and keeps its memory.
func (b *Buf) Reset() { b.B, b.comma = b.B[:0], false }

// Open begins an object.
func (b *Buf) Open() { b.value(); b.B = append(b.B, '{'); b.comma = false }

// Close ends an object.
func (b *Buf) Close() { b.B = append(b.B, '}'); b.comma = true }

// OpenArray begins an array.
func (b *Buf) OpenArray() { b.value(); b.B = append(b.B, '['); b.comma = false }

// CloseArray ends an array.
func (b *Buf) CloseArray() { b.B = append(b.B, ']'); b.comma = true }

// Key writes a key of an object; its value comes next. The key must need no
// escapes.
func (b *Buf) Key(k string) {
	b.value()
	b.B = append(b.B, '"')
	b.B = append(b.B, k...)
	b.B = append(b.B, '"', ':')
	b.comma = false
}

// Str writes a string. Invalid UTF-8 becomes U+FFFD.
func (b *Buf) Str(s string) {
	b.value()
	b.B = AppendString(b.B, s)
	b.comma = true
}

// Bytes writes a string, as Str does.
func (b *Buf) Bytes(s []byte) {
	b.value()
	b.B = AppendString(b.B, s)
	b.comma = true
}

// Int writes an integer.
func (b *Buf) Int(i int64) {
	b.value()
	b.B = strconv.AppendInt(b.B, i, 10)
	b.comma = true
}

// Float writes a number; what JSON cannot express becomes null.
func (b *Buf) Float(f float64) {
	b.value()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		b.B = append(b.B, "null"...)
	} else {
		b.B = strconv.AppendFloat(b.B, f, 'g', -1, 64)
	}
	b.comma = true
}

// Bool writes true or false.
func (b *Buf) Bool(v bool) {
	b.value()
	b.B = strconv.AppendBool(b.B, v)
	b.comma = true
}

// Null writes null.
func (b *Buf) Null() {
	b.value()
	b.B = append(b.B, "null"...)
	b.comma = true
}

// Raw writes a value that is JSON already.
func (b *Buf) Raw(json []byte) {
	b.value()
	b.B = append(b.B, json...)
	b.comma = true
}

// KeyStr writes a key and a string.
func (b *Buf) KeyStr(k, s string) { b.Key(k); b.Str(s) }

// KeyInt writes a key and an integer.
func (b *Buf) KeyInt(k string, i int64) { b.Key(k); b.Int(i) }

// KeyBool writes a key and a boolean.
func (b *Buf) KeyBool(k string, v bool) { b.Key(k); b.Bool(v) }

func (b *Buf) value() {
	if b.comma {
		b.B = append(b.B, ',')
		b.comma = false
	}
}

const hex = "0123456789abcdef"

// plain says which bytes stand in a string as they are.
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// AppendString appends s as a JSON string. "<", ">" and "&" stay as they are: the
// result is for HTTP bodies, not for HTML.
func AppendString[S string | []byte](dst []byte, s S) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := decode(s, i)
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func decode[S string | []byte](s S, i int) (rune, int) {
	return utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
}
