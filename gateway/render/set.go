package render

import (
	"slices"
	"strings"

	"dragoman/rules"
	"dragoman/translators"
	"dragoman/translators/chat"
)

// set changes fields of the message. A card's fields are those of the first card;
// a message without a card is given one only by color and url, which nothing else
// can show. Values are words: markup in them is shown, not obeyed.
func set(m *chat.Message, n *chat.Notes, values []rules.Value) {
	if len(values) == 0 {
		return
	}
	for _, v := range values {
		switch v.Key {
		case "username":
			m.Sender.Name = v.Text
		case "avatar":
			m.Sender.Icon = v.Text
		case "thread_name":
			m.Thread.Topic = v.Text
		case "text":
			setText(m, v.Text)
		case "title":
			setTitle(m, v.Text)
		case "url":
			card(m).URL = v.Text
		case "color":
			c, ok := colour(v.Text)
			if !ok {
				n.AddAt("set", chat.Dropped, "color", 0)
				continue
			}
			card(m).Colour = c
		}
	}
	chat.Normalize(m)
}

// setText replaces the words of the message that stand before its first card.
func setText(m *chat.Message, words string) {
	at := firstCard(m)
	if at < 0 {
		at = len(m.Blocks)
	}
	var own []chat.Block
	if words != "" {
		own = []chat.Block{{Kind: chat.Para, Text: chat.Text{{Text: words}}}}
	}
	m.Summary = nil
	m.Blocks = append(own, m.Blocks[at:]...)
}

// setTitle is the first card's title, or a heading.
func setTitle(m *chat.Message, words string) {
	if at := firstCard(m); at >= 0 {
		m.Blocks[at].Card.Title = chat.Text{{Text: words}}
		return
	}
	head := chat.Block{Kind: chat.Heading, Level: 1, Text: chat.Text{{Text: words}}}
	if len(m.Blocks) > 0 && m.Blocks[0].Kind == chat.Heading {
		m.Blocks[0] = head
		return
	}
	m.Blocks = append([]chat.Block{head}, m.Blocks...)
}

func firstCard(m *chat.Message) int {
	return slices.IndexFunc(m.Blocks, func(b chat.Block) bool { return b.Kind == chat.Group })
}

// card is the first card; a message without one is framed by one.
func card(m *chat.Message) *chat.Card {
	if at := firstCard(m); at >= 0 {
		return m.Blocks[at].Card
	}
	c := &chat.Card{Body: slices.Clone(m.Blocks)}
	if len(c.Body) > 0 && c.Body[0].Kind == chat.Heading {
		c.Title, c.Body = c.Body[0].Text, c.Body[1:]
	}
	m.Blocks = []chat.Block{{Kind: chat.Group, Card: c}}
	return c
}

func colour(s string) (chat.Colour, bool) {
	switch strings.ToLower(s) {
	case "good", "ok", "green":
		return chat.RGB(0x2eb886), true
	case "warning", "yellow":
		return chat.RGB(0xdaa038), true
	case "danger", "critical", "red":
		return chat.RGB(0xa30200), true
	}
	return chat.ParseHex(s)
}

// words leaves nothing of m but its words, as one text.
func words(m *chat.Message, n *chat.Notes) {
	var out chat.Output
	if err := translators.Write(&out, m, "plain", &chat.Options{MaxParts: 1}); err != nil || len(out.Parts) == 0 {
		return
	}
	n.Add(chat.Flattened, "message", 0)
	m.Summary = nil
	m.Blocks = []chat.Block{{Kind: chat.Para, Text: chat.Text{{Text: string(out.Parts[0].Payload)}}}}
	chat.Normalize(m)
}
