package slack

import (
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// The rules of tables and charts.

// rows is a list of rows of cells.
func rows(least, most int, cells rule) rule {
	r := list(least, most, cells)
	r.cells = true
	return r
}

// cells is a row. Slack has sent null for an empty cell, and takes it back.
func cells(kinds ...*shape) rule {
	r := list(1, maxTableColumns, typed(kinds...))
	r.holes = true
	return r
}

var columnSettings = rule{kind: aList, max: maxTableColumns, holes: true, item: &rule{kind: anObject, shape: &shape{members: []member{
	may("align", oneOf("left", "center", "right")), may("is_wrapped", boolean),
}}}}

var (
	tableBlock = only(block("table",
		must("rows", rows(1, maxTableRows, cells(rawText, rawNumber, richText))),
		may("column_settings", columnSettings)), oneMoreTable)

	dataTableBlock = only(block("data_table",
		must("rows", rows(minDataRows, maxDataRows, cells(rawText, rawNumber, richText, actionCell))),
		must("caption", rule{kind: aString, min: 1, count: true}),
		may("page_size", whole(1, maxPageSize)), may("row_header_column_index", rule{kind: anInteger, min: 0, max: maxTableColumns - 1})),
		dataTable)

	actionCell = &shape{typ: "action_cell", members: []member{
		must("element", typed(button)), may("fallback", typed(rawText, rawNumber)),
	}}
)

func oneMoreTable(c *checker, _ object) { c.sum.tables++ }

// dataTable checks that all rows are as long as the header, and that the header
// is words.
func dataTable(c *checker, o object) {
	c.sum.tables++
	columns, i := 0, 0
	o.get("rows").ForEach(func(_, row gjson.Result) bool {
		n := 0
		c.path = append(c.path, step{key: "rows"}, step{index: i})
		row.ForEach(func(_, cell gjson.Result) bool {
			if typ := cell.Get("type").Str; i == 0 && (typ == "rich_text" || typ == "action_cell") {
				c.in(step{index: n}, func() {
					c.in(step{key: "type"}, func() { c.add(codeConstraint, "unsupported type: "+typ, "") })
				})
			}
			n++
			return !c.full()
		})
		if i == 0 {
			columns = n
		} else if row.IsArray() && n != columns {
			c.add(codeConstraint, "must have as many cells as the first row", "")
		}
		c.path = c.path[:len(c.path)-2]
		i++
		return !c.full() && i < maxDataRows
	})
}

var (
	chartBlock = only(block("data_visualization",
		must("title", rule{kind: aString, min: 1, max: maxChartTitle, count: true}),
		must("chart", typed(pieChart, seriesChart("bar"), seriesChart("line"), seriesChart("area")))),
		func(c *checker, _ object) { c.sum.charts++ })

	pieChart = &shape{typ: "pie", members: []member{
		must("segments", list(1, maxChartParts, one(&shape{members: []member{
			must("label", filled(maxChartLabel)), must("value", numeric),
		}, also: func(c *checker, o object) {
			if v := o.get("value"); v.Type == gjson.Number && v.Num <= 0 {
				c.in(step{key: "value"}, func() { c.add(codeConstraint, "must be greater than 0", "") })
			}
		}}))),
	}}
)

// seriesChart is a chart of series over categories.
func seriesChart(typ string) *shape {
	return &shape{typ: typ, members: []member{
		must("series", list(1, maxChartParts, one(&shape{members: []member{
			must("name", filled(maxChartLabel)),
			must("data", list(1, maxChartPoints, one(&shape{members: []member{
				must("label", filled(maxChartLabel)), must("value", numeric),
			}}))),
		}}))),
		must("axis_config", one(&shape{members: []member{
			must("categories", list(1, maxChartPoints, filled(maxChartLabel))),
			may("x_label", str(maxChartTitle)), may("y_label", str(maxChartTitle)),
		}})),
	}, also: chart}
}

// chart checks that names are unique and that every series has one point for each
// category.
func chart(c *checker, o object) {
	categories := o.get("axis_config").Get("categories")
	before := len(c.found)
	c.distinct([]step{{key: "axis_config"}, {key: "categories"}}, "", categories, maxChartPoints)
	told := len(c.found) > before // of a category that stands twice, which no point can be right for
	c.distinct([]step{{key: "series"}}, "name", o.get("series"), maxChartParts)
	n, i := length(categories), 0
	o.get("series").ForEach(func(_, s gjson.Result) bool {
		if data := s.Get("data"); data.IsArray() && categories.IsArray() {
			at := []step{{key: "series"}, {index: i}, {key: "data"}}
			if length(data) != n {
				c.path = append(c.path, at...)
				c.add(codeConstraint, "must have one point for each category", "")
				c.path = c.path[:len(c.path)-len(at)]
			}
			if !told {
				c.distinct(at, "label", data, maxChartPoints)
				c.points(at, data, categories)
			}
		}
		i++
		return i < maxChartParts && !c.full()
	})
}

// points checks that the points of a series are of categories.
func (c *checker) points(at []step, data, categories gjson.Result) {
	i := 0
	data.ForEach(func(_, p gjson.Result) bool {
		label, known := p.Get("label"), false
		categories.ForEach(func(_, name gjson.Result) bool {
			known = name.Type == gjson.String && name.Str == label.Str
			return !known
		})
		if label.Type == gjson.String && label.Str != "" && !known {
			was := c.path
			c.path = append(append(c.path, at...), step{index: i}, step{key: "label"})
			c.add(codeConstraint, "must be one of the categories", "")
			c.path = was
		}
		i++
		return i < maxChartPoints && !c.full()
	})
}

// distinct checks that the strings of a list, or a member of its elements, differ.
func (c *checker) distinct(at []step, name string, v gjson.Result, most int) {
	seen := make([]string, 0, most)
	i := 0
	c.path = append(c.path, at...)
	v.ForEach(func(_, e gjson.Result) bool {
		path := append(c.path, step{index: i})
		if name != "" {
			e, path = e.Get(name), append(path, step{key: name})
		}
		for _, s := range seen {
			if e.Type == gjson.String && s == e.Str {
				was := c.path
				c.path = path
				c.add(codeConstraint, "must be unique", "")
				c.path = was
				break
			}
		}
		seen = append(seen, e.Str)
		i++
		return i < most && !c.full()
	})
	c.path = c.path[:len(c.path)-len(at)]
}

// charCount is the length of a string in characters.
func charCount(v gjson.Result) int {
	if v.Type != gjson.String {
		return 0
	}
	return utf8.RuneCountInString(v.Str)
}
