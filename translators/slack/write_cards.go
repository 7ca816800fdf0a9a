package slack

import (
	"bytes"
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// group writes a card as an attachment.
func (w *writer) group(c *chat.Card) {
	w.card = c
	w.n.Enter("card", -1)
	if c.Spoiler {
		w.n.Add(chat.Flattened, "spoiler", 0)
	}
	if c.Author != (chat.Badge{}) {
		w.n.Enter("author", -1)
		w.badge(roleAuthor, &c.Author, 0)
		w.n.Leave()
	}
	written := 0
	if w.title(c) {
		written = w.thumb(c, c.Body)
	}
	w.runFrom("body", c.Body, written)
	if c.Footer != (chat.Badge{}) || !c.At.IsZero() {
		w.n.Enter("footer", -1)
		at := int64(0)
		if !c.At.IsZero() {
			at = c.At.Unix()
		}
		w.badge(roleFooter, &c.Footer, at)
		w.n.Leave()
	}
	w.n.Leave()
	w.card = nil
}

// runFrom is run, from a block on.
func (w *writer) runFrom(key string, blocks []chat.Block, from int) {
	for i := from; i < len(blocks); {
		if w.full {
			w.lost += charsOf(blocks[i:])
			return
		}
		w.n.EnterRun(key, i)
		i += w.block(blocks[i:])
		w.n.Leave()
	}
}

// title writes the title of a card as a bold section that leads where the card
// leads, the thumbnail beside it. It reports whether the thumbnail is yet to be
// written.
func (w *writer) title(c *chat.Card) (thumbLeft bool) {
	hasThumb := c.Thumb != (chat.Asset{})
	if len(c.Title) == 0 && c.URL == "" {
		return hasThumb
	}
	w.n.Enter("title", -1)
	defer w.n.Leave()
	whole := w.titleText(c)
	if !whole {
		w.n.Add(chat.Flattened, "title", 0)
	}
	w.one[0] = chat.Block{Text: w.spans}
	size := sizeOf(&w.one[0])
	if !w.room(min(size, leastChars)) {
		w.lost += c.Title.Chars()
		return hasThumb
	}
	var used int
	var next chat.Cursor
	w.text, next, used = mrkdwn.Fit(w.text[:0], w.spans, chat.Cursor{}, min(maxSectionChars, w.left), mrkdwn.Body, &w.opt, w.n)
	if next != chat.End {
		w.n.Add(chat.Shortened, "title", charsFrom(w.one[:], chat.Pos{At: next}))
	}
	if !w.open(used) {
		w.lost += c.Title.Chars()
		return hasThumb
	}
	w.w.Open()
	w.w.KeyWord("type", "section")
	if whole {
		w.blockID(roleTitle)
	}
	w.w.Key("text")
	w.textObject("mrkdwn", w.text)
	beside := whole && hasThumb && w.shows(&c.Thumb) && c.Thumb.Title == ""
	if beside {
		w.w.Key("accessory")
		w.imageElement(c.Thumb.URL, c.Thumb.Alt)
	}
	w.w.Close()
	return hasThumb && !beside
}

// titleText makes the title of a card in scratch memory, and reports whether the
// reader gets back from it what it was.
func (w *writer) titleText(c *chat.Card) (whole bool) {
	w.spans = w.spans[:0]
	if len(c.Title) == 0 {
		w.spans = append(w.spans, chat.Span{Kind: chat.Link, Text: c.URL, Ref: c.URL, Style: chat.Bold})
		return false
	}
	whole = true
	linked := false
	for _, s := range c.Title {
		if s.Kind == chat.Link || s.Style&chat.Bold != 0 {
			whole = false
		}
		s.Style |= chat.Bold
		if c.URL == "" || s.Kind != chat.Words || strings.TrimSpace(s.Text) == "" {
			w.spans = append(w.spans, s)
			continue
		}
		linked = true
		for rest := s.Text; rest != ""; { // the label of a link is one line
			line, after, more := strings.Cut(rest, "\n")
			if strings.TrimSpace(line) != "" {
				w.spans = append(w.spans, chat.Span{Kind: chat.Link, Text: line, Ref: c.URL, Style: s.Style})
			}
			if more {
				w.spans = append(w.spans, chat.Span{Text: "\n"})
			}
			rest = after
		}
	}
	if c.URL != "" && !linked {
		w.spans = append(w.spans, chat.Span{Text: " "}, chat.Span{Kind: chat.Link, Text: c.URL, Ref: c.URL})
		whole = false
	}
	return whole
}

// thumb writes a thumbnail that is not beside a title: beside the first text of
// the body, else as a picture. It returns how many blocks of the body it wrote.
func (w *writer) thumb(c *chat.Card, body []chat.Block) int {
	w.n.Enter("thumb", -1)
	defer w.n.Leave()
	if len(body) > 0 && body[0].Kind == chat.Para && !hasBeside(&body[0]) && !needsRich(&body[0]) &&
		w.shows(&c.Thumb) && c.Thumb.Title == "" && sizeOf(&body[0]) <= maxSectionChars {
		size := sizeOf(&body[0])
		if !w.room(size) {
			w.lost += charsOf(body[:1])
			return 1
		}
		var used int
		w.text, _, used = mrkdwn.FitBlocks(w.text[:0], body[:1], chat.Pos{}, maxSectionChars, mrkdwn.Body, &w.opt, w.n)
		if len(w.text) > 0 && w.open(used) {
			w.w.Open()
			w.w.KeyWord("type", "section")
			w.blockID(roleThumb)
			w.w.Key("text")
			w.textObject("mrkdwn", w.text)
			w.w.Key("accessory")
			w.imageElement(c.Thumb.URL, c.Thumb.Alt)
			w.w.Close()
			return 1
		}
	}
	if w.full {
		w.lost++
		return 0
	}
	w.imageAs(roleThumb, &c.Thumb)
	return 0
}

// badge writes an author, footer or sender as a context. at is in seconds since
// 1970; 0 is none.
func (w *writer) badge(role string, b *chat.Badge, at int64) {
	picture, emoji := isWeb(b.Icon) && !w.hidden(), isEmojiName(b.Icon)
	if b.Icon != "" && !picture && !emoji {
		w.n.Add(chat.Dropped, "icon", 0)
	}
	named := strings.TrimSpace(b.Name) != ""
	if !named && at == 0 && !picture && !emoji {
		return
	}
	if !w.open(len(b.Name) + len(b.URL) + 16) {
		w.lost += len(b.Name)
		return
	}
	w.w.Open()
	w.w.KeyWord("type", "context")
	w.blockID(role)
	w.w.Key("elements")
	w.w.OpenArray()
	switch {
	case picture:
		const maxName = 100 // characters of what only those hear who cannot see
		w.imageElement(b.Icon, b.Name[:chat.Cut(b.Name, maxName)])
	case emoji:
		w.textObject("mrkdwn", []byte(b.Icon))
	}
	if named {
		s := chat.Span{Text: b.Name}
		if b.URL != "" {
			s.Kind, s.Ref = chat.Link, b.URL
		}
		w.element(s)
	}
	if at != 0 {
		words := time.Unix(at, 0).In(w.opt.Zone).Format("2006-01-02 15:04 MST")
		w.element(chat.Span{Kind: chat.Time, Text: words, Ref: chat.DateClock, At: at})
	}
	w.w.CloseArray()
	w.w.Close()
}

// element writes a text element of a context.
func (w *writer) element(s chat.Span) {
	var next chat.Cursor
	w.text, next, _ = mrkdwn.Fit(w.text[:0], w.scratch(s), chat.Cursor{}, maxSectionChars, mrkdwn.Line, &w.opt, w.n)
	if next != chat.End {
		w.n.Add(chat.Shortened, "text", max(1, len(s.Text)-max(0, next.Byte)))
	}
	if text := bytes.TrimSpace(w.text); len(text) > 0 {
		w.textObject("mrkdwn", text)
	}
}

// fields writes a block of fields: those which stand side by side as fields of
// sections, the others as sections of their own.
func (w *writer) fields(b *chat.Block) {
	begun, done := false, false
	for i := 0; i < len(b.Fields); {
		if w.full {
			for ; i < len(b.Fields); i++ {
				w.lost += b.Fields[i].Name.Chars() + charsOf(b.Fields[i].Body)
			}
			return
		}
		role := roleMore
		if !begun {
			role = roleField
		}
		to, size := i, 0
		for to < len(b.Fields) && to-i < maxFields && isBrief(&b.Fields[to]) && size+fieldSize(&b.Fields[to]) <= 2*maxSectionChars {
			size += fieldSize(&b.Fields[to])
			to++
		}
		if to == i {
			w.ownField(role, b, i, !done)
			to++
		} else {
			if to == len(b.Fields) && !begun {
				role = "" // a section like any other
			}
			w.fieldRow(role, b, i, to, size, !done)
		}
		begun, done = true, true
		i = to
	}
	w.rest(b, done)
}

// isBrief reports whether a field may stand beside others.
func isBrief(f *chat.Field) bool { return f.Inline && fieldSize(f) <= maxFieldChars }

func fieldSize(f *chat.Field) int {
	size := textSize(f.Name) + 12
	for i := range f.Body {
		size += sizeOf(&f.Body[i]) + 2
	}
	return size
}

// fieldRow writes the fields from i to j as one section.
func (w *writer) fieldRow(role string, b *chat.Block, i, j, size int, lead bool) {
	if !w.open(size) {
		for ; i < j; i++ {
			w.lost += b.Fields[i].Name.Chars() + charsOf(b.Fields[i].Body)
		}
		return
	}
	w.w.Open()
	w.w.KeyWord("type", "section")
	if role != "" {
		w.blockID(role)
	}
	w.w.Key("fields")
	w.w.OpenArray()
	for ; i < j; i++ {
		w.n.Enter("fields", i)
		var pos chat.Pos
		w.text, pos = w.appendField(w.text[:0], &b.Fields[i], maxFieldChars)
		if pos.Block < len(b.Fields[i].Body) {
			w.n.Add(chat.Shortened, "field", charsFrom(b.Fields[i].Body, pos))
		}
		if len(w.text) > 0 {
			w.textObject("mrkdwn", w.text)
		}
		w.n.Leave()
	}
	w.w.CloseArray()
	if lead {
		w.accessory(b)
	}
	w.w.Close()
}

// ownField writes field i as a section.
func (w *writer) ownField(role string, b *chat.Block, i int, lead bool) {
	f := &b.Fields[i]
	w.n.Enter("fields", i)
	defer w.n.Leave()
	if f.Inline {
		w.n.Add(chat.Flattened, "inline", 0) // too long to stand beside others
	}
	if !w.room(min(fieldSize(f), leastChars)) {
		w.lost += f.Name.Chars() + charsOf(f.Body)
		return
	}
	var pos chat.Pos
	w.text, pos = w.appendField(w.text[:0], f, min(maxSectionChars, w.left))
	if len(w.text) > 0 && w.open(len(w.text)) {
		w.w.Open()
		w.w.KeyWord("type", "section")
		w.blockID(role)
		w.w.Key("text")
		w.textObject("mrkdwn", w.text)
		if lead {
			w.accessory(b)
		}
		w.w.Close()
	}
	if pos.Block < len(f.Body) {
		w.n.Add(chat.Split, "field", 0)
		w.sectionFrom(f.Body, pos, charsFrom(f.Body, pos))
	}
}

// appendField appends a field in mrkdwn: its name in bold on a line, then its
// value, of which it returns the place where it had to stop.
func (w *writer) appendField(dst []byte, f *chat.Field, limit int) ([]byte, chat.Pos) {
	if len(f.Name) == 0 && len(f.Body) > 0 && beginsBold(f.Body[0].Text) {
		w.n.Add(chat.Flattened, "field", 0) // it looks like a name
	}
	used := 0
	if len(f.Name) > 0 {
		w.spans = w.spans[:0]
		for _, s := range f.Name {
			s.Style |= chat.Bold
			w.spans = append(w.spans, s)
		}
		var next chat.Cursor
		dst, next, used = mrkdwn.Fit(dst, w.spans, chat.Cursor{}, limit-100, mrkdwn.Line, &w.opt, w.n)
		if next != chat.End {
			one := [1]chat.Block{{Text: w.spans}}
			w.n.Add(chat.Shortened, "name", charsFrom(one[:], chat.Pos{At: next}))
		}
		if hasBreak(f.Name) {
			w.n.Add(chat.Flattened, "name", 0)
		}
		if len(f.Body) > 0 {
			dst = append(dst, '\n')
			used++
		}
	}
	pos := chat.Pos{}
	if len(f.Body) > 0 {
		dst, pos, _ = mrkdwn.FitBlocks(dst, f.Body, pos, max(64, limit-used), mrkdwn.Body, &w.opt, w.n)
	}
	return dst, pos
}

// beginsBold reports whether a field's reader would take the first line of t for
// a name.
func beginsBold(t chat.Text) bool {
	for i := range t {
		if t[i].Style&chat.Bold != 0 {
			continue
		}
		return i > 0 && len(t[i].Text) > 0 && t[i].Kind == chat.Words && t[i].Text[0] == '\n'
	}
	return len(t) > 0
}
