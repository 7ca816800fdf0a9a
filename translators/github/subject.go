package github

import "strings"

// Subject is a key of what an event is about, the same for all events about one
// thing, and further keys under which it may be known. It begins with the host
// and the repository's number, which stay when a repository is renamed:
// "github.com/186853002/pr/12". A pull request has its head commit as an alias,
// since checks of forks name only that. Both are empty where an event is about
// nothing that a later event could be about. An empty event is guessed.
func Subject(event string, body []byte) (key string, aliases []string) {
	v := trimmed(body)
	event = EventName(event, body)
	k := keys{prefix: v}
	switch event {
	case "pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread":
		pr := v.at("pull_request")
		k.add("pr", number(first(pr.at("number"), v.at("number"))))
		k.add("sha", pr.at("head", "sha").line())
		k.add("sha", v.at("before").line())
	case "issue_comment", "issues":
		issue := v.at("issue")
		if issue.at("pull_request").is('{') || v.at("is_pull").bool() {
			k.add("pr", number(issue.at("number")))
		} else {
			k.add("issue", number(issue.at("number")))
		}
		if old := v.at("changes", "old_issue"); old.is('{') {
			k.other(v.at("changes", "old_repository"), "issue", number(old.at("number")))
		}
		if now := v.at("changes", "new_issue"); now.is('{') {
			k.other(v.at("changes", "new_repository"), "issue", number(now.at("number")))
		}
	case "sub_issues": // sent once for either side, and the other may be in another repository
		k.in(v.at("parent_issue_repo"), "issue", number(v.at("parent_issue", "number")))
	case "issue_dependencies":
		k.in(v.at("blocked_issue_repo"), "issue", number(v.at("blocked_issue", "number")))
	case "issue_relates_to":
		k.add("issue", number(v.at("issue", "number")))
	case "discussion", "discussion_comment":
		k.add("discussion", number(v.at("discussion", "number")))
	case "push":
		ref, after := v.at("ref").line(), v.at("after").line()
		// Forges have no flags, but the same zeros.
		gone, fresh := isZeros(after), v.at("created").bool() || isZeros(v.at("before").line())
		if v.at("deleted").bool() || gone || fresh && v.at("commits").count() == 0 {
			k.add("ref", ref)
		} else {
			k.add("push", join("@", ref, after))
		}
		k.add("sha", after)
	case "create", "delete":
		_, ref := splitRef(v.at("ref").line())
		switch v.at("ref_type").str() {
		case "branch":
			k.add("ref", prefixed("refs/heads/", ref))
		case "tag":
			k.add("ref", prefixed("refs/tags/", ref))
		}
	case "workflow_run", "check_suite", "check_run", "workflow_job":
		k.check(event, v.at(event))
	case "status":
		k.add("sha", v.at("sha").line())
	case "merge_group":
		k.add("sha", v.at("merge_group", "head_sha").line())
	case "deployment", "deployment_status", "deployment_protection_rule":
		k.add("deployment", v.at("deployment", "id").line())
		k.add("sha", v.at("deployment", "sha").line())
	case "deployment_review":
		k.check("workflow_run", v.at("workflow_run"))
	case "release":
		k.add("release", v.at("release", "id").line())
	case "commit_comment":
		k.add("sha", v.at("comment", "commit_id").line())
	case "security_advisory", "repository_advisory":
		k.add("advisory", v.at(event, "ghsa_id").line())
	case "secret_scanning_alert_location":
		k.add("secret_scanning_alert", number(v.at("alert", "number")))
	case "code_scanning_alert", "dependabot_alert", "secret_scanning_alert", "repository_vulnerability_alert":
		k.add(event, number(first(v.at("alert", "number"), v.at("alert", "id"))))
	case "package", "registry_package": // the same under two names
		k.add("package", v.at(event, "id").line())
	case "page_build":
		k.add(event, v.at("id").line())
	case "ping", "meta":
		k.add("hook", v.at("hook_id").line())
	default:
		thing := lookup(event).thing(v.read(make(object, 0, 32)))
		k.add(event, first(thing.at("node_id"), thing.at("id")).line())
	}
	if len(k.list) == 0 {
		return "", nil
	}
	return k.list[0], k.list[1:]
}

// keys collects the keys of a subject; the first is the primary one.
type keys struct {
	prefix value // the body, from which the prefix is made when there is a key
	base   string
	list   []string
}

func (k *keys) add(kind, id string) {
	if strings.Trim(id, "0") == "" {
		return
	}
	if k.base == "" {
		k.base = baseOf(k.prefix.at("repository"), k.prefix.at("organization"))
	}
	k.put(k.base + "/" + kind + "/" + id)
}

// in adds a key in a repository; where none is given, in that of the event.
func (k *keys) in(repo value, kind, id string) {
	if repo.is('{') {
		k.other(repo, kind, id)
	} else {
		k.add(kind, id)
	}
}

func isZeros(hash string) bool { return hash != "" && strings.Trim(hash, "0") == "" }

// other adds a key in another repository.
func (k *keys) other(repo value, kind, id string) {
	if id != "" {
		k.put(baseOf(repo, nil) + "/" + kind + "/" + id)
	}
}

func (k *keys) put(key string) {
	for _, have := range k.list {
		if have == key {
			return
		}
	}
	k.list = append(k.list, key)
}

// check adds the pull request that a check or run is for, its commit, and the
// run itself.
func (k *keys) check(event string, o value) {
	for _, list := range []value{o.at("pull_requests"), o.at("check_suite", "pull_requests")} {
		for pr := range list.elements() {
			k.add("pr", number(pr.at("number")))
			break
		}
	}
	k.add("sha", o.at("head_sha").line())
	switch event {
	case "workflow_run":
		k.add("run", o.at("id").line())
	case "workflow_job":
		k.add("run", o.at("run_id").line())
	}
}

func baseOf(repo, org value) string {
	host := hostOf(repo.at("html_url").url())
	_, host, _ = strings.Cut(host, "://")
	if host == "" {
		host = "github.com"
	}
	id := repo.at("id").line()
	if id == "" {
		id = strings.ToLower(first(repo.at("full_name"), repo.at("name"), org.at("login")).line())
	}
	return join("/", host, id)
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
