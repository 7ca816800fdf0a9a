package storetest

import (
	"fmt"
	"strings"
	"time"

	"dragoman/gateway/store"
)

// said is an event with a summary and a body.
func said(summary, body string) store.Incoming {
	in := event()
	in.Summary, in.Body = summary, []byte(body)
	return in
}

var searchCases = []testCase{
	{"events are found by their words", func(k *kit) {
		list := []store.Incoming{
			said("Deploy of api", `{"text":"All is well","n":42,"blocks":[{"type":"section","text":"Grün \u00fcber 第3章\nfertig"}]}`),
			said("Deploy of web", `{"text":"it \"failed\" at build-42"}`),
			said("plain", `no JSON but "words" {deploy}`),
			said("", ``),
		}
		acc := k.ingest(list...)
		check := func(when string) {
			k.Helper()
			for text, want := range map[string][]int{
				"deploy":         {2, 1, 0},
				"DEPLOY api":     {0},
				"api, deploy!":   {0},
				"web well":       nil,
				"failed":         {1},
				"build-42":       {1},
				"42":             {1},
				"über grün":      {0},
				"章":              {0},
				"第章":             {0},
				"fertig":         {0},
				"nfertig":        nil,
				"text":           nil,
				"section":        {0},
				"dep":            nil,
				"words json":     {2},
				`"' OR NEAR( *`:  nil,
				"?!":             {3, 2, 1, 0},
				"\x00\xff":       {3, 2, 1, 0},
				"u00fcber":       nil,
				"no-one:knows^*": nil,
			} {
				s := ""
				for _, i := range want {
					s += fmt.Sprint(acc[i].ID, " ")
				}
				equal(k, when+": "+text, ids(k.events(store.EventQuery{Text: text})), s)
			}
		}
		check("at once")
		k.settle()
		check("later")
		if k.opener.Persistent {
			k.reopen()
			check("reopened")
		}
	}},
	{"words go with the other selectors and pages", func(k *kit) {
		var all []int64
		for i := range 30 {
			in := said("round", fmt.Sprintf(`{"text":"number %d"}`, i%3))
			in.At = birth.Add(time.Duration(i) * time.Second)
			all = append(all, k.ingest(in)[0].ID)
			if i == 20 {
				k.settle()
			}
		}
		equal(k, "one of three", len(k.events(store.EventQuery{Text: "round 1"})), 10)
		equal(k, "since", len(k.events(store.EventQuery{Text: "1", Since: birth.Add(15 * time.Second)})), 5)
		equal(k, "source", len(k.events(store.EventQuery{Text: "1", Source: "none"})), 0)
		got, before := "", int64(0)
		for {
			page := k.events(store.EventQuery{Text: "number 2", Limit: 3, Before: before})
			if len(page) == 0 {
				break
			}
			got += ids(page)
			before = page[len(page)-1].ID
		}
		want := ""
		for i := 29; i > 0; i -= 3 {
			want += fmt.Sprint(all[i], " ")
		}
		equal(k, "pages", got, want)
	}},
	{"what is purged is not found", func(k *kit) {
		old := said("headline", `{"text":"secret"}`)
		k.ingest(old)
		k.settle()
		young := k.ingest(old)[0].ID
		equal(k, "before", len(k.events(store.EventQuery{Text: "secret"})), 2)
		equal(k, "bodies", k.purge(late, never, 9), 2)
		k.settle()
		equal(k, "bodies", len(k.events(store.EventQuery{Text: "secret"})), 0)
		equal(k, "summaries", len(k.events(store.EventQuery{Text: "headline"})), 2)
		equal(k, "events", k.purge(late, late, 1), 1)
		equal(k, "one event", ids(k.events(store.EventQuery{Text: "headline"})), fmt.Sprint(young, " "))
	}},
	{"a repeat stored anew is found by what it is now", func(k *kit) {
		in := said("first", `{"text":"alpha"}`)
		in.Key = "1"
		k.ingest(in)
		k.settle()
		in.Summary, in.Body = "second", []byte(`{"text":"beta"}`)
		id := k.ingest(in)[0].ID
		equal(k, "old", len(k.events(store.EventQuery{Text: "alpha"}))+len(k.events(store.EventQuery{Text: "first"})), 0)
		equal(k, "new", ids(k.events(store.EventQuery{Text: "second beta"})), fmt.Sprint(id, " "))
	}},
	{"very many words", func(k *kit) {
		var b strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&b, "w%d %s ", i, strings.Repeat("ab", i%60))
		}
		k.ingest(said("", b.String()))
		k.settle()
		equal(k, "an early one", len(k.events(store.EventQuery{Text: "w17 w300"})), 1)
		equal(k, "a long one", len(k.events(store.EventQuery{Text: strings.Repeat("ab", 59)})), 1)
	}},
}

// settle lets the store do what it does behind its callers' backs.
func (k *kit) settle() {
	if s, ok := k.Store.(interface{ Settle() }); ok {
		s.Settle()
	}
}
