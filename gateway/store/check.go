package store

import (
	"fmt"
	"slices"
	"time"

	"dragoman/translators/chat"
)

// SeenFor is how long a repeat is recognised at least: GitHub redelivers an
// event, with the same id, for three days.
// https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
const SeenFor = 3 * 24 * time.Hour

// Ended reports whether nothing more is going to happen to a delivery by itself.
func (s State) Ended() bool {
	return s == Done || s == Partial || s == Dead || s == Cancelled
}

// Kept reports whether a delivery keeps its event from being purged: it is still
// to be sent, or a person may want to send it.
func (s State) Kept() bool {
	return s == Pending || s == Held || s == Partial || s == Dead
}

func (s State) known() bool { return s == "" || s == Held || s == Pending || s.Ended() }

func (o Op) known() bool { return o == Post || o == Edit || o == Delete }

// Check errs when there is something in an event that no store can keep.
func (in *Incoming) Check() error {
	switch {
	case !in.Op.known():
		return fmt.Errorf("store: no operation %q", in.Op)
	case in.Op != Post && in.Message == 0:
		return fmt.Errorf("store: %s of no message", in.Op)
	}
	for i, f := range in.Files {
		if slices.ContainsFunc(in.Files[:i], func(g File) bool { return g.Name == f.Name }) {
			return fmt.Errorf("store: two files of one name")
		}
	}
	for i := range in.Deliveries {
		if err := in.Deliveries[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (d *NewDelivery) check() error {
	if !d.State.known() {
		return fmt.Errorf("store: no state %q", d.State)
	}
	return nil
}

// Check errs when there is something in an addition that no store can keep.
func (a *Addition) Check() error {
	if !a.Op.known() {
		return fmt.Errorf("store: no operation %q", a.Op)
	}
	return a.check()
}

// Begin is the state and the reason with which a delivery is stored. A claim that
// stands is one which an earlier delivery has.
func (d *NewDelivery) Begin(stands bool) (State, string) {
	switch {
	case d.Claims() && stands:
		return Cancelled, "duplicate"
	case d.State == "":
		return Pending, d.Reason
	default:
		return d.State, d.Reason
	}
}

// Claims reports whether a delivery asks for its claim.
func (d *NewDelivery) Claims() bool {
	return d.Claim != "" && (d.State == "" || d.State == Pending || d.State == Held)
}

// Check errs when there is something in an outcome that no store can keep. An
// empty State is Pending.
func (o *Outcome) Check() error {
	if !o.State.known() {
		return fmt.Errorf("store: no state %q", o.State)
	}
	for i, p := range o.Freeze {
		if !p.Op.known() {
			return fmt.Errorf("store: no operation %q", p.Op)
		}
		if slices.ContainsFunc(p.Files, func(f chat.File) bool { return f.Ref == "" }) {
			return fmt.Errorf("store: a file of part %d has no ref", p.N)
		}
		for _, q := range o.Freeze[:i] {
			if p.N == q.N {
				return fmt.Errorf("store: two parts %d of delivery %d", p.N, o.Delivery)
			}
		}
	}
	return nil
}

// CountPeers is the answer of Alive: of waiting lanes the one who asks holds held,
// and owners share them.
func CountPeers(waiting, held, owners int) Peers {
	p := Peers{Owners: owners}
	if owners > 1 {
		p.Surplus = max(0, held-(waiting+owners-1)/owners)
	}
	return p
}

// Share is how many more lanes an owner may be granted of want: of waiting lanes
// it holds held, and owners share them.
func Share(want, waiting, held, owners int) int {
	if owners > 1 {
		want = min(want, (waiting+owners-1)/owners-held)
	}
	return max(0, want)
}
