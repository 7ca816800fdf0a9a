package discord

import (
	"bytes"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// whole makes the file with the whole text, if there is one, the first upload.
func (w *writer) whole() {
	if f := w.opt.Whole; f != nil {
		w.part.attach(chat.Asset{URL: scheme + f.Name, Bytes: f.Size})
	}
}

// fileMark leads from where a text breaks off to the file in which it is whole. It
// is no word of any language.
const fileMark = " 📎 "

// mark appends the mark of a text that was cut, and the name of the file in which
// it is whole: at most markChars characters.
func (w *writer) mark(b []byte) []byte {
	if bytes.HasSuffix(b, []byte("```")) {
		b = append(b, '\n')
	}
	b = append(b, "…"...)
	if f := w.opt.Whole; f != nil {
		b = append(append(b, fileMark...), f.Name...)
	}
	return b
}

func (w *writer) markChars() int {
	if f := w.opt.Whole; f != nil {
		return 2 + count(fileMark) + count(f.Name)
	}
	return 2
}

// cutOff notes at the current place what is not written.
func (w *writer) cutOff(chars, pics int) {
	w.cutText("message", chars)
	switch {
	case pics <= 0:
	case w.opt.Whole != nil: // which has their addresses
		w.n.Add(chat.Flattened, "image", pics)
	default:
		w.n.Add(chat.Dropped, "image", pics)
	}
}

// cutText notes at the current place how many characters of a text are not written:
// they are in the file, or lost.
func (w *writer) cutText(what string, chars int) {
	switch {
	case chars <= 0:
	case w.opt.Whole != nil:
		w.n.Add(chat.Flattened, "file", chars)
	default:
		w.n.Add(chat.Shortened, what, chars)
	}
}

// shownFile writes the component without which the file with the whole text would
// not be seen.
func (l *layout) shownFile(b *jsonw.Buf) {
	f := l.opt.Whole
	if f == nil {
		return
	}
	b.Open()
	b.KeyInt("type", typeFile)
	b.Key("file")
	b.Open()
	b.KeyStr("url", scheme+f.Name)
	b.Close()
	b.Close()
}
