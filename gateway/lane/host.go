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

// reserve notes one more thing, at the earliest time at which there are never
// more than p.N/share of them in any p.Per, and returns that time.
func (r *ring) reserve(now time.Time, p Pace, share int) time.Time {
	if p.N == 0 {
		return now
	}
	at := now
	if t := r.nth(max(1, p.N/share)); !t.IsZero() && t.Add(p.Per).After(now) {
		at = t.Add(p.Per)
	}
	if t := r.nth(1); t.After(at) {
		at = t // in order, so that the nth last is the nth latest
	}
	r.add(at, p.N)
	return at
}

// reserve is when one more request may go to a destination by what it shares with
// others: its host and its channel. The request is counted.
func (r *Runner) reserve(d *Destination, lane string) (until time.Time) {
	r.host(d.Host, func(h *host) {
		until = h.requests.reserve(time.Now(), d.Budget.Requests, r.peers)
		if h.until.After(until) {
			until = h.until
		}
		if d.ChannelPace.N == 0 {
			return
		}
		name := "channel " + d.Channel
		if d.Channel == "" {
			name = "lane " + lane
		}
		if r.rooms[name] == nil {
			r.rooms[name] = &ring{}
		}
		until = r.rooms[name].reserve(until, d.ChannelPace, 1)
	})
	return until
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
