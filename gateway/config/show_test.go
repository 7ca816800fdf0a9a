package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestWhatIsShownIsTheSameConfiguration(t *testing.T) {
	t.Setenv("A", "hush-hush")
	t.Setenv("U", "https://e.org/hush-hush")
	for name, src := range map[string]string{
		"little": "version: 1\nsources: {ci: {secret: {env: A}}}\ndestinations: {look: {inbox: {}}}\nroutes: [{name: all, when: 'true', to: [look]}]\n",
		"more": `version: 1
server: {max_body: 512KiB, shutdown_grace: 90m, public_url: "https://e.org", timezone: Europe/Berlin}
admin: {token: {env: A}}
store: {path: /x, retention: {bodies: 36h}}
defaults: {pace: 5/2s, ordered: false, retry: {first: 1500ms}, max_parts: 3}
sources:
  ci: {secret: [{env: A}, {env: A}], labels: {team: "yes"}}
destinations:
  archive: {http: {url: {env: U}}}
lets: {x: 'source == "ci"'}
routes:
  - name: 'all: "of" it'
    when: x and "true" != 'no'
    to: [archive]
`,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("f", []byte(src), true)
			if err != nil {
				t.Fatal(err)
			}
			shown, err := c.Show(false)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(shown), "hush") {
				t.Errorf("a secret shows:\n%s", shown)
			}
			again, err := Parse("f", shown, true)
			if err != nil {
				t.Fatalf("%v\n%s", err, shown)
			}
			for i := range again.Lets {
				again.Lets[i].Expr, c.Lets[i].Expr = Expr{Text: again.Lets[i].Expr.Text}, Expr{Text: c.Lets[i].Expr.Text}
			}
			for i := range again.Routes {
				again.Routes[i].When, c.Routes[i].When = Expr{Text: again.Routes[i].When.Text}, Expr{Text: c.Routes[i].When.Text}
			}
			again.lines, c.lines = nil, nil
			if !reflect.DeepEqual(again, c) {
				t.Errorf("%+v\nshown as\n%s\nis\n%+v", c, shown, again)
			}
		})
	}
}

func TestVariablesAndStarsAreShown(t *testing.T) {
	t.Setenv("DRAGOMAN_ADMIN_TOKEN", "hush-hush")
	t.Setenv("DRAGOMAN_SERVER_LISTEN", "127.0.0.1:7")
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	shown, err := c.Show(false)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"listen: 127.0.0.1:7\n", "token: '***'\n", "secret: '***'\n", "bodies: 7d\n", "give_up_after: 1d\n"} {
		if !strings.Contains(strings.ReplaceAll(string(shown), `"`, "'"), want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
}
