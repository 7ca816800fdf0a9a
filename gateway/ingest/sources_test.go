package ingest

import (
	"testing"
	"time"
)

// Sources come and go while the gateway serves.
func TestSourcesAreReplaced(t *testing.T) {
	_, h, _ := start()
	fresh := Source{Name: "fresh", Secrets: []string{"x"}, Accept: []string{"slack", "discord"}}
	old, a := AddressesOf(&sources[0], ""), AddressesOf(&fresh, "")
	post := func(a Addresses) (discord, slack int) {
		return do(h, request{path: a.Discord, body: `{"content":"x"}`}).Code, do(h, request{path: a.Slack, body: `{"text":"x"}`}).Code
	}
	if d, s := post(a); d != 404 || s != 404 {
		t.Errorf("before there is one: %d, %d", d, s)
	}
	h.SetSources(append([]Source{fresh}, sources...))
	if d, s := post(a); d != 204 || s != 200 {
		t.Errorf("when it is there: %d, %d", d, s)
	}
	h.SetSources([]Source{fresh})
	if d, s := post(old); d != 404 || s != 404 {
		t.Errorf("when another has gone: %d, %d", d, s)
	}
}

// What a rate has used is not forgotten when sources are replaced.
func TestRatesOutliveAReplacement(t *testing.T) {
	_, h, _ := start()
	s := Source{Name: "slow", Secrets: []string{"x"}, Accept: []string{"discord"}, Rate: Rate{N: 1, Per: time.Hour}}
	a := AddressesOf(&s, "")
	post := func() int { return do(h, request{path: a.Discord, body: `{"content":"x"}`}).Code }
	h.SetSources([]Source{s})
	if got := post(); got != 204 {
		t.Fatal(got)
	}
	h.SetSources([]Source{s})
	if got := post(); got != 429 {
		t.Errorf("the same rate: %d", got)
	}
	s.Rate.N = 2
	h.SetSources([]Source{s})
	if got := post(); got != 204 {
		t.Errorf("another rate: %d", got)
	}
}
