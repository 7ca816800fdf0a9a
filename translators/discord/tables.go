package discord

import (
	"strings"

	"dragoman/translators/chat"
)

// maxGridWidth is how wide a table may be before its lines would break in
// Discord's window.
const maxGridWidth = 100

// table is a Grid as text: a code block with aligned columns where no line would
// break, else a paragraph for each row, under its first cell in bold. In those, styles
// and links are kept.
func table(b *chat.Block) []chat.Block {
	text := string(chat.AppendGrid(nil, b.Table, 0))
	wide := false
	for line := range strings.SplitSeq(text, "\n") {
		wide = wide || chat.Width(line) > maxGridWidth
	}
	if !wide {
		return []chat.Block{{Kind: chat.Code, Text: chat.Text{{Text: text}}, Quoted: b.Quoted}}
	}
	var m chat.Message
	for r, row := range b.Table.Rows {
		head := r == 0 && b.Table.Head
		var t chat.Text
		for c, cell := range row {
			switch {
			case len(t) == 0: // nothing to part it from
			case c == 1 && !head:
				t = append(t, chat.Span{Text: "\n"})
			default:
				t = append(t, chat.Span{Text: " | "})
			}
			for _, s := range cell {
				if c == 0 || head {
					embolden(&s)
				}
				t = append(t, s)
			}
		}
		m.Add(chat.Block{Kind: chat.Para, Text: t, Quoted: b.Quoted})
	}
	chat.Normalize(&m)
	return m.Blocks
}
