package slack

import (
	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// table reads a table; its first row is its heading.
func (r *reader) table(b jsonr.Value) {
	rows := b.Get("rows")
	if !rows.Exists() {
		r.unknown("table", b)
		return
	}
	t := &chat.Table{Head: true}
	each(rows, func(i int, row jsonr.Value) {
		r.n.Enter("rows", i)
		r.row(t, row)
		r.n.Leave()
	})
	if settings := b.Get("column_settings"); settings.IsArray() {
		for _, v := range settings.Members() { // null skips a column
			if len(t.Align) == 100 {
				break
			}
			a := chat.AlignNone
			switch v.Get("align").Str() {
			case "left":
				a = chat.AlignLeft
			case "center":
				a = chat.AlignCentre
			case "right":
				a = chat.AlignRight
			}
			t.Align = append(t.Align, a)
		}
	}
	r.grid(t)
}

func (r *reader) dataTable(b jsonr.Value) {
	if s := r.str("caption", b.Get("caption")); s != "" {
		r.add(chat.Block{Text: r.mem.Text(s)})
	}
	t := &chat.Table{Head: true}
	each(b.Get("rows"), func(i int, row jsonr.Value) {
		r.n.Enter("rows", i)
		r.row(t, row)
		r.n.Leave()
	})
	r.grid(t)
}

func (r *reader) grid(t *chat.Table) {
	for len(t.Align) > 0 && t.Align[len(t.Align)-1] == chat.AlignNone {
		t.Align = t.Align[:len(t.Align)-1]
	}
	if len(t.Align) == 0 {
		t.Align = nil
	}
	if len(t.Rows) > 0 {
		r.add(chat.Block{Kind: chat.Grid, Table: t})
	}
}

func (r *reader) row(t *chat.Table, row jsonr.Value) {
	if len(r.mem.Spans) >= chat.MaxSpans || len(t.Rows) >= chat.MaxBlocks {
		r.over++
		return
	}
	var cells []chat.Text
	if !row.IsArray() {
		row = row.Get("cells")
	}
	for _, v := range row.Members() {
		if len(cells) >= chat.MaxBlocks {
			r.over++
			break
		}
		cells = append(cells, r.cell(v))
	}
	t.Rows = append(t.Rows, cells)
}

func (r *reader) cell(v jsonr.Value) chat.Text {
	switch typ := v.Get("type").Str(); typ {
	case "rich_text":
		return r.richRun(v)
	case "raw_number":
		return r.mem.Text(first(r.str("text", v.Get("text")), r.str("value", v.Get("value"))))
	case "action_cell":
		e := v.Get("element")
		r.n.Add(chat.Flattened, typ, 0)
		b := r.button(e)
		if b.URL != "" {
			return chat.Text(r.mem.Spans.One(chat.Span{Kind: chat.Link, Text: first(b.Label, b.URL), Ref: b.URL}))
		}
		return r.mem.Text(b.Label)
	case "mrkdwn", "plain_text":
		return r.inline(v, false)
	default:
		s := r.str("text", v)
		if s == " " { // what stands in an empty cell, since Slack takes none
			s = ""
		}
		return r.mem.Text(s)
	}
}

// chart reads a data_visualization as its title and a table of its data: a row
// for each segment, or for each category with a column for each series.
func (r *reader) chart(b jsonr.Value) {
	r.n.Add(chat.Flattened, "data_visualization", 0)
	r.para(b.Get("title"), chat.Bold)
	chart := b.Get("chart")
	t := &chat.Table{}
	each(chart.Get("segments"), func(_ int, s jsonr.Value) {
		r.chartRow(t, r.str("label", s.Get("label")), r.str("value", s.Get("value")))
	})
	if series := chart.Get("series"); series.Exists() {
		r.series(t, series, chart.Get("axis_config"))
	}
	r.grid(t)
}

// series adds the rows of a chart with axes. Points belong to the categories by
// their labels; what has none adds a row of its own.
func (r *reader) series(t *chat.Table, series, axes jsonr.Value) {
	const maxColumns = 100
	rows := map[string]int{}
	x, y := r.str("x_label", axes.Get("x_label")), r.str("y_label", axes.Get("y_label"))
	if x != "" && y != "" {
		x += " / "
	}
	t.Head = true
	if r.chartRow(t, x+y); len(t.Rows) == 0 {
		return
	}
	each(axes.Get("categories"), func(_ int, c jsonr.Value) {
		name := r.str("categories", c)
		rows[name] = len(t.Rows)
		r.chartRow(t, name)
	})
	each(series, func(i int, s jsonr.Value) {
		column := len(t.Rows[0])
		if column > maxColumns {
			r.over++
			return
		}
		t.Rows[0] = append(t.Rows[0], r.mem.Text(r.str("name", s.Get("name"))))
		each(s.Get("data"), func(_ int, p jsonr.Value) {
			label := r.str("label", p.Get("label"))
			row, known := rows[label]
			if !known || row < len(t.Rows) && len(t.Rows[row]) > column { // a second point would be another series'
				row = len(t.Rows)
				rows[label] = row
				r.chartRow(t, label)
			}
			if row >= len(t.Rows) || len(r.mem.Spans) >= chat.MaxSpans {
				r.over++
				return
			}
			for len(t.Rows[row]) < column {
				t.Rows[row] = append(t.Rows[row], nil)
			}
			t.Rows[row] = append(t.Rows[row], r.mem.Text(r.str("value", p.Get("value"))))
		})
	})
}

func (r *reader) chartRow(t *chat.Table, cells ...string) {
	if len(t.Rows) >= chat.MaxBlocks || len(r.mem.Spans) >= chat.MaxSpans {
		r.over++
		return
	}
	row := make([]chat.Text, len(cells))
	for i, s := range cells {
		row[i] = r.mem.Text(s)
	}
	t.Rows = append(t.Rows, row)
}
