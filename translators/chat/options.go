package chat

import (
	"errors"
	"slices"
	"time"
)

// ErrEmpty is returned by a reader for a payload in which there is nothing to
// say: no words, no picture, no button.
var ErrEmpty = errors.New("chat: empty message")

// Input is one event to be read. The reader keeps no reference to Body.
type Input struct {
	Event string // GitHub's event name; empty elsewhere
	Body  []byte // valid JSON of bounded depth, or text for text formats
	Files []File // uploads that came with the body
}

// Options say how a message is to be written. The zero value splits into at
// most one payload, maps nobody and notifies nobody; Parts gives the number.
type Options struct {
	// Lookup turns an id of another platform into one of the destination's, and a
	// name to show. Both empty: unknown. Nil: nothing is known.
	Lookup     func(from Platform, kind SpanKind, id string) (local, name string)
	Mentions   Mentions
	Overflow   Overflow
	MaxParts   int            // payloads one message may become; 0 is 1
	Components bool           // Discord: the destination takes link buttons
	Uploads    bool           // Slack: the files of the message are uploaded beside its payloads
	Legacy     bool           // Slack: the webhook honours name, icon and channel
	Zone       *time.Location // for times that the destination cannot show itself; nil: UTC
	// Whole is a file with all that the message says, made by translators.Write for
	// OverflowFile. A writer whose destination takes files sends it with the one
	// payload that it writes, and names it where the text breaks off; others ignore it.
	Whole *File

	origin Platform
	pings  *Pings
}

// Overflow says what happens to a message that is too long for one payload.
type Overflow uint8

// The ways to overflow.
const (
	OverflowSplit   Overflow = iota // into several payloads, then shortened
	OverflowShorten                 // to one payload
	OverflowFile                    // to one payload, with all of the text in a file; as OverflowSplit where no file can go along
)

// Mentions is what may notify at the destination.
type Mentions struct {
	AsText   bool     // mentions are written as words even where Lookup knows them
	Users    []string // ids at the destination
	Groups   []string // ids at the destination; Discord's roles, Slack's user groups
	Everyone bool
}

// For is o, which may be nil, for writing m: mentions are then judged by m's origin
// and pings.
func (o *Options) For(m *Message) Options {
	var c Options
	if o != nil {
		c = *o
	}
	c.origin = m.Origin
	c.pings = &m.Pings
	c.MaxParts = max(1, c.MaxParts)
	if c.Overflow == OverflowShorten || c.Whole != nil {
		c.MaxParts = 1
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return c
}

// Mention judges a User, UserGroup, Channel, Everyone or Emoji span that goes out to a
// platform. id is the platform's own id, empty when the span can only be written
// as words; for Everyone it is "here", "channel" or "everyone" when that may
// notify. name is what to show when it is words, in the manner of Span.Text.
// notify reports whether it may notify.
func (o *Options) Mention(to Platform, s *Span) (id, name string, notify bool) {
	name = s.Text
	if s.Kind == Everyone {
		if o.Mentions.Everyone && o.wished(s) {
			return s.Ref, name, true
		}
		return "", name, false
	}
	if o.origin == to && to != Nowhere {
		id = s.Ref
	} else if o.Lookup != nil {
		local, known := o.Lookup(o.origin, s.Kind, s.Ref)
		if known != "" {
			name = sigil(s.Kind) + known
		}
		id = local
	}
	if o.Mentions.AsText && s.Kind != Emoji {
		id = ""
	}
	switch s.Kind {
	case User:
		notify = slices.Contains(o.Mentions.Users, id)
	case UserGroup:
		notify = slices.Contains(o.Mentions.Groups, id)
	default: // the rest notifies nobody
	}
	return id, name, notify && o.wished(s)
}

// wished reports whether the sender wished the span to notify.
func (o *Options) wished(s *Span) bool {
	p := o.pings
	if p == nil || !p.Limited {
		return true
	}
	switch s.Kind {
	case User:
		return p.AnyUser || slices.Contains(p.Users, s.Ref)
	case UserGroup:
		return p.AnyGroup || slices.Contains(p.Groups, s.Ref)
	default:
		return p.Everyone
	}
}

func sigil(k SpanKind) string {
	switch k {
	case User, UserGroup:
		return "@"
	case Channel:
		return "#"
	default:
		return ""
	}
}

// Part is one payload to be sent.
type Part struct {
	Payload []byte // JSON, or text for text formats
	Files   []File // uploaded with it, in the order of the ids that the payload gives them
}

// Output is what a message became.
type Output struct {
	Parts []Part // in the order in which to send them
	Notes Notes
}

// Reset empties o and keeps its memory; payloads handed out before stay valid.
func (o *Output) Reset() {
	clear(o.Parts)
	o.Parts = o.Parts[:0]
	o.Notes.Reset()
}
