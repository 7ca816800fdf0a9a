package chat

import "strings"

// hasBlankLine reports whether a line of t is empty or white space only.
func hasBlankLine(t Text) bool {
	_, _, ok := blankLine(t)
	return ok
}

// blankLine finds the first blank line: from the line break before it to the
// beginning of the first line after it that has something.
func blankLine(t Text) (from, to Cursor, ok bool) {
	inGap := false // a break has been seen, and only white space since
	breaks := 0
	for i := range t {
		s := t[i].Text
		if t[i].Kind != Words {
			if breaks > 1 {
				return from, to, true
			}
			inGap, breaks = false, 0
			continue
		}
		if !inGap && strings.IndexByte(s, '\n') < 0 {
			continue
		}
		for k := 0; k < len(s); k++ {
			switch c := s[k]; {
			case c == '\n':
				if !inGap {
					inGap, from = true, Cursor{i, k}
				}
				breaks++
				to = Cursor{i, k + 1}
			case isSpace(c):
			default:
				if breaks > 1 {
					return from, to, true
				}
				inGap, breaks = false, 0
				next := strings.IndexByte(s[k:], '\n')
				if next < 0 {
					k = len(s)
				} else {
					k += next - 1
				}
			}
		}
	}
	return from, to, false // breaks at the end are trimmed before
}

// appendParas appends b, a Para or Item, and a Para for each stretch after a
// blank line. What stands beside b stays with the first.
func appendParas(out []Block, b Block) []Block {
	for {
		from, to, ok := blankLine(b.Text)
		first := b
		if ok {
			first.Text, b.Text = splitText(b.Text, from, to)
		}
		if blank(first.Text) {
			first.Text = nil
		}
		if filled(&first) {
			out = append(out, first)
			if b.Kind == Item {
				b.Kind, b.Number = Para, 0
				b.Level++
			}
			b.Assets, b.Buttons = nil, nil
		}
		if !ok {
			return out
		}
	}
}

// splitText gives what stands before from, in memory of its own, and from to on,
// in that of t. There is something on both sides.
func splitText(t Text, from, to Cursor) (head, tail Text) {
	head = append(Text(nil), t[:from.Span+1]...)
	head[from.Span].Text = head[from.Span].Text[:from.Byte]
	tail = t[to.Span:]
	tail[0].Text = tail[0].Text[to.Byte:]
	if tail[0].Text == "" {
		tail = tail[1:]
	}
	return trimText(head), tail
}
