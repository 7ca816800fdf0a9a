// Package storetest is the kit which every store.Store passes. It looks only at
// what the contract promises, through the contract.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dragoman/gateway/store"
)

// Opener opens one store. Where Persistent is set, opening it again after Close
// finds what it held.
type Opener struct {
	Open       func() (store.Store, error)
	Persistent bool
}

// Run runs every case, each on a store of its own, which fresh prepares.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	groups := []struct {
		name  string
		cases []testCase
	}{
		{"ingest", ingestCases}, {"repeat", repeatCases}, {"lane", laneCases}, {"finish", finishCases},
		{"change", changeCases}, {"add", addCases}, {"file", fileCases}, {"claim", claimCases}, {"entry", entryCases},
		{"history", historyCases}, {"search", searchCases}, {"purge", purgeCases}, {"crowd", crowdCases}, {"reopen", reopenCases},
	}
	for _, g := range groups {
		for _, c := range g.cases {
			t.Run(g.name+"/"+c.name, func(t *testing.T) {
				k := &kit{T: t, opener: fresh(t)}
				if g.name == "reopen" && !k.opener.Persistent {
					t.Skip("this store keeps nothing after Close")
				}
				k.open()
				t.Cleanup(func() { k.Close() })
				c.run(k)
			})
		}
	}
}

type testCase struct {
	name string
	run  func(k *kit)
}

// kit is a store under test, with calls that fail the test when they err.
type kit struct {
	*testing.T
	store.Store
	opener Opener
}

func (k *kit) open() {
	k.Helper()
	s, err := k.opener.Open()
	if err != nil {
		k.Fatalf("open: %v", err)
	}
	k.Store = s
}

func (k *kit) reopen() {
	k.Helper()
	k.ok(k.Close())
	k.open()
}

func (k *kit) ctx() context.Context { return context.Background() }

func (k *kit) ok(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k *kit) is(err, want error) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Fatalf("error is %v, want %v", err, want)
	}
}

func equal[T comparable](k *kit, what string, got, want T) {
	k.Helper()
	if got != want {
		k.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// birth is the time of the first event; the others follow by seconds.
var birth = time.Date(2026, 3, 4, 5, 6, 7, 890_123_000, time.UTC)

const term = time.Hour

// event is an event with a delivery in each of lanes.
func event(lanes ...string) store.Incoming {
	in := store.Incoming{
		Source: "ci", Dialect: "slack", Event: "message", Body: []byte(`{"text":"hello"}`),
		At: birth, Verdict: "routed", By: "all", Summary: "hello",
	}
	for _, l := range lanes {
		in.Deliveries = append(in.Deliveries, store.NewDelivery{
			Route: "all", To: "to-" + l, Lane: l, Plan: []byte(`{"as":"` + l + `"}`),
		})
	}
	return in
}

func keyed(key string, lanes ...string) store.Incoming {
	in := event(lanes...)
	in.Key = key
	return in
}

func (k *kit) ingest(in ...store.Incoming) []store.Accepted {
	k.Helper()
	out, err := k.Ingest(k.ctx(), in)
	k.ok(err)
	if len(out) != len(in) {
		k.Fatalf("%d answers to %d events", len(out), len(in))
	}
	return out
}

// lease takes the lane, which must be free and waiting, for owner.
func (k *kit) lease(owner, lane string) store.Lane {
	k.Helper()
	got, err := k.Lease(k.ctx(), owner, 1000, term)
	k.ok(err)
	for _, l := range got {
		if l.Name == lane {
			return l
		}
	}
	k.Fatalf("lane %q was not granted: %v", lane, got)
	return store.Lane{}
}

func (k *kit) heads(lane string, most int) []store.Delivery {
	k.Helper()
	out, err := k.Heads(k.ctx(), lane, most)
	k.ok(err)
	return out
}

// head is the first delivery of a lane.
func (k *kit) head(lane string) store.Delivery {
	k.Helper()
	list := k.heads(lane, 1)
	if len(list) != 1 {
		k.Fatalf("lane %q has no head", lane)
	}
	return list[0]
}

func (k *kit) finish(out ...store.Outcome) {
	k.Helper()
	k.ok(k.Finish(k.ctx(), out))
}

// end brings the head of a lane to a state.
func (k *kit) end(l store.Lane, state store.State) int64 {
	k.Helper()
	id := k.head(l.Name).ID
	k.finish(store.Outcome{Lane: l, Delivery: id, State: state, Reason: "why"})
	return id
}

func (k *kit) detail(id int64) store.EventDetail {
	k.Helper()
	e, err := k.Event(k.ctx(), id)
	k.ok(err)
	return e
}

func (k *kit) events(q store.EventQuery) []store.EventRow {
	k.Helper()
	out, err := k.Events(k.ctx(), q)
	k.ok(err)
	return out
}

func (k *kit) deliveries(q store.DeliveryQuery) []store.DeliveryRow {
	k.Helper()
	out, err := k.Deliveries(k.ctx(), q)
	k.ok(err)
	return out
}

func (k *kit) lanes() map[string]store.LaneRow {
	k.Helper()
	list, err := k.Lanes(k.ctx())
	k.ok(err)
	out := map[string]store.LaneRow{}
	for i, l := range list {
		if i > 0 && list[i-1].Name >= l.Name {
			k.Fatalf("lanes are not in order of name: %v", list)
		}
		out[l.Name] = l
	}
	return out
}

// granted lists the names of lanes in a grant.
func (k *kit) granted(list []store.Lane, err error) string {
	k.Helper()
	k.ok(err)
	s := ""
	for _, l := range list {
		s += fmt.Sprintf("%s:%d ", l.Name, l.Epoch)
	}
	return s
}
