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

// Hostile texts cost little more than words do: neither time nor memory grows
// with the square of what is read, which the cut at 16 KB alone would not give.
func TestGFMBounded(t *testing.T) {
	full := func(unit string) string { return strings.Repeat(unit, maxGFM/len(unit)) }
	cost := func(src string) (best time.Duration, allocs float64) {
		best = time.Hour
		allocs = testing.AllocsPerRun(2, func() {
			from := time.Now()
			ParseGFM(nil, nil, src, repo)
			best = min(best, time.Since(from))
		})
		return best, allocs
	}
	plain, _ := cost(full("some plain words, then\n"))
	table := func(columns, rows int) string {
		return strings.Repeat("a|", columns) + "\n" + strings.Repeat("-|", columns) + "\n" + strings.Repeat("a\n", rows)
	}
	stairs := ""
	for i := 0; len(stairs) < maxGFM; i++ {
		stairs += strings.Repeat("  ", i) + "- a\n"
	}
	hostile := []string{stairs, table(1900, 4000), table(300, 7000), table(20, 7000), full("- - - - - - - - - - - - - - - a\n"),
		strings.Repeat("![", 2700) + strings.Repeat("](a)", 2700), strings.Repeat("[a]: b\n", 1000) + strings.Repeat("[a]", 3000)}
	for _, unit := range []string{
		">", "> ", ">\t", "> a\n", "> - ", "- ", "+ ", "1. ", "1) ", "* a\n\n", "- [ ] ", "[^a]: ", "[^a]: b\n", "[^1]",
		"![](", "![", "[", "](", "[a](<", "[a](b \"", "[a](b (", "[a][", "[a]: ", "[a]: b \"", "[a]", "![a](b)",
		"**a_", "a*b_", "*a **a ", "~~a ", "***", "`", "``a` ", "```\n", "~~~", "<", "<a ", "<a b=\"", "<!--", "<!A ", "<?", "<![CDATA[",
		"<div>\n", "<b>", "|a", "||", "a|b\n-|-\n", "&", "http://a.b/", "http://((", "www.", "a@b.c", "\\", "# a\n", "=\n", "a\n=\n",
	} {
		hostile = append(hostile, full(unit))
	}
	for _, src := range hostile {
		took, allocs := cost(src)
		for again := 0; again < 4 && took > 60*max(plain, 500*time.Microsecond); again++ { // on a busy machine
			took, _ = cost(src)
		}
		if took > 60*max(plain, 500*time.Microsecond) || allocs > 80_000 {
			t.Errorf("%.20q…: %v and %.0f allocations, words take %v", src, took, allocs, plain)
		}
		if testing.Verbose() {
			t.Logf("%-24.20q %8v %8.0f", src, took, allocs)
		}
	}
}

// What the parser is not shown is words, and what it makes of the rest is whole.
func TestGFMHides(t *testing.T) {
	many := strings.Repeat
	for src, want := range map[string]string{
		many("> ", 20) + "deep\n\n> next":                   "para quoted: \"> > > > deep\"\npara quoted: \"next\"\n",
		"```\n" + many(">", 40) + "\n```":                   "code: \"" + many(">", 40) + "\"\n",
		many("- ", 40):                                      "divider:\n",
		"a\n\n" + many("x * ", 1100) + "[l](http://a/b_c*)": "",
	} {
		got := show(ParseGFM(nil, nil, src, repo))
		if want != "" && got != want {
			t.Errorf("%.40q: got %s want %s", src, got, want)
		}
		if want == "" && !strings.Contains(got, "=http://a/b_c*") {
			t.Errorf("%.40q: the address is not whole: %s", src, got[max(0, len(got)-80):])
		}
	}
	// A table too wide for its length stays words.
	wide := many("a|", 1900) + "\n" + many("-|", 1900) + "\n" + many("a\n", 100)
	b := ParseGFM(nil, nil, wide, repo)
	if len(b) != 1 || b[0].Kind != chat.Para || visible(b[0].Text.Plain()) != visible(wide) {
		t.Errorf("got %.200s", show(b))
	}
	// Emphasis is read so deep only; its words stay.
	var n chat.Notes
	b = ParseGFM(nil, &n, many("**a *b ", 100)+many("* **", 100), repo)
	if got := visible(b[0].Text.Plain()); strings.Count(got, "a") != 100 || strings.Count(got, "b") != 100 {
		t.Errorf("words are lost: %s", got)
	}
}

// A link without a label shows nothing, and so nothing of it is kept, which is told.
func TestGFMLinkWithoutLabel(t *testing.T) {
	var n chat.Notes
	blocks := ParseGFM(nil, &n, "a [](https://x.test) b", repo)
	if len(blocks) != 1 || blocks[0].Text.Plain() != "a  b" || len(n.List) != 1 || n.List[0].String() != "dropped  link 1" {
		t.Errorf("%+v %v", blocks, n.List)
	}
}

func TestGFMCut(t *testing.T) {
	var n chat.Notes
	ParseGFM(nil, &n, strings.Repeat("a line of words\n", 2000), repo)
	if !n.Has(chat.Shortened) {
		t.Error("a long source was cut without a note")
	}
}
