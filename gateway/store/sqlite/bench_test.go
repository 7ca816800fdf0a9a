package sqlite

import (
	"testing"

	"dragoman/gateway/store"
	"dragoman/gateway/store/storetest"
)

func fresh(b *testing.B) store.Store { return open(b, b.TempDir()) }

func BenchmarkIngest(b *testing.B) { storetest.BenchIngest(b, fresh) }
func BenchmarkFinish(b *testing.B) { storetest.BenchFinish(b, fresh) }
func BenchmarkHeads(b *testing.B)  { storetest.BenchHeads(b, 1000, fresh) }
