package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translators/emoji"
)

const maxEmojiName = 100

// emojiName reads the emoji name at s[i], which is a colon: up to where, and which
// characters it stands for, none for an emoji of a workspace. A name that is not in
// the table is one of those when it stands like a word and has a letter: "12:30:45"
// and "std::vector::x" are none. A name of one letter or of digits must stand like
// a word, too.
func emojiName(s string, least, i int) (to int, lit string) {
	end := nameEnd(s, i+1)
	if end == 0 {
		return 0, ""
	}
	name := s[i+1 : end]
	to = end + 1
	alone := standsAlone(s, least, i, to)
	lit, ok := emoji.Unicode(name)
	tone := toneSize(s[to:])
	switch {
	case ok && isScant(name) && !alone, !ok && !(alone && plausible(name)):
		return 0, ""
	case ok && tone > 0:
		if toned, ok := emoji.Unicode(s[i+1 : to+tone-1]); ok {
			return to + tone, toned
		}
		return to, lit
	case ok:
		return to, lit
	}
	return to + tone, ""
}

// nameEnd is where the colon stands that ends the name from s[from] on; 0 for none.
func nameEnd(s string, from int) int {
	end := from
	for end < len(s) && end-from < maxEmojiName && isNameByte(s[end]) {
		end++
	}
	if end == from || end == len(s) || s[end] != ':' {
		return 0
	}
	return end
}

// mayName reports whether an emoji name begins with the colon s[i], whatever
// follows it; what stands before s[least] does not matter.
func mayName(s string, least, i int) bool {
	end := nameEnd(s, i+1)
	if end == 0 {
		return false
	}
	name := s[i+1 : end]
	_, known := emoji.Unicode(name)
	return known && !isScant(name) || (known || plausible(name)) && apart(s, least, i)
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
	if r == ':' { // a skin tone, or another emoji at once
		return toneSize(s[to:]) > 0 || nameEnd(s, to+1) > 0
	}
	return !isWordRune(r)
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

// toneSize is the number of bytes of the skin tone that s begins with.
func toneSize(s string) int {
	const head = ":skin-tone-"
	if !strings.HasPrefix(s, head) {
		return 0
	}
	n := len(head)
	for n < len(s) && n < len(head)+3 && (s[n] >= '2' && s[n] <= '6' || s[n] == '-') {
		n++
	}
	if n == len(head) || n == len(s) || s[n] != ':' {
		return 0
	}
	return n + 1
}
