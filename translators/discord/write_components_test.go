package discord_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/discord"
	"dragoman/translators/formattest"
)

// writeV2 writes m as components, and checks every part against the limits and as
// Discord would.
func writeV2(t testing.TB, m *chat.Message, opt chat.Options) *chat.Output {
	t.Helper()
	opt.Components = true
	var out chat.Output
	if err := discord.WriteComponents(&out, m, &opt); err != nil {
		t.Fatalf("write: %v", err)
	}
	if len(out.Parts) > max(1, opt.MaxParts) {
		t.Errorf("%d parts, allowed are %d", len(out.Parts), opt.MaxParts)
	}
	if err := formattest.Limits("discord-components", readLimits(t), &out); err != nil {
		t.Error(err)
	}
	for i, p := range out.Parts {
		if n := len(gjson.GetBytes(p.Payload, "attachments").Array()); n != len(p.Files) {
			t.Errorf("part %d: %d attachments, %d files", i, n, len(p.Files))
		}
	}
	return &out
}

// seen joins all that is to be read in the parts, without blanks and marks of what
// was cut.
func seen(t testing.TB, out *chat.Output) string {
	t.Helper()
	var b strings.Builder
	for _, p := range out.Parts {
		m, notes := read(t, p.Payload)
		if m == nil || len(notes) > 0 {
			t.Fatalf("read back with notes %v: %s", notes, p.Payload)
		}
		b.WriteString(strings.Join(words(m), ""))
	}
	return strings.ReplaceAll(b.String(), "\u200b", "")
}

// every calls f with every component of a payload.
func every(list gjson.Result, f func(gjson.Result)) {
	list.ForEach(func(_, c gjson.Result) bool {
		f(c)
		every(c.Get("components"), f)
		if acc := c.Get("accessory"); acc.Exists() {
			f(acc)
		}
		return true
	})
}

func TestComponentTexts(t *testing.T) {
	const picture = "httpsexamplecomapng" // which does not stand at the end of what is beside it
	places := map[string]func(s string) []chat.Block{
		"text":   func(s string) []chat.Block { return []chat.Block{para(s)} },
		"title":  func(s string) []chat.Block { return group(chat.Card{Title: chat.Text{{Text: s}}}) },
		"author": func(s string) []chat.Block { return group(chat.Card{Author: chat.Badge{Name: s}}) },
		"footer": func(s string) []chat.Block { return group(chat.Card{Footer: chat.Badge{Name: s}}) },
		"value": func(s string) []chat.Block {
			return []chat.Block{{Kind: chat.Fields, Fields: []chat.Field{field("name", s), field("after", "it")}}}
		},
		"beside": func(s string) []chat.Block {
			b := para(s)
			b.Assets = []chat.Asset{{URL: "https://example.com/a.png"}}
			return []chat.Block{b}
		},
		"card": func(s string) []chat.Block {
			return group(chat.Card{Thumb: chat.Asset{URL: "https://example.com/a.png"}, Title: chat.Text{{Text: "t"}}, Body: []chat.Block{para(s)}})
		},
	}
	for name, blocks := range places {
		for unit, u := range units {
			for _, n := range []int{3800, 3999, 4000, 4001, 4050, 9000} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, unit, n), func(t *testing.T) {
					m := &chat.Message{Blocks: blocks(of(u, n))}
					whole := strings.Replace(strings.Join(words(m), ""), picture, "", 1)
					out := writeV2(t, m, chat.Options{MaxParts: 10})
					if got := strings.Replace(seen(t, out), picture, "", 1); got != whole || out.Notes.Has(chat.Shortened, chat.Dropped) {
						t.Errorf("the pieces do not join to the text: %d of %d bytes, notes %v", len(got), len(whole), out.Notes.List)
					}
					if n > 4000 != (len(out.Parts) > 1) && name == "text" {
						t.Errorf("%d parts", len(out.Parts))
					}
					for _, p := range out.Parts {
						every(gjson.GetBytes(p.Payload, "components"), func(c gjson.Result) { inGrapheme(t, strings.TrimLeft(c.Get("content").Str, "#*- ")) })
					}
				})
			}
		}
	}
}

func TestComponentsOverflow(t *testing.T) {
	var pics []chat.Asset
	var buttons []chat.Button
	for i := range 450 {
		pics = append(pics, chat.Asset{URL: fmt.Sprintf("https://example.com/%d.png", i)})
		buttons = append(buttons, chat.Button{Label: fmt.Sprintf("label%d", i), URL: fmt.Sprintf("https://example.com/%d", i)})
	}
	var fields []chat.Field
	var cards, dividers, files []chat.Block
	for i := range 60 {
		fields = append(fields, field(fmt.Sprintf("name%d", i), of("v", 90)), field(fmt.Sprintf("list%d", i), "a\n\nb"))
		dividers = append(dividers, chat.Block{Kind: chat.Divider}, para(fmt.Sprintf("text%d", i)))
		files = append(files, chat.Block{Kind: chat.Media, Assets: []chat.Asset{{Kind: chat.Document, URL: fmt.Sprintf("attachment://f%d.txt", i)}}})
		cards = append(cards, group(chat.Card{Colour: chat.RGB(uint32(i)), Spoiler: i%2 == 0, Title: chat.Text{{Text: fmt.Sprintf("card%d", i)}},
			Thumb: chat.Asset{URL: "https://example.com/t.png"}, Footer: chat.Badge{Name: "foot"}, At: time.Unix(1, 0).UTC(), Body: []chat.Block{para(of("x", 700))}})...)
	}
	cases := map[string]struct {
		blocks []chat.Block
		parts  int // that it takes
	}{
		"pictures": {group(chat.Card{Title: chat.Text{{Text: "t"}}, Body: []chat.Block{{Kind: chat.Media, Assets: pics}, para("after")}}), 2},
		"buttons":  {[]chat.Block{{Kind: chat.Buttons, Buttons: buttons[:200]}, para("after")}, 7},
		"fields":   {group(chat.Card{Colour: chat.RGB(7), Body: []chat.Block{{Kind: chat.Fields, Fields: fields}}}), 2},
		"dividers": {dividers, 3},
		"files":    {files, 6},
		"cards":    {cards, 12},
		"text":     {[]chat.Block{para(of("x", 3990)), {Kind: chat.Code, Text: chat.Text{{Text: of("y ", 5000)}}}}, 3},
	}
	for name, c := range cases {
		for _, parts := range []int{1, 2, 20} {
			t.Run(fmt.Sprint(name, parts), func(t *testing.T) {
				m := &chat.Message{Blocks: c.blocks}
				out := writeV2(t, m, chat.Options{MaxParts: parts})
				if want := min(c.parts, parts); len(out.Parts) != want {
					t.Errorf("%d parts, want %d", len(out.Parts), want)
				}
				if cut := out.Notes.Has(chat.Shortened, chat.Dropped); cut != (c.parts > parts) {
					t.Errorf("notes %v", out.Notes.List)
				} else if !cut {
					kept(t, m, out)
				}
				if split := out.Notes.Has(chat.Split); split != (len(out.Parts) > 1) {
					t.Errorf("split is noted: %v", split)
				}
				var colour, spoiler gjson.Result
				for i, p := range out.Parts {
					first := gjson.GetBytes(p.Payload, "components.0")
					if i > 0 && name == "fields" && (first.Get("accent_color").Raw != colour.Raw || first.Get("spoiler").Raw != spoiler.Raw) {
						t.Errorf("part %d goes on with %.80s", i, first.Raw)
					}
					colour, spoiler = first.Get("accent_color"), first.Get("spoiler")
				}
			})
		}
	}
}

// What is left out is counted to the character.
func TestComponentsShortened(t *testing.T) {
	for name, blocks := range map[string][]chat.Block{
		"one text":    {para(of("x", 9000))},
		"two texts":   {para(of("x", 3900)), para(of("y", 3900))},
		"a card":      group(chat.Card{Title: chat.Text{{Text: of("t", 300)}}, Body: []chat.Block{para(of("x", 3800)), para(of("y", 100))}, Footer: chat.Badge{Name: of("f", 50)}}),
		"the end":     {para(of("x", 3990)), {Kind: chat.Divider}, para(of("y", 70))},
		"after cards": append(group(chat.Card{Body: []chat.Block{para(of("x", 5000))}}), para("tail"), chat.Block{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "press", URL: "https://example.com"}}}),
	} {
		t.Run(name, func(t *testing.T) {
			m := &chat.Message{Blocks: blocks}
			out := writeV2(t, m, chat.Options{MaxParts: 1})
			noted := 0
			for _, n := range out.Notes.List {
				if n.Loss == chat.Shortened {
					noted += n.Count
				}
			}
			shown := func(s string) int { return utf8.RuneCountInString(strings.ReplaceAll(s, "httpsexamplecom", "")) }
			if want := shown(strings.Join(words(m), "")) - shown(seen(t, out)); noted != want || want == 0 {
				t.Errorf("%d characters are noted, %d are missing: %v", noted, want, out.Notes.List)
			}
		})
	}
}

func TestComponentPlacement(t *testing.T) {
	link := chat.Button{Label: "Open", URL: "https://example.com/o"}
	pic := chat.Asset{URL: "https://example.com/p.png", Alt: "a picture"}
	title := func(s string) chat.Text { return chat.Text{{Text: s}} }
	cases := []struct {
		name   string
		blocks []chat.Block
		want   map[string]string // path below components → JSON
		notes  string
	}{
		{"texts share a display", []chat.Block{para("a"), {Kind: chat.Heading, Level: 1, Text: title("b")}, {Kind: chat.Item, Text: title("c")}},
			map[string]string{"#": "1", "0.content": `"a\n# b\n- c"`}, ""},
		{"a button beside text", []chat.Block{{Kind: chat.Para, Text: title("a"), Buttons: []chat.Button{link}}},
			map[string]string{"0.type": "9", "0.components.0.content": `"a"`, "0.accessory.url": `"https://example.com/o"`}, ""},
		{"picture and button beside text", []chat.Block{{Kind: chat.Para, Text: title("a"), Assets: []chat.Asset{pic}, Buttons: []chat.Button{link}}},
			map[string]string{"0.accessory.type": "11", "0.accessory.description": `"a picture"`, "1.components.0.label": `"Open"`}, "flattened blocks.0 button"},
		{"a picture beside nothing", []chat.Block{{Kind: chat.Para, Assets: []chat.Asset{pic}}}, map[string]string{"0.type": "12"}, ""},
		{"a video beside text", []chat.Block{{Kind: chat.Para, Text: title("a"), Assets: []chat.Asset{{Kind: chat.Video, URL: "https://example.com/v.mp4"}}}},
			map[string]string{"0.type": "10", "1.items.0.media.url": `"https://example.com/v.mp4"`}, "flattened blocks.0 video"},
		{"a page with a video", []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{{Kind: chat.Video, URL: "https://example.com/v", Alt: "see"}}}},
			map[string]string{"0.content": `"[see](https://example.com/v)"`}, "flattened blocks.0 video"},
		{"an interactive button", []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "Yes", ID: "y"}, link}}},
			map[string]string{"0.content": `"[Yes]"`, "1.components.#": "1"}, "flattened blocks.0 button"},
		{"an interactive button between two links", []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{link, {Label: "Yes", ID: "y"}, link}}},
			map[string]string{"0.components.#": "1", "1.content": `"[Yes]"`, "2.components.#": "1"}, "flattened blocks.0 button"},
		{"a list under an item beside which a picture stands", []chat.Block{{Kind: chat.Item, Text: title("a"), Assets: []chat.Asset{pic}}, {Kind: chat.Item, Level: 1, Text: title("b")}, {Kind: chat.Item, Level: 1, Text: title("c")}},
			map[string]string{"1.content": `"- b\n- c"`}, "flattened blocks.1 list"},
		{"black is a colour", group(chat.Card{Title: title("t"), Colour: chat.RGB(0)}), map[string]string{"0.accent_color": "0"}, ""},
		{"a title that leads somewhere", group(chat.Card{Title: title("t"), URL: "https://example.com/"}), map[string]string{"0.components.0.content": `"### [t](https://example.com/)"`}, ""},
		{"a title that is a link", group(chat.Card{Title: chat.Text{{Kind: chat.Link, Text: "t", Ref: "https://example.com/t"}}, URL: "https://example.com/"}),
			map[string]string{"0.components.#.content": `["### [t](https://example.com/t)","https://example.com/"]`}, ""},
		{"an address that is none", group(chat.Card{Title: title("t"), URL: "ftp://example.com"}),
			map[string]string{"0.components.#.content": `["### t","ftp://example.com"]`}, "unlinked blocks.0.card.url url"},
		{"the author's picture", group(chat.Card{Author: chat.Badge{Name: "n", Icon: "https://example.com/i.png"}, Body: []chat.Block{para("a")}}),
			map[string]string{"0.components.0.components.#.content": `["**n**","a"]`, "0.components.0.accessory.media.url": `"https://example.com/i.png"`}, ""},
		{"two pictures beside the head", group(chat.Card{Author: chat.Badge{Name: "n", Icon: "https://example.com/i.png"}, Thumb: pic}),
			map[string]string{"0.components.0.accessory.media.url": `"https://example.com/p.png"`}, "dropped blocks.0.card.author.icon icon_url"},
		{"a thumbnail with a title", group(chat.Card{Title: title("t"), Thumb: chat.Asset{URL: "https://example.com/p.png", Title: "P", Alt: "P"}}),
			map[string]string{"0.components.0.accessory.description": "", "0.components.1.content": `"**P**"`}, "flattened blocks.0.card.thumb title"},
		{"a time alone", group(chat.Card{At: time.Unix(60, 0).UTC()}), map[string]string{"0.components.0.content": `"-# <t:60:f>"`}, ""},
		{"a table", []chat.Block{{Kind: chat.Grid, Table: &chat.Table{Rows: [][]chat.Text{{title("a"), title("b")}}}}},
			map[string]string{"0.content": "\"```\\na  b\\n```\""}, "flattened blocks.0 table"},
		{"a caption", []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{pic, {URL: "https://example.com/q.png", Title: "Q"}}}},
			map[string]string{"0.items.#": "1", "1.content": `"**Q**"`, "2.items.0.media.url": `"https://example.com/q.png"`}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := writeV2(t, &chat.Message{Blocks: c.blocks}, chat.Options{})
			list := gjson.GetBytes(out.Parts[0].Payload, "components")
			for path, want := range c.want {
				if got := list.Get(path).Raw; got != want {
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

// Text in components notifies wherever it stands, but only who is listed.
func TestComponentMentions(t *testing.T) {
	user := func(id string) chat.Text { return chat.Text{{Kind: chat.User, Text: "@" + id, Ref: id}} }
	m := &chat.Message{Origin: chat.Discord, Blocks: append(group(chat.Card{
		Title: user("11"), Body: []chat.Block{{Text: user("12")}, {Kind: chat.Fields, Fields: []chat.Field{{Name: user("13"), Body: []chat.Block{{Text: user("14")}}}}}},
	}), para(of("x", 3980)), chat.Block{Text: user("15")})}
	opt := chat.Options{MaxParts: 3, Mentions: chat.Mentions{Users: []string{"11", "13", "14", "15", "16"}}}
	out := writeV2(t, m, opt)
	for i, want := range []string{`{"parse":[],"users":["11","13","14"]}`, `{"parse":[],"users":["15"]}`} {
		if got := gjson.GetBytes(out.Parts[i].Payload, "allowed_mentions").Raw; got != want {
			t.Errorf("part %d: %s, want %s", i, got, want)
		}
	}
}

func TestComponentsNotTaken(t *testing.T) {
	m := &chat.Message{Blocks: group(chat.Card{Title: chat.Text{{Text: "t"}}})}
	for _, opt := range []*chat.Options{nil, {}} {
		var out chat.Output
		if err := discord.WriteComponents(&out, m, opt); err != nil || !gjson.GetBytes(out.Parts[0].Payload, "embeds.0.title").Exists() {
			t.Errorf("%v: %d parts", err, len(out.Parts))
		}
	}
	var out chat.Output
	if err := discord.WriteComponents(&out, &chat.Message{}, &chat.Options{Components: true}); !errors.Is(err, chat.ErrEmpty) {
		t.Errorf("an empty message: %v", err)
	}
}
