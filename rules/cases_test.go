package rules

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// caseRules is the shape of rules.json.
type caseRules struct {
	Destinations []string
	Lets         map[string]string
	Routes       []struct {
		Name, When string
		To         []string
		ToExpr     string `json:"to_expr"`
		Drop, Stop bool
	}
	Silences []struct{ Name, When string }
}

func (c caseRules) config() Config {
	out := Config{Destinations: c.Destinations}
	for name, expression := range c.Lets {
		out.Lets = append(out.Lets, Let{name, text(expression)})
	}
	for _, r := range c.Routes {
		out.Routes = append(out.Routes, Route{Name: r.Name, When: text(r.When), To: r.To, ToExpr: text(r.ToExpr), Drop: r.Drop, Stop: r.Stop})
	}
	for _, s := range c.Silences {
		out.Silences = append(out.Silences, Silence{Name: s.Name, When: text(s.When)})
	}
	return out
}

// caseEvent is one entry of events.json.
type caseEvent struct {
	Name, Source, Dialect, Event, Action string

	Labels map[string]string
	Now    time.Time
	Body   json.RawMessage
	Msg    *Message
	Git    *Git
	Want   caseWant
}

type caseWant struct {
	Deliveries, Held, Failed []string
	Verdict, By              string
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("../testdata/rules/*/rules.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range files {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var c caseRules
			var events []caseEvent
			load(t, path, &c)
			load(t, filepath.Join(dir, "events.json"), &events)
			s := mustCompile(t, c.config())
			for _, e := range events {
				out := decide(t, s, &Facts{
					Source: e.Source, Dialect: e.Dialect, Event: e.Event, Action: e.Action, Labels: e.Labels, Now: e.Now, Body: e.Body,
					Msg: func() *Message { return e.Msg }, Git: func() *Git { return e.Git },
				})
				got := caseWant{Deliveries: pairs(out.Deliveries), Held: pairs(out.Held), Verdict: out.Verdict.String(), By: out.By}
				for _, f := range out.Failed {
					got.Failed = append(got.Failed, f.Name)
				}
				if diff := cmp.Diff(e.Want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: %s", e.Name, diff)
				}
			}
		})
	}
}

func pairs(list []Delivery) (out []string) {
	for _, d := range list {
		out = append(out, d.Route+" > "+d.To)
	}
	return out
}

func load(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
