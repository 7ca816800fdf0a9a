package markdown

import (
	"strings"
	"testing"

	"dragoman/translators/chat"
)

var repo = GFMOptions{Repo: "https://github.com/o/r", Host: "https://github.com"}

func TestGFMPairs(t *testing.T) {
	pairs(t, "../../testdata/text/gfm/gfm.txt", func(src string) []chat.Block {
		return ParseGFM(nil, nil, src, repo)
	}, false)
}

// Hostile texts cost no more than a bound. What the parser's time grows with the
// square of is bounded in what it is shown, and its memory in allocations; the cut at
// 16 KB bounds the rest.
func TestGFMBounded(t *testing.T) {
	full := func(unit string) string { return strings.Repeat(unit, maxGFM/len(unit)) }
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
		allocs := testing.AllocsPerRun(1, func() { ParseGFM(nil, nil, src, repo) })
		if allocs > 80_000 {
			t.Errorf("%.20q…: %.0f allocations", src, allocs)
		}
		src = src[:min(len(src), maxGFM)]
		steps := shownSteps(string(hide(nil, src)))
		if most := 64 * (len(src) + maxRuns*maxRuns/8); steps > most {
			t.Errorf("%.20q…: %d steps, more than %d", src, steps, most)
		}
		if testing.Verbose() {
			t.Logf("%-24.20q %8d steps %8.0f allocations", src, steps, allocs)
		}
	}
}

// shownSteps is how many steps a parser takes at most over what it is shown that
// pairs each mark of emphasis and each bracket of a paragraph with each before it,
// goes through all containers of a line for each line, and makes a cell of a table
// for each row and column.
func shownSteps(seen string) int {
	steps := len(seen)
	for para := range strings.SplitSeq(seen, "\n\n") {
		runs, brackets, columns, depth := 0, 0, 0, 0
		var last byte
		for line := range strings.SplitSeq(para, "\n") {
			depth = max(depth, strings.Count(line, ">"), indentOf(line)/2)
			steps += depth
			if strings.Trim(line, "|-: ") == "" {
				columns = max(columns, strings.Count(line, "|"))
			}
			steps += columns
		}
		for i := range len(para) {
			switch c := para[i]; {
			case (c == '*' || c == '_' || c == '~') && c != last:
				runs++
			case c == '[':
				brackets++
			}
			last = para[i]
		}
		steps += runs*runs + brackets*brackets
	}
	return steps
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

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
