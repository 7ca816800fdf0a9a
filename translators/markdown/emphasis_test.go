package markdown

import (
	"testing"

	"dragoman/translators/chat"
)

// A style is closed by its own mark and by nothing that stands in it.
func TestStylesClose(t *testing.T) {
	link := func(ref string, style chat.Style) chat.Span {
		return chat.Span{Kind: chat.Link, Text: "log", Ref: ref, Style: style}
	}
	levels := map[chat.Kind]int{chat.Heading: 1}
	for _, c := range []struct {
		name  string
		kind  chat.Kind
		text  chat.Text
		want  string
		noted bool
	}{
		{"marks in an address", chat.Para, chat.Text{link("https://a.b/*c*_d", chat.Italic)}, "*[log](https://a.b/%2Ac%2A_d)*", false},
		{"marks that are not open", chat.Para, chat.Text{link("https://a.b/*c*_d", chat.Spoiler)}, "||[log](https://a.b/*c*_d)||", false},
		{"marks in a bare address", chat.Para, chat.Text{{Kind: chat.Link, Text: "https://a.b/*c", Ref: "https://a.b/*c", Style: chat.Italic}}, "https://a.b/*c", true},
		{"beside an emoji", chat.Para, chat.Text{{Kind: chat.Link, Text: "a 🎉 b", Ref: "https://a.b/*c", Style: chat.Italic}}, "*[a](https://a.b/%2Ac) 🎉 [b](https://a.b/%2Ac)*", true},
		{"white space at the end", chat.Para, chat.Text{{Text: "a\t", Style: chat.Italic}, {Text: "b"}}, "*a\t\u200b*b", false},
		{"white space at the beginning", chat.Para, chat.Text{{Text: "a*", Style: chat.Italic | chat.Mono}, {Text: " b", Style: chat.Italic}}, "`a*`*\u200b b*", true},
		{"a heading of lines", chat.Heading, chat.Text{{Text: "a", Style: chat.Bold | chat.Spoiler}, {Text: "b\n\nc", Style: chat.Spoiler}}, "# ||**a**b||\n# ||c||", false},
		{"a heading of links", chat.Heading, chat.Text{link("https://a.b", chat.Spoiler), {Text: "\n", Style: chat.Spoiler}, link("https://c.d", chat.Spoiler)}, "# ||[log](https://a.b)||\n# ||[log](https://c.d)||", false},
	} {
		var n chat.Notes
		out, _, _ := FitBlocks(nil, []chat.Block{{Kind: c.kind, Level: levels[c.kind], Text: c.text}}, chat.Pos{}, 1<<30, Content, nil, &n)
		if string(out) != c.want {
			t.Errorf("%s: got %q, want %q", c.name, out, c.want)
		}
		if (len(n.List) > 0) != c.noted {
			t.Errorf("%s: notes %v", c.name, n.List)
		}
	}
}
