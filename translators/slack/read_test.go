package slack

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dragoman/translators/chat"
)

func read(t testing.TB, body string) (*chat.Message, []string) {
	t.Helper()
	m, n := new(chat.Message), new(chat.Notes)
	if err := Read(m, n, &chat.Input{Body: []byte(body)}); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	if err := chat.Check(m); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	var notes []string
	for _, note := range n.List {
		notes = append(notes, note.String())
	}
	return m, notes
}

func words(s string) chat.Text { return chat.Text{{Text: s}} }

func para(s string) chat.Block { return chat.Block{Text: words(s)} }

func inBlocks(list string) string { return `{"blocks":[` + list + `]}` }

func TestReadBlocks(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []chat.Block
		notes      []string
	}{
		{name: "text", body: `{"text":"a *b*"}`,
			want: []chat.Block{{Text: chat.Text{{Text: "a "}, {Style: chat.Bold, Text: "b"}}}}},
		{name: "text without marks", body: `{"text":"a *b*","mrkdwn":"false"}`,
			want: []chat.Block{para("a *b*")}},
		{name: "what a person typed", body: `{"text":"*a* <!here> @here &amp; https://x.test","parse":"full"}`,
			want: []chat.Block{{Text: chat.Text{{Text: "*a* <!here> "}, {Kind: chat.Everyone, Text: "@here", Ref: "here"}, {Text: " & "}, {Kind: chat.Link, Text: "https://x.test", Ref: "https://x.test"}}}}},
		{name: "addresses stay words", body: `{"text":"*a* https://x.test","parse":"none","attachments":[{"text":"https://x.test"}]}`,
			want: []chat.Block{{Text: chat.Text{{Style: chat.Bold, Text: "a"}, {Text: " https://x.test"}}}, {Kind: chat.Group, Card: &chat.Card{Body: []chat.Block{para("https://x.test")}}}}},
		{name: "names are linked", body: `{"text":"@channel @ana","link_names":1}`,
			want: []chat.Block{{Text: chat.Text{{Kind: chat.Everyone, Text: "@channel", Ref: "channel"}, {Text: " @ana"}}}}},
		{name: "a number as text", body: `{"text":4.50}`, want: []chat.Block{para("4.50")}},
		{name: "header", body: inBlocks(`{"type":"header","text":{"type":"plain_text","text":"a &amp; *b*"}},{"type":"header","text":"c","level":4}`),
			want: []chat.Block{{Kind: chat.Heading, Level: 1, Text: words("a & *b*")}, {Kind: chat.Heading, Level: 3, Text: words("c")}}, notes: []string{"flattened blocks.1 level"}},
		{name: "fields", body: inBlocks(`{"type":"section","fields":[{"type":"mrkdwn","text":"*a b*\n1"},{"type":"mrkdwn","text":"*c*"},{"type":"mrkdwn","text":"*d* e"},"f"]}`),
			want: []chat.Block{{Kind: chat.Fields, Fields: []chat.Field{
				{Inline: true, Name: words("a b"), Body: []chat.Block{para("1")}},
				{Inline: true, Name: words("c")},
				{Inline: true, Body: []chat.Block{{Text: chat.Text{{Style: chat.Bold, Text: "d"}, {Text: " e"}}}}},
				{Inline: true, Body: []chat.Block{para("f")}},
			}}}},
		{name: "picture beside", body: inBlocks(`{"type":"section","text":{"type":"mrkdwn","text":"a\n\nb"},"accessory":{"type":"image","image_url":"https://x.test/1","alt_text":"c"}}`),
			want: []chat.Block{{Text: words("a"), Assets: []chat.Asset{{URL: "https://x.test/1", Alt: "c"}}}, para("b")}},
		{name: "button without text", body: inBlocks(`{"type":"section","accessory":{"type":"button","text":{"type":"plain_text","text":"go"},"url":"https://x.test"}}`),
			want: []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "go", URL: "https://x.test"}}}}},
		{name: "menu beside", body: inBlocks(`{"type":"section","text":"a","accessory":{"type":"static_select","placeholder":{"type":"plain_text","text":"pick"},"initial_option":{"text":{"text":"one"}}}}`),
			want: []chat.Block{para("a"), para("pick: one")}, notes: []string{"flattened blocks.0.accessory static_select"}},
		{name: "context", body: inBlocks(`{"type":"context","elements":[{"type":"mrkdwn","text":"a"},{"type":"image","image_url":"https://x.test/i","alt_text":"i"},{"type":"plain_text","text":"b\nc"}]}`),
			want: []chat.Block{{Kind: chat.Small, Text: chat.Text{{Text: "a "}, {Kind: chat.Icon, Text: "i", Ref: "https://x.test/i"}, {Text: " b c"}}}}},
		{name: "image without alt", body: inBlocks(`{"type":"image","image_url":"https://x.test/1","alt_text":"image","title":{"text":"t"}}`),
			want: []chat.Block{{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://x.test/1", Title: "t"}}}}},
		{name: "rich text lists", body: inBlocks(`{"type":"rich_text","elements":[
			{"type":"rich_text_list","style":"ordered","offset":2,"border":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]},{"type":"rich_text_section","elements":[]}]},
			{"type":"rich_text_list","style":"bullet","indent":1,"border":1,"elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://x.test"}]}]}]}`),
			want: []chat.Block{
				{Kind: chat.Item, Number: 3, Quoted: true, Text: words("a")},
				{Kind: chat.Item, Level: 1, Quoted: true, Text: chat.Text{{Kind: chat.Link, Text: "https://x.test", Ref: "https://x.test"}}}}},
		{name: "rich text inline", body: inBlocks(`{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[
			{"type":"text","text":"<!here> &amp;","style":{"bold":true,"code":true,"italic":false}},{"type":"user","user_id":"U1"},{"type":"usergroup","usergroup_id":"S1"},{"type":"channel","channel_id":"C1"},
			{"type":"broadcast","range":"here"},{"type":"emoji","name":"wave","skin_tone":3},{"type":"emoji","name":"our_own"},{"type":"color","value":"#ff0000"},
			{"type":"date","timestamp":1763740800,"format":"{date_short}","fallback":"then"},{"type":"canvas","file_id":"F1"}]}]}`),
			want: []chat.Block{{Quoted: true, Text: chat.Text{
				{Style: chat.Bold | chat.Mono, Text: "<!here> &amp;"}, {Kind: chat.User, Text: "@U1", Ref: "U1"}, {Kind: chat.UserGroup, Text: "@S1", Ref: "S1"},
				{Kind: chat.Channel, Text: "#C1", Ref: "C1"}, {Kind: chat.Everyone, Text: "@here", Ref: "here"}, {Text: "👋🏼"},
				{Kind: chat.Emoji, Text: ":our_own:", Ref: "our_own"}, {Text: "#ff0000"},
				{Kind: chat.Time, Text: "then", Ref: chat.DateShort, At: 1763740800}, {Text: "canvas F1"}}}},
			notes: []string{"flattened blocks.0.elements.0.elements.9 canvas"}},
		{name: "references", body: inBlocks(`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
			{"type":"canvas_user_mention","user_id":"U1","style":{"bold":true}},{"type":"canvas_message_unfurl","root_message_channel":"C1","root_message_ts":"17.5"},
			{"type":"work_object_mention","entity_id":"E1","text":"doc","url":"https://x.test/d"},{"type":"salesforce_data_field","salesforce_record_id":"001","salesforce_field_label":"Account"},
			{"type":"list_record","file_id":"F1","record_id":"R1"},{"type":"future","data":{"label":"words"}}]},{"type":"rich_text_new","n":1}]},
			{"type":"file","external_id":"X1","source":"remote"}`),
			want: []chat.Block{{Text: chat.Text{
				{Kind: chat.User, Style: chat.Bold, Text: "@U1", Ref: "U1"}, {Text: "message 17.5 in "}, {Kind: chat.Channel, Text: "#C1", Ref: "C1"},
				{Kind: chat.Link, Text: "doc", Ref: "https://x.test/d"}, {Text: "Accountlist record R1words"}}}, para("file X1")},
			notes: []string{"flattened blocks.0.elements.0.elements.0 canvas_user_mention", "flattened blocks.0.elements.0.elements.1 canvas_message_unfurl",
				"flattened blocks.0.elements.0.elements.3 salesforce_data_field", "flattened blocks.0.elements.0.elements.4 list_record",
				"flattened blocks.0.elements.0.elements.5 future", "dropped blocks.0.elements.1 rich_text_new", "flattened blocks.1 file"}},
		{name: "only what is not known", body: inBlocks(`{"type":"newer","n":1},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"new","data":42}]}]}`),
			want: []chat.Block{para("(unsupported: newer)")}, notes: []string{"dropped blocks.0 newer", "dropped blocks.1.elements.0.elements.0 new"}},
		{name: "a table of another kind", body: inBlocks(`{"type":"table","name":"All items","columns":[{"key":"task"}]}`),
			want: []chat.Block{para("All items")}, notes: []string{"flattened blocks.0 table"}},
		{name: "code", body: inBlocks(`{"type":"rich_text","elements":[{"type":"rich_text_preformatted","language":"go","border":1,"elements":[{"type":"text","text":"a\n\n b","style":{"bold":true}}]}]}`),
			want: []chat.Block{{Kind: chat.Code, Lang: "go", Quoted: true, Text: words("a\n\n b")}}},
		{name: "table", body: inBlocks(`{"type":"table","column_settings":[null,{"align":"right"},null],"rows":[[{"type":"raw_text","text":"a"},null,{"type":"raw_number","value":1.5}]]}`),
			want: []chat.Block{{Kind: chat.Grid, Table: &chat.Table{Head: true, Align: []chat.Align{chat.AlignNone, chat.AlignRight}, Rows: [][]chat.Text{{words("a"), nil, words("1.5")}}}}}},
		{name: "actions", body: inBlocks(`{"type":"actions","elements":[{"type":"button","text":{"text":"a"},"action_id":"x","style":"danger"},{"type":"datepicker","initial_date":"2026-11-21"},{"type":"button","text":{"text":"b"},"url":"https://x.test","action_id":"y"}]}`),
			want:  []chat.Block{{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "a", ID: "x", Tone: chat.ToneDanger}, {Label: "b", URL: "https://x.test"}}}, para("2026-11-21")},
			notes: []string{"flattened blocks.0.elements.1 datepicker"}},
		{name: "choices", body: inBlocks(`{"type":"actions","elements":[{"type":"checkboxes","options":[{"text":{"text":"a"},"value":"1","description":{"text":"d"}},{"text":{"text":"b"},"value":"2"}],"initial_options":[{"text":{"text":"b"},"value":"2"}]},
			{"type":"radio_buttons","initial_option":{"value":"1"},"options":[{"text":{"text":"a"},"value":"1"},{"text":{"text":"b"},"value":"2"}]},{"type":"overflow","options":[{"text":{"text":"go"},"url":"https://x.test"},{"text":{"text":"b"}}]}]}`),
			want:  []chat.Block{para("☐ a – d, ☑ b"), para("◉ a, ○ b"), {Text: chat.Text{{Kind: chat.Link, Text: "go", Ref: "https://x.test"}, {Text: ", b"}}}},
			notes: []string{"flattened blocks.0.elements.0 checkboxes", "flattened blocks.0.elements.1 radio_buttons", "flattened blocks.0.elements.2 overflow"}},
		{name: "choices that are set", body: inBlocks(`{"type":"actions","elements":[{"type":"datepicker","initial_date":"2026-11-21","placeholder":{"text":"when"}},{"type":"datetimepicker","initial_date_time":"1763740800"},
			{"type":"multi_users_select","initial_users":["U1","U2"],"placeholder":{"text":"who"}},{"type":"number_input","initial_value":7},{"type":"plain_text_input","initial_value":"[1]"},
			{"type":"rich_text_input","initial_value":{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"t"}]}]}},{"type":"file_input"}]}`),
			want: []chat.Block{para("when: 2026-11-21"), para("2025-11-21 16:00 UTC"), para("who: U1, U2"), para("7"), para("[1]"), para("t")},
			notes: []string{"flattened blocks.0.elements.0 datepicker", "flattened blocks.0.elements.1 datetimepicker", "flattened blocks.0.elements.2 multi_users_select", "flattened blocks.0.elements.3 number_input",
				"flattened blocks.0.elements.4 plain_text_input", "flattened blocks.0.elements.5 rich_text_input", "dropped blocks.0.elements.6 file_input"}},
		{name: "alert", body: inBlocks(`{"type":"alert","level":"warning","text":{"type":"mrkdwn","text":"*a*"}},{"type":"alert","text":"b"},{"type":"alert","level":"info"}`),
			want:  []chat.Block{{Text: chat.Text{{Text: "⚠️ "}, {Style: chat.Bold, Text: "a"}}}, para("b")},
			notes: []string{"flattened blocks.0 alert", "flattened blocks.1 alert", "flattened blocks.2 alert"}},
		{name: "call", body: inBlocks(`{"type":"call","call":{"v1":{"name":"standup","join_url":"https://x.test/j","channels":["C1"]}}},{"type":"call","call_id":"R1"}`),
			want: []chat.Block{{Text: chat.Text{{Kind: chat.Link, Text: "standup", Ref: "https://x.test/j"}}}}, notes: []string{"flattened blocks.0 call", "dropped blocks.1 call"}},
		{name: "chart", body: inBlocks(`{"type":"data_visualization","title":"t","chart":{"type":"bar","series":[{"name":"s","data":[{"label":"a","value":1},{"label":"a","value":9},{"label":"c","value":3}]},{"name":"u","data":[{"label":"b","value":2.5}]}],"axis_config":{"categories":["a","b"],"x_label":"x","y_label":"y"}}}`),
			want: []chat.Block{{Text: chat.Text{{Style: chat.Bold, Text: "t"}}}, {Kind: chat.Grid, Table: &chat.Table{Head: true, Rows: [][]chat.Text{
				{words("x / y"), words("s"), words("u")}, {words("a"), words("1")}, {words("b"), nil, words("2.5")}, {words("a"), words("9")}, {words("c"), words("3")}}}}},
			notes: []string{"flattened blocks.0 data_visualization"}},
		{name: "mentions that are none", body: inBlocks(`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1","style":{"unlink":true}},{"type":"broadcast","range":"here","style":{"unlink":true}},{"type":"channel","channel_id":"C1","style":{"unlink":true}}]}]}`),
			want: []chat.Block{{Text: chat.Text{{Text: "@U1@here"}, {Kind: chat.Channel, Text: "#C1", Ref: "C1"}}}}},
		{name: "modal", body: `{"type":"modal","title":{"type":"plain_text","text":"t"},"blocks":[{"type":"section","text":"a"}]}`,
			want: []chat.Block{{Kind: chat.Heading, Level: 1, Text: words("t")}, para("a")}},
		{name: "icon of Slack", body: inBlocks(`{"type":"card","title":{"text":"t"},"slack_icon":{"type":"icon","name":"book"}}`),
			want: []chat.Block{{Kind: chat.Group, Card: &chat.Card{Title: words("t")}}}, notes: []string{"dropped blocks.0.slack_icon icon"}},
		{name: "reply that all see", body: `{"text":"a","thread_ts":"1.5","reply_broadcast":true}`, want: []chat.Block{para("a")}, notes: []string{"dropped  reply_broadcast"}},
		{name: "unknown", body: inBlocks(`{"type":"new","a":{"label":"one"},"b":["two"],"image_url":"https://x.test/3","n":4},{"type":"newer"},{"type":"divider"}`),
			want:  []chat.Block{{Text: chat.Text{{Text: "one\ntwo\n"}, {Kind: chat.Link, Text: "https://x.test/3", Ref: "https://x.test/3"}}}, {Kind: chat.Divider}},
			notes: []string{"flattened blocks.0 new", "dropped blocks.1 newer"}},
		{name: "blocks as a string", body: `{"blocks":"[{\"type\":\"section\",\"text\":\"a\"}]"}`, want: []chat.Block{para("a")}},
		{name: "strange parts", body: `{"text":{"a":1},"blocks":[7,null,"x",{"type":"section","text":{"type":"mrkdwn","text":"a"},"fields":9}],"attachments":false}`,
			want:  []chat.Block{para("x"), para("a")},
			notes: []string{"dropped text not_text", "dropped blocks.0 block", "flattened blocks.2 block"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, notes := read(t, c.body)
			if diff := cmp.Diff(c.want, m.Blocks, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadAttachments(t *testing.T) {
	group := func(c chat.Card) chat.Block { return chat.Block{Kind: chat.Group, Card: &c} }
	for _, c := range []struct {
		name, body string
		want       []chat.Block
		notes      []string
	}{
		{name: "all parts", body: `{"attachments":[{"color":"good","pretext":"p","author_name":"a","author_link":"https://x.test/a","author_icon":"https://x.test/i",
			"title":"*t*","title_link":"https://x.test/t","text":"*b*","fields":[{"title":"f","value":1,"short":"true"}],"image_url":"https://x.test/p","thumb_url":"https://x.test/h",
			"footer":"o","footer_icon":"https://x.test/o","ts":"1763740800.7"}]}`,
			want: []chat.Block{para("p"), group(chat.Card{
				Colour: chat.RGB(0x2eb886), Author: chat.Badge{Name: "a", URL: "https://x.test/a", Icon: "https://x.test/i"},
				Title: words("*t*"), URL: "https://x.test/t", Thumb: chat.Asset{URL: "https://x.test/h"},
				Body: []chat.Block{{Text: chat.Text{{Style: chat.Bold, Text: "b"}}},
					{Kind: chat.Fields, Fields: []chat.Field{{Name: words("f"), Body: []chat.Block{para("1")}, Inline: true}}},
					{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://x.test/p"}}}},
				Footer: chat.Badge{Name: "o", Icon: "https://x.test/o"}, At: time.Unix(1763740800, 0).UTC()})}},
		{name: "mrkdwn_in", body: `{"attachments":[{"text":"*a*","mrkdwn_in":["pretext"]}]}`,
			want: []chat.Block{group(chat.Card{Body: []chat.Block{para("*a*")}})}},
		{name: "only a fallback", body: `{"attachments":{"fallback":"a <b>","color":"#0F0"}}`,
			want: []chat.Block{group(chat.Card{Colour: chat.RGB(0x00ff00), Body: []chat.Block{para("a <b>")}})}},
		{name: "blocks win", body: `{"attachments":[{"color":"0f0","title":"gone","blocks":[{"type":"divider"}]}]}`,
			want:  []chat.Block{group(chat.Card{Colour: chat.RGB(0x00ff00), Body: []chat.Block{{Kind: chat.Divider}}})},
			notes: []string{"dropped attachments.0 hidden_by_blocks"}},
		{name: "loose blocks after a card", body: `{"attachments":[{"blocks":[{"type":"divider"}]},{"blocks":[{"type":"divider"}]}]}`,
			want: []chat.Block{group(chat.Card{Body: []chat.Block{{Kind: chat.Divider}}}), {Kind: chat.Divider}}},
		{name: "a card in a card", body: `{"attachments":[{"color":"0f0","blocks":[{"type":"card","title":{"type":"mrkdwn","text":"t"},"body":{"type":"mrkdwn","text":"b"}}]}]}`,
			want:  []chat.Block{group(chat.Card{Colour: chat.RGB(0x00ff00), Body: []chat.Block{{Text: chat.Text{{Style: chat.Bold, Text: "t"}}}, para("b")}})},
			notes: []string{"flattened attachments.0.blocks.0 card"}},
		{name: "parts beside the text", body: `{"text":"a","color":"danger","fields":[{"title":"f","value":true}]}`,
			want: []chat.Block{para("a"), group(chat.Card{Colour: chat.RGB(colourDanger), Body: []chat.Block{
				{Kind: chat.Fields, Fields: []chat.Field{{Name: words("f"), Body: []chat.Block{para("true")}}}}}})}},
		{name: "actions", body: `{"attachments":[{"text":"a","actions":[{"type":"button","text":"b","url":"https://x.test","style":"primary"},{"type":"select","text":"c","selected_options":[{"text":"d"}]},{"type":"button","name":"n","text":"e","value":"v"}]}]}`,
			want: []chat.Block{group(chat.Card{Body: []chat.Block{para("a"),
				{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "b", URL: "https://x.test", Tone: chat.TonePrimary}, {Label: "e", ID: "v"}}}, para("c: d")}})},
			notes: []string{"flattened attachments.0.actions.1 select"}},
		{name: "shared message", body: `{"attachments":[{"author_name":"bot","author_subname":"bot","text":"a","files":[{"title":"p.png","mimetype":"image/png","permalink":"https://x.test/p"}]}]}`,
			want: []chat.Block{group(chat.Card{Author: chat.Badge{Name: "bot"}, Body: []chat.Block{para("a"), {Kind: chat.Media, Assets: []chat.Asset{{URL: "https://x.test/p", Title: "p.png"}}}}})}},
		{name: "colour by its name in CSS", body: `{"attachments":[{"text":"a","color":"Red"},{"text":"b","color":" #00f "}]}`,
			want: []chat.Block{group(chat.Card{Colour: chat.RGB(0xff0000), Body: []chat.Block{para("a")}}), group(chat.Card{Colour: chat.RGB(0xff), Body: []chat.Block{para("b")}})}},
		{name: "colour in no colour", body: `{"attachments":[{"text":"a","color":"reddish"}]}`,
			want: []chat.Block{group(chat.Card{Body: []chat.Block{para("a")}})}, notes: []string{"flattened attachments.0.color color"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, notes := read(t, c.body)
			if diff := cmp.Diff(c.want, m.Blocks, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadMessage(t *testing.T) {
	m, _ := read(t, `{"text":"*line*","blocks":[{"type":"section","text":"a"}],"username":"bot","icon_url":"https://x.test/i","icon_emoji":"ghost","thread_ts":"1.5","unfurl_links":0,"channel":"#c"}`)
	want := chat.Message{Origin: chat.Slack, Sender: chat.Badge{Name: "bot", Icon: ":ghost:"}, Summary: words("line"),
		Blocks: []chat.Block{para("a")}, Thread: chat.Thread{Key: "1.5"}, Flags: chat.Flags{NoPreview: true}}
	if diff := cmp.Diff(&want, m, cmpopts.IgnoreUnexported(chat.Message{}), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if m, _ := read(t, `{"text":"a  b\n","blocks":[{"type":"section","text":"a  b"}]}`); len(m.Summary) > 0 {
		t.Errorf("a summary which says the same: %q", m.Summary.Plain())
	}
}

func TestReadNothing(t *testing.T) {
	for _, body := range []string{`{}`, `{"text":""}`, `{"text":" \n"}`, `{"blocks":[]}`, `{"attachments":[{}]}`, `{"attachments":[{"color":"good","fallback":"[no preview available]"}]}`, `{"blocks":[{"type":"rich_text","elements":[]}]}`,
		`{"blocks":[{"type":"section","fields":[]}]}`, `{"attachments":null}`, `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[]},{"type":"rich_text_section"}]}]}`} {
		if err := Read(new(chat.Message), nil, &chat.Input{Body: []byte(body)}); !errors.Is(err, chat.ErrEmpty) {
			t.Errorf("%v: %s", err, body)
		}
	}
	for _, body := range []string{``, `[]`, `"text"`, `null`, `7`} {
		if err := Read(new(chat.Message), nil, &chat.Input{Body: []byte(body)}); err == nil || errors.Is(err, chat.ErrEmpty) {
			t.Errorf("%v: %s", err, body)
		}
	}
}

func TestReadIsBounded(t *testing.T) {
	m, notes := read(t, `{"blocks":[`+strings.Repeat(`{"type":"divider"},`, 3*chat.MaxBlocks)+`{"type":"divider"}]}`)
	if len(m.Blocks) != chat.MaxBlocks || len(notes) != 1 || notes[0] != "dropped  blocks 2001" {
		t.Errorf("%d blocks, %q", len(m.Blocks), notes)
	}
	m, notes = read(t, `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[`+strings.Repeat(`{"type":"text","text":"a"},{"type":"user","user_id":"U"},`, chat.MaxSpans)+`{}]}]}]}`)
	if n := len(m.Blocks[0].Text); n > chat.MaxSpans || len(notes) != 1 {
		t.Errorf("%d spans, %q", n, notes)
	}
	deep := strings.Repeat(`{"type":"container","child_blocks":[`, 100) + `{"type":"divider"}` + strings.Repeat(`]}`, 100)
	m, notes = read(t, inBlocks(deep))
	if got := m.Blocks[0].Text.Plain(); got != "(unsupported: nested_blocks)" {
		t.Errorf("%q, %q", got, notes)
	}
}

func cases(t testing.TB) map[string][]byte {
	t.Helper()
	list := map[string][]byte{}
	files, _ := filepath.Glob("../../testdata/slack/*/in.json")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		list[filepath.Base(filepath.Dir(f))] = b
	}
	if len(list) < 12 {
		t.Fatalf("%d cases", len(list))
	}
	return list
}

func FuzzRead(f *testing.F) {
	for _, body := range cases(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, n := new(chat.Message), new(chat.Notes)
		if Read(m, n, &chat.Input{Body: body}) != nil {
			return
		}
		if err := chat.Check(m); err != nil {
			t.Fatal(err)
		}
		for _, write := range []func(*chat.Output, *chat.Message, *chat.Options) error{WriteBlocks, WriteAttachments} {
			var out chat.Output
			if err := write(&out, m, &chat.Options{MaxParts: 3}); err != nil {
				t.Fatal(err)
			}
			for _, p := range out.Parts {
				if found := Check(p.Payload); len(found) > 0 {
					t.Fatalf("%s\n%s", found, p.Payload)
				}
			}
		}
	})
}
