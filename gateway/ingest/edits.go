package ingest

import "sync"

// edits keeps two edits of one message from running into each other: each reads
// the message, changes it and hands it on as a whole.
type edits [64]sync.Mutex

// lock waits for the edits of a message to end, and gives the function which ends
// this one.
func (e *edits) lock(handle int64) (unlock func()) {
	m := &e[uint64(handle)%uint64(len(e))]
	m.Lock()
	return m.Unlock
}
