package chat

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Cursor is a place in a Text: a byte of a span's Text. The zero Cursor is the
// beginning.
type Cursor struct{ Span, Byte int }

// End is the cursor of a text that is written to its end.
var End = Cursor{Span: -1}

// Pos is a place in a run of blocks: a block and a place in its text. A run is
// written to its end when Block is its length.
type Pos struct {
	Block int
	At    Cursor
}

// AppendPlain appends what a reader sees of t, without styles and addresses.
func (t Text) AppendPlain(dst []byte) []byte {
	for i := range t {
		dst = append(dst, t[i].Text...)
	}
	return dst
}

// Plain is what a reader sees of t. A text of one span costs nothing.
func (t Text) Plain() string {
	if len(t) == 1 {
		return t[0].Text
	}
	var few [256]byte
	return string(t.AppendPlain(few[:0]))
}

// Chars is the number of code points of what a reader sees of t.
func (t Text) Chars() int {
	n := 0
	for i := range t {
		n += utf8.RuneCountInString(t[i].Text)
	}
	return n
}

// Bounded is src with line feeds for its line ends and without the marks that turn
// words about, or the beginning of one longer than MaxText, which is noted. It
// bounds what parsing a text may cost in memory.
func Bounded(n *Notes, src string) string {
	if strings.IndexByte(src, '\r') >= 0 || strings.Contains(src, leftOverride) || strings.Contains(src, rightOverride) {
		clean(&src)
	}
	if len(src) <= MaxText {
		return src
	}
	end := MaxText
	for end > MaxText-utf8.UTFMax && !utf8.RuneStart(src[end]) {
		end--
	}
	n.Add(Dropped, "text", utf8.RuneCountInString(src[end:]))
	return src[:end]
}

// Cut says where s may be cut so that at most max code points stand before the
// cut, as a number of bytes: all of s when it fits; else after a line break or a
// space when there is one in the second half of what fits; else between two
// graphemes. It is more than 0 when max is, even if one grapheme alone is longer
// than max. The cut never splits a code point.
func Cut(s string, max int) int {
	if max <= 0 {
		return 0
	}
	limit := offset(s, max)
	if limit == len(s) {
		return limit
	}
	if i := strings.LastIndexByte(s[:limit], '\n') + 1; i > limit/2 {
		return i
	}
	if s[limit] == ' ' || s[limit] == '\n' {
		return limit
	}
	if i := strings.LastIndexByte(s[:limit], ' ') + 1; i > limit/2 && (plainASCII(s[i]) || graphemeBefore(s, i) == i) {
		return i // what follows may belong to the space
	}
	if i := graphemeBefore(s, limit); i > 0 {
		return i
	}
	return limit
}

// offset is the number of bytes of the first max code points of s.
func offset(s string, max int) int {
	if len(s) <= max {
		return len(s)
	}
	for i := range s {
		if max == 0 {
			return i
		}
		max--
	}
	return len(s)
}

// graphemeBefore is the last boundary between graphemes at or before limit. It
// looks back only so far that the cost of a cut is bounded.
func graphemeBefore(s string, limit int) int {
	const back = 512
	from := max(0, limit-back)
	for i := limit - 1; i > from; i-- {
		if plainASCII(s[i-1]) && plainASCII(s[i]) {
			from = i
			break
		}
	}
	for from < limit && !utf8.RuneStart(s[from]) {
		from++
	}
	at, state := from, -1
	rest := s[from:]
	for len(rest) > 0 {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if at+len(cluster) > limit {
			return at
		}
		at += len(cluster)
	}
	return at
}

// plainASCII characters never join with a neighbour of their kind.
func plainASCII(c byte) bool { return c >= ' ' && c < 0x7f }

// Width is the number of columns that s takes in a monospaced font.
func Width(s string) int { return uniseg.StringWidth(s) }

// Budget is a number of characters that several texts share.
type Budget struct{ left int }

// NewBudget is a budget of max characters.
func NewBudget(max int) *Budget { return &Budget{max} }

// Left is what has not been taken yet, never negative.
func (b *Budget) Left() int { return max(0, b.left) }

// Take takes n characters.
func (b *Budget) Take(n int) { b.left -= n }
