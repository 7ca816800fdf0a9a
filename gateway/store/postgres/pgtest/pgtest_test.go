package pgtest

import (
	"errors"
	"fmt"
	"testing"
)

// Only where there is no PostgreSQL, and never in CI, may tests do without.
func TestWhoMayDoWithoutAServer(t *testing.T) {
	none, broken := fmt.Errorf("start: %w", ErrNone), errors.New("initdb: no space")
	for _, c := range []struct {
		ci   string
		err  error
		want bool
	}{{"", none, true}, {"false", none, true}, {"true", none, false}, {"", broken, false}, {"true", broken, false}} {
		t.Setenv("CI", c.ci)
		if got := dispensable(c.err); got != c.want {
			t.Errorf("CI=%q, %v: %v", c.ci, c.err, got)
		}
	}
}
