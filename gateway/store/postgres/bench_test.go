package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/gateway/store"
	"dragoman/gateway/store/postgres/pgtest"
)

// durable starts a server that writes to the disk, as one in use does.
func durable(b *testing.B) *Store {
	b.Helper()
	return open(b, pgtest.Need(b, "fsync=on").Fresh(b))
}

// benchEvent has a body of 1 KB and three deliveries.
func benchEvent(n int64) store.Incoming {
	in := event("a", "b", "c")
	in.Key = fmt.Sprint("7a1f9c2e-", n)
	in.At = time.Now()
	for i := 0; len(in.Body) < 1024; i++ {
		in.Body = fmt.Appendf(in.Body, `{"name":"step %d of %d","state":"success","took":%d}`, i, n, n*int64(i)%977)
	}
	return in
}

func BenchmarkIngest(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s := durable(b)
			var n atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						if _, err := s.Ingest(context.Background(), []store.Incoming{benchEvent(i)}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// Each delivery ends with one part frozen and sent, and one attempt.
func BenchmarkFinish(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s := durable(b)
			ctx := context.Background()
			lanes := make([]string, callers)
			for i := range lanes {
				lanes[i] = fmt.Sprint("lane", i)
			}
			each := b.N/callers + 1
			many := make([]store.Incoming, each)
			for i := range many {
				many[i] = event(lanes...)
			}
			for len(many) > 0 {
				n := min(len(many), 100)
				if _, err := s.Ingest(ctx, many[:n]); err != nil {
					b.Fatal(err)
				}
				many = many[n:]
			}
			held, err := s.Lease(ctx, "me", callers, time.Hour)
			if err != nil || len(held) != callers {
				b.Fatal(held, err)
			}
			payload := benchEvent(1).Body
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for _, l := range held {
				wg.Go(func() {
					for left := each; left > 0; {
						list, err := s.Heads(ctx, l.Name, 32)
						if err != nil {
							b.Error(err)
							return
						}
						for _, d := range list {
							o := store.Outcome{Lane: l, Delivery: d.ID, State: store.Done,
								Freeze:   []store.Part{{Format: "discord", Payload: payload}},
								Sent:     []store.Part{{Remote: "1234567890", Sent: d.Born}},
								Attempts: []store.Attempt{{At: d.Born, Status: 200, Verdict: "ok"}}}
							if err := s.Finish(ctx, []store.Outcome{o}); err != nil {
								b.Error(err)
								return
							}
						}
						left -= len(list)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(each*callers)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}

// The first ten of a lane, with and without many in others.
func BenchmarkHeads(b *testing.B) {
	for _, others := range []int{0, 100_000} {
		b.Run(fmt.Sprint("others=", others), func(b *testing.B) {
			s := open(b, server.Fresh(b))
			ctx := context.Background()
			many := event()
			for i := range 1000 {
				many.Deliveries = append(many.Deliveries, event(fmt.Sprint("other", i%100)).Deliveries...)
			}
			for range others / 1000 {
				if _, err := s.Ingest(ctx, []store.Incoming{many}); err != nil {
					b.Fatal(err)
				}
			}
			for i := range 10 {
				if _, err := s.Ingest(ctx, []store.Incoming{benchEvent(int64(i))}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				list, err := s.Heads(ctx, "a", 10)
				if err != nil || len(list) != 10 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}
