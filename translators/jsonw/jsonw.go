// Package jsonw appends JSON to a byte slice. It knows commas and escapes and
// nothing else: it builds no tree and does not check that calls make sense.
package jsonw

import (
	"math"
	"math/bits"
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

// KeyWord writes a key and a string which needs no escapes, as the key.
func (b *Buf) KeyWord(k, word string) {
	b.Key(k)
	b.B = append(b.B, '"')
	b.B = append(b.B, word...)
	b.B = append(b.B, '"')
	b.comma = true
}

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

// AppendString appends s as a JSON string. "<", ">" and "&" stay as they are: the
// result is for HTTP bodies, not for HTML.
func AppendString[S string | []byte](dst []byte, s S) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if i += plain(s, i); i == len(s) {
			break
		}
		if s[i] >= utf8.RuneSelf {
			for i < len(s) && s[i] >= utf8.RuneSelf {
				r, size := decode(s, i)
				if r == utf8.RuneError && size == 1 {
					dst = append(append(dst, s[start:i]...), "\uFFFD"...)
					start = i + 1
				}
				i += size
			}
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c := s[i]; c {
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

// plain is how many bytes from i on stand in a string as they are: ASCII but for
// controls, quotes and backslashes. It looks at eight bytes at a time: what is
// lower than a byte it is subtracted from, or equal to what it is compared with,
// borrows from the highest bit.
func plain[S string | []byte](s S, from int) int {
	const (
		each         = 0x0101010101010101
		high         = 0x80 * each
		space        = ' ' * each
		quote, slash = '"' * each, '\\' * each
	)
	i := from
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		q, e := w^quote, w^slash
		if m := (w | (w - space) | (q - each) | (e - each)) & high; m != 0 {
			return i + bits.TrailingZeros64(m)/8 - from
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return i - from
}

func decode[S string | []byte](s S, i int) (rune, int) {
	return utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
}
