package discord

import (
	"bytes"
	"slices"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

// fill takes from f what one embed can show, in its order: text, fields, then
// pictures. budget is what the embed's texts may come to. It reports whether
// something was taken; alone says that fields or pictures which come first get an
// embed of their own.
func (w *writer) fill(f *feed, budget int, alone bool) (took bool) {
	d := &w.made
	opened := chat.Para // the kind which the embed begins with
	if !f.done() && d.empty() && !f.thumb(f.pos.Block) {
		opened = f.blocks[f.pos.Block].Kind
	}
	for ; !f.done(); took = true {
		if took && alone && (opened == chat.Fields || opened == chat.Media) {
			return took
		}
		was := *f
		f.enter(w.n, f.key, f.pos.Block)
		more := w.fillBlock(f, budget)
		w.n.Leave()
		if !more {
			return took || f.moved(was)
		}
	}
	return took
}

// fillBlock takes the block at hand, or what fits of it, and text that follows
// text. It reports whether the embed can take more.
func (w *writer) fillBlock(f *feed, budget int) bool {
	d := &w.made
	b := &f.blocks[f.pos.Block]
	switch {
	case len(d.pics) > 0:
		return false
	case isText(b) && len(d.fields) > 0:
		return f.row(f.pos.Block) && w.fillRow(f, b, budget)
	case isText(b):
		return w.fillText(f, budget)
	case b.Kind == chat.Fields:
		return w.fillFields(f, b, budget)
	case b.Kind != chat.Media: // lowering leaves nothing else
		f.next()
	case !f.thumb(f.pos.Block):
		w.fillPics(f, b)
	case d.thumb.URL != "" || len(d.fields) > 0:
		return false
	default: // stood beside the next block
		if f.key == "body" {
			w.n.Add(chat.Flattened, "thumbnail", 0)
		}
		d.thumb = b.Assets[0]
		f.next()
	}
	return true
}

// fillText takes text into the description. It reports whether the text is
// finished; nothing else fits when it is not.
func (w *writer) fillText(f *feed, budget int) bool {
	d := &w.made
	sep := 0
	if !d.text.empty() {
		sep = 1
	}
	room := min(maxDescription-w.textChars(d.text), budget-d.chars) - sep
	if room < least && !w.fitsWhole(f, room) {
		return false
	}
	blocks, limit := f.limited(maxElements - d.elements)
	if len(blocks) == 0 {
		return false
	}
	from, start := f.pos, len(w.text)
	if d.text.empty() {
		d.text = cut{start, start}
	} else {
		w.text = append(w.text, '\n')
	}
	var used int
	w.text, f.pos, used = markdown.FitBlocks(w.text, blocks, from, room, markdown.Description, &w.opt, w.n)
	if f.pos == from {
		// Nothing of this block can be shown; or nothing more fits, which the
		// check of room above rules out.
		w.text = w.text[:start]
		w.unsaid(blocks, from)
		f.next()
		return true
	}
	full := f.pos.Block < len(blocks) && isText(&blocks[f.pos.Block])
	if full && w.last() && (w.part.count+1 >= maxEmbeds || budget-d.chars-sep-used < least) {
		// Nothing can follow: once more, with room for the mark of what is missing.
		w.text = w.text[:start+sep]
		w.text, f.pos, _ = markdown.FitBlocks(w.text, blocks, from, room-w.markChars(), markdown.Description, &w.opt, nil)
		w.text = w.mark(w.text)
		used = count(string(w.text[start+sep:]))
	}
	d.chars += used + sep
	d.text.to = len(w.text)
	d.elements += elements(f.blocks, from, f.pos)
	if limit != (chat.Pos{}) && f.pos.Block >= limit.Block {
		f.pos = limit
		full = true
	}
	return !full
}

// fillRow takes a line that was buttons as a last field, since no text can follow
// fields. It reports whether it did.
func (w *writer) fillRow(f *feed, b *chat.Block, budget int) bool {
	d := &w.made
	mark := len(w.text)
	room := min(maxFieldValue, budget-d.chars-1)
	if len(d.fields) == maxFields || room <= 0 || f.pos.At != (chat.Cursor{}) {
		return false
	}
	text, next, used := markdown.Fit(append(w.text, blank...), b.Text, chat.Cursor{}, room, markdown.FieldValue, &w.opt, w.n)
	if w.text = text; next != chat.End || used == 0 {
		w.text = w.text[:mark]
		return false
	}
	name := cut{mark, mark + len(blank)}
	d.fields = append(d.fields, entry{name: name, value: cut{name.to, len(w.text)}})
	d.chars += 1 + used
	f.next()
	return true
}

// textChars is the length of a stretch of markup.
func (w *writer) textChars(c cut) int { return count(string(w.text[c.from:c.to])) }

// fitsWhole reports whether the block at hand is so short that it is certain to
// fit into max characters, whatever is escaped in it.
func (w *writer) fitsWhole(f *feed, max int) bool {
	return f.pos.At == (chat.Cursor{}) && 2*chars(&f.blocks[f.pos.Block])+16 < max
}

// fillFields takes fields. It reports whether all of the block were taken.
func (w *writer) fillFields(f *feed, b *chat.Block, budget int) bool {
	d := &w.made
	for f.field < len(b.Fields) {
		x := &b.Fields[f.field]
		room := budget - d.chars
		if len(d.fields) == maxFields || room < maxFieldName+least && fieldChars(x)+16 > room {
			return false
		}
		if len(d.fields) > 0 && !f.again && fieldChars(x) > room && !w.last() {
			return false // rather whole in the next embed than in two pieces
		}
		w.n.Enter("fields", f.field)
		ok := w.field(f, x, room)
		w.n.Leave()
		if !ok {
			return false
		}
	}
	f.next()
	return true
}

func fieldChars(x *chat.Field) int {
	n := x.Name.Chars()
	for i := range x.Body {
		n += x.Body[i].Text.Chars() + 2
	}
	return n
}

// field takes one field, or what fits of it into one entry. It reports whether
// it got on.
func (w *writer) field(f *feed, x *chat.Field, room int) bool {
	d := &w.made
	mark := len(w.text)
	e := entry{inline: x.Inline}
	chars := 0
	if !f.again {
		var next chat.Cursor
		w.text, next, chars = markdown.Fit(w.text, x.Name, chat.Cursor{}, min(maxFieldName, room-1), markdown.Title, &w.opt, w.n)
		f.body = x.Body
		if next != chat.End && len(x.Name) > 0 {
			w.n.Add(chat.Flattened, "name", 0) // it goes on in the value
			f.body = append([]chat.Block{{Kind: chat.Para, Text: from(x.Name, next)}}, x.Body...)
		}
	}
	e.name, chars = w.require(mark, chars)
	d.chars += chars
	start := len(w.text)
	was := f.value
	w.text, f.value, chars = markdown.FitBlocks(w.text, f.body, was, min(maxFieldValue, room-chars), markdown.FieldValue, &w.opt, w.n)
	if f.value == was && len(f.body) > 0 && was.Block < len(f.body) {
		if len(d.fields) > 0 || !d.text.empty() {
			d.chars -= count(string(w.text[mark:start]))
			w.text = w.text[:mark]
			return false
		}
		w.unsaid(f.body, was)
		f.value = chat.Pos{Block: was.Block + 1} // nothing of it can be shown
	}
	e.value, chars = w.require(start, chars)
	d.chars += chars
	d.fields = append(d.fields, e)
	if f.value.Block >= len(f.body) {
		f.nextField()
		return true
	}
	if !f.again {
		w.n.Add(chat.Split, "field", 0)
	}
	f.again = true
	return true
}

// require is the text from mark on, or the blank that stands for no text where
// Discord wants one.
func (w *writer) require(mark, chars int) (cut, int) {
	if len(bytes.TrimSpace(w.text[mark:])) == 0 {
		w.text = append(w.text[:mark], blank...)
		chars = 1
	}
	return cut{mark, len(w.text)}, chars
}

// from is what of t comes after the cursor.
func from(t chat.Text, at chat.Cursor) chat.Text {
	if at == chat.End || at.Span >= len(t) {
		return nil
	}
	t = slices.Clone(t[at.Span:])
	t[0].Text = t[0].Text[min(at.Byte, len(t[0].Text)):]
	if t[0].Text == "" {
		t = t[1:]
	}
	return t
}

// fillPics takes one picture, or up to four as a gallery.
func (w *writer) fillPics(f *feed, b *chat.Block) {
	d := &w.made
	pics := b.Assets[f.pic:]
	n := min(len(pics), maxGallery)
	if w.last() {
		n = max(1, min(n, maxEmbeds-w.part.count))
	}
	if n > 1 {
		if d.glue = d.url; d.glue == "" {
			for _, a := range pics[:n] {
				if isWeb(a.URL) && !slices.Contains(w.part.urls, a.URL) {
					d.glue = a.URL
					break
				}
			}
		}
		if d.glue == "" {
			n = 1
		}
	}
	d.pics = pics[:n]
	if f.pic == 0 && len(pics) > n {
		w.n.Add(chat.Split, "gallery", (len(pics)+n-1)/n)
	}
	if f.pic += n; f.pic == len(b.Assets) {
		f.next()
	}
}
