// Package memory is a store.Store in plain Go: for tests that are not about
// disks, and as the plainest statement of what the contract means. It keeps
// nothing after Close and forgets nothing but what Purge is told to.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// Store keeps everything in memory, under one lock.
type Store struct {
	mu         sync.Mutex
	closed     bool
	events     []*event    // by id
	deliveries []*delivery // by id
	lanes      map[string]*lane
	seen       map[seenKey]*seen
	handles    map[string]int64 // highest of each source
	claims     map[string]claim
	entries    map[entryKey]store.Entry
	alive      map[string]time.Time // owners, until when
	listeners  map[*listener]bool
	lastEvent  int64
	lastPart   int64
	lastWork   int64
}

type event struct {
	store.Event
	verdict, by, summary string
	purged               bool
	files                [][]byte
	work                 []*delivery
}

type delivery struct {
	store.DeliveryRow
	event    *event
	plan     []byte
	rung     int
	parts    []part
	attempts []store.Attempt
	notes    []chat.Note
}

type part struct {
	store.Part
	id   int64
	made map[int][]byte // by place in Files
}

type claim struct {
	event *event
	until time.Time
}

type entryKey struct{ space, key string }

type lane struct {
	store.Lane
	owner string
}

type listener struct {
	owner string
	heard func(store.Call)
}

type seenKey struct{ source, key string }

type seen struct {
	id, handle int64
	at         time.Time
	event      *event // nil when it has been forgotten
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Caller = (*Store)(nil)
)

// New returns an empty Store.
func New() *Store {
	return &Store{
		lanes:   map[string]*lane{},
		seen:    map[seenKey]*seen{},
		handles: map[string]int64{},
		claims:  map[string]claim{},
		entries: map[entryKey]store.Entry{},
		alive:   map[string]time.Time{},

		listeners: map[*listener]bool{},
	}
}

// begin takes the lock, unless there is nothing to do it for.
func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// Ingest implements store.Store.
func (s *Store) Ingest(ctx context.Context, in []store.Incoming) ([]store.Accepted, error) {
	for i := range in {
		if err := in[i].Check(); err != nil {
			return nil, err
		}
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	for i := range in {
		if in[i].Op != store.Post && s.posted(in[i].Message) == nil {
			return nil, fmt.Errorf("%w: message %d", store.ErrNotFound, in[i].Message)
		}
	}
	out := make([]store.Accepted, len(in))
	for i := range in {
		out[i] = s.accept(&in[i])
	}
	return out, nil
}

func (s *Store) accept(in *store.Incoming) store.Accepted {
	at := in.At
	if at.IsZero() {
		at = time.Now()
	}
	at = micros(at)
	key := seenKey{in.Source, in.Key}
	old := s.seen[key]
	if in.Key == "" {
		old = nil
	}
	if old != nil && (old.event == nil || old.event.came()) {
		return store.Accepted{ID: old.id, Handle: old.handle, Repeat: true}
	}

	e := &event{}
	if old != nil {
		e = old.event
		old.at = at
		maps.DeleteFunc(s.claims, func(_ string, c claim) bool { return c.event == e })
	} else {
		s.lastEvent++
		e.ID = s.lastEvent
		e.Handle = max(at.UnixMicro(), s.handles[in.Source]+1)
		s.handles[in.Source] = e.Handle
		s.events = append(s.events, e)
		if in.Key != "" {
			s.seen[key] = &seen{e.ID, e.Handle, at, e}
		}
	}
	e.Op, e.Message, e.Thread = in.Op, in.Message, in.Thread
	e.Source, e.Dialect, e.Event.Event, e.At = in.Source, in.Dialect, in.Event, at
	e.Header, e.Body, e.purged = header(in.Header), bytesOf(in.Body), false
	e.verdict, e.by, e.summary = in.Verdict, in.By, in.Summary
	e.Files, e.files = nil, nil
	for i, f := range in.Files {
		listed := f.Listed()
		listed.Ref = store.Ref{ID: e.ID, N: i}.String()
		e.Files, e.files = append(e.Files, listed), append(e.files, bytesOf(f.Data))
	}
	for i := range in.Deliveries {
		s.deliver(e, &in.Deliveries[i], store.DeliveryRow{Op: in.Op, Born: at})
	}
	return store.Accepted{ID: e.ID, Handle: e.Handle}
}

// deliver makes a delivery of e, of which row says what n does not.
func (s *Store) deliver(e *event, n *store.NewDelivery, row store.DeliveryRow) *delivery {
	s.lastWork++
	row.ID, row.Event, row.Route, row.To, row.Lane = s.lastWork, e.ID, n.Route, n.To, n.Lane
	d := &delivery{event: e, plan: bytesOf(n.Plan), DeliveryRow: row}
	d.enter(n.Begin(s.claim(e, n)))
	e.work = append(e.work, d)
	s.deliveries = append(s.deliveries, d)
	s.lane(n.Lane)
	return d
}

// claim reports whether n's claim stands already, and makes it when it does not.
func (s *Store) claim(e *event, n *store.NewDelivery) (stands bool) {
	if !n.Claims() {
		return false
	}
	now := time.Now()
	if s.claims[n.Claim].until.After(now) {
		return true
	}
	s.claims[n.Claim] = claim{e, now.Add(n.ClaimFor)}
	return false
}

// came says whether anything came of an event, so that a repeat is to be
// ignored.
func (e *event) came() bool {
	return slices.ContainsFunc(e.work, func(d *delivery) bool {
		return d.State != store.Dead && d.State != store.Cancelled
	})
}

func (d *delivery) enter(state store.State, reason string) {
	if state == "" {
		state = store.Pending
	}
	d.State, d.Reason, d.Ended = state, reason, time.Time{}
	if state.Ended() {
		d.Ended = micros(time.Now())
	}
}

// lane is the lane of that name, made when there is none.
func (s *Store) lane(name string) *lane {
	l := s.lanes[name]
	if l == nil {
		l = &lane{Lane: store.Lane{Name: name}}
		s.lanes[name] = l
	}
	return l
}

// pending lists the pending deliveries of a lane, in order.
func (s *Store) pending(lane string) (list []*delivery) {
	for _, d := range s.deliveries {
		if d.Lane == lane && d.State == store.Pending {
			list = append(list, d)
		}
	}
	return list
}

func (s *Store) find(id int64) (*delivery, error) {
	i, ok := slices.BinarySearchFunc(s.deliveries, id, func(d *delivery, id int64) int { return int(d.ID - id) })
	if !ok {
		return nil, fmt.Errorf("%w: delivery %d", store.ErrNotFound, id)
	}
	return s.deliveries[i], nil
}

// micros is t as every store keeps it.
func micros(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// bytesOf is a copy which is never nil.
func bytesOf(b []byte) []byte { return append([]byte{}, b...) }

func header(h map[string]string) map[string]string {
	if len(h) == 0 {
		return nil
	}
	return maps.Clone(h)
}
