package rules

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// went writes deliveries as "route>destination", for comparison.
func went(list []Delivery) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Route+">"+d.To)
	}
	return strings.Join(out, " ")
}

func decide(t testing.TB, s *Set, f *Facts) Outcome {
	t.Helper()
	out, err := s.Match(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	var trace Trace
	traced, err := s.Match(f, &trace)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(out, traced); diff != "" {
		t.Fatalf("the trace changes the outcome: %s", diff)
	}
	if len(trace.Routes) != len(s.routes) {
		t.Fatalf("%d routes traced of %d", len(trace.Routes), len(s.routes))
	}
	return out
}

func TestWalk(t *testing.T) {
	yes, no, bad := text("true"), text(`event == "x"`), text(`raw("missing") > 1`)
	to := func(names ...string) []string { return names }
	for _, c := range []struct {
		name   string
		routes []Route
		want   string
		by     string
		is     Verdict
		failed int
	}{
		{"none", nil, "", "", Unrouted, 0},
		{"every match delivers", []Route{{Name: "a", When: yes, To: to("x", "y")}, {Name: "b", When: no, To: to("x")}, {Name: "c", When: yes, To: to("x")}},
			"a>x a>y c>x", "", Routed, 0},
		{"one route names it twice", []Route{{Name: "a", When: yes, To: to("x", "x")}}, "a>x", "", Routed, 0},
		{"stop", []Route{{Name: "a", When: no, To: to("x"), Stop: true}, {Name: "b", When: yes, To: to("x"), Stop: true}, {Name: "c", When: yes, To: to("y")}},
			"b>x", "", Routed, 0},
		{"drop", []Route{{Name: "a", When: yes, Drop: true}, {Name: "b", When: yes, To: to("x")}}, "", "a", Dropped, 0},
		{"drop after a delivery", []Route{{Name: "a", When: yes, To: to("x")}, {Name: "b", When: yes, Drop: true}, {Name: "c", When: yes, To: to("x")}},
			"a>x", "b", Routed, 0},
		{"failed", []Route{{Name: "a", When: bad, To: to("x")}}, "", "", Failed, 1},
		{"a failed drop drops nothing", []Route{{Name: "a", When: bad, Drop: true}, {Name: "b", When: yes, To: to("x")}}, "b>x", "", Routed, 1},
		{"a failure outweighs a drop", []Route{{Name: "a", When: bad, To: to("x")}, {Name: "b", When: yes, Drop: true}}, "", "b", Failed, 1},
		{"a stop that delivers nothing", []Route{{Name: "a", When: yes, Stop: true}, {Name: "b", When: yes, To: to("x")}}, "", "", Unrouted, 0},
		{"names from the event", []Route{{Name: "a", When: yes, To: to("x"), ToExpr: text(`list("tags")`)}}, "a>x a>a a>b", "", Routed, 0},
		{"one name from the event", []Route{{Name: "a", When: yes, ToExpr: text(`list("tags")[0]`)}}, "a>a", "", Routed, 0},
		{"an unknown name", []Route{{Name: "a", When: yes, To: to("x"), ToExpr: text(`str("sender.login")`), Stop: true}, {Name: "b", When: yes, To: to("x")}},
			"b>x", "", Routed, 1},
		{"not a name", []Route{{Name: "a", When: yes, ToExpr: text(`[1]`)}}, "", "", Failed, 1},
		{"a failed edit", []Route{{Name: "a", When: yes, To: to("x"), Set: []Edit{{"title", text(`list("empty")[0]`)}}}}, "", "", Failed, 1},
	} {
		s := mustCompile(t, Config{Routes: c.routes, Destinations: to("x", "y", "a", "b")})
		out := decide(t, s, facts())
		if got := went(out.Deliveries); got != c.want || out.By != c.by || out.Verdict != c.is || len(out.Failed) != c.failed {
			t.Errorf("%s: %q by %q, %s, %v", c.name, got, out.By, out.Verdict, out.Failed)
		}
	}
}

func TestSilences(t *testing.T) {
	f := facts()
	f.Now = time.Date(2024, 3, 1, 1, 30, 0, 0, time.UTC)
	zone := time.FixedZone("east", 2*3600)
	always := []Route{{Name: "a", When: text("true"), To: []string{"x"}}}
	night := Silence{Name: "nightly", When: text(`now.Hour() in 2..3`)}
	for name, c := range map[string]struct {
		routes   []Route
		zone     *time.Location
		silences []Silence
		is       Verdict
		by       string
	}{
		"in its zone":       {always, zone, []Silence{night}, Silenced, "nightly"},
		"elsewhere":         {always, nil, []Silence{night}, Routed, ""},
		"until then":        {always, nil, []Silence{{Name: "s", When: text("true"), Until: f.Now}}, Routed, ""},
		"a moment longer":   {always, nil, []Silence{{Name: "s", When: text("true"), Until: f.Now.Add(1)}}, Silenced, "s"},
		"nothing to hold":   {nil, nil, []Silence{{Name: "s", When: text("true")}}, Unrouted, ""},
		"fails":             {always, nil, []Silence{{Name: "s", When: text(`raw("missing") > 1`)}}, Routed, ""},
		"fails, then holds": {always, nil, []Silence{{Name: "s", When: text(`raw("missing") > 1`)}, {Name: "t", When: text("true")}}, Silenced, "t"},
	} {
		s := mustCompile(t, Config{Routes: c.routes, Zone: c.zone, Silences: c.silences})
		out := decide(t, s, f)
		if out.Verdict != c.is || out.By != c.by {
			t.Errorf("%s: %s by %q", name, out.Verdict, out.By)
		}
		if c.is == Silenced && (went(out.Held) != "a>x" || out.Deliveries != nil) {
			t.Errorf("%s: held %q, delivered %q", name, went(out.Held), went(out.Deliveries))
		}
		if failed := strings.HasPrefix(name, "fails"); failed != (len(out.Failed) == 1) || failed && !out.Failed[0].Silence {
			t.Errorf("%s: failed %v", name, out.Failed)
		}
	}
	s := mustCompile(t, Config{Routes: always, Lets: []Let{{"ours", text(`source == "ci"`)}}})
	quiet, err := s.WithSilences([]Silence{{Name: "now", When: text("ours")}})
	if err != nil {
		t.Fatal(err)
	}
	if out := decide(t, quiet, f); out.Verdict != Silenced {
		t.Errorf("with a silence added: %s", out.Verdict)
	}
	if out := decide(t, s, f); out.Verdict != Routed {
		t.Errorf("the set it was added to: %s", out.Verdict)
	}
	if _, err := s.WithSilences([]Silence{{Name: "now", When: text("yours")}}); err == nil {
		t.Error("a wrong silence was taken")
	}
}

func TestWhatIsImpliedGoesUnlessARouteDropsIt(t *testing.T) {
	yes, bad := text("true"), text(`raw("missing") > 1`)
	silent := []Silence{{Name: "s", When: yes}}
	for name, c := range map[string]struct {
		routes   []Route
		silences []Silence
		want     string
		is       Verdict
	}{
		"no routes":      {nil, nil, "own>there", Routed},
		"another route":  {[]Route{{Name: "a", When: yes, To: []string{"x"}, Stop: true}}, nil, "a>x own>there", Routed},
		"a failed route": {[]Route{{Name: "a", When: bad, To: []string{"x"}}}, nil, "own>there", Routed},
		"dropped":        {[]Route{{Name: "a", When: yes, Drop: true}}, nil, "", Dropped},
		"dropped later":  {[]Route{{Name: "a", When: yes, To: []string{"x"}}, {Name: "b", When: yes, Drop: true}}, nil, "a>x", Routed},
		"silenced":       {nil, silent, "", Silenced},
	} {
		f := facts()
		f.Implied = Delivery{Route: "own", RouteIndex: -1, To: "there"}
		out := decide(t, mustCompile(t, Config{Routes: c.routes, Silences: c.silences}), f)
		if went(out.Deliveries) != c.want || out.Verdict != c.is || c.is == Silenced && went(out.Held) != "own>there" {
			t.Errorf("%s: %q, held %q, %s", name, went(out.Deliveries), went(out.Held), out.Verdict)
		}
	}
}

func TestDelivery(t *testing.T) {
	s := mustCompile(t, Config{Routes: []Route{{
		Name: "a", When: text("true"), To: []string{"x"},
		Set: []Edit{
			{"username", text(`"CI " + labels.team`)}, {"text", text(`num("n") * 2.5`)}, {"title", text(`raw("missing")`)},
			{"color", text(`now`)}, {"url", text(`list("tags")`)}, {"avatar", text(`bool("draft")`)}, {"thread_name", text(`10000000000.0 * 1e6`)},
		},
		SetIn: []Edit{{"a.b", text(`{"x": [1, "<&>", nil]}`)}, {"c", text(`msg.fields`)}, {"d", text(`duration("1h")`)}},
		Keys:  []Edit{{"update", text(`repo() + "/" + subject()`)}, {"dedupe", text(`msg.title`)}},
	}}})
	out := decide(t, s, facts())
	want := []Delivery{{
		Route: "a", To: "x",
		Set: []Value{{"username", "CI platform"}, {"text", "7.5"}, {"title", ""}, {"color", "0001-01-01T00:00:00Z"}, {"url", `["a","b"]`},
			{"avatar", "true"}, {"thread_name", "10000000000000000"}},
		SetIn: []Value{{"a.b", `{"x":[1,"<&>",null]}`}, {"c", `[{"name":"Env","text":"prod"}]`}, {"d", `"1h0m0s"`}},
		Keys:  []Key{{"update", "org/app/pr/7", []string{"org/app/sha/a", "org/app/sha/b"}}, {"dedupe", "Build 42", nil}},
	}}
	if diff := cmp.Diff(want, out.Deliveries); diff != "" {
		t.Error(diff)
	}
}

// The reason of a failure is shown and logged: it must hold nothing of the event.
func TestFailuresKeepSecrets(t *testing.T) {
	for when, want := range map[string]string{
		`int(str("sender.login")) == 1`:              "c.yaml:3:7: a value is missing or of another type than the operator needs",
		`date(str("sender.login")).Year() == 1`:      "c.yaml:3:7: the evaluation failed",
		`raw("sender.login") > 1`:                    "c.yaml:3:27: a value is missing or of another type than the operator needs",
		`raw("missing").x == 1`:                      "c.yaml:3:22: a value is missing or of another type than the operator needs",
		`raw("n") contains "a"`:                      "c.yaml:3:16: a value is missing or of another type than the operator needs",
		`list("empty")[0] == 1`:                      "c.yaml:3:20: an index past the end of a list",
		`any(1..int(num("n")*1e5), # < 0)`:           "c.yaml:3:12: the memory budget was exceeded",
		`any(1..int(num("n")*1e4), # < 0)`:           "c.yaml:3:12: a predicate was given a list that is too long",
		`str(join(map(1..200, "abcd"))) == ""`:       "c.yaml:3:7: a path or pattern is too long",
		`changed(join(map(1..200, "abcd")))`:         "c.yaml:3:7: a path or pattern is too long",
		`str(list("commits")[0]) == ""`:              "c.yaml:3:7: a function was given something else than a string",
		`str("sender.login") matches str("pattern")`: "c.yaml:3:27: the evaluation failed",
	} {
		f := facts()
		f.Body = []byte(strings.Replace(body, `"draft"`, `"pattern": "robo[", "draft"`, 1))
		s := mustCompile(t, Config{Routes: []Route{{Name: "r", When: Expr{Text: when, File: "c.yaml", Line: 3, Column: 7}}}})
		out := decide(t, s, f)
		if out.Verdict != Failed || len(out.Failed) != 1 {
			t.Errorf("%s: %s", when, out.Verdict)
			continue
		}
		if got := out.Failed[0].Reason; got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
}

func TestLazy(t *testing.T) {
	f := facts()
	msgs, gits := 0, 0
	msg, git := f.Msg, f.Git
	f.Msg = func() *Message { msgs++; return msg() }
	f.Git = func() *Git { gits++; return git() }
	set := func(when ...string) *Set {
		var c Config
		for _, w := range when {
			c.Routes = append(c.Routes, Route{Name: w, When: text(w), To: []string{"x"}})
		}
		return mustCompile(t, c)
	}
	for _, c := range []struct {
		set        *Set
		msgs, gits int
	}{
		{set(`source == "ci"`, `str("draft") == "true"`), 0, 0},
		{set(`source == "other" and msg.title == ""`, `false and branch() == ""`), 0, 0},
		{set(`msg.title == ""`, `msg.text == ""`, `any(msg.fields, msg.title == .name)`), 1, 0},
		{set(`branch() == ""`, `repo() == "" or is_bot()`), 0, 1},
	} {
		msgs, gits = 0, 0
		if _, err := c.set.Match(f, nil); err != nil {
			t.Fatal(err)
		}
		if msgs != c.msgs || gits != c.gits {
			t.Errorf("%s: msg made %d times, git %d", c.set.routes[0].Name, msgs, gits)
		}
	}
}

func TestNoFacts(t *testing.T) {
	s := mustCompile(t, one(`msg.title == "" and branch() == "" and header("x") == "" and labels.x == "" and str("a") == "" and not changed("*")`))
	if out := decide(t, s, &Facts{}); out.Verdict != Routed {
		t.Errorf("%s: %v", out.Verdict, out.Failed)
	}
	if _, err := s.Match(nil, nil); err == nil {
		t.Error("matched without facts")
	}
}

func TestConcurrent(t *testing.T) {
	s := mustCompile(t, Config{Routes: []Route{
		{Name: "own", When: text(`msg.title == source and str("id") == source and any(list("l"), # == source)`), To: []string{"x"},
			Keys: []Edit{{"k", text("subject() + source")}}},
		{Name: "event", When: text(`event == "e1" or event == "e2"`), To: []string{"x"}},
	}})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			name := string(rune('a' + g))
			f := &Facts{Source: name, Event: "e1", Body: []byte(`{"id":"` + name + `","l":["` + name + `"]}`),
				Msg: func() *Message { return &Message{Title: name} },
				Git: func() *Git { return &Git{Subject: name, Aliases: []string{"z"}} }}
			for range 200 {
				out, err := s.Match(f, nil)
				if err != nil || went(out.Deliveries) != "own>x event>x" {
					t.Errorf("%s: %q %v %v", name, went(out.Deliveries), out.Failed, err)
					return
				}
				if k := out.Deliveries[0].Keys[0]; k.Text != name+name || k.Aliases[0] != "z"+name {
					t.Errorf("%s: %v", name, k)
				}
			}
		})
	}
	wg.Wait()
}

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		glob, path string
		want       bool
	}{
		{"main.go", "main.go", true}, {"main.go", "a/main.go", false}, {"*.go", "main.go", true}, {"*.go", "a/main.go", false},
		{"**/*.go", "main.go", true}, {"**/*.go", "a/b/main.go", true}, {"docs/**", "docs/a/b", true}, {"docs/**", "docs", false},
		{"docs/**/x", "docs/x", true}, {"docs/**/x", "docs/a/b/x", true}, {"docs/**/x", "docs/ax", false}, {"**", "a/b", true},
		{"a?c", "abc", true}, {"a?c", "a/c", false}, {"a?c", "aéc", true}, {"", "", true}, {"", "a", false}, {"*", "", true}, {"a**c", "a/b/c", true},
		{"**/", "a/", true}, {"**/x/**", "a/x/b", true}, {"**/x/**", "ax/b", false},
	} {
		if got := matchPath(c.glob, c.path); got != c.want {
			t.Errorf("%q matches %q: %t", c.glob, c.path, got)
		}
	}
}
