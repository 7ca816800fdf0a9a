package markdown

import (
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"dragoman/translators/chat"
)

// inline gathers the words inside of n.
func (g *gfmReader) inline(n ast.Node, style chat.Style) {
	if g.nested++; g.nested > maxNested {
		g.notes.Add(chat.Flattened, "nesting", 1)
		eachLeaf(n, func(c ast.Node) {
			if t, ok := c.(*ast.Text); ok {
				g.reading(t.Segment.Start, t.Segment.Stop, style)
				if t.SoftLineBreak() || t.HardLineBreak() {
					g.lineBreak()
				}
			}
		})
		g.nested--
		return
	}
	defer func() { g.nested-- }()
	for node := n.FirstChild(); node != nil; node = node.NextSibling() {
		switch c := node.(type) {
		case *ast.Text:
			node = g.textRun(c, style)
		case *ast.String:
			g.lit(string(c.Value), style|g.html.style())
		case *ast.CodeSpan:
			g.codeSpan(c, style|chat.Mono)
		case *ast.Emphasis:
			bit := chat.Italic
			if c.Level > 1 {
				bit = chat.Bold
			}
			g.inline(c, style|bit)
		case *east.Strikethrough:
			g.inline(c, style|chat.Strike)
		case *east.TaskCheckBox:
			if c.IsChecked {
				g.lit("☑ ", 0)
			} else {
				g.lit("☐ ", 0)
			}
		case *ast.Link:
			g.linkTo(c, unescapeGFM(unhide(c.Destination)), style)
			if len(c.Title) > 0 {
				g.notes.Add(chat.Dropped, "title", 1)
			}
		case *ast.AutoLink:
			ref := unhide(c.URL(g.seen))
			if c.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(ref, "mailto:") {
				ref = "mailto:" + ref
			}
			g.gather(unhide(c.Label(g.seen)), ref, style|g.html.style())
		case *ast.Image:
			g.image(c, style)
		case *east.FootnoteLink:
			g.lit(footnote(c.Index), style)
		case *east.FootnoteBacklink: // an arrow back to the text
		case *ast.RawHTML:
			for i := range c.Segments.Len() {
				s := c.Segments.At(i)
				g.markup(g.src[s.Start:s.Stop])
			}
		default:
			g.inline(c, style)
		}
	}
}

// textRun gathers a text and those directly after it in the source, since the
// parser divides text where a mark might have been. It gives the last one.
func (g *gfmReader) textRun(t *ast.Text, style chat.Style) *ast.Text {
	lo, hi := t.Segment.Start, t.Segment.Stop
	_, tag := t.PreviousSibling().(*ast.RawHTML)
	for !t.SoftLineBreak() && !t.HardLineBreak() {
		next, ok := t.NextSibling().(*ast.Text)
		if !ok || next.Segment.Start != hi {
			break
		}
		t, hi = next, next.Segment.Stop
	}
	if g.skip >= hi {
		return t // the label of an alert, said already
	}
	if tag && isSpace(g.last()) { // the tag stood between two spaces, and shows nothing
		lo = hi - len(strings.TrimLeft(g.src[lo:hi], " "))
	}
	g.reading(lo, hi, style|g.html.style())
	if t.SoftLineBreak() || t.HardLineBreak() {
		g.lineBreak()
	}
	return t
}

func (g *gfmReader) lineBreak() {
	switch {
	case g.inLink, g.cells:
		g.lit(" ", 0)
	case g.begun():
		g.lit("\n", 0)
	}
}

// codeSpan gathers inline code; its line breaks are spaces.
func (g *gfmReader) codeSpan(n ast.Node, style chat.Style) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, ok := c.(*ast.Text)
		if !ok {
			continue
		}
		lo, hi := t.Segment.Start, t.Segment.Stop
		if hi > lo && g.src[hi-1] == '\n' {
			g.words(lo, hi-1, style|g.html.style())
			g.lit(" ", style|g.html.style())
			continue
		}
		g.words(lo, hi, style|g.html.style())
	}
}

// linkTo gathers what is inside of n as a link's label, or as words when there is
// nothing that the link could lead to.
func (g *gfmReader) linkTo(n ast.Node, ref string, style chat.Style) {
	if n.FirstChild() == nil { // nobody sees where it leads
		g.notes.Add(chat.Dropped, "link", 1)
		return
	}
	ref = g.resolve(ref)
	if !leads(ref) || g.inLink {
		if !g.inLink {
			g.notes.Add(chat.Unlinked, "link", 1)
		}
		g.inline(n, style)
		return
	}
	if n.FirstChild() == nil { // nobody sees it
		g.notes.Add(chat.Dropped, "link", 1)
		return
	}
	g.inLink, g.ref = true, ref
	g.inline(n, style)
	g.inLink, g.ref = false, ""
}

// gather gathers a link with a label of its own.
func (g *gfmReader) gather(label, ref string, style chat.Style) {
	if g.inLink || !leads(ref) {
		g.lit(label, style)
		return
	}
	g.inLink, g.ref = true, ref
	g.lit(label, style)
	g.inLink, g.ref = false, ""
}

// image gathers a picture among words as a link to it.
func (g *gfmReader) image(n *ast.Image, style chat.Style) {
	alt := g.altText(n)
	if alt == "" {
		alt = "image"
	}
	g.notes.Add(chat.Flattened, "image", 1)
	g.gather(alt, g.resolve(unescapeGFM(unhide(n.Destination))), style|g.html.style())
}

// resolve makes an address of one that is relative to the repository.
func (g *gfmReader) resolve(ref string) string {
	switch {
	case g.opt.Repo == "" || ref == "" || ref[0] == '#' || strings.Contains(ref, "://"):
		return ref
	case strings.HasPrefix(ref, "//"):
		return "https:" + ref
	case strings.HasPrefix(ref, "/"):
		return g.opt.Host + ref
	case scheme(ref) != "":
		return ref
	}
	return g.opt.Repo + "/blob/HEAD/" + strings.TrimPrefix(ref, "./")
}

// scheme is what stands before the ":" of an address.
func scheme(ref string) string {
	for i := range len(ref) {
		switch c := ref[i]; {
		case c == ':':
			return strings.ToLower(ref[:i])
		case !isWord(c) && c != '+' && c != '-' && c != '.':
			return ""
		}
	}
	return ""
}

// leads reports whether an address is of a kind that a reader may follow.
func leads(ref string) bool {
	switch scheme(ref) {
	case "http", "https", "mailto", "tel", "ftp":
		return true
	case "":
		return ref != "" && ref[0] != '#'
	}
	return false
}

// unescapeGFM decodes backslashes and entities.
func unescapeGFM(s string) string {
	if strings.IndexByte(s, '\\') < 0 && strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && punct(s[i+1]):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			text, n := entity(s[i:])
			b.WriteString(text)
			i += n - 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// entity decodes the entity that s begins with, and says how long it is; "&" is
// itself when there is none.
func entity(s string) (text string, n int) {
	end := strings.IndexByte(s[:min(len(s), 34)], ';')
	if end > 1 {
		if text = html.UnescapeString(s[:end+1]); text != s[:end+1] && !strings.HasSuffix(text, ";") && text != "\x00" {
			return text, end + 1
		}
	}
	return "&", 1
}

func punct(c byte) bool {
	return c > ' ' && c < 0x7f && (!isWord(c) || c == '_')
}
