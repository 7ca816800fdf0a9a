package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

// FitBlocks appends the text blocks of a run (Para, Heading, Item, Code, Small),
// as many as fit into max characters, from pos on, with the line breaks between
// them. It stops at the first block of another kind. A fence or quotation that is
// cut is closed, and opened again by the call that goes on. With at least 64
// characters it always gets on. What stands beside a block is not written.
//
// Notes are added at the place where n stands; in a run (Notes.EnterRun) that begins
// with blocks[0], at the block which they are about.
func FitBlocks(dst []byte, blocks []chat.Block, from chat.Pos, max int, place Place, opt *chat.Options, n *chat.Notes) (out []byte, next chat.Pos, used int) {
	w := writer{dst: dst, max: max, place: place, opt: opt, notes: n, state: state{base: len(dst), fresh: true}}
	for next = from; next.Block < len(blocks); next = (chat.Pos{Block: next.Block + 1}) {
		b := &blocks[next.Block]
		if !isText(b.Kind) {
			return w.dst, next, w.used
		}
		saved, length := w.state, len(w.dst)
		n.At(next.Block)
		if next.Block > from.Block {
			w.between(&blocks[next.Block-1], b)
		}
		w.some = false
		at := w.block(b, next.At, next.Block > 0 && inList(&blocks[next.Block-1]))
		if at != chat.End {
			if !w.some && w.got { // nothing of the block: nor what leads to it
				w.state, w.dst = saved, w.dst[:length]
			}
			next.At = at
			return w.dst, next, w.used
		}
		w.got, w.some = true, true
	}
	return w.dst, next, w.used
}

func isText(k chat.Kind) bool {
	switch k {
	case chat.Para, chat.Heading, chat.Item, chat.Code, chat.Small:
		return true
	case chat.Divider, chat.Media, chat.Fields, chat.Buttons, chat.Grid, chat.Group:
		return false
	}
	return false
}

// between ends the lines of a: with a blank line where b would else go on with a.
func (w *writer) between(a, b *chat.Block) {
	w.quoted, w.pad, w.shut, w.sticky = false, 0, 0, false
	if w.place == Line {
		w.raw(" ")
		return
	}
	w.raw("\n")
	w.fresh = true
	joins := b.Kind == chat.Para && (a.Kind == chat.Para || a.Kind == chat.Item) || a.Kind == chat.Para && b.Kind == chat.Heading
	under := b.Level > 0 && b.Kind == chat.Para
	if a.Quoted != b.Quoted || !joins && !under {
		return
	}
	if a.Quoted {
		w.raw(">")
	}
	w.raw("\n")
}

// inList reports whether a line after b may be a part of b's list.
func inList(b *chat.Block) bool {
	return b.Kind == chat.Item || b.Level > 0 && b.Kind != chat.Heading
}

// block writes b, which may stand under an item, from the cursor on.
func (w *writer) block(b *chat.Block, from chat.Cursor, under bool) chat.Cursor {
	w.quoted, w.pad = b.Quoted && w.place == Body, 0
	begun := from == chat.Cursor{}
	also := chat.Style(0)
	first := ""
	switch b.Kind {
	case chat.Code:
		return w.code(b, from)
	case chat.Heading:
		also = chat.Bold
		if w.place == Plain {
			also = 0
		}
		w.lose(begun, lostHeading)
	case chat.Small:
		w.lose(begun, lostSmall)
	case chat.Item:
		w.pad = 4 * min(b.Level, 8)
		first = bullet(b.Level)
		if w.place == Line {
			w.pad = 0
		}
	case chat.Para:
		w.pad = 4 * min(b.Level, 8)
	default:
	}
	if w.place == Line {
		w.raw(first[:0])
	} else {
		w.begin()
		w.bare = w.bare || under
	}
	if b.Kind == chat.Item {
		switch {
		case !begun:
			w.raw("  ")
		case b.Number > 0:
			w.number(int64(b.Number))
			w.raw(". ")
		default:
			w.raw(first)
		}
		w.pad += 2
		w.fresh, w.bare = !begun, begun
		if beginsUnseen(b.Text) { // such a line is no item
			w.lose(begun, lostBullet)
		}
		if len(b.Text) == 0 {
			if w.over() {
				return chat.Cursor{}
			}
			w.got, w.some = true, true
		}
	}
	return w.text(b.Text, from, also)
}

// beginsUnseen reports whether nothing shows on the first of several lines.
func beginsUnseen(t chat.Text) bool {
	for i := range t {
		line, _, broken := strings.Cut(t[i].Text, "\n")
		if t[i].Kind != chat.Words || strings.TrimLeftFunc(line, isSpace) != "" {
			return false
		}
		if broken {
			return true
		}
	}
	return false
}

// lose is for what a block loses, once, with the first of its words.
func (w *writer) lose(begun bool, l loss) {
	if begun {
		w.lost |= l
	}
}

func bullet(level int) string {
	switch level {
	case 0:
		return "• "
	case 1:
		return "◦ "
	default:
		return "▪︎ "
	}
}

// code writes a code block between fences, or, where there are none, its words.
func (w *writer) code(b *chat.Block, from chat.Cursor) chat.Cursor {
	if w.place != Body {
		w.lose(from == chat.Cursor{}, lostCode)
		return w.text(b.Text, from, 0)
	}
	if b.Lang != "" {
		w.lose(from == chat.Cursor{}, lostLang)
	}
	if isUnseen(b.Text) { // fences around nothing are none
		w.lose(from == chat.Cursor{}, lostFence)
	}
	saved, length := w.state, len(w.dst)
	w.pad = 4 * min(b.Level, 8)
	w.begin()
	w.pad = 0
	w.raw(fenceMark)
	w.newline()
	const ending = len("\n> " + fenceMark)
	w.tail += ending
	next := chat.End
	for i := from.Span; i < len(b.Text); i++ {
		s, at := &b.Text[i], 0
		if i == from.Span {
			at = min(from.Byte, len(s.Text))
		}
		if cut := w.codeSpan(s, at); cut >= 0 {
			next = chat.Cursor{Span: i, Byte: at + cut}
			break
		}
		w.got, w.some = true, true
	}
	w.tail -= ending
	if whole := from == (chat.Cursor{}) && next == chat.End; !whole && isBlankBetween(b.Text, from, next) { // a cut has left nothing to show
		w.state, w.dst = saved, w.dst[:length]
		w.tell()
		return next
	}
	w.newline()
	w.raw(fenceMark)
	if w.some {
		w.tell()
	}
	return next
}

// isBlankBetween reports whether t has only white space from one place to the other.
func isBlankBetween(t chat.Text, from, to chat.Cursor) bool {
	for i := from.Span; i < len(t) && (to == chat.End || i <= to.Span); i++ {
		s := t[i].Text
		if i == to.Span {
			s = s[:to.Byte]
		}
		if i == from.Span {
			s = s[min(from.Byte, len(s)):]
		}
		if strings.TrimLeft(s, " \t\n") != "" {
			return false
		}
	}
	return true
}

// codeSpan writes the words or the link of a code block, and says where it was
// cut; −1 when it was not.
func (w *writer) codeSpan(s *chat.Span, at int) int {
	saved, length := w.state, len(w.dst)
	if s.Kind == chat.Link && at == 0 && isHarmless(s.Ref) && !strings.ContainsAny(s.Text, "\n") {
		w.raw("<")
		exact := w.url(s.Ref)
		if strings.TrimLeftFunc(s.Text, unseen) == "" {
			w.lost |= lostLabel
		}
		if !exact || s.Text != s.Ref {
			w.raw("|")
			w.codeWords(s.Text)
		}
		w.raw(">")
		if !w.over() {
			return -1
		}
		w.state, w.dst = saved, w.dst[:length]
		if w.got {
			return 0
		}
	}
	if s.Kind == chat.Link {
		w.lost |= lostUnsafe
	}
	room := w.max - w.used - w.tail
	text := s.Text[at:]
	fit := text
	if len(text) > 4*max(0, room) {
		fit = text[:backUp(text, 4*max(0, room))]
	}
	fit = fit[:chat.Cut(fit, room)]
	for fit != "" {
		body := fit
		if len(fit) < len(text) { // the fence that follows stands on a line of its own
			body = strings.TrimSuffix(fit, "\n")
		}
		w.codeWords(body)
		if !w.over() {
			w.got, w.some = true, true
			if len(fit) == len(text) {
				return -1
			}
			return len(fit)
		}
		excess := w.used + w.tail - w.max
		w.state, w.dst = saved, w.dst[:length]
		chars := len([]rune(fit))
		fit = fit[:chat.Cut(fit, min(chars-1, max(chars-excess, chars/2)))]
	}
	if text == "" {
		return -1
	}
	return 0
}

// codeWords writes code as it is; only a fence in it must not end it.
func (w *writer) codeWords(s string) {
	for {
		line, more, broken := strings.Cut(s, "\n")
		for {
			i := strings.Index(line, fenceMark)
			if i < 0 {
				break
			}
			w.escape(line[:i+2])
			w.space()
			w.lost |= lostFence
			line = line[i+2:]
		}
		w.escape(line)
		if !broken {
			return
		}
		w.newline()
		s = more
	}
}
