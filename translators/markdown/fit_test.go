package markdown

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// Wherever a text is cut, every piece is whole by itself, and together they say
// all of it.
func TestCuts(t *testing.T) {
	scripts := map[string]string{
		"ascii":     "some plain words that go on and on, ",
		"cjk":       "警告：磁盘空间不足，请立即处理。",
		"emoji":     "👩‍👩‍👧‍👦👍🏽🇫🇷🏳️‍🌈",
		"combining": "e\u0301\u0323a\u030a\u0332o\u0308 ",
		"rtl":       "הפריסה נכשלה, راجع السجل \u202bx\u202c ",
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

// One under a limit and at it a text is one piece, one over it is two: for each of
// Discord's limits, with what is counted or cut wrongly at the end.
func TestEveryLimit(t *testing.T) {
	for _, end := range []string{"a", "漢", "👩‍👩‍👧‍👦", "e\u0301\u0323", "שלום", "🇫🇷", "*", "\\"} {
		for _, limit := range []int{256, 1024, 2000, 4000, 4096} {
			written := utf8.RuneCountInString(end)
			if end == "*" || end == `\` {
				written *= 2 // with a backslash
			}
			for _, size := range []int{limit - 1, limit, limit + 1} {
				blocks := []chat.Block{{Text: chat.Text{{Text: strings.Repeat("a", size-written) + end}}}}
				out, next, used := FitBlocks(nil, blocks, chat.Pos{}, limit, Content, nil, nil)
				if whole := next.Block == 1; whole != (size <= limit) || whole && used != size || used > limit {
					t.Errorf("%q, %d of %d: %d characters, next %v", end, size, limit, used, next)
				}
				if size <= limit {
					continue
				}
				rest, next, _ := FitBlocks(nil, blocks, next, limit, Content, nil, nil)
				said := ""
				for _, piece := range [][]byte{out, rest} {
					for _, b := range Parse(nil, nil, string(piece), ParseOptions{}) {
						said += b.Text.Plain()
					}
				}
				if next.Block != 1 || said != blocks[0].Text.Plain() {
					t.Errorf("%q over %d: next %v, the pieces end with %q and %q", end, limit, next, out[len(out)-8:], rest)
				}
			}
		}
	}
}

// Wherever the cut falls, a mention, a time, an emoji, a short link and code stand
// whole in one piece or another.
func TestWholes(t *testing.T) {
	wholes := chat.Text{
		{Kind: chat.User, Text: "@80351110224678912", Ref: "80351110224678912"},
		{Kind: chat.Everyone, Text: "@here", Ref: "here"},
		{Kind: chat.Emoji, Text: ":owl:", Ref: "owl:41771983429993937"},
		{Kind: chat.Time, Text: "January 1, 2026 at 00:00 UTC", Ref: chat.DateClock, At: 1767225600},
		{Kind: chat.Link, Text: "log", Ref: "https://x.test/log"},
		{Kind: chat.Link, Text: "https://x.test/log", Ref: "https://x.test/log"},
		{Text: "code", Style: chat.Mono},
		{Text: "👩‍👩‍👧‍👦", Style: chat.Bold | chat.Spoiler},
	}
	for _, whole := range wholes {
		blocks := []chat.Block{{Text: chat.Text{{Text: strings.Repeat("word ", 12)}, whole, {Text: " " + strings.Repeat("drow ", 12)}}}}
		for limit := 64; limit < 160; limit++ {
			found := 0
			for pos := (chat.Pos{}); pos.Block < len(blocks); {
				out, next, _ := FitBlocks(nil, blocks, pos, limit, Content, all(), nil)
				for _, b := range Parse(nil, nil, string(out), ParseOptions{}) {
					for _, s := range b.Text {
						switch {
						case s == whole:
							found++
						case s.Kind != chat.Words || s.Style != 0 || strings.Trim(s.Text, " word") != "":
							t.Errorf("%s at %d: %s in %q", spanText(whole), limit, spanText(s), out)
						}
					}
				}
				pos = next
			}
			if found != 1 {
				t.Errorf("%s at %d: %d times", spanText(whole), limit, found)
			}
		}
	}
}

// The pieces of what is generated say together what it says uncut, and each keeps
// its limit.
func TestGeneratedCuts(t *testing.T) {
	said := func(piece []byte) string {
		var b strings.Builder
		for _, blk := range Parse(nil, nil, string(piece), ParseOptions{}) {
			b.WriteString(blk.Text.Plain())
		}
		return visible(b.String())
	}
	rapid.Check(t, func(t *rapid.T) {
		blocks := slices.DeleteFunc(chattest.Message().Draw(t, "message").Blocks, func(b chat.Block) bool { return !isText(b.Kind) })
		run := chat.Message{Blocks: blocks}
		chat.Normalize(&run)
		limit := rapid.IntRange(200, 2000).Draw(t, "limit")
		var n chat.Notes
		want, _, _ := FitBlocks(nil, run.Blocks, chat.Pos{}, 1<<30, Content, all(), nil)
		var got strings.Builder
		for pos := (chat.Pos{}); pos.Block < len(run.Blocks); {
			out, next, used := FitBlocks(nil, run.Blocks, pos, limit, Content, all(), &n)
			if next == pos || used > limit || used != utf8.RuneCount(out) {
				t.Fatalf("at %v of %d: next %v, %d characters %q", pos, limit, next, used, out)
			}
			got.WriteString(said(out))
			t.Logf("%v: %q", pos, out)
			pos = next
		}
		if w, g := said(want), got.String(); w != g && !n.Has(chat.Dropped) {
			at := 0
			for at < min(len(w), len(g)) && w[at] == g[at] {
				at++
			}
			at = max(0, at-40)
			t.Fatalf("cut at %d said …%.200q, not …%.200q", limit, g[min(at, len(g)):], w[min(at, len(w)):])
		}
	})
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
