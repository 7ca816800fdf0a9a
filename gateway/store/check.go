package store

import (
	"fmt"
	"time"
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

// Check errs when there is something in an event that no store can keep.
func (in *Incoming) Check() error {
	for _, d := range in.Deliveries {
		if !d.State.known() {
			return fmt.Errorf("store: no state %q", d.State)
		}
	}
	return nil
}

// Check errs when there is something in an outcome that no store can keep. An
// empty State is Pending.
func (o *Outcome) Check() error {
	if !o.State.known() {
		return fmt.Errorf("store: no state %q", o.State)
	}
	for i, p := range o.Freeze {
		for _, q := range o.Freeze[:i] {
			if p.N == q.N {
				return fmt.Errorf("store: two parts %d of delivery %d", p.N, o.Delivery)
			}
		}
	}
	return nil
}
