package markdown

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

func show(b []chat.Block) string {
	var sb strings.Builder
	for _, b := range b {
		fmt.Fprintf(&sb, "%s", b.Kind)
		if b.Level > 0 {
			fmt.Fprintf(&sb, " %d", b.Level)
		}
		if b.Number > 0 {
			fmt.Fprintf(&sb, " #%d", b.Number)
		}
		if b.Lang != "" {
			fmt.Fprintf(&sb, " %s", b.Lang)
		}
		if b.Quoted {
			sb.WriteString(" quoted")
		}
		sb.WriteString(":")
		for _, s := range b.Text {
			fmt.Fprintf(&sb, " %s", spanText(s))
		}
		sb.WriteString("\n")
	}
	return sb.String()
}

func spanText(s chat.Span) string {
	out := fmt.Sprintf("%q", s.Text)
	if s.Kind != 0 {
		out = s.Kind.String() + out
	}
	if s.Style != 0 {
		out += "/" + s.Style.String()
	}
	if s.Ref != "" && s.Ref != s.Text {
		out += "=" + s.Ref
	}
	if s.At != 0 {
		out += fmt.Sprintf("@%d", s.At)
	}
	return out
}

func TestScratch(t *testing.T) {
	for _, in := range []string{
		"**bold** *it* __un__ ~~st~~ ||sp|| ***bi*** `code` ``a`b`` __**x**__",
		"snake_case_name and foo_bar_ _it_ *a **b** c* **a *b* c**",
		"# H1\n## H2\ntext\nmore\n\npara2\n-# small\n> q1\n> q2 **b\n> c**\n- a\n  - b\n    - c\n- d\n1. x\n1. y\n3. z",
		"a ```go\nfunc x() {}\n``` b\n```\nplain\n```\nafter",
		"[l](https://x.y) [l **b**](https://x.y \"t\") <https://s.t> see https://a.b/c_(d)). https://a.b.",
		"<@123> <@!123> <@&4> <#5> </cmd sub:6> <id:browse> @everyone @here <t:1618953630:R> <t:0> <:e:12> <a:e:12> <a@b.c> <+15551234567>",
		"\\*no\\* \\<@1> ¯\\_(ツ)_/¯ C:\\dir\\",
		">>> all\n\n# h\nrest",
		"- a\n\n  para under\n  ```\n  code\n   x\n  ```\n- b\n  cont",
		"**a\nb** ||x\n\ny|| **un *closed _here",
		"||```secret\ncode```||",
		"* a* **b ** *c **d* ~~x~~_y_",
		"2 * 3 * 4 a|b ~5 x <y> [x] (z) [a](b)",
	} {
		bl := Parse(nil, nil, in, ParseOptions{})
		m := chat.Message{Blocks: bl}
		if err := chat.Check(&m); err != nil {
			t.Error(err)
		}
		s1 := show(bl)
		var o chat.Options
		mm := chat.Message{Origin: chat.Discord}
		oo := o.For(&mm)
		oo.Mentions.Everyone = true
		out, pos, _ := FitBlocks(nil, bl, chat.Pos{}, 4000, Content, &oo, nil)
		back := Parse(nil, nil, string(out), ParseOptions{})
		t.Logf("IN %q\n%sOUT (%v) %q", in, s1, pos, out)
		if s2 := show(back); s2 != s1 {
			t.Errorf("NOT FIXED:\n%s", s2)
		}
	}
}
