package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/gateway/store"
)

var benchCallers = []int{1, 16, 64}

// BenchEvent is the n-th event of a benchmark: with a key, a body of 1 KB and
// deliveries in the lanes a, b and c.
func BenchEvent(n int64) store.Incoming {
	in := benchEvent("a", "b", "c")
	in.Key = fmt.Sprint("7a1f9c2e-", n)
	in.At = time.Now()
	for i := 0; len(in.Body) < 1024; i++ {
		in.Body = fmt.Appendf(in.Body, `{"name":"step %d of %d","state":"success","took":%d}`, i, n, n*int64(i)%977)
	}
	return in
}

// benchEvent is an event with a delivery in each of lanes, all by one plan.
func benchEvent(lanes ...string) store.Incoming {
	in := store.Incoming{Source: "ci", Dialect: "slack", Body: []byte(`{"text":"hello"}`), Verdict: "routed"}
	for _, l := range lanes {
		in.Deliveries = append(in.Deliveries, store.NewDelivery{Route: "all", To: l, Lane: l, Plan: []byte(`{}`)})
	}
	return in
}

// BenchIngest measures arrivals; open opens an empty store.
func BenchIngest(b *testing.B, open func(b *testing.B) store.Store) {
	for _, callers := range benchCallers {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s := open(b)
			var n atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			crowd(callers, func(int) {
				for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
					if _, err := s.Ingest(context.Background(), []store.Incoming{BenchEvent(i)}); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchFinish measures deliveries, of which each ends with one part frozen and
// sent, and one attempt; open opens an empty store.
func BenchFinish(b *testing.B, open func(b *testing.B) store.Store) {
	for _, callers := range benchCallers {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s, ctx := open(b), context.Background()
			lanes := make([]string, callers)
			for i := range lanes {
				lanes[i] = fmt.Sprint("lane", i)
			}
			each := b.N/callers + 1
			fill(b, s, each, benchEvent(lanes...))
			held, err := s.Lease(ctx, "me", callers, time.Hour)
			if err != nil || len(held) != callers {
				b.Fatal(held, err)
			}
			payload := BenchEvent(1).Body
			b.ReportAllocs()
			b.ResetTimer()
			crowd(callers, func(i int) {
				for left := each; left > 0; {
					list, err := s.Heads(ctx, held[i].Name, 32)
					if err != nil {
						b.Error(err)
						return
					}
					for _, d := range list {
						o := store.Outcome{Lane: held[i], Delivery: d.ID, State: store.Done,
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
			b.StopTimer()
			b.ReportMetric(float64(each*callers)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}

// BenchHeads measures reading the first ten of a lane, alone and with so many
// thousand in others; open opens an empty store.
func BenchHeads(b *testing.B, thousands int, open func(b *testing.B) store.Store) {
	for _, thousands := range []int{0, thousands} {
		b.Run(fmt.Sprint("others=", thousands*1000), func(b *testing.B) {
			s, ctx := open(b), context.Background()
			var others []string
			for i := range 1000 {
				others = append(others, fmt.Sprint("other", i%100))
			}
			fill(b, s, thousands, benchEvent(others...))
			for i := range 10 {
				fill(b, s, 1, BenchEvent(int64(i)))
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

// fill has the store take an event n times.
func fill(b *testing.B, s store.Store, n int, in store.Incoming) {
	b.Helper()
	for n > 0 {
		many := make([]store.Incoming, min(n, 10))
		for i := range many {
			many[i] = in
		}
		if _, err := s.Ingest(context.Background(), many); err != nil {
			b.Fatal(err)
		}
		n -= len(many)
	}
}
