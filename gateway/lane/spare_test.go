package lane

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/client"
)

func TestASparePartIsNeverPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(Options{Log: slog.New(slog.DiscardHandler)})
		s := &Spare{Host: "h", Budget: Budget{Requests: Pace{N: 2, Per: time.Second}, Invalid: Pace{N: 3, Per: time.Hour}}, Part: Pace{N: 5, Per: time.Minute}}
		start, taken := time.Now(), []float64{}
		for len(taken) < 8 {
			if wait := r.Take(s); wait > 0 {
				time.Sleep(wait)
				continue
			}
			taken = append(taken, time.Since(start).Seconds())
		}
		want := []float64{0, 0, 1, 1, 2, 60, 60, 61}
		for i := range want {
			if taken[i] != want[i] {
				t.Fatalf("taken at %v, want %v", taken, want)
			}
		}
		time.Sleep(time.Hour)
		r.peers = 5 // each has its part
		if first, second := r.Take(s), r.Take(s); first != 0 || second != time.Minute {
			t.Errorf("of five: %v, then %v", first, second)
		}
		r.peers = 1
		time.Sleep(time.Hour)
		r.Told(s, &client.Fault{Verdict: client.Wait, All: true, After: 7 * time.Second, Status: 429})
		if wait := r.Take(s); wait != 7*time.Second {
			t.Errorf("told to wait, all of us: %v", wait)
		}
		time.Sleep(7 * time.Second)
		r.Told(s, &client.Fault{Verdict: client.Stopped, Status: 401})
		r.Told(s, &client.Fault{Verdict: client.Stopped, Status: 401})
		if wait := r.Take(s); wait != time.Hour-7*time.Second {
			t.Errorf("after three refusals: %v", wait)
		}
	})
}

// A lane that has noted requests to come does not keep others waiting.
func TestASparePartDoesNotWaitForALane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(Options{Log: slog.New(slog.DiscardHandler)})
		s := &Spare{Host: "h", Budget: Budget{Requests: Pace{N: 50, Per: time.Second}}, Part: Pace{N: 5, Per: time.Minute}}
		r.host("h", func(h *host) { h.requests.add(time.Now().Add(time.Minute), 50) })
		if wait := r.Take(s); wait != 0 {
			t.Errorf("it waits %v", wait)
		}
	})
}
