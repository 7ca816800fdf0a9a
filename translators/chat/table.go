package chat

import "strings"

// maxPad is the widest column, in columns of a monospaced font, to which shorter
// cells are padded, so that one long cell does not fill a table with spaces.
const maxPad = 60

// AppendGrid appends t as lines of aligned text, for where a table can only be
// shown in a monospaced font: two spaces between columns, and a line under the
// head. A table wider than maxWidth columns (0: any width) is not aligned; its
// cells are then parted by " | ". Every word is there; styles and addresses are
// not. The last line has no line break.
func AppendGrid(dst []byte, t *Table, maxWidth int) []byte {
	cells := make([][]string, len(t.Rows))
	var widths []int
	for r, row := range t.Rows {
		cells[r] = make([]string, len(row))
		for c, cell := range row {
			s := oneLine(cell.Plain())
			cells[r][c] = s
			if c == len(widths) {
				widths = append(widths, 0)
			}
			if w := Width(s); w <= maxPad {
				widths[c] = max(widths[c], w)
			}
		}
	}
	aligned := maxWidth <= 0 || gridWidth(cells, widths) <= maxWidth
	for r, row := range cells {
		if r > 0 {
			dst = append(dst, '\n')
		}
		if !aligned {
			dst = append(dst, strings.Join(row, " | ")...)
			continue
		}
		dst = appendRow(dst, row, widths, t.Align)
		if r == 0 && t.Head && len(cells) > 1 {
			dst = append(dst, '\n')
			for c, w := range widths {
				if c > 0 {
					dst = append(dst, "  "...)
				}
				dst = appendN(dst, '-', max(1, w))
			}
		}
	}
	return dst
}

func appendRow(dst []byte, row []string, widths []int, align []Align) []byte {
	for c, s := range row {
		if c > 0 {
			dst = append(dst, "  "...)
		}
		before, after := 0, max(0, widths[c]-Width(s))
		if c < len(align) {
			switch align[c] {
			case AlignRight:
				before, after = after, 0
			case AlignCentre:
				before = after / 2
				after -= before
			case AlignNone, AlignLeft:
			}
		}
		dst = append(appendN(dst, ' ', before), s...)
		if c+1 < len(row) { // no spaces at the end of a line
			dst = appendN(dst, ' ', after)
		}
	}
	return dst
}

// gridWidth is the width of the widest line.
func gridWidth(cells [][]string, widths []int) int {
	widest := 0
	for _, row := range cells {
		w := 0
		for c, s := range row {
			w += 2 + max(widths[c], Width(s))
		}
		widest = max(widest, w-2)
	}
	return widest
}

func appendN(dst []byte, c byte, n int) []byte {
	for range n {
		dst = append(dst, c)
	}
	return dst
}

// oneLine makes one line of s.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n\t") {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' || r == '\t' }), " ")
}
