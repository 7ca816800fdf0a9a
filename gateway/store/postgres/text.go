package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// PostgreSQL's text takes neither NUL nor bytes that are not UTF-8. The few
// strings which have them, or mark, are stored with each such byte as mark and
// two hexadecimal digits.
const mark = '\x1a'

const digits = "0123456789abcdef"

// text is s as it is stored.
func text[S ~string](s S) string {
	if utf8.ValidString(string(s)) && strings.IndexByte(string(s), 0) < 0 && strings.IndexByte(string(s), mark) < 0 {
		return string(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(string(s[i:]))
		if r == utf8.RuneError && n == 1 || r == 0 || r == mark {
			b.WriteByte(mark)
			b.WriteByte(digits[s[i]>>4])
			b.WriteByte(digits[s[i]&15])
		} else {
			b.WriteString(string(s[i : i+n]))
		}
		i += n
	}
	return b.String()
}

func texts(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = text(s)
	}
	return out
}

// plain undoes text.
func plain(s string) string {
	if strings.IndexByte(s, mark) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) {
			b.WriteByte(byte(strings.IndexByte(digits, s[i+1])<<4 | strings.IndexByte(digits, s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// into scans a text into a string.
type into[S ~string] struct{ to *S }

// Scan implements sql.Scanner, which pgx calls.
func (t into[S]) Scan(v any) error {
	s, _ := v.(string)
	*t.to = S(plain(s))
	return nil
}

// str is where a text is to be scanned.
func str[S ~string](s *S) into[S] { return into[S]{s} }

// maxIndexed is the bytes of a text that an index takes; PostgreSQL's take 2,700
// for all columns together.
const maxIndexed = 1000

// indexed is s as it is stored where it is only looked for: of a long one the
// beginning, and a digest of all.
func indexed(s string) string {
	stored := text(s)
	if len(stored) <= maxIndexed {
		return stored
	}
	digest := sha256.Sum256([]byte(stored))
	end := maxIndexed - 2*len(digest)
	for !utf8.RuneStart(stored[end]) {
		end--
	}
	return stored[:end] + hex.EncodeToString(digest[:])
}
