package discord

import (
	"strings"

	"dragoman/translators/chat"
)

// table is t as lines of aligned columns.
func table(t *chat.Table) string {
	var widths []int
	for _, row := range t.Rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], chat.Width(cell.Plain()))
		}
	}
	var b strings.Builder
	for i, row := range t.Rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		for k, cell := range row {
			s := cell.Plain()
			b.WriteString(s)
			if k < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[k]-chat.Width(s)+2))
			}
		}
	}
	return b.String()
}
