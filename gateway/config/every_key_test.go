package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// every has each key that there is, with a value that is not its default.
const every = `version: 1
server: {listen: ":8000", public_url: "https://hooks.example.org/", max_body: 512KiB, trusted_proxies: [192.0.2.0/24, "2001:db8::1"], shutdown_grace: 1m30s, timezone: Europe/Berlin}
admin: {listen: "localhost:9000", token: {env: TEST_EVERY}}
store: {path: /data, url: {env: TEST_EVERY}, retention: {bodies: 2d, history: 1.5d}}
egress: {allow: [10.1.2.3/8, 192.0.2.7, "fd00::/8"]}
defaults: {timeout: 3s, retry: &slow {first: 4s, most: 5s, give_up_after: 6h}, pace: 5/2s, ordered: false, overflow: shorten, max_parts: 4, mentions: text, github: discord}
sources:
  ci:
    secret: [{env: TEST_EVERY}, {env: TEST_EVERY}]
    github_secret: {env: TEST_EVERY}
    labels: {team: platform, shift: 2, night: true}
    accept: [slack, github]
    validate: platform
    rate: 100/s
    paths: [{env: TEST_PATH}]
    github: rich
  repos: {secret: {env: TEST_EVERY}}
destinations:
  dev:
    slack: {url: {env: TEST_EVERY}, legacy: true}
    allow_mentions: {users: [U1], roles: [S1, 22], everyone: true}
    timeout: 7s
    retry: {first: 1s, most: 2s, give_up_after: 3s}
    pace: 1/s
    overflow: split
    max_parts: 2
    mentions: mapped
    format: slack-attachments
  ops: {discord: {url: {env: TEST_EVERY}, components: false, forum: true, api_url: "https://proxy.example.org/api/"}, pace: none, ordered: true, overflow: file}
  thread: {discord: {url: {env: TEST_EVERY}, thread_id: 41771983423143937}, overflow: refuse}
  bot: {slack_bot: {token: {env: TEST_EVERY}, channel: C024BE91L, api_url: "https://slack.example.org/api"}}
  plain: {http: {url: {env: TEST_EVERY}, headers: {X-Key: {env: TEST_EVERY}, X-Team: platform}, sign: {secret: {env: TEST_EVERY}}}}
  look: {inbox: {}, retry: *slow}
directory:
  users: {ana: {slack: U1, discord: "80351110224678912", github: ana-dev}}
  channels: {ops: {slack: C1, discord: 41771983423143937}}
  emoji: {shipit: "🚢", party: {discord: "7"}}
lets:
  loud: msg.text contains "[prod]"
routes:
  - name: all
    when: |
      loud and
      is_bot()
    to: [dev, ops]
    stop: true
    set: {title: '"a"', text: '"b"'}
    set_in: {"user.name": '"c"'}
    dedupe: {key: msg.title, within: 5m}
    on_edit: skip
    ephemeral: deliver
    overflow: shorten
    max_parts: 3
    mentions: text
    github: discord
    format: plain
  - {name: none, when: "false", drop: true}
  - {name: some, when: "true", to_expr: '["look"]'}
  - {name: raw, when: "true", to: [look], as: original}
unrouted: dead
silences:
  - {name: nightly, when: "true", reason: rebuild, author: ana, until: 2026-01-31T08:00:00Z}
relay: {discord: {ids: [223704706495545344], api_url: "https://proxy.example.org/api/"}, slack: {teams: [T1, E2], api_url: "https://slack.example.org"}, govslack: {teams: [T3], api_url: "https://gov.example.org"}, from: [10.0.0.0/8]}
`

func TestEveryKeyIsRead(t *testing.T) {
	const hook = "https://example.org/hook"
	t.Setenv("TEST_EVERY", hook)
	t.Setenv("TEST_PATH", "/services/T0/B0/x")
	file := filepath.Join(t.TempDir(), "every.yaml")
	if err := os.WriteFile(file, []byte(every), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, true)
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	secret := NewSecret(hook)
	slow := Retry{4 * time.Second, 5 * time.Second, 6 * time.Hour}
	at := func(text string, line, column int) Expr { return Expr{text, file, line, column} }
	want := Config{
		File:   file,
		Server: Server{":8000", "https://hooks.example.org", 512 << 10, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::1/128")}, 90 * time.Second, berlin},
		Admin:  Admin{"localhost:9000", secret},
		Store:  Store{"/data", secret, 48 * time.Hour, 36 * time.Hour},
		Egress: Egress{[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("fd00::/8")}},
		Relay: Relay{
			RelayHost{[]string{"223704706495545344"}, "https://proxy.example.org/api"}, RelayHost{[]string{"T1", "E2"}, "https://slack.example.org"},
			RelayHost{[]string{"T3"}, "https://gov.example.org"}, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		},
		Defaults: Defaults{
			Sending: Sending{Timeout: 3 * time.Second, Retry: slow, Pace: Pace{N: 5, Per: 2 * time.Second}, Ordered: false}, Fitting: Fitting{Overflow: "shorten", MaxParts: 4, Mentions: "text"}, GitHub: "discord",
		},
		Sources: []Source{
			{"ci", []Secret{secret, secret}, []Secret{secret}, map[string]string{"team": "platform", "shift": "2", "night": "true"}, []string{"slack", "github"},
				"rich", true, Pace{N: 100, Per: time.Second}, []Secret{NewSecret("/services/T0/B0/x")}},
			{Name: "repos", Secrets: []Secret{secret}, Labels: map[string]string{}, Accept: []string{"slack", "discord", "github"}},
		},
		Destinations: []Destination{
			{
				Name: "dev", Slack: &SlackHook{secret, true}, Allow: AllowMentions{[]string{"U1"}, []string{"S1", "22"}, true},
				Sending: Sending{Timeout: 7 * time.Second, Retry: Retry{time.Second, 2 * time.Second, 3 * time.Second}, Pace: Pace{N: 1, Per: time.Second}},
				Fitting: Fitting{Overflow: "split", MaxParts: 2, Mentions: "mapped"}, Format: "slack-attachments",
			},
			{
				Name: "ops", Discord: &DiscordHook{URL: secret, Forum: true, APIURL: "https://proxy.example.org/api"},
				Sending: Sending{Timeout: 3 * time.Second, Retry: slow, Pace: Pace{None: true}, Ordered: true}, Fitting: Fitting{Overflow: "file"},
			},
			{
				Name: "thread", Discord: &DiscordHook{URL: secret, Components: true, ThreadID: "41771983423143937"},
				Sending: Sending{Timeout: 3 * time.Second, Retry: slow, Pace: Pace{N: 5, Per: 2 * time.Second}}, Fitting: Fitting{Overflow: "refuse"},
			},
			{
				Name: "bot", SlackBot: &SlackBot{secret, "C024BE91L", "https://slack.example.org/api"},
				Sending: Sending{Timeout: 3 * time.Second, Retry: slow, Pace: Pace{N: 5, Per: 2 * time.Second}},
			},
			{
				Name: "plain", HTTP: &HTTP{secret, []Header{{"X-Key", secret}, {"X-Team", NewSecret("platform")}}, secret},
				Sending: Sending{Timeout: 3 * time.Second, Retry: slow, Pace: Pace{N: 5, Per: 2 * time.Second}},
			},
			{Name: "look", Inbox: &Inbox{}, Sending: Sending{Timeout: 3 * time.Second, Retry: slow, Pace: Pace{N: 5, Per: 2 * time.Second}}},
		},
		Directory: Directory{
			Users:    []Entry{{Name: "ana", Slack: "U1", Discord: "80351110224678912", GitHub: "ana-dev"}},
			Channels: []Entry{{Name: "ops", Slack: "C1", Discord: "41771983423143937"}},
			Emoji:    []Entry{{Name: "shipit", Unicode: "🚢"}, {Name: "party", Discord: "7"}},
		},
		Lets: []Let{{"loud", at(`msg.text contains "[prod]"`, 39, 9)}},
		Routes: []Route{
			{
				Name: "all", When: at("loud and\nis_bot()", 43, 7), To: []string{"dev", "ops"}, Stop: true,
				Set:    []Edit{{"title", at(`"a"`, 47, 19)}, {"text", at(`"b"`, 47, 32)}},
				SetIn:  []Edit{{"user.name", at(`"c"`, 48, 28)}},
				Dedupe: Dedupe{at("msg.title", 49, 19), 5 * time.Minute}, SkipEdits: true, Ephemeral: true,
				Fitting: Fitting{Overflow: "shorten", MaxParts: 3, Mentions: "text"}, GitHub: "discord", Format: "plain",
			},
			{Name: "none", When: at("false", 57, 25), Drop: true},
			{Name: "some", When: at("true", 58, 25), ToExpr: at(`["look"]`, 58, 42)},
			{Name: "raw", When: at("true", 59, 24), To: []string{"look"}, Original: true},
		},
		UnroutedDead: true,
		Silences:     []Silence{{"nightly", "rebuild", "ana", at("true", 62, 28), time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)}},
	}
	if got := c.Line(39); got != `  loud: msg.text contains "[prod]"` {
		t.Errorf("line 39 is %q", got)
	}
	got, wanted := reflect.ValueOf(*c), reflect.ValueOf(want)
	for i := range got.NumField() {
		f := got.Type().Field(i)
		if f.IsExported() && !reflect.DeepEqual(got.Field(i).Interface(), wanted.Field(i).Interface()) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", f.Name, got.Field(i), wanted.Field(i))
		}
	}
}

// TestEveryKeyIsInTheTest looks for a field that the test above forgot: one that
// has the value which it has without the key.
func TestEveryKeyIsInTheTest(t *testing.T) {
	t.Setenv("TEST_EVERY", "https://example.org/hook")
	t.Setenv("TEST_PATH", "/services/T0/B0/x")
	t.Setenv("TEST_CI_SECRET", "s3cret")
	c, err := Parse("every.yaml", []byte(every), true)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Parse("every.yaml", []byte(small), true)
	if err != nil {
		t.Fatal(err)
	}
	same := func(name string, a, b any) {
		va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
		for i := range va.NumField() {
			if f := va.Type().Field(i); f.IsExported() && reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
				t.Errorf("%s.%s has no key in the test", name, f.Name)
			}
		}
	}
	same("Server", c.Server, plain.Server)
	same("Admin", c.Admin, plain.Admin)
	same("Store", c.Store, plain.Store)
	same("Egress", c.Egress, plain.Egress)
	same("Relay", c.Relay, plain.Relay)
	same("Defaults", c.Defaults, plain.Defaults)
	same("Source", c.Sources[0], Source{})
	same("Silence", c.Silences[0], Silence{})
}

func TestValuesAreHeldToTheirForms(t *testing.T) {
	t.Setenv("TEST_EVERY", "https://example.org/hook")
	t.Setenv("TEST_PATH", "/services/T0/B0/x")
	for name, c := range map[string]struct{ old, new, want string }{
		"no port":                {`":8000"`, `"127.0.0.1"`, `no address "127.0.0.1" (as in 127.0.0.1:8080`},
		"a port too high":        {`":8000"`, `":65536"`, "server.listen: no address"},
		"an address with query":  {`https://hooks.example.org/`, `https://hooks.example.org/?a=b`, "server.public_url: no address"},
		"an address with user":   {`https://hooks.example.org/`, `https://me@hooks.example.org/`, "server.public_url: no address"},
		"an address of no kind":  {`https://hooks.example.org/`, `ftp://hooks.example.org/`, "server.public_url: no address"},
		"too small a body":       {"512KiB", "1B", `server.max_body: no size "1B"`},
		"a duration of nothing":  {"1m30s", "0s", `server.shutdown_grace: no duration "0s"`},
		"a negative duration":    {"bodies: 2d", "bodies: -2d", `no duration "-2d"`},
		"too many days":          {"bodies: 2d", "bodies: 99999d", `no duration "99999d"`},
		"no days at all":         {"bodies: 2d", "bodies: NaNd", `no duration "NaNd"`},
		"no network":             {"192.0.2.7", "192.0.2.300", `egress.allow[1]: no network "192.0.2.300"`},
		"a proxy's name":         {"[192.0.2.0/24,", "[proxy.example.org,", `server.trusted_proxies[0]: no network "proxy.example.org"`},
		"a webhook by name":      {"ids: [223704706495545344]", "ids: [ops]", `relay.discord.ids[0]: no id "ops"`},
		"a team by name":         {"teams: [T1, E2]", "teams: [acme]", `relay.slack.teams[0]: no team "acme"`},
		"an empty list of teams": {"teams: [T1, E2]", "teams: []", "relay.slack.teams: names nobody"},
		"networks of nobody":     {"from: [10.0.0.0/8]", "from: []", "relay.from: names nobody"},
		"a relay by host":        {"teams: [T1, E2]", "hosts: [T1]", "relay.slack.hosts: no such key (have teams, api_url)"},
		"a relay elsewhere":      {"govslack:", "teams:", "relay.teams: no such key (have discord, slack, govslack, from)"},
		"any team is GovSlack's": {"govslack: {teams: [T3], ", "govslack: {", "relay.govslack: has no teams"},
		"a source named relay":   {"  repos: {secret", "  relay: {secret", "sources.relay: the name belongs to what is relayed"},
		"a relay's destination":  {"  plain: {http", "  relay-x: {http", `destinations.relay-x: names that begin with "relay-"`},
		"most below first":       {"first: 4s", "first: 4h", "want 0 < first ≤ most"},
		"no pace at all":         {"5/2s", "0/2s", `no pace "0/2s"`},
		"a pace of nothing":      {"5/2s", "5/0s", `no pace "5/0s"`},
		"too many parts":         {"max_parts: 4", "max_parts: 101", "defaults.max_parts: want a number from 1 to 100"},
		"not a number":           {"max_parts: 4", "max_parts: four", "want a number from 1 to 100"},
		"an unknown dialect":     {"[slack, github]", "[slack, teams]", `sources.ci.accept[1]: no such value "teams"`},
		"a strange validation":   {"validate: platform", "validate: strictly", `no such value "strictly"`},
		"a path of no webhook":   {"paths: [{env: TEST_PATH}]", "paths: [{env: TEST_EVERY}]", "sources.ci.paths[0]: the secret is no path of a webhook"},
		"an unknown format":      {"format: plain", "format: teams", `no such value "teams"`},
		"a style that is none":   {"github: rich", "github: slack", `sources.ci.github: no such value "slack" (have rich, discord)`},
		"not true or false":      {"legacy: true", "legacy: yes please", "want true or false, not text"},
		"a list for text":        {"legacy: true", "legacy: [true]", "want true or false, not a list"},
		"text for a list":        {"users: [U1]", "users: U1", "want a list, not text"},
		"text for keys":          {"allow_mentions: {users: [U1], roles: [S1, 22], everyone: true}", "allow_mentions: U1", "want keys and values, not text"},
		"nothing for text":       {"author: ana", "author: ", "want text, not nothing"},
		"keys for text":          {"author: ana", "author: {a: b}", "want text, not keys and values"},
		"an inbox with a key":    {"{inbox: {}, retry", "{inbox: {size: 1}, retry", "destinations.look.inbox.size: no such key"},
		"a hook without address": {"{url: {env: TEST_EVERY}, components: false,", "{components: false,", "destinations.ops.discord: has no url"},
		"a forum's one thread":   {"forum: true", "forum: true, thread_id: 1", "want one of them"},
		"a thread by name":       {"thread_id: 41771983423143937", "thread_id: general", `destinations.thread.discord.thread_id: no id "general"`},
		"a bot without token":    {"{token: {env: TEST_EVERY}, channel", "{channel", "destinations.bot.slack_bot: has no token"},
		"a bot without channel":  {"channel: C024BE91L, ", "", "destinations.bot.slack_bot: has no channel"},
		"a header of ours":       {"X-Team: platform", "Content-Length: 5", "no name of a header"},
		"a dedupe for ever":      {"{key: msg.title, within: 5m}", "{key: msg.title}", "want a key and within"},
		"a living message":       {"on_edit: skip", "update: {key: subject()}", "routes[0].update: not supported yet"},
		"a stranger's id":        {"github: ana-dev", "gitlab: ana-dev", "directory.users.ana.gitlab: no such key (have slack, discord, github)"},
		"a channel at GitHub":    {"{slack: C1,", "{github: C1,", "directory.channels.ops.github: no such key (have slack, discord)"},
		"a strange directory":    {"  channels:", "  rooms:", "directory.rooms: no such key (have users, channels, emoji)"},
		"no time":                {"2026-01-31T08:00:00Z", "tomorrow", `silences[0].until: no time "tomorrow"`},
		"a nameless silence":     {"{name: nightly, when", "{when", "silences[0]: has no name"},
		"a silence of nothing":   {`nightly, when: "true"`, "nightly", "silences[0]: has no when"},
		"a nameless route":       {"{name: none, when", "{when", "routes[1]: has no name"},
		"a secret of two":        {"url: {env: TEST_EVERY}, legacy", "url: {env: TEST_EVERY, file: x}, legacy", "want one of {env: NAME} and {file: PATH}"},
		"a secret elsewhere":     {"url: {env: TEST_EVERY}, legacy", "url: {vault: x}, legacy", "no such key (have env, file)"},
		"a secret without file":  {"url: {env: TEST_EVERY}, legacy", "url: {file: /no/such/file}, legacy", "no such file"},
		"a merge of keys":        {"{inbox: {}, retry: *slow}", "{inbox: {}, <<: *slow}", "merge keys are not read"},
		"original to a chat":     {"to: [look], as: original", "to: [dev], as: original", "as: original to a chat (dev) is not supported yet"},
		"original by a rule":     {`to: [look], as: original`, `to_expr: '["look"]', as: original`, "as: original with to_expr is not supported yet"},
		"two documents":          {"unrouted: dead", "unrouted: dead\n---\nversion: 1", "only one document is read"},
		"a default of nothing":   {"timeout: 3s", "patience: 3s", "defaults.patience: no such key (have timeout, retry, pace, ordered, overflow, max_parts, mentions, github)"},
		"a destination's key":    {"timeout: 7s", "patience: 7s", "destinations.dev.patience: no such key (have slack, slack_bot, discord, http, inbox, allow_mentions, timeout, retry, pace, ordered, overflow, max_parts, mentions, format)"},
		"a route's key":          {"max_parts: 3", "timeout: 3s", "routes[0].timeout: no such key (have name, when, to, to_expr, drop, stop, as, set, set_in, dedupe, on_edit, ephemeral, overflow, max_parts, mentions, github, format)"},
		"where to, otherwise":    {"unrouted: dead", "unrouted: lost", `no such value "lost" (have keep, dead)`},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(every, c.old) == 0 {
				t.Fatalf("the file has no %q", c.old)
			}
			_, err := Parse("e.yaml", []byte(strings.Replace(every, c.old, c.new, 1)), true)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %q in it", err, c.want)
			}
		})
	}
}

func TestTheDefaultIsADemoOnLoopback(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if !Loopback(c.Server.Listen) || !Loopback(c.Admin.Listen) || c.Source("demo").Secrets[0].Reveal() != DemoSecret || c.Destination("inbox").Inbox == nil || c.File != "" {
		t.Errorf("the default is %+v", c)
	}
	if c.Source("ci") != nil || c.Destination("ops") != nil || c.Line(1) != "" {
		t.Error("the default has what it has not")
	}
	t.Setenv("DRAGOMAN_DEFAULTS_PACE", "fast")
	if _, err := Default(); err == nil {
		t.Error("a bad variable was taken")
	}
}

func TestWithoutSecretsAllElseIsThere(t *testing.T) {
	c, err := Parse("every.yaml", []byte(every), false)
	if err != nil {
		t.Fatal(err)
	}
	d := c.WithoutSecrets()
	if !d.Sources[0].Secrets[0].Set() || !d.Destination("dev").Slack.URL.Set() || !d.Destination("dev").Slack.Legacy || !d.Destination("ops").Discord.URL.Set() || d.Destination("ops").Discord.Components {
		t.Errorf("got %+v", d.Destinations)
	}
	if c.Sources[0].Secrets[0].Set() || c.Destination("dev").Slack.URL.Set() {
		t.Error("the configuration itself was changed")
	}
}

func TestARelayServesWhomItNames(t *testing.T) {
	for src, want := range map[string]struct {
		on, listed bool
		gov        string // where T3's webhooks are
	}{
		"":                                 {false, false, slackHooks},
		"relay: {}":                        {false, false, slackHooks},
		"relay: {discord: {}}":             {false, false, slackHooks},
		"relay: {from: [10.0.0.0/8]}":      {true, false, slackHooks},
		`relay: {discord: {ids: ["1"]}}`:   {true, true, slackHooks},
		"relay: {slack: {teams: [T1]}}":    {true, true, slackHooks},
		"relay: {govslack: {teams: [T3]}}": {true, true, govSlackHook},
		`relay: {slack: {teams: [T3]}, from: ["::1"]}`: {true, true, slackHooks},
	} {
		c, err := Parse("r.yaml", []byte(small+src+"\n"), false)
		if err != nil {
			t.Fatal(err)
		}
		if c.Relay.On() != want.on || c.Relay.Listed() != want.listed || c.Relay.SlackURL("T3") != want.gov || c.Relay.SlackURL("T1") != slackHooks {
			t.Errorf("%s: on %v, listed %v, T3 at %s", src, c.Relay.On(), c.Relay.Listed(), c.Relay.SlackURL("T3"))
		}
	}
	if _, err := Parse("r.yaml", []byte("version: 1\nrelay: {from: [10.0.0.0/8]}\n"), false); err != nil {
		t.Errorf("a relay needs no source: %v", err)
	}
}
