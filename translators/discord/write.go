package discord

import (
	"bytes"
	"strings"
	"sync"
	"unicode"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
	"dragoman/translators/markdown"
)

// WriteEmbeds writes m as content and embeds, in as many payloads as it takes up
// to opt.MaxParts. Text before the first card is content; a card is an embed;
// what comes after that follows in embeds of its own, so that nothing moves
// before what it followed. Every payload has allowed_mentions. A part's Files
// are named for the uploads its payload refers to, in the order of their ids, and
// opt.Whole is the first; the caller finds the bytes of the others. It returns
// chat.ErrEmpty when m says nothing.
func WriteEmbeds(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	w := writers.Get().(*writer)
	defer w.free()
	w.out, w.n, w.m, w.opt = out, &out.Notes, m, opt.For(m)
	w.first = len(out.Parts)
	w.whole()
	w.sender()
	w.buttons()
	w.message()
	if w.part.filled() || len(w.rows) > 0 {
		w.flush(true)
	}
	made := len(out.Parts) - w.first
	if made == 0 {
		return chat.ErrEmpty
	}
	if made > 1 {
		w.n.Add(chat.Split, "message", made)
	}
	return nil
}

var writers = sync.Pool{New: func() any { return new(writer) }}

// writer is the state of one message being written.
type writer struct {
	out   *chat.Output
	n     *chat.Notes
	m     *chat.Message
	opt   chat.Options
	first int // parts that were in out before
	stop  bool

	username, avatar string
	rows             [][]chat.Button // buttons that become components
	tail             int             // the buttons of this block and those after it are among them
	cardTail         int             // likewise in the body of the card before
	beside           bool            // the button beside the block before is one of them

	part part
	text []byte // markup of the embed being made
	made draft
	runs []chat.Block // lowered blocks
	at   []origin
	buf  jsonw.Buf
}

func (w *writer) free() {
	w.out, w.n, w.m, w.opt = nil, nil, nil, chat.Options{}
	w.username, w.avatar, w.stop, w.beside = "", "", false, false
	clear(w.rows)
	clear(w.runs)
	clear(w.at)
	w.rows, w.runs, w.at, w.text = w.rows[:0], w.runs[:0], w.at[:0], w.text[:0]
	w.part.reset()
	w.made.reset()
	w.buf.Reset()
	if cap(w.buf.B)+cap(w.text)+cap(w.part.content) < 1<<18 && cap(w.runs) < 1<<12 {
		writers.Put(w)
	}
}

// last reports whether the part being filled is the last there may be.
func (w *writer) last() bool { return len(w.out.Parts)-w.first+1 >= w.opt.MaxParts }

// message writes the blocks in order.
func (w *writer) message() {
	blocks := w.m.Blocks
	i := 0
	for i < len(blocks) && inContent(&blocks[i]) {
		i++
	}
	w.content(i)
	for i < len(blocks) && w.upload(i) {
		i++
	}
	for i < len(blocks) && !w.stop {
		if blocks[i].Kind == chat.Group {
			w.card(i)
			i++
			continue
		}
		from := i
		for i < len(blocks) && blocks[i].Kind != chat.Group {
			i++
		}
		w.loose(from, i)
	}
	if i < len(blocks) {
		w.n.Enter("blocks", i)
		w.cutOff(left(blocks[i:]))
		w.n.Leave()
	}
}

// inContent reports whether b can be part of the content.
func inContent(b *chat.Block) bool {
	switch b.Kind {
	case chat.Group:
		return false
	case chat.Fields:
		return nameless(b) && len(b.Assets) == 0
	case chat.Media: // if all of it becomes links
		for i := range b.Assets {
			if _, up := uploadName(b.Assets[i].URL); up || isShown(&b.Assets[i]) {
				return false
			}
		}
		return true
	default:
		return len(b.Assets) == 0
	}
}

// content writes the first n blocks as content, in as many parts as that takes.
func (w *writer) content(n int) {
	run := w.lower(w.m.Blocks[:n], "blocks", 0, w.tail)
	var pos chat.Pos
	for pos.Block < len(run.blocks) {
		from := pos
		run.enter(w.n, "blocks", from.Block)
		w.part.content, pos, _ = markdown.FitBlocks(w.part.content[:0], run.blocks, from, maxContent, markdown.Content, &w.opt, w.n)
		if pos == from {
			w.unsaid(run.blocks, from)
			pos = chat.Pos{Block: from.Block + 1}
			w.n.Leave()
			continue
		}
		w.n.Leave()
		w.pings(run.blocks, from, pos)
		if pos.Block >= len(run.blocks) {
			return
		}
		if len(bytes.TrimSpace(w.part.content)) == 0 {
			continue
		}
		if !w.last() {
			w.flush(false)
			continue
		}
		// Once more, with room for the mark of what is missing.
		w.part.content, pos, _ = markdown.FitBlocks(w.part.content[:0], run.blocks, from, maxContent-w.markChars(), markdown.Content, &w.opt, nil)
		w.part.content = w.mark(w.part.content)
		w.n.Enter("blocks", -1)
		w.cutText("content", rest(run.blocks, pos))
		w.n.Leave()
		return
	}
}

// unsaid notes the words of a block of which nothing can be written, from at on.
func (w *writer) unsaid(blocks []chat.Block, at chat.Pos) {
	t := blocks[at.Block].Text
	if at.At != (chat.Cursor{}) {
		t = from(t, at.At)
	}
	words := func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) }
	if plain := t.Plain(); strings.IndexFunc(plain, words) >= 0 {
		w.n.Add(chat.Dropped, "text", count(plain))
	}
}

// rest is the number of characters of a run from pos on.
func rest(blocks []chat.Block, pos chat.Pos) int {
	n := 0
	for i := pos.Block; i < len(blocks); i++ {
		t := blocks[i].Text
		if i == pos.Block && pos.At != (chat.Cursor{}) {
			if pos.At == chat.End || pos.At.Span >= len(t) {
				continue
			}
			head := t[pos.At.Span]
			head.Text = head.Text[min(pos.At.Byte, len(head.Text)):]
			n += chat.Text{head}.Chars() + t[pos.At.Span+1:].Chars()
			continue
		}
		n += chars(&blocks[i])
	}
	return n
}

// chars is the number of characters that a reader sees of b, without markup.
func chars(b *chat.Block) int {
	n := b.Text.Chars()
	for i := range b.Fields {
		n += b.Fields[i].Name.Chars()
		for k := range b.Fields[i].Body {
			n += chars(&b.Fields[i].Body[k])
		}
	}
	for _, x := range b.Buttons {
		n += count(x.Label)
	}
	for _, a := range b.Assets {
		n += count(a.Alt) + count(a.Title)
	}
	if b.Table != nil {
		for _, row := range b.Table.Rows {
			for _, cell := range row {
				n += cell.Chars()
			}
		}
	}
	if c := b.Card; c != nil {
		n += c.Title.Chars() + count(c.Author.Name) + count(c.Footer.Name) + count(c.Thumb.Alt)
		for i := range c.Body {
			n += chars(&c.Body[i])
		}
	}
	return n
}

// left is the number of characters and of pictures in blocks.
func left(blocks []chat.Block) (n, pics int) {
	for i := range blocks {
		b := &blocks[i]
		n += chars(b)
		pics += len(b.Assets)
		if b.Card != nil {
			_, inner := left(b.Card.Body)
			pics += inner
			if b.Card.Thumb.URL != "" {
				pics++
			}
		}
	}
	return n, pics
}

// upload puts a block of media that was uploaded with the message among the
// part's files, if that is all it holds and no embed stands before it.
func (w *writer) upload(i int) bool {
	b := &w.m.Blocks[i]
	if b.Kind != chat.Media || len(w.part.uploads)+len(b.Assets) > maxUploads {
		return false
	}
	for _, a := range b.Assets {
		if _, ok := uploadName(a.URL); !ok {
			return false
		}
	}
	for _, a := range b.Assets {
		w.part.attach(a)
	}
	return true
}
