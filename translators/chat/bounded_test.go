package chat

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBounded(t *testing.T) {
	var n Notes
	fits := strings.Repeat("x", MaxText)
	if got := Bounded(&n, fits); got != fits || len(n.List) != 0 {
		t.Errorf("%d bytes of what fits, notes %v", len(got), n.List)
	}
	long := strings.Repeat("x", MaxText-1) + "ééé"
	got := Bounded(&n, long)
	if len(got) != MaxText-1 || !utf8.ValidString(got) {
		t.Errorf("cut at %d", len(got))
	}
	if len(n.List) != 1 || n.List[0].Loss != Dropped || n.List[0].Count != 3 {
		t.Errorf("notes %v", n.List)
	}
	if got := Bounded(nil, strings.Repeat("\x80", MaxText+1)); len(got) < MaxText-4 {
		t.Errorf("%d bytes of no text", len(got))
	}
}

// A mark that joins the space before it is not cut off from it.
func TestCutKeepsWhatBelongsToASpace(t *testing.T) {
	if got := Cut("# \u200d", 2); got != 1 {
		t.Errorf("cut at %d", got)
	}
	if got := Cut("ab cd", 4); got != 3 {
		t.Errorf("cut at %d", got)
	}
}
