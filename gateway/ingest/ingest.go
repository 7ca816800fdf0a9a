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
	Dialect string // name of the reader: "slack", "discord", "github"
	Name    string // event name, when the platform has one
	Action  Action
	Key     string            // delivery id, for recognising repeats; may be empty
	Channel string            // asked for by a Slack sender
	Header  map[string]string // the allow-listed ones, canonical names
	Body    []byte            // JSON object, checked for validity and depth; owned by the event
	Files   []chat.File
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
	// event cannot be stored now, and with *Invalid when the body cannot be read.
	Accept(ctx context.Context, e *Event) (Ack, error)
}

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
}
