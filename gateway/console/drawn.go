package console

import (
	"html/template"
	"strings"
	"time"

	"dragoman/gateway/store"
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
func (c *console) draw(source, format, event string, body []byte, at time.Time) drawn {
	switch {
	case c.Preview == nil:
		return drawn{Why: "Drawing is switched off."}
	case body == nil:
		return drawn{Why: "The payload is no longer kept."}
	case len(body) > mostDrawn:
		return drawn{Why: "The payload is too long to be drawn."}
	}
	p, err := c.Preview(source, format, event, body)
	if err != nil {
		return drawn{Why: err.Error()}
	}
	d := drawn{Neutral: pretty(p.Neutral), Notes: p.Notes}
	d.Sides = []side{
		newSide(&slackLook, p.Message, &p.Slack, at),
		newSide(&discordLook, p.Message, &p.Discord, at),
	}
	if d.Sides[1].Origin { // what came in stands first
		d.Sides[0], d.Sides[1] = d.Sides[1], d.Sides[0]
	}
	return d
}

// drawPart draws a payload as the chat shows it in whose format it is; nil for
// one of no chat's, or when it cannot be read.
func (c *console) drawPart(part *store.Part, at time.Time) *side {
	if c.Preview == nil || part.Payload == nil || len(part.Payload) > mostDrawn {
		return nil
	}
	name, _, _ := strings.Cut(part.Format, "-") // "slack-attachments" is shown as "slack"
	for _, l := range []*look{&slackLook, &discordLook} {
		if name != string(l.class) {
			continue
		}
		if p, err := c.Preview("", part.Format, "", part.Payload); err == nil && p.Message != nil {
			if !part.Sent.IsZero() {
				at = part.Sent
			}
			return &side{Chat: l.name, Class: string(l.class), HTML: l.draw([]*chat.Message{p.Message}, at), Count: 1}
		}
	}
	return nil
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
