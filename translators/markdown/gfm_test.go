package markdown

import (
	"strings"
	"testing"
	"time"

	"dragoman/translators/chat"
)

func TestGFMScratch(t *testing.T) {
	opt := GFMOptions{Repo: "https://github.com/o/r", Host: "https://github.com"}
	for _, in := range []string{
		"# T\n\nfixes #12, o2/r2#3 and GH-4 by @octo-cat in abc1234 (0123456789abcdef0123456789abcdef01234567)\nline two **b** *i* ~~s~~ `c`\n\n#### deep",
		"- [ ] todo\n- [x] done **b**\n  - nested\n    1. num\n    2. num\n\n      para\n- x\n\n  ```go\n  code\n\n    in\n  ```\n",
		"| a | b |\n|:-:|--:|\n| 1 | **x** |\n",
		"> [!NOTE]\n> be careful\n\n> plain\n> > nested",
		"![alt](https://x/y.png)\n\ntext ![a](https://x/z.png) [rel](docs/a.md) <https://a.b> www.x.com a@b.co [![badge](https://i/b.svg)](https://ci)",
		"<!-- hidden\n\nx -->\n<details><summary>More</summary>\n\nbody **b**\n\n</details>\n\nx<br>y <kbd>Ctrl</kbd> H<sub>2</sub>O <a href=\"https://q\">q</a> <img src=\"https://p/i.png\" alt=\"pic\">\n\n<img src=\"https://p/j.png\">\n\n&lt;b&gt; \\*x\\* :white_check_mark: a_b_c [j](javascript:alert) <script>x</script>",
		"```suggestion\nx\n```\n\n***\n\nfoot[^1]\n\n[^1]: note",
	} {
		var n chat.Notes
		bl := ParseGFM(nil, &n, in, opt)
		if err := chat.Check(&chat.Message{Blocks: bl}); err != nil {
			t.Error(err)
		}
		t.Logf("IN %q\n%s%v", in, show(bl), n.List)
	}
	for _, in := range []string{">", "[", "*a ", "`", "<", "<!--", "- ", "|a", "![](", "**a_", "<a ", "\\", "&", "@a", "#1", "1. ", "~~a", "> - ", "[a](<", "a@b.", "https://a", "(", "_a__b", "`a``", ":a", "\n>", "|a|\n|-|\n", "]", "[^1]"} {
		from := time.Now()
		ParseGFM(nil, nil, strings.Repeat(in, 100000/len(in)), opt)
		if d := time.Since(from); d > 20*time.Millisecond {
			t.Logf("%q %v", in, d)
		}
	}
}
