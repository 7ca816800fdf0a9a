package discord_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/discord"
	"dragoman/translators/native"
)

func TestRead(t *testing.T) {
	const title = `"title":"t"`
	cases := []struct {
		name, body string
		want       map[string]string // path in the native form → JSON
		notes      string
	}{
		{"content is trimmed", `{"content":" \n a \n"}`, map[string]string{"blocks.0.text.0.text": `"a"`, "blocks.#": "1"}, ""},
		{"number as content", `{"content":42}`, map[string]string{"blocks.0.text.0.text": `"42"`}, ""},
		{"colour", `{"embeds":[{` + title + `,"color":255}]}`, map[string]string{"blocks.0.card.colour": `"#0000ff"`}, ""},
		{"colour in quotes", `{"embeds":[{` + title + `,"color":"14177041"}]}`, map[string]string{"blocks.0.card.colour": `"#d85311"`}, ""},
		{"no colour", `{"embeds":[{` + title + `,"color":0}]}`, map[string]string{"blocks.0.card.colour": ""}, ""},
		{"colour that is none", `{"embeds":[{` + title + `,"color":16777216}]}`, map[string]string{"blocks.0.card.colour": ""}, "flattened embeds.0.color color"},
		{"time with a zone", `{"embeds":[{` + title + `,"timestamp":"2024-05-06T07:08:09+02:00"}]}`, map[string]string{"blocks.0.card.at": `"2024-05-06T05:08:09Z"`}, ""},
		{"time without a zone", `{"embeds":[{` + title + `,"timestamp":"2024-05-06 07:08:09"}]}`, map[string]string{"blocks.0.card.at": `"2024-05-06T07:08:09Z"`}, ""},
		{"time that is none", `{"embeds":[{` + title + `,"timestamp":"soon"}]}`, map[string]string{"blocks.0.card.at": ""}, "dropped embeds.0.timestamp timestamp"},
		{"picture alone", `{"embeds":[{"image":{"url":"https://a.test/p"}}]}`, map[string]string{"blocks.0.kind": `"media"`}, ""},
		{"gallery by a picture's address", `{"embeds":[{"url":"https://a.test/p","image":{"url":"https://a.test/p"}},{"url":"https://a.test/p","image":{"url":"https://a.test/q"}}]}`,
			map[string]string{"blocks.#": "1", "blocks.0.kind": `"media"`, "blocks.0.assets.#": "2"}, ""},
		{"one url, two texts", `{"embeds":[{` + title + `,"url":"https://a.test/"},{"title":"u","url":"https://a.test/"}]}`, map[string]string{"blocks.#": "2"}, ""},
		{"one embed without a list", `{"embeds":{` + title + `}}`, map[string]string{"blocks.0.card.title.0.text": `"t"`}, ""},
		{"blank field", `{"embeds":[{"fields":[{"name":"\u200b","value":"v"},{"name":"n","value":"\u200b"}]}]}`,
			map[string]string{"blocks.0.fields.0.name": "", "blocks.0.fields.1.body": ""}, ""},
		{"flags", `{"content":"a","flags":4100}`, map[string]string{"flags": `{"silent":true,"no_preview":true}`}, ""},
		{"hidden embeds are kept", `{"flags":4,"embeds":[{` + title + `}]}`, map[string]string{"blocks.0.card.title.0.text": `"t"`}, "flattened flags suppress_embeds"},
		{"users by default", `{"content":"a"}`, map[string]string{"pings": `{"limited":true,"any_user":true}`}, ""},
		{"nobody", `{"content":"a","allowed_mentions":{"parse":[]}}`, map[string]string{"pings": `{"limited":true}`}, ""},
		{"listed", `{"content":"a","allowed_mentions":{"parse":["everyone","roles"],"users":["1",2,"x"]}}`,
			map[string]string{"pings": `{"limited":true,"any_group":true,"everyone":true,"users":["1","2"]}`}, ""},
		{"section with a button", `{"components":[{"type":9,"components":[{"type":10,"content":"a"}],"accessory":{"type":2,"style":5,"label":"b","url":"https://a.test"}}]}`,
			map[string]string{"blocks.0.text.0.text": `"a"`, "blocks.0.buttons": `[{"label":"b","url":"https://a.test"}]`}, ""},
		{"section without text", `{"components":[{"type":9,"components":[],"accessory":{"type":11,"media":{"url":"https://a.test/p.png"}}}]}`,
			map[string]string{"blocks.0.kind": `"media"`}, ""},
		{"container", `{"components":[{"type":17,"accent_color":0,"spoiler":true,"components":[{"type":10,"content":"a"},{"type":14},{"type":14,"divider":false}]}]}`,
			map[string]string{"blocks.0.card.colour": `"#000000"`, "blocks.0.card.spoiler": "true", "blocks.0.card.body.#.kind": `["para","divider"]`}, ""},
		{"container in a container", `{"components":[{"type":17,"components":[{"type":17,"components":[{"type":10,"content":"a"}]}]}]}`,
			map[string]string{"blocks.0.card.body.0.text.0.text": `"a"`}, "flattened components.0.components.0 container"},
		{"interactive button", `{"components":[{"type":1,"components":[{"type":2,"style":4,"label":"No","custom_id":"x"}]}]}`,
			map[string]string{"blocks.0.buttons": `[{"label":"No","id":"x","tone":"danger"}]`}, ""},
		{"unknown type", `{"components":[{"type":77,"content":"a","components":[{"type":10,"content":"b"}]}]}`,
			map[string]string{"blocks.#.text.0.text": `["a","b"]`}, "flattened components.0 component_77"},
		{"nested without end", `{"content":"a","components":[` + strings.Repeat(`{"type":1,"components":[`, 40) + strings.Repeat(`]}`, 40) + `]}`,
			map[string]string{"blocks.#": "1"}, "dropped components.0" + strings.Repeat(".components.0", 8) + " component"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, notes := read(t, []byte(c.body))
			if m == nil {
				t.Fatal("empty")
			}
			var out chat.Output
			if err := native.Write(&out, m, nil); err != nil {
				t.Fatal(err)
			}
			for path, want := range c.want {
				if got := gjson.GetBytes(out.Parts[0].Payload, path).Raw; got != want {
					t.Errorf("%s is %s, want %s\n%s", path, got, want, out.Parts[0].Payload)
				}
			}
			var list []string
			for _, n := range notes {
				list = append(list, n.String())
			}
			if got := strings.Join(list, "; "); got != c.notes {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
		})
	}
}

func TestReadNothing(t *testing.T) {
	for body, want := range map[string]error{
		`{}`: chat.ErrEmpty, `{"content":" "}`: chat.ErrEmpty, `{"embeds":[{}]}`: chat.ErrEmpty, `{"embeds":[{"color":5}]}`: chat.ErrEmpty,
		`{"text":"for another chat"}`: chat.ErrEmpty, `[]`: discord.ErrShape, `"a"`: discord.ErrShape, `null`: discord.ErrShape, ``: discord.ErrShape,
	} {
		var m chat.Message
		if err := discord.Read(&m, nil, &chat.Input{Body: []byte(body)}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", body, err, want)
		}
	}
}

func TestReadFiles(t *testing.T) {
	in := &chat.Input{
		Body: []byte(`{"content":"a","attachments":[{"id":0,"filename":"log.txt","description":"the log"}],"embeds":[{"image":{"url":"attachment://g.png"}}]}`),
		Files: []chat.File{
			{Name: "log.txt", Type: "text/plain", Size: 3}, {Name: "g.png", Type: "image/png", Size: 4}, {Name: "clip.bin", Type: "video/mp4", Size: 5},
		},
	}
	var m chat.Message
	if err := discord.Read(&m, nil, in); err != nil {
		t.Fatal(err)
	}
	want := []chat.Asset{
		{Kind: chat.Document, URL: "attachment://log.txt", Alt: "the log", Bytes: 3},
		{Kind: chat.Video, URL: "attachment://clip.bin", Bytes: 5},
	}
	if len(m.Blocks) != 3 || len(m.Blocks[1].Assets) != 2 || m.Blocks[1].Assets[0] != want[0] || m.Blocks[1].Assets[1] != want[1] {
		t.Errorf("files are read as %+v", m.Blocks)
	}
	out := write(t, readLimits(t), &m, chat.Options{})
	var names []string
	for _, f := range out.Parts[0].Files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "log.txt clip.bin g.png" {
		t.Errorf("files of the part: %s", got)
	}
}

// What a body can make of a message is bounded, and said.
func TestReadMuch(t *testing.T) {
	body := `{"content":"` + strings.Repeat(`a\n\n`, 50000) + `","embeds":[` + strings.Repeat(`{"title":"t","description":"*a* **b** [c](https://d.test)"},`, 2000) + `{}]}`
	m, notes := read(t, []byte(body))
	n := 0
	for _, b := range m.Blocks {
		n++
		if b.Card != nil {
			n += len(b.Card.Body)
		}
	}
	if n > chat.MaxBlocks || len(notes) == 0 {
		t.Errorf("%d blocks, notes %v", n, notes)
	}
	write(t, readLimits(t), m, chat.Options{MaxParts: 10})
}

// No payload has more uploads than Discord takes; those for which there is no room
// are noted.
func TestUploadsMost(t *testing.T) {
	limits := readLimits(t)
	var blocks []chat.Block
	for i := range 7 {
		blocks = append(blocks, group(chat.Card{
			Title:  chat.Text{{Text: "t"}},
			Author: chat.Badge{Name: "a", Icon: fmt.Sprintf("attachment://icon%d.png", i)},
			Thumb:  chat.Asset{URL: fmt.Sprintf("attachment://thumb%d.png", i)},
			Body:   []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{{URL: fmt.Sprintf("attachment://image%d.png", i), Bytes: 5}}}},
		})...)
	}
	for _, parts := range []int{1, 10} {
		out := write(t, limits, &chat.Message{Blocks: blocks}, chat.Options{MaxParts: parts})
		files := 0
		for _, p := range out.Parts {
			files += len(p.Files)
		}
		if whole := files == 21; whole != (parts == 10) || whole == out.Notes.Has(chat.Dropped) {
			t.Errorf("%d parts: %d files, notes %v", parts, files, out.Notes.List)
		}
		if f := out.Parts[0].Files[0]; f.Name != "image0.png" || f.Size != 5 {
			t.Errorf("the first file is %+v", f)
		}
	}
}
