package chat_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

func TestCut(t *testing.T) {
	family := "👩‍👩‍👧‍👦" // 7 code points
	for _, c := range []struct {
		s    string
		max  int
		want string
	}{
		{"all of it", 9, "all of it"},
		{"anything", 0, ""},
		{"one two three", 9, "one two "},
		{"one two three", 7, "one two"},
		{"first line\nsecond line", 14, "first line\n"},
		{"a longword", 5, "a lon"},
		{"xx" + family, 5, "xx"},
		{family, 3, "👩‍👩"},
		{"漢字かな", 2, "漢字"},
		{"ae\u0301", 2, "a"},
	} {
		if got := c.s[:chat.Cut(c.s, c.max)]; got != c.want {
			t.Errorf("Cut(%q, %d): %q, want %q", c.s, c.max, got, c.want)
		}
	}
}

func TestCutKeepsGraphemes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(chattest.Nasty), 0, 12).Draw(t, "pieces"), "")
		max := rapid.IntRange(1, 40).Draw(t, "max")
		n := chat.Cut(s, max)
		if n == 0 && s != "" || utf8.RuneCountInString(s[:n]) > max || !utf8.ValidString(s[:n]) {
			t.Fatalf("Cut(%q, %d) is %d", s, max, n)
		}
		for g := uniseg.NewGraphemes(s); g.Next(); {
			if from, to := g.Positions(); from > 0 && from < n && n < to {
				t.Fatalf("Cut(%q, %d) is %d, inside the grapheme %q", s, max, n, g.Str())
			}
		}
	})
}
