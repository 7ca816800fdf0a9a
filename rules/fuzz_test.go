package rules

import (
	"strings"
	"testing"
)

// Any text compiles or is refused with its place, and what compiles runs without
// bringing anything down.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{
		`event in ["push"] and (str("a") == "b" or not bool("c"))`, `any(list("tags"), # == raw("n")) ? msg : nil`,
		`let t = msg.title; t[1:2] matches "^a"`, `{"a": [1, 2.5, prod]}`, `map(1..3, {#index + #})`, `now.Add(duration("1h")).Hour() in 2..3`,
		`first(list("x"))?.a?.b ?? 1 | string()`, `groupBy(list("commits"), .message)`, `sortBy(msg.fields, .name, "desc")`, `changed("**/*.go")`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := Expr{Text: s, File: "f", Line: 1, Column: 1, Lines: strings.Split(s, "\n")}
		set, err := Compile(Config{
			Lets:   []Let{{"prod", text(`labels.env == "prod"`)}},
			Routes: []Route{{Name: "a", When: text("true"), To: []string{"x"}, Set: []Edit{{"text", e}}, Keys: []Edit{{"update", e}}}},
		})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if _, err := set.Match(facts(), nil); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if when, err := Compile(Config{Routes: []Route{{When: e}}, Lets: []Let{{"prod", text(`labels.env == "prod"`)}}}); err == nil {
			if _, err := when.Match(facts(), &Trace{}); err != nil {
				t.Errorf("%q: %v", s, err)
			}
		}
	})
}
