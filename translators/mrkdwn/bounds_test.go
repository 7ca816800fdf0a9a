package mrkdwn

import (
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// However much there is, no message holds more than one may, and no word is lost.
func TestBounds(t *testing.T) {
	for _, unit := range []string{
		"*a* ", "*a*_b_", "<https://a.example|x> ", "<https://a.example|*x*y> ", "<@U1>", ":own: ", "`a` ", "&amp;*a* ", "https://a.example ",
		"a\n\n", "• a\n", "> a\n\nb\n\n", "> *a*\n> • b\n\n", "a ```b``` ", "1. a ```<https://a.example|x> <https://b.example|y>``` c\n", "    • a\n", ">>> a\n\n",
		"<!date^1^{time} {ago} {date}|x> ",
	} {
		src := strings.Repeat(unit, 25_000)
		var mem chat.Arena
		var n chat.Notes
		m := chat.Message{Blocks: Parse(nil, &n, src, ParseOptions{Mem: &mem})}
		if got := len(m.Blocks); got > chat.MaxBlocks {
			t.Errorf("%q: %d blocks", unit, got)
		}
		if got := len(mem.Spans); got > chat.MaxSpans+chat.MaxBlocks {
			t.Errorf("%q: %d spans", unit, got)
		}
		if len(n.List) == 0 || len(n.List) > 3 {
			t.Errorf("%q: notes %v", unit, n.List)
		}
		chat.Normalize(&m)
		if err := chat.Check(&m); err != nil || len(m.Blocks) > chat.MaxBlocks {
			t.Errorf("%q: %d blocks, %v", unit, len(m.Blocks), err)
		}
		for _, letter := range []string{"a", "b", "c"} {
			in := strings.Count(strings.ReplaceAll(unit, "&amp;", ""), letter) * 25_000
			if strings.ContainsAny(unit, "<:/") {
				continue // words that are markup until there is too much of it
			}
			if got := strings.Count(visible(m.Blocks), letter); got != in {
				t.Errorf("%q: %d of %d %q are left", unit, got, in, letter)
			}
		}
	}
}
