package markdown

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/translators/chat"
)

var seeds = []string{
	"**bold** *it* __un__ ~~st~~ ||sp|| ***bi*** `code` ``a`b``",
	"# h\n-# s\n> q\n- a\n  - b\n1. n\n```go\nx\n```\n>>> all",
	"[l](https://x.y \"t\") <https://s.t> https://a.b/c_(d)). <@1> <@&2> <#3> </a:4> @everyone <t:1:R> <a:e:5>",
	"\\*no\\* ¯\\_(ツ)_/¯ C:\\dir\\ **un *closed [a](b",
	"||```secret\ncode```|| - **a\nb** \u200b@\u200beveryone http:\u200b//x",
	"- [ ] t\n\n| a |\n|---|\n| b |\n\n> [!NOTE]\n> x\n\n<details><summary>s</summary>\n\n![a](b)\n</details>\n\n[^1]\n\n[^1]: n",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, src string, place uint8) {
		opt := ParseOptions{Place: Place(place % 5)}
		m := chat.Message{Blocks: Parse(nil, nil, src, opt), Summary: Inline(nil, src, opt)}
		m.Summary = nil // a run may hold what only Normalize joins
		if err := chat.Check(&m); err != nil {
			t.Fatalf("%v\n%s", err, show(m.Blocks))
		}
		// That what is written is read as the same again is asked of the pairs and of
		// generated messages; here all of it must be written, and be read in normal form.
		out, pos, _ := FitBlocks(nil, m.Blocks, chat.Pos{}, 1<<30, Content, all(), nil)
		if pos.Block != len(m.Blocks) {
			t.Fatalf("not all written: %v of %d", pos, len(m.Blocks))
		}
		back := chat.Message{Blocks: Parse(nil, nil, string(out), ParseOptions{})}
		if err := chat.Check(&back); err != nil {
			t.Fatalf("%v\n%s", err, show(back.Blocks))
		}
	})
}

func TestSeedsAreSettled(t *testing.T) {
	for _, s := range seeds {
		settled(t, Parse(nil, nil, s, ParseOptions{}))
	}
}

// settled fails when what is read from what is written is not the same again.
func settled(t *testing.T, blocks []chat.Block) {
	t.Helper()
	var n chat.Notes
	out, pos, _ := FitBlocks(nil, blocks, chat.Pos{}, 1<<30, Content, all(), &n)
	if pos.Block != len(blocks) {
		t.Fatalf("not all written: %v of %d", pos, len(blocks))
	}
	back := Parse(nil, nil, string(out), ParseOptions{})
	if len(n.List) > 0 {
		return
	}
	if len(blocks) == 1 && len(back) == 0 && visible(blocks[0].Text.Plain()) == "" {
		return // words that show nothing are none
	}
	if a, b := show(decoded(blocks)), show(decoded(back)); a != b {
		t.Fatalf("written as %q\nfirst\n%ssecond\n%s", out, a, b)
	}
}

// decoded is blocks with the parentheses of their addresses decoded: they lead to
// the same.
func decoded(blocks []chat.Block) []chat.Block {
	out := append([]chat.Block(nil), blocks...)
	for i := range out {
		out[i].Text = append(chat.Text(nil), out[i].Text...)
		for k := range out[i].Text {
			s := &out[i].Text[k]
			s.Ref = strings.NewReplacer("%28", "(", "%29", ")").Replace(s.Ref)
		}
	}
	return out
}

// all are options under which everything Discord knows is written as it was read.
func all() *chat.Options {
	opt := chat.Options{Mentions: chat.Mentions{Everyone: true}}
	opt = opt.For(&chat.Message{Origin: chat.Discord})
	return &opt
}

func FuzzParseGFM(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	opt := GFMOptions{Repo: "https://github.com/o/r", Host: "https://github.com"}
	f.Fuzz(func(t *testing.T, src string) {
		m := chat.Message{Blocks: ParseGFM(nil, nil, src, opt)}
		if err := chat.Check(&m); err != nil {
			t.Fatalf("%v\n%s", err, show(m.Blocks))
		}
		for _, b := range m.Blocks {
			for _, s := range b.Text {
				if s.Kind != chat.Words && s.Kind != chat.Link {
					t.Fatalf("a %s", s.Kind)
				}
			}
		}
	})
}

// FuzzFit writes words: they never become anything else, whatever they are, and
// what is cut keeps its limit and goes on where it stopped.
func FuzzFit(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, "x"+s, uint8(i), uint16(64+i))
	}
	f.Fuzz(func(t *testing.T, a, b string, style uint8, max uint16) {
		m := chat.Message{Blocks: []chat.Block{{Text: chat.Text{
			{Text: a, Style: chat.Style(style) & markStyles}, {Text: b}}}}}
		chat.Normalize(&m)
		opt := all()
		for limit := 64 + int(max); ; limit = 1 << 30 {
			pos := chat.Pos{}
			for pos.Block < len(m.Blocks) {
				out, next, used := FitBlocks(nil, m.Blocks, pos, limit, Content, opt, nil)
				if utf8.RuneCount(out) != used || used > limit {
					t.Fatalf("%d characters, said %d of %d", utf8.RuneCount(out), used, limit)
				}
				if next == pos {
					t.Fatalf("stuck at %v", pos)
				}
				for _, blk := range Parse(nil, nil, string(out), ParseOptions{}) {
					for _, s := range blk.Text {
						if s.Kind != chat.Words {
							t.Fatalf("words became a %s: %q\n%q", s.Kind, s.Text, out)
						}
					}
				}
				pos = next
			}
			if limit == 1<<30 {
				break
			}
		}
		var want, got strings.Builder
		for _, blk := range m.Blocks {
			want.Write(blk.Text.AppendPlain(nil))
		}
		out, _, _ := FitBlocks(nil, m.Blocks, chat.Pos{}, 1<<30, Content, opt, nil)
		for _, blk := range Parse(nil, nil, string(out), ParseOptions{}) {
			got.Write(blk.Text.AppendPlain(nil))
		}
		if w, g := visible(want.String()), visible(got.String()); w != g {
			t.Fatalf("words changed by %q\n%q\n%q", out, w, g)
		}
	})
}

// visible is s without what shows nothing.
func visible(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, zwsp, "")), "")
}
