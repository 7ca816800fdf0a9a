package markdown

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"dragoman/translators/chat"
)

// mention writes a mention or an emoji by its id, or as words; next is what
// follows it, nil for nothing.
func (w *writer) mention(s, next *chat.Span) {
	id, name, _ := w.opt.Mention(chat.Discord, s)
	token := ""
	switch s.Kind {
	case chat.User:
		token = "<@"
	case chat.UserGroup:
		token = "<@&"
	case chat.Channel:
		token = "<#"
	case chat.Everyone:
		if w.place < Title && id != "" {
			if id == "channel" {
				id = "everyone"
			}
			if isWord(w.lastByte()) && (w.closed || !bytes.HasSuffix(w.dst, []byte("__"))) {
				w.break0() // else it would be a part of the word
			}
			w.raw("@")
			w.raw(id)
			if next != nil && (next.Style&^w.style&chat.Underline != 0 || next.Kind <= chat.Link && next.Text != "" && isWord(next.Text[0])) {
				w.break0()
			}
			return
		}
		id = ""
	case chat.Emoji:
		if _, ok := emoji(id); ok {
			w.raw("<")
			w.raw(id)
			w.raw(">")
			return
		}
		if _, ok := emoji(":" + id); ok {
			w.raw("<:")
			w.raw(id)
			w.raw(">")
			return
		}
		id = ""
	case chat.Words, chat.Link, chat.Time, chat.Icon:
		id = ""
	}
	if w.place < Title && isID(id) {
		w.raw(token)
		w.raw(id)
		w.raw(">")
		return
	}
	w.notes.Add(chat.Unlinked, s.Kind.String(), 1)
	w.escape(name, false, math.MaxInt)
}

// time writes a moment for the reader's own clock.
func (w *writer) time(s *chat.Span) {
	if w.place >= Title || s.At > maxMoment || s.At < -maxMoment {
		w.escape(s.Text, false, math.MaxInt)
		return
	}
	var b [32]byte
	out := append(b[:0], "<t:"...)
	out = strconv.AppendInt(out, s.At, 10)
	out = append(out, ':', momentStyle(s.Ref), '>')
	w.dst = append(w.dst, out...)
	w.used += len(out)
	w.closed, w.fresh = false, false
}

// link writes the link that begins at byte off of span k of t, with all spans of
// its label, and says how many they are.
func (w *writer) link(t chat.Text, k, off int) int {
	ref := t[k].Ref
	width := 1
	style := w.bearable(&t[k])
	for k+width < len(t) && t[k+width].Kind == chat.Link && t[k+width].Ref == ref {
		style &= t[k+width].Style
		width++
	}
	last := k+width == len(t)
	s := t[k]
	s.Text = s.Text[off:]
	if w.place == Title {
		w.notes.Add(chat.Flattened, "link", 1)
		w.label(t[k:k+width], off, last)
		if !last && s.Text == ref && t[k+width].Text != "" && !chat.EndsAddress(t[k+width].Text[0]) {
			w.raw(" ") // else the address would seem to go on
		}
		return width
	}
	if width == 1 {
		if autolink(&s) {
			w.noCode(s.Style)
			w.marks(style, t, k)
			w.raw("<")
			w.raw(s.Text)
			w.raw(">")
			return 1
		}
	}
	if !linkable(ref) {
		w.notes.Add(chat.Unlinked, "link", 1)
		w.label(t[k:k+width], off, false)
		if width > 1 || s.Text != ref && "mailto:"+s.Text != ref && "tel:"+s.Text != ref {
			w.marks(0, nil, 0)
			w.raw(" (")
			w.escape(ref, false, math.MaxInt)
			w.raw(")")
		}
		return width
	}
	if w.pictured(t[k : k+width]) {
		w.apart(t, k, off, width)
		return width
	}
	w.marks(style, t, k)
	if width == 1 && !strings.HasPrefix(ref, "discord") {
		if unseen(s.Text) {
			w.notes.Add(chat.Flattened, "label", 1)
			s.Text = ref
		}
		bare := s.Text == ref && !strings.ContainsAny(ref, "<> \n\t\x7f")
		switch {
		case !bare:
		case !w.hush && w.standsBare(ref, t, k+width):
			w.noCode(s.Style)
			w.raw(ref)
			return 1
		case w.hush, w.place != Content && len(ref)+2 < maxToken: // elsewhere nothing has a preview to lose
			w.noCode(s.Style)
			w.raw("<")
			w.raw(ref)
			w.raw(">")
			return 1
		}
	}
	w.raw("[")
	w.label(t[k:k+width], off, false)
	w.marks(style, nil, 0)
	w.linkEnd(encode(ref, w.style))
	return width
}

func (w *writer) linkEnd(url string) {
	if w.hush {
		w.raw("](<")
		w.raw(url)
		w.raw(">)")
		return
	}
	w.raw("](")
	w.raw(url)
	w.raw(")")
}

// label writes the spans of a link's label.
func (w *writer) label(t chat.Text, off int, last bool) {
	outer := w.inLabel
	w.inLabel = w.place < Title && linkable(t[0].Ref)
	for i := range t {
		s := t[i]
		if i == 0 {
			s.Text = s.Text[off:]
		}
		s.Text = lineFeeds(s.Text)
		if len(t) == 1 && unseen(s.Text) && w.inLabel {
			w.notes.Add(chat.Flattened, "label", 1)
			s.Text = s.Ref // a link must show something
		}
		w.marks(w.bearable(&s), t, i)
		if w.inLabel && s.Style&chat.Mono != 0 && (strings.ContainsAny(s.Text, "[]\n") || strings.Contains(s.Text, "://")) {
			w.notes.Add(chat.Flattened, "mono", 1) // what code holds cannot be escaped
			s.Style &^= chat.Mono
		}
		if w.inLabel && !balanced(s.Text) {
			w.notes.Add(chat.Flattened, "bracket", 1)
			s.Text = strings.NewReplacer("[", "［", "]", "］").Replace(s.Text)
		}
		w.run(&s, last && i == len(t)-1, math.MaxInt)
	}
	w.inLabel = outer
}

// balanced reports whether the brackets in s close, and none stands in another.
func balanced(s string) bool {
	inside := false
	for i := range len(s) {
		switch s[i] {
		case '[':
			if inside {
				return false
			}
			inside = true
		case ']':
			if !inside {
				return false
			}
			inside = false
		}
	}
	return !inside
}

// autolink reports whether Discord makes a link of s in angle brackets by itself.
func autolink(s *chat.Span) bool {
	if name, ok := strings.CutPrefix(s.Ref, "mailto:"); ok {
		return name == s.Text && isEmail(name)
	}
	return strings.HasPrefix(s.Ref, "tel:") && phone(s.Text) == s.Ref
}

// encode is ref as an address that ends neither a link nor a style which is open
// around it.
func encode(ref string, open chat.Style) string {
	unsafe := "<>\"`()"
	for i := range styleMarks {
		if m := &styleMarks[i]; open&m.bit != 0 && strings.Contains(ref, m.mark[:1]) {
			unsafe += m.mark[:1]
		}
	}
	if len(unsafe) == len("<>\"`()") && !mustEncode(ref) {
		return ref
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	parens := balancedParens(ref)
	for i := range len(ref) {
		c := ref[i]
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c > ' ' && c != 0x7f && strings.IndexByte(unsafe, c) < 0,
			(c == '(' || c == ')') && parens:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func mustEncode(ref string) bool {
	parens := false
	for i := range len(ref) {
		switch c := ref[i]; {
		case !suspect[c]:
		case c == '(' || c == ')':
			parens = true
		default:
			return true
		}
	}
	return parens && !balancedParens(ref)
}

// suspect are the bytes of an address that may have to be encoded.
var suspect = [256]bool{'<': true, '>': true, '"': true, '\\': true, '`': true, '\n': true, '\t': true, ' ': true, 0x7f: true, '(': true, ')': true}

// balancedParens reports whether the parentheses in s close, and none stands in
// another.
func balancedParens(s string) bool {
	inside := false
	for i := range len(s) {
		switch s[i] {
		case '(':
			if inside {
				return false
			}
			inside = true
		case ')':
			if !inside {
				return false
			}
			inside = false
		}
	}
	return !inside
}

// standsBare reports whether url, followed by span k of t, is read as just that
// address when it stands without marks.
func (w *writer) standsBare(url string, t chat.Text, k int) bool {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return false // what is found in words has a scheme in small letters
	}
	colon := strings.IndexByte(url, ':')
	if colon < 4 || url[colon-1] != 'p' && url[colon-1] != 's' || trimAddress(url, colon+3, len(url)) != len(url) ||
		strings.Contains(url, "](") || len(url) < colon+5 ||
		w.style&(chat.Strike|chat.Spoiler) != 0 && strings.IndexByte("~|", url[len(url)-1]) >= 0 {
		return false
	}
	if k >= len(t) || w.style&^t[k].Style != 0 {
		return true // a line, a text, or a mark ends it
	}
	if t[k].Kind != chat.Words || t[k].Style&^w.style != 0 {
		return false // a name or a mark would be taken for a part of it
	}
	for i := range len(t[k].Text) {
		switch c := t[k].Text[i]; c {
		case '.', ',', ':', ';', '"', '\'', ')':
			if c == ')' && !balancedParens(url) {
				return false
			}
		case ' ', '\n', '\t':
			return true
		default:
			return false
		}
	}
	return k+1 >= len(t)
}

// linkPart writes as much of a link's label as fits, as a link, and says how many
// bytes that were.
func (w *writer) linkPart(s *chat.Span) int {
	if !linkable(s.Ref) {
		return 0
	}
	if w.pictured(chat.Text{*s}) {
		return w.apartPart(s)
	}
	return w.linkPiece(s)
}

func (w *writer) linkPiece(s *chat.Span) int {
	snap := w.snap()
	w.marks(w.bearable(s), nil, 0)
	url := encode(s.Ref, w.style)
	room := w.max - w.used - w.closing() - len(url) - 6
	if room < 8 || !balanced(s.Text) || s.Style&chat.Mono != 0 {
		w.rewind(&snap)
		return 0
	}
	w.raw("[")
	w.inLabel = true
	probe := w.snap()
	n := w.escape(s.Text, false, room)
	w.rewind(&probe)
	n = chat.Cut(s.Text, chat.Text{{Text: s.Text[:n]}}.Chars())
	for m := w.escape(s.Text[:n], false, room); m > 0 && m < n; m = w.escape(s.Text[:n], false, room) {
		w.rewind(&probe) // as in part
		n = m
	}
	w.inLabel = false
	w.linkEnd(url)
	return n
}
