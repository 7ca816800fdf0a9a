package github

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// The smallest payload of an event: what is given, and who and where.
func payload(members string) []byte {
	return []byte(`{` + members + `,"repository":{"id":7,"full_name":"harbour/tidewatch","html_url":"https://github.com/harbour/tidewatch"},` +
		`"sender":{"login":"mirela","html_url":"https://github.com/mirela","avatar_url":"https://avatars.example.net/m.png"}}`)
}

func pull(action, members, more string) []byte {
	return payload(fmt.Sprintf(`"action":%q,"number":12,"pull_request":{"number":12,"title":"Tides","html_url":"https://github.com/harbour/tidewatch/pull/12","x":0%s,"state":"open"}%s`, action, members, more))
}

func issue(action, members, more string) []byte {
	return payload(fmt.Sprintf(`"action":%q,"issue":{"number":12,"title":"Tides","html_url":"https://github.com/harbour/tidewatch/issues/12","x":0%s,"state":"open"}%s`, action, members, more))
}

func run(action, conclusion string) []byte {
	return payload(fmt.Sprintf(`"action":%q,"workflow_run":{"name":"CI","run_number":3,"conclusion":%s,"head_branch":"main","html_url":"https://github.com/harbour/tidewatch/actions/runs/1"}`, action, conclusion))
}

func TestRead(t *testing.T) {
	const was, is = `"before":"1111111111111111111111111111111111111111"`, `"after":"2222222222222222222222222222222222222222"`
	const none = `0000000000000000000000000000000000000000`
	head := `,"head_commit":{"id":"2222222222222222222222222222222222222222","message":"Release","url":"https://github.com/c"}`
	for _, c := range []struct {
		name, event string
		body        []byte
		role        chat.Role
		colour      chat.Colour
		title, says string // says: the summary, without "mirela " before and " in harbour/tidewatch" after it
	}{
		{"pr opened", "pull_request", pull("opened", "", ""), chat.Post, open, "Pull request opened: #12 Tides", "opened pull request #12: Tides"},
		{"pr draft", "pull_request", pull("opened", `,"draft":true`, ""), chat.Post, neutral, "Draft pull request opened: #12 Tides", "opened draft pull request #12: Tides"},
		{"pr closed", "pull_request", pull("closed", `,"state":"closed","merged":false`, ""), chat.Post, closed, "Pull request closed: #12 Tides", "closed pull request #12: Tides"},
		{"pr merged", "pull_request", pull("closed", `,"state":"closed","merged":true`, ""), chat.Post, merged, "Pull request merged: #12 Tides", "merged pull request #12: Tides"},
		{"pr reopened", "pull_request", pull("reopened", "", ""), chat.Post, open, "Pull request reopened: #12 Tides", "reopened pull request #12: Tides"},
		{"pr ready", "pull_request", pull("ready_for_review", "", ""), chat.Post, open, "Pull request ready for review: #12 Tides", "marked pull request #12: Tides ready for review"},
		{"pr to draft", "pull_request", pull("converted_to_draft", `,"draft":true`, ""), chat.UpdateOnly, neutral, "Pull request converted to draft: #12 Tides", "converted pull request #12: Tides to draft"},
		{"pr synchronize", "pull_request", pull("synchronize", "", ","+was+","+is), chat.UpdateOnly, open, "New commits on pull request: #12 Tides", "pushed commits to pull request #12: Tides"},
		{"pr labeled", "pull_request", pull("labeled", "", `,"label":{"name":"bug"}`), chat.UpdateOnly, open, "Pull request labelled “bug”: #12 Tides", "added the label “bug” to pull request #12: Tides"},
		{"pr unassigned", "pull_request", pull("unassigned", "", `,"assignee":{"login":"tomas"}`), chat.UpdateOnly, open, "Pull request no longer assigned to tomas: #12 Tides", "unassigned tomas from pull request #12: Tides"},
		{"pr edited", "pull_request", pull("edited", "", `,"changes":{"title":{"from":"Tide"}}`), chat.UpdateOnly, open, "Pull request edited: #12 Tides", "edited pull request #12: Tides"},
		{"pr new action", "pull_request", pull("rolled_over", "", ""), chat.UpdateOnly, open, "Pull request rolled over: #12 Tides", "rolled over pull request #12: Tides"},
		{"pr review asked", "pull_request", pull("review_requested", "", `,"requested_team":{"name":"Pier crew"}`), chat.Status, pending, "Review requested from Pier crew: #12 Tides", "requested a review from Pier crew on pull request #12: Tides"},
		{"pr enqueued", "pull_request", pull("enqueued", "", ""), chat.Status, pending, "Pull request added to the merge queue: #12 Tides", "added pull request #12: Tides to the merge queue"},
		{"pr dequeued", "pull_request", pull("dequeued", "", `,"reason":"CI_FAILURE"`), chat.Status, closed, "Pull request removed from the merge queue: #12 Tides", "removed pull request #12: Tides from the merge queue"},

		{"approved", "pull_request_review", pull("submitted", "", `,"review":{"state":"approved"}`), chat.Status, open, "Approved: #12 Tides", "approved pull request #12: Tides"},
		{"changes requested", "pull_request_review", pull("submitted", "", `,"review":{"state":"changes_requested"}`), chat.Status, closed, "Changes requested: #12 Tides", "requested changes on pull request #12: Tides"},
		{"commented", "pull_request_review", pull("submitted", "", `,"review":{"state":"COMMENTED","body":"Well."}`), chat.Status, comment, "Reviewed: #12 Tides", "reviewed pull request #12: Tides"},
		{"dismissed", "pull_request_review", pull("dismissed", "", `,"review":{"state":"dismissed","user":{"login":"tomas"}}`), chat.Status, neutral, "Review by tomas dismissed: #12 Tides", "dismissed the review by tomas of pull request #12: Tides"},

		{"issue opened", "issues", issue("opened", "", ""), chat.Post, open, "Issue opened: #12 Tides", "opened issue #12: Tides"},
		{"issue closed", "issues", issue("closed", `,"state":"closed","state_reason":null`, ""), chat.Post, merged, "Issue closed: #12 Tides", "closed issue #12: Tides"},
		{"issue not planned", "issues", issue("closed", `,"state":"closed","state_reason":"not_planned"`, ""), chat.Post, neutral, "Issue closed as not planned: #12 Tides", "closed issue #12: Tides as not planned"},
		{"issue deleted", "issues", issue("deleted", "", ""), chat.Post, closed, "Issue deleted: #12 Tides", "deleted issue #12: Tides"},
		{"issue milestoned", "issues", issue("milestoned", "", `,"milestone":{"title":"Spring"}`), chat.UpdateOnly, open, "Issue added to milestone Spring: #12 Tides", "added issue #12: Tides to milestone Spring"},
		{"issue arrives", "issues", issue("opened", "", `,"changes":{"old_issue":{"number":3},"old_repository":{"full_name":"harbour/gauge"}}`), chat.Post, open, "Issue transferred here from harbour/gauge#3: #12 Tides", "transferred issue #12: Tides from harbour/gauge#3"},
		{"comment", "issue_comment", issue("created", "", `,"comment":{"body":"Yes."}`), chat.Status, comment, "Comment on issue: #12 Tides", "commented on issue #12: Tides"},
		{"comment on pr", "issue_comment", issue("created", `,"pull_request":{}`, `,"comment":{"body":"Yes."}`), chat.Status, comment, "Comment on pull request: #12 Tides", "commented on pull request #12: Tides"},
		{"comment edited", "issue_comment", issue("edited", "", `,"comment":{"body":"No."},"changes":{"body":{"from":"Yes."}}`), chat.UpdateOnly, comment, "Comment edited on issue: #12 Tides", "edited a comment on issue #12: Tides"},
		{"comment deleted", "issue_comment", issue("deleted", "", `,"comment":{"body":"No."}`), chat.UpdateOnly, neutral, "Comment deleted on issue: #12 Tides", "deleted a comment on issue #12: Tides"},

		{"discussion", "discussion", payload(`"action":"created","discussion":{"number":12,"title":"Tides"}`), chat.Post, info, "Discussion opened: #12 Tides", "opened discussion #12: Tides"},
		{"discussion answered", "discussion", payload(`"action":"answered","discussion":{"number":12,"title":"Tides"},"answer":{"body":"Yes."}`), chat.Status, merged, "Discussion answered: #12 Tides", "marked an answer to discussion #12: Tides"},
		{"discussion labeled", "discussion", payload(`"action":"labeled","label":{"name":"q"},"discussion":{"number":12,"title":"Tides"}`), chat.UpdateOnly, info, "Discussion labelled “q”: #12 Tides", "added the label “q” to discussion #12: Tides"},
		{"discussion comment", "discussion_comment", payload(`"action":"created","discussion":{"number":12,"title":"Tides"},"comment":{"body":"Yes."}`), chat.Status, comment, "Comment on discussion: #12 Tides", "commented on discussion #12: Tides"},

		{"release", "release", payload(`"action":"published","release":{"tag_name":"v2","name":"Spring tide"}`), chat.Post, info, "Release published: Spring tide (v2)", "published release Spring tide (v2)"},
		{"release without name", "release", payload(`"action":"published","release":{"tag_name":"v2","name":null,"prerelease":true}`), chat.Post, info, "Pre-release published: v2", "published pre-release v2"},
		{"release deleted", "release", payload(`"action":"deleted","release":{"tag_name":"v2"}`), chat.Post, closed, "Release deleted: v2", "deleted release v2"},

		{"push", "push", payload(`"ref":"refs/heads/main",` + was + "," + is + `,"commits":[{"id":"a"},{"id":"b"}]`), chat.Post, info, "2 commits pushed to main", "pushed 2 commits to main"},
		{"push, more than are listed", "push", payload(`"ref":"refs/heads/main",` + was + "," + is + `,"commits":[{"id":"a"}],"total_commits":31`), chat.Post, info, "31 commits pushed to main", "pushed 31 commits to main"},
		{"push to new branch", "push", payload(`"ref":"refs/heads/a/b","created":true,"before":"` + none + `",` + is + `,"commits":[{"id":"a"}]`), chat.Post, info, "1 commit pushed to new branch a/b", "pushed 1 commit to new branch a/b"},
		{"push of nothing new", "push", payload(`"ref":"refs/heads/main",` + was + "," + is + `,"commits":[]`), chat.Post, info, "Branch main moved to 2222222", "moved branch main to 2222222"},
		{"push forced", "push", payload(`"ref":"refs/heads/main","forced":true,` + was + "," + is), chat.Post, forced, "Branch main force-pushed to 2222222", "force-pushed branch main to 2222222"},
		{"push deletes, without the flag", "push", payload(`"ref":"refs/heads/main","after":"` + none + `",` + was), chat.Post, neutral, "Branch deleted: main", "deleted branch main"},
		{"push of a tag", "push", payload(`"ref":"refs/tags/v2","created":true,"before":"` + none + `",` + is + head), chat.Post, info, "Tag created: v2", "created tag v2"},
		{"push moves a tag", "push", payload(`"ref":"refs/tags/v2",` + was + "," + is + head), chat.Post, forced, "Tag v2 moved to 2222222", "moved tag v2 to 2222222"},
		{"create", "create", payload(`"ref":"a/b","ref_type":"branch"`), chat.Post, info, "Branch created: a/b", "created branch a/b"},
		{"delete", "delete", payload(`"ref":"v2","ref_type":"tag"`), chat.Post, neutral, "Tag deleted: v2", "deleted tag v2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _, err := read(c.event, c.body)
			if err != nil {
				t.Fatal(err)
			}
			card := m.Blocks[0].Card
			if got := card.Title.Plain(); got != c.title {
				t.Errorf("title %q, want %q", got, c.title)
			}
			if got, want := m.Summary.Plain(), "mirela "+c.says+" in harbour/tidewatch"; got != want {
				t.Errorf("summary %q, want %q", got, want)
			}
			if m.Role != c.role || card.Colour != c.colour {
				t.Errorf("role %s, colour %s; want %s, %s", m.Role, card.Colour, c.role, c.colour)
			}
			if card.Author != (chat.Badge{Name: "mirela", URL: "https://github.com/mirela", Icon: "https://avatars.example.net/m.png"}) ||
				card.Footer != (chat.Badge{Name: "harbour/tidewatch"}) {
				t.Errorf("author %v, footer %v", card.Author, card.Footer)
			}
			if !strings.HasPrefix(card.URL, "https://github.com/") {
				t.Errorf("leads to %q", card.URL)
			}
		})
	}
}

func TestConclusions(t *testing.T) {
	for _, c := range []struct {
		conclusion, title string
		colour            chat.Colour
	}{
		{"success", "CI #3 succeeded on main", open},
		{"failure", "CI #3 failed on main", closed},
		{"startup_failure", "CI #3 failed to start on main", closed},
		{"timed_out", "CI #3 timed out on main", closed},
		{"cancelled", "CI #3 was cancelled on main", neutral},
		{"action_required", "CI #3 needs approval on main", pending},
		{"neutral", "CI #3 ended neutral on main", neutral},
		{"skipped", "CI #3 was skipped on main", neutral},
		{"stale", "CI #3 went stale on main", neutral},
		{"washed_away", "CI #3 ended with washed away on main", neutral},
	} {
		m, _, err := read("workflow_run", run("completed", `"`+c.conclusion+`"`))
		if err != nil {
			t.Fatal(err)
		}
		card := m.Blocks[0].Card
		if card.Title.Plain() != c.title || card.Colour != c.colour || m.Role != chat.Status {
			t.Errorf("%s: %s %q, %s", c.conclusion, m.Role, card.Title.Plain(), card.Colour)
		}
	}
}

func TestSilent(t *testing.T) {
	for name, c := range map[string]struct {
		event string
		body  []byte
	}{
		"run asked for":            {"workflow_run", run("requested", "null")},
		"run goes on":              {"workflow_run", run("in_progress", "null")},
		"job that went well":       {"workflow_job", payload(`"action":"completed","workflow_job":{"conclusion":"success"}`)},
		"check begins":             {"check_run", payload(`"action":"created","check_run":{"name":"lint"}`)},
		"check of a workflow":      {"check_run", payload(`"action":"completed","check_run":{"name":"lint","conclusion":"failure","app":{"slug":"github-actions"}}`)},
		"status pending":           {"status", payload(`"state":"pending","sha":"ab"`)},
		"deployment replaced":      {"deployment_status", payload(`"deployment_status":{"state":"inactive"},"deployment":{}`)},
		"review without words":     {"pull_request_review", pull("submitted", "", `,"review":{"state":"commented","body":" "}`)},
		"review not really edited": {"pull_request_review", pull("edited", "", `,"review":{"state":"approved","body":"a"},"changes":{}`)},
		"comment not edited":       {"issue_comment", issue("edited", "", `,"comment":{"body":"a"},"changes":{"body":{"from":"a"}}`)},
		"left the queue to merge":  {"pull_request", pull("dequeued", "", `,"reason":"MERGE"`)},
		"release of a draft":       {"release", payload(`"action":"created","release":{"tag_name":"v2","draft":true}`)},
		"release, second event":    {"release", payload(`"action":"released","release":{"tag_name":"v2"}`)},
		"release, file added":      {"release", payload(`"action":"edited","release":{"tag_name":"v2"},"changes":{}`)},
	} {
		m, _, err := read(c.event, c.body)
		if !errors.Is(err, ErrSilent) || len(m.Blocks) != 0 {
			t.Errorf("%s: %v, %d blocks", name, err, len(m.Blocks))
		}
	}
}

func TestNoObject(t *testing.T) {
	for _, body := range []string{"", "null", "[]", `"push"`, "12", "  \n"} {
		if _, _, err := read("push", []byte(body)); err == nil || errors.Is(err, ErrSilent) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, _, err := read("", []byte(`{"a":1}`)); err == nil {
		t.Error("an event that cannot be told was read")
	}
}

func TestEventsAreListed(t *testing.T) {
	names := Events()
	if len(names) != 76 {
		t.Errorf("%d events", len(names))
	}
	for i, name := range names {
		if i > 0 && names[i-1] >= name {
			t.Errorf("%s is not after %s", name, names[i-1])
		}
		m, _, err := read(name, payload(`"action":"turned"`))
		if errors.Is(err, ErrSilent) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if m.Blocks[0].Card.Title == nil || m.Summary == nil {
			t.Errorf("%s: says nothing", name)
		}
	}
}
