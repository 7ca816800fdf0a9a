package gateway

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
)

const merged = `{"action":"closed","number":12,"pull_request":{"number":12,"title":"Tides","state":"closed","merged":true,"html_url":"https://github.com/acme/api/pull/12"},` +
	`"repository":{"id":1,"name":"api","full_name":"acme/api","html_url":"https://github.com/acme/api"},"sender":{"login":"ana","type":"User"}}`

// The nearest says how an event of GitHub's is read: the route, then its source,
// then the defaults. Rules see the rich reading, whatever is sent.
func TestTheStyleOfGitHubEvents(t *testing.T) {
	const rich, discord = "Pull request merged: #12 Tides", "[acme/api] Pull request closed: #12 Tides"
	for name, c := range map[string]struct{ defaults, source, route, want string }{
		"nothing said":               {"", "", "", rich},
		"by the defaults":            {"github: discord", "", "", discord},
		"by the source":              {"", "github: discord", "", discord},
		"the source before defaults": {"github: discord", "github: rich", "", rich},
		"by the route":               {"", "", "github: discord", discord},
		"the route before both":      {"github: discord", "github: discord", "github: rich", rich},
	} {
		t.Run(name, func(t *testing.T) {
			conf, err := config.Parse("style.yaml", []byte(`
version: 1
defaults: {`+c.defaults+`}
sources: {repos: {secret: {env: X}, `+c.source+`}}
destinations: {look: {inbox: {}, format: discord}}
routes: [{name: all, when: 'msg.title == "`+rich+`"', to: [look], `+c.route+`}]
`), false)
			if err != nil {
				t.Fatal(err)
			}
			g, err := New(conf.WithoutSecrets(), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			dry, err := g.DryRun(&ingest.Event{Source: "repos", Dialect: "github", Name: "pull_request", Body: []byte(merged)})
			if err != nil || len(dry.Deliveries) != 1 {
				t.Fatal(dry, err)
			}
			if got := gjson.GetBytes(dry.Deliveries[0].Parts[0], "embeds.0.title").Str; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

const hooks = `
version: 1
sources: {repos: {secret: {env: HOOK_SECRET}, github_secret: {env: HOOK_SECRET}, accept: [github]}}
destinations: {look: {inbox: {}, format: discord}}
routes:
  - {name: broken, when: 'list("commits")[99] == 1', to: [look]}
  - name: approvals
    when: 'event == "pull_request_review" and action == "submitted" and header("X-Gitea-Event") != ""'
    to: [look]
  - name: ours
    when: 'event == "ping" and header("X-GitHub-Hook-Installation-Target-Type") == "organization"'
    to: [look]
`

// newest reports whether the inbox's newest message holds the words.
func (s *gate) newest(words string) bool {
	var kept []struct{ Payload json.RawMessage }
	s.get("/api/v1/inbox/look", &kept)
	return len(kept) > 0 && strings.Contains(string(kept[0].Payload), words)
}

func TestGitHubDeliveries(t *testing.T) {
	t.Setenv("HOOK_SECRET", secret)
	p := newPlatforms(t)
	s := serve(t, t.TempDir(), hooks)
	url := s.addresses("repos").GitHub

	ping := `{"zen":"Keep it logically awesome.","hook_id":1,"hook":{"type":"Organization","events":["push"]},"commits":[],"organization":{"login":"acme"},"sender":{"login":"ana"}}`
	status, answer := s.post(url, ping, append(signed("ping", "1", ping), "X-GitHub-Hook-Installation-Target-Type", "organization")...)
	if status != 202 {
		t.Error("ping:", status, answer)
	}
	p.until("the message in the inbox", func() bool { return s.newest("Keep it logically awesome.") })

	// A forge's own name stays in the history; rules see GitHub's.
	body := `{"action":"reviewed","number":9,"pull_request":{"number":9,"title":"Tides","html_url":"https://git.example.org/acme/api/pulls/9"},` +
		`"review":{"type":"pull_request_review_approved","content":"Good."},"repository":{"full_name":"acme/api","html_url":"https://git.example.org/acme/api"},"sender":{"login":"ana"}}`
	status, answer = s.post(url, body, append(signed("pull_request_approved", "2", body), "X-Gitea-Event", "pull_request_approved", "X-Gitea-Delivery", "2")...)
	if status != 202 {
		t.Error("approval:", status, answer)
	}
	p.until("the message in the inbox", func() bool { return s.newest("Approved: #9 Tides") })
	var events struct{ Events []store.EventRow }
	s.get("/api/v1/events", &events)
	if got := events.Events[0].Event; got != "pull_request_approved" {
		t.Errorf("the history has %q", got)
	}

	// Nothing came of this but a dead letter, so that sending it again tries again.
	push := pushBody("again")
	for range 2 {
		if status, answer := s.post(url, push, signed("push", "3", push)...); status != 204 {
			t.Error("push:", status, answer)
		}
	}
	var dead struct{ Deliveries []struct{ Event int64 } }
	s.get("/api/v1/deliveries?state=dead", &dead)
	if len(dead.Deliveries) != 2 || dead.Deliveries[0].Event != dead.Deliveries[1].Event {
		t.Errorf("dead letters %+v", dead)
	}
	// A repeat of what was delivered is nothing new.
	s.post(url, body, append(signed("pull_request_approved", "2", body), "X-Gitea-Event", "pull_request_approved", "X-Gitea-Delivery", "2")...)
	s.get("/api/v1/events", &events)
	if len(events.Events) != 3 {
		t.Errorf("%d events", len(events.Events))
	}
}
