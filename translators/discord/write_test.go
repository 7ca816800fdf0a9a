package discord_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/discord"
)

// units are texts without a place to cut inside of them.
var units = map[string]string{"ascii": "a", "cjk": "漢", "emoji": "👩‍👩‍👧‍👦", "marks": "e\u0301\u0323", "rtl": "ע\u05b4"}

// of is a text of n code points made of a unit; what is over is "z".
func of(unit string, n int) string {
	k := utf8.RuneCountInString(unit)
	return strings.Repeat(unit, n/k) + strings.Repeat("z", n%k)
}

func para(s string) chat.Block { return chat.Block{Kind: chat.Para, Text: chat.Text{{Text: s}}} }

func group(c chat.Card) []chat.Block { return []chat.Block{{Kind: chat.Group, Card: &c}} }

func field(name, value string) chat.Field {
	f := chat.Field{Name: chat.Text{{Text: name}}}
	if value != "" {
		f.Body = []chat.Block{para(value)}
	}
	return f
}

// texts joins what is written at a path of every payload, without blanks and
// marks of what was cut.
func texts(out *chat.Output, paths ...string) string {
	var b strings.Builder
	for _, p := range out.Parts {
		for _, path := range paths {
			var walk func(v gjson.Result)
			walk = func(v gjson.Result) {
				if v.IsArray() {
					for _, e := range v.Array() {
						walk(e)
					}
					return
				}
				b.WriteString(v.Str)
			}
			walk(gjson.GetBytes(p.Payload, path))
		}
	}
	return strings.NewReplacer("\u200b", "", " ", "", "\n", "").Replace(b.String())
}

func TestLimits(t *testing.T) {
	limits := readLimits(t)
	places := []struct {
		name, limit string
		make        func(s string) []chat.Block
		paths       []string // where the text is to be found, joined
		cut         bool     // what is too long is shortened, with a note
	}{
		{"content", "content", func(s string) []chat.Block { return []chat.Block{para(s)} }, []string{"content"}, false},
		{"title", "embed.title", func(s string) []chat.Block { return group(chat.Card{Title: chat.Text{{Text: s}}}) },
			[]string{"embeds.#.title", "embeds.#.description"}, false},
		{"description", "embed.description", func(s string) []chat.Block { return group(chat.Card{Body: []chat.Block{para(s)}}) },
			[]string{"embeds.#.description"}, false},
		{"field name", "embed.fields.name", func(s string) []chat.Block {
			return group(chat.Card{Body: []chat.Block{{Kind: chat.Fields, Fields: []chat.Field{field(s, "")}}}})
		}, []string{"embeds.#.fields.#.name", "embeds.#.fields.#.value"}, false},
		{"field value", "embed.fields.value", func(s string) []chat.Block {
			return group(chat.Card{Body: []chat.Block{{Kind: chat.Fields, Fields: []chat.Field{field("", s)}}}})
		}, []string{"embeds.#.fields.#.value"}, false},
		{"author", "embed.author.name", func(s string) []chat.Block { return group(chat.Card{Author: chat.Badge{Name: s}}) },
			[]string{"embeds.#.author.name"}, true},
		{"footer", "embed.footer.text", func(s string) []chat.Block { return group(chat.Card{Footer: chat.Badge{Name: s}}) },
			[]string{"embeds.#.footer.text"}, true},
		{"alternative text", "embed.image.description", func(s string) []chat.Block {
			return []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://example.com/a.png", Alt: s}}}}
		}, []string{"embeds.#.image.description"}, true},
	}
	for _, p := range places {
		for unit, u := range units {
			for _, over := range []int{-1, 0, 1, 50} {
				n := most(limits, p.limit) + over
				t.Run(fmt.Sprintf("%s/%s/%+d", p.name, unit, over), func(t *testing.T) {
					s := of(u, n)
					m := &chat.Message{Blocks: p.make(s)}
					out := write(t, limits, m, chat.Options{MaxParts: 10})
					got := texts(out, p.paths...)
					switch {
					case over <= 0 && (got != s || len(out.Notes.List) > 0):
						t.Errorf("%d code points of %d, notes %v", utf8.RuneCountInString(got), n, out.Notes.List)
					case over > 0 && len(out.Notes.List) == 0:
						t.Error("no note")
					case over > 0 && !p.cut && got != s:
						t.Errorf("the pieces do not join to the text: %d of %d bytes", len(got), len(s))
					case over > 0 && p.cut:
						whole := strings.TrimSuffix(got, "…")
						if whole == got || !strings.HasPrefix(s, whole) || !out.Notes.Has(chat.Shortened) {
							t.Errorf("not shortened as it should be: %v", out.Notes.List)
						}
						inGrapheme(t, s[len(whole):])
					}
				})
			}
		}
	}
}

// inGrapheme fails when a text that begins with rest was cut inside a grapheme.
func inGrapheme(t *testing.T, rest string) {
	t.Helper()
	r, _ := utf8.DecodeRuneInString(rest)
	if unicode.Is(unicode.Mn, r) || r == '\u200d' {
		t.Errorf("cut before %U", r)
	}
}

func TestPiecesAreWhole(t *testing.T) {
	limits := readLimits(t)
	for unit, u := range units {
		t.Run(unit, func(t *testing.T) {
			s := of(u, 9000)
			m := &chat.Message{Blocks: append([]chat.Block{para(s)}, group(chat.Card{Colour: chat.RGB(255), Body: []chat.Block{para(s)}})...)}
			out := write(t, limits, m, chat.Options{MaxParts: 10})
			if got := texts(out, "content"); got != s {
				t.Errorf("content joins to %d of %d bytes", len(got), len(s))
			}
			if got := texts(out, "embeds.#.description"); got != s {
				t.Errorf("descriptions join to %d of %d bytes", len(got), len(s))
			}
			for _, p := range out.Parts {
				inGrapheme(t, gjson.GetBytes(p.Payload, "content").Str)
				for _, e := range gjson.GetBytes(p.Payload, "embeds").Array() {
					inGrapheme(t, e.Get("description").Str)
					if e.Get("color").Int() != 255 {
						t.Error("an embed that goes on has another colour")
					}
				}
			}
		})
	}
}

func TestTooManyAndTooMuch(t *testing.T) {
	limits := readLimits(t)
	var many []chat.Field
	for i := range 60 {
		many = append(many, field(fmt.Sprintf("name%d", i), of("v", 100)))
	}
	var pics []chat.Asset
	for i := range 9 {
		pics = append(pics, chat.Asset{URL: fmt.Sprintf("https://example.com/%d.png", i)})
	}
	var cards []chat.Block
	for i := range 23 {
		cards = append(cards, group(chat.Card{Title: chat.Text{{Text: fmt.Sprintf("card%d", i)}}, URL: "https://example.com/same", Body: []chat.Block{para(of("x", 700))}})...)
	}
	cases := map[string][]chat.Block{
		"fields":   group(chat.Card{Title: chat.Text{{Text: "t"}}, Footer: chat.Badge{Name: "foot"}, At: time.Unix(1, 0), Body: []chat.Block{{Kind: chat.Fields, Fields: many}}}),
		"pictures": group(chat.Card{Title: chat.Text{{Text: "t"}}, URL: "https://example.com/", Body: []chat.Block{{Kind: chat.Media, Assets: pics}, para("after")}}),
		"loose":    {{Kind: chat.Media, Assets: pics}, {Kind: chat.Fields, Fields: many}, para("after")},
		"cards":    cards,
	}
	for name, blocks := range cases {
		for _, parts := range []int{1, 2, 10} {
			t.Run(fmt.Sprint(name, parts), func(t *testing.T) {
				m := &chat.Message{Blocks: blocks}
				out := write(t, limits, m, chat.Options{MaxParts: parts})
				if !out.Notes.Has(chat.Shortened, chat.Dropped) {
					kept(t, m, out)
				} else if parts == 10 {
					t.Errorf("cut with ten parts: %v", out.Notes.List)
				}
			})
		}
	}
}

func TestPlacement(t *testing.T) {
	limits := readLimits(t)
	link := chat.Button{Label: "Open", URL: "https://example.com/o"}
	pic := chat.Asset{URL: "https://example.com/p.png"}
	hidden := chat.Asset{URL: "https://example.com/secret.png", Spoiler: true}
	title := func(s string) chat.Text { return chat.Text{{Text: s}} }
	cases := []struct {
		name   string
		blocks []chat.Block
		opt    chat.Options
		want   map[string]string // path → JSON
		notes  string
	}{
		{"text before a card is content", append([]chat.Block{para("a")}, group(chat.Card{Title: title("t")})...), chat.Options{},
			map[string]string{"content": `"a"`, "embeds.#.title": `["t"]`}, ""},
		{"text after a card stays after it", append(group(chat.Card{Title: title("t")}), para("a")), chat.Options{},
			map[string]string{"content": ``, "embeds.1.description": `"a"`}, "flattened blocks.1 embed"},
		{"loose picture", []chat.Block{para("a"), {Kind: chat.Media, Assets: []chat.Asset{pic}}}, chat.Options{},
			map[string]string{"content": `"a"`, "embeds.0": `{"image":{"url":"https://example.com/p.png"}}`}, ""},
		{"black is a colour", group(chat.Card{Title: title("t"), Colour: chat.RGB(0)}), chat.Options{},
			map[string]string{"embeds.0.color": "65793"}, ""},
		{"button at the end", []chat.Block{para("a"), {Kind: chat.Buttons, Buttons: []chat.Button{link}}}, chat.Options{Components: true},
			map[string]string{"components.0.components.0.url": `"https://example.com/o"`, "content": `"a"`}, ""},
		{"button at the end, not taken", []chat.Block{para("a"), {Kind: chat.Buttons, Buttons: []chat.Button{link}}}, chat.Options{},
			map[string]string{"components": "", "content": `"a\n\n[Open](https://example.com/o)"`}, "flattened blocks.1 button"},
		{"button before text", []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{link}}, para("a")}, chat.Options{Components: true},
			map[string]string{"components": "", "content": `"[Open](https://example.com/o)\n\na"`}, "flattened blocks.0 button"},
		{"button of the last card", group(chat.Card{Title: title("t"), Body: []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{link}}}}), chat.Options{Components: true},
			map[string]string{"components.0.components.0.label": `"Open"`, "embeds.0.description": ""}, "flattened blocks.0.card button"},
		{"hidden picture", []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{hidden}}}, chat.Options{},
			map[string]string{"embeds": "", "content": `"||https://example.com/secret.png||"`}, "flattened blocks.0 image"},
		{"picture beside text", []chat.Block{{Kind: chat.Para, Text: title("a"), Assets: []chat.Asset{pic}}}, chat.Options{},
			map[string]string{"content": "", "embeds.0.description": `"a"`, "embeds.0.thumbnail.url": `"https://example.com/p.png"`}, "flattened blocks.0 embed"},
		{"icon that is no address", group(chat.Card{Title: title("t"), Author: chat.Badge{Name: "n", Icon: ":ghost:"}}), chat.Options{},
			map[string]string{"embeds.0.author": `{"name":"n"}`}, "unlinked blocks.0.card.author.icon icon_url"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := write(t, limits, &chat.Message{Blocks: c.blocks}, c.opt)
			if len(out.Parts) != 1 {
				t.Fatalf("%d parts", len(out.Parts))
			}
			for path, want := range c.want {
				if got := gjson.GetBytes(out.Parts[0].Payload, path).Raw; got != want {
					t.Errorf("%s is %s, want %s\n%s", path, got, want, out.Parts[0].Payload)
				}
			}
			var notes []string
			for _, n := range out.Notes.List {
				notes = append(notes, n.String())
			}
			if got := strings.Join(notes, "; "); got != c.notes {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
		})
	}
}

func TestSpoilerCardShowsNothing(t *testing.T) {
	c := chat.Card{
		Spoiler: true, Title: chat.Text{{Text: "secret1"}}, Author: chat.Badge{Name: "secret2"}, Footer: chat.Badge{Name: "secret3"},
		Thumb: chat.Asset{URL: "https://example.com/secret4.png"},
		Body: []chat.Block{para("secret5"), {Kind: chat.Code, Text: chat.Text{{Text: "secret6"}}},
			{Kind: chat.Fields, Fields: []chat.Field{field("secret7", "secret8")}},
			{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://example.com/secret9.png"}}}},
	}
	out := write(t, readLimits(t), &chat.Message{Blocks: group(c)}, chat.Options{MaxParts: 1})
	m, _ := read(t, out.Parts[0].Payload)
	var see func(blocks []chat.Block)
	see = func(blocks []chat.Block) {
		for _, b := range blocks {
			for _, s := range b.Text {
				if s.Style&chat.Spoiler == 0 && strings.Contains(s.Text+s.Ref, "secret") {
					t.Errorf("shown: %+v", s)
				}
			}
			for _, a := range b.Assets {
				if !a.Spoiler {
					t.Errorf("shown: %+v", a)
				}
			}
			for _, f := range b.Fields {
				see([]chat.Block{{Text: f.Name}})
				see(f.Body)
			}
			if b.Card != nil {
				if b.Card.Author.Name+b.Card.Footer.Name+b.Card.Thumb.URL != "" {
					t.Errorf("shown: %+v", b.Card)
				}
				see([]chat.Block{{Text: b.Card.Title}})
				see(b.Card.Body)
			}
		}
	}
	see(m.Blocks)
	kept(t, &chat.Message{Blocks: group(c)}, out)
}

func TestUsername(t *testing.T) {
	cases := []struct{ name, want string }{
		{"Bot", "Bot"}, {"  a \n b ", "a b"}, {"Discord News", "Disсord News"}, {"xCLYDEx", "xСLYDEx"}, {"Here", "Hеre"},
		{"EVERYONE", "ЕVERYONE"}, {"everyone else", "everyone else"}, {"discdiscordord", "discdisсordord"},
		{of("n", 80), of("n", 80)}, {of("n", 81), of("n", 79) + "…"},
	}
	for _, c := range cases {
		m := &chat.Message{Sender: chat.Badge{Name: c.name, Icon: "https://example.com/i.png"}, Blocks: []chat.Block{para("a")}}
		out := write(t, readLimits(t), m, chat.Options{})
		if got := gjson.GetBytes(out.Parts[0].Payload, "username").Str; got != c.want {
			t.Errorf("%q becomes %q, want %q", c.name, got, c.want)
		}
		if changed := c.want != strings.Join(strings.Fields(c.name), " "); changed != (len(out.Notes.List) > 0) {
			t.Errorf("%q: notes %v", c.name, out.Notes.List)
		}
	}
}

func TestAllowedMentions(t *testing.T) {
	user := func(id string) chat.Span { return chat.Span{Kind: chat.User, Text: "@" + id, Ref: id} }
	m := &chat.Message{Origin: chat.Discord, Blocks: append([]chat.Block{
		{Kind: chat.Para, Text: chat.Text{{Text: of("a", 1990) + " "}, user("11"), {Text: of(" b", 100)}, user("12"), user("13"), {Kind: chat.UserGroup, Text: "@r", Ref: "21"}}},
		{Kind: chat.Para, Text: chat.Text{{Kind: chat.Everyone, Text: "@here", Ref: "here"}}},
	}, group(chat.Card{Body: []chat.Block{{Kind: chat.Para, Text: chat.Text{user("14")}}}})...)}
	opt := chat.Options{MaxParts: 5, Mentions: chat.Mentions{Users: []string{"11", "12", "14"}, Groups: []string{"21"}, Everyone: true}}
	out := write(t, readLimits(t), m, opt)
	all := map[string]string{}
	for _, p := range out.Parts {
		allowed := gjson.GetBytes(p.Payload, "allowed_mentions")
		content := gjson.GetBytes(p.Payload, "content").Str
		for _, id := range allowed.Get("users").Array() {
			if !strings.Contains(content, "<@"+id.Str+">") {
				t.Errorf("user %s may be notified by a part that does not mention it: %s", id.Str, p.Payload)
			}
			all[id.Str] = "user"
		}
		for _, id := range allowed.Get("roles").Array() {
			all[id.Str] = "role"
		}
		if len(allowed.Get("parse").Array()) > 0 {
			all["everyone"] = content
		}
	}
	if len(all) != 4 || all["11"] == "" || all["12"] == "" || all["21"] != "role" || !strings.Contains(all["everyone"], "@here") {
		t.Errorf("may be notified: %v", all)
	}
}

func TestManyLinksAreSpread(t *testing.T) {
	var list chat.Text
	for i := range 200 {
		list = append(list, chat.Span{Kind: chat.Link, Text: fmt.Sprintf("link%d", i), Ref: fmt.Sprintf("https://example.com/%d", i)}, chat.Span{Text: "\n"})
	}
	m := &chat.Message{Blocks: group(chat.Card{Title: chat.Text{{Text: "t"}}, Footer: chat.Badge{Name: "f"}, Body: []chat.Block{para("a"), {Kind: chat.Para, Text: list[:399]}, para("b")}})}
	out := write(t, readLimits(t), m, chat.Options{MaxParts: 10})
	next := 0
	for _, p := range out.Parts {
		for _, e := range gjson.GetBytes(p.Payload, "embeds").Array() {
			text := e.Get("description").Str
			if n := strings.Count(text, "]("); n > 80 {
				t.Errorf("%d links in one embed", n)
			}
			for strings.Contains(text, fmt.Sprintf("[link%d](https://example.com/%d)", next, next)) {
				next++
			}
		}
	}
	if next != 200 {
		t.Errorf("link %d is not where it should be", next)
	}
}

func BenchmarkReadWrite(b *testing.B) {
	body := bodies(b)["embed-full"]
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var m chat.Message
	var out chat.Output
	opt := chat.Options{MaxParts: 10}
	in := chat.Input{Body: body}
	for b.Loop() {
		m.Reset()
		out.Reset()
		if err := discord.Read(&m, &out.Notes, &in); err != nil {
			b.Fatal(err)
		}
		if err := discord.WriteEmbeds(&out, &m, &opt); err != nil {
			b.Fatal(err)
		}
	}
}
