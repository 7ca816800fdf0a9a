package clients

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-github/v89/github"
	"github.com/tidwall/gjson"

	"dragoman/translators"
	"dragoman/translators/chat"
)

// The yardstick is go-github's decoding of an event into its types, which is
// where a program that shows events begins. Ours goes all the way: the body is
// validated, read and written for Discord.
const (
	mostOfDecoding = 0.35 // of its time that ours may take
	mostAllocs     = 40
)

// typical are examples of the events that are sent most, as large as they are.
func typical(t testing.TB) []body {
	var list []body
	for _, want := range []string{"pull_request.opened", "issues.opened", "issue_comment.created", "push.", "workflow_run.completed", "release.published"} {
		var best body
		for _, b := range examples(t) {
			if name := fmt.Sprintf("%s.%s", b.Event, gjson.GetBytes(b.Body, "action")); name == want && len(b.Body) > len(best.Body) {
				best = b
			}
		}
		if best.Body == nil {
			t.Fatalf("no example of %s", want)
		}
		list = append(list, best)
	}
	return list
}

func parse(t testing.TB, b body) {
	if _, err := github.ParseWebHook(b.Event, b.Body); err != nil {
		t.Fatal(err)
	}
}

func translate(t testing.TB, out *chat.Output, b *body) {
	out.Reset()
	if !gjson.ValidBytes(b.Body) {
		t.Fatal("not valid")
	}
	if err := translators.Translate(out, "github", "discord", &b.Input, &chat.Options{MaxParts: 10, Components: true}); err != nil {
		t.Fatal(err)
	}
}

// TestSpeed holds ours to the yardstick, in turns so that both run on the same
// machine under the same load. The least of many times is what the code takes.
func TestSpeed(t *testing.T) {
	b := typical(t)[0]
	var out chat.Output
	translate(t, &out, &b)
	least := func(f func()) time.Duration {
		start := time.Now()
		f()
		return time.Since(start)
	}
	theirs, ours := time.Hour, time.Hour
	for range 500 {
		theirs = min(theirs, least(func() { parse(t, b) }))
		ours = min(ours, least(func() { translate(t, &out, &b) }))
	}
	ratio := float64(ours) / float64(theirs)
	allocs := testing.AllocsPerRun(100, func() { translate(t, &out, &b) })
	t.Logf("%d bytes of %s: %v, decoding alone %v, ratio %.2f; %v allocations", len(b.Body), b.name, ours, theirs, ratio, allocs)
	if ratio > mostOfDecoding {
		t.Errorf("%.2f of the time of decoding, at most %.2f", ratio, mostOfDecoding)
	}
	if allocs > mostAllocs {
		t.Errorf("%v allocations, at most %d", allocs, mostAllocs)
	}
}

func BenchmarkGoGitHub(b *testing.B) {
	for _, e := range typical(b) {
		b.Run(e.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parse(b, e)
			}
		})
	}
}

func BenchmarkDragoman(b *testing.B) {
	for _, e := range typical(b) {
		b.Run(e.name, func(b *testing.B) {
			var out chat.Output
			b.ReportAllocs()
			for b.Loop() {
				translate(b, &out, &e)
			}
		})
	}
}
