package translators_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/discord"
)

// essay is a body for Discord with so many paragraphs and the name of an upload.
func essay(paragraphs int, upload string) string {
	var b strings.Builder
	for i := range paragraphs {
		fmt.Fprintf(&b, "Paragraph %d is one of **many**, see https://example.org/p/%d.\n\n", i, i)
	}
	text, _ := json.Marshal(b.String())
	card := `{"title":"The end","description":` + string(text) + `,"image":{"url":"https://example.org/last.png"}}`
	return `{"content":` + string(text) + `,"embeds":[` + card + `,` + card + `],"attachments":[{"id":0,"filename":"` + upload + `"}]}`
}

// What is too long for one payload goes out as its beginning, and whole in a file
// that the payload names; what fits goes out as it is.
func TestOverflowFile(t *testing.T) {
	for _, c := range []struct {
		name, upload, file string
		paragraphs         int
	}{
		{"long", "graph.png", "message.txt", 200},
		{"a file of that name came in", "message.txt", "whole-message.txt", 200},
		{"short", "graph.png", "", 2},
	} {
		for _, format := range []string{"discord", "discord-components"} {
			t.Run(c.name+" "+format, func(t *testing.T) {
				var m chat.Message
				if err := translators.Read(&m, nil, "discord", &chat.Input{Body: []byte(essay(c.paragraphs, c.upload))}); err != nil {
					t.Fatal(err)
				}
				var out chat.Output
				opt := chat.Options{MaxParts: 10, Components: true, Overflow: chat.OverflowFile}
				if err := translators.Write(&out, &m, format, &opt); err != nil {
					t.Fatal(err)
				}
				if len(out.Parts) != 1 {
					t.Fatalf("%d parts", len(out.Parts))
				}
				p := out.Parts[0]
				if v := discord.Check(p.Payload); len(v) > 0 {
					t.Error(v)
				}
				named := gjson.GetBytes(p.Payload, "attachments.#.filename").Array()
				if len(named) != len(p.Files) {
					t.Fatalf("%d files, %d are named", len(p.Files), len(named))
				}
				for i, f := range p.Files {
					if f.Name != named[i].Str {
						t.Errorf("file %d is %s, named is %s", i, f.Name, named[i])
					}
				}
				if c.file == "" {
					if len(p.Files) != 1 || p.Files[0].Data != nil || out.Notes.Has(chat.Shortened, chat.Split) {
						t.Errorf("a message that fits is changed: %v %v", p.Files, out.Notes.List)
					}
					return
				}
				f := p.Files[0]
				if f.Name != c.file || f.Type != "text/plain; charset=utf-8" || f.Size != int64(len(f.Data)) {
					t.Fatalf("%s %s, %d bytes of %d", f.Name, f.Type, f.Size, len(f.Data))
				}
				for _, want := range []string{"Paragraph 0 ", "Paragraph 199 ", "https://example.org/p/199", "The end", "https://example.org/last.png"} {
					if !strings.Contains(string(f.Data), want) {
						t.Errorf("the file does not have %q", want)
					}
				}
				if !strings.Contains(string(p.Payload), "… 📎 "+c.file) {
					t.Error("the text does not lead to the file")
				}
				if shown := strings.Contains(string(p.Payload), `"url":"attachment://`+c.file); shown != (format == "discord-components") {
					t.Errorf("a component shows the file: %v", shown)
				}
				if !out.Notes.Has(chat.Flattened) || out.Notes.Has(chat.Shortened, chat.Dropped) {
					t.Errorf("all of it is in the file: %v", out.Notes.List)
				}
			})
		}
	}
}

// Where no file can go along, the message is split.
func TestOverflowFileNotTaken(t *testing.T) {
	var out chat.Output
	in := &chat.Input{Body: []byte(essay(600, "graph.png"))}
	if err := translators.Translate(&out, "discord", "slack", in, &chat.Options{MaxParts: 10, Overflow: chat.OverflowFile}); err != nil {
		t.Fatal(err)
	}
	if len(out.Parts) < 2 || len(out.Parts[0].Files) > 0 {
		t.Errorf("%d parts, files %v", len(out.Parts), out.Parts[0].Files)
	}
}
