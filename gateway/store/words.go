package store

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"
)

const (
	maxWords     = 1000 // different ones of an event
	maxWordBytes = 64   // longer ones are known by their beginning
)

// Words are the different words by which an event is found, in lower case and in
// the order of their first appearance: those of its summary, and of the values
// that are strings where its body is JSON, else of the whole body. Neither the
// keys nor the numbers of JSON count. There are at most 1,000, of at most 64
// bytes; each consists of letters, marks and digits. It takes linear time on any
// bytes.
func Words(summary string, body []byte) []string {
	w := words{seen: map[string]bool{}}
	w.text([]byte(summary))
	if b := skipSpace(body); len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		w.json(b)
	} else {
		w.text(body)
	}
	return w.list
}

// HasWords reports whether all of want are words of an event.
func HasWords(want []string, summary string, body []byte) bool {
	have := Words(summary, body)
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}

type words struct {
	list []string
	seen map[string]bool
	word []byte // the one being read
}

// lower is the lower case of an ASCII letter or digit, 0 of another byte.
var lower = func() (t [256]byte) {
	for c := byte(0); c < utf8.RuneSelf; c++ {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			t[c] = c
		case 'A' <= c && c <= 'Z':
			t[c] = c | 0x20
		}
	}
	return t
}()

// text adds the words of s. A sign of a script that is written without spaces is
// a word of its own.
func (w *words) text(s []byte) {
	for len(s) > 0 && len(w.list) < maxWords {
		if s[0] < utf8.RuneSelf {
			n := 0
			for n < len(s) && lower[s[n]] != 0 {
				n++
			}
			for _, c := range s[:min(n, maxWordBytes-len(w.word))] {
				w.word = append(w.word, lower[c])
			}
			if n < len(s) && s[n] < utf8.RuneSelf {
				w.end()
				n++
			}
			s = s[n:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			w.end()
			w.word = utf8.AppendRune(w.word, r)
			w.end()
		case r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			if r = unicode.ToLower(r); len(w.word)+utf8.RuneLen(r) <= maxWordBytes {
				w.word = utf8.AppendRune(w.word, r)
			}
		default:
			w.end()
		}
	}
	w.end()
}

func (w *words) end() {
	if len(w.word) == 0 {
		return
	}
	if !w.seen[string(w.word)] && len(w.list) < maxWords {
		s := string(w.word)
		w.seen[s] = true
		w.list = append(w.list, s)
	}
	w.word = w.word[:0]
}

// json adds the words of the strings in b that are not keys. What is wrong with
// b does not matter: it has been judged before, or by nobody.
func (w *words) json(b []byte) {
	for len(w.list) < maxWords {
		from := bytes.IndexByte(b, '"')
		if from < 0 {
			return
		}
		b = b[from+1:]
		n, escaped := 0, false
		for n < len(b) && b[n] != '"' {
			if b[n] == '\\' {
				escaped = true
				n++
			}
			n++
		}
		inner := b[:min(n, len(b))]
		b = b[min(n+1, len(b)):]
		if rest := skipSpace(b); len(rest) > 0 && rest[0] == ':' {
			continue
		}
		if escaped {
			inner = unescape(inner)
		}
		w.text(inner)
	}
}

// unescape undoes JSON's escapes, as far as words are concerned.
func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '\\' || i+1 == len(b):
			out = append(out, b[i])
		case b[i+1] == 'u' && i+5 < len(b):
			r := rune(0)
			for _, c := range b[i+2 : i+6] {
				r = r<<4 | hexDigit(c)
			}
			out = utf8.AppendRune(out, r) // half of a pair becomes U+FFFD, which is in no word
			i += 5
		default:
			out = append(out, ' ') // a line break, a tab, a quotation mark, a slash
			i++
		}
	}
	return out
}

func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	default:
		return 0
	}
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\r' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}
