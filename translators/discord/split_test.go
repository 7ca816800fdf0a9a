package discord_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/discord"
)

var writers = []struct {
	name  string
	write func(*chat.Output, *chat.Message, *chat.Options) error
}{{"embeds", discord.WriteEmbeds}, {"components", discord.WriteComponents}}

// A number of things that one embed, one payload or one row takes is taken whole;
// one more goes on in the next.
func TestCounts(t *testing.T) {
	card := func(n int) chat.Block {
		return group(chat.Card{Title: chat.Text{{Text: fmt.Sprintf("card %d", n)}}})[0]
	}
	times := func(n int, f func(i int) chat.Block) (list []chat.Block) {
		for i := range n {
			list = append(list, f(i))
		}
		return list
	}
	for _, c := range []struct {
		name   string
		writer int
		limit  int
		path   string // of what is counted in the first payload
		one    bool   // what goes on is read as one with what was before
		make   func(n int) []chat.Block
	}{
		{"fields", 0, 25, "embeds.0.fields.#", false, func(n int) []chat.Block {
			var list []chat.Field
			for i := range n {
				list = append(list, field(fmt.Sprint("name ", i), "value"))
			}
			return group(chat.Card{Body: []chat.Block{{Kind: chat.Fields, Fields: list}}})
		}},
		{"embeds", 0, 10, "embeds.#", false, func(n int) []chat.Block { return times(n, card) }},
		{"pictures of a gallery", 0, 4, `embeds.#(url=="https://example.com/0.png")#|#`, false, func(n int) []chat.Block {
			return []chat.Block{para("text"), {Kind: chat.Media, Assets: pictures(n)}}
		}},
		{"formatted elements", 0, 80, "links", false, func(n int) []chat.Block {
			var text chat.Text
			for i := range n {
				text = append(text, chat.Span{Kind: chat.Link, Text: fmt.Sprint("l", i), Ref: fmt.Sprint("https://a.example/", i)}, chat.Span{Text: " "})
			}
			return group(chat.Card{Body: []chat.Block{{Kind: chat.Para, Text: text[:len(text)-1]}}})
		}},
		{"buttons of a row", 0, 5, "components.0.components.#", false, func(n int) []chat.Block {
			return []chat.Block{para("text"), {Kind: chat.Buttons, Buttons: buttons(n)}}
		}},
		{"components", 1, 40, "components.#", false, func(n int) []chat.Block {
			return times(n, func(i int) chat.Block {
				if i%2 == 1 {
					return chat.Block{Kind: chat.Divider}
				}
				return para(fmt.Sprint("text ", i))
			})
		}},
		{"items of a gallery", 1, 10, "components.0.items.#", true, func(n int) []chat.Block {
			return []chat.Block{{Kind: chat.Media, Assets: pictures(n)}}
		}},
	} {
		for _, over := range []int{-1, 0, 1} {
			t.Run(fmt.Sprintf("%s %+d", c.name, over), func(t *testing.T) {
				n := c.limit + over
				m := &chat.Message{Blocks: c.make(n)}
				out := valid(t, m, writers[c.writer].write, 10)
				want := min(n, c.limit)
				if got := counted(string(out.Parts[0].Payload), c.path); got != want {
					t.Errorf("%d in the first, want %d: %s", got, want, out.Parts[0].Payload)
				}
				if whole := len(out.Notes.List) == 0; whole != (over <= 0 || c.one) {
					t.Errorf("%d of %d: notes %v", n, c.limit, out.Notes.List)
				}
				joined(t, m, out)
			})
		}
	}
}

// counted is the number at a path of a payload, or how many links its first embed has.
func counted(payload, path string) int {
	if path == "links" {
		return strings.Count(gjson.Get(payload, "embeds.0.description").Str, "](")
	}
	return int(gjson.Get(payload, path).Int())
}

// The texts of all embeds of a payload, and of all components, come to their limit
// and not beyond.
func TestTotals(t *testing.T) {
	for _, c := range []struct{ writer, limit int }{{0, 6000}, {1, 4000}} {
		for name, unit := range units {
			for _, over := range []int{-1, 0, 1} {
				t.Run(fmt.Sprintf("%s %s %+d", writers[c.writer].name, name, over), func(t *testing.T) {
					first, second := para(of(unit, c.limit/2)), para(of(unit, c.limit/2+over))
					m := &chat.Message{Blocks: group(chat.Card{Body: []chat.Block{first, {Kind: chat.Divider}, second}})}
					if c.writer == 0 {
						m.Blocks = append(group(chat.Card{Body: []chat.Block{first}}), group(chat.Card{Body: []chat.Block{second}})...)
					}
					out := valid(t, m, writers[c.writer].write, 10)
					if one := len(out.Parts) == 1; one != (over <= 0) {
						t.Errorf("%d parts", len(out.Parts))
					}
					joined(t, m, out)
				})
			}
		}
	}
}

// A line of code that is exactly as long as a fence holds loses nothing of what
// follows it.
func TestCodeLines(t *testing.T) {
	for w, limit := range []int{4096, 4000} {
		for name, unit := range units {
			for _, over := range []int{-1, 0, 1} {
				t.Run(fmt.Sprintf("%s %s %+d", writers[w].name, name, over), func(t *testing.T) {
					line := of(unit, limit-len("```\n\n```")+over)
					m := &chat.Message{Blocks: group(chat.Card{Body: []chat.Block{
						{Kind: chat.Code, Text: chat.Text{{Text: line + "\nbuild\n" + line}}},
					}})}
					joined(t, m, valid(t, m, writers[w].write, 10))
				})
			}
		}
	}
}

// What has to be escaped or begins a line loses nothing where a text is cut before it.
func TestCutBeforeMarks(t *testing.T) {
	for w, limit := range []int{2000, 4000} {
		for _, mark := range []string{"*", "_x_", "\n", "\n# x", "\n> x", "[a](b)", "@everyone", "https://a.example", "<@1>", "`", "||", "\\"} {
			for _, over := range []int{-2, -1, 0, 1} {
				t.Run(fmt.Sprintf("%s %q %+d", writers[w].name, mark, over), func(t *testing.T) {
					m := &chat.Message{Blocks: []chat.Block{para(of("a", limit+over) + mark + "tail " + of("b", limit))}}
					chat.Normalize(m)
					out := valid(t, m, writers[w].write, 10)
					joined(t, m, out)
					if len(out.Parts) > 3 {
						t.Errorf("%d parts", len(out.Parts))
					}
				})
			}
		}
	}
}

// The parts of any message join to its text, and Discord takes every one.
func TestPartsJoin(t *testing.T) {
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := &chat.Message{Blocks: rapid.SliceOfN(rapid.Custom(longBlock), 1, 6).Draw(t, "blocks")}
				chat.Normalize(m)
				joined(t, m, valid(t, m, w.write, 1000))
			})
		})
	}
}

// longBlock is a block of any kind that both writers show whole: text, a card or
// fields, with much or little text.
func longBlock(t *rapid.T) chat.Block {
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		c := chat.Card{Author: chat.Badge{Name: "ana"}, Footer: chat.Badge{Name: "the end"}, Colour: chat.RGB(255)}
		c.Title = longText(t, 300, false)
		c.Body = rapid.SliceOfN(rapid.Custom(longLines), 0, 4).Draw(t, "body")
		if rapid.Bool().Draw(t, "fields") {
			c.Body = append(c.Body, longFields(t))
		}
		return chat.Block{Kind: chat.Group, Card: &c}
	case 1:
		return longFields(t)
	default:
		return longLines(t)
	}
}

func longFields(t *rapid.T) chat.Block {
	b := chat.Block{Kind: chat.Fields}
	for range rapid.SampledFrom([]int{1, 3, 24, 25, 26, 60}).Draw(t, "fields") {
		b.Fields = append(b.Fields, chat.Field{
			Name: longText(t, 300, false), Body: []chat.Block{{Kind: chat.Para, Text: longText(t, 1100, true)}},
		})
	}
	return b
}

func longLines(t *rapid.T) chat.Block {
	b := chat.Block{Text: longText(t, 5000, true)}
	switch rapid.IntRange(0, 4).Draw(t, "line") {
	case 0:
		b.Kind = chat.Item
	case 1:
		b.Quoted = true
	case 2:
		b.Kind, b.Text = chat.Code, chat.Text{{Text: b.Text.Plain()}}
	default:
	}
	return b
}

// longText is a text around a limit or far from it, with styles and links when it
// is rich, of the letters of one script.
func longText(t *rapid.T, limit int, rich bool) chat.Text {
	unit := units[rapid.SampledFrom(slices.Sorted(keys(units))).Draw(t, "unit")]
	left := rapid.SampledFrom([]int{1, 20, 20, 20, limit / 4, limit - 1, limit, limit + 1}).Draw(t, "length")
	var text chat.Text
	for left > 0 {
		n := min(left, rapid.SampledFrom([]int{3, 30, 400, 3000}).Draw(t, "word"))
		s := chat.Span{Text: strings.TrimRight(of(unit, n), "z") + "q"}
		if rich {
			s.Style = rapid.SampledFrom([]chat.Style{0, 0, chat.Bold, chat.Italic | chat.Strike, chat.Mono}).Draw(t, "style")
			if n == 30 && unit != units["emoji"] { // which stand outside of a label
				s.Kind, s.Ref, s.Style = chat.Link, "https://a.example/"+fmt.Sprint(left), 0
			}
		}
		text = append(text, s, chat.Span{Text: " "})
		left -= n
	}
	return text[:len(text)-1]
}

func keys(m map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func pictures(n int) (list []chat.Asset) {
	for i := range n {
		list = append(list, chat.Asset{URL: fmt.Sprintf("https://example.com/%d.png", i)})
	}
	return list
}

func buttons(n int) (list []chat.Button) {
	for i := range n {
		list = append(list, chat.Button{Label: fmt.Sprint("button ", i), URL: fmt.Sprint("https://example.com/", i)})
	}
	return list
}

// tester is what both kinds of test have.
type tester interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// valid writes m, and checks every part.
func valid(t tester, m *chat.Message, write func(*chat.Output, *chat.Message, *chat.Options) error, parts int) *chat.Output {
	t.Helper()
	var out chat.Output
	if err := write(&out, m, &chat.Options{MaxParts: parts, Components: true}); err != nil {
		t.Fatalf("%v", err)
	}
	for i, p := range out.Parts {
		if v := discord.Check(p.Payload); len(v) > 0 || discord.Empty(p.Payload) {
			t.Errorf("part %d: %v\n%.2000s", i, v, p.Payload)
		}
	}
	if out.Notes.Has(chat.Dropped, chat.Shortened) {
		t.Errorf("lost: %v", out.Notes.List)
	}
	return &out
}

// joined checks that the parts, read again, say one after the other what m says.
func joined(t tester, m *chat.Message, out *chat.Output) {
	t.Helper()
	got := ""
	for _, p := range out.Parts {
		var back chat.Message
		if err := discord.Read(&back, nil, &chat.Input{Body: p.Payload}); err != nil {
			t.Fatalf("%v", err)
		}
		for _, s := range flat(&back) {
			for _, r := range s {
				if unicode.Is(unicode.Mn, r) || r == '\u200d' {
					t.Errorf("a piece begins with %U: %.60q", r, s)
				}
				break
			}
			got += s
		}
	}
	strip := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || r == '\u200b' {
				return -1
			}
			return r
		}, s)
	}
	want := strip(strings.Join(flat(m), ""))
	if got = strip(got); got != want {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		t.Errorf("the parts do not join to the text (%d of %d bytes), from byte %d on:\n%.100q\n%.100q\n%v",
			len(got), len(want), at, got[max(0, at-20):], want[max(0, at-20):], out.Notes.List)
	}
}

// flat is every text of m, in the order in which it is read.
func flat(m *chat.Message) (list []string) {
	var blocks func([]chat.Block)
	blocks = func(bs []chat.Block) {
		for _, b := range bs {
			list = append(list, b.Text.Plain())
			for _, f := range b.Fields {
				list = append(list, f.Name.Plain())
				blocks(f.Body)
			}
			if c := b.Card; c != nil {
				list = append(list, c.Author.Name, c.Title.Plain())
				blocks(c.Body)
				list = append(list, c.Footer.Name)
			}
		}
	}
	blocks(m.Blocks)
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
