package slack

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
)

type writeFunc func(*chat.Output, *chat.Message, *chat.Options) error

// write gives the payloads and notes of m, which keep Slack's limits.
func write(t testing.TB, f writeFunc, m *chat.Message, opt chat.Options) (payloads, notes []string) {
	t.Helper()
	chat.Normalize(m)
	if err := chat.Check(m); err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(m)
	var out chat.Output
	if err := f(&out, m, &opt); err != nil {
		t.Fatal(err)
	}
	if after, _ := json.Marshal(m); !bytes.Equal(before, after) {
		t.Errorf("the message was changed to %.300s", after)
	}
	if len(out.Parts) > max(1, opt.MaxParts) {
		t.Errorf("%d parts", len(out.Parts))
	}
	for _, p := range out.Parts {
		if found := Check(p.Payload); len(found) > 0 {
			t.Errorf("%s\n%.500s", found, p.Payload)
		}
		payloads = append(payloads, string(p.Payload))
	}
	for _, n := range out.Notes.List {
		notes = append(notes, n.String())
	}
	return payloads, notes
}

func group(c chat.Card) chat.Block { return chat.Block{Kind: chat.Group, Card: &c} }

func TestWriteBlocks(t *testing.T) {
	picture := []chat.Asset{{URL: "https://x.test/p", Alt: "p"}}
	for _, c := range []struct {
		name   string
		blocks []chat.Block
		want   map[string]string // by path in the payload
		notes  string
	}{
		{name: "neighbouring text is one section", blocks: []chat.Block{para("a"), para("b & <c>")},
			want: map[string]string{"blocks.#": "1", "blocks.0.text.text": "a\n\nb &amp; &lt;c&gt;", "blocks.0.text.verbatim": "true", "text": "a"}},
		{name: "heading", blocks: []chat.Block{{Kind: chat.Heading, Level: 2, Text: words("a")}},
			want: map[string]string{"blocks.0.type": "header", "blocks.0.level": "2", "blocks.0.text.type": "plain_text"}},
		{name: "a linked heading", blocks: []chat.Block{{Kind: chat.Heading, Level: 1, Text: chat.Text{{Kind: chat.Link, Text: "a", Ref: "https://x.test"}}}},
			want: map[string]string{"blocks.0.type": "section", "blocks.0.text.text": "*<https://x.test|a>*"}, notes: "flattened blocks.0 heading"},
		{name: "a long heading", blocks: []chat.Block{{Kind: chat.Heading, Level: 1, Text: words(strings.Repeat("a", 151))}},
			want: map[string]string{"blocks.0.type": "section"}, notes: "flattened blocks.0 heading"},
		{name: "numbered list", blocks: []chat.Block{{Kind: chat.Item, Number: 3, Text: words("a")}, {Kind: chat.Item, Number: 4, Text: words("b")}, {Kind: chat.Item, Number: 9, Text: words("c")}, {Kind: chat.Item, Level: 1, Text: words("d")}},
			want: map[string]string{"blocks.0.elements.#": "3", "blocks.0.elements.0.offset": "2", "blocks.0.elements.0.elements.#": "2", "blocks.0.elements.1.offset": "8", "blocks.0.elements.2.indent": "1", "blocks.0.elements.2.style": "bullet"}},
		{name: "code with a language", blocks: []chat.Block{{Kind: chat.Code, Lang: "go", Quoted: true, Text: words("a\nb")}},
			want: map[string]string{"blocks.0.elements.0.type": "rich_text_preformatted", "blocks.0.elements.0.language": "go", "blocks.0.elements.0.border": "1"}},
		{name: "a link to nowhere good", blocks: []chat.Block{{Text: chat.Text{{Style: chat.Underline, Text: "a"}, {Kind: chat.Link, Text: "b", Ref: "javascript:c"}}}},
			want: map[string]string{`blocks.0.elements.0.elements.#(type=="link").url`: ""}, notes: "flattened blocks.0 link"},
		{name: "picture beside", blocks: []chat.Block{{Text: words("a"), Assets: picture}, para("b")},
			want: map[string]string{"blocks.#": "2", "blocks.0.accessory.image_url": "https://x.test/p", "blocks.0.accessory.alt_text": "p"}},
		{name: "upload", blocks: []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{{URL: "attachment://a.png"}, {Kind: chat.Video, URL: "https://x.test/v", Title: "v"}}}},
			want: map[string]string{"blocks.0.text.text": "a.png", "blocks.1.text.text": "<https://x.test/v|v>"}, notes: "dropped blocks.0.assets.0 picture; flattened blocks.0.assets.1 video"},
		{name: "fields", blocks: []chat.Block{{Kind: chat.Fields, Fields: []chat.Field{{Name: words("a"), Body: []chat.Block{para("1")}, Inline: true}, {Name: words("b"), Body: []chat.Block{para("2")}}}}},
			want: map[string]string{"blocks.0.fields.0.text": "*a*\n1", "blocks.0.block_id": "field-1", "blocks.1.text.text": "*b*\n2", "blocks.1.block_id": "field-more-2"}},
		{name: "eleven fields", blocks: []chat.Block{{Kind: chat.Fields, Fields: func() (f []chat.Field) {
			for range 11 {
				f = append(f, chat.Field{Name: words("a"), Inline: true})
			}
			return f
		}()}}, want: map[string]string{"blocks.0.fields.#": "10", "blocks.1.fields.#": "1"}},
		{name: "small", blocks: []chat.Block{{Kind: chat.Small, Text: chat.Text{{Text: "a "}, {Kind: chat.Icon, Ref: "https://x.test/i"}, {Text: " b"}}}},
			want: map[string]string{"blocks.0.elements.#.type": `["mrkdwn","image","mrkdwn"]`, "blocks.0.elements.0.text": "a", "blocks.0.elements.1.alt_text": "image"}},
		{name: "buttons", blocks: []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "a", URL: "https://x.test", Tone: chat.ToneDanger}, {Label: "b", ID: "i"}, {Label: strings.Repeat("c", 80), URL: "https://x.test"}}}},
			want:  map[string]string{"blocks.0.elements.#": "1", "blocks.0.elements.0.style": "danger", "blocks.1.elements.0.text": "[b]", "blocks.2.type": "actions"},
			notes: "flattened blocks.0 button 1; shortened blocks.0 text 6"},
		{name: "second table", blocks: []chat.Block{{Kind: chat.Grid, Table: &chat.Table{Head: true, Rows: [][]chat.Text{{words("a"), nil}}}}, {Kind: chat.Grid, Table: &chat.Table{Head: true, Rows: [][]chat.Text{{words("a"), words("b")}, {words("long"), words("c")}}}}},
			want: map[string]string{"blocks.0.type": "table", "blocks.0.rows.0.1.text": " ", "blocks.1.type": "section"}, notes: "flattened blocks.1 table"},
		{name: "a block after a card stays after it", blocks: []chat.Block{para("a"), group(chat.Card{Colour: chat.RGB(0), Title: words("t"), URL: "https://x.test"}), para("b"), {Kind: chat.Divider}},
			want: map[string]string{"blocks.#": "1", "attachments.#": "2", "attachments.0.color": "#000000", "attachments.0.fallback": "t", "attachments.0.blocks.0.text.text": "*<https://x.test|t>*",
				"attachments.1.color": "", "attachments.1.blocks.#": "2"}},
		{name: "card", blocks: []chat.Block{group(chat.Card{Author: chat.Badge{Name: "a", URL: "https://x.test/a", Icon: "https://x.test/i"}, Thumb: picture[0], Body: []chat.Block{para("b"), para("c")},
			Footer: chat.Badge{Name: "f"}, At: time.Unix(1763740800, 0)})},
			want: map[string]string{"text": "", "attachments.0.color": "", "attachments.0.fallback": "b", "attachments.0.blocks.0.elements.1.text": "<https://x.test/a|a>",
				"attachments.0.blocks.1.accessory.alt_text": "p", "attachments.0.blocks.2.text.text": "c", "attachments.0.blocks.3.elements.1.text": "<!date^1763740800^{date} at {time}|2025-11-21 16:00 UTC>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			payloads, notes := write(t, WriteBlocks, &chat.Message{Blocks: c.blocks}, chat.Options{})
			for path, want := range c.want {
				if got := gjson.Get(payloads[0], path); got.String() != want {
					t.Errorf("%s is %q, not %q in\n%s", path, got, want, payloads[0])
				}
			}
			if got := strings.Join(notes, "; "); got != c.notes {
				t.Errorf("notes %q, not %q", got, c.notes)
			}
		})
	}
}

func TestWriteMessage(t *testing.T) {
	m := &chat.Message{Origin: chat.Slack, Sender: chat.Badge{Name: "bot", Icon: ":ghost:"}, Summary: words("a <!here> *b*"), Blocks: []chat.Block{para("c")},
		Thread: chat.Thread{Key: "1.5"}, Flags: chat.Flags{NoPreview: true}}
	payloads, notes := write(t, WriteBlocks, m, chat.Options{Legacy: true})
	const legacy = `{"username":"bot","icon_emoji":":ghost:","thread_ts":"1.5","unfurl_links":false,"unfurl_media":false,"text":"a &lt;!here&gt; *b*","mrkdwn":false,` +
		`"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"c","verbatim":true}}]}`
	if payloads[0] != legacy || len(notes) > 0 {
		t.Errorf("%s %q", payloads[0], notes)
	}
	m.Origin = chat.Discord
	payloads, _ = write(t, WriteBlocks, m, chat.Options{})
	if p := payloads[0]; gjson.Get(p, "username").Exists() || gjson.Get(p, "thread_ts").Exists() || gjson.Get(p, "blocks.0.elements.#.text").Raw != `[":ghost:","bot"]` {
		t.Error(p)
	}
}

func TestWriteMentions(t *testing.T) {
	m := func() *chat.Message {
		return &chat.Message{Origin: chat.Slack, Blocks: []chat.Block{{Text: chat.Text{{Style: chat.Underline, Text: "x"}, {Kind: chat.User, Text: "@ana", Ref: "U1"},
			{Kind: chat.Everyone, Text: "@here", Ref: "here"}}}, {Kind: chat.Divider}, {Text: chat.Text{{Kind: chat.UserGroup, Text: "@ops", Ref: "S1"}, {Text: " <!channel>"}}}}}
	}
	payloads, notes := write(t, WriteBlocks, m(), chat.Options{})
	if p := payloads[0]; strings.Contains(p, "<@") || strings.Contains(p, "<!") || strings.Contains(p, "broadcast") || strings.Contains(p, "user_id") || len(notes) != 3 {
		t.Errorf("%s %q", p, notes)
	}
	payloads, _ = write(t, WriteBlocks, m(), chat.Options{Mentions: chat.Mentions{Users: []string{"U1"}, Groups: []string{"S1"}, Everyone: true}})
	if p := payloads[0]; !strings.Contains(p, `"user_id":"U1"`) || !strings.Contains(p, `"range":"here"`) || !strings.Contains(p, "<!subteam^S1") || strings.Contains(p, "<!channel") {
		t.Error(p)
	}
}

func TestWriteEmojiInCode(t *testing.T) {
	m := &chat.Message{Origin: chat.Slack, Blocks: []chat.Block{{Text: chat.Text{{Style: chat.Underline, Text: "a"}, {Kind: chat.Emoji, Style: chat.Mono | chat.Bold, Text: ":x:", Ref: "x"}}}}}
	payloads, notes := write(t, WriteBlocks, m, chat.Options{})
	if got := gjson.Get(payloads[0], "blocks.0.elements.0.elements.1").Raw; got != `{"type":"emoji","name":"x","style":{"bold":true}}` || strings.Join(notes, "") != "flattened blocks.0 code" {
		t.Errorf("%s %q", got, notes)
	}
}

// TestWriteFull: what finds no room in the last part is told, and not written.
func TestWriteFull(t *testing.T) {
	var blocks []chat.Block
	for range 51 {
		blocks = append(blocks, chat.Block{Kind: chat.Heading, Level: 1, Text: chat.Text{{Kind: chat.Link, Text: "a", Ref: "https://x.test"}}})
	}
	payloads, notes := write(t, WriteBlocks, &chat.Message{Blocks: blocks}, chat.Options{MaxParts: 1})
	if n := gjson.Get(payloads[0], "blocks.#").Int(); n != maxBlocks || !strings.Contains(strings.Join(notes, ";"), "shortened  message 1") {
		t.Errorf("%d blocks, %q", n, notes)
	}
}

func TestWriteLong(t *testing.T) {
	var blocks []chat.Block
	for i := range 120 {
		blocks = append(blocks, para(strings.Repeat("words & more ", 20+i)), chat.Block{Kind: chat.Divider})
	}
	for _, parts := range []int{1, 3, 50} {
		for name, f := range map[string]writeFunc{"blocks": WriteBlocks, "classic": WriteAttachments} {
			payloads, notes := write(t, f, &chat.Message{Blocks: blocks}, chat.Options{MaxParts: parts})
			all := strings.Join(notes, "; ")
			if cut := strings.Contains(all, "shortened  message"); cut != (parts < 50) {
				t.Errorf("%s, %d parts: %q", name, parts, all)
			}
			if name == "blocks" && parts == 1 && !strings.HasSuffix(payloads[0], `"text":"…","verbatim":true}]}]}`) {
				t.Errorf("no ellipsis: %s", payloads[0][len(payloads[0])-100:])
			}
			if parts == 50 && strings.Count(strings.Join(payloads, ""), "words") < 120*20 {
				t.Errorf("%s: words are missing", name)
			}
		}
	}
}

func TestWriteManyCards(t *testing.T) {
	var blocks []chat.Block
	for range 45 {
		blocks = append(blocks, group(chat.Card{Title: words("t")}))
	}
	payloads, notes := write(t, WriteBlocks, &chat.Message{Blocks: blocks}, chat.Options{MaxParts: 3})
	if len(payloads) != 3 || len(notes) != 1 || notes[0] != "split  message 3" {
		t.Errorf("%d payloads, %q", len(payloads), notes)
	}
}

func TestWriteAttachments(t *testing.T) {
	m := &chat.Message{Blocks: []chat.Block{para("a"), group(chat.Card{Colour: chat.RGB(0xff), Author: chat.Badge{Name: "n"}, Title: words("t"), URL: "https://x.test", Body: []chat.Block{
		para("b"), {Kind: chat.Fields, Fields: []chat.Field{{Name: words("f"), Body: []chat.Block{para("1")}, Inline: true}}}, {Kind: chat.Media, Assets: []chat.Asset{{URL: "https://x.test/p"}}}, para("after")},
		Footer: chat.Badge{Name: "o"}, At: time.Unix(1763740800, 0)}), para("c")}}
	payloads, notes := write(t, WriteAttachments, m, chat.Options{})
	const want = `{"parse":"none","text":"a","attachments":[` +
		`{"color":"#0000ff","fallback":"t","author_name":"n","title":"t","title_link":"https://x.test","text":"b","mrkdwn_in":["pretext","text","fields"],"fields":[{"title":"f","value":"1","short":true}],"image_url":"https://x.test/p"},` +
		`{"color":"#0000ff","fallback":"t","text":"after","mrkdwn_in":["pretext","text","fields"],"footer":"o","ts":1763740800},` +
		`{"fallback":"…","pretext":"c","mrkdwn_in":["pretext","text","fields"]}]}`
	if payloads[0] != want {
		t.Errorf("got  %s\nwant %s", payloads[0], want)
	}
	if strings.Join(notes, "") != "split blocks.1.card.body.3 attachment" {
		t.Errorf("%q", notes)
	}
}

// TestCorpusIsWritten writes every real body, and holds what nothing is noted
// about to be the same when it is read again.
func TestCorpusIsWritten(t *testing.T) {
	eachCorpusBody(t, func(t *testing.T, _ string, body []byte) {
		m := new(chat.Message)
		if Read(m, nil, &chat.Input{Body: body}) != nil {
			return
		}
		for _, f := range []writeFunc{WriteBlocks, WriteAttachments} {
			for _, legacy := range []bool{true, false} {
				var out chat.Output
				if err := f(&out, m, &chat.Options{MaxParts: 5, Legacy: legacy}); err != nil {
					t.Fatal(err)
				}
				for _, p := range out.Parts {
					if found := Check(p.Payload); len(found) > 0 {
						t.Errorf("%s\n%.300s", found, p.Payload)
					}
				}
				if len(out.Notes.List) > 0 {
					continue
				}
				again := new(chat.Message)
				if err := Read(again, nil, &chat.Input{Body: out.Parts[0].Payload}); err != nil {
					t.Fatal(err)
				}
				a, _ := json.Marshal(m)
				b, _ := json.Marshal(again)
				if !bytes.Equal(a, b) {
					t.Errorf("no note, but another message:\n%.2000s\n%.2000s", a, b)
				}
			}
		}
	})
}
