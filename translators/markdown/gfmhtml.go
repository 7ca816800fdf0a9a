package markdown

import (
	"strings"

	"dragoman/translators/chat"
)

// tags counts what raw HTML has opened and not closed.
type tags struct {
	open    [4]int // per entry of tagStyles
	comment bool   // inside of one
	silent  bool   // inside of a script or style
	gap     bool   // white space has been seen since the last words
}

var tagStyles = [...]chat.Style{chat.Bold, chat.Italic, chat.Strike, chat.Mono}

// tagStyle is the entry of tagStyles that a tag gives, −1 for none.
func tagStyle(name string) int {
	switch name {
	case "b", "strong", "summary", "th", "h1", "h2", "h3", "h4", "h5", "h6":
		return 0
	case "i", "em", "var", "cite":
		return 1
	case "s", "strike", "del":
		return 2
	case "code", "kbd", "tt", "samp":
		return 3
	}
	return -1
}

func (t *tags) style() (s chat.Style) {
	for i, n := range t.open {
		if n > 0 {
			s |= tagStyles[i]
		}
	}
	return s
}

func (t *tags) reset() { *t = tags{} }

// markup gathers the words of raw HTML, and what few tags mean in a chat.
func (g *gfmReader) markup(s string) {
	for s != "" {
		if g.html.comment {
			end := strings.Index(s, "-->")
			if end < 0 {
				return
			}
			g.html.comment = false
			s = s[end+3:]
			continue
		}
		lt := strings.IndexByte(s, '<')
		if lt < 0 {
			lt = len(s)
		}
		g.said(s[:lt])
		s = s[lt:]
		switch {
		case s == "":
		case strings.HasPrefix(s, "<!--"):
			g.html.comment = true
			s = s[4:]
		default:
			n := tagEnd(s)
			if n == 0 {
				g.said("<")
				s = s[1:]
				continue
			}
			g.tag(s[1 : n-1])
			s = s[n:]
		}
	}
}

// tagEnd is the length of the tag that s begins with, 0 when it is none. A ">"
// in quotes does not end it.
func tagEnd(s string) int {
	if len(s) < 3 || !(isWord(s[1]) || s[1] == '/' || s[1] == '!' || s[1] == '?') {
		return 0
	}
	var quote byte
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		case c == '<':
			return 0
		}
	}
	return 0
}

// said gathers the words between two tags, with white space as HTML shows it, but
// lines kept.
func (g *gfmReader) said(s string) {
	if g.html.silent {
		if words := len(strings.Fields(s)); words > 0 {
			g.notes.Add(chat.Dropped, "html", words)
		}
		return
	}
	for s != "" {
		line, rest, broken := strings.Cut(s, "\n")
		s = rest
		words := strings.Trim(line, " \t")
		g.html.gap = g.html.gap || line != "" && isSpace(line[0])
		if words != "" {
			g.space()
			g.lit(unentity(words), g.html.style())
			g.html.gap = isSpace(line[len(line)-1])
		}
		if broken && !g.cells && g.begun() {
			g.lit("\n", 0)
			g.html.gap = false
		}
	}
}

// space gathers the white space before the words or the link that follow, as one
// space.
func (g *gfmReader) space() {
	if g.html.gap && g.begun() && !isSpace(g.last()) {
		g.lit(" ", 0)
	}
	g.html.gap = false
}

func unentity(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '&' {
			b.WriteByte(s[i])
			i++
			continue
		}
		text, n := entity(s[i:])
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// tag does what the tag with the words s between its angle brackets means.
func (g *gfmReader) tag(s string) {
	closing := strings.HasPrefix(s, "/")
	s = strings.TrimPrefix(s, "/")
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	name, attrs := strings.ToLower(s[:n]), s[n:]
	block := false
	switch name {
	case "": // a declaration or an instruction; mentions of Slack look like the first
		if words := strings.Fields(s); !strings.HasPrefix(strings.ToLower(s), "!doctype") && len(words) > 0 {
			g.notes.Add(chat.Dropped, "html", len(words))
		}
	case "script", "style":
		g.html.silent = !closing
	case "br":
		g.lineBreak()
	case "hr":
		if !g.cells {
			g.endPara()
			g.add(chat.Block{Kind: chat.Divider})
		}
	case "img", "video", "source":
		if src := attr(attrs, "src"); src != "" && !closing {
			g.picture(name, src, attr(attrs, "alt"))
		}
	case "a":
		g.space()
		href := g.resolve(attr(attrs, "href"))
		if g.inLink = !closing && leads(href); g.inLink {
			g.ref = href
		} else {
			g.ref = ""
		}
	case "td", "th":
		if !closing && g.begun() {
			g.lit(" | ", 0)
		}
	case "p", "div", "details", "summary", "ul", "ol", "li", "table", "tr", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6":
		block = true
	}
	if block && !g.cells {
		g.endPara()
		if name == "li" && !closing {
			g.head = chat.Block{Kind: chat.Item, Level: g.level}
		}
	}
	if k := tagStyle(name); k >= 0 {
		if closing {
			g.html.open[k] = max(0, g.html.open[k]-1)
		} else if !strings.HasSuffix(attrs, "/") {
			g.html.open[k]++
		}
	}
}

// picture adds a picture that is alone, or a link to one among words.
func (g *gfmReader) picture(name, src, alt string) {
	url := g.resolve(src)
	if g.begun() || g.cells || g.inLink || g.head.Kind != chat.Para {
		if alt == "" {
			alt = "image"
		}
		g.notes.Add(chat.Flattened, "image", 1)
		g.gather(alt, url, g.html.style())
		return
	}
	kind := chat.Picture
	if name != "img" {
		kind = chat.Video
	}
	g.add(chat.Block{Kind: chat.Media, Level: g.under, Assets: g.mem.Assets.One(chat.Asset{Kind: kind, URL: url, Alt: alt})})
}

// attr is the value of an attribute, decoded.
func attr(s, name string) string {
	for s != "" {
		s = strings.TrimLeft(s, " \t\n/")
		n := 0
		for n < len(s) && s[n] != '=' && !isSpace(s[n]) {
			n++
		}
		key := s[:n]
		s = strings.TrimLeft(s[n:], " \t\n")
		if !strings.HasPrefix(s, "=") {
			if n == 0 {
				return ""
			}
			continue
		}
		s = strings.TrimLeft(s[1:], " \t\n")
		value := ""
		if s != "" && (s[0] == '"' || s[0] == '\'') {
			end := strings.IndexByte(s[1:], s[0])
			if end < 0 {
				return ""
			}
			value, s = s[1:end+1], s[end+2:]
		} else {
			end := strings.IndexAny(s, " \t\n")
			if end < 0 {
				end = len(s)
			}
			value, s = s[:end], s[end:]
		}
		if strings.EqualFold(key, name) {
			return unentity(value)
		}
	}
	return ""
}
