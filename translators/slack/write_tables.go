package slack

import (
	"unicode/utf8"

	"dragoman/translators/chat"
)

// grid writes a table block; what Slack does not take as one is written as
// aligned lines.
func (w *writer) grid(t *chat.Table) {
	columns, size := columnsOf(t), 0
	for _, row := range t.Rows {
		for _, cell := range row {
			size += max(1, textSize(cell))
		}
	}
	if columns == 0 {
		return
	}
	if columns > maxTableColumns || len(t.Rows) > maxTableRows || size > maxTableChars || w.tables >= maxTables {
		w.n.Add(chat.Flattened, "table", 0)
		w.lines(t)
		return
	}
	if !w.open(size) {
		w.lost += size
		return
	}
	if !t.Head {
		w.n.Add(chat.Flattened, "table_head", 0) // Slack shows the first row as one
	}
	w.tables++
	w.w.Open()
	w.w.KeyWord("type", "table")
	w.columns(t.Align)
	w.w.Key("rows")
	w.w.OpenArray()
	for _, row := range t.Rows {
		w.w.OpenArray()
		for _, cell := range row {
			w.cell(cell)
		}
		if len(row) == 0 {
			w.cell(nil)
		}
		w.w.CloseArray()
	}
	w.w.CloseArray()
	w.w.Close()
}

func columnsOf(t *chat.Table) int {
	n := 0
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	return n
}

func (w *writer) columns(align []chat.Align) {
	if len(align) == 0 {
		return
	}
	w.w.Key("column_settings")
	w.w.OpenArray()
	for _, a := range align[:min(len(align), maxTableColumns)] {
		if a == chat.AlignNone {
			w.w.Null()
			continue
		}
		w.w.Open()
		switch a {
		case chat.AlignLeft:
			w.w.KeyWord("align", "left")
		case chat.AlignCentre:
			w.w.KeyWord("align", "center")
		case chat.AlignRight:
			w.w.KeyWord("align", "right")
		case chat.AlignNone:
		}
		w.w.Close()
	}
	w.w.CloseArray()
}

func (w *writer) cell(t chat.Text) {
	if len(t) == 0 || len(t) == 1 && t[0].Kind == chat.Words && t[0].Style == 0 {
		w.w.Open()
		w.w.KeyWord("type", "raw_text")
		text := " " // Slack takes no empty cell
		if len(t) > 0 {
			text = t[0].Text
		}
		w.left -= utf8.RuneCountInString(text)
		w.w.KeyStr("text", text)
		w.w.Close()
		return
	}
	w.richOpen("rich_text")
	w.richOpen("rich_text_section")
	w.inlines(t, false)
	w.w.CloseArray()
	w.w.Close()
	w.w.CloseArray()
	w.w.Close()
}

// maxGridColumns is how many characters wide a table of preformatted text may be,
// so that it is not folded on a desktop.
const maxGridColumns = 100

// lines writes a table as preformatted text with aligned columns.
func (w *writer) lines(t *chat.Table) {
	text := string(chat.AppendGrid(nil, t, maxGridColumns))
	code := [1]chat.Block{{Kind: chat.Code, Text: chat.Text{{Text: text}}}}
	w.section(code[:], sizeOf(&code[0]))
}
