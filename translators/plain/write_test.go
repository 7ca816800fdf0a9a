package plain

import (
	"testing"
	"time"

	"dragoman/translators/chat"
)

func words(s string) chat.Text { return chat.Text{{Text: s}} }

func para(s string) chat.Block { return chat.Block{Text: words(s)} }

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		name   string
		m      chat.Message
		want   string
		losses int
	}{
		{"paragraphs", chat.Message{Blocks: []chat.Block{para("one\ntwo"), para("three")}}, "one\ntwo\n\nthree", 0},
		{"links", chat.Message{Blocks: []chat.Block{{Text: chat.Text{
			{Text: "see "}, {Kind: chat.Link, Text: "the ", Ref: "https://a.test"},
			{Kind: chat.Link, Style: chat.Bold, Text: "log", Ref: "https://a.test"}, {Text: " or "},
			{Kind: chat.Link, Text: "https://b.test", Ref: "https://b.test"}, {Text: ", "},
			{Kind: chat.Link, Text: "me@c.test", Ref: "mailto:me@c.test"},
		}}}}, "see the log (https://a.test) or https://b.test, me@c.test", 0},
		{"list", chat.Message{Blocks: []chat.Block{
			para("before"),
			{Kind: chat.Item, Text: words("a\nmore of a")},
			{Kind: chat.Item, Level: 1, Number: 10, Text: words("b\nmore of b")},
			{Kind: chat.Code, Level: 2, Text: words("code\n\nunder b")},
			para("after"),
		}}, "before\n- a\n  more of a\n  10. b\n      more of b\n        code\n\n        under b\n\nafter", 0},
		{"quotation", chat.Message{Blocks: []chat.Block{
			{Quoted: true, Text: words("one\ntwo")}, {Quoted: true, Text: words("three")}, para("four"),
		}}, "> one\n> two\n>\n> three\n\nfour", 0},
		{"card", chat.Message{
			Sender: chat.Badge{Name: "CI", Icon: "https://a.test/i.png"},
			Blocks: []chat.Block{{Kind: chat.Group, Card: &chat.Card{
				Author: chat.Badge{Name: "ana", URL: "https://a.test/ana"},
				Title:  words("Build 7"), URL: "https://a.test/7",
				Body: []chat.Block{
					para("It is green."),
					{Kind: chat.Fields, Fields: []chat.Field{
						{Name: words("Branch"), Body: []chat.Block{para("main\nand more")}},
						{Name: words("Log:"), Body: []chat.Block{{Kind: chat.Code, Text: words("x\ny")}}},
						{Body: []chat.Block{para("nameless")}},
						{Name: words("valueless")},
					}},
					{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://a.test/p.png", Alt: "a graph", Title: "Load"}}},
					{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "Open", URL: "https://a.test/o"}, {Label: "Retry"}}},
				},
				Footer: chat.Badge{Name: "ci.test"},
				At:     time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
			}}},
		}, `CI
ana (https://a.test/ana)
Build 7 (https://a.test/7)

It is green.

Branch: main
  and more
Log:
      x
      y
nameless
valueless:

Load: a graph (https://a.test/p.png)

Open (https://a.test/o)
[Retry]

ci.test
2026-02-03 05:05 CET`, 1},
		{"grid", chat.Message{Blocks: []chat.Block{{Kind: chat.Grid, Table: &chat.Table{
			Head: true, Align: []chat.Align{chat.AlignLeft, chat.AlignRight},
			Rows: [][]chat.Text{
				{words("file"), words("size")},
				{words("文件"), words("7")},
				{chat.Text{{Kind: chat.Link, Text: "notes", Ref: "https://a.test"}}, words("1200")},
			},
		}}}}, "file   size\n-----  ----\n文件      7\nnotes  1200\nnotes (https://a.test)", 0},
		{"an address ends before what follows", chat.Message{Blocks: []chat.Block{{Text: chat.Text{
			{Kind: chat.Link, Text: "https://a.test", Ref: "https://a.test"}, {Kind: chat.Link, Text: "b", Ref: "https://b.test"},
			{Text: "c "}, {Kind: chat.Link, Text: "https://a.test", Ref: "https://a.test"}, {Text: ", d"},
		}}}}, "https://a.test b (https://b.test)c https://a.test, d", 0},
		{"small and icons", chat.Message{Blocks: []chat.Block{
			{Kind: chat.Small, Text: chat.Text{{Kind: chat.Icon, Text: "logo", Ref: "https://a.test/i.png"}, {Text: " by ana"}}},
			{Kind: chat.Divider},
			{Kind: chat.Heading, Level: 1, Text: words("Title")},
		}}, "logo by ana\n\n----------\n\nTitle", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			chat.Normalize(&c.m)
			if err := chat.Check(&c.m); err != nil {
				t.Fatal(err)
			}
			var out chat.Output
			zone := time.FixedZone("CET", 3600)
			if err := Write(&out, &c.m, &chat.Options{Zone: zone}); err != nil {
				t.Fatal(err)
			}
			if got := string(out.Parts[0].Payload); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if len(out.Notes.List) != c.losses {
				t.Errorf("got notes %v, want %d", out.Notes.List, c.losses)
			}
		})
	}
}
