package translators_test

import (
	"flag"
	"slices"
	"testing"

	"dragoman/translators"
	"dragoman/translators/formattest"
)

// settled are the formats whose payloads are compared with expected files and
// held to the laws. One that is being written joins when it keeps them; -all
// shows how far it is.
var settled = []string{"slack", "discord", "github", "plain", "native"}

var all = flag.Bool("all", false, "also test the formats that are not settled yet")

func inTest(format string) bool { return *all || slices.Contains(settled, format) }

// TestFormats runs the laws over the formats of the table.
func TestFormats(t *testing.T) {
	for _, f := range translators.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			if !inTest(f.Name) {
				t.Skipf("%s is not settled yet; run with -all", f.Name)
			}
			formattest.Run(t, f.Name)
		})
	}
}
