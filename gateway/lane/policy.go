package lane

import (
	"math/rand/v2"
	"time"

	"dragoman/gateway/client"
)

// Policy says how long to go on after failures.
type Policy struct {
	First    time.Duration // wait after the first failure
	Most     time.Duration // longest wait
	Age      time.Duration // give up after; 0: never
	Attempts int           // give up after; 0: no limit
}

// longestTold bounds what a destination may say to wait before it is asked
// again.
const longestTold = time.Hour

// Next says how long to wait after a failure, or that it is over. attempt is the
// number of failures so far, from 1; age is that of the delivery. Waits double,
// with full jitter: anything from nothing up to the doubled wait, so that lanes
// which failed together do not come back together. No wait is longer than half of
// what the delivery has waited so far, so that a short failure is over soon after
// its cause. A destination that said how long to wait is obeyed, up to an hour.
func (p Policy) Next(attempt int, age time.Duration, f *client.Fault) (wait time.Duration, again bool) {
	switch f.Verdict {
	case client.Wait:
		return min(f.After, longestTold), true
	case client.Again:
	default:
		return 0, false
	}
	if p.Age > 0 && age >= p.Age || p.Attempts > 0 && attempt >= p.Attempts {
		return 0, false
	}
	ceiling := p.Most
	if shift := attempt - 1; shift < 32 {
		ceiling = min(p.Most, p.First<<shift)
	}
	if ceiling <= 0 { // the shift passed the largest duration
		ceiling = p.Most
	}
	ceiling = min(ceiling, max(p.First, age/2))
	return time.Duration(rand.Int64N(int64(ceiling) + 1)), true
}
