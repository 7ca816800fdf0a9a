package rules

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTrace(t *testing.T) {
	s := mustCompile(t, Config{
		Lets: []Let{{"prod", text(`labels.team == "platform" or msg.text contains "[prod]"`)}},
		Routes: []Route{
			{Name: "other event", When: text(`event in ["release", "create"] and msg.title == ""`), To: []string{"x"}},
			{Name: "second term", When: text(`prod and str("sender.type") == "User" and num("n") > 2`), To: []string{"x"}},
			{Name: "failing", When: text(`raw("missing") > 1`), To: []string{"x"}},
			{Name: "all", When: text(`prod and any(list("commits"), .message startsWith "fix")`), To: []string{"x"}},
			{Name: "wrong name", When: text(`true`), ToExpr: text(`"nowhere"`)},
			{Name: "end", When: text(`is_bot() and len(labels_of()) == 1`), Drop: true},
			{Name: "after", When: text(`true`), To: []string{"x"}},
		},
		Silences: []Silence{{Name: "night", When: text(`now.Hour() in 2..3`)}},
	})
	var trace Trace
	if _, err := s.Match(facts(), &trace); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, step := range append(trace.Routes, trace.Silences...) {
		if err := e.Encode(step); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"name":"other event","matched":false,"why":"event is \"push\", not \"create\" or \"release\"","values":{"event":"push"}}
{"name":"second term","matched":false,"why":"str(\"sender.type\") == \"User\" is false","values":{"labels.team":"platform","labels.team == \"platform\"":true,"labels.team == \"platform\" or msg.text contains \"[prod]\"":true,"msg.text":"it failed [prod]","msg.text contains \"[prod]\"":true,"num(\"n\")":3,"num(\"n\") > 2":true,"prod":true,"prod and str(\"sender.type\") == \"User\" and num(\"n\") > 2":false,"str(\"sender.type\")":"Bot","str(\"sender.type\") == \"User\"":false}}
{"name":"failing","matched":false,"why":"failed: 1:16: a value is missing or of another type than the operator needs","values":{"raw(\"missing\")":null,"raw(\"missing\") > 1":"failed"}}
{"name":"all","matched":true,"why":"prod and any(list(\"commits\"), .message startsWith \"fix\") is true","values":{"any(list(\"commits\"), .message startsWith \"fix\")":true,"labels.team":"platform","labels.team == \"platform\"":true,"labels.team == \"platform\" or msg.text contains \"[prod]\"":true,"list(\"commits\")":"[{\"message\":\"fix: one\"},{\"message\":\"docs\"}]","msg.text":"it failed [prod]","msg.text contains \"[prod]\"":true,"prod":true,"prod and any(list(\"commits\"), .message startsWith \"fix\")":true}}
{"name":"wrong name","matched":false,"why":"failed after it matched: 1:1: there is no destination of that name","values":{}}
{"name":"end","matched":true,"why":"is_bot() and len(labels_of()) == 1 is true","values":{"is_bot()":true,"is_bot() and len(labels_of()) == 1":true,"labels_of()":"[\"bug\"]","len(labels_of())":1,"len(labels_of()) == 1":true}}
{"name":"after","matched":false,"why":"not asked: end ended the walk","values":{}}
{"name":"night","matched":false,"why":"now.Hour() in 2..3 is false","values":{"now":"0001-01-01T00:00:00Z","now.Hour()":0,"now.Hour() in 2..3":false}}
`
	if got := b.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// What is shown is bounded, whatever the event and the rule hold.
func TestTraceIsBounded(t *testing.T) {
	f := facts()
	f.Body = []byte(`{"long":"` + strings.Repeat("é\\u0007", 10_000) + `","list":[` + strings.Repeat(`"x",`, 9999) + `"x"]}`)
	f.Event = strings.Repeat("e", 10_000)
	when := `str("long") != "" and len(list("list")) > 1 and (false`
	for i := range 150 {
		when += ` or num("` + strings.Repeat("n", i%10) + string(rune('a'+i%26)) + `") == 1`
	}
	s := mustCompile(t, Config{Routes: []Route{
		{Name: "values", When: text(when + ")")},
		{Name: "demand", When: text(`event == "push"`)},
	}})
	var trace Trace
	if _, err := s.Match(f, &trace); err != nil {
		t.Fatal(err)
	}
	for _, step := range trace.Routes {
		text, err := json.Marshal(step)
		if err != nil {
			t.Fatal(err)
		}
		if len(step.Values) == 0 || len(step.Values) > maxTraceValues || len(text) > 32<<10 {
			t.Errorf("%s: %d values, %d bytes", step.Name, len(step.Values), len(text))
		}
		if strings.Contains(string(text), "\\u0007") {
			t.Errorf("%s: a control character is shown", step.Name)
		}
	}
}
