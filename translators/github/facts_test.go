package github

import (
	"slices"
	"strings"
	"testing"
)

func TestSubject(t *testing.T) {
	const base = "github.com/7"
	sha := strings.Repeat("ab", 20)
	for _, c := range []struct {
		event, members string
		want           []string // the key, then its aliases
	}{
		{"pull_request", `"number":12,"pull_request":{"number":12,"head":{"sha":"` + sha + `"}}`, []string{base + "/pr/12", base + "/sha/" + sha}},
		{"pull_request_review", `"review":{},"pull_request":{"number":12}`, []string{base + "/pr/12"}},
		{"issue_comment", `"issue":{"number":12,"pull_request":{}},"comment":{}`, []string{base + "/pr/12"}},
		{"issue_comment", `"issue":{"number":12},"comment":{}`, []string{base + "/issue/12"}},
		{"issues", `"action":"transferred","issue":{"number":12},"changes":{"new_issue":{"number":3},"new_repository":{"id":8,"html_url":"https://github.com/a/b"}}`, []string{base + "/issue/12", "github.com/8/issue/3"}},
		{"workflow_run", `"workflow_run":{"id":5,"head_sha":"` + sha + `","pull_requests":[{"number":12}]}`, []string{base + "/pr/12", base + "/sha/" + sha, base + "/run/5"}},
		{"workflow_run", `"workflow_run":{"id":5,"head_sha":"` + sha + `","pull_requests":[]}`, []string{base + "/sha/" + sha, base + "/run/5"}},
		{"workflow_job", `"workflow_job":{"run_id":5,"head_sha":"` + sha + `"}`, []string{base + "/sha/" + sha, base + "/run/5"}},
		{"check_run", `"check_run":{"head_sha":"` + sha + `"}`, []string{base + "/sha/" + sha}},
		{"status", `"sha":"` + sha + `"`, []string{base + "/sha/" + sha}},
		{"push", `"ref":"refs/heads/main","after":"` + sha + `","commits":[{}]`, []string{base + "/push/refs/heads/main@" + sha, base + "/sha/" + sha}},
		{"push", `"ref":"refs/heads/x","deleted":true,"after":"0000000000000000000000000000000000000000"`, []string{base + "/ref/refs/heads/x"}},
		{"delete", `"ref":"x","ref_type":"branch"`, []string{base + "/ref/refs/heads/x"}},
		{"release", `"release":{"id":9007199254740993}`, []string{base + "/release/9007199254740993"}},
		{"discussion_comment", `"discussion":{"number":4},"comment":{}`, []string{base + "/discussion/4"}},
		{"deployment_status", `"deployment":{"id":4,"sha":"` + sha + `"},"deployment_status":{"id":9}`, []string{base + "/deployment/4", base + "/sha/" + sha}},
		{"push", `"ref":"refs/heads/x","before":"` + sha + `","after":"0000000000000000000000000000000000000000"`, []string{base + "/ref/refs/heads/x"}},
		{"push", `"ref":"refs/heads/x","before":"0000000000000000000000000000000000000000","after":"` + sha + `","commits":null`, []string{base + "/ref/refs/heads/x", base + "/sha/" + sha}},
		{"create", `"ref":"x","ref_type":"branch"`, []string{base + "/ref/refs/heads/x"}},
		{"pull_request", `"action":"synchronize","before":"` + sha + `","number":12,"pull_request":{"head":{"sha":"cd"}}`, []string{base + "/pr/12", base + "/sha/cd", base + "/sha/" + sha}},
		{"pull_request_review_comment", `"comment":{},"pull_request":{"number":12}`, []string{base + "/pr/12"}},
		{"pull_request_review_thread", `"thread":{},"pull_request":{"number":12}`, []string{base + "/pr/12"}},
		{"pull_request_approved", `"review":{},"pull_request":{"number":12}`, []string{base + "/pr/12"}},
		{"issue_comment", `"is_pull":true,"issue":{"number":12},"comment":{}`, []string{base + "/pr/12"}},
		{"issue_label", `"issue":{"number":12}`, []string{base + "/issue/12"}},
		{"issue_relates_to", `"issue":{"number":12}`, []string{base + "/issue/12"}},
		{"sub_issues", `"parent_issue":{"number":12},"sub_issue":{"number":13}`, []string{base + "/issue/12"}},
		{"sub_issues", `"parent_issue":{"number":12},"parent_issue_repo":{"id":8,"html_url":"https://github.com/a/b"}`, []string{"github.com/8/issue/12"}},
		{"issue_dependencies", `"blocked_issue":{"number":12},"blocking_issue":{"number":13}`, []string{base + "/issue/12"}},
		{"check_suite", `"check_suite":{"head_sha":"` + sha + `","pull_requests":[{"number":12}]}`, []string{base + "/pr/12", base + "/sha/" + sha}},
		{"check_run", `"check_run":{"head_sha":"` + sha + `","check_suite":{"pull_requests":[{"number":12}]}}`, []string{base + "/pr/12", base + "/sha/" + sha}},
		{"commit_comment", `"comment":{"commit_id":"` + sha + `"}`, []string{base + "/sha/" + sha}},
		{"merge_group", `"merge_group":{"head_sha":"` + sha + `"}`, []string{base + "/sha/" + sha}},
		{"deployment", `"deployment":{"id":4,"sha":"` + sha + `"}`, []string{base + "/deployment/4", base + "/sha/" + sha}},
		{"deployment_protection_rule", `"deployment":{"id":4,"sha":"` + sha + `"}`, []string{base + "/deployment/4", base + "/sha/" + sha}},
		{"deployment_review", `"workflow_run":{"id":5,"head_sha":"` + sha + `"}`, []string{base + "/sha/" + sha, base + "/run/5"}},
		{"package", `"package":{"id":4}`, []string{base + "/package/4"}},
		{"registry_package", `"registry_package":{"id":4}`, []string{base + "/package/4"}},
		{"code_scanning_alert", `"alert":{"number":4}`, []string{base + "/code_scanning_alert/4"}},
		{"secret_scanning_alert_location", `"alert":{"number":4}`, []string{base + "/secret_scanning_alert/4"}},
		{"repository_vulnerability_alert", `"alert":{"id":4}`, []string{base + "/repository_vulnerability_alert/4"}},
		{"repository_advisory", `"repository_advisory":{"ghsa_id":"GHSA-1"}`, []string{base + "/advisory/GHSA-1"}},
		{"page_build", `"id":4,"build":{}`, []string{base + "/page_build/4"}},
		{"ping", `"hook_id":4`, []string{base + "/hook/4"}},
		{"dependabot_alert", `"alert":{"number":4}`, []string{base + "/dependabot_alert/4"}},
		{"milestone", `"milestone":{"node_id":"MI_1"}`, []string{base + "/milestone/MI_1"}},
		{"tide_turned", `"tide_turned":{"id":3}`, []string{base + "/tide_turned/3"}},
		{"watch", `"action":"started"`, nil},
		{"issues", `"issue":"?"`, nil},
	} {
		body := payload(c.members)
		if c.event == "watch" {
			body = []byte(`{"action":"started"}`)
		}
		key, aliases := Subject(c.event, body)
		got := append([]string{key}, aliases...)
		if key == "" {
			got = nil
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.event, got, c.want)
		}
	}
}

func TestSubjectOnAnotherHost(t *testing.T) {
	key, _ := Subject("issues", []byte(`{"issue":{"number":3},"repository":{"id":7,"html_url":"https://git.example.org/a/b"}}`))
	if key != "git.example.org/7/issue/3" {
		t.Error(key)
	}
	key, _ = Subject("issues", []byte(`{"issue":{"number":3},"repository":{"full_name":"A/b"}}`))
	if key != "github.com/a/b/issue/3" {
		t.Error(key)
	}
}

func TestBranch(t *testing.T) {
	for _, c := range []struct{ event, members, want string }{
		{"push", `"ref":"refs/heads/feature/x"`, "feature/x"},
		{"push", `"ref":"refs/tags/v1"`, ""},
		{"create", `"ref":"feature/x","ref_type":"branch"`, "feature/x"},
		{"create", `"ref":"v1","ref_type":"tag"`, ""},
		{"pull_request", `"pull_request":{"head":{"ref":"x"},"base":{"ref":"main"}}`, "x"},
		{"workflow_run", `"workflow_run":{"head_branch":"x"}`, "x"},
		{"workflow_run", `"workflow_run":{"head_branch":null}`, ""},
		{"check_run", `"check_run":{"check_suite":{"head_branch":"x"}}`, "x"},
		{"status", `"branches":[{"name":"x"},{"name":"y"}]`, "x"},
		{"issues", `"issue":{}`, ""},
		{"pull_request_rejected", `"pull_request":{"head":{"ref":"x"}}`, "x"},
		{"pull_request", `"pull_request":{"head_branch":"x"}`, "x"},
		{"deployment_status", `"deployment":{"ref":"x"}`, "x"},
		{"deployment_review", `"workflow_run":{"head_branch":"x"}`, "x"},
		{"merge_group", `"merge_group":{"head_ref":"refs/heads/gh-readonly-queue/main/pr-1"}`, "gh-readonly-queue/main/pr-1"},
		{"code_scanning_alert", `"ref":"refs/heads/x"`, "x"},
		{"code_scanning_alert", `"ref":"refs/pull/12/merge"`, ""},
		{"workflow_dispatch", `"ref":"refs/heads/x"`, "x"},
		{"delete", `"ref":"refs/heads/x","ref_type":"branch"`, "x"},
	} {
		if got := Branch(c.event, payload(c.members)); got != c.want {
			t.Errorf("%s %s: %q", c.event, c.members, got)
		}
	}
}

func TestOtherFacts(t *testing.T) {
	body := []byte(` {"action":"opened","issue":{"labels":[{"name":"a"},{"name":"b c"},{}]},"repository":{"full_name":"o/r"},"sender":{"login":"tide[bot]"}}`)
	if Repo(body) != "o/r" || Action("", body) != "opened" || !Bot(body) {
		t.Error(Repo(body), Action("", body), Bot(body))
	}
	if got := Labels(body); !slices.Equal(got, []string{"a", "b c"}) {
		t.Errorf("labels %q", got)
	}
	if Bot([]byte(`{"sender":{"login":"mirela","type":"User"}}`)) || !Bot([]byte(`{"sender":{"login":"tide","type":"Bot"}}`)) {
		t.Error("people are not bots, and bots are")
	}
	if !Bot([]byte(`{"pusher":{"name":"tide[bot]"}}`)) {
		t.Error("a push without sender is not the bot's")
	}
	for _, c := range []struct{ event, sent, want string }{
		{"pull_request", "synchronized", "synchronize"}, {"pull_request_approved", "reviewed", "submitted"},
		{"release", "updated", "edited"}, {"package", "updated", "updated"}, {"issues", "label_updated", "label_updated"},
	} {
		if got := Action(c.event, []byte(`{"action":"`+c.sent+`"}`)); got != c.want {
			t.Errorf("%s %s is %s", c.event, c.sent, got)
		}
	}
	if got := Repo([]byte(`{"organization":{"login":"o"}}`)); got != "o" {
		t.Error(got)
	}
	push := []byte(`{"commits":[{"added":["a\tb"],"modified":["c"]},{"removed":["c","d"],"modified":["a\tb"]}]}`)
	if got := Changed(push); !slices.Equal(got, []string{"a\tb", "c", "d"}) {
		t.Errorf("changed %q", got)
	}
	for _, none := range []string{``, `[]`, `{`, `{"repository":3,"sender":[],"commits":{},"issue":null}`} {
		b := []byte(none)
		if Repo(b) != "" || Action("", b) != "" || Bot(b) || Labels(b) != nil || Changed(b) != nil {
			t.Errorf("facts of %q", none)
		}
	}
}

// A guess is right or is not made.
func TestGuess(t *testing.T) {
	told := 0
	for _, s := range samples(t) {
		if !strings.HasPrefix(s.file, "octokit") {
			continue // the others lack what tells
		}
		switch got := Guess(s.body); got {
		case s.event:
			told++
		case "":
		default:
			t.Errorf("%s: guessed %s", s.file, got)
		}
	}
	if told < 90 {
		t.Errorf("only %d were guessed", told)
	}
}

// What each name of an event at a forge is at GitHub; GitHub's own names stay.
func TestEventName(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"pull_request_approved", `{}`, "pull_request_review"},
		{"pull_request_rejected", `{}`, "pull_request_review"},
		{"pull_request_comment", `{"pull_request":{},"review":{}}`, "pull_request_review"},
		{"pull_request_comment", `{"issue":{},"comment":{}}`, "issue_comment"},
		{"pull_request_review_comment", `{"pull_request":{},"review":{}}`, "pull_request_review"},
		{"pull_request_review_comment", `{"pull_request":{},"comment":{}}`, "pull_request_review_comment"},
		{"pull_request_sync", `{}`, "pull_request"},
		{"issue_assign", `{}`, "issues"},
		{"wiki", `{}`, "gollum"},
		{"tide_turned", `{}`, "tide_turned"},
		{"", `{"zen":"x","hook_id":1}`, "ping"},
	} {
		if got := EventName(c.name, []byte(c.body)); got != c.want {
			t.Errorf("%q %s is %q, want %q", c.name, c.body, got, c.want)
		}
	}
	for _, name := range Events() {
		if got := EventName(name, []byte(`{"comment":{}}`)); got != name {
			t.Errorf("%s became %s", name, got)
		}
	}
}
