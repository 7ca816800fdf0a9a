package discord

import (
	"slices"

	"dragoman/translators/chat"
)

// feed is a run of blocks and how much of it is written.
type feed struct {
	run
	key   string       // "blocks", or "body" in a card
	pos   chat.Pos     // in the run; At is only used in text
	field int          // in a Fields block
	body  []chat.Block // what that field's value is written from
	value chat.Pos     // in body
	again bool         // the field goes on from an earlier entry
	pic   int          // in a Media block
}

// moved reports whether more is written than there was.
func (f *feed) moved(was feed) bool {
	return f.pos != was.pos || f.field != was.field || f.value != was.value || f.pic != was.pic
}

func (f *feed) done() bool { return f.pos.Block >= len(f.blocks) }

func (f *feed) next() {
	f.pos = chat.Pos{Block: f.pos.Block + 1}
	f.nextField()
	f.field, f.pic = 0, 0
}

func (f *feed) nextField() {
	f.field++
	f.body, f.value, f.again = nil, chat.Pos{}, false
}

// pictureLast moves the only picture of a card, or its only gallery, behind what
// follows it, since an embed shows its image last: one embed with all of its words
// in order reads better than two. A picture with a caption stays below it.
func (f *feed) pictureLast(n *chat.Notes) {
	at, last := -1, len(f.blocks)-1
	for i := range f.blocks {
		if f.blocks[i].Kind != chat.Media || f.thumb(i) {
			continue
		}
		if at >= 0 {
			return
		}
		at = i
	}
	if at < 0 || at == last || len(f.blocks[at].Assets) > maxGallery || f.blocks[at].Assets[0].Title != "" {
		return
	}
	n.Enter(f.key, f.index(at))
	n.Add(chat.Flattened, "image", 0)
	n.Leave()
	blocks, from := make([]chat.Block, 0, last+1), make([]origin, 0, last+1)
	add := func(i int) {
		blocks, from = append(blocks, f.blocks[i]), append(from, origin{f.index(i), f.thumb(i), f.row(i)})
	}
	for i := range f.blocks {
		if i != at {
			add(i)
		}
	}
	add(at)
	f.blocks, f.from = blocks, from
}

// isText reports whether b is written by markdown.FitBlocks.
func isText(b *chat.Block) bool {
	switch b.Kind {
	case chat.Para, chat.Heading, chat.Item, chat.Code, chat.Small:
		return true
	default:
		return false
	}
}

// limited is the part of f's text from where it stands that has at most max
// elements, and at least one element's worth. Where that is not all of it, limit is
// the place at which it ends.
func (f *feed) limited(max int) (blocks []chat.Block, limit chat.Pos) {
	if max <= 0 {
		return nil, limit
	}
	for i := f.pos.Block; i < len(f.blocks) && isText(&f.blocks[i]); i++ {
		t := f.blocks[i].Text
		from := 0
		if i == f.pos.Block && f.pos.At != chat.End {
			from = f.pos.At.Span
		}
		for k := from; k < len(t); k++ {
			if !isElement(&t[k]) {
				continue
			}
			if max--; max >= 0 {
				continue
			}
			blocks = slices.Clone(f.blocks[:i+1])
			blocks[i].Text = t[:k:k]
			if k == 0 {
				blocks = blocks[:i]
			}
			return blocks, chat.Pos{Block: i, At: chat.Cursor{Span: k}}
		}
	}
	return f.blocks, limit
}

// isElement reports whether s is drawn as more than words.
func isElement(s *chat.Span) bool { return s.Kind != chat.Words || s.Style != 0 }

// elements counts them between two places.
func elements(blocks []chat.Block, from, to chat.Pos) int {
	n := 0
	for i := from.Block; i < len(blocks) && i <= to.Block; i++ {
		t := blocks[i].Text
		a, b := 0, len(t)
		if i == from.Block && from.At != chat.End {
			a = min(from.At.Span, len(t))
		}
		if i == to.Block && to.At != chat.End {
			b = min(to.At.Span, len(t))
		}
		for k := a; k < b; k++ {
			if isElement(&t[k]) {
				n++
			}
		}
	}
	return n
}

// rest is the number of characters and of pictures that are not written.
func (f *feed) rest() (chars, pics int) {
	if f.done() {
		return 0, 0
	}
	if b := f.blocks[f.pos.Block]; b.Kind == chat.Fields {
		b.Fields = b.Fields[f.field:]
		if f.again {
			chars = rest(f.body, f.value)
			b.Fields = b.Fields[1:]
		}
		more, pics := left(append([]chat.Block{b}, f.blocks[f.pos.Block+1:]...))
		return chars + more, pics
	}
	_, pics = left(f.blocks[f.pos.Block:])
	return rest(f.blocks, f.pos), pics - f.pic
}
