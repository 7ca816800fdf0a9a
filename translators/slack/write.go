package slack

import (
	"strconv"
	"strings"
	"sync"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// WriteBlocks writes Block Kit. Cards become attachments with blocks; what stands
// after a card becomes an attachment without colour, since Slack shows a message's
// own blocks before its attachments. What is too long for one payload goes on in
// further ones. It errs with chat.ErrEmpty for a message that says nothing.
func WriteBlocks(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	if len(m.Blocks) == 0 && len(m.Summary) == 0 {
		return chat.ErrEmpty
	}
	w := writers.Get().(*writer)
	defer w.release()
	w.start(out, m, opt)
	w.begin()
	w.preamble()
	w.run("blocks", m.Blocks)
	w.finish()
	return nil
}

var writers = sync.Pool{New: func() any { return new(writer) }}

// writer writes one message. It opens lists and attachments only when the first
// block is there to be put in.
type writer struct {
	out *chat.Output
	m   *chat.Message
	opt chat.Options
	n   *chat.Notes

	w     jsonw.Buf
	text  []byte    // a text as it goes into the payload
	plain []byte    // the same for plain text, which opening a list may write meanwhile
	spans chat.Text // a text which is not in the message in this form
	one   [1]chat.Block
	id    [32]byte

	card     *chat.Card // the card that is being written, nil: blocks of the message
	inside   place      // what is open
	begun    *chat.Card // the last card that has got an attachment
	before   before     // what there was when the open attachment began
	holder   *chat.Card // whose attachment is open, nil: a loose one
	blocks   int        // in the list that is open
	frames   int        // attachments of the part
	said     bool       // the part has a text
	left     int        // characters that the part may still hold
	tables   int
	elements int // in the context that is open; 0: none is
	ids      int
	parts    int
	full     bool // there may be no further part
	lost     int  // characters that found no place

	classic bool // classic attachments, not blocks
	slot    slot // the last part that the open attachment has got
	thumbed bool // it has a thumbnail, and so takes no picture
	marked  bool // it says what is formatted
}

// before is what an attachment goes back to that has got nothing to show.
type before struct {
	w     jsonw.Buf
	begun *chat.Card
	from  int // where its parts begin
}

// place says which list of blocks is open.
type place uint8

const (
	nowhere place = iota
	inMessage
	inAttachment
)

func (w *writer) start(out *chat.Output, m *chat.Message, opt *chat.Options) {
	*w = writer{w: w.w, text: w.text[:0], plain: w.plain[:0], spans: w.spans[:0]}
	w.out, w.m, w.n = out, m, &out.Notes
	w.opt = opt.For(m)
}

func (w *writer) release() {
	const keep = 1 << 16 // bytes; a larger buffer is left to the collector
	if cap(w.w.B) > keep {
		w.w.B = nil
	}
	clear(w.spans[:cap(w.spans)])
	*w = writer{w: w.w, text: w.text, plain: w.plain, spans: w.spans}
	writers.Put(w)
}

// begin opens a part.
func (w *writer) begin() {
	w.parts++
	w.inside, w.holder, w.blocks, w.frames, w.tables, w.ids = nowhere, nil, 0, 0, 0, 0
	w.left = maxMessageChars - margin
	w.said, w.elements = false, 0
	w.w.Reset()
	w.w.Open()
	w.head()
}

// head writes the members of a payload that are not content.
func (w *writer) head() {
	if w.opt.Legacy {
		if name := w.m.Sender.Name; name != "" {
			w.w.KeyStr("username", name)
		}
		if icon := w.m.Sender.Icon; isEmojiName(icon) {
			w.w.KeyStr("icon_emoji", icon)
		} else if isWeb(icon) {
			w.w.KeyStr("icon_url", icon)
		}
	}
	if w.m.Origin == chat.Slack && w.m.Thread.Key != "" {
		w.w.KeyStr("thread_ts", w.m.Thread.Key)
	}
	if w.classic {
		w.w.KeyWord("parse", "none") // words do not become links
	}
	if w.m.Flags.NoPreview {
		w.w.KeyBool("unfurl_links", false)
	}
	if w.m.Flags.NoPreview || hasHidden(w.m.Blocks) {
		w.w.KeyBool("unfurl_media", false)
	}
}

// notice is the line that is shown in notifications.
func (w *writer) notice() string {
	if s := w.m.Summary.Plain(); !unseen(s) {
		return s
	}
	return noticeOf(w.m.Blocks)
}

// noticeText writes the notification line as the text of the message, where
// blocks keep Slack from showing it. It notifies nobody: what would be a mention
// is words.
func (w *writer) noticeText() {
	s := w.notice()
	w.keyPlain("text", s, maxTextChars)
	if strings.ContainsAny(s, "*_~`") {
		w.w.KeyBool("mrkdwn", false)
	}
}

// unsaid notes what Slack has no place for.
func (w *writer) unsaid() {
	if w.m.Flags.Silent {
		w.n.Add(chat.Flattened, "silent", 0)
	}
	if s := &w.m.Sender; w.opt.Legacy {
		if s.URL != "" {
			w.n.AddAt("sender.url", chat.Dropped, "link", 0)
		}
		if s.Icon != "" && !isWeb(s.Icon) && !isEmojiName(s.Icon) {
			w.n.AddAt("sender.icon", chat.Dropped, "icon", 0)
		}
	}
	if tags := len(w.m.Thread.Tags); tags > 0 {
		w.n.AddAt("thread.tags", chat.Dropped, "tags", tags)
	}
}

// preamble writes what stands before the first block.
func (w *writer) preamble() {
	m := w.m
	w.unsaid()
	if !w.opt.Legacy && m.Sender != (chat.Badge{}) {
		w.n.Enter("sender", -1)
		w.badge(roleSender, &m.Sender, 0)
		w.n.Leave()
	}
	if m.Thread.Topic != "" {
		w.n.AddAt("thread.topic", chat.Flattened, "topic", 0)
		w.one[0] = chat.Block{Kind: chat.Heading, Level: 1, Text: w.words(m.Thread.Topic, 0)}
		w.heading(&w.one[0])
	}
	if len(m.Blocks) == 0 {
		w.one[0] = chat.Block{Text: m.Summary}
		w.sections(w.one[:])
	}
}

// margin is what estimates of a block's size may be short of.
const margin = 400

// open makes room for one more block with chars characters of text, in the
// attachment of the card being written or where loose blocks go. It is false when
// there is no room in the last part.
func (w *writer) open(chars int) bool {
	if w.full {
		return false
	}
	chars = min(chars, maxMessageChars-margin)
	if w.left < chars || w.inside == inMessage && w.card == nil && w.blocks == maxBlocks {
		if !w.next() {
			return false
		}
	}
	switch {
	case w.card == nil && w.frames == 0:
		if w.inside == nowhere {
			w.noticeText()
			w.w.Key("blocks")
			w.w.OpenArray()
			w.inside, w.blocks, w.said = inMessage, 0, true
		}
	case w.inside != inAttachment || w.holder != w.card || w.blocks == maxBlocks:
		if w.frames == maxAttachments {
			if !w.next() {
				return false
			}
			return w.open(chars)
		}
		w.openAttachment()
	}
	w.blocks++
	return true
}

// shut closes the list of blocks that is open, and what holds it.
func (w *writer) shut() {
	switch w.inside {
	case inMessage:
		w.w.CloseArray()
	case inAttachment:
		if len(w.w.B) == w.before.from {
			w.w, w.begun = w.before.w, w.before.begun
			w.frames--
			break
		}
		if !w.classic {
			w.w.CloseArray()
		}
		w.w.Close()
	case nowhere:
	}
	w.inside = nowhere
}

func (w *writer) openAttachment() {
	w.shut()
	w.before = before{w: w.w, begun: w.begun}
	if w.frames == 0 {
		w.w.Key("attachments")
		w.w.OpenArray()
	}
	w.frames++
	w.w.Open()
	switch c := w.card; {
	case c != nil:
		if c == w.begun {
			w.n.Add(chat.Split, "attachment", 0)
		}
		w.begun = c
		if c.Colour != 0 {
			w.colour(c.Colour)
		}
		// A loose attachment has none: that is how the two are told apart.
		line := first(oneLine(noticeCard(c)), noFallback)
		if w.frames == 1 && !w.said {
			line = w.notice() // nothing else tells of the message
		}
		w.keyPlain("fallback", line, maxTextChars)
	case w.classic && w.frames == 1 && !w.said:
		w.keyPlain("fallback", w.notice(), maxTextChars)
	case w.classic:
		w.w.KeyStr("fallback", noFallback)
	}
	w.inside, w.holder, w.blocks = inAttachment, w.card, 0
	w.slot, w.thumbed, w.marked = 0, false, false
	if !w.classic {
		w.w.Key("blocks")
		w.w.OpenArray()
	}
	w.before.from = len(w.w.B)
}

const noFallback = "…"

func (w *writer) colour(c chat.Colour) {
	const hex = "0123456789abcdef"
	rgb, _ := c.RGB()
	b := append(w.id[:0], '#')
	for shift := 20; shift >= 0; shift -= 4 {
		b = append(b, hex[rgb>>shift&15])
	}
	w.w.Key("color")
	w.w.Bytes(b)
}

// next ends the part and begins another one, if there may be one.
func (w *writer) next() bool {
	if w.parts >= w.opt.MaxParts {
		w.full = true
		return false
	}
	w.endPart()
	w.begin()
	return true
}

// endPart ends the part. There is always something in it that Slack shows: what
// has got nothing is no part, and a message of nothing else is a line in its place.
func (w *writer) endPart() {
	w.shut()
	switch {
	case w.frames > 0:
		w.w.CloseArray()
	case w.said:
	case w.parts > 1:
		w.parts--
		return
	default:
		w.n.Add(chat.Flattened, "message", 0)
		w.keyPlain("text", noticeOf(w.m.Blocks), maxTextChars)
	}
	w.w.Close()
	payload := make([]byte, len(w.w.B))
	copy(payload, w.w.B)
	w.out.Parts = append(w.out.Parts, chat.Part{Payload: payload})
}

// finish ends the last part and notes what it has come to.
func (w *writer) finish() {
	if w.full {
		w.n.Add(chat.Shortened, "message", max(1, w.lost))
		if !w.classic && w.inside != nowhere && w.blocks < maxBlocks {
			w.w.Open()
			w.w.KeyWord("type", "context")
			w.w.Key("elements")
			w.w.OpenArray()
			w.textObject("mrkdwn", []byte("…"))
			w.w.CloseArray()
			w.w.Close()
		}
	}
	w.endPart()
	if w.parts > 1 {
		w.n.Add(chat.Split, "message", w.parts)
	}
}

// blockID writes the role of a block.
func (w *writer) blockID(role string) {
	w.w.Key("block_id")
	w.ids++
	id := append(w.id[:0], role...)
	id = append(id, '-')
	w.w.Bytes(strconv.AppendInt(id, int64(w.ids), 10))
}
