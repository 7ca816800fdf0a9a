package markdown

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"dragoman/translators/chat"
)

// Wherever a text is cut, every piece is whole by itself, and together they say
// all of it.
func TestCuts(t *testing.T) {
	scripts := map[string]string{
		"ascii":     "some plain words that go on and on, ",
		"cjk":       "警告：磁盘空间不足，请立即处理。",
		"emoji":     "👩‍👩‍👧‍👦👍🏽🇫🇷🏳️‍🌈",
		"combining": "e\u0301\u0323a\u030a\u0332o\u0308 ",
		"marks":     "a*b_c ~~d|| `e` [f](g) <@1> ",
	}
	for name, unit := range scripts {
		words := strings.Repeat(unit, 600/len(unit)+1)
		words = strings.TrimSpace(words)
		code := strings.TrimSpace(strings.Repeat(unit+"\n", 600/len(unit)+1))
		constructs := map[string][]chat.Block{
			"para":    {{Text: chat.Text{{Text: words}}}},
			"bold":    {{Text: chat.Text{{Text: words, Style: chat.Bold | chat.Underline}, {Text: words, Style: chat.Strike}}}},
			"mono":    {{Text: chat.Text{{Text: words, Style: chat.Mono}}}},
			"link":    {{Text: chat.Text{{Kind: chat.Link, Text: words, Ref: "https://a.example/path?q=1"}}}},
			"fence":   {{Kind: chat.Code, Lang: "go", Text: chat.Text{{Text: code}}}},
			"quote":   {{Quoted: true, Text: chat.Text{{Text: code}}}, {Quoted: true, Text: chat.Text{{Text: words}}}},
			"list":    {{Kind: chat.Item, Number: 3, Text: chat.Text{{Text: words}}}, {Kind: chat.Item, Level: 1, Text: chat.Text{{Text: words}}}},
			"heading": {{Kind: chat.Heading, Level: 2, Text: chat.Text{{Text: words}}}},
			"small":   {{Kind: chat.Small, Text: chat.Text{{Text: words}}}},
		}
		for kind, blocks := range constructs {
			m := chat.Message{Blocks: blocks}
			chat.Normalize(&m)
			for _, limit := range []int{64, 100, 173, 400} {
				checkCuts(t, name+" "+kind, m.Blocks, limit)
			}
		}
	}
}

func checkCuts(t *testing.T, name string, blocks []chat.Block, limit int) {
	t.Helper()
	var said strings.Builder
	for pos := (chat.Pos{}); pos.Block < len(blocks); {
		out, next, used := FitBlocks(nil, blocks, pos, limit, Content, nil, nil)
		if next == pos || used > limit || used != utf8.RuneCount(out) {
			t.Fatalf("%s at %v of %d: next %v, %d characters %q", name, pos, limit, next, used, out)
		}
		kind, ref := blocks[pos.Block].Kind, ""
		if text := blocks[pos.Block].Text; text[0].Kind == chat.Link {
			ref = text[0].Ref
		}
		read := Parse(nil, nil, string(out), ParseOptions{})
		for i, b := range read {
			if i == 0 && b.Kind != kind && !(kind == chat.Item && pos.At != chat.Cursor{}) || b.Quoted != blocks[0].Quoted {
				t.Errorf("%s of %d: a piece of a %s is a %s: %q", name, limit, kind, b.Kind, out)
			}
			for _, s := range b.Text {
				if ref != "" && !strings.HasPrefix(ref, s.Ref) || ref == "" && s.Kind != chat.Words {
					t.Errorf("%s of %d: a %s %q in %q", name, limit, s.Kind, s.Ref, out)
				}
				if want := blocks[pos.Block].Text[min(max(0, pos.At.Span), len(blocks[pos.Block].Text)-1)].Style; ref == "" && i == 0 && len(blocks) == 1 && len(blocks[0].Text) == 1 && s.Style != want && strings.TrimSpace(s.Text) != "" {
					t.Errorf("%s of %d: style %s in %q", name, limit, s.Style, out)
				}
			}
			said.Write(b.Text.AppendPlain(nil))
		}
		if next.Block < len(blocks) && next.At.Byte > 0 {
			text := blocks[next.Block].Text[next.At.Span].Text
			if !boundary(text, next.At.Byte) {
				t.Errorf("%s of %d: cut inside of a grapheme: …%q|%q…", name, limit, text[max(0, next.At.Byte-8):next.At.Byte], text[next.At.Byte:min(len(text), next.At.Byte+8)])
			}
		}
		pos = next
	}
	want := ""
	for i := range blocks {
		want += blocks[i].Text.Plain()
	}
	heard := strings.ReplaceAll(said.String(), "https://a.example/path?q=1", "") // the label of a link of emoji
	if got := visible(heard); got != visible(want) {
		t.Errorf("%s of %d: said\n%q\nnot\n%q", name, limit, got, visible(want))
	}
}

// boundary reports whether a grapheme of s begins at byte at.
func boundary(s string, at int) bool {
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		if from, _ := g.Positions(); from >= at {
			return from == at
		}
	}
	return true
}

// A loss in a run is noted at its block, and nowhere when it is taken back.
func TestNotesOfRuns(t *testing.T) {
	emoji := chat.Text{{Kind: chat.Emoji, Text: ":x:", Ref: "x"}}
	blocks := []chat.Block{{Text: chat.Text{{Text: "a"}}}, {Text: emoji}, {Kind: chat.Item, Text: chat.Text{{Text: strings.Repeat("b ", 60)}}}, {Text: emoji}}
	var n chat.Notes
	n.EnterRun("blocks", 5)
	_, pos, _ := FitBlocks(nil, blocks, chat.Pos{}, 100, Content, nil, &n)
	if want := []chat.Note{{Loss: chat.Unlinked, Where: "blocks.6", What: "emoji", Count: 1}}; len(n.List) != 1 || n.List[0] != want[0] {
		t.Errorf("got %v, want %v", n.List, want)
	}
	FitBlocks(nil, blocks, pos, 200, Content, nil, &n)
	if len(n.List) != 2 || n.List[1].Where != "blocks.8" {
		t.Errorf("got %v", n.List)
	}
}
