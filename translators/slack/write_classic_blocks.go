package slack

import (
	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// classicBlock writes the first of blocks, with those that go together with it,
// and returns their number.
func (w *writer) classicBlock(blocks []chat.Block) int {
	b := &blocks[0]
	if w.card == nil && !isText(b) && b.Kind != chat.Divider {
		w.n.Add(chat.Flattened, b.Kind.String(), 0) // it gets a frame
	}
	switch b.Kind {
	case chat.Para, chat.Heading, chat.Item, chat.Code, chat.Small:
		count := 1
		for !hasBeside(b) && count < len(blocks) && isText(&blocks[count]) && !hasBeside(&blocks[count]) {
			count++
		}
		w.classicText(blocks[:count])
		w.classicBeside(b)
		return count
	case chat.Divider:
		w.n.Add(chat.Flattened, "divider", 0)
	case chat.Media:
		for i := range b.Assets {
			w.classicAsset(&b.Assets[i])
		}
	case chat.Fields:
		w.classicFields(b)
		w.classicBeside(b)
	case chat.Buttons:
		w.classicActions(b.Buttons)
	case chat.Grid:
		w.n.Add(chat.Flattened, "table", 0)
		w.lines(b.Table)
	case chat.Group:
	}
	return 1
}

func (w *writer) classicBeside(b *chat.Block) {
	if !hasBeside(b) {
		return
	}
	w.n.Add(chat.Flattened, "beside", 0)
	for i := range b.Assets {
		w.classicAsset(&b.Assets[i])
	}
	if len(b.Buttons) > 0 {
		w.classicActions(b.Buttons)
	}
}

// classicText writes text blocks: in a card as its text, else above a frame.
func (w *writer) classicText(blocks []chat.Block) {
	place, key := slotText, "text"
	if w.card == nil {
		place, key = slotPretext, "pretext"
	}
	for pos := (chat.Pos{}); pos.Block < len(blocks); {
		if !w.room(min(charsFrom(blocks, pos), leastChars)) || !w.at(place, 0) {
			w.lost += charsFrom(blocks, pos)
			return
		}
		prev, used := pos, 0
		w.text, pos, used = mrkdwn.FitBlocks(w.text[:0], blocks, pos, min(maxAttachChars, w.left), mrkdwn.Body, &w.opt, w.n)
		if pos == prev {
			return
		}
		w.left -= used
		if unseen(w.text) {
			continue
		}
		w.w.Key(key)
		w.w.Bytes(w.text)
		w.mrkdwnIn()
		if pos.Block < len(blocks) && pos.At != (chat.Cursor{}) {
			w.n.Add(chat.Split, "text", 0)
		}
	}
}

// mrkdwnIn says that the texts of the attachment are formatted: for some
// receivers none is unless listed.
func (w *writer) mrkdwnIn() {
	if w.marked {
		return
	}
	w.marked = true
	w.w.Key("mrkdwn_in")
	w.w.OpenArray()
	w.w.Str("pretext")
	w.w.Str("text")
	w.w.Str("fields")
	w.w.CloseArray()
}

func (w *writer) classicAsset(a *chat.Asset) {
	if a.Spoiler {
		w.n.Add(chat.Flattened, "spoiler", 0)
	}
	if !w.shows(a) {
		w.linkTo(a)
		return
	}
	if a.Title != "" {
		w.n.Add(chat.Flattened, "title", 0)
		w.line(chat.Span{Text: a.Title})
	}
	if !w.at(slotImage, 0) {
		w.lost++
		return
	}
	if a.Alt != "" {
		w.n.Add(chat.Dropped, "alt_text", 0)
	}
	w.w.KeyStr("image_url", a.URL)
}

func (w *writer) classicFields(b *chat.Block) {
	size := 0
	for i := range b.Fields {
		size += fieldSize(&b.Fields[i])
	}
	if !w.at(slotFields, min(size, maxMessageChars/2)) {
		w.lost += charsOf([]chat.Block{*b})
		return
	}
	w.w.Key("fields")
	w.w.OpenArray()
	for i := range b.Fields {
		f := &b.Fields[i]
		w.n.Enter("fields", i)
		w.w.Open()
		// Slack's own type has both always, perhaps empty.
		w.keyText("title", f.Name, maxFieldChars)
		w.text = w.text[:0]
		if len(f.Body) > 0 {
			limit := maxFieldChars
			_, pos, _ := mrkdwn.FitBlocks(w.text, f.Body, chat.Pos{}, limit, mrkdwn.Body, &w.opt, nil)
			if pos.Block < len(f.Body) {
				limit-- // for the ellipsis
			}
			w.text, pos, _ = mrkdwn.FitBlocks(w.text, f.Body, chat.Pos{}, limit, mrkdwn.Body, &w.opt, w.n)
			if pos.Block < len(f.Body) {
				w.n.Add(chat.Shortened, "field", charsFrom(f.Body, pos))
				w.text = append(w.text, "…"...)
			}
		}
		w.w.Key("value")
		w.w.Bytes(w.text)
		w.w.KeyBool("short", f.Inline)
		w.w.Close()
		w.n.Leave()
	}
	w.w.CloseArray()
	w.mrkdwnIn()
}

func (w *writer) classicActions(list []chat.Button) {
	for from := 0; from < len(list); {
		if !isWeb(list[from].URL) {
			w.n.Add(chat.Flattened, "button", 0)
			s := chat.Span{Text: "[" + list[from].Label + "]"}
			if list[from].URL != "" {
				s = chat.Span{Kind: chat.Link, Text: first(list[from].Label, list[from].URL), Ref: list[from].URL}
			}
			w.line(s)
			from++
			continue
		}
		to := from
		for to < len(list) && to-from < maxAttachButtons && isWeb(list[to].URL) {
			to++
		}
		if !w.at(slotActions, 0) {
			w.lost++
			return
		}
		w.w.Key("actions")
		w.w.OpenArray()
		for i := from; i < to; i++ {
			w.w.Open()
			w.w.KeyWord("type", "button")
			w.keyPlain("text", first(list[i].Label, list[i].URL), maxButtonChars)
			w.w.KeyStr("url", list[i].URL)
			switch list[i].Tone {
			case chat.TonePrimary, chat.ToneSuccess:
				w.w.KeyWord("style", "primary")
			case chat.ToneDanger:
				w.w.KeyWord("style", "danger")
			case chat.ToneNone:
			}
			w.w.Close()
		}
		w.w.CloseArray()
		if from = to; from < len(list) {
			w.n.Add(chat.Split, "actions", 0)
		}
	}
}
