package clients

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/discord"
	"dragoman/translators/formattest"
	"dragoman/translators/slack"
)

// examples are all events that Octokit keeps an example of.
func examples(t testing.TB) []body {
	t.Helper()
	path := filepath.Join(modules(t, "@octokit/webhooks-examples"), "@octokit", "webhooks-examples", "api.github.com", "index.json")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var events []struct {
		Name     string
		Examples []json.RawMessage
	}
	if err := json.Unmarshal(file, &events); err != nil {
		t.Fatal(err)
	}
	var list []body
	for _, e := range events {
		for i, b := range e.Examples {
			list = append(list, body{fmt.Sprintf("%s.%d", e.Name, i), "github", chat.Input{Event: e.Name, Body: b}})
		}
	}
	if len(list) != 329 {
		t.Errorf("%d examples; 7.6.1 has 329", len(list))
	}
	return list
}

// TestOctokit translates every example in both styles to both platforms: all
// are valid there and mention nobody.
func TestOctokit(t *testing.T) {
	list := examples(t)
	for _, from := range []string{"github", "github-discord"} {
		if _, err := translators.Lookup(from); err != nil {
			t.Logf("no format %s", from)
			continue
		}
		for to, faults := range map[string]func([]byte) []string{
			"discord": func(b []byte) []string { return texts(discord.Check(b)) },
			"slack":   func(b []byte) []string { return texts(slack.Check(b)) },
		} {
			t.Run(from+" to "+to, func(t *testing.T) {
				kit := formattest.New(t, to)
				silent := 0
				for _, b := range list {
					var m chat.Message
					var notes chat.Notes
					if err := translators.Read(&m, &notes, from, &b.Input); errors.Is(err, translators.ErrSilent) {
						silent++
						continue
					} else if err != nil {
						t.Errorf("%s: %v", b.name, err)
						continue
					}
					var out chat.Output
					if err := translators.Write(&out, &m, to, &chat.Options{MaxParts: 10, Components: true}); err != nil {
						t.Errorf("%s: %v", b.name, err)
					}
					for _, p := range out.Parts {
						for _, fault := range faults(p.Payload) {
							t.Errorf("%s: %s\n%s", b.name, fault, p.Payload)
						}
					}
					if err := errors.Join(kit.Quiet(&m), kit.NoSilentLoss(&m)); err != nil {
						t.Errorf("%s: %v", b.name, err)
					}
				}
				t.Logf("%d examples, of %d nothing is said", len(list), silent)
			})
		}
	}
}

func texts[V any](violations []V) []string {
	var list []string
	for _, v := range violations {
		list = append(list, fmt.Sprint(v))
	}
	return list
}

// thing is what an event is about, of which a reader wants the name or the number.
type thing struct {
	Number json.Number `json:"number"`
	Title  string      `json:"title"`
	Name   string      `json:"name"`
	Tag    string      `json:"tag_name"`
	Login  string      `json:"login"`
	Ref    string      `json:"ref"`
	URL    string      `json:"html_url"`
}

// things are the members that events are about, where they are not called like
// the event. The first names the thing, the last has its address.
var things = map[string][]string{
	"branch_protection_rule":         {"rule", ""},
	"check_suite":                    {""},
	"code_scanning_alert":            {"alert"},
	"commit_comment":                 {"comment"},
	"dependabot_alert":               {"alert"},
	"deploy_key":                     {"key", ""},
	"deployment_review":              {"workflow_run"},
	"deployment_status":              {""},
	"discussion_comment":             {"discussion", "comment"},
	"fork":                           {"forkee"},
	"issue_comment":                  {"issue", "comment"},
	"issues":                         {"issue"},
	"membership":                     {"member", "team"},
	"meta":                           {"", ""},
	"org_block":                      {"blocked_user"},
	"organization":                   {""}, // names the member
	"pull_request_review":            {"pull_request", "review"},
	"pull_request_review_comment":    {"pull_request", "comment"},
	"pull_request_review_thread":     {"pull_request", ""}, // leads to its first comment
	"push":                           {""},
	"repository_vulnerability_alert": {""},
	"star":                           {"repository"},
	"team_add":                       {"team"},
	"watch":                          {"repository"},
}

// unsaid is how many examples of an event nothing is said of, on purpose.
var unsaid = map[string]int{
	"check_run":           7, // that begin or are asked for again, and those of a workflow, whose run tells
	"check_suite":         6, // likewise
	"discussion_comment":  1, // edited without a change
	"projects_v2_item":    1, // in another place of its column
	"pull_request_review": 3, // only the frame around comments
	"release":             6, // drafts, and second and third events of a publication
	"sponsorship":         2, // private ones
	"workflow_job":        7, // that are not over, or went well
	"workflow_run":        2, // that are not over
}

// TestOctokitTold says what none of the cards in rich style may lack: who did it,
// where, the number or the name of the thing, and its address.
func TestOctokitTold(t *testing.T) {
	silent := map[string]int{}
	for _, b := range examples(t) {
		var m chat.Message
		var notes chat.Notes
		if err := translators.Read(&m, &notes, "github", &b.Input); errors.Is(err, translators.ErrSilent) {
			silent[b.Event]++
			continue
		} else if err != nil {
			t.Errorf("%s: %v", b.name, err)
			continue
		}
		var p struct {
			Sender     struct{ Login string }
			Repository struct {
				FullName string `json:"full_name"`
				URL      string `json:"html_url"`
			}
			Organization struct{ Login string }
		}
		var members map[string]json.RawMessage
		if err := errors.Join(json.Unmarshal(b.Body, &p), json.Unmarshal(b.Body, &members)); err != nil {
			t.Fatal(b.name, err)
		}
		card := m.Blocks[0].Card
		line := m.Summary.Plain()
		if who := p.Sender.Login; !strings.Contains(line, who) || who != "" && card.Author.Name != who {
			t.Errorf("%s: not by %s: %q, %v", b.name, who, line, card.Author)
		}
		where := p.Repository.FullName
		if where == "" {
			where = p.Organization.Login
		}
		if !strings.Contains(line, where) || !strings.Contains(card.Footer.Name, where) {
			t.Errorf("%s: not in %s: %q, %q", b.name, where, line, card.Footer.Name)
		}
		about := things[b.Event]
		if about == nil {
			about = []string{b.Event}
		}
		var o, at thing
		_ = json.Unmarshal(members[about[0]], &o) // what is missing or another type names nothing
		_ = json.Unmarshal(members[about[len(about)-1]], &at)
		names := slices.DeleteFunc([]string{o.Title, o.Name, o.Tag, o.Login, o.Ref, "#" + o.Number.String()}, func(s string) bool { return s == "" || s == "#" })
		title := card.Title.Plain()
		if len(names) > 0 && !slices.ContainsFunc(names, func(s string) bool { return strings.Contains(title, s) }) {
			t.Errorf("%s: %q names none of %q", b.name, title, names)
		}
		want := at.URL
		if want == "" {
			want = p.Repository.URL
		}
		gone := strings.Contains(title, "deleted")
		elsewhere := b.Event == "deployment_status" || b.Event == "package" // to what was deployed, to the version
		if !strings.HasPrefix(card.URL, want) && !gone && !elsewhere {
			t.Errorf("%s: leads to %q, not to %q", b.name, card.URL, want)
		}
	}
	if !maps.Equal(silent, unsaid) {
		t.Errorf("nothing is said of %v, but that should be %v", silent, unsaid)
	}
}
