package ingest

import (
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		three := Source{Name: "three", Rate: Rate{N: 3, Per: 6 * time.Second}}
		free := Source{Name: "free"}
		r := newRates([]Source{three, free}, nil)
		for i := range 3 {
			if wait, ok := r.allow(&three); !ok || wait != 0 {
				t.Fatalf("request %d waits %v", i, wait)
			}
		}
		for range 2 { // one that is refused costs nothing
			if wait, ok := r.allow(&three); ok || wait != 2*time.Second {
				t.Errorf("the fourth: %v, after %v", ok, wait)
			}
		}
		for range 1000 {
			if _, ok := r.allow(&free); !ok {
				t.Fatal("a source without a rate has one")
			}
		}
		time.Sleep(2 * time.Second)
		if _, ok := r.allow(&three); !ok {
			t.Error("it was not taken when it was due")
		}
		if _, ok := r.allow(&three); ok {
			t.Error("one more was taken with it")
		}
	})
}

func TestRatesGoOnWhereTheyAreTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Source{Name: "s", Rate: Rate{N: 1, Per: time.Minute}}
		r := newRates([]Source{s}, nil)
		r.allow(&s)
		if _, ok := newRates([]Source{s}, r).allow(&s); ok {
			t.Error("what was used is forgotten")
		}
		s.Rate.N = 2
		if _, ok := newRates([]Source{s}, r).allow(&s); !ok {
			t.Error("another rate begins used up")
		}
		s.Rate.N = 0
		if _, ok := newRates([]Source{s}, r).allow(&s); !ok {
			t.Error("a rate that was taken away still holds")
		}
	})
}

func TestSecondsAreWholeAndNeverNone(t *testing.T) {
	for d, want := range map[time.Duration]int{0: 1, time.Nanosecond: 1, time.Second: 1, time.Second + 1: 2, 90 * time.Second: 90} {
		if got := seconds(d); got != strconv.Itoa(want) {
			t.Errorf("%v is %s, want %d", d, got, want)
		}
	}
}

func TestEditsOfOneMessageWaitForEachOther(t *testing.T) {
	var e edits
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			defer e.lock(handle)()
			most.Store(max(most.Load(), inside.Add(1)))
			runtime.Gosched()
			inside.Add(-1)
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d edit one message at once", most.Load())
	}
	defer e.lock(handle)()
	e.lock(handle + 1)() // another message does not wait
}
