package render

import (
	"strings"

	"dragoman/translators/chat"
)

// place fits a message to where it goes: into a thread, a forum, or after the
// message that it changes and cannot change.
func place(m *chat.Message, n *chat.Notes, j *Job) {
	var above []chat.Block
	discord := strings.HasPrefix(j.Plan.Format, "discord")
	switch t := &m.Thread; {
	case j.Place.Thread != Named:
		t.Key = ""
		if t.Topic != "" && j.Place.Thread == Beside {
			above = append(above, heading(t.Topic))
			t.Topic = ""
			n.AddAt("thread.topic", chat.Flattened, "topic", 0)
		}
	case t.Key != "" && discord:
		n.AddAt("thread.key", chat.Flattened, "thread", 0)
	}
	if j.Place.Thread == Loose {
		n.AddAt("thread", chat.Flattened, "reply", 0)
		if j.Place.Parent != "" {
			above = append(above, small(chat.Span{Kind: chat.Link, Text: "↪ in reply to", Ref: j.Place.Parent}))
		}
	}
	if discord && m.Thread.Topic != "" && j.Place.Forum == NoForum {
		above = append(above, heading(m.Thread.Topic))
		m.Thread.Topic = ""
		n.AddAt("thread.topic", chat.Flattened, "topic", 0)
	}
	if discord && m.Thread.Topic == "" && j.Place.Forum == IsForum && j.Place.Thread != Beside {
		m.Thread.Topic = topic(m)
	}
	if j.Update {
		n.AddAt("message", chat.Flattened, "edit", 0)
		above = append(above, small(chat.Span{Text: "✎ edited"}))
	}
	if len(above) > 0 {
		m.Blocks = append(above, m.Blocks...)
		chat.Normalize(m)
	}
}

func heading(words string) chat.Block {
	return chat.Block{Kind: chat.Heading, Level: 1, Text: chat.Text{{Text: words}}}
}

func small(s chat.Span) chat.Block { return chat.Block{Kind: chat.Small, Text: chat.Text{s}} }

// topic is a name for a thread which must have one and was given none.
func topic(m *chat.Message) string {
	for i := range m.Blocks {
		b := &m.Blocks[i]
		words := b.Text.Plain()
		if b.Card != nil {
			words = b.Card.Title.Plain()
		}
		if words = strings.Join(strings.Fields(words), " "); words != "" {
			return words
		}
	}
	if s := strings.Join(strings.Fields(m.Summary.Plain()), " "); s != "" {
		return s
	}
	return "message"
}
