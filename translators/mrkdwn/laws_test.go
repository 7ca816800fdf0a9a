package mrkdwn

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// Time is linear in the source: twice as much of anything takes at most twice
// as many steps, and a little.
func TestParseIsLinear(t *testing.T) {
	for _, unit := range []string{
		"*", "_", "<", "`", "``", "```", "~ ", "*a ", "<a", "<@", "&", ":", ":a", ": ", "•", "• ", "> ", "&gt;", "\n", " ", "*a\n",
		"> ```\n", "``` `", "> a\nb\n", "www.", "://", "http://a(", "https://", "1. ", "<!date^", "<https://a|", ">>>", "\u200b", "\u200b*",
		"*_~", "*_~a~_* ", "[<https://a|*x*>", "`<", "```<a", "    • ", "\t", "> ```\na\na\n", "~*_`",
	} {
		steps := func(n int) int {
			var p parser
			p.init(nil, ParseOptions{})
			p.src = strings.Repeat(unit, n/len(unit))
			p.blocks(false)
			return p.steps
		}
		const size = 200_000
		if a, b := steps(size), steps(2*size); b > 2*a+a/10+100 || b > 20*size {
			t.Errorf("%q: %d steps for %d bytes, %d for twice as many", unit, a, size, b)
		}
	}
}

// And so it is in what is written, whole or in the smallest pieces.
func TestFitIsLinear(t *testing.T) {
	for _, unit := range []string{
		"*", "_a ", "*a ", "a*a ", "*_~`", "`", "``` ", "* \n", "*a\n", "> a\n", ":", ":a:", ": a", "a.a", "http://a ", "www.a.", "1. a\n", "&", "\n", " ", "\u200b", "*x" + strings.Repeat("a", 500),
	} {
		for _, style := range []chat.Style{0, chat.Bold, chat.Mono, chat.Bold | chat.Italic} {
			for _, many := range []bool{false, true} {
				for _, max := range []int{1 << 30, 64} {
					steps := func(size int) int {
						count, each := 1, size
						if many {
							count, each = size/100, 100
						}
						text := chat.Text{}
						for i := range count {
							text = append(text, chat.Span{Text: strings.Repeat(unit, 1+each/len(unit)), Style: style * chat.Style(1-i%2)}, chat.Span{Text: "x"})
						}
						total := 0
						for at := (chat.Cursor{}); at != chat.End; {
							w := writer{max: max, state: state{fresh: true}}
							next := w.text(text, at, 0)
							if total += w.steps; next == at {
								t.Fatalf("%q: stuck at %v", unit, at)
							}
							at = next
						}
						return total
					}
					const size = 12_000
					if a, b := steps(size), steps(2*size); b > 2*a+a/10+1000 || b > 60*size {
						t.Errorf("%q, style %d, many spans %v, %d characters at once: %d steps for %d bytes, %d for twice as many", unit, style, many, max, a, size, b)
					}
				}
			}
		}
	}
}

// What costs nothing in the usual case.
func TestAllocations(t *testing.T) {
	src := "*Deploy* of `api` to <https://a.example|production>: _done_ in 3 s\n• one\n• two\n\n> quoted\nsee https://a.example/x"
	var mem chat.Arena
	blocks := make([]chat.Block, 0, 16)
	read := testing.AllocsPerRun(100, func() {
		mem.Spans.Truncate(0)
		blocks = Parse(blocks[:0], nil, src, ParseOptions{Mem: &mem})
	})
	if read != 0 {
		t.Errorf("Parse: %v allocations", read)
	}
	buf := make([]byte, 0, 4096)
	opt := everyone()
	var n chat.Notes
	write := testing.AllocsPerRun(100, func() { buf, _, _ = FitBlocks(buf[:0], blocks, chat.Pos{}, 3000, Body, opt, &n) })
	if write != 0 {
		t.Errorf("FitBlocks: %v allocations", write)
	}
}

// What no text may hold does no harm where a style has to be settled.
func TestSettledToNothing(t *testing.T) {
	for _, src := range []string{"*` \x00`*", "• *` \x00`*", "> _` \x00`_", "*` \xff`*"} {
		m := chat.Message{Blocks: Parse(nil, nil, src, ParseOptions{})}
		chat.Normalize(&m)
		if err := chat.Check(&m); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// Words that came in as words never go out as anything else, in any place.
func TestWordsStayWords(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		piece := rapid.SampledFrom([]string{"*", "_", "~", "`", "```", "<!channel>", "<@U1>", "<https://a.example|x>", "&gt;", "&lt;!here&gt;",
			":tada:", ":own:", ":", " ", "a", "b1", "\n", "- ", "• ", "1. ", "> ", "https://a.example/_x_*", "(", ")", "文", "\u200b", "@here", "🎉"})
		s := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(r, "words"), "")
		style := rapid.SampledFrom([]chat.Style{0, 0, chat.Bold, chat.Mono, chat.Bold | chat.Italic}).Draw(r, "style")
		quiet(r, chat.Text{{Text: s, Style: style}})
	})
}

type failer interface{ Errorf(string, ...any) }

func quiet(t failer, in chat.Text) {
	want := strip(in.Plain())
	for _, place := range []Place{Body, Line, Plain} {
		out, next, used := Fit(nil, in, chat.Cursor{}, 1<<30, place, nil, nil)
		if next != chat.End || used != utf8.RuneCount(out) {
			t.Errorf("place %d, %q: %v, %d characters of %q", place, in.Plain(), next, used, out)
		}
		again := Inline(nil, string(out), ParseOptions{Verbatim: true, Plain: place == Plain})
		for _, s := range again {
			if s.Kind != chat.Words {
				t.Errorf("place %d: %q was written %q, which has a %s %q", place, in.Plain(), out, s.Kind, s.Text)
			}
		}
		if got := strip(again.Plain()); got != want {
			t.Errorf("place %d: %q was written %q, which reads %q", place, in.Plain(), out, got)
		}
	}
	block := []chat.Block{{Kind: chat.Para, Text: in}}
	out, _, _ := FitBlocks(nil, block, chat.Pos{}, 1<<30, Body, nil, nil)
	again := Parse(nil, nil, string(out), ParseOptions{Verbatim: true})
	for i := range again {
		if again[i].Kind != chat.Para || again[i].Quoted {
			t.Errorf("%q was written %q, which has a %s", in.Plain(), out, again[i].Kind)
		}
	}
	if got := strip(visible(again)); got != want {
		t.Errorf("%q was written %q, which reads %q", in.Plain(), out, got)
	}
}

// strip is what counts of words: neither white space nor U+200B.
func strip(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, zwsp, "")), "")
}

// Cut anywhere, the pieces hold the words of the whole, and each keeps its limit.
func TestCuts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := chattest.Message().Draw(r, "message")
		max := rapid.IntRange(64, 200).Draw(r, "max")
		opt := everyone()
		chattest.EditSpans(m, func(s *chat.Span) {
			if s.Kind == chat.Emoji { // not one that Slack has
				s.Text, s.Ref = ":own:", "own"
			}
		})
		for from := 0; from < len(m.Blocks); {
			end := from
			for end < len(m.Blocks) && isText(m.Blocks[end].Kind) {
				end++
			}
			run := m.Blocks[from:end]
			from = end + 1
			var parts, whole strings.Builder
			var n chat.Notes
			for pos := (chat.Pos{}); pos.Block < len(run); {
				out, next, used := FitBlocks(nil, run, pos, max, Body, opt, &n)
				if used > max || used != utf8.RuneCount(out) {
					r.Errorf("%d characters, limit %d, told %d: %q", utf8.RuneCount(out), max, used, out)
				}
				if next == pos {
					r.Fatalf("stuck at %v of %q", pos, show(run, nil))
				}
				pos = next
				parts.WriteString(strip(visible(Parse(nil, nil, string(out), ParseOptions{Verbatim: true}))))
			}
			for i := range run {
				for _, s := range run[i].Text {
					if s.Kind != chat.Icon || strings.TrimSpace(s.Text) != "" {
						whole.WriteString(s.Text)
					}
				}
			}
			if a, b := strip(whole.String()), parts.String(); a != b && !n.Has(chat.Flattened, chat.Dropped, chat.Unlinked) {
				r.Errorf("words %q became %q", a, b)
			}
		}
	})
}

func TestWriteIsTotal(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := chattest.Message().Draw(r, "message")
		var out chat.Output
		if err := Write(&out, m, &chat.Options{}); err != nil || len(out.Parts) != 1 {
			r.Fatalf("%v, %d parts", err, len(out.Parts))
		}
		var again chat.Message
		var n chat.Notes
		if err := Read(&again, &n, &chat.Input{Body: out.Parts[0].Payload}); err != nil {
			r.Fatalf("%v: %q", err, out.Parts[0].Payload)
		}
	})
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, opt := range []ParseOptions{{}, {Plain: true}, {NoMarks: true}, {LinkNames: true}, {Full: true}} {
			blocks := Parse(nil, nil, s, opt)
			m := chat.Message{Blocks: append([]chat.Block(nil), blocks...)}
			chat.Normalize(&m)
			if err := chat.Check(&m); err != nil {
				t.Fatal(err)
			}
			Inline(nil, s, opt)
		}
		if utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\u202d\u202e") { // those are for Normalize to take out
			normal(t, s, ParseOptions{})
			fixed(t, s, ParseOptions{})
			fixed(t, s, ParseOptions{Verbatim: true})
		}
	})
}

func FuzzFit(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\r\u202d\u202e") { // which no message holds
			for _, text := range []chat.Text{
				{{Text: s}},
				{{Text: s, Style: chat.Bold}},
				{{Text: "x"}, {Text: s, Style: chat.Italic | chat.Strike}, {Text: s}},
			} {
				quiet(t, text)
				exact(t, para(text))
			}
			exact(t, para(chat.Text{{Text: s, Style: chat.Mono}, {Text: s, Kind: chat.Link, Ref: "https://a.example", Style: chat.Bold}, {Text: s, Style: chat.Bold | chat.Italic}}))
		}
	})
}

func seed(f *testing.F) {
	for _, file := range files(f) {
		for _, p := range readPairs(f, file) {
			f.Add(p.markup)
		}
	}
}

// A mention goes out as one only when it may notify.
func TestMentions(t *testing.T) {
	in := chat.Text{{Kind: chat.User, Text: "@bob", Ref: "U1"}, {Text: " "}, {Kind: chat.Everyone, Text: "@here", Ref: "here"}, {Text: " "},
		{Kind: chat.Channel, Text: "#gen", Ref: "C1"}, {Text: " "}, {Kind: chat.UserGroup, Text: "@team", Ref: "S1"}}
	for _, c := range []struct {
		place Place
		opt   *chat.Options
		want  string
		notes int
	}{
		{Body, everyone(), "<@U1|bob> <!here> <#C1|gen> <!subteam^S1|@team>", 0},
		{Plain, everyone(), "@bob @here #gen @team", 4},
		{Body, &chat.Options{}, "@bob @here #gen @team", 4},
		{Body, nil, "@bob @here #gen @team", 4},
	} {
		var n chat.Notes
		out, _, _ := Fit(nil, in, chat.Cursor{}, 1000, c.place, c.opt, &n)
		if string(out) != c.want || len(n.List) != c.notes {
			t.Errorf("got %q, %v; want %q", out, n.List, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	link := func(text, ref string) chat.Span { return chat.Span{Kind: chat.Link, Text: text, Ref: ref} }
	for _, c := range []struct {
		in    chat.Text
		place Place
		want  string
		notes []string
	}{
		{chat.Text{link("a>b|c\nd", "https://x.example/a b|c>d")}, Body, "<https://x.example/a%20b%7Cc%3Ed|a&gt;b|c d>", []string{"flattened  label"}},
		{chat.Text{link("https://x.example", "https://x.example")}, Body, "<https://x.example>", nil},
		{chat.Text{link("l", "javascript:alert(1)")}, Body, "l (javascript:alert(1))", []string{"unlinked  link"}},
		{chat.Text{link("l", "https://x.example")}, Plain, "l (https://x.example)", []string{"flattened  link"}},
		{chat.Text{link("a\u202eb", "https://x.example")}, Body, "<https://x.example|ab>", []string{"flattened  direction"}},
		{chat.Text{{Text: "a`b", Style: chat.Mono}}, Body, "a`b", []string{"flattened  code"}},
		{chat.Text{{Text: "x", Style: chat.Underline | chat.Spoiler}}, Body, "x", []string{"flattened  underline", "flattened  spoiler"}},
		{chat.Text{{Text: "a"}, {Text: "b", Style: chat.Bold}, {Text: "c"}}, Body, "a\u200b*b*\u200bc", nil},
		{chat.Text{{Text: ":a-"}, {Text: "b:", Style: chat.Italic}}, Body, ":a-\u200b_b:_", nil},
		{chat.Text{{Text: " b ", Style: chat.Bold}, {Text: "c"}}, Body, " *b* c", nil},
		{chat.Text{{Text: "2*3", Style: chat.Bold}}, Body, "*2*\u200b*\u200b*3*", []string{"flattened  style"}},
		{chat.Text{{Text: "*x* and 2*3 snake_case"}}, Body, "*\u200bx* and 2*3 snake_case", nil},
		{chat.Text{{Text: "- x\n> y"}}, Body, "\u200b- x\n\u200b&gt; y", nil},
		{chat.Text{{Text: "t", Kind: chat.Time, Ref: chat.Ago, At: 5}}, Body, "<!date^5^{ago}|t>", nil},
		{chat.Text{{Text: "t", Kind: chat.Time, Ref: chat.Ago, At: 5}}, Plain, "t", []string{"flattened  time"}},
		{chat.Text{{Text: "a", Style: chat.Bold}, {Text: "b", Style: chat.Bold | chat.Italic}, {Text: "c", Style: chat.Italic}}, Body, "*a*_*b*\u200bc_", nil},
	} {
		var n chat.Notes
		out, _, _ := Fit(nil, c.in, chat.Cursor{}, 1000, c.place, nil, &n)
		var notes []string
		for _, x := range n.List {
			notes = append(notes, x.String())
		}
		if string(out) != c.want || !reflect.DeepEqual(notes, c.notes) {
			t.Errorf("%q\ngot  %q %v\nwant %q %v", c.in.Plain(), out, notes, c.want, c.notes)
		}
	}
}

// What is lost is noted once, at its block, also where the block did not fit at first.
func TestNotesStandAtTheirBlock(t *testing.T) {
	words := func(n int) chat.Text { return chat.Text{{Text: strings.Repeat("x", n)}} }
	run := []chat.Block{
		{Kind: chat.Para, Text: words(40)},
		{Kind: chat.Heading, Level: 1, Text: words(40)},
		{Kind: chat.Code, Lang: "go", Text: words(100)},
		{Kind: chat.Small, Text: words(40)},
		{Kind: chat.Para, Text: chat.Text{{Text: "u", Style: chat.Underline}}},
	}
	var n chat.Notes
	n.EnterRun("blocks", 2)
	for pos := (chat.Pos{}); pos.Block < len(run); {
		_, pos, _ = FitBlocks(nil, run, pos, 64, Body, nil, &n)
	}
	n.Leave()
	var got []string
	for _, note := range n.List {
		got = append(got, note.String())
	}
	want := []string{"flattened blocks.3 heading", "flattened blocks.4 lang", "flattened blocks.5 small", "flattened blocks.6 underline"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}
