package discord

import (
	"slices"
	"strings"

	"dragoman/translators/chat"
)

// run is a run of blocks that can be written one after the other: text, fields
// and pictures. Where blocks had to be changed for that, from tells what each
// was made of; it is nil when nothing was.
type run struct {
	blocks []chat.Block
	from   []origin
	base   int // index of the first block in the message or the card
}

// origin is the block that a block was made of, and what it is.
type origin struct {
	index int
	thumb bool // a picture that stood beside the next block
	row   bool // a line that was buttons
}

// index is the place of block i of the run in the message or the card.
func (r *run) index(i int) int {
	if r.from != nil {
		return r.from[i].index
	}
	return r.base + i
}

// enter makes notes stand at block i, and in the text from there on at the block
// they are about, where that is known.
func (r *run) enter(n *chat.Notes, key string, i int) {
	first := r.index(i) - i
	for k := i; k < len(r.blocks) && r.from != nil && isText(&r.blocks[k]); k++ {
		if r.index(k) != first+k { // a block became several, or none
			n.Enter(key, r.index(i))
			return
		}
	}
	n.EnterRun(key, first)
	n.At(i)
}

func (r *run) thumb(i int) bool { return r.from != nil && r.from[i].thumb }

func (r *run) row(i int) bool { return r.from != nil && r.from[i].row }

// rule is what a divider becomes, since Discord's text has none.
var rule = chat.Text{{Text: "───────────────"}}

// lower makes a run of blocks, which lasts until the next one is made. key is
// where they stand: "body" in a card; base is the index of the first; the buttons
// of blocks from index tail on are components if they can be.
func (w *writer) lower(blocks []chat.Block, key string, base, tail int) run {
	i := 0
	for i < len(blocks) && plainEnough(&blocks[i]) {
		i++
	}
	if i == len(blocks) {
		return run{blocks: blocks, base: base}
	}
	l := lowering{w: w, tail: tail, blocks: w.runs[:0], from: w.at[:0]}
	for i := range blocks {
		l.at = base + i
		w.n.Enter(key, base+i)
		l.block(&blocks[i])
		w.n.Leave()
	}
	w.runs, w.at = l.blocks, l.from
	return run{blocks: l.blocks, from: l.from, base: base}
}

// plainEnough reports whether b can be written as it is.
func plainEnough(b *chat.Block) bool {
	switch b.Kind {
	case chat.Divider, chat.Grid, chat.Buttons:
		return false
	case chat.Media:
		for i := range b.Assets {
			if !isShown(&b.Assets[i]) || b.Assets[i].Title != "" {
				return false
			}
		}
		return !b.Quoted && b.Level == 0
	case chat.Fields:
		return len(b.Assets) == 0 && len(b.Buttons) == 0 && !b.Quoted && !nameless(b)
	default:
		return len(b.Assets) == 0 && len(b.Buttons) == 0
	}
}

// isShown reports whether a can be a picture of an embed as it is.
func isShown(a *chat.Asset) bool { return a.Kind == chat.Picture && !a.Spoiler && isMedia(a.URL) }

// lowering is a run being made.
type lowering struct {
	w      *writer
	blocks []chat.Block
	from   []origin
	at     int
	tail   int
}

func (l *lowering) add(b chat.Block, thumb bool) {
	l.blocks = append(l.blocks, b)
	l.from = append(l.from, origin{index: l.at, thumb: thumb})
}

// line adds a text as a Para.
func (l *lowering) line(t chat.Text, like *chat.Block) {
	if len(t) > 0 {
		l.add(chat.Block{Kind: chat.Para, Text: t, Quoted: like.Quoted}, false)
	}
}

// row adds buttons as a line.
func (l *lowering) row(row []chat.Button, like *chat.Block) {
	if from := len(l.from); len(row) > 0 {
		l.line(links(row), like)
		l.from[from].row = true
	}
}

func (l *lowering) block(b *chat.Block) {
	n := l.w.n
	switch b.Kind {
	case chat.Divider:
		n.Add(chat.Flattened, "divider", 0)
		l.line(rule, b)
	case chat.Grid:
		n.Add(chat.Flattened, "table", 0)
		for _, x := range table(b) {
			l.add(x, false)
		}
	case chat.Buttons:
		row := b.Buttons
		if l.at >= l.tail {
			if !slices.ContainsFunc(row, isNoButton) {
				return
			}
			row = slices.DeleteFunc(slices.Clone(row), isButton)
		}
		n.Add(chat.Flattened, "button", many(len(row)))
		l.row(row, b)
	case chat.Media:
		l.media(b)
	default:
		l.text(b)
	}
}

// text adds a block with what stands beside it: the picture before, the button
// after.
func (l *lowering) text(b *chat.Block) {
	if b.Kind == chat.Fields && b.Quoted && !nameless(b) {
		l.w.n.Add(chat.Flattened, "quote", 0)
	}
	for i := range b.Assets {
		if a := &b.Assets[i]; isShown(a) {
			l.add(chat.Block{Kind: chat.Media, Assets: uncaptioned(b.Assets[i : i+1])}, true)
		}
	}
	if b.Kind == chat.Fields || len(b.Text) > 0 {
		c := *b
		if nameless(b) {
			l.w.n.Add(chat.Flattened, "fields", len(b.Fields))
			c = chat.Block{Kind: chat.Para, Text: valueLines(b.Fields), Quoted: b.Quoted}
		}
		c.Assets, c.Buttons = nil, nil
		l.add(c, false)
	}
	for i := range b.Assets {
		if a := &b.Assets[i]; !isShown(a) {
			l.asset(a, b)
		} else {
			l.caption(a, b)
		}
	}
	if len(b.Buttons) > 0 && !(l.w.beside && b == &l.w.m.Blocks[l.w.tail-1]) {
		l.w.n.Add(chat.Flattened, "button", 0)
		l.row(b.Buttons, b)
	}
}

// nameless reports whether b is fields of which none has a name and each is a
// line: they read better as lines than under empty names.
func nameless(b *chat.Block) bool {
	if b.Kind != chat.Fields {
		return false
	}
	for i := range b.Fields {
		f := &b.Fields[i]
		if len(f.Name) > 0 || len(f.Body) != 1 || f.Body[0].Kind != chat.Para || len(f.Body[0].Assets)+len(f.Body[0].Buttons) > 0 {
			return false
		}
	}
	return true
}

// valueLines are the values of nameless fields, a line each.
func valueLines(fields []chat.Field) (t chat.Text) {
	for i := range fields {
		if i > 0 {
			t = append(t, chat.Span{Text: "\n"})
		}
		t = append(t, fields[i].Body[0].Text...)
	}
	return t
}

// caption adds the title of a picture, which has no place of its own in an
// embed.
func (l *lowering) caption(a *chat.Asset, like *chat.Block) {
	if a.Title != "" {
		l.w.n.Add(chat.Flattened, "title", 0)
		l.line(chat.Text{{Text: a.Title, Style: chat.Bold}}, like)
	}
}

// media adds the pictures that can be shown as such, and the rest as links.
func (l *lowering) media(b *chat.Block) {
	if b.Quoted {
		l.w.n.Add(chat.Flattened, "quote", 0)
	}
	from := 0
	flush := func(to int) {
		if to > from {
			l.add(chat.Block{Kind: chat.Media, Assets: uncaptioned(b.Assets[from:to:to])}, false)
		}
	}
	for i := range b.Assets {
		a := &b.Assets[i]
		switch {
		case !isShown(a):
			flush(i)
			from = i + 1
			l.asset(a, b)
		case a.Title != "":
			flush(i)
			from = i
			l.caption(a, b)
		}
	}
	flush(len(b.Assets))
}

// uncaptioned are pictures without the alternative texts that stand above them
// as captions already.
func uncaptioned(list []chat.Asset) []chat.Asset {
	for i := range list {
		if a := &list[i]; a.Title != "" && a.Title == a.Alt {
			list = slices.Clone(list)
			for ; i < len(list); i++ {
				if list[i].Title == list[i].Alt {
					list[i].Alt = ""
				}
			}
			break
		}
	}
	return list
}

// asset adds what an embed cannot show as a link. What is hidden stays hidden.
func (l *lowering) asset(a *chat.Asset, b *chat.Block) {
	w := l.w
	if name, ok := uploadName(a.URL); ok {
		// The file goes with the message, which shows it by itself.
		if w.part.attach(*a) {
			w.n.Add(chat.Flattened, assetWord(a), 0)
			return
		}
		w.n.Add(chat.Dropped, "attachment", 0)
		l.line(chat.Text{{Text: name}}, b)
		return
	}
	var t chat.Text
	var style chat.Style
	if a.Spoiler {
		style = chat.Spoiler
	}
	label := a.Title
	if label == "" {
		label = a.Alt
	} else if a.Alt != "" && a.Alt != label {
		label += " – " + a.Alt
	}
	label = strings.Join(strings.Fields(label), " ")
	switch {
	case isLink(a.URL):
		w.n.Add(chat.Flattened, assetWord(a), 0)
		if label == "" {
			label = a.URL
		}
		t = chat.Text{{Kind: chat.Link, Text: label, Ref: a.URL, Style: style}}
	case label != "":
		w.n.Add(chat.Unlinked, assetWord(a), 0)
		t = chat.Text{{Text: label, Style: style}}
		if a.URL != "" {
			t[0].Text += " (" + a.URL + ")"
		}
	default:
		w.n.Add(chat.Unlinked, assetWord(a), 0)
		t = chat.Text{{Text: a.URL, Style: style}}
	}
	l.line(t, b)
}

func assetWord(a *chat.Asset) string {
	switch a.Kind {
	case chat.Video:
		return "video"
	case chat.Document:
		return "file"
	default:
		return "image"
	}
}
