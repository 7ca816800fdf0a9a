package slack

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// run writes a run of blocks; key names it in notes.
func (w *writer) run(key string, blocks []chat.Block) {
	w.runFrom(key, blocks, 0)
}

// block writes the first of blocks, with those that go together with it, and
// returns their number.
func (w *writer) block(blocks []chat.Block) int {
	b := &blocks[0]
	switch b.Kind {
	case chat.Para, chat.Item, chat.Code:
		return w.texts(blocks)
	case chat.Heading:
		w.heading(b)
	case chat.Divider:
		if w.open(0) {
			w.w.Open()
			w.w.KeyWord("type", "divider")
			w.w.Close()
		}
	case chat.Media:
		w.media(b)
	case chat.Fields:
		w.fields(b)
	case chat.Small:
		w.small(b)
	case chat.Buttons:
		w.buttons(b.Buttons)
	case chat.Grid:
		w.grid(b.Table)
	case chat.Group:
		w.group(b.Card)
	}
	return 1
}

// texts writes a run of text blocks: in sections where mrkdwn can say all of it,
// as rich text where it cannot.
func (w *writer) texts(blocks []chat.Block) int {
	if hasBeside(&blocks[0]) {
		w.beside(&blocks[0])
		return 1
	}
	end, rich := 0, false
	for end < len(blocks) && !hasBeside(&blocks[end]) {
		b := &blocks[end]
		if b.Kind != chat.Para && b.Kind != chat.Item && b.Kind != chat.Code {
			break
		}
		rich = rich || needsRich(b)
		end++
	}
	if rich {
		w.rich(blocks[:end])
	} else {
		w.sections(blocks[:end])
	}
	return end
}

// needsRich reports whether mrkdwn has no words for a block: nested and numbered
// lists, languages of code, underlined text.
func needsRich(b *chat.Block) bool {
	switch {
	case b.Level > 0 || b.Number > 0 || b.Lang != "" || b.Kind != chat.Para && b.Quoted:
		return true
	case b.Kind == chat.Item && (len(b.Text) == 0 || hasBreak(b.Text)):
		return true
	}
	for i := range b.Text {
		if b.Text[i].Style&chat.Underline != 0 || b.Kind == chat.Code && b.Text[i].Kind == chat.Link {
			return true
		}
	}
	return false
}

func hasBreak(t chat.Text) bool {
	for i := range t {
		if strings.IndexByte(t[i].Text, '\n') >= 0 {
			return true
		}
	}
	return false
}

// sections writes text blocks as sections of mrkdwn, as many to a section as fit.
func (w *writer) sections(blocks []chat.Block) {
	for from := 0; from < len(blocks); {
		size, to := sizeOf(&blocks[from]), from+1
		limit := maxSectionChars
		if size <= w.left { // what does not fit into this part goes whole into the next
			limit = min(limit, w.left)
		}
		for to < len(blocks) && size+2+sizeOf(&blocks[to]) <= limit {
			size += 2 + sizeOf(&blocks[to])
			to++
		}
		w.sectionFrom(blocks[:to], chat.Pos{Block: from}, size)
		from = to
	}
}

// leastChars is how many characters are worth beginning a section for when the
// text goes on in the next part.
const leastChars = 1500

// section writes text blocks as one section, or several if they are too long for
// one.
func (w *writer) section(blocks []chat.Block, size int) {
	w.sectionFrom(blocks, chat.Pos{}, size)
}

// sectionFrom is section from a place on.
func (w *writer) sectionFrom(blocks []chat.Block, pos chat.Pos, size int) {
	if w.classic {
		w.classicText(blocks[pos.Block:])
		return
	}
	for pos.Block < len(blocks) {
		if !w.room(min(size, leastChars)) {
			w.lost += charsFrom(blocks, pos)
			return
		}
		var used int
		prev := pos
		w.text, pos, used = mrkdwn.FitBlocks(w.text[:0], blocks, pos, min(maxSectionChars, w.left), mrkdwn.Body, &w.opt, w.n)
		if pos == prev {
			return // another kind of block; there is none here
		}
		if unseen(w.text) {
			continue
		}
		if !w.open(used) {
			w.lost += charsFrom(blocks, prev)
			return
		}
		if pos.At != (chat.Cursor{}) && pos.Block < len(blocks) {
			w.n.Add(chat.Split, "section", 0)
		}
		w.openSection()
		w.w.Close()
		size -= used
	}
}

// room makes sure that a block with chars characters has a place, in a further
// part if need be.
func (w *writer) room(chars int) bool {
	return !w.full && (w.left >= chars || w.next())
}

// openSection begins a section with the text that is in scratch.
func (w *writer) openSection() {
	w.w.Open()
	w.w.KeyWord("type", "section")
	w.w.Key("text")
	w.textObject("mrkdwn", w.text)
}

func hasBeside(b *chat.Block) bool { return len(b.Assets) > 0 || len(b.Buttons) > 0 }

// beside writes a text block with what stands beside it.
func (w *writer) beside(b *chat.Block) {
	if needsRich(b) && (b.Kind == chat.Item || b.Kind == chat.Code) {
		w.n.Add(chat.Flattened, b.Kind.String(), 0)
	}
	w.one[0] = *b
	blocks := w.one[:]
	pos := chat.Pos{}
	done := false
	for pos.Block < 1 {
		if !w.room(min(sizeOf(b), leastChars)) {
			w.lost += charsFrom(blocks, pos)
			return
		}
		var used int
		prev := pos
		w.text, pos, used = mrkdwn.FitBlocks(w.text[:0], blocks, pos, min(maxSectionChars, w.left), mrkdwn.Body, &w.opt, w.n)
		if pos == prev || len(w.text) == 0 {
			break
		}
		if !w.open(used) {
			w.lost += charsFrom(blocks, prev)
			break
		}
		if pos.Block < 1 {
			w.n.Add(chat.Split, "section", 0)
		}
		w.openSection()
		if !done {
			done = true
			w.accessory(b)
		}
		w.w.Close()
	}
	w.rest(b, done)
}

// accessory writes what of a block's picture and button may stand beside a
// section, the picture first.
func (w *writer) accessory(b *chat.Block) {
	switch {
	case len(b.Assets) > 0 && w.shows(&b.Assets[0]):
		w.w.Key("accessory")
		w.imageElement(b.Assets[0].URL, b.Assets[0].Alt)
	case len(b.Buttons) > 0 && isWeb(b.Buttons[0].URL) && len(b.Assets) == 0:
		w.w.Key("accessory")
		w.button(&b.Buttons[0])
	}
}

// rest writes what accessory had to leave; done: it was called.
func (w *writer) rest(b *chat.Block, done bool) {
	picture := len(b.Assets) > 0 && w.shows(&b.Assets[0])
	if len(b.Assets) > 0 {
		switch {
		case !done || !picture:
			w.asset(&b.Assets[0])
		case b.Assets[0].Title != "":
			w.n.Add(chat.Flattened, "title", 0)
			if a := &b.Assets[0]; a.Title != a.Alt {
				w.line(chat.Span{Text: a.Title})
			}
		}
	}
	if len(b.Buttons) > 0 && (!done || len(b.Assets) > 0 || !isWeb(b.Buttons[0].URL)) {
		if done && len(b.Assets) > 0 {
			w.n.Add(chat.Flattened, "button", 0)
		}
		w.buttons(b.Buttons)
	}
}

// heading writes a header block, or a bold section where a header cannot hold the
// text.
func (w *writer) heading(b *chat.Block) {
	if len(b.Text) == 0 {
		w.beside(b)
		return
	}
	if size := sizeOf(b); !hasBeside(b) && isPlain(b.Text) && size <= maxHeaderChars {
		if !w.open(size) {
			w.lost += b.Text.Chars()
			return
		}
		w.text, _, _ = mrkdwn.Fit(w.text[:0], b.Text, chat.Cursor{}, maxHeaderChars, mrkdwn.Plain, &w.opt, w.n)
		w.w.Open()
		w.w.KeyWord("type", "header")
		w.w.Key("text")
		w.textObject("plain_text", w.text)
		if b.Level > 1 {
			w.w.KeyInt("level", int64(b.Level))
		}
		w.w.Close()
		return
	}
	// That it is no heading there is noted by the text language.
	if hasBeside(b) {
		w.beside(b)
		return
	}
	w.one[0] = *b
	w.section(w.one[:], sizeOf(b))
}

// isPlain reports whether a header shows t as it is; it is bold of itself.
func isPlain(t chat.Text) bool {
	for i := range t {
		if k := t[i].Kind; k != chat.Words && k != chat.Emoji || t[i].Style&^chat.Bold != 0 {
			return false
		}
	}
	return true
}
