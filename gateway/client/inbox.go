package client

import "context"

// Inbox is a destination that keeps what it is sent: the lane records the parts,
// and that is all there is to do.
type Inbox struct{}

// Send takes everything.
func (Inbox) Send(context.Context, Request) (Receipt, error) { return Receipt{Status: 200}, nil }
