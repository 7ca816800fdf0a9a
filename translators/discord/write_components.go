package discord

import (
	"sync"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// WriteComponents writes m as Components V2, in as many payloads as it takes up to
// opt.MaxParts: what stands in a card goes into a container, everything keeps its
// place, and hidden pictures and cards stay hidden. A card that does not fit into
// one payload goes on in a container of the same colour. What a component has no
// word for (author, title, footer, fields) is text that is marked by its id, so
// that Read finds it again. Text of components can notify: every payload has
// allowed_mentions. A destination that takes no components (opt.Components) gets
// embeds. It returns chat.ErrEmpty when m says nothing.
func WriteComponents(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	if opt == nil || !opt.Components {
		return WriteEmbeds(out, m, opt)
	}
	l := layouts.Get().(*layout)
	defer l.free()
	l.out, l.n, l.m, l.opt = out, &out.Notes, m, opt.For(m)
	l.first = len(out.Parts)
	l.whole()
	l.sender()
	l.blocks("blocks", m.Blocks, 0)
	if l.count > 0 {
		l.send()
	}
	l.n.Enter("blocks", l.lostAt)
	l.cutOff(l.lostChars, l.lostPics)
	l.n.Leave()
	made := len(out.Parts) - l.first
	if made == 0 {
		return chat.ErrEmpty
	}
	if made > 1 {
		l.n.Add(chat.Split, "message", made)
	}
	return nil
}

var layouts = sync.Pool{New: func() any { return new(layout) }}

// layout is the state of one message being written as components. It shares
// sender, mentions, uploads and thread with the writer of embeds.
type layout struct {
	writer
	body  jsonw.Buf // components of the part being filled
	count int       // how many, nested ones too
	chars int       // of their texts

	box   *chat.Card // what is written goes into its container; nil: into none
	open  bool       // the container has begun in this part
	boxes int        // containers that the card has taken

	lostChars, lostPics int // what is not written
	lostAt              int // from which block of the message on
	at                  int // block of the message

	spans   []chat.Span // scratch for texts that are made
	derived []chat.Block
}

func (l *layout) free() {
	clear(l.spans)
	clear(l.derived)
	p := l.part
	p.reset()
	*l = layout{
		writer: writer{text: l.text[:0], part: p, buf: l.buf},
		body:   l.body, spans: l.spans[:0], derived: l.derived[:0],
	}
	l.buf.Reset()
	l.body.Reset()
	if cap(l.buf.B)+cap(l.body.B)+cap(l.text) < 1<<18 && cap(l.spans) < 1<<12 {
		layouts.Put(l)
	}
}

// blocks writes the blocks of the message or of a card, from one on.
func (l *layout) blocks(key string, list []chat.Block, from int) {
	for i := from; i < len(list); {
		if l.box == nil {
			l.at = i
		}
		if b := &list[i]; isText(b) && !hasBeside(b) {
			l.n.EnterRun(key, i)
		} else {
			l.n.Enter(key, i)
		}
		i += l.block(list[i:])
		l.n.Leave()
	}
}

// block writes the first block of a list, or all the text that the list begins
// with, and says how many blocks that were.
func (l *layout) block(list []chat.Block) int {
	b := &list[0]
	switch {
	case l.stop:
		l.lose(left(list[:1]))
	case b.Kind == chat.Group:
		l.group(b)
	case b.Kind == chat.Fields:
		l.fields(b)
	case isText(b) && !hasBeside(b):
		n := texts(list)
		l.display(list[:n], 0, accessory{})
		return n
	case isText(b):
		l.flanked(b, list[:1])
	default:
		l.other(b)
	}
	return 1
}

// other writes a block that is not text.
func (l *layout) other(b *chat.Block) {
	if b.Kind == chat.Grid {
		l.n.Add(chat.Flattened, "table", 0)
		l.display(table(b), 0, accessory{})
		return
	}
	if b.Quoted {
		l.n.Add(chat.Flattened, "quote", 0)
	}
	switch b.Kind {
	case chat.Divider:
		if l.room(1, 0, 0) {
			l.component(typeSeparator, 0)
			l.body.Close()
		}
	case chat.Media:
		if b.Level > 0 {
			l.n.Add(chat.Flattened, "list", 0)
		}
		l.media(b.Assets)
	case chat.Buttons:
		l.row(b.Buttons)
	default: // the rest is text
	}
}

func hasBeside(b *chat.Block) bool { return len(b.Assets)+len(b.Buttons) > 0 }

// texts is how many blocks a list begins with that one text can hold.
func texts(list []chat.Block) int {
	n := 0
	for n < len(list) && isText(&list[n]) && !hasBeside(&list[n]) {
		n++
	}
	return n
}

// lose counts what is not written, from the first that is not.
func (l *layout) lose(chars, pics int) {
	if l.lostChars+l.lostPics == 0 {
		l.lostAt = l.at
	}
	l.lostChars += chars
	l.lostPics += pics
}
