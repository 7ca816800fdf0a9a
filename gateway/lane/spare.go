package lane

import (
	"time"

	"dragoman/gateway/client"
)

// Spare is what of a host's budget is left to requests that are no deliveries.
// They count for the host like all others, and wait when it is left alone.
type Spare struct {
	Host   string
	Budget Budget // of the lanes to the host
	Part   Pace   // never more than N in any Per, of all gateways

	asked ring
}

// Take counts a request that is made now, or says how long to wait until there
// may be one.
func (r *Runner) Take(s *Spare) (wait time.Duration) {
	r.host(s.Host, func(h *host) {
		wait = h.count(limit{&s.asked, s.Part, r.peers}, limit{&h.requests, s.Budget.Requests, r.peers})
	})
	return wait
}

// Told counts a fault of such a request, as a lane's would be.
func (r *Runner) Told(s *Spare, f *client.Fault) {
	r.hostRefused(&Destination{Host: s.Host, Budget: s.Budget}, f.Status)
	if f.Verdict == client.Wait && f.All {
		r.pauseHost(s.Host, time.Now().Add(min(f.After, longestTold)))
	}
}
