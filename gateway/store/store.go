// Package store makes events and deliveries durable. Store is the contract;
// store/sqlite is the default, store/memory is for tests that are not about
// disks, and store/storetest is the kit which every implementation passes.
//
// It knows no HTTP, no platform's payloads and no policy: what an outcome means
// is decided by the lane, what an event means by the gateway.
package store

import (
	"context"
	"errors"
	"time"

	"dragoman/translators/chat"
)

// State is where a delivery stands. "In flight" is never stored: the lane's
// lease covers it.
type State string

// The states.
const (
	Pending   State = "pending"
	Held      State = "held"      // waits in a digest
	Done      State = "done"      // delivered, or nothing to say
	Partial   State = "partial"   // some parts were delivered and one cannot be
	Dead      State = "dead"      // given up, or refused by the destination
	Cancelled State = "cancelled" // taken back before it was sent
)

// Op is what an event, a delivery or a part does to a message.
type Op string

// The operations.
const (
	Post   Op = "" // a message of its own
	Edit   Op = "edit"
	Delete Op = "delete"
)

// ErrFull is returned when nothing more can be made durable now: the disk is
// full or the writers cannot keep up. Nothing of the call was stored.
var ErrFull = errors.New("store: full")

// ErrNotFound is returned for an id that there is not, or no longer.
var ErrNotFound = errors.New("store: not found")

// ErrLost is returned to one who works a lane whose lease has gone to another.
// Nothing of the call was stored.
var ErrLost = errors.New("store: lease lost")

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("store: closed")

// Store is durable when a call returns without error. All methods may be called
// concurrently. Slices and maps given to it are not kept; those it returns
// belong to the caller.
type Store interface {
	// Ingest makes events and their deliveries durable, all or none of the call,
	// recognises repeats and assigns handles. The result has one element for each
	// of in. When ctx ends before the writing has begun, nothing is stored; after
	// that the call waits for the end and tells the truth.
	Ingest(ctx context.Context, in []Incoming) ([]Accepted, error)

	// Lease grants lanes with pending deliveries, at most want that owner does not
	// hold yet, whose leases are free or have run out. A gate that is closed does
	// not keep a lane from being leased.
	// While several owners are alive, each gets at most its share of the lanes that
	// have pending deliveries, rounded up, those it holds among them.
	Lease(ctx context.Context, owner string, want int, term time.Duration) ([]Lane, error)
	// Renew extends the leases that owner still holds to term from now, and returns
	// them by name. One that has run out is still held until another has it.
	Renew(ctx context.Context, owner string, term time.Duration) ([]Lane, error)
	// Release gives lanes back. Those which are no longer held are skipped.
	Release(ctx context.Context, lanes []Lane) error

	// Heads returns the oldest pending deliveries of a lane, in order, at most max,
	// with their events and plans. There may be fewer when their bodies are large,
	// but none only when none is pending.
	Heads(ctx context.Context, lane string, max int) ([]Delivery, error)
	// File is the bytes of an upload that came with an event, or of a file that was
	// made for a part, by its Ref.
	File(ctx context.Context, ref string) ([]byte, error)
	// Finish records outcomes in one commit, each fenced by its lane's epoch: when
	// one has been lost or released, nothing of the call is stored and the error is
	// ErrLost. An outcome for a delivery or a part that there is not is ErrNotFound.
	Finish(ctx context.Context, out []Outcome) error
	// SetGate sets a lane's gate, whoever holds the lane, also of one without
	// deliveries. It prevails over a Finish by a holder who has not seen it yet.
	SetGate(ctx context.Context, lane string, g Gate) error

	// Alive says that owner is at work for term from now, and returns who else is. One
	// that stops says so with a term of 0: it has no share of the lanes any more.
	Alive(ctx context.Context, owner string, term time.Duration) (Peers, error)

	// Message is what a source's handle names, with its latest body.
	Message(ctx context.Context, source string, handle int64) (Message, error)
	// Add makes further deliveries of events that there are, all or none of the
	// call, and returns their ids. One that is a replay cancels the dead or partial
	// delivery which it replaces. An event whose body has been purged can only be
	// deleted; else it is ErrNotFound.
	Add(ctx context.Context, add []Addition) ([]int64, error)
	// Entries are those of a space, by key, that have not expired: the keys asked
	// for, or all when none is.
	Entries(ctx context.Context, space string, keys ...string) ([]Entry, error)
	// Put sets entries, all or none of the call.
	Put(ctx context.Context, entries []Entry) error

	// Events lists the history, newest first.
	Events(ctx context.Context, q EventQuery) ([]EventRow, error)
	// Event is one event with all that became of it.
	Event(ctx context.Context, id int64) (EventDetail, error)
	// Deliveries lists deliveries, newest first.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]DeliveryRow, error)
	// Inbox lists what a destination was sent and still holds, newest first: of a
	// part that was edited there the latest version alone, of one that was deleted
	// nothing. before is the id of the last one seen, 0 for the first page.
	Inbox(ctx context.Context, to string, before int64, limit int) ([]Kept, error)
	// Lanes lists every lane that has ever had a delivery or a gate, by name.
	Lanes(ctx context.Context) ([]LaneRow, error)

	// Probe writes and forgets a few bytes: it errs with ErrFull when nothing can be
	// made durable now.
	Probe(ctx context.Context) error

	// Purge forgets the bodies and parts of events older than bodies, and whole
	// events older than history, except while a delivery of them is pending, held,
	// partial or dead. It returns how many events it touched, at most limit; when that
	// is limit there may be more. A repeat is still recognised for three days. A
	// message and its edits are forgotten together, when the youngest of them is old
	// enough and nothing of any is wanted, and count as one. Entries and claims go
	// when they expire.
	Purge(ctx context.Context, bodies, history time.Time, limit int) (int, error)

	// Close waits for what has been asked for and closes the store.
	Close() error
}

// Caller is a Store that several processes may share, and that carries word
// between them. What is called may get lost: it saves waiting, and nothing else
// depends on it.
type Caller interface {
	// Call tells the other owners of lanes.
	Call(ctx context.Context, owner string, c Call) error
	// Listen gives what others call to heard, until ctx ends or the connection is
	// lost.
	Listen(ctx context.Context, owner string, heard func(Call)) error
}

// Call says that lanes may have work: those named, or any where none is.
type Call struct {
	Lanes []string `json:"lanes,omitempty"`
	Free  bool     `json:"free,omitzero"` // they have been given back
	Gate  bool     `json:"gate,omitzero"` // a person has set their gates
}

// Peers are the owners at work.
type Peers struct {
	Owners int // the one who asks among them
	// Surplus is how many lanes with pending deliveries the one who asks holds beyond
	// its share.
	Surplus int
}

// Incoming is an accepted event with the decision on it.
type Incoming struct {
	Op Op
	// Message is, for an Edit or Delete, the event that posted the message: where
	// there is none, the call errs with ErrNotFound. For a Post it is the message which
	// it answers, 0 for none.
	Message int64
	// Thread is what the sender called the thread, where that is none of our
	// messages.
	Thread string

	Source     string
	Dialect    string            // name of the reader: "slack", "discord", "github"
	Event      string            // event name, when the platform has one
	Key        string            // delivery id, for recognising repeats; empty: none
	Header     map[string]string // the allow-listed ones
	Body       []byte            // Post: as received. Edit: the whole message as it is now. Delete: empty
	Files      []File            // uploads that came with the body, at most one of each name
	At         time.Time
	Verdict    string // routed, dropped, silenced, unrouted, failed
	By         string // the rule or silence that decided, when one did
	Summary    string // one line for lists
	Deliveries []NewDelivery
}

// File is an upload. Event.Files lists it with a Ref.
type File struct {
	Name string
	Type string // media type, as the sender said
	Data []byte
}

// NewDelivery is a delivery to be made. It does what its event does.
type NewDelivery struct {
	Route  string
	To     string // name of the destination
	Lane   string
	Plan   []byte // JSON; equal plans are stored once
	State  State  // Pending when empty; Dead for what cannot be delivered at all
	Reason string // of a state other than Pending
	// Claim, when it is not empty, lets only the first delivery with it through until
	// ClaimFor has passed: those after it are stored as Cancelled with the reason
	// "duplicate". It is claimed in the transaction that stores the delivery, by one
	// that is Pending or Held. A repeat that is stored anew is no duplicate of itself.
	Claim    string
	ClaimFor time.Duration
}

// Addition is a further delivery of an event.
type Addition struct {
	Event int64 // whose body is sent: the message's own, or its latest edit
	// Op is what is done; a replay of an edited message posts its edit's body.
	Op      Op
	Message int64 // the event that posted the message
	Of      int64 // the delivery that is replayed; 0: none
	NewDelivery
}

// Message is a message that was accepted under a handle, as it stands.
type Message struct {
	ID      int64  // the event that posted it
	Latest  int64  // the event whose body is Body: the last edit, or ID
	Dialect string // of Body
	Event   string // event name, when the platform has one
	Body    []byte // nil when it has been purged
	Files   []chat.File
	Handle  int64
	At      time.Time // posted
	Edited  time.Time // last edited; zero: never
	Deleted bool
	Message int64 // the event that it answers; 0: none
	Thread  string
	// Work is the newest delivery of it by each route to each destination, replays
	// and edits among them, oldest first.
	Work []DeliveryRow
	Plan [][]byte // one for each of Work
}

// Entry is a piece of small state: a copy of a message at a destination, a
// dynamic source.
type Entry struct {
	Space string
	Key   string
	Value []byte    // empty: the entry is deleted
	Until time.Time // zero: for good
}

// Accepted is the answer to one Incoming.
type Accepted struct {
	ID int64 // the event
	// Handle names the message to its sender: microseconds since 1970, unique within
	// the source and growing.
	Handle int64
	// Repeat: (source, key) was accepted before and has a delivery that is pending,
	// held, partial or done; ID and Handle are those of the first and nothing was
	// stored. A repeat of which nothing came is stored anew as the same event.
	Repeat bool
}

// Lane is a lease on an ordered queue of deliveries. Epoch grows with each new
// holder.
type Lane struct {
	Name  string
	Epoch int64
	Until time.Time // end of the lease
	Gate  Gate
	// Rev counts what SetGate did to the lane. A Finish with an older Rev leaves the
	// gate alone, so that a holder cannot undo what a person did meanwhile; Renew
	// brings the new Gate and Rev.
	Rev int64
}

// Gate says whether a lane may send, and how it has fared. The zero Gate is
// open.
type Gate struct {
	Until   time.Time `json:"until,omitzero"`   // closed until then
	Stopped bool      `json:"stopped,omitzero"` // closed until a person opens it
	Reason  string    `json:"reason,omitzero"`  // a fixed word
	Faults  int       `json:"faults,omitzero"`  // failures of the destination in a row
}

// Event is an accepted event.
type Event struct {
	ID      int64
	Op      Op
	Message int64 // see Incoming
	Thread  string
	Source  string
	Dialect string
	Event   string
	Handle  int64
	Header  map[string]string
	Body    []byte // nil when it has been purged
	Files   []chat.File
	At      time.Time
}

// Delivery is one event on its way to one destination.
type Delivery struct {
	ID      int64
	Op      Op
	Message int64 // the event that posted the message which this is about: for a Post its own, or what it replays
	Lane    string
	Route   string
	To      string
	Plan    []byte
	State   State
	Tries   int // attempts that count against it
	Rung    int // step of the ladder after the destination called a payload malformed
	Born    time.Time
	Parts   []Part // frozen at the first sending, in order; empty before
	// Notes are those of rendering Parts, until they are stored with them. Heads
	// gives none.
	Notes []chat.Note
	Event Event
}

// Part is one payload of a delivery.
type Part struct {
	N       int         `json:"n"` // from 0
	Op      Op          `json:"op,omitzero"`
	Ref     string      `json:"ref,omitzero"`    // Edit, Delete: id at the destination of what is changed
	Thread  string      `json:"thread,omitzero"` // id at the destination of the thread it is in
	Format  string      `json:"format"`
	Payload []byte      `json:"-"`              // empty for a Delete
	Files   []chat.File `json:"files,omitzero"` // uploaded with it, each with its Ref
	// Made are files that were made for this payload, in Outcome.Freeze. They are
	// stored with the part and come back at the end of Files, with a Ref.
	Made   []File    `json:"-"`
	Remote string    `json:"remote,omitzero"` // id at the destination, when it gave one
	Sent   time.Time `json:"sent,omitzero"`   // zero: not yet
}

// Outcome is what came of working on a delivery, to be recorded.
type Outcome struct {
	Lane     Lane  // whose epoch fences the outcome, and whose Gate is stored with it
	Delivery int64 // 0: only the lane's gate
	State    State
	Reason   string // of a state other than Pending and Done: a fixed word
	Tries    int
	Rung     int
	Freeze   []Part      // replaces the parts, when not nil
	Sent     []Part      // parts that went out: N, Remote and Sent are used
	Attempts []Attempt   // to be added
	Notes    []chat.Note // replaces the notes, when not nil
	Entries  []Entry     // to be put in the same commit
}

// Attempt is one try at sending one part.
type Attempt struct {
	At      time.Time     `json:"at"`
	Part    int           `json:"part"`
	Status  int           `json:"status"`        // HTTP status; 0: no answer
	Verdict string        `json:"verdict"`       // "ok" or the client's verdict
	Code    string        `json:"code,omitzero"` // the platform's own
	Took    time.Duration `json:"took"`
}

// EventQuery selects events. Zero values select all.
type EventQuery struct {
	Source  string
	Route   string // has a delivery by this route, or was decided by it
	Verdict string
	Text    string // words, all of which the event's summary or body has; see Words
	Since   time.Time
	Before  int64 // events with a smaller id
	Limit   int   // see Page
}

// Page is the number of rows in a list for which limit were asked: 50 when it is
// not positive, and at most 1000.
func Page(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 1000)
}

// EventRow is an event in a list.
type EventRow struct {
	ID         int64         `json:"id"`
	At         time.Time     `json:"at"`
	Source     string        `json:"source"`
	Dialect    string        `json:"dialect"`
	Event      string        `json:"event,omitzero"`
	Op         Op            `json:"op,omitzero"`
	Message    int64         `json:"message,omitzero"` // see Incoming
	Verdict    string        `json:"verdict"`
	By         string        `json:"by,omitzero"`
	Summary    string        `json:"summary"`
	Deliveries []DeliveryRow `json:"deliveries"`
}

// DeliveryQuery selects deliveries. Zero values select all; State Dead selects
// Partial too.
type DeliveryQuery struct {
	State  State
	Lane   string
	Route  string
	To     string
	Source string // of the event
	Since  time.Time
	Before int64 // deliveries with a smaller id
	Limit  int   // see Page
}

// DeliveryRow is a delivery in a list.
type DeliveryRow struct {
	ID     int64     `json:"id"`
	Event  int64     `json:"event"`
	Op     Op        `json:"op,omitzero"`
	Of     int64     `json:"of,omitzero"` // the delivery that it replays
	Route  string    `json:"route"`
	To     string    `json:"to"`
	Lane   string    `json:"lane"`
	State  State     `json:"state"`
	Reason string    `json:"reason,omitzero"`
	Tries  int       `json:"tries"`
	Born   time.Time `json:"born"`
	Ended  time.Time `json:"ended,omitzero"`
}

// EventDetail is an event with its deliveries, their parts, attempts and notes.
type EventDetail struct {
	EventRow
	Handle int64
	Thread string
	Header map[string]string
	Files  []chat.File
	Body   []byte // nil when it has been purged
	Work   []DeliveryDetail
}

// DeliveryDetail is a delivery with all that came of it.
type DeliveryDetail struct {
	DeliveryRow
	Plan     []byte
	Parts    []Part
	Attempts []Attempt
	Notes    []chat.Note
}

// Kept is a part that was sent to an inbox.
type Kept struct {
	ID       int64 // of the part
	Event    int64
	At       time.Time
	Format   string
	Payload  []byte
	Delivery int64
}

// LaneRow is a lane in a list.
type LaneRow struct {
	Name    string    `json:"lane"`
	Gate    Gate      `json:"gate"`
	Backlog int       `json:"backlog"`         // pending deliveries
	Oldest  time.Time `json:"oldest,omitzero"` // birth of the oldest of them
	Owner   string    `json:"owner,omitzero"`
}
