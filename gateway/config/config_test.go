package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const small = `version: 1
sources:
  ci: {secret: {env: TEST_CI_SECRET}}
destinations:
  look: {inbox: {}}
routes:
  - {name: all, when: "true", to: [look]}
`

func TestDefaultsAreFilledIn(t *testing.T) {
	t.Setenv("TEST_CI_SECRET", "s3cret")
	c, err := Parse("d.yaml", []byte(small), true)
	if err != nil {
		t.Fatal(err)
	}
	if c.Server.Listen != "127.0.0.1:8080" || c.Admin.Listen != "127.0.0.1:9090" || c.Store.Path != "dragoman-data" {
		t.Errorf("listeners and data: %+v %+v %+v", c.Server, c.Admin, c.Store)
	}
	if d := c.Destination("look"); d == nil || d.Inbox == nil || d.Retry.Most != 30*time.Minute || d.Timeout != 10*time.Second {
		t.Errorf("destination: %+v", d)
	}
	if s := c.Source("ci"); s == nil || s.Secrets[0].Reveal() != "s3cret" || len(s.Accept) != 3 {
		t.Errorf("source: %+v", s)
	}
	if got := c.Routes[0].When; got != (Expr{"true", "d.yaml", 7, 24}) {
		t.Errorf("when: %+v", got)
	}
}

func TestEveryMistakeIsToldWithItsPlace(t *testing.T) {
	with := func(s string) string { return small + s }
	replace := func(old, new string) string { return strings.Replace(small, old, new, 1) }
	for name, c := range map[string]struct{ src, want string }{
		"not yaml":             {"version: [", "e.yaml:1:"},
		"empty":                {"", "the file is empty"},
		"no version":           {replace("version: 1\n", ""), `"version: 1" is missing`},
		"other version":        {replace("version: 1", "version: 2"), "e.yaml:1:10: version: only version 1"},
		"unknown key":          {with("sauces: 1\n"), "e.yaml:8:1: sauces: no such key (have version,"},
		"later key":            {with("tests: []\n"), "e.yaml:8:1: tests: not supported yet"},
		"later route key":      {replace("to: [look]", "to: [look], digest: {}"), "routes[0].digest: not supported yet"},
		"later value":          {with("defaults: {strict: true}\n"), `defaults.strict: not supported yet`},
		"key twice":            {with("version: 1\n"), "version"},
		"tag as when":          {with("  - name: tag\n    drop: true\n    when: !prod\n"), "YAML reads \"!prod\" as a tag"},
		"tag in braces":        {replace(`when: "true"`, `when: !prod`), "begins with ! is a tag"},
		"empty when":           {replace(`when: "true"`, `when: ""`), "routes[0].when: is empty"},
		"no when":              {replace(`when: "true", `, ``), "has no when"},
		"unknown destination":  {replace("[look]", "[lok]"), `no destination "lok" (have look)`},
		"no kind":              {replace("{inbox: {}}", "{}"), "want exactly one of slack, slack_bot, discord, http and inbox"},
		"two kinds":            {replace("{inbox: {}}", "{inbox: {}, slack: {url: {env: TEST_CI_SECRET}}}"), "want exactly one"},
		"literal secret":       {replace("{env: TEST_CI_SECRET}", "hunter2"), "secrets do not stand in this file"},
		"missing variable":     {replace("TEST_CI_SECRET", "TEST_NO_SUCH"), "the environment has no TEST_NO_SUCH"},
		"missing secret":       {replace("{secret: {env: TEST_CI_SECRET}}", "{}"), "has no secret"},
		"secret is no address": {replace("{inbox: {}}", "{discord: {url: {env: TEST_CI_SECRET}}}"), "not an http or https address"},
		"bad name":             {replace("look: {", "l/k: {"), "a name is at most 64"},
		"two routes":           {with("  - {name: all, when: \"true\", drop: true}\n"), `two routes have the name "all"`},
		"to and drop":          {replace("to: [look]", "to: [look], drop: true"), "exactly one of to, to_expr and drop"},
		"open admin":           {with("admin: {listen: \":9090\"}\n"), "there is no admin.token"},
		"original and set":     {replace("to: [look]", "to: [look], as: original, set: {text: '\"x\"'}"), "neither set nor format"},
		"unknown set":          {replace("to: [look]", "to: [look], set: {colour: '\"x\"'}"), "no such key (have username"},
		"duration":             {with("defaults: {timeout: 5}\n"), `no duration "5"`},
		"pace":                 {with("defaults: {pace: fast}\n"), `no pace "fast"`},
		"size":                 {with("server: {max_body: 1XB}\n"), `no size "1XB"`},
		"zone":                 {with("server: {timezone: Mars/Here}\n"), `no time zone "Mars/Here"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TEST_CI_SECRET", "s3cret")
			_, err := Parse("e.yaml", []byte(c.src), true)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %q in it", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret")) {
				t.Error("the error shows a secret")
			}
		})
	}
}

func TestASecretNeverShows(t *testing.T) {
	s := NewSecret("hunter2")
	j, _ := json.Marshal(map[string]any{"s": s})
	all := fmt.Sprint(s) + fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s) + string(j) +
		fmt.Sprintf("%+v", Source{Secrets: []Secret{s}}) + s.LogValue().String()
	for _, bad := range []string{"hunter2", fmt.Sprintf("%x", "hunter2")} {
		if strings.Contains(all, bad) {
			t.Errorf("shows: %s", all)
		}
	}
}

func TestVariablesGoBeforeTheFile(t *testing.T) {
	t.Setenv("TEST_CI_SECRET", "s3cret")
	t.Setenv("DRAGOMAN_SERVER_LISTEN", "127.0.0.1:7")
	t.Setenv("DRAGOMAN_DEFAULTS_RETRY_MOST", "1m")
	t.Setenv("DRAGOMAN_ADMIN_TOKEN", "tok")
	c, err := Parse("d.yaml", []byte(small+"server: {listen: \":1\"}\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if c.Server.Listen != "127.0.0.1:7" || c.Destinations[0].Retry.Most != time.Minute || c.Admin.Token.Reveal() != "tok" {
		t.Errorf("got %+v %+v", c.Server, c.Destinations[0])
	}
	t.Setenv("DRAGOMAN_SERVER_LISTENN", "x")
	if _, err := Parse("d.yaml", []byte(small), true); err == nil || !strings.Contains(err.Error(), "DRAGOMAN_SERVER_LISTENN") {
		t.Errorf("an unknown variable: %v", err)
	}
	os.Unsetenv("DRAGOMAN_SERVER_LISTENN")
	t.Setenv("DRAGOMAN_SERVER_MAX_BODY", "huge")
	if _, err := Parse("d.yaml", []byte(small), true); err == nil || !strings.Contains(err.Error(), "$DRAGOMAN_SERVER_MAX_BODY:1:") {
		t.Errorf("a bad variable: %v", err)
	}
}

func TestSecretsFromFilesAndWithoutSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src := strings.Replace(small, "{env: TEST_CI_SECRET}", "[{file: "+path+"}, {env: TEST_NONE}]", 1)
	c, err := Parse("d.yaml", []byte(src), false)
	if err != nil || c.Sources[0].Secrets[0].Set() {
		t.Errorf("without secrets: %v %v", err, c.Sources)
	}
	t.Setenv("TEST_NONE", "old")
	c, err = Parse("d.yaml", []byte(src), true)
	if err != nil || c.Sources[0].Secrets[0].Reveal() != "from-file" || c.Sources[0].Secrets[1].Reveal() != "old" {
		t.Errorf("with secrets: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("a: &x [*x]\n"))
	f.Add([]byte("routes: [{when: |\n  a\n  b}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Parse("f.yaml", src, false)
		if err == nil && len(c.Sources) == 0 {
			t.Error("a configuration without sources was taken")
		}
	})
}
