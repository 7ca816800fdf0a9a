package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translators/chat"
	"dragoman/translators/emoji"
)

// A token is a place in a line that is not just words.
type token struct {
	kind     tokenKind
	style    chat.Style // opening, closing
	from, to int
}

type tokenKind uint8

const (
	literal tokenKind = iota // a mark that turned out to be none
	opening
	closing
	code    // with its backticks
	angle   // a control sequence
	amp     // an entity
	picture // a standard emoji by its name
	custom  // an emoji of a workspace
	address // written as words
	nothing // a zero-width space whose work is done
)

// tokens is a list that needs no memory while it is short.
type tokens struct {
	few  [40]token
	more []token
	n    int
}

func (t *tokens) add(k token) {
	if t.n < len(t.few) {
		t.few[t.n] = k
	} else {
		t.more = append(t.more[:t.n-len(t.few)], k)
	}
	t.n++
}

func (t *tokens) at(i int) *token {
	if i < len(t.few) {
		return &t.few[i]
	}
	return &t.more[i-len(t.few)]
}

// special holds the bytes at which a token may begin; '.' and ':' are in it for
// addresses, 0xe2 begins U+200B.
var special = [256]bool{
	'*': true, '_': true, '~': true, '`': true, '<': true, '&': true, ':': true, '.': true, 0xe2: true,
}

// tokenize finds the tokens of the line from a to b, and which marks are a pair:
// one closes what the last of its kind has opened, unless another mark of its
// kind stands between.
func (p *parser) tokenize(a, b int) {
	src := p.src
	var open [3]int // 1 + index of the token that opens a style
	solid := a      // the first byte that is not indentation
	for solid < b && (src[solid] == ' ' || src[solid] == '\t') {
		solid++
	}
	ticks := true // there may be another backtick
	p.steps += b - a
	done := a // the end of the last token
	for i := a; i < b; i++ {
		c := src[i]
		if !special[c] {
			continue
		}
		t := token{from: i}
		switch c {
		case '*', '_', '~':
			if !p.marks() {
				continue
			}
			t.to = i + 1
			p.pair(&t, src[a:b], i-a, &open)
		case '`':
			if !p.marks() || !ticks {
				continue
			}
			if t.kind, t.to, ticks = codeSpan(src[:b], i); t.kind != code {
				i = t.to - 1
				continue
			}
		case '<':
			if p.opt.Plain {
				continue
			}
			end := controlEnd(src[i:b])
			p.steps += end
			if end == 0 {
				continue
			}
			if _, ok := parseControl(src[i+1 : i+end]); !ok {
				continue
			}
			t.kind, t.to = angle, i+end+1
		case '&':
			_, size := entity(src[i:b])
			if size == 0 {
				continue
			}
			t.kind, t.to = amp, i+size
		case '.', ':':
			if !p.opt.Plain {
				if from, to := bareAddress(src[:b], done, i, true); to > 0 {
					t.kind, t.from, t.to = address, from, to
					p.steps += to - i
					break
				}
			}
			if c == '.' {
				continue
			}
			kind, to := emojiName(src[:b], max(done, a), i)
			if to == 0 {
				continue
			}
			t.kind, t.to = kind, to
		default:
			if !strings.HasPrefix(src[i:b], zwsp) {
				continue
			}
			t.kind, t.to = nothing, i+len(zwsp)
			if !(i > a && isMark(src[i-1]) || t.to < b && isMark(src[t.to]) || i == solid && isNeutral(src[t.to:b])) {
				i = t.to - 1
				continue
			}
		}
		p.toks.add(t)
		done = t.to
		i = t.to - 1
	}
}

func (p *parser) marks() bool { return !p.opt.Plain && !p.opt.NoMarks }

// pair decides what a mark is. line holds it at i.
func (p *parser) pair(t *token, line string, i int, open *[3]int) {
	k, d := 0, line[i]
	switch d {
	case '_':
		k = 1
	case '~':
		k = 2
	}
	prev, next := before(line, i), after(line, i+1)
	if open[k] > 0 {
		first := open[k]
		open[k] = 0
		if closes(prev, next, d) {
			begin := p.toks.at(first - 1)
			begin.kind, t.kind = opening, closing
			begin.style, t.style = styleOf(d), styleOf(d)
			for o := range open {
				if open[o] > first { // opened inside and not closed there
					open[o] = 0
				}
			}
			return
		}
	}
	if opens(prev, next, d) {
		open[k] = p.toks.n + 1
	}
}

// codeSpan reads the code that begins with the backtick at s[i]: up to the next
// single backtick, not empty. A backtick before U+200B begins none. If there is
// none, to is after the backticks; more tells whether others follow at all.
func codeSpan(s string, i int) (kind tokenKind, to int, more bool) {
	n := backticks(s[i:])
	from := i + n
	if n != 1 && n != 3 || strings.HasPrefix(s[from:], zwsp) {
		return literal, from, true
	}
	mark := s[i:from]
	j := strings.Index(s[from:], mark)
	if j < 0 {
		return literal, from, strings.IndexByte(s[from:], '`') >= 0
	}
	end := from + j
	if strings.TrimLeft(s[from:end], " \t") == "" || backticks(s[end:]) != n {
		return literal, from, true
	}
	return code, end + n, true
}

// isNeutral reports whether a line that begins with rest would be a quotation or
// an item.
func isNeutral(rest string) bool {
	if isQuoted(rest) {
		return true
	}
	_, ok := listMarker(rest)
	return ok
}

const maxEmojiName = 100

// emojiName reads the emoji name at s[i], which is a colon. A name that is not in
// the table is an emoji of a workspace when it stands like a word and has a
// letter: "12:30:45" and "std::vector::x" are none. A name of one letter or of
// digits must stand like a word, too.
func emojiName(s string, least, i int) (kind tokenKind, to int) {
	end := i + 1
	for end < len(s) && end-i <= maxEmojiName && isNameByte(s[end]) {
		end++
	}
	if end == i+1 || end == len(s) || s[end] != ':' {
		return 0, 0
	}
	name := s[i+1 : end]
	to = end + 1
	alone := standsAlone(s, least, i, to)
	if _, ok := emoji.Unicode(name); ok {
		if isScant(name) && !alone {
			return 0, 0
		}
		return picture, to + toneSize(s[to:], name)
	}
	if !alone || !plausible(name) {
		return 0, 0
	}
	return custom, to + toneSize(s[to:], "")
}

func isNameByte(c byte) bool {
	return isAlnum(c) || c == '_' || c == '-' || c == '+' || c == '\'' || c >= utf8.RuneSelf
}

// isScant holds for names which times and addresses of machines hold, too.
func isScant(name string) bool { return len(name) == 1 || strings.Trim(name, "0123456789") == "" }

// apart reports whether no letter, digit or colon stands before s[i].
func apart(s string, least, i int) bool {
	if i <= least {
		return true
	}
	r := before(s, i)
	return r != ':' && !isWordRune(r)
}

// standsAlone reports whether no letter, digit or colon touches s[i:to].
func standsAlone(s string, least, i, to int) bool {
	if !apart(s, least, i) {
		return false
	}
	r := after(s, to)
	if r == ':' && toneSize(s[to:], "") > 0 {
		return true
	}
	if r == ':' { // another emoji may follow at once
		end := to + 1
		for end < len(s) && end-to <= maxEmojiName && isNameByte(s[end]) {
			end++
		}
		return end > to+1 && end < len(s) && s[end] == ':'
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

func plausible(name string) bool {
	letters := false
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters = true
		case r >= utf8.RuneSelf && !unicode.IsMark(r) && !unicode.IsDigit(r), r == utf8.RuneError:
			return false
		}
	}
	return letters
}

// toneSize is the number of bytes of the skin tone that s begins with, if the
// emoji has it; an empty name takes any.
func toneSize(s, name string) int {
	const head = ":skin-tone-"
	if len(s) <= len(head)+1 || !strings.EqualFold(s[:len(head)], head) {
		return 0
	}
	n := len(head)
	for n < len(s) && n < len(head)+3 && (s[n] >= '2' && s[n] <= '6' || s[n] == '-') {
		n++
	}
	if n == len(head) || n == len(s) || s[n] != ':' {
		return 0
	}
	if name != "" && toned(name, s[len(head):n]) == "" {
		return 0
	}
	return n + 1
}

// toned is the emoji in a skin tone; empty when there is none.
func toned(name, tone string) string {
	var buf [2 * maxEmojiName]byte
	b := append(append(append(buf[:0], name...), "::skin-tone-"...), tone...)
	s, _ := emoji.Unicode(string(b))
	return s
}
