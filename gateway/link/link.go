// Package link knows where a message went: which payloads at a destination are
// the copies of it, so that an edit, a delete or an answer finds them. Its state
// lives in the store, as one entry for each message and destination.
//
// It sends nothing, and decides nothing about who gets an edit.
package link

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"dragoman/gateway/store"
)

// Copy is a message at one destination. The zero Copy is none.
type Copy struct {
	Parts  []string `json:"parts,omitzero"`  // ids of its payloads there, in order
	Thread string   `json:"thread,omitzero"` // id of the thread that it is in or has begun
}

// State is what a destination has told about itself.
type State struct {
	Forum   string `json:"forum,omitzero"`   // "yes", "no", or empty: not known yet
	Channel string `json:"channel,omitzero"` // id of its channel
	Guild   string `json:"guild,omitzero"`   // Discord: id of its server
}

const stateKey = "state"

func space(to string) string { return "to " + to }

// Ref names the copy of a message that a route has made. Two routes to one
// destination make two copies.
type Ref struct {
	Message int64
	Route   string
}

func (r Ref) key() string { return "m" + strconv.FormatInt(r.Message, 10) + " " + r.Route }

// Entries is the part of a store that Find reads.
type Entries interface {
	Entries(ctx context.Context, space string, keys ...string) ([]store.Entry, error)
}

// Find reads copies at a destination, one for each ref, and the destination's
// state.
func Find(ctx context.Context, s Entries, to string, refs ...Ref) ([]Copy, State, error) {
	keys := []string{stateKey}
	for _, r := range refs {
		keys = append(keys, r.key())
	}
	entries, err := s.Entries(ctx, space(to), keys...)
	if err != nil {
		return nil, State{}, err
	}
	copies := make([]Copy, len(refs))
	var state State
	for _, e := range entries {
		if e.Key == stateKey {
			err = json.Unmarshal(e.Value, &state)
		}
		for i, r := range refs {
			if e.Key == r.key() {
				err = json.Unmarshal(e.Value, &copies[i])
			}
		}
		if err != nil {
			return nil, State{}, fmt.Errorf("link: %s of %q: %w", e.Key, to, err)
		}
	}
	return copies, state, nil
}

// Entry keeps the state of a destination.
func (s State) Entry(to string) store.Entry {
	return store.Entry{Space: space(to), Key: stateKey, Value: encode(s)}
}

// Aim gives each part of an edit or a delete the copy that it changes: parts
// take the copies in order, what is too many is deleted and what is missing is
// posted. The parts of a delete are the copies alone.
func Aim(op store.Op, c Copy, parts []store.Part) []store.Part {
	if op == store.Delete {
		parts = nil
	}
	for i, id := range c.Parts {
		if i == len(parts) {
			parts = append(parts, store.Part{N: i, Op: store.Delete})
		}
		if p := &parts[i]; op != store.Post {
			p.Ref = id
			if p.Op == store.Post {
				p.Op = store.Edit
			}
		}
	}
	for i := range parts {
		parts[i].Thread = c.Thread
	}
	return parts
}

// After is the entry to keep when parts of a delivery have been sent: the copies
// that there are now. There is none where the destination tells no ids.
func After(d *store.Delivery, until time.Time) (store.Entry, bool) {
	var c Copy
	known := false
	for _, p := range d.Parts {
		id := p.Ref
		switch {
		case p.Op == store.Delete && !p.Sent.IsZero():
			id = ""
		case p.Op == store.Post:
			id = p.Remote
		}
		known = known || p.Ref != "" || p.Remote != ""
		if id != "" {
			c.Parts = append(c.Parts, id)
		}
		if p.Thread != "" {
			c.Thread = p.Thread
		}
	}
	if !known {
		return store.Entry{}, false
	}
	e := store.Entry{Space: space(d.To), Key: Ref{d.Message, d.Route}.key(), Until: until}
	if len(c.Parts) > 0 {
		e.Value = encode(c)
	}
	return e, true
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings alone
	}
	return b
}
