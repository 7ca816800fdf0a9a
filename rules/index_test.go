package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A condition is drawn from a small world, so that rules and events meet often.
func drawCondition(t *rapid.T, depth int) string {
	fact := rapid.SampledFrom([]string{"source", "dialect", "event", "action"}).Draw(t, "fact")
	word := func() string { return `"` + rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "word") + `"` }
	kinds := 8
	if depth > 0 {
		kinds = 12
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return fact + " == " + word()
	case 1:
		return word() + " == " + fact
	case 2:
		return fact + " in [" + word() + ", " + word() + ", " + word() + "]"
	case 3:
		return fact + " == " + word() + " or " + fact + " == " + word()
	case 4:
		return fact + " != " + word()
	case 5:
		return rapid.SampledFrom([]string{"true", "false", "prod", "not prod", "ours", `event in []`, `event == action`}).Draw(t, "fixed")
	case 6:
		return `str("x") == ` + word()
	case 7:
		return "not (" + fact + " == " + word() + ")"
	}
	op := rapid.SampledFrom([]string{" and ", " && ", " or ", " || ", " and ", " and "}).Draw(t, "op")
	return "(" + drawCondition(t, depth-1) + op + drawCondition(t, depth-1) + ")"
}

// naive is what the index must not change: every condition run, in order.
func naive(t fataler, s *Set, f *Facts) (out []string) {
	frame := newFrame(f, s.zone)
	defer frame.free()
	for i := range s.routes {
		r := &s.routes[i]
		holds, err := frame.holds(r.when)
		if err != nil {
			t.Fatal(err)
		}
		if !holds {
			continue
		}
		if r.Drop {
			break
		}
		out = append(out, r.Name)
		if r.Stop {
			break
		}
	}
	return out
}

func TestIndexChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Config{Lets: []Let{
			{"prod", text(`event == "a" or event == "b"`)},
			{"ours", text(`source == "a" and prod`)},
		}}
		n := rapid.IntRange(0, 12).Draw(t, "rules")
		for i := range n {
			end := rapid.IntRange(0, 9).Draw(t, "end")
			c.Routes = append(c.Routes, Route{
				Name: fmt.Sprint(i), When: text(drawCondition(t, 3)), To: []string{"x"}, Drop: end == 0, Stop: end == 1,
			})
		}
		s, err := Compile(c)
		if err != nil {
			t.Fatal(err)
		}
		word := rapid.SampledFrom([]string{"", "a", "b", "c", "d"})
		for range 4 {
			f := &Facts{
				Source: word.Draw(t, "source"), Dialect: word.Draw(t, "dialect"),
				Event: word.Draw(t, "event"), Action: word.Draw(t, "action"), Body: []byte(`{"x":"a"}`),
			}
			out, err := s.Match(f, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range out.Deliveries {
				got = append(got, d.Route)
			}
			if diff := cmp.Diff(naive(t, s, f), got); diff != "" {
				var when []string
				for _, r := range c.Routes {
					when = append(when, r.When.Text)
				}
				t.Fatalf("%+v\n%s\n%s", f, strings.Join(when, "\n"), diff)
			}
		}
	})
}

// fataler is what tests, benchmarks and rapid have in common.
type fataler interface{ Fatal(...any) }

func TestDemand(t *testing.T) {
	for when, want := range map[string]string{
		`event == "push"`:                                             "[] [] [push] [] whole",
		`event == "push" and str("a") == "b"`:                         "[] [] [push] []",
		`str("a") == "b" and ("x" == source and action in ["p","o"])`: "[x] [] [] [o p]",
		`event == "a" or event in ["b", "a"]`:                         "[] [] [a b] [] whole",
		`event == "a" or source == "b"`:                               "[] [] [] []",
		`event in ["a", "b"] and event in ["b", "c"]`:                 "[] [] [b] [] whole",
		`not (event == "a")`:                                          "[] [] [] []",
		`event == "a" ? true : false`:                                 "[] [] [] []",
		`is_push and dialect == "github"`:                             "[] [github] [push] [] whole",
		`event in ["a", action]`:                                      "[] [] [] []",
		`true`:                                                        "[] [] [] [] whole",
	} {
		s := mustCompile(t, Config{Lets: []Let{{"is_push", text(`event == "push"`)}}, Routes: []Route{{When: text(when)}}})
		d := s.routes[0].demand
		got := fmt.Sprint(d.values[0], d.values[1], d.values[2], d.values[3])
		if d.whole {
			got += " whole"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

// A rule with very many values is filed by fewer facts, and is still right.
func TestManyValues(t *testing.T) {
	list := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"%d",`, i)
		}
		return "[" + b.String() + "]"
	}
	s := mustCompile(t, Config{Routes: []Route{{
		Name: "many", To: []string{"x"},
		When: text("source in " + list(300) + " and event in " + list(30) + " and action in " + list(30)),
	}}})
	for f, want := range map[*Facts]bool{
		{Source: "299", Event: "29", Action: "29"}: true,
		{Source: "300", Event: "29", Action: "29"}: false,
		{Source: "299", Event: "30", Action: "29"}: false,
		{Source: "299", Event: "29", Action: "30"}: false,
	} {
		if got := len(decide(t, s, f).Deliveries) == 1; got != want {
			t.Errorf("%s %s %s: %t", f.Source, f.Event, f.Action, got)
		}
	}
	entries := 0
	for _, shelf := range s.index.shelves {
		entries += len(shelf.routes)
	}
	if entries > maxEntries {
		t.Errorf("%d entries", entries)
	}
}

// many makes rules as large configurations have them: each is for one source and
// one kind of event, and looks further.
func many(t testing.TB, n int) *Set {
	c := Config{Routes: make([]Route, n)}
	for i := range c.Routes {
		c.Routes[i] = Route{
			Name: fmt.Sprint(i), To: []string{"x"},
			When: text(fmt.Sprintf(`source == "s%d" and event in ["push", "release"] and branch() == "main" and not is_bot()`, i%(max(n/10, 1)))),
		}
	}
	return mustCompile(t, c)
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		s := many(b, n)
		git := &Git{Branch: "main"}
		f := &Facts{Source: "s3", Event: "push", Git: func() *Git { return git }}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if out, _ := s.Match(f, nil); len(out.Deliveries) != 10 {
					b.Fatal(len(out.Deliveries))
				}
			}
		})
		b.Run(fmt.Sprint(n)+"/no-index", func(b *testing.B) {
			for b.Loop() {
				if len(naive(b, s, f)) != 10 {
					b.Fatal("wrong")
				}
			}
		})
	}
}

func BenchmarkBody(b *testing.B) {
	s := mustCompile(b, one(`str("sender.type") == "Bot" and num("n") > 2 and any(list("commits"), .message startsWith "fix") and msg.title contains "42"`))
	f := facts()
	b.ReportAllocs()
	for b.Loop() {
		if out, _ := s.Match(f, nil); len(out.Deliveries) != 1 {
			b.Fatal("wrong")
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		many(b, 1000)
	}
}

// Rules that look at nothing but indexed facts are decided without being run.
func TestAllocs(t *testing.T) {
	s := mustCompile(t, one(`source == "ci" and event in ["push", "release"]`))
	f := facts()
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Match(f, nil) }); n > 1 {
		t.Errorf("%g allocations for one delivery", n)
	}
	f.Source = "other"
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Match(f, nil) }); n > 0 {
		t.Errorf("%g allocations for none", n)
	}
}
