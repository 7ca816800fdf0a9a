// Package client sends payloads to destinations: one file per kind. A client
// sends once; it never sleeps and never retries. It classifies the answer, by
// status and the platform's own code, and leaves the rest to the lane.
//
// It builds no payloads and knows nothing of queues.
package client

import (
	"context"
	"time"
)

// Client sends to one destination. It may be called concurrently.
type Client interface {
	// Send does one request. Any error is a *Fault.
	Send(ctx context.Context, r Request) (Receipt, error)
}

// Op is what a request does at the destination.
type Op uint8

// The operations. A destination without messages of its own to change, such as
// Slack's incoming webhook, takes only Post; its client answers others with a
// Fault of Verdict Refused and Reason "cannot_edit". The payload of an Edit is the
// whole message as it is to be: what it leaves out goes away.
const (
	Post Op = iota
	Edit
	Delete
)

// Request is one thing to be done.
type Request struct {
	ID string // of the delivery and its part: the same over retries and crashes, and no other's
	Op Op
	// Remote is the id of the message there, as a Receipt told it. For a Post it is
	// empty, except after a Fault with a Remote: what stands there is not posted again.
	Remote  string
	Thread  string            // id of the thread there, when the message is or goes in one
	Format  string            // the format the payload was written in
	Payload []byte            // empty for a Delete
	Files   []File            // to be uploaded with it
	Header  map[string]string // of the event as received; plain HTTP sends some of them on
}

// File is an upload.
type File struct {
	Name string
	Type string // media type; empty: unknown
	Data []byte
}

// Receipt is what the destination said of a payload it took.
type Receipt struct {
	Status int
	Remote string // id of the message there; empty when it tells none
	Thread string // id of the thread which the request has made; empty for none
	Pace   Pace
}

// Pace is what an answer said about how much more may be sent.
type Pace struct {
	Known bool
	Left  int           // requests that may still be sent
	Reset time.Duration // until there are more
}

// Verdict is what a fault means for the delivery and its lane.
type Verdict uint8

// The verdicts.
const (
	Again       Verdict = iota // the destination failed: try again later
	Wait                       // the destination said to wait, and mostly how long
	Reform                     // the destination wants the payload in another form (forum or not)
	Malformed                  // the destination cannot read the payload: next rung of the ladder
	Refused                    // the destination will not have this message
	MessageGone                // the message referred to is no longer there
	Stopped                    // the destination is gone or closed: a person must look
)

var verdictNames = [...]string{"again", "wait", "reform", "malformed", "refused", "message_gone", "stopped"}

func (v Verdict) String() string { return verdictNames[v] }

// Fault is why a payload was not taken. Its text holds no token, no address and
// nothing that a user or the destination wrote, except the platform's code.
type Fault struct {
	Verdict Verdict
	Status  int           // HTTP status; 0 when there was no answer
	Code    string        // the platform's own code or word
	After   time.Duration // Wait: as told by the destination
	All     bool          // Wait: meant for all destinations of the platform
	Reason  string        // a fixed word, safe as a metric label
	Err     error         // the cause, in words of our own; may be nil
	Pace    Pace
	// Remote, when it is not empty, says that the message is there under this id and
	// something that belongs to it, a file, is not. A retry hands it back in the
	// Request; without it the message would be posted twice.
	Remote string
}
