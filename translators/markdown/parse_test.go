package markdown

import (
	"flag"
	"fmt"
	"os"
	"runtime"
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
		for _, a := range b.Assets {
			fmt.Fprintf(&sb, " %q=%s", a.Alt, a.URL)
		}
		if b.Table != nil {
			for _, row := range b.Table.Rows {
				for _, cell := range row {
					fmt.Fprintf(&sb, " | %s", cell.Plain())
				}
			}
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

var update = flag.Bool("update", false, "rewrite what the pairs expect")

// pairs checks a file of pairs: "## number name", the markup, "--", the blocks, one a
// line, and for Discord "--" and the markup written of them when it is another.
func pairs(t *testing.T, file string, read func(src string) []chat.Block, written bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	list := strings.Split("\n"+string(data), "\n## ")[1:]
	for i, pair := range list {
		if i+1 < len(list) && (list[i+1][0] < '0' || list[i+1][0] > '9') { // a heading in the markup
			list[i+1] = pair + "\n## " + list[i+1]
			continue
		}
		title, rest, _ := strings.Cut(pair, "\n")
		src, want, _ := strings.Cut(rest, "\n--\n")
		want = strings.TrimRight(want, "\n")
		blocks := read(src)
		if err := chat.Check(&chat.Message{Blocks: blocks}); err != nil {
			t.Errorf("%s: %v", title, err)
		}
		got := show(blocks)
		if written {
			var n chat.Notes
			out, _, _ := FitBlocks(nil, blocks, chat.Pos{}, 1<<30, Content, all(), &n)
			if string(out) != src {
				got += "--\n" + string(out)
			}
			if back := show(decoded(Parse(nil, nil, string(out), ParseOptions{}))); back != show(decoded(blocks)) && len(n.List) == 0 {
				t.Errorf("%s: written as %q, reads back as\n%s", title, out, back)
			}
		}
		got = strings.TrimRight(got, "\n")
		fmt.Fprintf(&b, "## %s\n%s\n--\n%s\n\n", title, src, got)
		if got != want && !*update {
			t.Errorf("%s:\n%s\nwant\n%s", title, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPairs(t *testing.T) {
	pairs(t, "../../testdata/text/markdown/discord.txt", func(src string) []chat.Block {
		return Parse(nil, nil, src, ParseOptions{})
	}, true)
}

// Reading looks at no byte of a hostile text very often, and neither reading nor
// writing takes more memory per byte when the text is eight times as long.
func TestLinear(t *testing.T) {
	bytes := func(src string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		FitBlocks(nil, Parse(nil, nil, src, ParseOptions{}), chat.Pos{}, 1<<30, Content, nil, nil)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, unit := range []string{"**", "*a ", "_a ", "__", "~~a", "~~a~~_", "||", "`", "`` ` ", "[", "[a](", "[a](b", "[a](b \"c", "[]", "> ", ">", "- ", "<", "<a", "<@1", "\\", "\n", "```\n", "1. ", "https://a", "(", "\\*", "**a_b~~", "@", "***a** "} {
		src := strings.Repeat(unit, 200_000/len(unit))
		p := newParser(nil, nil, src, ParseOptions{})
		p.lines, p.fences = true, true
		p.all()
		if most := 24 * len(src); p.looked > most {
			t.Errorf("%q: %d bytes looked at, more than %d", unit, p.looked, most)
		}
		if small, big := bytes(src[:len(src)/8]), bytes(src); big > 16*max(small, 1<<16) {
			t.Errorf("%q: %d bytes of memory for 25 kB, %d for 200 kB", unit, small, big)
		}
	}
}

const sample = "**Deploy of billing** to production by <@123456789012345678> finished in 4m 12s, see [run 512](https://ci.example.net/runs/512).\n- migrated `orders_archive` in 31 s\n- 2 warnings about `disk_usage`, both known\n\nNothing to do unless the error rate at https://grafana.example.net/d/abc?from=now-1h rises over 2 %.\n"

func BenchmarkParse(b *testing.B) {
	src := strings.Repeat(sample, 2048/len(sample))
	var m chat.Message
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		m.Blocks = Parse(m.Blocks, nil, src, ParseOptions{Mem: m.Mem()})
	}
}

func BenchmarkFit(b *testing.B) {
	src := strings.Repeat(sample, 2048/len(sample))
	blocks := Parse(nil, nil, src, ParseOptions{})
	opt := all()
	var dst []byte
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		dst, _, _ = FitBlocks(dst[:0], blocks, chat.Pos{}, 4096, Content, opt, nil)
	}
}
