package slack_test

import (
	"strings"
	"testing"

	"dragoman/translators/chat"
	"dragoman/translators/slack"
)

// TestHiddenPictures: Slack has nothing that hides a picture, so a hidden one is
// never shown, wherever it stands, nor is a preview of the link to it.
func TestHiddenPictures(t *testing.T) {
	pic := func(hidden bool) chat.Asset {
		return chat.Asset{URL: "https://img.example/p.png", Alt: "p", Spoiler: hidden}
	}
	text := chat.Text{{Text: "words"}}
	body := []chat.Block{
		{Kind: chat.Media, Assets: []chat.Asset{pic(true), pic(true)}},
		{Kind: chat.Para, Text: text, Assets: []chat.Asset{pic(true)}},
		{Kind: chat.Fields, Fields: []chat.Field{{Name: text}}, Assets: []chat.Asset{pic(true)}},
	}
	open := []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{pic(false)}}, {Kind: chat.Para, Text: text, Assets: []chat.Asset{pic(false)}}}
	badge := chat.Badge{Name: "n", Icon: "https://img.example/i.png"}
	for name, blocks := range map[string][]chat.Block{
		"in the message":         body,
		"in a card":              {{Kind: chat.Group, Card: &chat.Card{Title: text, Body: body, Thumb: pic(true)}}},
		"with the whole card":    {{Kind: chat.Group, Card: &chat.Card{Title: text, Author: badge, Footer: badge, Body: open, Thumb: pic(false), Spoiler: true}}},
		"with an untitled card":  {{Kind: chat.Group, Card: &chat.Card{Body: []chat.Block{{Text: text}}, Thumb: pic(false), Spoiler: true}}},
		"with a picture's title": {{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://img.example/p.png", Title: "t", Spoiler: true}}}},
	} {
		for format, write := range map[string]func(*chat.Output, *chat.Message, *chat.Options) error{"blocks": slack.WriteBlocks, "attachments": slack.WriteAttachments} {
			m := &chat.Message{Blocks: blocks}
			chat.Normalize(m)
			var out chat.Output
			if err := write(&out, m, nil); err != nil {
				t.Fatalf("%s, %s: %v", name, format, err)
			}
			for _, p := range out.Parts {
				s := string(p.Payload)
				for _, shown := range []string{`_url":"https://img.example`, `_icon":"https://img.example`} {
					if strings.Contains(s, shown) {
						t.Errorf("%s, %s: a hidden picture is shown: %s", name, format, s)
					}
				}
				if !strings.Contains(s, `"unfurl_media":false`) {
					t.Errorf("%s, %s: a preview may show it: %s", name, format, s)
				}
			}
		}
	}
}

// Where uploads go beside the payload, nothing stands for them in it, unless the
// message would say nothing at all.
func TestUploadsBesideThePayload(t *testing.T) {
	upload := chat.Block{Kind: chat.Media, Assets: []chat.Asset{{Kind: chat.Document, URL: "attachment://log.txt"}}}
	words := chat.Block{Kind: chat.Para, Text: chat.Text{{Text: "the log"}}}
	for name, c := range map[string]struct {
		blocks  []chat.Block
		uploads bool
		names   bool
		notes   int
	}{
		"beside words":      {[]chat.Block{words, upload}, true, false, 0},
		"alone":             {[]chat.Block{upload}, true, true, 0},
		"where none can go": {[]chat.Block{words, upload}, false, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			m := &chat.Message{Blocks: c.blocks}
			chat.Normalize(m)
			var out chat.Output
			if err := slack.WriteBlocks(&out, m, &chat.Options{MaxParts: 1, Uploads: c.uploads}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(out.Parts[0].Payload), "log.txt"); got != c.names || len(out.Notes.List) != c.notes {
				t.Errorf("%s\n%v", out.Parts[0].Payload, out.Notes.List)
			}
		})
	}
}
