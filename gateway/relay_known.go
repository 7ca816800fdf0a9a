package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/ingest"
	"dragoman/gateway/link"
	"dragoman/gateway/store"
)

// What the store keeps of relayed webhooks, each by its name.
const (
	relayAddresses = "relay"         // where it is: an address
	relayRefusals  = "relay refused" // what its platform has said of it: an ingest.Gone
)

// address is a relayed webhook in the store.
type address struct {
	Platform string `json:"platform"`
	ID       string `json:"id"`
	Token    string `json:"token"`
	Stopped  bool   `json:"stopped,omitzero"` // its platform has refused it, and its lane has stopped
}

// known is what is known of a webhook at some time. It never changes.
type known struct {
	at      *destination // nil: it has never been there
	hook    ingest.Hook
	stopped bool
	until   time.Time    // the end of the address in the store
	gone    *ingest.Gone // nil: nothing is said against it
	fresh   time.Time    // after that the store is asked again: others may have learned more
}

const (
	maxMemory = 4 * maxRelayed
	staysNew  = time.Minute
)

// term is how long a webhook is kept after its last event. What waits in its lane
// needs its address.
func (r *relay) term() time.Duration { return max(r.g.conf.Store.History, 7*24*time.Hour) }

// look is what is known of a webhook. When the store does not tell, it is what was
// known last.
func (r *relay) look(ctx context.Context, name string) (known, error) {
	r.mu.Lock()
	old, ok := r.memory[name]
	r.mu.Unlock()
	if ok && time.Now().Before(old.fresh) {
		return old, nil
	}
	k, err := r.read(ctx, name, old.at)
	switch {
	case err != nil && ok:
		return old, nil
	case err == nil && (k.at != nil || k.gone != nil):
		r.remember(name, k)
	}
	return k, err
}

func (r *relay) remember(name string, k known) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.memory) >= maxMemory {
		clear(r.memory)
	}
	r.memory[name] = k
}

// read is what the store knows of a webhook. old is its destination, when there
// is one already.
func (r *relay) read(ctx context.Context, name string, old *destination) (k known, err error) {
	k.fresh = time.Now().Add(staysNew)
	refusals, err := r.g.store.Entries(ctx, relayRefusals, name)
	if err != nil {
		return k, err
	}
	for _, e := range refusals {
		k.gone = &ingest.Gone{}
		if err := json.Unmarshal(e.Value, k.gone); err != nil {
			return k, err
		}
		if e.Until.Before(k.fresh) {
			k.fresh = e.Until
		}
	}
	addresses, err := r.g.store.Entries(ctx, relayAddresses, name)
	if err != nil || len(addresses) == 0 {
		return k, err
	}
	var a address
	if err := json.Unmarshal(addresses[0].Value, &a); err != nil {
		return k, err
	}
	k.hook = ingest.Hook{Platform: a.Platform, ID: a.ID, Token: a.Token}
	k.stopped, k.until, k.at = a.Stopped, addresses[0].Until, old
	if old == nil {
		k.at, err = r.make(ctx, k.hook)
	}
	return k, err
}

// keep makes a webhook known, with what Discord has said of it.
func (r *relay) keep(ctx context.Context, h ingest.Hook, about *client.Info) error {
	until := time.Now().Add(r.term())
	entries := []store.Entry{entry(relayAddresses, h.Name(), address{h.Platform, h.ID, h.Token, false}, until), {Space: relayRefusals, Key: h.Name()}}
	if about != nil {
		state := link.State{Channel: about.Channel, Guild: about.Guild}.Entry(h.Name())
		state.Until = until
		entries = append(entries, state)
	}
	return r.put(ctx, h, entries)
}

// refuse remembers what a platform has said of a webhook, for a while.
func (r *relay) refuse(ctx context.Context, h ingest.Hook, gone *ingest.Gone, term time.Duration) {
	name, now := h.Name(), time.Now()
	entries := []store.Entry{entry(relayRefusals, name, gone, now.Add(term))}
	k, err := r.look(ctx, name)
	if err == nil && k.at != nil {
		entries = append(entries, entry(relayAddresses, name, address{h.Platform, h.ID, h.Token, true}, now.Add(r.term())))
	}
	if err := r.put(ctx, h, entries); err != nil {
		r.g.log.Error("what a platform says of a relayed webhook cannot be stored", "webhook", h, "error", err)
		k.gone, k.stopped, k.fresh = gone, true, now.Add(staysNew)
		r.remember(name, k)
	}
}

// put stores entries about a webhook, and reads what is known then.
func (r *relay) put(ctx context.Context, h ingest.Hook, entries []store.Entry) error {
	if err := r.g.store.Put(ctx, entries); err != nil {
		return err
	}
	r.mu.Lock()
	old := r.memory[h.Name()].at
	r.mu.Unlock()
	k, err := r.read(ctx, h.Name(), old)
	if err == nil {
		r.remember(h.Name(), k)
	}
	return err
}

func entry(space, key string, value any, until time.Time) store.Entry {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings and numbers alone
	}
	return store.Entry{Space: space, Key: key, Value: b, Until: until}
}

// heard learns from what came of a delivery.
func (r *relay) heard(ctx context.Context, h ingest.Hook, err error) {
	if r == nil {
		return // nobody is served any more
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	var f *client.Fault
	if errors.As(err, &f) {
		if gone, term := saysGone(h.Platform, f); gone != nil {
			r.refuse(ctx, h, gone, term)
		}
		return
	}
	r.mu.Lock()
	k := r.memory[h.Name()]
	r.mu.Unlock()
	if err == nil && (k.gone != nil || k.stopped) { // a person has opened its lane, and was right
		if err := r.keep(ctx, h, nil); err != nil {
			r.g.log.Error("that a relayed webhook is back cannot be stored", "webhook", h, "error", err)
		}
	}
}
