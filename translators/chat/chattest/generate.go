// Package chattest makes messages for property tests: of every kind, with the
// strings that translators get wrong, in normal form.
package chattest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
)

// Message generates messages in normal form that pass chat.Check and have at
// least one block. Ids in them mean something at their origin only in shape.
func Message() *rapid.Generator[*chat.Message] {
	return rapid.Custom(func(t *rapid.T) *chat.Message {
		m := &chat.Message{
			Origin: rapid.SampledFrom([]chat.Platform{chat.Nowhere, chat.Slack, chat.Discord, chat.GitHub}).Draw(t, "origin"),
		}
		g := gen{t: t, origin: m.Origin}
		if g.chance(4) {
			m.Sender = g.badge()
		}
		if g.chance(4) {
			m.Summary = g.text(2)
		}
		for range rapid.IntRange(1, 6).Draw(t, "blocks") {
			m.Add(g.block(chat.Group))
		}
		chat.Normalize(m)
		if len(m.Blocks) == 0 {
			m.Add(chat.Block{Text: chat.Text{{Text: "something"}}})
		}
		if err := chat.Check(m); err != nil {
			panic(fmt.Sprintf("chattest: a message that Normalize left is not normal: %v", err))
		}
		return m
	})
}

type gen struct {
	t      *rapid.T
	origin chat.Platform
}

// chance is true once in n times.
func (g gen) chance(n int) bool { return rapid.IntRange(1, n).Draw(g.t, "chance") == n }

func (g gen) int(min, max int) int { return rapid.IntRange(min, max).Draw(g.t, "n") }

// block is of a kind up to most.
func (g gen) block(most chat.Kind) chat.Block {
	b := chat.Block{Kind: chat.Kind(g.int(0, int(most)))}
	b.Quoted = g.chance(5)
	switch b.Kind {
	case chat.Para:
		b.Text = g.text(5)
	case chat.Heading:
		b.Level, b.Text = g.int(1, 3), g.text(3)
	case chat.Item:
		b.Level, b.Number, b.Text = g.int(0, 3), max(0, g.int(-3, 12)), g.text(4)
	case chat.Code:
		b.Text = chat.Text{{Text: g.words()}, {Text: "\n" + g.words()}}
		b.Lang = rapid.SampledFrom([]string{"", "", "go", "c++", "sh"}).Draw(g.t, "lang")
		if g.chance(5) {
			b.Text = append(b.Text, chat.Span{Kind: chat.Link, Text: g.words(), Ref: g.url()})
		}
	case chat.Divider:
	case chat.Media:
		for range g.int(1, 3) {
			b.Assets = append(b.Assets, g.asset())
		}
	case chat.Fields:
		for range g.int(1, 4) {
			b.Fields = append(b.Fields, g.field())
		}
	case chat.Small:
		b.Text = g.text(3)
		if g.chance(3) {
			b.Text = append(b.Text, chat.Span{Text: " "}, chat.Span{Kind: chat.Icon, Text: g.words(), Ref: g.url()})
		}
	case chat.Buttons:
		for range g.int(1, 3) {
			b.Buttons = append(b.Buttons, g.button())
		}
	case chat.Grid:
		b.Table = g.table()
	case chat.Group:
		b.Card = g.card()
	}
	if b.Kind <= chat.Code || b.Kind == chat.Fields {
		g.beside(&b)
	}
	return b
}

// beside puts an asset or a button beside b, now and then.
func (g gen) beside(b *chat.Block) {
	if g.chance(8) {
		b.Assets = []chat.Asset{g.asset()}
	}
	if g.chance(8) {
		b.Buttons = []chat.Button{g.button()}
	}
}

func (g gen) card() *chat.Card {
	c := &chat.Card{Spoiler: g.chance(10)}
	if g.chance(2) {
		c.Colour = chat.RGB(rapid.Uint32().Draw(g.t, "rgb"))
	}
	if g.chance(2) {
		c.Author = g.badge()
	}
	if g.chance(2) {
		c.Title = g.text(2)
	}
	if g.chance(2) {
		c.URL = g.url()
	}
	for range g.int(0, 4) {
		c.Body = append(c.Body, g.block(chat.Grid))
	}
	if g.chance(4) {
		c.Thumb = chat.Asset{URL: g.url() + "/thumb.png"}
	}
	if g.chance(3) {
		c.Footer = chat.Badge{Name: g.words()}
	}
	if g.chance(3) {
		c.At = time.Unix(int64(g.int(1_000_000_000, 2_000_000_000)), 0).UTC()
	}
	return c
}

func (g gen) field() chat.Field {
	f := chat.Field{Name: g.text(2), Inline: g.chance(2)}
	for range g.int(1, 2) {
		f.Body = append(f.Body, chat.Block{
			Kind: rapid.SampledFrom([]chat.Kind{chat.Para, chat.Para, chat.Item, chat.Code}).Draw(g.t, "kind"),
			Text: g.text(2),
		})
	}
	return f
}

func (g gen) table() *chat.Table {
	t := &chat.Table{Head: g.chance(2)}
	columns := g.int(1, 4)
	for range columns {
		t.Align = append(t.Align, chat.Align(g.int(0, int(chat.AlignRight))))
	}
	for range g.int(1, 4) {
		row := make([]chat.Text, g.int(1, columns))
		for i := range row {
			row[i] = g.text(1)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (g gen) badge() chat.Badge {
	b := chat.Badge{Name: g.words()}
	if g.chance(2) {
		b.URL = g.url()
	}
	if g.chance(2) {
		b.Icon = g.url() + "/icon.png"
	}
	return b
}

func (g gen) asset() chat.Asset {
	a := chat.Asset{
		Kind: rapid.SampledFrom([]chat.AssetKind{chat.Picture, chat.Picture, chat.Picture, chat.Video, chat.Document}).Draw(g.t, "kind"),
		URL:  g.url() + "/asset.png",
	}
	if g.chance(2) {
		a.Alt = g.words()
	}
	if g.chance(3) {
		a.Title = g.words()
	}
	a.Spoiler = g.chance(10)
	return a
}

func (g gen) button() chat.Button {
	b := chat.Button{Label: g.words(), Tone: chat.Tone(g.int(0, int(chat.ToneDanger)))}
	if g.chance(3) {
		b.ID = "action"
	} else {
		b.URL = g.url()
	}
	return b
}
