package markdown

import (
	"strings"

	"dragoman/translators/chat"
)

// mark reads an opening mark at i: the style it gives and where the text between
// the marks begins. The closing mark is at s.closed. bit is 0 when the mark is words.
//
// As Discord does it: of the marks that may begin here the one which reaches
// farthest wins, italic before bold and underline.
func (s *stretch) mark(src string, i int) (inner int, bit chat.Style) {
	c := src[i]
	double := i+1 < s.hi && src[i+1] == c
	switch c {
	case '~':
		if double {
			return s.pair(src, i, chat.Strike)
		}
	case '|':
		if double {
			return s.pair(src, i, chat.Spoiler)
		}
	case '*':
		em := s.emphasis(src, i, c)
		strong := -1
		if double {
			strong = s.double(src, i, c, chat.Bold)
		}
		return s.farther(i, em, strong, chat.Bold)
	case '_':
		em := -1
		if i == 0 || !isWord(src[i-1]) || src[i-1] == '_' {
			em = s.emphasis(src, i, c)
		}
		under := -1
		if double {
			under = s.double(src, i, c, chat.Underline)
		}
		return s.farther(i, em, under, chat.Underline)
	}
	return i, 0
}

func (s *stretch) farther(i, single, double int, bit chat.Style) (int, chat.Style) {
	switch {
	case single < 0 && double < 0:
		return i, 0
	case single+1 >= double+2 || double < 0:
		s.closed = single
		return i + 1, chat.Italic
	default:
		s.closed = double
		return i + 2, bit
	}
}

// pair finds the closing mark of `~~` and `||`, which no backslash hides.
func (s *stretch) pair(src string, i int, bit chat.Style) (int, chat.Style) {
	if s.dead&bit != 0 || i+3 > s.hi {
		return i, 0
	}
	mark := src[i : i+2]
	for from := i + 3; from < s.hi; {
		k := strings.Index(src[from:s.hi], mark)
		if k < 0 {
			s.looked += s.hi - from
			break
		}
		s.looked += k
		k += from
		if bit == chat.Strike && k+2 < s.hi && src[k+2] == '_' {
			from = k + 1
			continue
		}
		s.closed = k
		return i + 2, bit
	}
	s.dead |= bit
	return i, 0
}

// double finds the closing mark of `**` and `__`: the last two of the next run of
// at least two.
func (s *stretch) double(src string, i int, c byte, bit chat.Style) int {
	if s.dead&bit != 0 {
		return -1
	}
	for j := i + 2; ; {
		from, n := s.nextRun(src, j, i+2, c)
		if n == 0 {
			s.dead |= bit
			return -1
		}
		if j = from + n; n >= 2 && j-2 > i+2 {
			return j - 2
		}
	}
}

// emphasis finds the closing mark of `*` and `_`: the last of the next run of an
// odd number, unless a space, or for `_` a word, stands where none may.
func (s *stretch) emphasis(src string, i int, c byte) int {
	if i+1 >= s.hi || c == '*' && (isSpace(src[i+1]) || s.dead&chat.Italic != 0) || c == '_' && s.deadUn {
		return -1
	}
	for j := i + 1; ; {
		from, n := s.nextRun(src, j, i+1, c)
		if n == 0 {
			if c == '*' {
				s.dead |= chat.Italic
			} else {
				s.deadUn = true
			}
			return -1
		}
		j = from + n
		if n%2 == 0 {
			continue
		}
		if n == 1 && (from == i+1 || c == '*' && isSpace(src[from-1])) {
			return -1
		}
		if c == '_' && j < s.hi && isWord(src[j]) {
			return -1
		}
		return j - 1
	}
}

// nextRun finds the next run of c from j on that no backslash hides; backslashes
// before lo do not count.
func (s *stretch) nextRun(src string, j, lo int, c byte) (from, n int) {
	for j < s.hi {
		k := strings.IndexByte(src[j:s.hi], c)
		if k < 0 {
			s.looked += s.hi - j
			return 0, 0
		}
		s.looked += k + 1
		j += k
		slashes := 0
		for j-slashes > lo && src[j-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 1 {
			j++
			continue
		}
		for j+n < s.hi && src[j+n] == c {
			n++
		}
		return j, n
	}
	return 0, 0
}
