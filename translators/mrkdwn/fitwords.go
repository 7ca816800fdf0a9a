package mrkdwn

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// put writes words in a style; rest is what comes after them in the text.
func (w *writer) put(s string, style chat.Style, rest chat.Text) {
	w.steps += len(s)
	if style&chat.Underline != 0 {
		w.lost |= lostUnderline
	}
	if style&chat.Spoiler != 0 {
		w.lost |= lostSpoiler
	}
	style &= chat.Bold | chat.Italic | chat.Strike | chat.Mono
	if w.place == Plain && style != 0 {
		style = 0
		w.lost |= lostStyle
	}
	if style&chat.Mono != 0 && strings.IndexByte(s, '`') >= 0 {
		style &^= chat.Mono
		w.lost |= lostCode
	}
	for {
		line, more, broken := strings.Cut(s, "\n")
		switch {
		case !broken:
			w.onLine(line, style, "", rest)
			return
		case w.place == Line:
			w.onLine(line, style, more, rest)
			w.onLine(" ", 0, more, rest)
		default:
			w.onLine(line, style, "", nil)
			w.newline()
		}
		s = more
	}
}

// onLine writes words without a line break; tail is what of the span follows on
// the line. Marks among styled words could end the style or be ended by it: they
// go outside of it, save inside of a word, where only the style's own can act.
func (w *writer) onLine(s string, style chat.Style, tail string, rest chat.Text) {
	w.ahead[1] = tail
	for style&(chat.Bold|chat.Italic|chat.Strike) != 0 && style&chat.Mono == 0 {
		i, k := marksIn(s, style)
		if i == k {
			break
		}
		w.lost |= lostStyle
		w.ahead[0] = s[i:]
		w.piece(s[:i], style, rest)
		w.ahead[0], w.lonely = s[k:], true
		w.piece(s[i:k], 0, rest)
		w.lonely = false
		s = s[k:]
	}
	w.ahead[0] = ""
	w.piece(s, style, rest)
}

// marksIn finds the first run of marks in s that must not stand in a style.
func marksIn(s string, style chat.Style) (from, to int) {
	for from < len(s) {
		if s[from] == ':' || !isMark(s[from]) {
			from++
			continue
		}
		to = from
		own := false
		for to < len(s) && s[to] != ':' && isMark(s[to]) {
			own = own || styleOf(s[to])&style != 0 || s[to] == '`'
			to++
		}
		if own || !isWordRune(before(s, from)) || !isWordRune(after(s, to)) {
			return from, to
		}
		from = to
	}
	return len(s), len(s)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// edges are the white space around s that stands outside of the marks.
func edges(s string, style chat.Style) (lead, core, trail string) {
	if style&chat.Mono != 0 { // code may begin and end with any other
		before, after := codeEdges(s)
		return s[:before], s[before : len(s)-after], s[len(s)-after:]
	}
	rest := strings.TrimLeftFunc(s, isSpace)
	core = strings.TrimRightFunc(rest, isSpace)
	return s[:len(s)-len(rest)], core, rest[len(core):]
}

// carries reports whether white space may carry a style at an edge in a normal text
// (chat.Normalize, rule 8).
func (w *writer) carries(s string) bool {
	return s != "" && (w.inLabel || strings.Trim(s, " \t"+zwsp) != "")
}

// styleAfter is the style of what rest begins with.
func (w *writer) styleAfter(rest chat.Text) chat.Style {
	if len(rest) == 0 {
		return 0
	}
	return rest[0].Style | w.also
}

// piece writes words of one style, its white space outside of the marks.
func (w *writer) piece(s string, style chat.Style, rest chat.Text) {
	lead, core, trail := edges(s, style)
	if s == "" {
		return
	}
	if w.bare && isBlankByte(s[0]) {
		w.space()
	}
	w.bare = false
	if core == "" { // white space alone is at both edges
		trail = lead
	}
	if style&^w.prior != 0 && w.carries(lead) || style&^w.styleAfter(rest) != 0 && w.carries(trail) {
		w.lost |= lostStyle
	}
	if !isBlank(lead) { // no item and no quotation begins after it
		w.fresh = false
	}
	if core == "" {
		w.closeTo(style)
		w.flushGap()
		w.gap, w.worn = s, style&w.prior
		return
	}
	w.closeTo(style)
	if lead != "" {
		w.flushGap()
		w.gap, w.worn = lead, style&w.prior
	}
	w.want(style, rest)
	r, _ := utf8.DecodeRuneInString(core)
	w.follow(r)
	if style&chat.Mono == 0 && w.endsName(core) {
		w.space()
	}
	switch {
	case style&chat.Mono != 0:
		w.escape(core)
	default:
		if w.fresh && style == 0 && w.place != Plain && acts(core, w.spaced(trail, rest), w.ahead[0] != "" || len(rest) > 0, w.place == Body, w.quoted) {
			w.space()
		}
		w.fresh = false
		w.words(core, rest)
	}
	w.gap, w.worn = trail, style
}

// endsName reports whether s would end an emoji name begun in what is written.
func (w *writer) endsName(s string) bool {
	n := 0
	for n < len(s) && n <= maxEmojiName && isNameByte(s[n]) {
		n++
	}
	return n < len(s) && s[n] == ':' && w.inName()
}

// inName reports whether what is written ends in a colon and what may be the
// beginning of an emoji name.
func (w *writer) inName() bool {
	i := len(w.dst)
	for i > w.base && len(w.dst)-i <= maxEmojiName && isNameByte(w.dst[i-1]) {
		i--
	}
	return i > w.base && w.dst[i-1] == ':' && !bytes.Contains(w.dst[i:], []byte(zwsp))
}

// spaced reports whether a space and more follow what stands before trail.
func (w *writer) spaced(trail string, rest chat.Text) bool {
	next := trail
	if w.ahead[0] != "" {
		next += w.ahead[0]
	}
	if next == "" && len(rest) > 0 {
		return strings.HasPrefix(rest[0].Text, " ")
	}
	return strings.HasPrefix(next, " ") && (strings.TrimLeftFunc(next, isSpace) != "" || len(rest) > 0)
}

// acts reports whether a line that begins with s would be an item or a quotation;
// more tells that a space and words follow, follows that anything does.
func acts(s string, more, follows, items, quoted bool) bool {
	if s[0] == '>' {
		return !quoted
	}
	if !items {
		return false
	}
	if s == "-" || s == "*" {
		return more
	}
	if n := len(s) - 1; more && n > 0 && n < 4 && s[n] == '.' && s[0] != '0' && strings.Trim(s[:n], "0123456789") == "" {
		return true
	}
	switch s {
	case "•", "◦", "▪", "▪\ufe0e", "▪\ufe0f":
		return follows
	}
	_, ok := listMarker(s)
	return ok
}

// escape writes s with entities and nothing else.
func (w *writer) escape(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		lit := ""
		switch s[i] {
		case '&':
			lit = "&amp;"
		case '<':
			lit = "&lt;"
		case '>':
			lit = "&gt;"
		default:
			continue
		}
		w.raw(s[from:i])
		w.raw(lit)
		from = i + 1
	}
	w.raw(s[from:])
}

// words writes s so that nothing in it acts.
func (w *writer) words(s string, rest chat.Text) {
	from := 0 // written up to here
	addresses := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !special[c] && c != '>' {
			continue
		}
		switch c {
		case '<', '>', '&':
			w.raw(s[from:i])
			w.escape(s[i : i+1])
			from = i + 1
		case '*', '_', '~':
			if w.place == Plain {
				continue
			}
			prev := w.last()
			if i > from {
				prev = before(s, i)
			}
			if w.lonely || opens(prev, w.afterWord(s, i+1, rest), c) && w.later(s[i+1:], rest, c) {
				w.raw(s[from : i+1])
				w.space()
				from = i + 1
			}
		case '`':
			if w.place != Plain && (w.lonely || w.later(s[i+1:], rest, c)) {
				w.raw(s[from : i+1])
				w.space()
				from = i + 1
			}
		case '.', ':':
			if w.place != Plain {
				if _, to := bareAddress(s, addresses, i, false); to > 0 {
					w.raw(s[from:i])
					w.escape(s[i:to])
					from, addresses = to, to
					i = to - 1
					w.sticky = strings.Trim(s[to:], ".,:;!?'*_~)]}") == ""
					continue
				}
			}
			if c == ':' {
				if mayName(s, addresses, i) {
					w.raw(s[from : i+1])
					w.space()
					from = i + 1
				}
			}
		}
	}
	w.raw(s[from:])
}

// afterWord is the rune after s[:i].
func (w *writer) afterWord(s string, i int, rest chat.Text) rune {
	if i < len(s) {
		return after(s, i)
	}
	if w.ahead != [2]string{} {
		return utf8.RuneError
	}
	if len(rest) == 0 {
		return edge
	}
	if rest[0].Kind == chat.Words && rest[0].Style == 0 {
		return after(rest[0].Text, 0)
	}
	return utf8.RuneError // a mark or something else, but no white space
}

// later reports whether the mark d stands in the rest of the line, as itself or
// as a style. It looks no further than the next one, so that all the looks of a
// text together are as long as it.
func (w *writer) later(s string, rest chat.Text, d byte) bool {
	if w.seek(s, d) || w.seek(w.ahead[0], d) || w.seek(w.ahead[1], d) {
		return true
	}
	for i := range rest {
		r := &rest[i]
		if r.Kind != chat.Words || r.Style&styleOf(d) != 0 {
			return true
		}
		line, _, broken := strings.Cut(r.Text, "\n")
		if w.seek(line, d) {
			return true
		}
		if broken {
			return false
		}
	}
	return false
}

func (w *writer) seek(s string, d byte) bool {
	i := strings.IndexByte(s, d)
	if i < 0 {
		w.steps += len(s)
	} else {
		w.steps += i + 1
	}
	return i >= 0
}
