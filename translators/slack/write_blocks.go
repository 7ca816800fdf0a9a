package slack

import (
	"bytes"
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
			w.w.KeyStr("type", "divider")
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
		w.section(blocks[from:to], size)
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
		w.classicText(blocks)
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
		if pos.At != (chat.Cursor{}) && pos.Block < len(blocks) {
			w.n.Add(chat.Split, "section", 0)
		}
		if len(bytes.TrimSpace(w.text)) == 0 {
			continue
		}
		w.open(used)
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
	w.w.KeyStr("type", "section")
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
		if pos.Block < 1 {
			w.n.Add(chat.Split, "section", 0)
		}
		w.open(used)
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
	case len(b.Assets) > 0 && isPicture(&b.Assets[0]):
		w.w.Key("accessory")
		w.imageElement(b.Assets[0].URL, b.Assets[0].Alt)
	case len(b.Buttons) > 0 && isWeb(b.Buttons[0].URL) && len(b.Assets) == 0:
		w.w.Key("accessory")
		w.button(&b.Buttons[0])
	}
}

// rest writes what accessory had to leave; done: it was called.
func (w *writer) rest(b *chat.Block, done bool) {
	picture := len(b.Assets) > 0 && isPicture(&b.Assets[0])
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
		w.w.KeyStr("type", "header")
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
	w.w.KeyStr("type", "context")
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
	case s.Text != "":
		w.n.Add(chat.Flattened, "icon", 0)
		if w.contextElement(len(s.Text)) {
			w.plainText(s.Text, maxAltChars)
		}
	default:
		w.n.Add(chat.Dropped, "icon", 0)
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
	w.w.KeyStr("type", "image")
	w.w.KeyStr("image_url", url)
	w.w.KeyStr("alt_text", w.clip(first(alt, noAlt), maxAltChars))
	w.w.Close()
}

func isPicture(a *chat.Asset) bool { return a.Kind == chat.Picture && isWeb(a.URL) }

func (w *writer) media(b *chat.Block) {
	if b.Level > 0 {
		w.n.Add(chat.Flattened, "indent", 0)
	}
	for i := range b.Assets {
		w.n.Enter("assets", i)
		w.asset(&b.Assets[i])
		w.n.Leave()
	}
}

// asset writes a picture as an image block, and a link to anything else.
func (w *writer) asset(a *chat.Asset) {
	w.imageAs("", a)
}

func (w *writer) imageAs(role string, a *chat.Asset) {
	if a.Spoiler {
		w.n.Add(chat.Flattened, "spoiler", 0)
	}
	if !isPicture(a) {
		w.linkTo(a)
		return
	}
	if !w.open(len(a.Alt) + len(a.Title)) {
		w.lost++
		return
	}
	w.w.Open()
	w.w.KeyStr("type", "image")
	if role != "" {
		w.blockID(role)
	}
	w.w.KeyStr("image_url", a.URL)
	w.w.KeyStr("alt_text", w.clip(first(a.Alt, noAlt), maxAltChars))
	if a.Title != "" {
		w.w.Key("title")
		w.plainText(a.Title, maxTitleChars)
	}
	w.w.Close()
}

// linkTo writes what Slack cannot show as a link, or as words where there is
// nothing to link to.
func (w *writer) linkTo(a *chat.Asset) {
	words := first(a.Title, a.Alt, strings.TrimPrefix(a.URL, "attachment://"))
	switch {
	case strings.Contains(a.URL, "://") && !strings.HasPrefix(a.URL, "attachment://"):
		w.n.Add(chat.Flattened, a.Kind.String(), 0)
		w.line(chat.Span{Kind: chat.Link, Text: words, Ref: a.URL})
	default:
		w.n.Add(chat.Dropped, a.Kind.String(), 0)
		w.line(chat.Span{Text: words})
	}
	if a.Title != "" && a.Alt != "" && a.Alt != a.Title {
		w.line(chat.Span{Text: a.Alt})
	}
}

// line writes a section of one span.
func (w *writer) line(s chat.Span) {
	w.one[0] = chat.Block{Text: w.scratch(s)}
	w.section(w.one[:], sizeOf(&w.one[0]))
}

// buttons writes rows of link buttons; of interactive ones the words, since
// nobody here would hear them pressed.
func (w *writer) buttons(list []chat.Button) {
	elements, words := 0, 0
	for i := range list {
		b := &list[i]
		if !isWeb(b.URL) {
			words++
			continue
		}
		if elements == 0 {
			if !w.open(0) {
				w.lost += len(b.Label)
				return
			}
			w.w.Open()
			w.w.KeyStr("type", "actions")
			w.w.Key("elements")
			w.w.OpenArray()
		}
		w.button(b)
		if elements++; elements == maxActions {
			w.w.CloseArray()
			w.w.Close()
			elements = 0
			if i < len(list)-1 {
				w.n.Add(chat.Split, "actions", 0)
			}
		}
	}
	if elements > 0 {
		w.w.CloseArray()
		w.w.Close()
	}
	if words == 0 {
		return
	}
	w.n.Add(chat.Flattened, "button", words)
	w.spans = w.spans[:0]
	for i := range list {
		b := &list[i]
		if isWeb(b.URL) {
			continue
		}
		if len(w.spans) > 0 {
			w.spans = append(w.spans, chat.Span{Text: "  "})
		}
		s := chat.Span{Text: "[" + b.Label + "]"}
		if b.URL != "" {
			s = chat.Span{Kind: chat.Link, Text: first(b.Label, b.URL), Ref: b.URL}
		}
		w.spans = append(w.spans, s)
	}
	w.small(&chat.Block{Kind: chat.Small, Text: w.spans})
}

func (w *writer) button(b *chat.Button) {
	w.w.Open()
	w.w.KeyStr("type", "button")
	w.w.Key("text")
	w.plainText(first(b.Label, b.URL), maxButtonChars)
	w.w.KeyStr("url", b.URL)
	switch b.Tone {
	case chat.TonePrimary, chat.ToneSuccess:
		w.w.KeyStr("style", "primary")
	case chat.ToneDanger:
		w.w.KeyStr("style", "danger")
	case chat.ToneNone:
	}
	w.w.Close()
}
