package markdown

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	gtext "github.com/yuin/goldmark/text"

	"dragoman/translators/chat"
)

// GFMOptions say what GitHub's Markdown refers to.
type GFMOptions struct {
	Mem  *chat.Arena
	Repo string // "https://github.com/owner/name": what #12 and commit hashes lead to; empty: they stay words
	Host string // "https://github.com": where @login leads to; empty: it stays words
}

// maxGFM is how much of a source is read, in bytes; what hide leaves of hostile
// nesting costs more than its length.
const maxGFM = 16 << 10

// maxNested is how deep emphasis, links and pictures are read in one another.
const maxNested = 64

// ParseGFM appends the blocks of src, GitHub's Markdown, to dst. Of a source
// longer than 16 KB only whole lines up to there are read, with a note.
// Line breaks are kept, as in issues and pull requests. Of HTML only what it says
// is kept, never a tag.
func ParseGFM(dst []chat.Block, n *chat.Notes, src string, opt GFMOptions) []chat.Block {
	src = cleanSource(src)
	if len(src) > maxGFM {
		cut := strings.LastIndexByte(src[:maxGFM], '\n') + 1
		if cut == 0 { // one line longer than all that is read
			cut = len(strings.ToValidUTF8(src[:maxGFM], ""))
		}
		n.Add(chat.Shortened, "text", len(src)-cut)
		src = src[:cut]
	}
	c := gfmContexts.Get().(*gfmContext)
	defer c.free()
	c.seen = hide(c.seen[:0], src)
	g := gfmReader{parser: newParser(dst, n, src, ParseOptions{Mem: opt.Mem}), seen: c.seen, opt: opt}
	g.blocks(gfm.Parse(gtext.NewReader(g.seen), c.use))
	g.endPara()
	m := chat.Message{Blocks: g.dst[g.first:]}
	chat.Normalize(&m)
	return append(g.dst[:g.first], m.Blocks...)
}

// gfmReader walks a syntax tree and gathers its words as parser does.
type gfmReader struct {
	parser
	seen   []byte // src as hide shows it
	opt    GFMOptions
	skip   int  // words of the source before this are not said
	level  int  // depth of the list being read, 0 outside
	html   tags // what raw HTML has opened
	cells  bool // inside a table's cell
	nested int  // calls of inline that are open
}

// blocks reads the blocks inside of n.
func (g *gfmReader) blocks(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		g.block(c)
	}
}

func (g *gfmReader) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		g.endPara()
		g.head = chat.Block{Kind: chat.Heading, Level: min(n.Level, 3)}
		g.inline(n, 0)
		g.end()
	case *ast.Paragraph, *ast.TextBlock:
		if images := g.onlyImages(n); len(images) > 0 {
			g.pictures(images)
			return
		}
		g.inline(n, 0)
		g.end()
		g.unanswered()
	case *ast.List:
		g.items(n)
	case *ast.Blockquote:
		g.quotation(n)
	case *ast.FencedCodeBlock:
		g.codeLines(unhide(n.Language(g.seen)), n.Lines())
	case *ast.CodeBlock:
		g.codeLines("", n.Lines())
	case *ast.ThematicBreak:
		g.endPara()
		g.add(chat.Block{Kind: chat.Divider})
	case *ast.HTMLBlock:
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			g.markup(g.src[s.Start:s.Stop])
		}
		if n.HasClosure() {
			g.markup(g.src[n.ClosureLine.Start:n.ClosureLine.Stop])
		}
		g.end()
	case *east.Table:
		g.table(n)
	case *east.Footnote:
		g.endPara()
		g.lit(footnote(n.Index)+" ", 0)
		g.blocks(n)
	default:
		g.blocks(n)
	}
}

// unanswered drops the last paragraph when it is what GitHub's issue forms write in
// place of an answer that was not given, and the question before it.
func (g *gfmReader) unanswered() {
	last := len(g.dst) - 1
	if last < g.first || g.dst[last].Kind != chat.Para || len(g.dst[last].Text) != 1 ||
		g.dst[last].Text[0] != (chat.Span{Text: "No response", Style: chat.Italic}) {
		return
	}
	words := 2
	if last > g.first && g.dst[last-1].Kind == chat.Heading {
		last--
		words += len(strings.Fields(g.dst[last].Text.Plain()))
	}
	g.notes.Add(chat.Dropped, "template", words)
	g.dst = g.dst[:last]
}

// end ends a paragraph, with what HTML has opened in it.
func (g *gfmReader) end() {
	g.endPara()
	g.html.reset()
	g.inLink, g.ref = false, ""
}

func (g *gfmReader) items(list *ast.List) {
	number := 0
	if list.IsOrdered() {
		number = max(1, list.Start)
	}
	g.endPara()
	under := g.under
	level := g.level
	g.level++
	for c := list.FirstChild(); c != nil; c = c.NextSibling() {
		g.under = under
		g.endPara()
		g.head = chat.Block{Kind: chat.Item, Level: level, Number: number}
		g.under = level + 1
		first := c.FirstChild()
		switch first.(type) {
		case *ast.Paragraph, *ast.TextBlock:
		default: // an item that begins with a fence, or with nothing
			g.endPara()
		}
		g.blocks(c)
		g.endPara()
		if number > 0 {
			number++
		}
	}
	g.level = level
	g.under = under
	g.head = chat.Block{Level: under}
}

// alerts are the labels of GitHub's five kinds of quotation.
var alerts = map[string]string{
	"[!NOTE]":      "ℹ️ Note",
	"[!TIP]":       "💡 Tip",
	"[!IMPORTANT]": "❗ Important",
	"[!WARNING]":   "⚠️ Warning",
	"[!CAUTION]":   "🛑 Caution",
}

func (g *gfmReader) quotation(n *ast.Blockquote) {
	g.endPara()
	quoted := g.quoted
	g.quoted = true
	if p, ok := n.FirstChild().(*ast.Paragraph); ok && p.Lines().Len() > 0 {
		line := p.Lines().At(0)
		if label := alerts[strings.ToUpper(strings.TrimSpace(g.src[line.Start:line.Stop]))]; label != "" {
			g.lit(label, chat.Bold)
			g.endPara()
			g.skip = line.Stop
		}
	}
	g.blocks(n)
	g.endPara()
	g.quoted = quoted
}

func (g *gfmReader) codeLines(lang string, lines *gtext.Segments) {
	g.endPara()
	code := ""
	if n := lines.Len(); n > 0 {
		from, to := lines.At(0), lines.At(n-1)
		code = g.src[from.Start:to.Stop]
		if !whole(lines) {
			var b strings.Builder
			for i := range n {
				s := lines.At(i)
				b.WriteString(strings.Repeat(" ", s.Padding))
				b.WriteString(g.src[s.Start:s.Stop])
			}
			code = b.String()
		}
	}
	if code = strings.TrimRight(code, "\n"); code == "" {
		return
	}
	if lang == "suggestion" {
		g.lit("Suggested change", chat.Bold)
		g.endPara()
		lang = ""
	}
	g.mem.Spans.Add(chat.Span{Text: code})
	g.add(chat.Block{Kind: chat.Code, Lang: lang, Level: g.under, Text: g.text()})
}

// whole reports whether lines stand one after the other in the source.
func whole(lines *gtext.Segments) bool {
	for i := range lines.Len() {
		s := lines.At(i)
		if s.Padding > 0 || i > 0 && lines.At(i-1).Stop != s.Start {
			return false
		}
	}
	return true
}

func (g *gfmReader) table(n *east.Table) {
	g.endPara()
	t := &chat.Table{}
	for _, a := range n.Alignments {
		t.Align = append(t.Align, alignments[a])
	}
	g.cells = true
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		if _, ok := r.(*east.TableHeader); ok {
			t.Head = true
		}
		row := []chat.Text{}
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			g.inline(c, 0)
			g.flush()
			g.html.reset()
			g.inLink, g.ref = false, ""
			row = append(row, g.text())
		}
		t.Rows = append(t.Rows, row)
	}
	g.cells = false
	g.add(chat.Block{Kind: chat.Grid, Table: t})
}

var alignments = map[east.Alignment]chat.Align{
	east.AlignLeft:   chat.AlignLeft,
	east.AlignRight:  chat.AlignRight,
	east.AlignCenter: chat.AlignCentre,
	east.AlignNone:   chat.AlignNone,
}

func footnote(index int) string { return "[" + strconv.Itoa(index) + "]" }

// onlyImages gives the images of a paragraph that holds nothing else.
func (g *gfmReader) onlyImages(n ast.Node) (images []*ast.Image) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Image:
			images = append(images, c)
		case *ast.Text:
			if strings.TrimSpace(g.src[c.Segment.Start:c.Segment.Stop]) != "" {
				return nil
			}
		default:
			return nil
		}
	}
	return images
}

func (g *gfmReader) pictures(images []*ast.Image) {
	g.endPara()
	from := len(g.mem.Assets)
	for _, image := range images {
		g.mem.Assets.Add(chat.Asset{URL: g.resolve(unescapeGFM(unhide(image.Destination))),
			Alt: g.altText(image), Title: unescapeGFM(unhide(image.Title))})
	}
	g.add(chat.Block{Kind: chat.Media, Level: g.under, Assets: g.mem.Assets.Cut(from)})
}

// altText is what is said inside of an image.
func (g *gfmReader) altText(n ast.Node) string {
	var b strings.Builder
	eachLeaf(n, func(c ast.Node) {
		if t, ok := c.(*ast.Text); ok {
			b.WriteString(unescapeGFM(g.src[t.Segment.Start:t.Segment.Stop]))
		}
	})
	return b.String()
}

// eachLeaf calls f with each node inside of n that has none inside. It does not
// call itself, however deep they are.
func eachLeaf(n ast.Node, f func(ast.Node)) {
	for c := n.FirstChild(); c != nil; {
		if c.HasChildren() {
			c = c.FirstChild()
			continue
		}
		f(c)
		for c.NextSibling() == nil {
			if c = c.Parent(); c == n {
				return
			}
		}
		c = c.NextSibling()
	}
}
