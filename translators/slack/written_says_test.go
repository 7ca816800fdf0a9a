package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// hollow are blocks in which there is little or nothing that Slack can show.
func hollow() []chat.Block {
	card := func(c chat.Card) chat.Block { return chat.Block{Kind: chat.Group, Card: &c} }
	icon := chat.Text{{Kind: chat.Icon, Ref: "attachment://i.png"}}
	return []chat.Block{
		{Text: chat.Text{{Text: " "}}}, {Text: chat.Text{{Text: "\u200b"}}}, {Kind: chat.Item}, {Kind: chat.Code}, {Kind: chat.Code, Text: chat.Text{{Text: "\n"}}},
		{Kind: chat.Heading, Level: 1, Text: chat.Text{{Text: " "}}}, {Kind: chat.Small, Text: icon}, {Kind: chat.Small, Text: chat.Text{{Text: " "}}},
		{Kind: chat.Media}, {Kind: chat.Media, Assets: []chat.Asset{{}}}, {Kind: chat.Media, Assets: []chat.Asset{{Kind: chat.Video, URL: "attachment://"}}},
		{Kind: chat.Buttons}, {Kind: chat.Buttons, Buttons: []chat.Button{{}}}, {Kind: chat.Buttons, Buttons: []chat.Button{{URL: "https://x.test"}, {ID: "i"}}},
		{Kind: chat.Fields}, {Kind: chat.Fields, Fields: []chat.Field{{}}}, {Kind: chat.Fields, Fields: []chat.Field{{Inline: true}, {Inline: true, Name: chat.Text{{Text: " "}}}}},
		{Kind: chat.Grid, Table: &chat.Table{}}, {Kind: chat.Grid, Table: &chat.Table{Head: true, Rows: [][]chat.Text{nil, {nil}}}}, {Kind: chat.Divider},
		card(chat.Card{}), card(chat.Card{Colour: chat.RGB(1)}), card(chat.Card{Author: chat.Badge{Icon: "attachment://i.png"}}), card(chat.Card{Author: chat.Badge{URL: "https://x.test"}}),
		card(chat.Card{Footer: chat.Badge{Icon: "x"}}), card(chat.Card{Thumb: chat.Asset{Kind: chat.Picture, URL: "attachment://"}}), card(chat.Card{Title: chat.Text{{Text: " "}}}),
		card(chat.Card{URL: "ftp:"}), card(chat.Card{Body: []chat.Block{{Kind: chat.Divider}}}), card(chat.Card{Body: []chat.Block{{Text: chat.Text{{Text: " "}}}}}),
	}
}

// TestEveryPartSays writes messages in which there is next to nothing, alone and
// among others: what goes out always has something in it that Slack shows.
func TestEveryPartSays(t *testing.T) {
	for i, b := range hollow() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			m := &chat.Message{Blocks: []chat.Block{b}}
			if chat.Normalize(m); len(m.Blocks) > 0 {
				for _, silent := range silentParts(m) {
					t.Error(silent)
				}
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		m := chattest.Message().Draw(t, "message")
		for range rapid.IntRange(1, 60).Draw(t, "times") {
			m.Add(rapid.SampledFrom(hollow()).Draw(t, "block"))
		}
		chat.Normalize(m)
		for _, silent := range silentParts(m) {
			t.Error(silent)
		}
	})
}

// silentParts lists the parts of m that show nothing, or that Slack refuses.
func silentParts(m *chat.Message) (found []string) {
	found = refused(m)
	for name, write := range writers {
		for kind, opt := range options {
			var out chat.Output
			if err := write(&out, m, opt); errors.Is(err, chat.ErrEmpty) {
				continue
			}
			if len(out.Parts) == 0 {
				found = append(found, name+", "+kind+": no parts")
			}
			for _, p := range out.Parts {
				if !shows(p.Payload) {
					found = append(found, name+", "+kind+": "+excerpt(p.Payload))
				}
			}
		}
	}
	return found
}

// shows reports whether a payload has a text, a block, or an attachment with a
// part that Slack shows.
func shows(payload []byte) bool {
	var v struct {
		Text        string
		Blocks      []any
		Attachments []map[string]any
	}
	if json.Unmarshal(payload, &v) != nil {
		return false
	}
	for _, a := range v.Attachments {
		for key, part := range a {
			switch key {
			case "color", "fallback", "mrkdwn_in", "title_link", "author_link", "author_icon", "footer_icon":
			default:
				if s, ok := part.(string); !ok || seen(s) {
					return true
				}
			}
		}
	}
	return seen(v.Text) || len(v.Blocks) > 0
}

// seen reports whether there is a character in s that is not white.
func seen(s string) bool { return strings.Trim(s, " \n\t\u200b") != "" }
