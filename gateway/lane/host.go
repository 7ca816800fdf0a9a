package lane

import "time"

// host is what lanes to one host know of each other.
type host struct {
	until    time.Time // all of them wait
	lastOK   time.Time
	okLane   string
	requests ring
	invalid  ring
}

// ring holds the times of the last things of a kind.
type ring struct {
	times []time.Time
	next  int
}

// nth is the time of the nth last thing, zero when there have been fewer.
func (r *ring) nth(n int) time.Time {
	if n > len(r.times) {
		return time.Time{}
	}
	return r.times[(r.next-n+len(r.times))%len(r.times)]
}

// add notes one more; most is how many are kept.
func (r *ring) add(t time.Time, most int) {
	if len(r.times) != most {
		r.times, r.next = make([]time.Time, most), 0
	}
	r.times[r.next] = t
	r.next = (r.next + 1) % most
}

// limit is a pace, and what has been sent by it. Of a pace that is counted over all
// gateways each of share may use its part.
type limit struct {
	*ring
	Pace
	share int
}

// free is the earliest time at which one more thing makes no more than its part of
// N in any Per.
func (l *limit) free() time.Time {
	if l.N == 0 {
		return time.Time{}
	}
	if t := l.nth(max(1, l.N/l.share)); !t.IsZero() {
		return t.Add(l.Per)
	}
	return time.Time{}
}

// count counts a request that is made now by all of its limits, or says how long
// to wait until there may be one. Nothing is counted ahead: who waits for one limit
// does not use up another.
func (h *host) count(limits ...limit) (wait time.Duration) {
	now := time.Now()
	wait = max(0, h.until.Sub(now))
	for i := range limits {
		wait = max(wait, limits[i].free().Sub(now))
	}
	for i := range limits {
		if l := &limits[i]; wait == 0 && l.N > 0 {
			l.add(now, l.N)
		}
	}
	return wait
}

// admit counts a request of a lane that is made now, or says how long to wait.
func (r *Runner) admit(d *Destination, w *worker) (wait time.Duration) {
	r.host(d.Host, func(h *host) {
		w.pace = d.Pace
		wait = h.count(limit{&h.requests, d.Budget.Requests, r.peers}, limit{r.channel(d, w.name), d.ChannelPace, max(1, min(r.peers, d.Sharing))}, limit{r.ring("pace " + w.name), d.Pace, 1})
	})
	return wait
}

// channel is what has been sent to the channel of a lane; while the channel is not
// known, what the lane has sent. r.mu is held.
func (r *Runner) channel(d *Destination, lane string) *ring {
	if d.ChannelPace.N == 0 {
		return nil
	}
	own := "lane " + lane
	name := "channel " + d.Channel
	if d.Channel == "" {
		name = own
	}
	if r.rings[name] == nil {
		r.rings[name] = r.ring(own)
	}
	return r.rings[name]
}

// ring is what is remembered by a name, also when a lane has been given back
// meanwhile. r.mu is held.
func (r *Runner) ring(name string) *ring {
	if r.rings[name] == nil {
		r.rings[name] = &ring{}
	}
	return r.rings[name]
}

func (r *Runner) pauseHost(name string, until time.Time) {
	r.host(name, func(h *host) {
		if until.After(h.until) {
			h.until = until
		}
	})
}

// hostRefused counts an answer that the host holds against this machine's
// address. When there have been too many, the host is left alone for a while.
func (r *Runner) hostRefused(d *Destination, status int) {
	p := d.Budget.Invalid
	if p.N == 0 || status != 401 && status != 403 && status != 429 {
		return
	}
	r.host(d.Host, func(h *host) {
		now := time.Now()
		h.invalid.add(now, p.N)
		first := h.invalid.nth(max(1, p.N/r.peers))
		if end := first.Add(p.Per); !first.IsZero() && end.After(now) && end.After(h.until) {
			r.o.Log.Warn("a host has refused too often and is left alone", "host", d.Host, "until", end)
			h.until = end
		}
	})
}

func (r *Runner) hostWell(name, lane string) {
	r.host(name, func(h *host) { h.lastOK, h.okLane = time.Now(), lane })
}

// othersWell reports whether another lane to the host has delivered since t.
func (r *Runner) othersWell(name, lane string, t time.Time) bool {
	well := false
	r.host(name, func(h *host) { well = h.okLane != lane && h.lastOK.After(t) })
	return well
}

func (r *Runner) host(name string, f func(*host)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.hosts[name]
	if h == nil {
		h = &host{}
		r.hosts[name] = h
	}
	f(h)
}
