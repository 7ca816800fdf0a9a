package markdown

import (
	"strings"

	"dragoman/translators/chat"
)

// styleMarks are the marks of the styles, in the order in which they are opened
// when several last equally long.
var styleMarks = [...]struct {
	bit  chat.Style
	mark string
}{
	{chat.Spoiler, "||"},
	{chat.Strike, "~~"},
	{chat.Underline, "__"},
	{chat.Bold, "**"},
	{chat.Italic, "*"},
}

const markStyles = chat.Spoiler | chat.Strike | chat.Underline | chat.Bold | chat.Italic

func markOf(bit chat.Style) string {
	for i := range styleMarks {
		if styleMarks[i].bit == bit {
			return styleMarks[i].mark
		}
	}
	return ""
}

// marks closes the marks that are not in style and opens those which are missing,
// the ones that last longest from span k of t on first.
func (w *writer) marks(style chat.Style, t chat.Text, k int) {
	style &= markStyles
	for w.style&^style != 0 {
		w.opens--
		bit := w.open[w.opens]
		w.style &^= bit
		mark := markOf(bit)
		switch last := w.lastByte(); {
		case w.closed:
		case (bit == chat.Strike || bit == chat.Spoiler) && last == mark[0]: // no backslash hides it from the closing mark
			w.break0()
		case bit == chat.Italic && isSpace(last): // there it would close nothing
			w.break0()
		}
		w.dst = append(w.dst, mark...)
		w.used += len(mark)
		w.closed = true
	}
	opens := w.opens
	for missing := style &^ w.style; missing != 0; missing = style &^ w.style {
		w.openMark(longest(missing, t, k))
	}
	if w.opens > opens && k < len(t) && (t[k].Kind == chat.Words || w.inLabel) && t[k].Style&chat.Mono == 0 {
		w.beforeSpace(t[k].Text)
	}
}

// beforeSpace parts the mark of italic that was opened last from white space at the
// beginning of s, before which it would open nothing.
func (w *writer) beforeSpace(s string) {
	if w.opens > 0 && w.open[w.opens-1] == chat.Italic && s != "" && isSpace(s[0]) {
		w.break0()
	}
}

func (w *writer) openMark(bit chat.Style) {
	mark := markOf(bit)
	if w.closed && (w.lastByte() == mark[0] || w.lastByte() == '~' && mark[0] == '_') {
		w.break0()
	}
	w.dst = append(w.dst, mark...)
	w.used += len(mark)
	w.open[w.opens] = bit
	w.opens++
	w.style |= bit
	w.closed = false
}

// longest is the bit of style that the most spans from k on have in a row.
func longest(style chat.Style, t chat.Text, k int) chat.Style {
	if style&(style-1) == 0 {
		return style
	}
	for i := k; i < len(t); i++ {
		both := style & t[i].Style
		if both == 0 {
			break
		}
		style = both
	}
	for i := range styleMarks {
		if style&styleMarks[i].bit != 0 {
			return styleMarks[i].bit
		}
	}
	return style
}

// closing is how many characters it takes to close what is open.
func (w *writer) closing() int {
	n := 0
	for _, bit := range w.open[:w.opens] {
		n += 2
		if bit == chat.Strike || bit == chat.Spoiler {
			n++
		}
	}
	return n
}

// break0 writes a zero-width space.
func (w *writer) break0() {
	w.dst = append(w.dst, zwsp...)
	w.used++
	w.closed = false
}

func (w *writer) lastByte() byte {
	if len(w.dst) == 0 {
		return 0
	}
	return w.dst[len(w.dst)-1]
}

// bearable is the style of s without what its text or address would end, because
// there are marks in it that cannot be escaped.
func (w *writer) bearable(s *chat.Span) chat.Style {
	style := s.Style
	if style&markStyles == 0 {
		return style
	}
	raw := ""
	switch s.Kind {
	case chat.Words:
		if style&chat.Mono != 0 {
			raw = s.Text
		}
	case chat.Link: // in a masked link the address is encoded
		if style&chat.Mono != 0 || s.Text == s.Ref && w.place < Title || autolink(s) {
			raw = s.Text
		}
	case chat.Emoji:
		raw = s.Ref
	case chat.User, chat.UserGroup, chat.Channel, chat.Everyone, chat.Time, chat.Icon:
	}
	lost := chat.Style(0)
	for i := range styleMarks {
		if m := &styleMarks[i]; style&m.bit != 0 && raw != "" && strings.Contains(raw, m.mark) {
			lost |= m.bit
		}
	}
	if lost != 0 {
		w.notes.Add(chat.Flattened, lost.String(), 1)
	}
	return style &^ lost
}
