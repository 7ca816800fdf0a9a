package github

import "strings"

// The facts of an event, for rules. They are pure functions over the body, walk
// it only as far as they must, and are empty where the event has no such thing.

// Repo is the repository's "owner/name", else the login of the organization.
func Repo(body []byte) string {
	v := trimmed(body)
	if name := v.at("repository", "full_name").line(); name != "" {
		return name
	}
	return v.at("organization", "login").line()
}

// Action is the event's action in GitHub's words, such as "opened". Events like
// push have none.
func Action(event string, body []byte) string {
	return actionName(EventName(event, body), trimmed(body).at("action").line())
}

// Branch is the branch that an event is about, without refs/heads/: the one
// pushed to, created or deleted, the head of a pull request, or the one that a
// check, run or deployment is for. It is empty for tags. An empty event is guessed.
func Branch(event string, body []byte) string {
	v := trimmed(body)
	event = EventName(event, body)
	switch event {
	case "push", "create", "delete":
		kind, ref := splitRef(v.at("ref").line())
		if kind == "tag" || v.at("ref_type").str() == "tag" || v.at("ref_type").str() == "repository" {
			return ""
		}
		return ref
	case "pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread", "pull_request_target":
		pr := v.at("pull_request")
		return first(pr.at("head", "ref"), pr.at("head_branch")).line() // Gogs has the second
	case "workflow_run", "workflow_job", "check_suite":
		return v.at(event, "head_branch").line()
	case "check_run":
		return v.at("check_run", "check_suite", "head_branch").line()
	case "deployment_review":
		return v.at("workflow_run", "head_branch").line()
	case "deployment", "deployment_status", "deployment_protection_rule":
		_, ref := splitRef(v.at("deployment", "ref").line())
		return ref
	case "status":
		for b := range v.at("branches").elements() {
			return b.at("name").line()
		}
	case "merge_group":
		_, ref := splitRef(v.at("merge_group", "head_ref").line())
		return ref
	case "workflow_dispatch", "code_scanning_alert":
		kind, ref := splitRef(v.at("ref").line())
		if kind == "tag" || strings.HasPrefix(ref, "refs/") { // such as refs/pull/12/merge
			return ""
		}
		return ref
	case "repository_dispatch":
		return v.at("branch").line()
	}
	return ""
}

// Bot reports whether a program, not a person, caused the event.
func Bot(body []byte) bool {
	v := trimmed(body)
	sender := v.at("sender")
	name := first(sender.at("login"), sender.at("username"), v.at("pusher", "name")) // a push may lack the sender
	return sender.at("type").str() == "Bot" || strings.HasSuffix(name.str(), "[bot]")
}

// Labels are the names of the labels on the issue, pull request or discussion.
func Labels(body []byte) []string {
	v := trimmed(body)
	for _, key := range []string{"pull_request", "issue", "discussion"} {
		if labels := v.at(key, "labels"); labels.is('[') {
			var names []string
			for l := range labels.elements() {
				if name := l.at("name").line(); name != "" {
					names = append(names, name)
				}
			}
			return names
		}
	}
	return nil
}

// Changed are the paths which the commits of a push added, removed or modified,
// each once, in the order in which they are first named. Other events name none.
func Changed(body []byte) []string {
	var paths []string
	seen := map[string]bool{}
	for commit := range trimmed(body).at("commits").elements() {
		for key, list := range commit.members() {
			switch string(key) {
			case "added", "removed", "modified":
			default:
				continue
			}
			for v := range list.elements() {
				if path := v.str(); path != "" && !seen[path] {
					seen[path] = true
					paths = append(paths, path)
				}
			}
		}
	}
	return paths
}

func trimmed(body []byte) value { return value(body[space(body, 0):]) }
