// Package ingest is HTTP in: one file per dialect. A dialect authenticates,
// turns the request into an Event, hands it to the sink, and answers in the words
// of the platform which it imitates. It translates nothing, stores nothing and
// retries nothing.
package ingest

import (
	"context"
	"errors"
	"time"

	"dragoman/translators/chat"
)

// Action is what an event does to a message.
type Action uint8

// The actions.
const (
	Post Action = iota
	Edit
	Delete
)

// Event is one request, authenticated and read, that wants to be accepted.
type Event struct {
	Source  string // name of the endpoint
	Hook    *Hook  // where it is relayed to, besides where rules say; nil: it came to a source of its own
	Dialect string // name of the reader: "slack", "discord", "github"
	Name    string // event name, when the platform has one
	Action  Action
	// Handle is the message that is edited or deleted; of a Post the one that it
	// answers, 0 for none. Whether there is such a message is the sink's to find out.
	Handle int64
	// Thread is what the sender of a Post called the thread, as it stood in the
	// request: a ts, or an id of Discord's.
	Thread    string
	Ephemeral bool              // a Post meant for one person
	Key       string            // delivery id, for recognising repeats; may be empty
	Channel   string            // asked for by a Slack sender
	Header    map[string]string // the allow-listed ones, canonical names
	// Body is a JSON object, checked for validity and depth, and owned by the event. Of
	// an Edit it is the whole message as it is now; of a Delete it is empty.
	Body  []byte
	Files []chat.File // uploads with their Data, at most one of each name
	// Dropped are, of an Edit, the names of the files that the message has no longer.
	Dropped []string
	At      time.Time
}

// Ack is the answer to an accepted event.
type Ack struct {
	ID     int64
	Handle int64
	Routed bool // some route will deliver it, or it was delivered before
}

// Sink takes events. What it returns without error is durable.
type Sink interface {
	// Accept errs with ErrEmpty when there is nothing to say, with ErrBusy when the
	// event cannot be stored now, with ErrNoMessage when an edit or a delete names no
	// message, and with *Invalid when the body cannot be read.
	Accept(ctx context.Context, e *Event) (Ack, error)
}

// Archive serves the dialects that let a sender read its message back.
type Archive interface {
	// Find is the message that a source's handle names, as it is now, written in a
	// dialect. It errs with ErrNoMessage when there is none, or no longer.
	Find(ctx context.Context, source string, handle int64, dialect string) (Message, error)
}

// Message is an accepted message.
type Message struct {
	Body   []byte // in the dialect asked for
	Files  []chat.File
	At     time.Time
	Edited time.Time // zero: never
	Handle int64     // of the message that it answers; 0: none
	Thread string    // see Event
	Hook   string    // name of the Hook that it came by; empty: none
}

// ErrNoMessage is answered as the platform answers for an unknown message.
var ErrNoMessage = errors.New("ingest: no such message")

// Webhooks keeps what senders change of their own webhooks. A change shows in the
// sources that the handler is given next.
type Webhooks interface {
	// Modify sets the name and the picture that a source shows.
	Modify(ctx context.Context, s *Source, to Shown) (Source, error)
	// Remove takes a source away that has a Key. It errs with ErrNoWebhook when it has
	// gone already.
	Remove(ctx context.Context, s *Source) error
}

// Shown is what Discord shows of a webhook.
type Shown struct {
	Title  string `json:"title,omitzero"`  // empty: the name of the source
	Avatar string `json:"avatar,omitzero"` // Discord's hash of a picture; empty: none
}

// ErrNoWebhook is answered as Discord answers for an unknown webhook.
var ErrNoWebhook = errors.New("ingest: no such webhook")

// ErrBusy is answered with 503: the sender should try again.
var ErrBusy = errors.New("ingest: busy")

// ErrEmpty is answered as the platform answers an empty message.
var ErrEmpty = errors.New("ingest: empty message")

// Invalid is a body which the platform would not take. Each dialect answers it
// in its own words.
type Invalid struct {
	Reason string // for the sender; holds nothing of the body
}

func (e *Invalid) Error() string { return "ingest: " + e.Reason }

// Source is a named inbound endpoint.
type Source struct {
	Name    string
	Secrets []string // newest first; its addresses derive from each
	GitHub  []string // secrets of signed GitHub events; none: unsigned ones are taken
	Accept  []string // dialects: "slack", "discord", "github"
	Labels  map[string]string
	// Strict sources refuse what the imitated platform would refuse, in its words;
	// others take what can be understood.
	Strict bool
	Paths  []string // of webhooks of Slack's or Discord's, that it answers to as well
	Rate   Rate     // never for signed GitHub events

	hook *Hook // of a relayed address

	// Key names a source that was made while the gateway ran, and can be removed;
	// empty: it is in the configuration.
	Key     string
	Channel string // Discord's id of its channel; empty: one is derived
	Shown
}

// shownName is the name that a source's webhook has at Discord.
func (s *Source) shownName() string {
	if s.Title != "" {
		return s.Title
	}
	return s.Name
}

// Rate is at most N requests in Per; no N: no limit.
type Rate struct {
	N   int
	Per time.Duration
}

// Violation is a rule of a platform that a body breaks.
type Violation struct {
	Error   string // Slack: the word of the answer
	Code    string // of the rule, as the platform calls it
	Pointer string // where: a JSON pointer, or keys and indices with dots between them
	Message string
	Field   string // Slack: the member that is missing or not allowed, else empty
}

// refused is the error of a strict source: what its platform would refuse.
type refused struct{ found []Violation }

func (e *refused) Error() string { return "ingest: refused: " + e.found[0].Code }

// Checks find what a platform would refuse.
type Checks struct {
	Slack       func(body []byte) []Violation
	SlackBlocks func(blocks []byte) []Violation
	Discord     func(body []byte) []Violation
	// DiscordFiles finds entries of "attachments" without a file; ids are those of the
	// files that came.
	DiscordFiles func(body []byte, ids []string) []Violation
	// DiscordAnswer is Discord's answer to violations in a version of its API.
	DiscordAnswer func(v []Violation, version int) []byte
}

// Channel is a channel that senders may look up.
type Channel struct {
	ID   string // Slack's
	Name string // without the sign
}

// User is somebody whom senders may name.
type User struct {
	ID   string // Slack's
	Name string // without the sign
}
