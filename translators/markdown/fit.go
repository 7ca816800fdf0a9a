package markdown

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// Place says what Discord renders where a text stands.
type Place uint8

// The places.
const (
	Content     Place = iota // message content and text displays: everything
	Description              // an embed's description: everything; mentions never notify
	FieldValue               // no headings, no subtext
	Title                    // an embed's title, a field's name: inline styles and emoji only, one line
	Plain                    // author, footer, username, button labels: nothing is markup
)

// Fit appends t as Discord Markdown, from the cursor on, and stops before max
// characters would be passed. Characters are counted as Discord counts them, in
// code points. It never cuts inside a link, a mention, a grapheme, or an open
// style. It returns the cursor of the first byte not written; a finished text
// returns chat.End. used is the number of characters appended.
func Fit(dst []byte, t chat.Text, from chat.Cursor, max int, place Place, opt *chat.Options, n *chat.Notes) (out []byte, next chat.Cursor, used int) {
	w := newWriter(dst, max, place, opt, n)
	w.survey(t)
	w.fresh = true
	next = w.text(t, from)
	return w.dst, next, w.used
}

// writer writes one piece of Markdown.
type writer struct {
	dst   []byte
	max   int
	place Place
	opt   *chat.Options
	notes *chat.Notes

	quoted bool // every line begins with "> "
	indent int  // and with so many spaces
	under  int  // Level of what belongs to the last item …
	column int  // … and how far it is indented
	start  int  // used, where the text of the block began
	later  bool // the block is not the first of the piece, and may be left to the next

	state

	brackets  bool // a "](" stands somewhere, so that no "[" may stand open before it
	scores    bool // an underscore stands somewhere that cannot be escaped
	hush      bool // links are written so that they show no preview
	inLabel   bool
	inHeading int // level of the heading being written
}

// state is what writing changes all the time, which may have to be taken back.
type state struct {
	used   int           // characters written
	open   [5]chat.Style // marks that are open, outermost first
	opens  int8
	style  chat.Style // all of them
	closed bool       // the last thing written is a closing mark
	fresh  bool       // at the beginning of a line
}

func newWriter(dst []byte, max int, place Place, opt *chat.Options, n *chat.Notes) writer {
	if opt == nil {
		opt = new(chat.Options)
	}
	return writer{dst: dst, max: max, place: place, opt: opt, notes: n}
}

// survey looks for what decides how words have to be escaped: marks that cannot
// be escaped themselves could close what words seem to open.
func (w *writer) survey(t chat.Text) {
	for i := range t {
		s := &t[i]
		w.brackets = w.brackets || strings.Contains(s.Text, "](")
		if s.Kind != chat.Words || s.Style&chat.Mono != 0 {
			w.scores = w.scores || strings.IndexByte(s.Ref, '_') >= 0 || strings.IndexByte(s.Text, '_') >= 0
		}
	}
}

// text writes t from a cursor on, as much as fits.
func (w *writer) text(t chat.Text, from chat.Cursor) chat.Cursor {
	w.start = w.used
	for k := from.Span; k >= 0 && k < len(t); {
		off := 0
		if k == from.Span {
			off = from.Byte
		}
		snap := w.snap()
		mark := markNotes(w.notes)
		width := w.span(t, k, off)
		if w.used+w.closing() <= w.max {
			k += width
			continue
		}
		w.rewind(&snap)
		mark.rewind(w.notes)
		at := w.part(t, k, off)
		w.marks(0, nil, 0)
		if w.inHeading > 0 {
			w.unbreak()
		}
		if w.used > w.start {
			at = pastSpace(t, at)
		}
		return at
	}
	w.marks(0, nil, 0)
	return chat.End
}

// unbreak takes back the beginning of a heading's line at which a cut leaves it.
func (w *writer) unbreak() {
	if brk := w.lineBreak(); bytes.HasSuffix(w.dst, []byte(brk)) {
		w.dst = w.dst[:len(w.dst)-len(brk)]
		w.used -= len(brk)
	}
}

// snapshot is a state to which the writer may return.
type snapshot struct {
	state
	bytes int
}

func (w *writer) snap() snapshot { return snapshot{w.state, len(w.dst)} }

// rewind takes back what was written since snap was taken, and keeps the memory.
func (w *writer) rewind(snap *snapshot) {
	w.state = snap.state
	w.dst = w.dst[:snap.bytes]
}

// noteMark is the state of notes before something that may be taken back.
type noteMark struct {
	n    int
	last chat.Note
}

func markNotes(n *chat.Notes) (m noteMark) {
	if n != nil {
		if m.n = len(n.List); m.n > 0 {
			m.last = n.List[m.n-1]
		}
	}
	return m
}

func (m noteMark) rewind(n *chat.Notes) {
	if n == nil {
		return
	}
	n.List = n.List[:m.n]
	if m.n > 0 {
		n.List[m.n-1] = m.last
	}
}

// span writes span k of t from byte off on, or the whole link that begins with
// it, and says how many spans that were.
func (w *writer) span(t chat.Text, k, off int) int {
	s := t[k]
	s.Text = lineFeeds(s.Text[off:])
	if w.place == Plain {
		w.plain(&s)
		return 1
	}
	if s.Kind == chat.Link {
		return w.link(t, k, off)
	}
	if s.Kind != chat.Words {
		w.noCode(s.Style)
	}
	w.marks(w.bearable(&s), t, k)
	switch s.Kind {
	case chat.Words, chat.Link:
		w.run(&s, k == len(t)-1, math.MaxInt)
	case chat.User, chat.UserGroup, chat.Channel, chat.Everyone, chat.Emoji:
		var next *chat.Span
		if k+1 < len(t) {
			next = &t[k+1]
		}
		w.mention(&s, next)
	case chat.Time:
		w.time(&s)
	case chat.Icon:
		w.notes.Add(chat.Dropped, "icon", 1)
		w.escape(s.Text, k == len(t)-1, math.MaxInt)
	}
	return 1
}

// lineFeeds is s, as long as it was, with a line feed for every line break.
func lineFeeds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", " \n"), "\r", "\n")
}

// noCode notes that what has no form in code is not written as code.
func (w *writer) noCode(style chat.Style) {
	if style&chat.Mono != 0 {
		w.notes.Add(chat.Flattened, "mono", 1)
	}
}

// run writes words or code, at most room characters of it, and says how many
// bytes of s.Text that were.
func (w *writer) run(s *chat.Span, last bool, room int) int {
	if s.Style&chat.Mono != 0 {
		return w.code(s.Text, room)
	}
	return w.escape(s.Text, last, room)
}

// plain writes a span where nothing is markup.
func (w *writer) plain(s *chat.Span) {
	text := s.Text
	switch s.Kind {
	case chat.User, chat.UserGroup, chat.Channel, chat.Everyone, chat.Emoji:
		_, text, _ = w.opt.Mention(chat.Discord, s)
		w.notes.Add(chat.Unlinked, s.Kind.String(), 1)
	case chat.Link:
		w.notes.Add(chat.Flattened, "link", 1)
	case chat.Icon:
		w.notes.Add(chat.Dropped, "icon", 1)
	case chat.Words, chat.Time:
	}
	w.raw(text)
}

// raw writes what is no markup, or is meant as it stands.
func (w *writer) raw(s string) {
	w.dst = append(w.dst, s...)
	w.used += utf8.RuneCountInString(s)
	if s != "" {
		w.closed, w.fresh = false, false
	}
}

// fewest is how many characters of a span are worth beginning it for, when it
// goes on in the next piece. No emoji that is joined of several is longer.
const fewest = 16

// part writes as much of span k as fits, at least a character when nothing of the
// text has been written yet, and says where it stopped.
func (w *writer) part(t chat.Text, k, off int) chat.Cursor {
	s := t[k]
	s.Text = lineFeeds(s.Text[off:])
	here := chat.Cursor{Span: k, Byte: off}
	virgin := w.used == w.start && !w.later
	if s.Kind != chat.Words {
		if !virgin {
			return here
		}
		if s.Kind == chat.Link && w.place < Title {
			if n := w.linkPart(&s); n > 0 {
				return forward(t, k, off+n)
			}
			w.notes.Add(chat.Dropped, "link", 1)
		}
		s.Kind, s.Style, s.Ref = chat.Words, 0, ""
	}
	snap := w.snap()
	if w.place == Plain {
		s.Style = 0
	}
	w.marks(w.bearable(&s), t, k)
	room := w.max - w.used - w.closing()
	probe := w.snap()
	n := w.fitRun(&s, room)
	w.rewind(&probe)
	if chars := utf8.RuneCountInString(s.Text[:n]); !virgin && chars < fewest {
		n = 0
	} else if n > 0 {
		n = chat.Cut(s.Text, chars)
	}
	if n == 0 {
		if !virgin || room <= 0 {
			w.rewind(&snap)
			return here
		}
		_, n = utf8.DecodeRuneInString(s.Text)
	}
	cut := s
	cut.Text = strings.TrimRight(s.Text[:n], " \n")
	probe = w.snap()
	// A mark that was none within a word may need an escape at the end of one.
	for m := w.fitRun(&cut, room); m > 0 && m < len(cut.Text); m = w.fitRun(&cut, room) {
		w.rewind(&probe)
		n = m
		cut.Text = s.Text[:n]
	}
	return forward(t, k, off+n)
}

// fitRun writes words in the manner of the place.
func (w *writer) fitRun(s *chat.Span, room int) int {
	if w.place == Plain {
		n := len(s.Text)
		if utf8.RuneCountInString(s.Text) > room {
			n = chat.Cut(s.Text, room)
		}
		w.raw(s.Text[:n])
		return n
	}
	return w.run(s, false, room)
}

// pastSpace is the cursor of the first thing after a cut that a line may begin with.
func pastSpace(t chat.Text, at chat.Cursor) chat.Cursor {
	for at != chat.End {
		s := &t[at.Span]
		if s.Kind != chat.Words && s.Kind != chat.Link || s.Style&chat.Mono != 0 || !isSpace(s.Text[at.Byte]) {
			break
		}
		at = forward(t, at.Span, at.Byte+1)
	}
	return at
}

// forward is the cursor at byte n of span k.
func forward(t chat.Text, k, n int) chat.Cursor {
	if n < len(t[k].Text) {
		return chat.Cursor{Span: k, Byte: n}
	}
	if k+1 < len(t) {
		return chat.Cursor{Span: k + 1}
	}
	return chat.End
}
