package sqlite

import (
	"context"
	"testing"

	"dragoman/gateway/store/storetest"
)

// Settle puts all events into the index now.
func (s *Store) Settle() {
	for {
		if more, err := s.index.step(); err != nil || !more {
			return
		}
	}
}

// What it costs to put events of 1 KB into the index, behind everybody's back.
func BenchmarkIndex(b *testing.B) {
	s := open(b, b.TempDir())
	s.index.stop() // it is done here
	s.index.ctx = context.Background()
	for i := range b.N {
		ingest(b, s, storetest.BenchEvent(int64(i)))
	}
	b.ReportAllocs()
	b.ResetTimer()
	s.Settle()
}
