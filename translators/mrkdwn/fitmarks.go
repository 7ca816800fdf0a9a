package mrkdwn

import (
	"unicode/utf8"

	"dragoman/translators/chat"
)

// marked are the styles that have a mark, marks those marks.
const marked = chat.Bold | chat.Italic | chat.Strike | chat.Mono

var marks = [...]byte{'*', '_', '~', '`'}

// want makes style the style of what follows: marks that it has not are closed
// before the white space that waits, marks that it needs are opened after it. Of
// marks that are open together the outer last longer, so that none has to be closed
// and opened again at white space, where it cannot be: an open one that ends before
// one that is missing is closed, too, and opened again inside of that.
func (w *writer) want(style chat.Style, rest chat.Text) {
	style &= marked
	w.bare = false
	w.closeTo(style)
	missing := style &^ w.open()
	if missing != 0 && w.deep > 0 && w.gap == "" {
		longest := w.lasts(w.outermost(missing, rest), rest)
		for _, d := range w.marks[:w.deep] {
			if w.lasts(d, rest) < longest {
				w.closeTo(style &^ styleOf(d))
				missing = style &^ w.open()
				break
			}
		}
	}
	if w.gap != "" && w.worn&missing != 0 { // nothing opens before white space
		w.lost |= lostStyle
	}
	w.flushGap()
	w.prior = style
	for missing != 0 {
		d := w.outermost(missing, rest)
		missing &^= styleOf(d)
		w.follow(rune(d))
		if w.sticky || d == '`' && w.last() == '`' || d != '`' && !startsAfter(w.last(), d) || d == '_' && w.inName() {
			w.space()
		}
		w.sticky = false
		w.fresh = false
		w.dst = append(w.dst, d)
		w.used++
		w.marks[w.deep] = d
		w.deep++
	}
}

// outermost is the mark, of those for styles, that lasts longest.
func (w *writer) outermost(styles chat.Style, rest chat.Text) (d byte) {
	longest := -1
	for _, m := range marks {
		if styles&styleOf(m) == 0 {
			continue
		}
		if styles == styleOf(m) {
			return m
		}
		if n := w.lasts(m, rest); n > longest {
			d, longest = m, n
		}
	}
	return d
}

// lasts is for how many spans of rest the style of d goes on. Code is always
// innermost, since nothing acts in it.
func (w *writer) lasts(d byte, rest chat.Text) int {
	const far = 32 // no farther; what is lost by that is noted
	n := 0
	for d != '`' && n < min(len(rest), far) && (rest[n].Style|w.also)&styleOf(d) != 0 {
		n++
	}
	return n
}

// closeTo closes marks from the innermost on until none is open that style has not.
func (w *writer) closeTo(style chat.Style) {
	keep := 0
	for keep < w.deep && style&styleOf(w.marks[keep]) != 0 {
		keep++
	}
	if keep < w.deep {
		for w.deep > keep {
			w.deep--
			d := w.marks[w.deep]
			w.dst = append(w.dst, d)
			w.used++
			w.shut = d
		}
	} else if w.deep > 0 && w.marks[w.deep-1] == '`' && style&^w.open() != 0 {
		w.closeTo(style &^ chat.Mono) // nothing acts inside of code
	}
}

func (w *writer) open() chat.Style {
	var s chat.Style
	for _, d := range w.marks[:w.deep] {
		s |= styleOf(d)
	}
	return s
}

// flushGap writes the white space that waits.
func (w *writer) flushGap() {
	if w.gap == "" {
		return
	}
	gap := w.gap
	w.gap, w.shut, w.sticky = "", 0, false
	w.raw(gap)
}

// follow readies the output for the rune that comes next.
func (w *writer) follow(next rune) {
	switch w.shut {
	case 0:
		return
	case ':':
		if next == ':' || isNameRune(next) {
			w.space()
		}
	case '`':
		if next == '`' {
			w.space()
		}
	default:
		if !endsBefore(next, w.shut) || w.sticky && next != edge && !isSpace(next) {
			w.space()
		}
	}
	w.shut, w.sticky = 0, false
}

func isNameRune(r rune) bool {
	return r >= utf8.RuneSelf && !isPunct(r) && !isSpace(r) || r > 0 && r < utf8.RuneSelf && isAlnum(byte(r))
}
