package slack

import (
	"bytes"

	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// small writes a context: its icons are elements of their own.
func (w *writer) small(b *chat.Block) {
	if b.Quoted {
		w.n.Add(chat.Flattened, "quote", 0)
	}
	for i := 0; i < len(b.Text) && !w.full; {
		if s := &b.Text[i]; s.Kind == chat.Icon {
			w.icon(s)
			i++
			continue
		}
		to := i
		for to < len(b.Text) && b.Text[to].Kind != chat.Icon {
			to++
		}
		w.smallText(b.Text[i:to])
		i = to
	}
	w.closeContext()
}

// contextElement makes sure that a context is open and takes one more element
// with chars characters.
func (w *writer) contextElement(chars int) bool {
	switch {
	case w.elements > 0 && w.elements < maxElements && w.left >= chars:
		w.elements++
		return true
	case w.elements > 0:
		w.n.Add(chat.Split, "context", 0)
		w.closeContext()
	}
	if !w.open(chars) {
		return false
	}
	w.w.Open()
	w.w.KeyWord("type", "context")
	w.w.Key("elements")
	w.w.OpenArray()
	w.elements = 1
	return true
}

func (w *writer) closeContext() {
	if w.elements > 0 {
		w.w.CloseArray()
		w.w.Close()
		w.elements = 0
	}
}

func (w *writer) icon(s *chat.Span) {
	switch {
	case isWeb(s.Ref):
		if w.contextElement(0) {
			w.imageElement(s.Ref, s.Text)
		}
	default:
		words := s.Text
		if words == "" { // the address is all there is to see
			words = s.Ref
		}
		w.n.Add(chat.Flattened, "icon", 0)
		if w.contextElement(len(words)) {
			w.plainText(words, maxAltChars)
		}
	}
}

// smallText writes a text without icons as an element, or several if it is too
// long for one.
func (w *writer) smallText(t chat.Text) {
	one := [1]chat.Block{{Kind: chat.Small, Text: t}}
	size := sizeOf(&one[0])
	for at := (chat.Cursor{}); at != chat.End; {
		if w.left < min(size, leastChars) && w.elements > 0 {
			w.n.Add(chat.Split, "context", 0)
			w.closeContext()
		}
		if !w.room(min(size, leastChars)) {
			w.lost += charsFrom(one[:], chat.Pos{At: at})
			return
		}
		var used int
		w.text, at, used = mrkdwn.Fit(w.text[:0], t, at, min(maxSectionChars, w.left), mrkdwn.Line, &w.opt, w.n)
		if used == 0 {
			return
		}
		size -= used
		if at != chat.End && !atSpace(t, at) {
			w.n.Add(chat.Split, "context", 0)
		}
		if text := bytes.Trim(w.text, " \n"); len(text) > 0 && w.contextElement(used) {
			w.textObject("mrkdwn", text)
		}
	}
}

// atSpace reports whether t is cut at a single space of plain words, which is what
// stands between two elements of a context anyway.
func atSpace(t chat.Text, at chat.Cursor) bool {
	s, i := &t[at.Span], at.Byte
	if s.Kind != chat.Words || s.Style != 0 || i < 1 || i >= len(s.Text) {
		return false
	}
	if s.Text[i] != ' ' {
		i--
	}
	return i > 0 && s.Text[i] == ' ' && s.Text[i-1] != ' ' && s.Text[i+1] != ' '
}

// imageElement writes a picture as an element.
func (w *writer) imageElement(url, alt string) {
	w.w.Open()
	w.w.KeyWord("type", "image")
	w.w.KeyStr("image_url", url)
	w.w.KeyStr("alt_text", w.clip(first(alt, noAlt), maxAltChars))
	w.w.Close()
}
