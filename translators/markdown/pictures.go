package markdown

import (
	"math"
	"strings"

	"dragoman/translators/chat"
	emojis "dragoman/translators/emoji"
)

// Discord makes no link of `[label](address)` in content and in text displays when
// there is an emoji in the label, though it does in embeds. Source: issues 6810
// and 7673 of its documentation. There the emoji stand beside the link instead.

// pictured reports whether there is an emoji in the label t, and the link would
// be none for it.
func (w *writer) pictured(t chat.Text) bool {
	if w.place != Content || len(t) == 1 && t[0].Text == t[0].Ref {
		return false
	}
	for i := range t {
		if lo, _ := picture(t[i].Text); lo >= 0 {
			return true
		}
	}
	return false
}

// picture finds the first emoji in s, with those after it and the white space
// around them; lo is −1 when there is none.
func picture(s string) (lo, hi int) {
	lo = -1
	for i := 0; i < len(s); {
		n := 0
		if s[i] >= 0x80 || i+1 < len(s) && s[i+1] == 0xE2 || i+1 < len(s) && s[i+1] == 0xEF { // else no emoji begins here
			n = emojiAt(s[i:])
		}
		switch {
		case n > 0 && lo < 0:
			lo, hi = len(strings.TrimRight(s[:i], " ")), i+n
		case n > 0:
			hi = i + n
		case lo >= 0 && s[i] != ' ':
			return lo, hi + len(s[hi:i])
		}
		i += max(n, 1)
	}
	if lo >= 0 {
		hi = len(s)
	}
	return lo, hi
}

// emojiAt is the length of the emoji that s begins with, 0 for none. What is a
// letter or a sign of trade unless marked as a picture is none.
func emojiAt(s string) int {
	_, n := emojis.Name(s)
	if n == 0 || s[0] < 0xE2 && n < 4 || strings.HasPrefix(s, "™") && n == len("™") {
		return 0
	}
	return n
}

// labelled reports whether there is more in s, a label up to a cut, than emoji.
func labelled(s string) bool {
	lo, hi := picture(s)
	return s != "" && (lo != 0 || hi < len(s))
}

// apart writes the link of span k of t, from byte off on and width spans long, as
// links and the emoji between them, in their order.
func (w *writer) apart(t chat.Text, k, off, width int) {
	w.notes.Add(chat.Flattened, "emoji", 1)
	parts := make(chat.Text, 0, 2*width+4)
	linked := labelled(t[k].Text[:off])
	for i := range width {
		s := t[k+i]
		if i == 0 {
			s.Text = s.Text[off:]
		}
		for s.Text != "" {
			lo, hi := picture(s.Text)
			if lo < 0 {
				lo, hi = len(s.Text), len(s.Text)
			}
			if lo > 0 {
				label := s
				if label.Text = s.Text[:lo]; strings.TrimSpace(label.Text) == "" {
					label.Kind, label.Ref = chat.Words, ""
				}
				linked = linked || label.Kind == chat.Link
				parts = append(parts, label)
			}
			if hi > lo {
				parts = append(parts, chat.Span{Text: s.Text[lo:hi], Style: s.Style})
			}
			s.Text = s.Text[hi:]
		}
	}
	if ref := t[k].Ref; !linked { // nothing is left to be a label
		parts = append(parts, chat.Span{Text: " "}, chat.Span{Kind: chat.Link, Text: ref, Ref: ref})
	}
	end := len(parts)
	if k+width < len(t) { // what follows says how the last is written
		parts = append(parts, t[k+width])
	}
	for i := 0; i < end; {
		if parts[i].Kind == chat.Link {
			i += w.link(parts, i, 0)
			continue
		}
		w.marks(w.bearable(&parts[i]), parts, i)
		w.run(&parts[i], i == len(parts)-1, math.MaxInt)
		i++
	}
}

// apartPart is linkPart for a label with emoji.
func (w *writer) apartPart(s *chat.Span) int {
	w.notes.Add(chat.Flattened, "emoji", 1)
	at, linked := 0, false
	for at < len(s.Text) {
		part := *s
		part.Text = s.Text[at:]
		lo, hi := picture(part.Text)
		if lo == 0 {
			part.Text = part.Text[:hi]
			snap := w.snap()
			w.marks(w.bearable(&part), nil, 0)
			room := w.max - w.used - w.closing()
			n := hi
			if (chat.Text{part}).Chars() > room {
				if n = chat.Cut(part.Text, room); at > 0 && room < fewest {
					n = 0
				}
			}
			if n == 0 {
				w.rewind(&snap)
				return at
			}
			w.raw(part.Text[:n])
			if at += n; n < hi {
				return at
			}
			continue
		}
		if lo > 0 {
			part.Text = part.Text[:lo]
		}
		n := w.linkPiece(&part)
		at += n
		linked = linked || n > 0
		if n < len(part.Text) {
			return at
		}
	}
	if !linked {
		w.notes.Add(chat.Dropped, "link", 1)
	}
	return at
}
