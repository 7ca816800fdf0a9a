package discord

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

// accessory is what stands beside a text in a section: a picture or a link
// button. The zero accessory is none.
type accessory struct {
	asset  *chat.Asset
	button *chat.Button
	role   role
}

func (a accessory) none() bool { return a.asset == nil && a.button == nil }

// uploads is how many uploads a shows.
func (a accessory) uploads() int {
	if a.asset != nil {
		return uploads(a.asset)
	}
	return 0
}

// display writes text blocks as a text display, with what stands beside them as a
// section, and goes on in the next part where they are too long. It returns how
// many displays that took.
func (l *layout) display(run []chat.Block, r role, beside accessory) (made int) {
	run = l.outdent(run)
	var pos chat.Pos
	for pos.Block < len(run) {
		need, want := 1, least
		if !beside.none() {
			need = 3
		}
		if pos.At == (chat.Cursor{}) {
			want = min(want, most(&run[pos.Block]))
		}
		if !l.room(need, want, beside.uploads()) {
			l.lose(rest(run, pos), beside.pics())
			return made
		}
		from := pos
		if pos = l.fit(run, from); len(bytes.TrimSpace(l.text)) > 0 {
			l.pings(run, from, pos)
			l.section(r, beside)
			made++
			beside = accessory{}
		}
		switch {
		case l.stop:
			l.lose(rest(run, pos), beside.pics())
			return made
		case pos == from: // nothing of the block can be shown
			l.unsaid(run, from)
			pos = chat.Pos{Block: from.Block + 1}
		case pos.Block < len(run):
			r = r.next()
		}
	}
	if !beside.none() { // beside nothing
		l.alone(beside)
	}
	return made
}

// fit makes the text of one display. Where nothing can follow it ends with the
// mark of what is missing.
func (l *layout) fit(run []chat.Block, from chat.Pos) chat.Pos {
	room := maxTextDisplay - l.chars
	var pos chat.Pos
	l.text, pos, _ = markdown.FitBlocks(l.text[:0], run, from, room, markdown.Content, &l.opt, l.n)
	if pos.Block < len(run) && pos != from && l.last() {
		l.text, pos, _ = markdown.FitBlocks(l.text[:0], run, from, room-l.markChars(), markdown.Content, &l.opt, nil)
		l.text = l.mark(l.text)
		l.stop = true
	}
	return pos
}

// section writes the text made as a display, in a section when something stands
// beside it.
func (l *layout) section(r role, beside accessory) {
	if beside.none() {
		l.say(r, l.text)
		return
	}
	l.component(typeSection, 0)
	l.body.Key("components")
	l.body.OpenArray()
	l.say(r, l.text)
	l.body.CloseArray()
	l.accessory(beside)
	l.body.Close()
}

// say writes a text display.
func (l *layout) say(r role, text []byte) {
	l.component(typeTextDisplay, r)
	l.body.Key("content")
	l.body.Bytes(text)
	l.body.Close()
	l.chars += utf8.RuneCount(text)
}

func (l *layout) accessory(a accessory) {
	l.body.Key("accessory")
	if a.button != nil {
		l.button(a.button)
		return
	}
	l.component(typeThumbnail, a.role)
	l.shown(a.asset)
	l.body.Close()
}

// outdent gives a list that begins below an item the depth of one that does not.
func (l *layout) outdent(run []chat.Block) []chat.Block {
	deep := run[0].Level
	if run[0].Kind == chat.Heading || deep == 0 {
		return run
	}
	l.n.Add(chat.Flattened, "list", 0)
	out := append([]chat.Block(nil), run...)
	for i := range out {
		b := &out[i]
		if b.Kind == chat.Heading || b.Level == 0 {
			break
		}
		b.Level = max(0, b.Level-deep)
	}
	return out
}

// flanked writes a block of text with what stands
// beside it.
func (l *layout) flanked(b *chat.Block, run []chat.Block) {
	acc := besides(b)
	if len(b.Text) > 0 {
		l.display(run, 0, acc)
	} else if !acc.none() {
		l.alone(acc)
	}
	l.left(b, acc)
}

// besides is what of the things beside b can stand there.
func besides(b *chat.Block) (acc accessory) {
	if len(b.Assets) > 0 && isThumb(&b.Assets[0]) {
		acc.asset = untitled(&b.Assets[0])
	} else if len(b.Buttons) > 0 && isButton(b.Buttons[0]) {
		acc.button = &b.Buttons[0]
	}
	return acc
}

// left writes what of the things beside b is not acc, below it.
func (l *layout) left(b *chat.Block, acc accessory) {
	switch {
	case acc.asset != nil:
		l.titled(&b.Assets[0])
	case len(b.Assets) > 0:
		if isItem(&b.Assets[0]) || isFile(&b.Assets[0]) {
			l.n.Add(chat.Flattened, assetWord(&b.Assets[0]), 0)
		}
		l.media(b.Assets)
	}
	if len(b.Buttons) > 0 && acc.button == nil {
		if isButton(b.Buttons[0]) {
			l.n.Add(chat.Flattened, "button", 0)
		}
		l.row(b.Buttons)
	} else if acc.button != nil {
		l.tones(b.Buttons)
	}
}

// titled writes the title of a thumbnail, which has none, below it.
func (l *layout) titled(a *chat.Asset) {
	if title := caption(a); title != "" {
		l.n.Add(chat.Flattened, "title", 0)
		l.line(chat.Span{Text: title, Style: chat.Bold})
	}
}

// untitled is a without an alternative text that says what its title says.
func untitled(a *chat.Asset) *chat.Asset {
	if a.Alt != a.Title || caption(a) == "" {
		return a
	}
	b := *a
	b.Alt = ""
	return &b
}

// alone writes an accessory beside which there is nothing.
func (l *layout) alone(a accessory) {
	if a.button != nil {
		l.rowOf([]chat.Button{*a.button}, 0)
		return
	}
	l.gallery([]chat.Asset{*a.asset}, a.role)
}

// line writes a text of one span.
func (l *layout) line(s chat.Span) {
	s.Text = oneLine(s.Text)
	l.derived = append(l.derived[:0], chat.Block{Text: chat.Text{s}})
	l.display(l.derived, 0, accessory{})
}

// oneLine is s without line breaks.
func oneLine(s string) string {
	if strings.ContainsAny(s, "\r\n") {
		return strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(s)
	}
	return s
}

// most is at least the number of characters that b takes, whatever has to be
// escaped in it.
func most(b *chat.Block) int {
	n := 16 + len(b.Lang) + mostOf(b.Text)
	if b.Quoted || b.Level > 0 {
		for i := range b.Text {
			n += 24 * strings.Count(b.Text[i].Text, "\n")
		}
	}
	return n
}

func mostOf(t chat.Text) int {
	n := 0
	for i := range t {
		n += 24 + 2*count(t[i].Text) + 3*len(t[i].Ref)
	}
	return n
}
