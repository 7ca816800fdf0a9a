package main

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What was acknowledged while the destinations were down, and the gateway was
// killed besides, arrives within five seconds of when both are back: in order, and
// once.
func TestKillInAnOutage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	random := seed(t)
	for _, o := range []outage{
		{name: "they answer 500", begin: (*hooks).fail, end: (*hooks).recover},
		{name: "they refuse", begin: (*hooks).close, end: (*hooks).open},
		{name: "the gateway is back as last", begin: (*hooks).close, end: (*hooks).open, outlasted: true},
	} {
		t.Run(o.name, func(t *testing.T) { o.survived(t, random) })
	}
}

// outage is a time in which the destinations take nothing.
type outage struct {
	name       string
	begin, end func(*hooks)
	outlasted  bool // the gateway is killed once more, and starts when it is over
}

func (o *outage) survived(t *testing.T, random *rand.Rand) {
	const before, within = 50, 500
	l := newTrial(t, random, "", 1)
	l.up()
	l.awaitEnd(l.send(before, nil))
	l.settle()

	o.begin(l.hooks)
	acks := make(chan struct{}, within)
	stopped := l.send(within, acks)
	l.await(acks, 50+random.IntN(400))
	l.kill()
	l.awaitEnd(stopped)
	l.up()
	l.awaitEnd(l.send(before+within-len(l.acked), nil))
	if len(l.acked) != before+within {
		t.Fatalf("%d messages acknowledged, not %d:\n%s", len(l.acked), before+within, l.gateway.said())
	}
	if o.outlasted {
		l.kill()
	}
	for _, hook := range hookNames {
		if n := len(l.hooks.arrived(hook)); n != before {
			t.Fatalf("%s has taken %d messages, not only the %d from before the outage", hook, n, before)
		}
	}
	o.end(l.hooks)
	if o.outlasted {
		l.up()
	}
	back := time.Now()
	l.settle()

	took := l.hooks.latest().Sub(back)
	if took > 5*time.Second {
		t.Errorf("the last message arrived after %v", took)
	}
	if repeats := l.judge(); len(repeats) > 0 { // what was under way at a kill was not taken
		t.Errorf("repeats %v", repeats)
	}
	t.Logf("the last of %d messages arrived after %v", len(l.hooks.arrived("slack"))-before, took)
}
