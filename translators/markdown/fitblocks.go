package markdown

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// FitBlocks appends the text blocks of a run (Para, Heading, Item, Code, Small),
// as many as fit into max characters, from pos on, with the line breaks between
// them. It stops at the first block of another kind. A fence or quotation that is
// cut is closed, and opened again by the call that goes on. With at least 64
// characters it always gets on. Notes stand at the block which they are about, when
// n is in a run (chat.Notes.EnterRun) whose first is blocks[0].
func FitBlocks(dst []byte, blocks []chat.Block, from chat.Pos, max int, place Place, opt *chat.Options, n *chat.Notes) (out []byte, next chat.Pos, used int) {
	w := newWriter(dst, max, place, opt, n)
	next = w.blocks(blocks, from)
	return w.dst, next, w.used
}

// blocks writes blocks from a place on, as much as fits.
func (w *writer) blocks(blocks []chat.Block, from chat.Pos) chat.Pos {
	for i := from.Block; i < len(blocks) && isText(blocks[i].Kind); i++ {
		w.survey(blocks[i].Text)
		w.scores = w.scores || blocks[i].Kind == chat.Code
	}
	for i := min(from.Block, len(blocks)) - 1; i >= 0; i-- { // the list that it goes on with
		if blocks[i].Kind == chat.Item {
			w.item(&blocks[i])
		}
		if blocks[i].Kind == chat.Item || endsList(blocks, i) {
			break
		}
	}
	at := from.At
	for i := from.Block; i < len(blocks); i++ {
		b := &blocks[i]
		if !isText(b.Kind) {
			return chat.Pos{Block: i, At: at}
		}
		snap := w.snap()
		mark := markNotes(w.notes)
		if i > from.Block {
			w.gap(blocks, i)
		}
		w.notes.At(i)
		w.later = i > from.Block
		stop := w.block(blocks, i, at)
		if stop == chat.End {
			at = chat.Cursor{}
			continue
		}
		// What would fit into the next part, or hardly begins, is not cut.
		if i > from.Block && (stop == at || snap.used > w.max/2) {
			w.rewind(&snap)
			mark.rewind(w.notes)
			return chat.Pos{Block: i, At: at}
		}
		return chat.Pos{Block: i, At: stop}
	}
	return chat.Pos{Block: len(blocks)}
}

func isText(k chat.Kind) bool {
	return k == chat.Para || k == chat.Heading || k == chat.Item || k == chat.Code || k == chat.Small
}

// gap writes the line breaks between two blocks.
func (w *writer) gap(blocks []chat.Block, i int) {
	a, b := &blocks[i-1], &blocks[i]
	if w.place >= Title {
		w.raw(" ")
		return
	}
	w.indent = 0
	w.quoted = a.Quoted && b.Quoted
	double := b.Kind == chat.Para && (a.Kind == chat.Para || a.Kind == chat.Item && b.Level > 0) && a.Quoted == b.Quoted
	if double {
		w.raw(w.lineBreak())
	}
	w.raw("\n")
	if b.Kind == chat.Item && b.Level == 0 && anew(listBefore(blocks, i), b) { // else Discord would go on with the list, and its numbers
		if w.quoted {
			w.raw("> ")
		}
		w.raw(zwsp)
		w.raw("\n")
	}
}

// block writes one block, from a cursor on.
func (w *writer) block(blocks []chat.Block, i int, from chat.Cursor) chat.Cursor {
	b := &blocks[i]
	begun := from != chat.Cursor{}
	if w.place >= Title {
		return w.text(b.Text, from)
	}
	w.quoted = b.Quoted
	level := b.Level
	if level > maxDepth+1 || b.Kind == chat.Item && level > maxDepth {
		w.notes.Add(chat.Flattened, "list", 1)
		level = maxDepth
	}
	inList := w.under > 0
	if endsList(blocks, i) {
		w.under, w.column = 0, 0
	}
	switch {
	case b.Kind == chat.Heading:
		w.indent = 0
	case b.Kind == chat.Item:
		w.indent = 2 * level
		if level > w.under && !begun {
			w.notes.Add(chat.Flattened, "list", 1)
		}
	default:
		w.indent = w.column
		if level != w.under && !begun { // it goes on with the last item
			w.notes.Add(chat.Flattened, "list", 1)
		}
	}
	if b.Quoted {
		w.raw("> ")
	}
	if i > 0 && w.indent > 0 && !begun {
		w.raw("                          "[:w.indent])
	}
	w.fresh = true
	switch b.Kind {
	case chat.Code:
		return w.fence(b, from)
	case chat.Heading:
		return w.heading(b, from)
	case chat.Small:
		if w.place == FieldValue {
			w.notes.Add(chat.Flattened, "small", 1)
		} else {
			w.raw("-# ")
			w.keepSpace(b.Text)
		}
	case chat.Item:
		if !begun {
			w.bullet(blocks, i)
		}
		w.item(b)
		w.indent = w.column
	default:
		if inList && level == 0 {
			w.keepSpace(b.Text) // else it would go on with the item
		}
	}
	w.fresh = true
	return w.text(b.Text, from)
}

// keepSpace keeps white space at the beginning of a text which would not be a part
// of it after the mark of its line.
func (w *writer) keepSpace(t chat.Text) {
	if len(t) > 0 && strings.HasPrefix(t[0].Text, " ") {
		w.break0()
	}
}

// maxNumber is the largest number of an item.
const maxNumber = 999_999_999

// bullet writes the mark of an item.
func (w *writer) bullet(blocks []chat.Block, i int) {
	b := &blocks[i]
	if b.Number == 0 {
		w.raw("- ")
		return
	}
	var num [20]byte
	w.raw(string(strconv.AppendInt(num[:0], int64(b.Number), 10)))
	if prev := sibling(blocks, i); prev > 0 && prev+1 != b.Number && b.Level > 0 || b.Number > maxNumber {
		w.notes.Add(chat.Flattened, "number", 1) // Discord counts by itself; the outermost list begins anew
	}
	w.raw(". ")
}

// item remembers where what belongs to item b begins in its lines: below its text.
func (w *writer) item(b *chat.Block) {
	level := min(b.Level, maxDepth)
	w.under = level + 1
	w.column = 2*level + len("- ")
	if b.Number > 0 {
		w.column++
		for n := b.Number; n >= 10; n /= 10 {
			w.column++
		}
	}
}

// endsList reports whether block i does not go on with a list before it.
func endsList(blocks []chat.Block, i int) bool {
	b := &blocks[i]
	return !isText(b.Kind) || b.Kind == chat.Heading || b.Kind != chat.Item && b.Level == 0 || i > 0 && b.Quoted != blocks[i-1].Quoted
}

// listBefore is the last item of the outermost level in the list that block i
// would go on with, nil when there is no such list.
func listBefore(blocks []chat.Block, i int) *chat.Block {
	for k := i - 1; k >= 0; k-- {
		b := &blocks[k]
		if b.Kind == chat.Item && b.Level == 0 {
			return b
		}
		if b.Level == 0 || b.Kind == chat.Heading {
			return nil
		}
	}
	return nil
}

// anew reports whether b, an item of the outermost level after the item a of that
// level, begins another list.
func anew(a, b *chat.Block) bool {
	if a == nil || a.Quoted != b.Quoted {
		return false
	}
	return (a.Number > 0) != (b.Number > 0) || b.Number > 0 && b.Number != a.Number+1
}

// sibling is the number of the item before item i at its level; 0 for none.
func sibling(blocks []chat.Block, i int) int {
	level := blocks[i].Level
	for k := i - 1; k >= 0; k-- {
		b := &blocks[k]
		if b.Kind == chat.Item && b.Level == level {
			return b.Number
		}
		if b.Level < level || b.Kind != chat.Item && b.Level == 0 || b.Quoted != blocks[i].Quoted || b.Kind == chat.Heading {
			return 0
		}
	}
	return 0
}

// heading writes a heading; a line break in it begins another.
func (w *writer) heading(b *chat.Block, from chat.Cursor) chat.Cursor {
	if w.place == FieldValue {
		w.notes.Add(chat.Flattened, "heading", 1)
		return w.boldly(b.Text, from)
	}
	w.raw("### "[3-min(max(b.Level, 1), 3):])
	w.keepSpace(b.Text)
	w.fresh = true
	w.inHeading = b.Level
	next := w.text(b.Text, from)
	w.inHeading = 0
	return next
}

// boldly writes a text with all of it bold.
func (w *writer) boldly(t chat.Text, from chat.Cursor) chat.Cursor {
	bold := make(chat.Text, len(t))
	for i := range t {
		bold[i] = t[i]
		if strings.IndexByte(t[i].Text, '\n') < 0 {
			bold[i].Style |= chat.Bold
		}
	}
	return w.text(bold, from)
}

// fence writes code, as much as fits, with its fence closed.
func (w *writer) fence(b *chat.Block, from chat.Cursor) chat.Cursor {
	w.raw("```")
	for i, mark := 0, w.used; i < len(b.Lang); i++ {
		if isLang(b.Lang[i]) && w.used-mark < w.max/2 {
			w.raw(b.Lang[i : i+1])
		}
	}
	brk := w.lineBreak()
	w.raw(brk)
	end := utf8.RuneCountInString(brk) + 3
	w.start = w.used
	for k := from.Span; k >= 0 && k < len(b.Text); k++ {
		s := lineFeeds(b.Text[k].Text)
		off := 0
		if k == from.Span {
			off = from.Byte
			s = s[off:]
		}
		if b.Text[k].Kind == chat.Link { // in code nothing is a link
			w.notes.Add(chat.Flattened, "link", 1)
		}
		n := w.codeLines(s, w.max-w.used-end)
		if n < len(s) {
			w.raw(brk)
			w.raw("```")
			return forward(b.Text, k, off+n)
		}
	}
	w.raw(brk)
	w.raw("```")
	return chat.End
}

// codeLines writes lines of code, at most room characters, and says how many
// bytes of s those were.
func (w *writer) codeLines(s string, room int) int {
	snap := w.snap()
	limit := math.MaxInt
	if room < math.MaxInt-w.used {
		limit = w.used + max(room, 0)
	}
	if n := w.codeUpTo(s, limit); n < len(s) {
		w.rewind(&snap)
		cut := chat.Cut(s, utf8.RuneCountInString(s[:n]))
		w.codeUpTo(strings.TrimRight(s[:cut], "\n"), limit)
		return cut
	}
	return len(s)
}

func (w *writer) codeUpTo(s string, limit int) int {
	brk := w.lineBreak()
	chars := utf8.RuneCountInString(brk)
	at := 0
	if w.indent > 0 && beginsItem(s) && bytes.HasSuffix(w.dst, []byte(brk)) && !w.add(zwsp, 1, limit) {
		return 0
	}
	for i := 0; i < len(s); i++ {
		put, cost := "", 0
		switch {
		case s[i] == '\n' && w.indent > 0 && beginsItem(s[i+1:]): // even in a fence it would be one
			put, cost = brk+zwsp, chars+1
		case s[i] == '\n':
			put, cost = brk, chars
		case s[i] == '`' && (i > 0 && s[i-1] == '`' || i == 0 && w.lastByte() == '`'):
			put, cost = zwsp+"`", 2
		default:
			continue
		}
		if !w.copy(s[at:i], limit) {
			return at + w.fitted(s[at:i], limit)
		}
		if !w.add(put, cost, limit) {
			return i
		}
		at = i + 1
	}
	if !w.copy(s[at:], limit) {
		return at + w.fitted(s[at:], limit)
	}
	return len(s)
}
