package gateway

import (
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
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
