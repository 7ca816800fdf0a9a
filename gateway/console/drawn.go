package console

import (
	"html/template"
	"time"

	"dragoman/translators/chat"
)

// mostDrawn is the longest payload that is drawn, in bytes: a page is to stay
// light, whatever it shows.
const mostDrawn = 1 << 20

// drawn is a payload as the chats show it, side by side.
type drawn struct {
	Sides   []side // Slack and Discord; none where it cannot be drawn
	Why     string // it cannot be drawn
	Neutral payload
	Notes   []chat.Note // of reading
}

// side is how one chat shows a message.
type side struct {
	Chat   string
	Class  string
	Origin bool // the message came in as one of this chat
	HTML   template.HTML
	Notes  []chat.Note
	Count  int // messages it takes
}

// draw draws a payload of a format, as a message of the time at.
func (c *console) draw(format, event string, body []byte, at time.Time) drawn {
	switch {
	case c.Preview == nil:
		return drawn{Why: "Drawing is switched off."}
	case body == nil:
		return drawn{Why: "The payload is no longer kept."}
	case len(body) > mostDrawn:
		return drawn{Why: "The payload is too long to be drawn."}
	}
	p, err := c.Preview(format, event, body)
	if err != nil {
		return drawn{Why: err.Error()}
	}
	d := drawn{Neutral: pretty(p.Neutral), Notes: p.Notes}
	d.Sides = []side{
		newSide(&slackLook, p.Message, &p.Slack, at),
		newSide(&discordLook, p.Message, &p.Discord, at),
	}
	return d
}

// newSide draws what a chat shows. A message which came from that very chat is
// drawn as it was.
func newSide(l *look, m *chat.Message, s *Shown, at time.Time) side {
	v := side{Chat: l.name, Class: string(l.class)}
	if m != nil && m.Origin == l.platform {
		v.Origin, v.Count, v.HTML = true, 1, l.draw([]*chat.Message{m}, at)
		return v
	}
	v.Count, v.HTML, v.Notes = len(s.Messages), l.draw(s.Messages, at), s.Notes
	return v
}
