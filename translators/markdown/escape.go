package markdown

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// touchy marks the bytes that may have to be escaped.
var touchy = [256]bool{
	'\\': true, '*': true, '_': true, '~': true, '|': true, '`': true, '[': true, ']': true,
	'<': true, '@': true, ':': true, '\n': true,
}

// escape writes words so that they stay words, at most room characters of
// markup, and says how many bytes of s those were. last says that nothing of the
// same text follows.
func (w *writer) escape(s string, last bool, room int) int {
	limit := room
	if room < 1<<30 {
		limit = w.used + room
	}
	at := 0       // what stands before is written
	shrugged := 0 // end of the last shrug: an arm belongs to one
	guard := -1
	if w.fresh && w.place < Title {
		guard = lineMark(s, last)
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i == guard {
			if !w.copy(s[at:i], limit) {
				return at + w.fitted(s[at:i], limit)
			}
			if !w.add("\\", 1, limit) {
				return i
			}
			at, guard = i, -1
			continue
		}
		if !touchy[c] {
			continue
		}
		before, after := w.byteBefore(s, i), byteAfter(s, i)
		var put string // written in place of c …
		width := 1     // … and of so many bytes
		switch c {
		case '\n':
			if w.inHeading > 0 && !w.inLabel { // every line that is not blank is a heading, with marks of its own
				next := strings.TrimLeft(s[i:], "\n")
				if !w.copy(s[at:i], limit) {
					return at + w.fitted(s[at:i], limit)
				}
				if !w.nextHeading(next, limit) {
					return i
				}
				at = len(s) - len(next)
				i = at - 1
				w.fresh = true
				if guard = lineMark(next, last); guard >= 0 {
					guard += at
				}
				continue
			}
			if put = w.lineBreak(); put == "\n" && w.place == Title {
				put = " "
			}
			if w.place < Title && !w.inLabel {
				w.fresh = true
				guard = lineMark(s[i+1:], last)
				if guard >= 0 {
					guard += i + 1
				}
			}
		case '\\':
			if from := i - len("¯"); from >= shrugged && strings.HasPrefix(s[from:], shrug) {
				shrugged = from + len(shrug)
				i = shrugged - 1
				continue
			}
			if after != 0 && !escapable(after) {
				continue
			}
			put = `\\`
		case '*':
			if isSpace(before) && isSpace(after) && w.style&(chat.Bold|chat.Italic) == 0 {
				continue
			}
			put = `\*`
		case '_':
			if !w.scores && before != '_' && after != '_' && isWord(before) && isWord(after) && w.style&chat.Underline == 0 {
				continue
			}
			put = `\_`
		case '~', '|':
			if before != c && after != c && (after != 0 || last && w.opens == 0) {
				continue
			}
			put = `\~`
			if c == '|' {
				put = `\|`
			}
		case '`':
			put = "\\`"
		case '[':
			if !w.brackets && !w.inLabel {
				continue
			}
			put = `\[`
		case ']':
			if !w.inLabel {
				continue
			}
			put = `\]`
		case '<':
			if after != 0 && !opensToken(after) || after == 0 && last {
				continue
			}
			put = `\<`
		case '@':
			if everyone(s[i+1:]) == "" || w.place == Title {
				continue
			}
			put = "@" + zwsp
		case ':':
			if w.place == Title || !strings.HasPrefix(s[i:], "://") || !w.inLabel && !schemeBefore(s[:i]) {
				continue
			}
			put = ":" + zwsp
		}
		if !w.copy(s[at:i], limit) {
			return at + w.fitted(s[at:i], limit)
		}
		if !w.add(put, utf8.RuneCountInString(put), limit) {
			return i
		}
		if c == '\n' && w.place < Title && !w.inLabel {
			w.fresh = true
		}
		at = i + width
	}
	if !w.copy(s[at:], limit) {
		return at + w.fitted(s[at:], limit)
	}
	return len(s)
}

// copy writes s when it fits.
func (w *writer) copy(s string, limit int) bool {
	if s == "" {
		return true
	}
	return w.add(s, utf8.RuneCountInString(s), limit)
}

func (w *writer) add(s string, chars, limit int) bool {
	if w.used+chars > limit {
		return false
	}
	w.dst = append(w.dst, s...)
	w.used += chars
	w.closed = false
	if s != "\\" {
		w.fresh = w.fresh && strings.TrimLeft(s, " ") == ""
	}
	return true
}

// fitted is how many bytes of s, which does not fit or precedes what does not,
// would.
func (w *writer) fitted(s string, limit int) int {
	left := limit - w.used
	for i := range s {
		if left <= 0 {
			return i
		}
		left--
	}
	return len(s)
}

func (w *writer) byteBefore(s string, i int) byte {
	if i > 0 {
		return s[i-1]
	}
	return w.lastByte()
}

func byteAfter(s string, i int) byte {
	if i+1 < len(s) {
		return s[i+1]
	}
	return 0
}

// lineBreak is a line break with what the lines of the block begin with.
func (w *writer) lineBreak() string {
	if w.inLabel || w.place >= Title {
		return " "
	}
	const prefix = "\n> " + "                                "
	to := 3 + min(w.indent, len(prefix)-3)
	switch {
	case w.inHeading > 0 && w.quoted:
		return "\n> ### "[:3+w.inHeading] + " "
	case w.inHeading > 0:
		return "\n### "[:1+w.inHeading] + " "
	case w.quoted:
		return prefix[:to]
	case to == 3:
		return "\n"
	}
	return "\n" + prefix[3:to]
}

// nextHeading begins the next line of a heading, when that fits, with the marks
// closed before and, when the same words go on with next, opened again.
func (w *writer) nextHeading(next string, limit int) bool {
	brk := w.lineBreak()
	if w.used+2*w.closing()+len(brk)+1 > limit {
		return false
	}
	open := slices.Clone(w.open[:w.opens])
	w.marks(0, nil, 0)
	w.raw(brk)
	if next != "" {
		if next[0] == ' ' {
			w.break0()
		}
		for _, bit := range open {
			w.openMark(bit)
		}
		w.beforeSpace(next)
	}
	return true
}

// opensToken reports whether "<" and c can begin a mention, a time, an emoji or an
// address.
func opensToken(c byte) bool {
	return c == '@' || c == '#' || c == ':' || c == '/' || c == '+' || isWord(c)
}

// schemeBefore reports whether s ends with the scheme of a web address.
func schemeBefore(s string) bool {
	for _, scheme := range [...]string{"http", "https", "steam", "discord"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[len(s)-len(scheme):], scheme) {
			return true
		}
	}
	return false
}

// lineMark finds the byte before which a backslash keeps the line that s begins
// from being a heading, subtext, quotation or item; −1 when there is none. Unless
// s is the last of its text, a space may follow it.
func lineMark(s string, last bool) int {
	k := 0
	for k < len(s) && s[k] == ' ' {
		k++
	}
	space := func(i int) bool { return i < len(s) && s[i] == ' ' || i == len(s) && !last }
	if k == len(s) {
		return -1
	}
	switch c := s[k]; {
	case c == '#':
		n := 1
		for k+n < len(s) && s[k+n] == '#' {
			n++
		}
		if n <= 3 && space(k+n) {
			return k
		}
	case c == '-':
		if space(k+1) || k+1 < len(s) && s[k+1] == '#' && space(k+2) {
			return k
		}
	case c == '*' || c == '+':
		if space(k + 1) {
			return k
		}
	case c == '>':
		if space(k+1) || strings.HasPrefix(s[k:], ">>>") && space(k+3) {
			return k
		}
	case c >= '0' && c <= '9':
		n := 1
		for k+n < len(s) && s[k+n] >= '0' && s[k+n] <= '9' {
			n++
		}
		if k+n < len(s) && s[k+n] == '.' && space(k+n+1) {
			return k + n
		}
	}
	return -1
}

// code writes inline code, at most room characters of markup, and says how many
// bytes of s those were.
func (w *writer) code(s string, room int) int {
	most, n := 6, len(s) // marks and spaces
	if strings.Contains(s, "``") {
		most += strings.Count(s, "``")
	}
	if room < 1<<30 && utf8.RuneCountInString(s)+most > room {
		if n = chat.Cut(s, room-most); n == 0 {
			return 0
		}
	}
	cut := s[:n]
	if strings.IndexByte(cut, '\n') >= 0 {
		cut = strings.ReplaceAll(cut, "\n", " ")
	}
	if strings.IndexByte(cut, '`') < 0 {
		w.raw("`")
		w.raw(cut)
		w.raw("`")
		return n
	}
	ticks := "`"
	if hasRun(cut, 1) {
		ticks = "``"
		if hasRun(cut, 2) {
			cut = partTicks(cut)
		}
	}
	w.raw(ticks)
	if strings.HasPrefix(strings.TrimLeft(cut, " "), "`") {
		w.raw(" ")
	}
	w.raw(cut)
	if strings.HasSuffix(strings.TrimRight(cut, " "), "`") {
		w.raw(" ")
	}
	w.raw(ticks)
	return n
}

// hasRun reports whether s has a run of exactly n backticks.
func hasRun(s string, n int) bool {
	for run, i := 0, 0; i <= len(s); i++ {
		if i < len(s) && s[i] == '`' {
			run++
			continue
		}
		if run == n {
			return true
		}
		run = 0
	}
	return false
}

// partTicks puts a zero-width space between the backticks of every pair.
func partTicks(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && s[i] == '`' && s[i-1] == '`' {
			b.WriteString(zwsp)
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
