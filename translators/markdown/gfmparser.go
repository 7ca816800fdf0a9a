package markdown

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	gparser "github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// gfm is goldmark's parser of GitHub's Markdown, with the parts that would cost most
// for nothing in their place: what is called for every paragraph and every item.
var gfm = goldmark.New(
	goldmark.WithParser(gparser.NewParser(
		gparser.WithBlockParsers(gparser.DefaultBlockParsers()...),
		gparser.WithInlineParsers(append(gparser.DefaultInlineParsers(), util.Prioritized(taskBox{}, 0))...),
		gparser.WithParagraphTransformers(util.Prioritized(references{}, 100)),
	)),
	goldmark.WithExtensions(extension.Linkify, extension.Table, extension.Strikethrough, extension.Footnote),
).Parser()

// references takes the definitions of links from the paragraphs that may hold one.
type references struct{}

func (references) Transform(n *ast.Paragraph, reader gtext.Reader, pc gparser.Context) {
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		if bytes.Contains(reader.Source()[line.Start:line.Stop], []byte("]:")) {
			gparser.LinkReferenceParagraphTransformer.Transform(n, reader, pc)
			return
		}
	}
}

// taskBox reads "[ ]" and "[x]" at the beginning of an item.
type taskBox struct{}

func (taskBox) Trigger() []byte { return []byte{'['} }

func (taskBox) Parse(parent ast.Node, block gtext.Reader, _ gparser.Context) ast.Node {
	item, ok := parent.Parent().(*ast.ListItem)
	if !ok || parent.HasChildren() || item.FirstChild() != parent {
		return nil
	}
	line, _ := block.PeekLine()
	if len(line) < 4 || line[2] != ']' || !isSpace(line[3]) {
		return nil
	}
	n := 4
	for n < len(line) && isSpace(line[n]) {
		n++
	}
	switch line[1] {
	case ' ', '\t', '\n':
	case 'x', 'X':
	default:
		return nil
	}
	block.Advance(n)
	return east.NewTaskCheckBox(line[1]|0x20 == 'x')
}

// gfmContext is what goldmark remembers while it parses, which is most of what it
// would allocate for a short text. It is used again when it has been emptied.
type gfmContext struct {
	gparser.Context
	keys []gparser.ContextKey // that were set
	refs map[string]gparser.Reference
	use  gparser.ParseOption
	seen []byte // what the parser is shown
}

var gfmContexts = sync.Pool{New: func() any {
	c := &gfmContext{Context: gparser.NewContext(), refs: map[string]gparser.Reference{}}
	c.use = gparser.WithContext(c)
	return c
}}

// free gives c back. Nothing that was parsed with it may be used any more.
func (c *gfmContext) free() {
	for _, key := range c.keys {
		c.Context.Set(key, nil)
	}
	c.keys = c.keys[:0]
	clear(c.refs)
	c.SetOpenedBlocks(nil)
	c.ClearDelimiters(nil)
	gfmContexts.Put(c)
}

func (c *gfmContext) Set(key gparser.ContextKey, value any) {
	c.note(key)
	c.Context.Set(key, value)
}

func (c *gfmContext) ComputeIfAbsent(key gparser.ContextKey, f func() any) any {
	c.note(key)
	return c.Context.ComputeIfAbsent(key, f)
}

func (c *gfmContext) note(key gparser.ContextKey) {
	if !slices.Contains(c.keys, key) { // there are less than a dozen
		c.keys = append(c.keys, key)
	}
}

func (c *gfmContext) AddReference(ref gparser.Reference) {
	if key := util.ToLinkReference(ref.Label()); c.refs[key] == nil {
		c.refs[key] = ref
	}
}

func (c *gfmContext) Reference(label string) (gparser.Reference, bool) {
	ref, ok := c.refs[label]
	return ref, ok
}

func (c *gfmContext) References() []gparser.Reference {
	return slices.Collect(maps.Values(c.refs))
}
