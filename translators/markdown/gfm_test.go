package markdown

import (
	"strings"
	"testing"
	"time"

	"dragoman/translators/chat"
)

var repo = GFMOptions{Repo: "https://github.com/o/r", Host: "https://github.com"}

func TestGFMPairs(t *testing.T) {
	pairs(t, "../../testdata/text/gfm/gfm.txt", func(src string) []chat.Block {
		return ParseGFM(nil, nil, src, repo)
	}, false)
}

// The cut at 16 KB bounds what hostile nesting can cost.
func TestGFMBounded(t *testing.T) {
	for _, unit := range []string{">", "![](", "**a_", "1. ", "> - ", "[a](<", "<a ", "- ", "|a", "`", "<!--"} {
		from := time.Now()
		ParseGFM(nil, nil, strings.Repeat(unit, 1_000_000/len(unit)), repo)
		if d := time.Since(from); d > 3*time.Second {
			t.Errorf("%q: %v", unit, d)
		}
	}
}

func TestGFMCut(t *testing.T) {
	var n chat.Notes
	ParseGFM(nil, &n, strings.Repeat("a line of words\n", 2000), repo)
	if !n.Has(chat.Shortened) {
		t.Error("a long source was cut without a note")
	}
}
