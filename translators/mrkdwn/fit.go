package mrkdwn

import (
	"strconv"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// Place says what Slack renders where a text is written.
type Place uint8

// The places.
const (
	Body  Place = iota // mrkdwn: message text, mrkdwn text objects, attachment text and field values
	Line               // mrkdwn on one line: context elements, field names
	Plain              // plain_text: entities are escaped, emoji names act, nothing else is markup
)

// Fit appends t as mrkdwn, from the cursor on, and stops before max characters
// would be passed. Characters are code points of what is written.
// It never cuts inside a link, a mention, a grapheme, or an open style. It
// returns the cursor of the first byte not written; a finished text returns
// chat.End. used is the number of characters appended.
//
// Words stay words: what Slack would take for markup gets a zero-width space
// beside it, and only that; Parse takes it out again. What is read of a Body is
// t in normal form, save for zero-width spaces, or there is a note. Bare addresses are left
// alone, since they are written where Slack is told not to link them. A link or
// mention that is longer than max by itself is written as words.
func Fit(dst []byte, t chat.Text, from chat.Cursor, max int, place Place, opt *chat.Options, n *chat.Notes) (out []byte, next chat.Cursor, used int) {
	w := writer{dst: dst, max: max, place: place, opt: opt, notes: n, state: state{base: len(dst), fresh: true}}
	next = w.text(t, from, 0)
	return w.dst, next, w.used
}

// A writer appends one run of text.
type writer struct {
	state
	dst     []byte
	max     int
	place   Place
	opt     *chat.Options
	notes   *chat.Notes
	quoted  bool       // each line begins with a quotation marker
	pad     int        // and with so many spaces
	tail    int        // characters that must still follow what is written
	got     bool       // something is written for good by this call,
	some    bool       // and of this block
	ahead   [2]string  // what follows on the line within the span
	inLabel bool       // of a link
	lonely  bool       // marks without a style stand among words of one
	also    chat.Style // what every span is in, too
	steps   int        // bytes looked at; tests hold it linear
}

// state is what an attempt that did not fit takes back.
type state struct {
	base   int // dst begins here, for the marks
	used   int
	marks  [4]byte // open, outermost first
	deep   int
	gap    string     // white space that waits until it is known which marks end before it
	worn   chat.Style // of that
	prior  chat.Style // of what was written last and can be seen, on this line
	shut   byte       // the mark that was closed last, with nothing after it yet; ':' an emoji
	sticky bool       // an address in words stands last: what follows must not join it
	fresh  bool       // nothing but white space stands on the line
	bare   bool       // nothing but indentation and markers do, which white space would join
	lost   loss
}

// loss is what a span, or the block that begins with it, loses where it is written.
type loss uint32

const (
	lostUnderline loss = 1 << iota
	lostSpoiler
	lostCode
	lostStyle
	lostLink
	lostLabel
	lostAddress
	lostUnsafe
	lostTime
	lostUser
	lostGroup
	lostChannel
	lostEveryone
	lostEmoji
	lostIcon
	lostPicture
	lostFence
	lostDirection
	lostHeading
	lostSmall
	lostLang
	lostBullet
)

var losses = [...]struct {
	loss chat.Loss
	what string
}{
	{chat.Flattened, "underline"},
	{chat.Flattened, "spoiler"},
	{chat.Flattened, "code"},
	{chat.Flattened, "style"},
	{chat.Flattened, "link"},
	{chat.Flattened, "label"},
	{chat.Dropped, "link"},
	{chat.Unlinked, "link"},
	{chat.Flattened, "time"},
	{chat.Unlinked, "user"},
	{chat.Unlinked, "user-group"},
	{chat.Unlinked, "channel"},
	{chat.Unlinked, "everyone"},
	{chat.Unlinked, "emoji"},
	{chat.Flattened, "icon"},
	{chat.Dropped, "icon"},
	{chat.Flattened, "fence"},
	{chat.Flattened, "direction"},
	{chat.Flattened, "heading"},
	{chat.Flattened, "small"},
	{chat.Flattened, "lang"},
	{chat.Flattened, "bullet"},
}

// tell notes what the span has lost.
func (w *writer) tell() {
	for i := 0; w.lost != 0; i++ {
		if w.lost&1 != 0 {
			w.notes.Add(losses[i].loss, losses[i].what, 0)
		}
		w.lost >>= 1
	}
}

// text writes t from the cursor on, every span in at least the style also.
func (w *writer) text(t chat.Text, from chat.Cursor, also chat.Style) chat.Cursor {
	if from.Span < 0 {
		return chat.End
	}
	next := chat.End
	for i := from.Span; i < len(t); {
		at := 0
		if i == from.Span {
			at = min(from.Byte, len(t[i].Text))
		}
		size, cut := w.span(t, i, at, also)
		if cut >= 0 {
			next = chat.Cursor{Span: i, Byte: at + cut}
			break
		}
		i += size
	}
	w.finish()
	return next
}

// finish closes what is open.
func (w *writer) finish() {
	w.closeTo(0)
	w.flushGap()
}

// span writes t[i] from at on, and says how many spans that were; or where it
// was cut, which is −1 when it was not.
func (w *writer) span(t chat.Text, i, at int, also chat.Style) (size, cut int) {
	s := t[i]
	s.Style |= also
	w.also = also
	saved, length := w.state, len(w.dst)
	size = 1
	hopeless := len(s.Text)-at > utf8.UTFMax*max(0, w.max-w.used)
	if hopeless {
		w.used = w.max + 1
	} else if s.Kind == chat.Words || at > 0 {
		w.put(s.Text[at:], s.Style, t[i+1:])
	} else {
		size = w.whole(t, i, also)
	}
	if !w.over() {
		w.tell()
		w.got, w.some = true, true
		return size, -1
	}
	w.state, w.dst = saved, w.dst[:length]
	if s.Kind != chat.Words && at == 0 && w.got {
		return 1, 0 // it may fit where there is more room
	}
	if s.Kind == chat.Link && at == 0 {
		w.lost |= lostAddress
	}
	cut = w.cut(s.Text[at:], s.Style)
	if cut == 0 {
		w.state, w.dst = saved, w.dst[:length]
		return 1, 0
	}
	w.tell()
	w.got, w.some = true, true
	if at+cut == len(s.Text) {
		return 1, -1
	}
	return 1, cut
}

// over reports whether more was written than can be closed within max.
func (w *writer) over() bool {
	return w.used+2*w.deep+utf8.RuneCountInString(w.gap)+w.tail > w.max
}

// cut writes as much of s as fits, and says how many bytes that were.
func (w *writer) cut(s string, style chat.Style) int {
	saved, length := w.state, len(w.dst)
	// Half and half again: what is written of a text is never shorter than it,
	// and grows with it.
	fit := min(len(s), max(0, w.max-w.used-w.tail)*utf8.UTFMax)
	for fit = chat.Cut(s[:backUp(s, fit)], max(0, w.max-w.used-w.tail)); fit > 0; {
		w.put(s[:fit], style, nil)
		if !w.over() {
			return fit
		}
		excess := w.used + 2*w.deep + w.tail - w.max
		w.state, w.dst = saved, w.dst[:length]
		chars := utf8.RuneCountInString(s[:fit])
		less := min(chars-1, max(chars-excess, chars/2))
		if less <= 0 {
			return 0
		}
		fit = chat.Cut(s[:fit], less)
	}
	return 0
}

// backUp is the beginning of the rune at or before s[i].
func backUp(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// raw appends ASCII that is counted as it stands.
func (w *writer) raw(s string) {
	w.dst = append(w.dst, s...)
	w.used += utf8.RuneCountInString(s)
}

// space appends a zero-width space.
func (w *writer) space() {
	w.dst = append(w.dst, zwsp...)
	w.used++
}

// last is the rune that stands last on the line.
func (w *writer) last() rune {
	if len(w.dst) == w.base {
		return edge
	}
	r, _ := utf8.DecodeLastRune(w.dst[w.base:])
	return r
}

// newline ends the line; the next begins as each does.
func (w *writer) newline() {
	w.closeTo(0)
	w.flushGap()
	w.shut, w.sticky = 0, false
	w.raw("\n")
	w.begin()
}

// begin writes what each line begins with.
func (w *writer) begin() {
	if w.quoted {
		w.raw("> ")
	}
	w.raw(blanks[:min(w.pad, len(blanks))])
	w.fresh, w.bare, w.prior = true, w.pad > 0, 0
}

const blanks = "                                                                "

// number appends a number.
func (w *writer) number(n int64) {
	length := len(w.dst)
	w.dst = strconv.AppendInt(w.dst, n, 10)
	w.used += len(w.dst) - length
}
