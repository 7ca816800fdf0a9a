package rules

import (
	"testing"
)

// text is an expression without a place.
func text(s string) Expr { return Expr{Text: s} }

func mustCompile(t testing.TB, c Config) *Set {
	t.Helper()
	s, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// body is what the expressions of the tests below look into.
const body = `{
	"sender": {"type": "Bot", "login": "robo"}, "draft": true, "n": 3, "big": 12345678901234567890,
	"words": "12.5", "inf": "Inf", "nothing": null, "tags": ["a", "b"], "empty": [],
	"commits": [{"message": "fix: one"}, {"message": "docs"}]}`

func facts() *Facts {
	return &Facts{
		Source: "ci", Dialect: "github", Event: "push", Action: "opened", Channel: "#ops",
		Labels: map[string]string{"team": "platform"},
		Body:   []byte(body),
		Header: func(name string) string { return map[string]string{"X-Kind": "night"}[name] },
		Msg: func() *Message {
			return &Message{
				Title: "Build 42", Text: "it failed [prod]", Color: "#ff0000", Severity: "critical",
				Fields: []Field{{"Env", "prod"}}, Links: []string{"https://example.org/42"},
			}
		},
		Git: func() *Git {
			return &Git{Repo: "org/app", Branch: "main", Subject: "pr/7", Aliases: []string{"sha/a", "sha/b", "pr/7"},
				Labels: []string{"bug"}, Bot: true, Changed: []string{"docs/a/b.md", "main.go"}}
		},
	}
}

func TestExpressions(t *testing.T) {
	for _, c := range []struct {
		when string
		want bool
	}{
		{`true`, true},
		{`source == "ci" and dialect == "github"`, true},
		{`event in ["pull_request", "push"]`, true},
		{`event != "push"`, false},
		{`labels.team == "platform"`, true},
		{`labels.missing == ""`, true},
		{`channel startsWith "#"`, true},
		{`str("sender.type") == "Bot"`, true},
		{`str("missing") == "" and str("nothing") == "" and str("draft") == "true" and str("n") == "3"`, true},
		{`str("big") == "12345678901234567890"`, true},
		{`str("empty") == "[]"`, true},
		{`num("n") > 2 and num("words") == 12.5 and num("missing") == 0 and num("inf") == 0 and num("draft") == 0`, true},
		{`bool("draft") and not bool("missing")`, true},
		{`len(list("tags")) == 2 and list("tags")[1] == "b"`, true},
		{`len(list("missing")) == 0 and len(list("n")) == 0 and first(list("missing")) == nil`, true},
		{`any(list("commits"), .message startsWith "fix")`, true},
		{`all(list("commits"), .missing contains "fix")`, false},
		{`raw("missing") == nil and raw("n") == 3`, true},
		{`(raw("missing") ?? "x") == "x"`, true},
		{`header("X-Kind") == "night" and header("No") == ""`, true},
		{`msg.title contains "42" and msg.severity == "critical" and msg.state == ""`, true},
		{`any(msg.fields, .name == "Env" and .text == "prod")`, true},
		{`any(msg.links, # startsWith "https:")`, true},
		{`repo() == "org/app" and branch() == "main" and subject() == "pr/7" and is_bot()`, true},
		{`"bug" in labels_of()`, true},
		{`changed("docs/**")`, true},
		{`changed("*.md")`, false},
		{`now.Hour() in 2..3`, false},
		{`now.Year() == 1`, true},
		{`let t = msg.title; t == "Build 42"`, true},
		{`msg.title matches "^Build [0-9]+$"`, true},
		{`any(map(list("commits"), upper(.message)), # == "DOCS")`, true},
		{`any(list("commits"), {any(list("tags"), # == "a")})`, true},
		{`len(uniq(list("tags"))) == 2`, true},
	} {
		s, err := Compile(Config{Routes: []Route{{Name: "r", When: text(c.when), To: []string{"x"}}}})
		if err != nil {
			t.Errorf("%s: %v", c.when, err)
			continue
		}
		out, err := s.Match(facts(), nil)
		if err != nil || len(out.Failed) > 0 {
			t.Errorf("%s: %v %v", c.when, err, out.Failed)
		}
		if got := len(out.Deliveries) == 1; got != c.want {
			t.Errorf("%s is %t", c.when, got)
		}
	}
}
