package translators_test

import (
	"flag"
	"testing"

	"dragoman/translators"
	"dragoman/translators/formattest"
)

// breaches are the laws known to be broken, by test and format, each with the
// smallest example. Whoever mends one takes it off; -all tests them too.
var breaches = map[string]string{
	"laws/slack":             `a link in code in a section, labelled "deploy ` + "```" + `", reads back with its address as words`,
	"laws/slack-attachments": "a footer of 300 characters is shortened; the second link of a title, when too long, is lost",
	"laws/mrkdwn":            "an address in plain words becomes a link",
	"cases/mrkdwn":           "an address in plain words becomes a link",
	"corpus/mrkdwn":          "as the cases",
}

var all = flag.Bool("all", false, "also test what is known to break a law")

// known skips a test of what is known to break a law.
func known(t *testing.T, what string) {
	t.Helper()
	if breach, ok := breaches[what]; ok && !*all {
		t.Skipf("known breach: %s; run with -all", breach)
	}
}

// TestCasesKeepTheLaws runs the laws over every case and every format.
func TestCasesKeepTheLaws(t *testing.T) {
	for _, f := range translators.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			known(t, "cases/"+f.Name)
			formattest.RunCases(t, f.Name)
		})
	}
}

// TestFormats runs the laws over generated messages, too.
func TestFormats(t *testing.T) {
	for _, f := range translators.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			known(t, "laws/"+f.Name)
			formattest.Run(t, f.Name)
		})
	}
}
