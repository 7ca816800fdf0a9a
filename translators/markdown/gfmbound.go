package markdown

import (
	"bytes"
	"strings"

	"dragoman/translators/chat"
)

// What the parser is shown of one source. Its time grows with the square of what
// these bound, and its memory with the number of cells.
const (
	maxOpen   = chat.MaxDepth // lists, quotations and footnotes that one line opens
	maxIndent = 4 * maxOpen   // where an item may begin; it is nested by how far it is indented
	maxCells  = 8 << 10       // of all tables, with those that rows do not have
	maxRuns   = 1 << 10       // of marks of emphasis between two blank lines; and so many brackets
	maxSeek   = 64 << 10      // bytes that are looked at for the ends of addresses and titles
)

// hideable are the marks that may be hidden. The parser is shown a control
// character in place of each, which means nothing to it.
const (
	hideable = ">-+*_~.)(|:["
	hidden   = 0x0e // stands for the first of them
)

// hide appends src as the parser is shown it to the empty dst: of the same length,
// but without marks beyond what is bounded. They are words then, since words are read
// from src.
func hide(dst []byte, src string) []byte {
	h := hider{src: src, seen: append(dst, src...)}
	for lo := 0; lo < len(src); {
		hi := lineEnd(src, lo, len(src))
		h.line(lo, hi)
		lo = hi + 1
	}
	return h.seen
}

// unhide gives back to s, which the parser made of what it was shown, what was
// hidden in it.
func unhide(s []byte) string {
	for i, c := range s {
		if c >= hidden && c < hidden+byte(len(hideable)) {
			s = bytes.Clone(s)
			for ; i < len(s); i++ {
				if c := s[i]; c >= hidden && c < hidden+byte(len(hideable)) {
					s[i] = hideable[c-hidden]
				}
			}
			break
		}
	}
	return string(s)
}

type hider struct {
	src   string
	seen  []byte
	left  int // lines up to the next blank one, 0 when not known
	cells int // of the tables before
	seek  int // bytes looked at for ends

	runs, brackets int // since the last blank line
}

func (h *hider) hide(i int) {
	h.seen[i] = hidden + byte(strings.IndexByte(hideable, h.src[i]))
}

func (h *hider) line(lo, hi int) {
	src := h.src
	if strings.TrimLeft(src[lo:hi], " \t") == "" {
		h.left, h.runs, h.brackets = 0, 0, 0
		return
	}
	if h.left == 0 {
		h.left = linesLeft(src[lo:])
	}
	lo = h.containers(lo, hi)
	if strings.Trim(src[lo:hi], "|-: \t") == "" && strings.IndexByte(src[lo:hi], '|') >= 0 {
		if h.cells += (strings.Count(src[lo:hi], "|") + 1) * h.left; h.cells > maxCells {
			for i := lo; i < hi; i++ {
				if src[i] == '|' {
					h.hide(i)
				}
			}
		}
	}
	h.left--
	for i := lo; i < hi; i++ {
		switch c := src[i]; c {
		case '[':
			if h.brackets++; h.brackets > maxRuns {
				h.hide(i)
			}
		case '*', '_', '~':
			if i == lo || src[i-1] != c {
				h.runs++
			}
			if h.runs > maxRuns {
				h.hide(i)
			}
		case '(':
			if i > lo && src[i-1] == ']' {
				if h.seek <= maxSeek {
					h.seek += destination(src, i+1)
				}
				if h.seek > maxSeek {
					h.hide(i)
				}
			}
		}
	}
}

// linesLeft is the number of lines before the first blank one.
func linesLeft(src string) int {
	n := 0
	for line := range strings.SplitSeq(src, "\n") {
		if strings.TrimLeft(line, " \t") == "" {
			break
		}
		n++
	}
	return n
}

// containers goes over the marks of lists, quotations and footnotes that the line
// opens, and hides one when there are too many, or when it is indented too far.
func (h *hider) containers(i, hi int) int {
	src := h.src
	from := i
	for n := 0; ; n++ {
		for i < hi && (src[i] == ' ' || src[i] == '\t') {
			i++
		}
		mark := i
		switch {
		case i == hi:
			return i
		case src[i] == '>':
		case strings.IndexByte("-+*", src[i]) >= 0:
			if i+1 < hi && src[i+1] != ' ' && src[i+1] != '\t' {
				return i
			}
		case src[i] >= '0' && src[i] <= '9':
			for i < hi && i-mark < 9 && src[i] >= '0' && src[i] <= '9' {
				i++
			}
			if i == hi || src[i] != '.' && src[i] != ')' || i+1 < hi && src[i+1] != ' ' && src[i+1] != '\t' {
				return mark
			}
		case strings.HasPrefix(src[i:hi], "[^"): // a footnote
			end := strings.Index(src[i:hi], "]:")
			if end < 0 || end > maxIndent {
				return i
			}
			i += end + 1
		default:
			return i
		}
		if n >= maxOpen || i-from > maxIndent {
			if strings.Trim(src[mark:hi], "- \t") != "" && strings.Trim(src[mark:hi], "* \t") != "" { // else it is a rule
				h.hide(i)
			}
			return mark
		}
		i++
	}
}

// destination is how many bytes the parser looks at from i on for the end of an
// address, and of the title after it.
func destination(src string, i int) int {
	from, open := i, 0
	for i < len(src) && isSpace(src[i]) {
		i++
	}
	if i < len(src) && src[i] == '<' {
		for i < len(src) && src[i] != '>' && src[i] != '\n' {
			i++
		}
	} else {
		for i < len(src) && !isSpace(src[i]) && open >= 0 {
			switch src[i] {
			case '(':
				open++
			case ')':
				open--
			}
			i++
		}
	}
	if open >= 0 {
		for i < len(src) && isSpace(src[i]) {
			i++
		}
		if i < len(src) && strings.IndexByte(`"'(`, src[i]) >= 0 {
			end := strings.Index(src[i+1:], "\n\n")
			if closing := strings.IndexByte(src[i+1:], src[i]); closing >= 0 && (end < 0 || closing < end) {
				end = closing
			}
			if end < 0 {
				end = len(src) - i
			}
			i += end
		}
	}
	return i - from
}
