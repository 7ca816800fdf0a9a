package github

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// What other programs say of an event is an opinion on what a reader wants to
// know. Every word of theirs is a word of ours, except those of the list: their
// wording of what ours says otherwise, and what ours leaves out for a reason.

// otherwise are the words that need not be in ours, by the reason; some only
// where an event says them.
var otherwise = reasons(map[string]string{
	"grammar": "a been by from has is it no now on s the to was you your",
	"ours says what it is: a check succeeded, a run failed, a star was given":                          "added changed check completed configured created deployment failure fork job labeled merge new open opened organization pr pull re request run sourced star status success successfully tag triggered updated without workflow",
	"a milestone, reviewer or collaborator: ours names who and what":                                   "branch milestoned removed commented mentioned issue",
	"names of emoji, marks of their own markup, and of their service":                                  "white mark x entry sign quote github commit_comment:1",
	"paths of pages which ours links by another address, or names by its title":                        "tree releases compare master 20wanted 2fgo",
	"hashes of another length, and numbers of no use to a reader":                                      "000000000000 2e8cf535fb38 2202229078 3484a3fb81 6113728f27 a10867 a20867 a30867",
	"where they cut a body off, read another number than is there, and 30 commits more than they list": "r rea readm upd 30 issues:0",
	"their accounts of people, put for the logins":                                                     "asaad hallam jesse mahmood maria nunez pandabot",
})

// reasons is the reason for each word.
func reasons(lists map[string]string) map[string]string {
	all := map[string]string{}
	for why, list := range lists {
		for w := range strings.FieldsSeq(list) {
			all[w] = why
		}
	}
	return all
}

// shown is everything that a reader of a message sees, with the addresses.
func shown(m *chat.Message) string {
	var b strings.Builder
	text := func(t chat.Text) {
		for _, s := range t {
			b.WriteString(s.Text + " " + s.Ref + " ")
		}
		b.WriteString("\n")
	}
	text(m.Summary)
	card := m.Blocks[0].Card
	text(card.Title)
	fmt.Fprintln(&b, card.URL, card.Author, card.Footer)
	for _, in := range card.Body {
		text(in.Text)
		for _, a := range in.Assets {
			fmt.Fprintln(&b, a)
		}
		for _, f := range in.Fields {
			text(f.Name)
			for _, v := range f.Body {
				text(v.Text)
			}
		}
	}
	return b.String()
}

// tokens are the words of a text, in lower case.
func tokens(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		set[w] = true
	}
	return set
}

// opinion holds ours to what another program says.
func opinion(t *testing.T, name, theirs, event string, body []byte, used, silent map[string]bool) {
	t.Helper()
	m, _, err := read(event, body)
	if errors.Is(err, ErrSilent) {
		silent[event] = true
		return
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	ours := tokens(shown(m))
	var missing []string
	for w := range tokens(theirs) {
		if ours[w] {
			continue
		}
		if in := event + ":" + w; otherwise[in] != "" {
			used[in] = true
			continue
		}
		if otherwise[w] != "" {
			used[w] = true
			continue
		}
		missing = append(missing, w)
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("%s: %q\n not in ours: %q", name, missing, shown(m))
	}
}

func unwrap(t *testing.T, line []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(line, into); err != nil {
		t.Fatal(err)
	}
}

func TestOpinions(t *testing.T) {
	dir := filepath.Join(chattest.Corpus(t), "github")
	used, silent := map[string]bool{}, map[string]bool{}
	t.Run("gitea", func(t *testing.T) {
		file, err := os.ReadFile(filepath.Join(dir, "peer-renderings.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
			var row struct {
				File    string `json:"event_file"`
				Event   string
				Format  string
				Payload struct {
					Embeds []struct {
						Title, Description string
						Author             struct{ Name string }
					}
				}
			}
			unwrap(t, lines.Bytes(), &row)
			if row.Format != "discord" {
				continue
			}
			body, err := os.ReadFile(filepath.Join(dir, row.File))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range row.Payload.Embeds {
				seen++
				opinion(t, row.File, e.Title+" "+e.Description+" "+e.Author.Name, row.Event, body, used, silent)
			}
		}
		t.Logf("%d renderings", seen)
	})
	t.Run("mattermost", func(t *testing.T) {
		files, err := filepath.Glob(filepath.Join(dir, "mattermost--*.json"))
		if err != nil || len(files) < 30 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			file, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var row struct {
				Event, Template string
				Payload         map[string]any
				Text            string `json:"expected_text"`
			}
			unwrap(t, file, &row)
			if row.Payload["action"] == nil && templates[row.Template] != "" {
				row.Payload["action"] = templates[row.Template]
			}
			body, err := json.Marshal(row.Payload)
			if err != nil {
				t.Fatal(err)
			}
			opinion(t, filepath.Base(f), row.Text, row.Event, body, used, silent)
		}
	})
	t.Run("zulip", func(t *testing.T) {
		file, err := os.ReadFile(filepath.Join(dir, "zulip-expected.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
			var row struct{ Fixture, Event, Topic, Text string }
			unwrap(t, lines.Bytes(), &row)
			members, ok := fixtures[row.Fixture]
			if !ok {
				t.Errorf("no event for %s: %s", row.Fixture, row.Text)
				continue
			}
			opinion(t, "zulip "+row.Fixture, row.Topic+" "+row.Text, row.Event, []byte("{"+members+"}"), used, silent)
		}
	})
	// A check that begins, a job that went well, a queued one, a review that is only the frame of its
	// comments, a pre-release that is also published: the others tell of these.
	if got := slices.Sorted(maps.Keys(silent)); !slices.Equal(got, []string{"check_run", "check_suite", "pull_request_review", "release", "workflow_job"}) {
		t.Errorf("nothing is said of %q", got)
	}
	for w := range maps.Keys(otherwise) {
		if !used[w] {
			t.Errorf("%q: nobody says that", w)
		}
	}
}

// templates are Mattermost's, and the action that each is for.
var templates = map[string]string{
	"closedIssue": "closed", "closedPR": "closed", "reopenedIssue": "reopened", "newIssue": "opened", "newPR": "opened",
	"issueLabelled": "labeled", "pullRequestLabelled": "labeled", "issueComment": "created", "newReviewComment": "created",
	"commentAuthorPullRequestNotification": "created", "commentMentionNotification": "created",
	"pullRequestReviewEvent": "submitted", "pullRequestReviewNotification": "submitted",
}

// fixtures are events as Zulip's texts tell of them; it publishes only those here.
var fixtures = map[string]string{
	"issues":                     `"action":"opened","issue":{"number":2,"title":"Spelling error in the README file","html_url":"https://github.com/baxterthehacker/public-repo/issues/2","body":"It looks like you accidentally spelled 'commit' with two 't's."}` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"issue_comment":              `"action":"created","issue":{"number":2,"title":"Spelling error in the README file"},"comment":{"html_url":"https://github.com/baxterthehacker/public-repo/issues/2#issuecomment-99262140","body":"You are totally right! I'll get this fixed right away."}` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"push__delete_branch":        `"ref":"refs/heads/feature","before":"2e8cf535fb38a3dab2476cdf856efda904ad4c94","after":"0000000000000000000000000000000000000000","deleted":true,"commits":[],"compare":"https://github.com/eeshangarg/public-repo/compare/2e8cf535fb38...000000000000"` + by("eeshangarg", "eeshangarg/public-repo"),
	"push__50_commits":           `"ref":"refs/heads/changes","before":"9049f1265b7d61be4a8904a9a27120d2064dab3b","after":"0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c","compare":"https://github.com/baxterthehacker/public-repo/compare/9049f1265b7d...0d1a26e67d8f","commits":[` + strings.Repeat(`{"id":"0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c","message":"Update README.md","url":"https://github.com/baxterthehacker/public-repo/commit/0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c"},`, 49) + `{"id":"0d1a26e"}]` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"pull_request__closed":       pullOf("closed", `"state":"closed","merged":false`),
	"pull_request__merged":       pullOf("closed", `"state":"closed","merged":true`),
	"pull_request__synchronized": pullOf("synchronize", `"state":"open"`),
	"star":                       `"action":"created"` + by("Codertocat", "Codertocat/Hello-World"),
	"delete":                     `"ref":"simple-tag","ref_type":"tag"` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"create":                     `"ref":"0.0.1","ref_type":"tag"` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"ping":                       `"zen":"Speak like a human.","hook":{"type":"Repository"}` + by("TomaszKolek", "TomaszKolek/public-repo"),
	"ping__organization":         `"zen":"Speak like a human.","hook":{"type":"Organization"},"organization":{"login":"zulip-test-org"},"sender":{"login":"eeshangarg"}`,
	"fork":                       `"forkee":{"full_name":"baxterandthehackers/public-repo","html_url":"https://github.com/baxterandthehackers/public-repo"}` + by("baxterandthehackers", "baxterthehacker/public-repo"),
	"deployment":                 `"action":"created","deployment":{"environment":"production","ref":"master"}` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"membership":                 `"action":"added","member":{"login":"kdaigle","html_url":"https://github.com/kdaigle"},"team":{"name":"Contractors"},"organization":{"login":"baxterandthehackers"},"sender":{"login":"baxterthehacker","html_url":"https://github.com/baxterthehacker"}`,
	"member":                     `"action":"added","member":{"login":"octocat","html_url":"https://github.com/octocat"}` + by("baxterthehacker", "baxterthehacker/public-repo"),
	"public":                     by("baxterthehacker", "baxterthehacker/public-repo")[1:],
}

func by(login, repo string) string {
	return fmt.Sprintf(`,"sender":{"login":%q,"html_url":"https://github.com/%s"},"repository":{"full_name":%q,"html_url":"https://github.com/%s"}`, login, login, repo, repo)
}

func pullOf(action, state string) string {
	return fmt.Sprintf(`"action":%q,"pull_request":{"number":1,"title":"Update the README with new information","html_url":"https://github.com/baxterthehacker/public-repo/pull/1",%s,"head":{"ref":"changes"},"base":{"ref":"master"}}`, action, state) + by("baxterthehacker", "baxterthehacker/public-repo")
}
