package slack

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// A rich_text block is kept about as long as a section, so that there is always
// a part into which it fits.
const (
	maxRichChars = maxSectionChars
	maxRichBlock = maxMessageChars / 2 // of one block; a longer one is written as mrkdwn, which can be cut
)

// rich writes text blocks as rich text.
func (w *writer) rich(blocks []chat.Block) {
	for from := 0; from < len(blocks); {
		size, to := sizeOf(&blocks[from]), from+1
		if size > maxRichBlock {
			w.n.Add(chat.Flattened, blocks[from].Kind.String(), 0)
			w.sectionFrom(blocks[:to], chat.Pos{Block: from}, size)
			from = to
			continue
		}
		for to < len(blocks) && size+sizeOf(&blocks[to]) <= maxRichChars {
			size += sizeOf(&blocks[to])
			to++
		}
		if !w.open(size) {
			w.lost += charsOf(blocks[from:])
			return
		}
		w.w.Open()
		w.w.KeyWord("type", "rich_text")
		w.w.Key("elements")
		w.w.OpenArray()
		for i := from; i < to; {
			i += w.richElement(blocks[i:to])
		}
		w.w.CloseArray()
		w.w.Close()
		from = to
	}
}

// richElement writes the first of blocks, with those that go into the same
// element, and returns their number.
func (w *writer) richElement(blocks []chat.Block) int {
	b := &blocks[0]
	switch b.Kind {
	case chat.Item:
		return w.richList(blocks)
	case chat.Code:
		if b.Level > 0 {
			w.n.Add(chat.Flattened, "indent", 0)
		}
		w.richOpen("rich_text_preformatted")
		w.inlines(b.Text, true)
		w.w.CloseArray()
		if b.Quoted {
			w.w.KeyInt("border", 1)
		}
		if b.Lang != "" {
			w.w.KeyStr("language", b.Lang)
		}
		w.w.Close()
		return 1
	default:
		return w.richParas(blocks)
	}
}

func (w *writer) richOpen(typ string) {
	w.w.Open()
	w.w.KeyWord("type", typ)
	w.w.Key("elements")
	w.w.OpenArray()
}

// richParas writes neighbouring paragraphs, with a blank line between two.
func (w *writer) richParas(blocks []chat.Block) int {
	quoted := blocks[0].Quoted
	if quoted {
		w.richOpen("rich_text_quote")
	} else {
		w.richOpen("rich_text_section")
	}
	n := 0
	for n < len(blocks) && blocks[n].Kind == chat.Para && blocks[n].Quoted == quoted {
		if blocks[n].Level > 0 {
			w.n.Add(chat.Flattened, "indent", 0)
		}
		if n > 0 {
			w.richText("\n\n", 0)
		}
		w.inlines(blocks[n].Text, false)
		n++
	}
	w.w.CloseArray()
	w.w.Close()
	return n
}

// richList writes neighbouring items of one list: of one depth and kind, and
// numbered without a gap. What stands under an item goes into it where it can.
func (w *writer) richList(blocks []chat.Block) int {
	head := &blocks[0]
	w.richOpen("rich_text_list")
	n, number := 0, head.Number
	for n < len(blocks) {
		b := &blocks[n]
		if b.Kind != chat.Item || b.Level != head.Level || b.Quoted != head.Quoted || b.Number != number {
			break
		}
		w.richOpen("rich_text_section")
		w.inlines(b.Text, false)
		n++
		for n < len(blocks) && blocks[n].Kind == chat.Para && blocks[n].Level > 0 && blocks[n].Quoted == head.Quoted {
			w.n.Add(chat.Flattened, "para", 0)
			w.richText("\n", 0)
			w.inlines(blocks[n].Text, false)
			n++
		}
		w.w.CloseArray()
		w.w.Close()
		if number > 0 {
			number++
		}
	}
	w.w.CloseArray()
	if head.Number > 0 {
		w.w.KeyWord("style", "ordered")
		if head.Number > 1 {
			w.w.KeyInt("offset", int64(head.Number-1))
		}
	} else {
		w.w.KeyWord("style", "bullet")
	}
	if head.Level > maxIndent {
		w.n.Add(chat.Flattened, "indent", 0)
	}
	if head.Level > 0 {
		w.w.KeyInt("indent", int64(min(head.Level, maxIndent)))
	}
	if head.Quoted {
		w.w.KeyInt("border", 1)
	}
	w.w.Close()
	return n
}

// inlines writes a run as inline elements; code allows text and links only.
func (w *writer) inlines(t chat.Text, code bool) {
	for i := range t {
		w.inlineElement(&t[i], code)
	}
}

func (w *writer) richText(s string, style chat.Style) {
	w.left -= utf8.RuneCountInString(s)
	w.w.Open()
	w.w.KeyWord("type", "text")
	w.w.KeyStr("text", s)
	w.style(style)
	w.w.Close()
}

// inlineElement writes a span. Only what the options allow becomes a mention:
// text of a rich_text is never read for any.
func (w *writer) inlineElement(s *chat.Span, code bool) {
	if s.Style&chat.Spoiler != 0 {
		w.n.Add(chat.Flattened, "spoiler", 0)
	}
	switch s.Kind {
	case chat.Link:
		if !isLink(s.Ref) {
			w.n.Add(chat.Flattened, "link", 0)
			w.richText(s.Text, s.Style)
			if s.Text != s.Ref {
				w.richText(" ("+s.Ref+")", 0)
			}
			return
		}
		w.left -= utf8.RuneCountInString(s.Text) + len(s.Ref)
		w.w.Open()
		w.w.KeyWord("type", "link")
		w.w.KeyStr("url", s.Ref)
		if s.Text != s.Ref {
			w.w.KeyStr("text", s.Text)
		}
		w.style(s.Style)
		w.w.Close()
	case chat.User, chat.UserGroup, chat.Channel, chat.Everyone, chat.Emoji:
		w.mention(s, code)
	case chat.Time:
		if code {
			w.richText(s.Text, s.Style)
			return
		}
		w.w.Open()
		w.w.KeyWord("type", "date")
		w.w.KeyInt("timestamp", s.At)
		w.w.KeyStr("format", dateFormat(s.Ref))
		w.w.KeyStr("fallback", s.Text)
		w.style(s.Style)
		w.w.Close()
	default:
		w.richText(s.Text, s.Style)
	}
}

func (w *writer) mention(s *chat.Span, code bool) {
	id, name, notify := w.opt.Mention(chat.Slack, s)
	typ, key := "", ""
	switch s.Kind {
	case chat.User:
		typ, key = "user", "user_id"
	case chat.UserGroup:
		typ, key = "usergroup", "usergroup_id"
	case chat.Everyone:
		typ, key = "broadcast", "range"
	case chat.Channel:
		typ, key, notify = "channel", "channel_id", true
	case chat.Emoji:
		typ, key, notify = "emoji", "name", true
	default:
	}
	if id == "" || !notify || code {
		w.n.Add(chat.Unlinked, s.Kind.String(), 0)
		w.richText(name, s.Style)
		return
	}
	if s.Kind != chat.Everyone && s.Kind != chat.Emoji && s.Text[1:] != s.Ref {
		w.n.Add(chat.Flattened, "label", 0) // Slack shows the name it knows
	}
	if s.Style&chat.Mono != 0 {
		w.n.Add(chat.Flattened, "code", 0) // there is no such style for these
	}
	w.w.Open()
	w.w.KeyWord("type", typ)
	w.w.KeyStr(key, id)
	w.style(s.Style &^ chat.Mono)
	w.w.Close()
}

// dateFormat is a time format in Slack's tokens.
func dateFormat(ref string) string {
	if ref == "" {
		ref = chat.DateClock
	}
	var b strings.Builder
	for i, token := range strings.Fields(ref) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("{" + token + "}")
	}
	return b.String()
}

var styleKeys = [...]struct {
	bit chat.Style
	key string
}{
	{chat.Bold, "bold"}, {chat.Italic, "italic"}, {chat.Strike, "strike"},
	{chat.Underline, "underline"}, {chat.Mono, "code"},
}

func (w *writer) style(s chat.Style) {
	if s&^chat.Spoiler == 0 {
		return
	}
	w.w.Key("style")
	w.w.Open()
	for _, k := range styleKeys {
		if s&k.bit != 0 {
			w.w.KeyBool(k.key, true)
		}
	}
	w.w.Close()
}
