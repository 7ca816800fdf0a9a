package translators_test

import (
	"flag"
	"strings"
	"testing"

	"dragoman/translators"
	"dragoman/translators/formattest"
)

// breaches are the laws known to be broken, by test and format, each with the
// smallest example; those on generated messages also by law. Whoever mends one takes
// it off; -all tests them too.
var breaches = map[string]string{
	"laws/mrkdwn/no silent loss": `words "](https://x.test)" become a link`,
	"laws/mrkdwn/cases":          "an address in plain words becomes a link",
	"corpus/mrkdwn":              "as the cases",
}

var all = flag.Bool("all", false, "also test what is known to break a law")

// known skips a test of what is known to break a law.
func known(t *testing.T, what string) {
	t.Helper()
	if breach, ok := breaches[what]; ok && !*all {
		t.Skipf("known breach: %s; run with -all", breach)
	}
}

// TestFormats runs the laws over every case and over generated messages.
func TestFormats(t *testing.T) {
	for _, f := range translators.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			var except []string
			for what := range breaches {
				if law, ok := strings.CutPrefix(what, "laws/"+f.Name+"/"); ok && !*all {
					except = append(except, law)
				}
			}
			formattest.Run(t, f.Name, except...)
		})
	}
}
