package markdown

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
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
		settled(t, m.Blocks, Content)
		if opt.Place < Title {
			settled(t, m.Blocks, opt.Place)
		}
	})
}

func TestSeedsAreSettled(t *testing.T) {
	for _, s := range seeds {
		settled(t, Parse(nil, nil, s, ParseOptions{}), Content)
	}
}

// settled fails when what is read from what is written is not the same again,
// although no note says so.
func settled(t *testing.T, blocks []chat.Block, place Place) {
	t.Helper()
	if err := unsettled(blocks, place); err != "" {
		t.Fatal(err)
	}
}

// unsettled says how what is read from what is written of blocks differs from them
// without a note.
func unsettled(blocks []chat.Block, place Place) string {
	var n chat.Notes
	out, pos, _ := FitBlocks(nil, blocks, chat.Pos{}, 1<<30, place, all(), &n)
	back := Parse(nil, nil, string(out), ParseOptions{Place: place})
	switch err := chat.Check(&chat.Message{Blocks: back}); {
	case pos.Block != len(blocks):
		return fmt.Sprintf("not all written: %v of %d", pos, len(blocks))
	case err != nil:
		return fmt.Sprintf("written as %q, which is read wrongly: %v", out, err)
	case len(n.List) > 0:
		return ""
	}
	if a, b := show(decoded(blocks)), show(decoded(back)); a != b {
		return fmt.Sprintf("written as %q\nfirst\n%ssecond\n%s", out, a, b)
	}
	return ""
}

// What is generated is read as it was written, or a note says otherwise.
func TestGeneratedIsSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := chattest.Message().Draw(t, "message")
		for len(m.Blocks) > 0 {
			n := 0
			for n < len(m.Blocks) && isText(m.Blocks[n].Kind) {
				m.Blocks[n].Assets, m.Blocks[n].Buttons = nil, nil
				n++
			}
			run := chat.Message{Blocks: m.Blocks[:n:n]}
			m.Blocks = m.Blocks[max(n, 1):]
			chat.Normalize(&run)
			for place := Content; place < Title; place++ {
				if err := unsettled(run.Blocks, place); err != "" {
					t.Fatal(err)
				}
			}
		}
	})
}

// decoded is blocks as Discord shows them: without what shows nothing (zero-width
// spaces, white space that ends a text or begins a line of an item, blank lines around
// code), with names and
// times in its own words, with the marks in addresses decoded, which lead to the
// same, and with each line of a heading as a heading.
func decoded(blocks []chat.Block) []chat.Block {
	var m chat.Message
	for _, b := range blocks {
		text := chat.Text(nil)
		fresh := false // at the beginning of a line
		for _, s := range b.Text {
			s.Text = lineFeeds(s.Text)
			if s.Kind == chat.Link {
				s.Text, s.Ref = strings.ReplaceAll(decodeMarks.Replace(s.Text), "\n", " "), decodeMarks.Replace(s.Ref)
			}
			s.Text = strings.ReplaceAll(s.Text, zwsp, "")
			switch s.Kind {
			case chat.Words:
				if b.Kind == chat.Item {
					s.Text = unindented(s.Text, fresh)
				}
				lines := strings.Split(s.Text, "\n")
				for b.Kind == chat.Heading && len(lines) > 1 {
					s.Text = lines[0]
					m.Blocks = append(m.Blocks, chat.Block{Kind: b.Kind, Level: b.Level, Quoted: b.Quoted, Text: append(text, s)})
					text, lines = nil, lines[1:]
					s.Text = lines[0]
				}
			case chat.User, chat.UserGroup, chat.Channel:
				s.Text = ""
			case chat.Everyone:
				s.Text, s.Ref = "", strings.Replace(s.Ref, "channel", "everyone", 1)
			case chat.Time:
				s.Text, s.Ref = "", string(momentStyle(s.Ref))
			case chat.Link, chat.Emoji, chat.Icon:
			}
			text = append(text, s)
			fresh = strings.HasSuffix(s.Text, "\n") || fresh && s.Text == ""
		}
		if b.Text = text; b.Kind == chat.Code {
			b.Text = chat.Text{{Text: strings.Trim(text.Plain(), "\n")}}
		}
		m.Blocks = append(m.Blocks, b)
	}
	chat.Normalize(&m)
	for i := range m.Blocks {
		t := m.Blocks[i].Text
		if last := len(t) - 1; last >= 0 && t[last].Kind == chat.Words {
			t[last].Text = strings.TrimRight(t[last].Text, " \t\n")
		}
	}
	chat.Normalize(&m)
	return m.Blocks
}

var decodeMarks = strings.NewReplacer("%28", "(", "%29", ")", "%2A", "*", "%5F", "_", "%7E", "~", "%7C", "|")

// unindented is s without the white space at the beginnings of its lines, the first
// too if s begins one.
func unindented(s string, fresh bool) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		if i > 0 || fresh {
			lines[i] = strings.TrimLeft(lines[i], " \t")
		}
	}
	return strings.Join(lines, "\n")
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

// FuzzFit writes words: they never become anything else, whatever they are, what is
// cut keeps its limit and goes on where it stopped, and what is not cut is read as it
// was.
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
		settled(t, m.Blocks, Content)
	})
}

// visible is s without what shows nothing.
func visible(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, zwsp, "")), "")
}
