package slack

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// WriteAttachments writes the text of a message and classic attachments, for
// receivers that know no blocks. A classic attachment shows its parts in a fixed
// order; what comes in another order goes on in a further attachment of the same
// colour. It errs with chat.ErrEmpty for a message that says nothing.
func WriteAttachments(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	if len(m.Blocks) == 0 && len(m.Summary) == 0 {
		return chat.ErrEmpty
	}
	w := writers.Get().(*writer)
	defer w.release()
	w.start(out, m, opt)
	w.classic = true
	w.begin()
	w.unsaid()
	if len(m.Summary) > 0 && len(m.Blocks) > 0 && isText(&m.Blocks[0]) && !hasBeside(&m.Blocks[0]) {
		w.n.AddAt("summary", chat.Dropped, "summary", 0) // the text is shown, and so is the content
	}
	written := w.leading()
	for i := written; i < len(m.Blocks); {
		if w.full {
			w.lost += charsOf(m.Blocks[i:])
			break
		}
		w.n.Enter("blocks", i)
		if b := &m.Blocks[i]; b.Kind == chat.Group {
			w.classicCard(b.Card)
			i++
		} else {
			i += w.classicBlock(m.Blocks[i:])
		}
		w.n.Leave()
	}
	w.finish()
	return nil
}

// slot is a part of a classic attachment, in the order in which Slack shows them.
type slot uint8

const (
	slotPretext slot = iota + 1
	slotHead
	slotText
	slotFields
	slotImage
	slotActions
	slotFooter
)

// at makes room for a part of an attachment with chars characters.
func (w *writer) at(s slot, chars int) bool {
	if !w.room(min(chars, maxMessageChars)) {
		return false
	}
	if w.inside != inAttachment || w.holder != w.card || w.slot >= s || w.slot == slotPretext ||
		s == slotImage && w.thumbed {
		if w.frames == maxAttachments {
			if !w.next() {
				return false
			}
		}
		w.openAttachment()
	}
	w.slot = s
	w.left -= chars
	return true
}

// leading writes the text before the first block of another kind as the text of
// the message, and returns the number of blocks it has written.
func (w *writer) leading() int {
	blocks := w.m.Blocks
	if len(blocks) == 0 {
		w.one[0] = chat.Block{Text: w.m.Summary}
		blocks = w.one[:]
	}
	count := 0
	for count < len(blocks) && isText(&blocks[count]) && !hasBeside(&blocks[count]) {
		count++
	}
	w.text = w.text[:0]
	used := 0
	if !w.opt.Legacy && w.m.Sender.Icon != "" {
		w.n.AddAt("sender", chat.Dropped, "icon", 0)
	}
	if !w.opt.Legacy && w.m.Sender.Name != "" {
		used += w.headline("sender", w.m.Sender.Name)
	}
	if t := w.m.Thread.Topic; t != "" {
		used += w.headline("thread.topic", t)
	}
	for pos := (chat.Pos{}); pos.Block < count || len(w.text) > 0; {
		prev := pos
		w.n.EnterRun("blocks", 0)
		w.text, pos, _ = mrkdwn.FitBlocks(w.text, blocks[:count], pos, maxTextChars-used, mrkdwn.Body, &w.opt, w.n)
		w.n.Leave()
		if text := strings.TrimSuffix(string(w.text), "\n"); !unseen(text) {
			w.w.KeyStr("text", text)
			w.said = true
		}
		w.text, used = w.text[:0], 0
		if pos.Block >= count || pos == prev {
			break
		}
		if !w.next() {
			w.lost += charsFrom(blocks[:count], pos)
			break
		}
	}
	return count
}

// headline appends a bold line to the text that is being made, and returns the
// number of its characters.
func (w *writer) headline(where, s string) int {
	w.n.Enter(where, -1)
	defer w.n.Leave()
	w.n.Add(chat.Flattened, "name", 0)
	text, next, used := mrkdwn.Fit(w.text, w.words(s, chat.Bold), chat.Cursor{}, maxFooterChars, mrkdwn.Line, &w.opt, nil)
	if next != chat.End {
		w.n.Add(chat.Shortened, "text", len(s)-max(0, next.Byte))
	}
	w.text = append(text, '\n')
	return used + 1
}

func isText(b *chat.Block) bool {
	switch b.Kind {
	case chat.Para, chat.Heading, chat.Item, chat.Code, chat.Small:
		return true
	default:
		return false
	}
}

func (w *writer) classicCard(c *chat.Card) {
	w.card = c
	w.n.Enter("card", -1)
	if c.Spoiler {
		w.n.Add(chat.Flattened, "spoiler", 0)
	}
	w.classicHead(c)
	for i := 0; i < len(c.Body); {
		if w.full {
			w.lost += charsOf(c.Body[i:])
			break
		}
		w.n.Enter("body", i)
		i += w.classicBlock(c.Body[i:])
		w.n.Leave()
	}
	w.classicFooter(c)
	w.n.Leave()
	w.card = nil
}

func (w *writer) classicHead(c *chat.Card) {
	thumb := w.shows(&c.Thumb)
	if c.Author == (chat.Badge{}) && len(c.Title) == 0 && c.URL == "" && c.Thumb == (chat.Asset{}) {
		return
	}
	if !w.at(slotHead, len(c.Author.Name)+c.Title.Chars()) {
		w.lost += len(c.Author.Name) + c.Title.Chars()
		return
	}
	if a := &c.Author; a.Name != "" {
		w.keyPlain("author_name", a.Name, maxTextChars)
		if isLink(a.URL) {
			w.w.KeyStr("author_link", a.URL)
		}
		if isWeb(a.Icon) && !c.Spoiler {
			w.w.KeyStr("author_icon", a.Icon)
		}
	}
	if a := &c.Author; a.Icon != "" && (a.Name == "" || !isWeb(a.Icon) || c.Spoiler) {
		w.n.AddAt("author", chat.Dropped, "icon", 0)
	}
	if a := &c.Author; a.URL != "" && (a.Name == "" || !isLink(a.URL)) {
		w.n.AddAt("author", chat.Dropped, "link", 0)
	}
	if len(c.Title) > 0 {
		for i := range c.Title {
			if s := &c.Title[i]; s.Style != 0 || s.Kind == chat.Link {
				w.n.AddAt("title", chat.Flattened, "style", 0)
				break
			}
		}
		w.n.Enter("title", -1)
		w.keyText("title", c.Title, maxTextChars)
		w.n.Leave()
	} else if c.URL != "" {
		w.n.AddAt("title", chat.Flattened, "title", 0)
		w.keyPlain("title", c.URL, maxTextChars)
	}
	if isLink(c.URL) {
		w.w.KeyStr("title_link", c.URL)
	} else if c.URL != "" {
		w.n.AddAt("title", chat.Dropped, "link", 0)
	}
	switch {
	case thumb:
		w.w.KeyStr("thumb_url", c.Thumb.URL)
		w.thumbed = true
		if c.Thumb.Alt != "" || c.Thumb.Title != "" {
			w.n.AddAt("thumb", chat.Dropped, "alt_text", 0)
		}
	case c.Thumb != (chat.Asset{}):
		w.classicAsset(&c.Thumb)
	}
}

func (w *writer) classicFooter(c *chat.Card) {
	f := &c.Footer
	if *f == (chat.Badge{}) && c.At.IsZero() {
		return
	}
	if !w.at(slotFooter, len(f.Name)) {
		w.lost += len(f.Name)
		return
	}
	if f.Name != "" {
		w.n.Enter("footer", -1)
		s := chat.Span{Text: f.Name}
		if f.URL != "" {
			s.Kind, s.Ref = chat.Link, f.URL
		}
		w.fitShort(w.scratch(s), maxFooterChars, mrkdwn.Line, "footer")
		w.n.Leave()
		w.w.Key("footer")
		w.w.Bytes(w.text)
		if isWeb(f.Icon) && !c.Spoiler {
			w.w.KeyStr("footer_icon", f.Icon)
		}
	}
	if f.Icon != "" && (f.Name == "" || !isWeb(f.Icon) || c.Spoiler) {
		w.n.AddAt("footer", chat.Dropped, "icon", 0)
	}
	if !c.At.IsZero() {
		w.w.KeyInt("ts", c.At.Unix())
	}
}

// keyText writes a member that holds a text without markup, of at most limit
// characters.
func (w *writer) keyText(key string, t chat.Text, limit int) {
	w.fitShort(spaced(t), limit, mrkdwn.Plain, key)
	w.w.Key(key)
	w.w.Bytes(w.text)
}

// spaced is t with a space behind every address that would seem to go on with
// the words after it.
func spaced(t chat.Text) chat.Text {
	var out chat.Text // nil while it is t
	for i := range t {
		if out != nil {
			out = append(out, t[i])
		}
		if t[i].Kind != chat.Link || t[i].Text != t[i].Ref || i+1 == len(t) ||
			t[i+1].Text == "" || chat.EndsAddress(t[i+1].Text[0]) {
			continue
		}
		if out == nil {
			out = append(make(chat.Text, 0, len(t)+1), t[:i+1]...)
		}
		out = append(out, chat.Span{Text: " "})
	}
	if out == nil {
		return t
	}
	return out
}

// fitShort puts t into scratch: all of it, or what fits into limit characters
// with an ellipsis, which is noted.
func (w *writer) fitShort(t chat.Text, limit int, place mrkdwn.Place, what string) {
	var next chat.Cursor
	if w.text, next, _ = mrkdwn.Fit(w.text[:0], t, chat.Cursor{}, limit, place, &w.opt, nil); next == chat.End {
		limit++ // once more, for the notes
	}
	w.text, next, _ = mrkdwn.Fit(w.text[:0], t, chat.Cursor{}, limit-1, place, &w.opt, w.n)
	if next != chat.End {
		one := [1]chat.Block{{Text: t}}
		w.n.Add(chat.Shortened, what, charsFrom(one[:], chat.Pos{At: next}))
		w.text = append(w.text, "…"...)
	}
}
