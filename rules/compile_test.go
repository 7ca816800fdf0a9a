package rules

import (
	"errors"
	"strings"
	"testing"
)

// written is an expression as it stands in a file, after `key: ` on line 14.
func written(key, expression string) Expr {
	line := "    " + key + ": " + expression
	return Expr{Text: expression, File: "dragoman.yaml", Line: 14, Column: len(key) + 7, Lines: []string{line}}
}

func TestMistakes(t *testing.T) {
	deep := "any(list(\"a\"), any(list(\"b\"), any(list(\"c\"), # == 1)))"
	for _, c := range []struct {
		name   string
		config Config
		want   string
	}{
		{"unknown name", one(`event == "push" and sauce == "ci"`), `
dragoman.yaml:14:31: rules: route "releases": when: unknown name sauce; did you mean source?
    when: event == "push" and sauce == "ci"
                              ^`},
		{"types", one(`source == 3`), `
dragoman.yaml:14:18: rules: route "releases": when: invalid operation: == (mismatched types string and int)
    when: source == 3
                 ^`},
		{"argument", one(`str(3) == ""`), `
dragoman.yaml:14:15: rules: route "releases": when: cannot use int as argument (type string) to call str 
    when: str(3) == ""
              ^`},
		{"syntax", one(`event == "push" and`), `
dragoman.yaml:14:29: rules: route "releases": when: the expression ends too early
    when: event == "push" and
                            ^`},
		{"not a condition", one(`msg.title`), `
dragoman.yaml:14:11: rules: route "releases": when: must be true or false, not string
    when: msg.title
          ^`},
		{"anything", one(`raw("draft")`), `
dragoman.yaml:14:11: rules: route "releases": when: must be true or false, and may be anything here; read it with bool(path), or compare it
    when: raw("draft")
          ^`},
		{"no such field", one(`msg.titel == ""`), `
dragoman.yaml:14:15: rules: route "releases": when: msg has no field titel
    when: msg.titel == ""
              ^`},
		{"no such function", one(`stt("a") == ""`), `
dragoman.yaml:14:11: rules: route "releases": when: unknown name stt; did you mean str?
    when: stt("a") == ""
          ^`},
		{"now is a time", one(`now().Hour() == 1`), `
dragoman.yaml:14:11: rules: route "releases": when: a time is not callable
    when: now().Hour() == 1
          ^`},
		{"msg is no function", one(`msg().title == ""`), `
dragoman.yaml:14:11: rules: route "releases": when: msg is not a function
    when: msg().title == ""
          ^`},
		{"environment", one(`$env.source == "x"`), `
dragoman.yaml:14:11: rules: route "releases": when: unknown name $env
    when: $env.source == "x"
          ^`},
		{"three predicates", one(deep), `
dragoman.yaml:14:56: rules: route "releases": when: a predicate inside a predicate inside a predicate: only one inside another is allowed
    when: any(list("a"), any(list("b"), any(list("c"), # == 1)))
                                                       ^`},
		{"range", one(`num("n") in 1..1001`), `
dragoman.yaml:14:24: rules: route "releases": when: a range of more than 1000 numbers
    when: num("n") in 1..1001
                       ^`},
		{"wide range", one(`num("n") in -9223372036854775807..9223372036854775807`), `
dragoman.yaml:14:43: rules: route "releases": when: a range of more than 1000 numbers
    when: num("n") in -9223372036854775807..9223372036854775807
                                          ^`},
		{"reduce", one(`reduce(list("a"), #acc + #) == 1`), `
dragoman.yaml:14:11: rules: route "releases": when: reduce is not available in rules, since its memory cannot be bounded
    when: reduce(list("a"), #acc + #) == 1
          ^`},
		{"empty", one(" "), `
dragoman.yaml:14:11: rules: route "releases": when: the expression is empty
    when:  
          ^`},
		{"let in the rule", Config{
			Lets:   []Let{{"prod", written("prod", `labels.env == "prod"`)}},
			Routes: []Route{{Name: "releases", When: written("when", `event == "push" and prod == "x"`)}},
		}, `
dragoman.yaml:14:36: rules: route "releases": when: invalid operation: == (mismatched types bool and string)
    when: event == "push" and prod == "x"
                                   ^`},
		{"let itself", Config{Lets: []Let{{"prod", written("prod", `labels.env = "prod"`)}}}, `
dragoman.yaml:14:22: rules: let "prod": unexpected token Operator("=")
    prod: labels.env = "prod"
                     ^`},
		{"circle", Config{Lets: []Let{{"a", written("a", `b or c`)}, {"b", written("b", `c`)}, {"c", written("c", `not b`)}}}, `
dragoman.yaml:14:8: rules: let "b": uses itself: b → c → b
    b: c
       ^`},
		{"let named like a builtin", Config{Lets: []Let{{"len", written("len", `1`)}}}, `
dragoman.yaml:14:10: rules: let "len": the name is that of a builtin function
    len: 1
         ^`},
		{"let named like a variable", Config{Lets: []Let{{"now", written("now", `1`)}}}, `
dragoman.yaml:14:10: rules: let "now": the name is that of a variable
    now: 1
         ^`},
		{"let named like a function", Config{Lets: []Let{{"str", written("str", `1`)}}}, `
dragoman.yaml:14:10: rules: let "str": the name is that of a function
    str: 1
         ^`},
		{"let named like a word", Config{Lets: []Let{{"not", written("not", `1`)}}}, `
dragoman.yaml:14:10: rules: let "not": the name is a word of the expression language
    not: 1
         ^`},
		{"local name of a let", Config{
			Lets:   []Let{{"prod", written("prod", `true`)}},
			Routes: []Route{{Name: "releases", When: written("when", `let prod = 1; prod == 1`)}},
		}, `
dragoman.yaml:14:15: rules: route "releases": when: the name prod is already in use
    when: let prod = 1; prod == 1
              ^`},
		{"edit", Config{Routes: []Route{{Name: "releases", When: written("when", "true"), SetIn: []Edit{{"a.*", written("a.*", `1`)}}}}}, `
dragoman.yaml:14:10: rules: route "releases": set_in: the path "a.*" has "*" in it; only names and indexes are allowed
    a.*: 1
         ^`},
		{"function for a value", Config{Routes: []Route{{Name: "releases", When: written("when", "true"), Set: []Edit{{"title", written("title", `branch`)}}}}}, `
dragoman.yaml:14:12: rules: route "releases": set.title: is a function and not its result; write branch(…)
    title: branch
           ^`},
		{"destinations", Config{Routes: []Route{{Name: "releases", When: written("when", "true"), ToExpr: written("to_expr", `3`)}}}, `
dragoman.yaml:14:14: rules: route "releases": to_expr: must be a destination's name or a list of them, not int
    to_expr: 3
             ^`},
	} {
		_, err := Compile(c.config)
		if err == nil {
			t.Errorf("%s: compiled", c.name)
			continue
		}
		want := strings.TrimPrefix(c.want, "\n")
		if got := err.Error(); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, want)
		}
	}
}

func one(when string) Config {
	return Config{Routes: []Route{{Name: "releases", When: written("when", when), To: []string{"x"}}}}
}

func TestMistakeInBlock(t *testing.T) {
	e := Expr{
		Text: "event == \"push\" and\nsauce == 1\n", File: "c.yaml", Line: 7, Column: 7,
		Lines: []string{"      event == \"push\" and", "      sauce == 1"},
	}
	_, err := Compile(Config{Routes: []Route{{Name: "r", When: e}}})
	want := "c.yaml:8:7: rules: route \"r\": when: unknown name sauce; did you mean source?\n    sauce == 1\n    ^"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant:\n%s", err, want)
	}
	// Folded: the text is not in the file as it is; the start is told, and the text shown.
	e.Text = "event == \"push\" and sauce == 1"
	_, err = Compile(Config{Routes: []Route{{Name: "r", When: e}}})
	want = "c.yaml:7:7: rules: route \"r\": when: unknown name sauce; did you mean source?\n    event == \"push\" and sauce == 1\n                        ^"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant:\n%s", err, want)
	}
}

func TestLongLineIsCut(t *testing.T) {
	_, err := Compile(one(strings.Repeat("true and ", 100) + "sauce" + strings.Repeat(" and true", 100)))
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if len(e.Source) > windowBefore+windowAfter || e.Source[e.Caret:e.Caret+5] != "sauce" {
		t.Errorf("%q, caret at %d", e.Source, e.Caret)
	}
}

func TestSizes(t *testing.T) {
	lets := []Let{{"l0", text(strings.Repeat("true and ", 100) + "true")}}
	for i := range 20 {
		prev := lets[len(lets)-1].Name
		lets = append(lets, Let{"l" + strings.Repeat("x", i+1), text(prev + " and " + prev)})
	}
	for name, c := range map[string]Config{
		"at most 4096 are allowed":            one(strings.Repeat("(", 2048) + "true" + strings.Repeat(")", 2048)),
		"the expression is too large":         {Lets: lets},
		`let "a b": a name consists of`:       {Lets: []Let{{"a b", text("1")}}},
		`let "a": there is another let`:       {Lets: []Let{{"a", text("1")}, {"a", text("1")}}},
		`let "a": unknown name b`:             {Lets: []Let{{"a", text("b")}}},
		`silence "s": when: unknown name b`:   {Silences: []Silence{{Name: "s", When: text("b")}}},
		`when: literal not terminated`:        one(`"abc`),
		`key of update: unknown name x`:       {Routes: []Route{{When: text("true"), Keys: []Edit{{"update", text("x")}}}}},
		`when: expected at least 2 arguments`: one(`any(list("x"))`),
	} {
		_, err := Compile(c)
		if err == nil {
			t.Errorf("%s: compiled", name)
		} else if !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %.300s", name, err)
		}
	}
}

func TestAllMistakesAreTold(t *testing.T) {
	var c Config
	for range 100 {
		c.Routes = append(c.Routes, Route{Name: "r", When: text("x")})
	}
	_, err := Compile(c)
	if n := strings.Count(err.Error(), "unknown name"); n != maxErrors {
		t.Errorf("%d mistakes told", n)
	}
}

func TestWarnings(t *testing.T) {
	for when, want := range map[string]string{
		`raw("a") > 3`:                      ">",
		`not raw("a")`:                      "not",
		`raw("a") contains "x"`:             "contains",
		`raw("a").b == 1`:                   ".",
		`raw("a") == 1`:                     "",
		`(raw("a") ?? 0) > 3`:               "",
		`raw("a") in [1, 2]`:                "",
		`raw("a")?.b == 1`:                  "",
		`any(list("x"), # == raw("a") + 1)`: "+",
	} {
		s := mustCompile(t, one(when))
		switch {
		case want == "" && len(s.Warnings) != 0, want != "" && len(s.Warnings) != 1:
			t.Errorf("%s: %q", when, s.Warnings)
		case want != "" && !strings.Contains(s.Warnings[0], "under the operator "+want+" fails"):
			t.Errorf("%s: %q", when, s.Warnings)
		}
	}
}
