package github

// Guess names the event that a body is, where that is certain: GitHub names it
// only in a header. It is empty for a body which could be several.
func Guess(body []byte) string {
	v := value(body[space(body, 0):])
	o := v.read(make(object, 0, 32))
	has := func(keys ...string) bool {
		for _, key := range keys {
			if !o.get(key).given() {
				return false
			}
		}
		return true
	}
	for _, c := range certain {
		if has(c.keys...) {
			return c.name
		}
	}
	return ""
}

// certain is in the order in which to look: a review has a pull request, too.
var certain = []struct {
	name string
	keys []string
}{
	{"push", []string{"ref", "commits", "before", "after"}},
	{"push", []string{"ref", "commits", "pusher"}},
	{"ping", []string{"zen", "hook"}},
	{"ping", []string{"zen", "hook_id"}},
	{"pull_request_review", []string{"action", "pull_request", "review"}},
	{"pull_request_review_comment", []string{"action", "pull_request", "comment"}},
	{"pull_request_review_thread", []string{"action", "pull_request", "thread"}},
	{"issue_comment", []string{"action", "issue", "comment"}},
	{"discussion_comment", []string{"action", "discussion", "comment"}},
	{"commit_comment", []string{"action", "comment", "repository"}},
	{"workflow_job", []string{"action", "workflow_job"}},
	{"deployment_status", []string{"deployment_status", "deployment"}},
	{"deployment_protection_rule", []string{"action", "deployment", "deployment_callback_url"}},
	{"deployment_review", []string{"action", "workflow_run", "since"}},
	{"deployment", []string{"action", "deployment", "sender"}},
	{"check_run", []string{"action", "check_run"}},
	{"check_suite", []string{"action", "check_suite"}},
	{"workflow_run", []string{"action", "workflow_run"}},
	{"release", []string{"action", "release"}},
	{"discussion", []string{"action", "discussion"}},
	{"issues", []string{"action", "issue"}},
	{"pull_request", []string{"action", "pull_request", "number"}},
	{"fork", []string{"forkee"}},
	{"gollum", []string{"pages", "repository"}},
	{"create", []string{"ref", "ref_type", "master_branch"}},
	{"delete", []string{"ref", "ref_type", "pusher_type"}},
	{"status", []string{"sha", "state", "context"}},
	{"star", []string{"action", "starred_at"}},
}
