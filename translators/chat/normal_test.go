package chat_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

func TestNormalizeText(t *testing.T) {
	bold := func(s string) chat.Span { return chat.Span{Style: chat.Bold, Text: s} }
	link := func(style chat.Style, s string) chat.Span {
		return chat.Span{Kind: chat.Link, Style: style, Text: s, Ref: "https://a.test"}
	}
	for _, c := range []struct {
		name     string
		in, want chat.Text
	}{
		{"empty spans go", chat.Text{{}, {Text: "a"}, {Kind: chat.Link}, {Text: "b"}}, chat.Text{{Text: "ab"}}},
		{"alike spans join", chat.Text{bold("a"), bold("b"), bold("c"), {Text: "d"}}, chat.Text{bold("abc"), {Text: "d"}}},
		{"a label in two styles stays two", chat.Text{link(0, "a "), link(chat.Bold, "b"), link(chat.Bold, "c")}, chat.Text{link(0, "a "), link(chat.Bold, "bc")}},
		{"a link without a label shows its address", chat.Text{link(0, "")}, chat.Text{link(0, "https://a.test")}},
		{"a link without an address is words", chat.Text{{Kind: chat.Link, Text: "a"}}, chat.Text{{Text: "a"}}},
		{"a mention without words shows its id", chat.Text{{Kind: chat.User, Ref: "U1"}}, chat.Text{{Kind: chat.User, Text: "@U1", Ref: "U1"}}},
		{"a mention which could break out is words", chat.Text{{Kind: chat.User, Text: "@x", Ref: "U1> <!channel"}}, chat.Text{{Text: "@x"}}},
		{"everyone is one of three", chat.Text{{Kind: chat.Everyone, Text: "@x", Ref: "subteam^S1"}}, chat.Text{{Text: "@x"}}},
		{"two mentions stay two", chat.Text{{Kind: chat.User, Text: "@x", Ref: "1"}, {Kind: chat.User, Text: "@x", Ref: "1"}},
			chat.Text{{Kind: chat.User, Text: "@x", Ref: "1"}, {Kind: chat.User, Text: "@x", Ref: "1"}}},
		{"an icon is for small lines", chat.Text{{Kind: chat.Icon, Text: "x", Ref: "https://a.test"}}, chat.Text{{Text: "x"}}},
		{"invalid bytes and NUL", chat.Text{{Text: "a\xff\xfeb\x00c"}}, chat.Text{{Text: "a\uFFFDbc"}}},
		{"carriage returns", chat.Text{{Text: "seven b\r\nc\rd\r\n漢\re"}}, chat.Text{{Text: "seven b\nc\nd\n漢\ne"}}},
		{"no character turns others about", chat.Text{{Text: "a\u202egnp.exe\u202d, ש\u200fa"}, {Kind: chat.Link, Text: "\u202emoc.b", Ref: "https://a.test/\u202e"}},
			chat.Text{{Text: "agnp.exe, ש\u200fa"}, {Kind: chat.Link, Text: "moc.b", Ref: "https://a.test/"}}},
		{"white space at edges loses the style", chat.Text{bold(" a b "), {Text: "c"}}, chat.Text{{Text: " "}, bold("a b"), {Text: " c"}}},
		{"a style ends at a line break", chat.Text{bold("a \n b")}, chat.Text{bold("a"), {Text: " \n "}, bold("b")}},
		{"a style goes on over white space between its runs", chat.Text{bold("a "), {Style: chat.Bold | chat.Italic, Text: "b"}},
			chat.Text{bold("a "), {Style: chat.Bold | chat.Italic, Text: "b"}}},
		{"white space with more styles than one side", chat.Text{bold("a"), {Style: chat.Bold | chat.Mono, Text: " "}, bold("b")}, chat.Text{bold("a b")}},
		{"unknown styles", chat.Text{{Style: 0xc0, Text: "a"}}, chat.Text{{Text: "a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &chat.Message{Blocks: []chat.Block{{Text: append(chat.Text{{Text: "|"}}, append(c.in, chat.Span{Text: "|"})...)}}}
			want := &chat.Message{Blocks: []chat.Block{{Text: append(chat.Text{{Text: "|"}}, append(c.want, chat.Span{Text: "|"})...)}}}
			joinWords(&want.Blocks[0].Text)
			chat.Normalize(m)
			if d := chattest.Diff(want, m); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if err := chat.Check(m); err != nil {
				t.Error(err)
			}
		})
	}
}

// joinWords joins the bars at both ends of a wanted text with its plain words.
func joinWords(t *chat.Text) {
	var out chat.Text
	for _, s := range *t {
		if n := len(out); n > 0 && s.Kind == chat.Words && s.Style == 0 && out[n-1].Kind == chat.Words && out[n-1].Style == 0 {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	*t = out
}

func TestNormalizeParas(t *testing.T) {
	for in, want := range map[string][]string{
		"a\nb":                {"a\nb"},
		"\n\na\n\n":           {"a"},
		"a\n\nb":              {"a", "b"},
		"a\n \t\n\n b\n\nc":   {"a", " b", "c"},
		"a\r\n\r\nb\r\nc":     {"a", "b\nc"},
		" \n\nb\n  ":          {"b"},
		"  indented\n stays":  {"  indented\n stays"},
		"\n \n":               nil,
		"a\n\n\u200b\n\nb":    {"a", "\u200b", "b"},
		"a\n\nb\n\nc\n\nd\ne": {"a", "b", "c", "d\ne"},
	} {
		m := &chat.Message{Blocks: []chat.Block{{Text: chat.Text{{Text: in}}}}}
		chat.Normalize(m)
		var got []string
		for _, b := range m.Blocks {
			got = append(got, b.Text.Plain())
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: -want +got\n%s", in, d)
		}
	}
}

func TestNormalizeBlankLineAcrossSpans(t *testing.T) {
	m := &chat.Message{Blocks: []chat.Block{{
		Kind: chat.Item, Number: 3,
		Text:    chat.Text{{Style: chat.Bold, Text: "a\n"}, {Style: chat.Italic, Text: " \n"}, {Kind: chat.User, Text: "@b", Ref: "1"}, {Text: "\n\n"}, {Text: "c"}},
		Buttons: []chat.Button{{Label: "x"}, {Label: "one too many"}},
	}}}
	chat.Normalize(m)
	want := &chat.Message{Blocks: []chat.Block{
		{Kind: chat.Item, Number: 3, Text: chat.Text{{Style: chat.Bold, Text: "a"}}, Buttons: []chat.Button{{Label: "x"}}},
		{Level: 1, Text: chat.Text{{Kind: chat.User, Text: "@b", Ref: "1"}}},
		{Level: 1, Text: chat.Text{{Text: "c"}}},
	}}
	if d := chattest.Diff(want, m); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestNormalizeDropsWhatIsEmpty(t *testing.T) {
	blank := chat.Text{{Text: " \n"}}
	m := &chat.Message{Blocks: []chat.Block{
		{Text: blank}, {Kind: chat.Heading, Text: blank}, {Kind: chat.Item, Text: blank}, {Kind: chat.Small}, {Kind: chat.Code},
		{Kind: chat.Media, Assets: []chat.Asset{{}}}, {Kind: chat.Buttons, Buttons: []chat.Button{{ID: "x"}}},
		{Kind: chat.Fields, Fields: []chat.Field{{Name: blank, Body: []chat.Block{{Text: blank}}}}},
		{Kind: chat.Grid, Table: &chat.Table{Rows: [][]chat.Text{{blank}, {}}}}, {Kind: chat.Grid},
		{Kind: chat.Group, Card: &chat.Card{Colour: chat.RGB(1), Title: blank, Body: []chat.Block{{Kind: chat.Group, Card: &chat.Card{URL: "x"}}}}},
		{Kind: chat.Group}, {Kind: 99},
	}}
	chat.Normalize(m)
	if len(m.Blocks) != 0 {
		t.Errorf("left: %+v", m.Blocks)
	}
}

func TestNormalizeDepth(t *testing.T) {
	item := func(level int) chat.Block {
		return chat.Block{Kind: chat.Item, Level: level, Text: chat.Text{{Text: "x"}}}
	}
	para := func(level int) chat.Block { return chat.Block{Level: level, Text: chat.Text{{Text: "x"}}} }
	m := &chat.Message{Blocks: []chat.Block{item(3), item(7), para(9), item(-1), para(1), para(0), para(1), item(2)}}
	for i := range 40 {
		m.Add(item(i))
	}
	chat.Normalize(m)
	var got []int
	for _, b := range m.Blocks[:8] {
		got = append(got, b.Level)
	}
	if d := cmp.Diff([]int{0, 1, 2, 0, 1, 0, 0, 0}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if last := m.Blocks[len(m.Blocks)-1].Level; last != chat.MaxDepth {
		t.Errorf("got depth %d, want %d", last, chat.MaxDepth)
	}
}

// TestNormalizeGarbage: whatever a reader has built, it is normal afterwards, and
// stays what it is.
func TestNormalizeGarbage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &chat.Message{
			Origin: chat.Platform(rapid.Byte().Draw(t, "origin")), Role: chat.Role(rapid.Byte().Draw(t, "role")),
			Summary: garbageText().Draw(t, "summary"),
			Thread:  chat.Thread{Key: garbage(t), Topic: garbage(t), Tags: []string{garbage(t)}},
			Pings:   chat.Pings{Users: []string{garbage(t)}},
			Blocks:  rapid.SliceOfN(garbageBlock(2), 0, 6).Draw(t, "blocks"),
		}
		chat.Normalize(m)
		if err := chat.Check(m); err != nil {
			t.Fatalf("%v\n%s", err, encode(t, m))
		}
		once := encode(t, m)
		chat.Normalize(m)
		if d := cmp.Diff(once, encode(t, m)); d != "" {
			t.Fatalf("normal form changed by Normalize: -once +twice\n%s", d)
		}
		if n := testing.AllocsPerRun(1, func() { chat.Normalize(m) }); n != 0 {
			t.Fatalf("%v allocations for a normal message\n%s", n, once)
		}
	})
}

// TestNormalizeKeepsWords: no word of a text is lost or moved.
func TestNormalizeKeepsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := new(chat.Message)
		for _, text := range rapid.SliceOfN(garbageText(), 1, 5).Draw(t, "texts") {
			m.Add(chat.Block{Kind: rapid.SampledFrom([]chat.Kind{chat.Para, chat.Item, chat.Heading}).Draw(t, "kind"), Text: text})
		}
		var want []string
		gone := strings.NewReplacer("\x00", "", "\u202e", "")
		for _, b := range m.Blocks {
			for _, s := range b.Text {
				if gone.Replace(s.Text) == "" { // shows its reference, or goes
					return
				}
			}
			want = chattest.Tokens(want, gone.Replace(strings.ToValidUTF8(b.Text.Plain(), "\uFFFD")))
		}
		chat.Normalize(m)
		if d := cmp.Diff(want, chattest.Words(m)); d != "" {
			t.Fatalf("-before +after\n%s", d)
		}
	})
}

// TestNormalizeLinear: hostile texts of the largest size take no more than
// linear time; at the square they would take minutes.
func TestNormalizeLinear(t *testing.T) {
	for name, text := range map[string]chat.Text{
		"one styled span of short words": {{Style: chat.Bold, Text: strings.Repeat("a b\n", 1<<18)}},
		"one span of blank lines":        {{Text: strings.Repeat("a\n\n", 1<<18)}},
		"spans alike":                    spans(chat.MaxSpans, func(int) chat.Span { return chat.Span{Text: strings.Repeat("x", 100)} }),
		"blank lines between spans": spans(chat.MaxSpans, func(i int) chat.Span {
			return chat.Span{Style: chat.Style(i % 2), Text: "a\n\n"}
		}),
	} {
		start := time.Now()
		chat.Normalize(&chat.Message{Blocks: []chat.Block{{Text: text}}})
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func spans(n int, f func(int) chat.Span) (t chat.Text) {
	for i := range n {
		t = append(t, f(i))
	}
	return t
}

func encode(t rapid.TB, m *chat.Message) string {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func garbage(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "b c", "", " ", "\n", "\n\n", "\t", "\r\n", "\r", "\u202e", "\x00", "\xff", "é", "漢", "\u200b", "\u00a0", "*", "<", ">", "@", "1",
	}), 0, 4).Draw(t, "garbage"), "")
}

func garbageText() *rapid.Generator[chat.Text] {
	return rapid.Custom(func(t *rapid.T) chat.Text {
		var text chat.Text
		for range rapid.IntRange(0, 6).Draw(t, "spans") {
			text = append(text, chat.Span{
				Kind:  chat.SpanKind(rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200}).Draw(t, "kind")),
				Style: chat.Style(rapid.SampledFrom([]int{0, 0, 1, 1, 3, 2, 16, 255}).Draw(t, "style")),
				Text:  garbage(t), Ref: rapid.SampledFrom([]string{"", "1", "here", "<x", "https://a.test"}).Draw(t, "ref"),
				At: rapid.SampledFrom([]int64{0, 1, -1 << 62}).Draw(t, "at"),
			})
		}
		return text
	})
}

func garbageBlock(deep int) *rapid.Generator[chat.Block] {
	return rapid.Custom(func(t *rapid.T) chat.Block {
		b := chat.Block{
			Kind:   chat.Kind(rapid.IntRange(0, 13).Draw(t, "kind")),
			Quoted: rapid.Bool().Draw(t, "quoted"), Level: rapid.IntRange(-2, 5).Draw(t, "level"), Number: rapid.IntRange(-1, 2).Draw(t, "number"),
			Lang: garbage(t), Text: garbageText().Draw(t, "text"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "beside") {
			b.Assets = append(b.Assets, chat.Asset{Kind: chat.AssetKind(rapid.Byte().Draw(t, "kind")), URL: garbage(t), Alt: garbage(t), Bytes: -1})
			b.Buttons = append(b.Buttons, chat.Button{Label: garbage(t), URL: garbage(t), Tone: chat.Tone(rapid.Byte().Draw(t, "tone"))})
		}
		if rapid.Bool().Draw(t, "table") {
			b.Table = &chat.Table{Align: []chat.Align{77}, Rows: [][]chat.Text{{garbageText().Draw(t, "cell")}, nil}}
		}
		if deep > 0 && rapid.Bool().Draw(t, "deep") {
			inner := rapid.SliceOfN(garbageBlock(deep-1), 0, 3)
			b.Fields = []chat.Field{{Name: garbageText().Draw(t, "name"), Body: inner.Draw(t, "value")}, {}}
			b.Card = &chat.Card{
				Title: garbageText().Draw(t, "title"), Body: inner.Draw(t, "body"), Colour: chat.Colour(rapid.Uint32().Draw(t, "colour")),
				Thumb: chat.Asset{URL: garbage(t), Alt: garbage(t), Kind: 9}, Author: chat.Badge{Name: garbage(t)},
				At: rapid.SampledFrom([]time.Time{{}, time.Unix(1<<40, 0), time.Unix(-1<<40, 0), time.Unix(7, 0).In(time.FixedZone("x", 60))}).Draw(t, "at"),
			}
		}
		return b
	})
}

func TestGeneratedMessages(t *testing.T) {
	kinds := map[chat.Kind]int{}
	messages := chattest.Message()
	for seed := range 200 { // the same ones each time
		m := messages.Example(seed)
		for _, b := range m.Blocks {
			kinds[b.Kind]++
		}
		if len(chattest.Words(m)) == 0 && len(chattest.Links(m)) == 0 && m.Blocks[0].Kind != chat.Divider {
			t.Logf("a message without words or links: %s", encode(t, m))
		}
	}
	for k := chat.Para; k <= chat.Group; k++ {
		if kinds[k] == 0 {
			t.Errorf("no %s was generated", k)
		}
	}
}
