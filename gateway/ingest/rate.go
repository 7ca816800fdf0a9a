package ingest

import (
	"math"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// rates bounds the requests of the sources that have a rate.
type rates map[string]*limiter

type limiter struct {
	*rate.Limiter
	Rate
}

// newRates makes the limiters of sources; those of before go on where the rate is
// the same.
func newRates(sources []Source, before rates) rates {
	r := rates{}
	for _, s := range sources {
		if l := before[s.Name]; l != nil && l.Rate == s.Rate {
			r[s.Name] = l
		} else if s.Rate.N > 0 {
			r[s.Name] = &limiter{rate.NewLimiter(rate.Limit(float64(s.Rate.N)/s.Rate.Per.Seconds()), s.Rate.N), s.Rate}
		}
	}
	return r
}

// allow takes a request of a source, or tells how long to wait.
func (r rates) allow(s *Source) (wait time.Duration, ok bool) {
	l := r[s.Name]
	if l == nil {
		return 0, true
	}
	v := l.Reserve()
	if wait = v.Delay(); wait > 0 {
		v.Cancel()
		return wait, false
	}
	return 0, true
}

// seconds is a wait as Retry-After has it: whole seconds, never none. Slack's
// clients take nothing else.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}

// tooMany is the error of a source that has passed its rate.
type tooMany struct{ wait time.Duration }

func (e *tooMany) Error() string { return "ingest: too many requests" }

// allow takes a request of a source; the error is a *tooMany.
func (s *server) allow(src *Source) error {
	if wait, ok := s.sources.Load().rates.allow(src); !ok {
		return &tooMany{wait}
	}
	return nil
}
