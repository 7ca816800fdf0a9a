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
	// Send sends one payload. Any error is a *Fault.
	Send(ctx context.Context, r Request) (Receipt, error)
}

// Request is one payload to be sent.
type Request struct {
	Format  string // the format it was written in
	Payload []byte
}

// Receipt is what the destination said of a payload it took.
type Receipt struct {
	Status int
	Remote string // id of the message there; empty when it tells none
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
	Wait                       // the destination said how long to wait
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
	Err     error         // the cause, without addresses; may be nil
	Pace    Pace
}
