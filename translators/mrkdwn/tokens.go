package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

// A token is a place in a line that is not just words.
type token struct {
	kind     tokenKind
	style    chat.Style // opening, closing
	from, to int
	lit      string // instead: what stands there instead
}

type tokenKind uint8

const (
	literal tokenKind = iota // a mark that turned out to be none
	opening
	closing
	code    // with its backticks
	angle   // a control sequence
	instead // an entity, or a standard emoji by its name
	custom  // an emoji of a workspace
	address // written as words
	all     // a name that means everyone, written as words
	joint   // zero-width spaces
)

// tokens is a list that needs no memory while it is short.
type tokens struct {
	few  [24]token
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
// addresses, '@' for names, 0xe2 begins U+200B.
var special = [256]bool{
	'*': true, '_': true, '~': true, '`': true, '<': true, '&': true, ':': true, '.': true, '@': true, 0xe2: true,
}

func hasSpecial(s string) bool {
	for i := range len(s) {
		if special[s[i]] {
			return true
		}
	}
	return false
}

// tokenize finds the tokens of the line from a to b, and which marks are a pair:
// one closes what the last of its kind has opened, unless another mark of its
// kind stands between.
func (p *parser) tokenize(a, b int) {
	src := p.src
	var open [3]int // 1 + index of the token that opens a style
	ticks := true   // there may be another backtick
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
			if p.opt.Plain || p.opt.Full {
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
			lit, size := entity(src[i:b])
			if size == 0 {
				continue
			}
			t.kind, t.to, t.lit = instead, i+size, lit
		case '@':
			if !p.opt.LinkNames || p.opt.Plain {
				continue
			}
			if t.to = everyoneAt(src[:b], done, i); t.to == 0 {
				continue
			}
			t.kind = all
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
			if t.to, t.lit = emojiName(src[:b], max(done, a), i); t.to == 0 {
				continue
			}
			if t.kind = instead; t.lit == "" {
				t.kind = custom
			}
		default:
			if !strings.HasPrefix(src[i:b], zwsp) {
				continue
			}
			t.kind, t.to = joint, i+joints(src[i:b])
		}
		p.toks.add(t)
		done = t.to
		i = t.to - 1
	}
}

// everyoneAt is the end of the name at s[i] that means everyone, if it is one and
// stands alone; 0 if not.
func everyoneAt(s string, least, i int) int {
	for _, name := range [...]string{"here", "channel", "everyone"} {
		if !strings.HasPrefix(s[i+1:], name) {
			continue
		}
		to := i + 1 + len(name)
		if i > least && !opens(before(s, i), '@', 0) || !closes('@', after(s, to), 0) {
			return 0
		}
		if to+1 < len(s) && strings.IndexByte("._-/", s[to]) >= 0 && isWordRune(after(s, to+1)) { // it goes on
			return 0
		}
		return to
	}
	return 0
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
	if isBlank(s[from:end]) || backticks(s[end:]) != n {
		return literal, from, true
	}
	return code, end + n, true
}
