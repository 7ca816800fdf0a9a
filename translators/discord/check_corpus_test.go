package discord_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
	"dragoman/translators/discord"
	"dragoman/translators/github"
	"dragoman/translators/slack"
)

// broken are the bodies that Discord would refuse, and why; a name that ends in a
// hyphen stands for all that begin with it.
var broken = map[string]string{
	"components-v2":    "a component of a type to come, to see it noted",
	"content-long":     "more text in its embeds than Discord takes",
	"mentions-hostile": "addresses of schemes that only deceive",
	"odd-shapes":       "values of the wrong type everywhere",

	"alerting--grafana-discord-discord-002": "links to localhost",
	"alerting--grafana-discord-discord-003": "links to localhost",
	"alerting--grafana-discord-discord-004": "links to localhost",
	"alerting--grafana-discord-discord-005": "links to localhost",
	"alerting--grafana-discord-discord-006": "links to localhost; an avatar that is a template which failed",
	"alerting--grafana-discord-discord-010": "links to localhost",
	"alerting--grafana-discord-discord-011": "links to localhost",
	"gitea--own-":                           "links to localhost, and a login as address of the author",
	"apprise--discord-fields-long-warning":  "too long, before the sender splits it",
	"apprise--discord-plain-long-warning":   "too long, before the sender splits it",
	"apprise--discord-silent-long-warning":  "too long, before the sender splits it",
	"discohook--help-rr":                    "embeds is a string: a placeholder of the sample",
	"discord-api-docs--message-6":           "documentation of what is invalid: parse and users together",
	"discord-api-docs--reference-8":         "a made up host without a domain",
	"discord-api-docs--reference-10":        "a made up host without a domain",
	"discord-api-docs--reference-13":        "a made up host without a domain",
	"discord-js--container-test-11":         "a container without components",
	"discord-js--message-test-1":            "components of the second kind without the flag",
	"discord-js--message-test-2":            "components of the second kind without the flag",
	"discord-js--message-test-3":            "components of the second kind without the flag",
	"discord-js--message-test-5":            "components of the second kind without the flag",
	"discord-js--message-test-9":            "components of the second kind without the flag",
}

func TestCheckCorpus(t *testing.T) {
	all := bodies(t)
	for name, body := range all {
		key := name
		if strings.HasPrefix(name, "gitea--own-") {
			key = "gitea--own-"
		}
		why, known := broken[key]
		found := discord.Check(body)
		switch {
		case known && len(found) == 0:
			t.Errorf("%s: nothing is wrong, but: %s", name, why)
		case !known:
			for _, v := range found {
				t.Errorf("%s: %+v", name, v)
			}
		}
		if discord.Empty(body) {
			t.Errorf("%s is empty", name)
		}
	}
	if len(all) < len(broken) {
		return // the project's own cases only
	}
	for name := range broken {
		if _, ok := all[name]; !ok && !strings.HasSuffix(name, "-") {
			t.Errorf("%s is not among the bodies", name)
		}
	}
}

var writeOptions = []chat.Options{
	{MaxParts: 10, Components: true}, {MaxParts: 10}, {MaxParts: 1}, {MaxParts: 2, Mentions: chat.Mentions{AsText: true}},
}

// checkWritten checks that Discord takes whatever is written of m.
func checkWritten(t interface {
	Errorf(string, ...any)
	Helper()
}, name string, m *chat.Message) {
	t.Helper()
	for _, opt := range writeOptions {
		var out chat.Output
		if err := discord.WriteEmbeds(&out, m, &opt); err != nil {
			if !errors.Is(err, chat.ErrEmpty) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		for _, p := range out.Parts {
			for _, v := range discord.Check(p.Payload) {
				t.Errorf("%s (%+v): %+v\n%.1000s", name, opt, v, p.Payload)
			}
			if discord.Empty(p.Payload) {
				t.Errorf("%s: says nothing: %s", name, p.Payload)
			}
		}
	}
}

func TestCheckWritten(t *testing.T) {
	root := os.Getenv("DRAGOMAN_CORPUS")
	if root == "" {
		root = "../../../shared/corpus"
	}
	readers := map[string]func(*chat.Message, *chat.Notes, *chat.Input) error{
		"discord": discord.Read, "slack": slack.Read, "github": github.Read,
	}
	events := map[string]string{} // of GitHub, by file
	index, _ := os.ReadFile(filepath.Join(root, "github", "index.jsonl"))
	for line := range strings.Lines(string(index)) {
		if row := gjson.Parse(line); strings.HasPrefix(row.Get("kind").Str, "event") {
			events[row.Get("file").Str] = row.Get("event").Str
		}
	}
	for format, read := range readers {
		written := 0
		files, _ := filepath.Glob("../../testdata/" + format + "/*/in.json")
		real, _ := filepath.Glob(filepath.Join(root, format, "*.json"))
		if len(real) == 0 {
			t.Logf("no reference corpus of %s (set DRAGOMAN_CORPUS): the project's own cases only", format)
		}
		for _, f := range append(files, real...) {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			in := chat.Input{Body: body}
			if event, err := os.ReadFile(filepath.Join(filepath.Dir(f), "event")); err == nil {
				in.Event = strings.TrimSpace(string(event))
			} else if e, ok := events[filepath.Base(f)]; ok {
				in.Event = e
				if wrapped := gjson.GetBytes(body, "payload"); wrapped.IsObject() {
					in.Body = []byte(wrapped.Raw)
				}
			}
			var m chat.Message
			var notes chat.Notes
			if read(&m, &notes, &in) == nil {
				checkWritten(t, f, &m)
				written++
			}
		}
		if written == 0 {
			t.Errorf("nothing of %s was written", format)
		}
	}
}

func TestCheckGenerated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkWritten(t, "generated", chattest.Message().Draw(t, "message")) })
}
