package postgres

import (
	"testing"

	"dragoman/gateway/store"
	"dragoman/gateway/store/postgres/pgtest"
	"dragoman/gateway/store/storetest"
)

// durable is over a server that writes to the disk, as one in use does.
func durable(b *testing.B) store.Store { return open(b, pgtest.Need(b, "fsync=on").Fresh(b)) }

func fresh(b *testing.B) store.Store { return open(b, server.Fresh(b)) }

func BenchmarkIngest(b *testing.B) { storetest.BenchIngest(b, durable) }
func BenchmarkFinish(b *testing.B) { storetest.BenchFinish(b, durable) }
func BenchmarkHeads(b *testing.B)  { storetest.BenchHeads(b, 100, fresh) }
