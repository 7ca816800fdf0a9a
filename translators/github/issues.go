package github

import (
	"bytes"
	"strings"

	"dragoman/translators/chat"
)

// issues tells of an issue; see pullRequest on what is left out.
func issues(e *event) error {
	o := e.it
	s := e.subject("issue", o)
	if o.get("pull_request").is('{') {
		s.noun = "pull request" // some changes of it are events of issues, too
	}
	changes := e.get("changes")
	e.card.Colour = issueColour(o)
	e.card.At = first(o.get("updated_at"), o.get("created_at")).time()
	whole := false
	switch e.action {
	case "opened":
		whole = true
		e.card.At = first(o.get("created_at"), o.get("updated_at")).time()
		if old := e.otherIssue(changes.at("old_repository"), changes.at("old_issue")); old != "" {
			e.about(s, e.text("Issue transferred here from ", old), "transferred", e.text("from ", old))
			break
		}
		e.about(s, "Issue opened", "opened", "")
	case "closed":
		e.card.At = first(o.get("closed_at"), o.get("updated_at")).time()
		reason := spaced(e.line(o.get("state_reason")))
		if reason == "" || reason == "reopened" {
			e.about(s, "Issue closed", "closed", "")
		} else {
			e.about(s, e.text("Issue closed as ", reason), "closed", e.text("as ", reason))
		}
	case "reopened":
		e.about(s, "Issue reopened", "reopened", "")
	case "transferred":
		e.card.Colour = neutral
		to := e.otherIssue(changes.at("new_repository"), changes.at("new_issue"))
		if to != "" {
			to = e.text("to ", to)
		}
		e.about(s, e.join(" ", "Issue transferred", to), "transferred", to)
		e.linked("Now", e.line(changes.at("new_issue", "title")), e.url(changes.at("new_issue", "html_url")))
	case "deleted":
		e.card.Colour = closed
		e.about(s, "Issue deleted", "deleted", "")
	default:
		whole = true
		e.m.Role = chat.UpdateOnly
		e.change(s)
	}
	if whole {
		e.excerpt("issue.body", o.get("body"), s.url)
		e.list("Labels", o.get("labels"), "name")
		e.list("Assignees", o.get("assignees"), "login")
		e.fact("Type", e.line(o.get("type").at("name")))
		e.milestone(o)
	}
	return nil
}

func issueColour(o object) chat.Colour {
	if string(o.get("state").raw()) != "closed" {
		return open
	}
	switch string(o.get("state_reason").raw()) {
	case "not_planned", "duplicate":
		return neutral
	default:
		return merged
	}
}

// otherIssue is "owner/repo#12" of an issue on the other side of a transfer.
func (e *event) otherIssue(repo, issue value) string {
	name, n := e.line(repo.at("full_name")), e.number(issue.at("number"))
	if n == "" {
		return name
	}
	return e.text(name, "#", n)
}

// small changes of issues, pull requests and discussions. "%" is what the event
// names: a label, a person, a milestone, a type.
var small = []struct{ action, names, key, title, did string }{
	{"labeled", "label", "name", "labelled “%”", "added the label “%” to"},
	{"unlabeled", "label", "name", "no longer labelled “%”", "removed the label “%” from"},
	{"label_updated", "", "", "labels changed", "changed the labels of"}, // Gitea does not say which
	{"label_cleared", "", "", "labels removed", "removed the labels of"},
	{"assigned", "assignee", "login", "assigned to %", "assigned … to %"},
	{"unassigned", "assignee", "login", "no longer assigned to %", "unassigned % from"},
	{"milestoned", "milestone", "title", "added to milestone %", "added … to milestone %"},
	{"demilestoned", "milestone", "title", "removed from milestone %", "removed … from milestone %"},
	{"typed", "type", "name", "given type %", "gave … type %"},
	{"untyped", "type", "name", "no longer of type %", "removed type % from"},
	{"category_changed", "", "", "moved to another category", "moved … to another category"},
	{"field_added", "issue_field", "name", "given field %", "gave … a value of field %"},
	{"field_removed", "issue_field", "name", "no longer with field %", "removed the value of field % from"},
	{"stacked", "", "", "stacked on another", "stacked … on another"},
}

// change tells of one of the small changes.
func (e *event) change(s subject) {
	what := e.upper(s.noun)
	for i := range small {
		if c := &small[i]; c.action == e.action {
			name := e.line(first(e.get(c.names), e.it.get(c.names)).at(c.key)) // a forge has only the second
			if name == "" && c.names != "" {
				break
			}
			before, after, _ := strings.Cut(c.did, "…")
			e.about(s, e.text(what, " ", e.with(c.title, name)), e.with(strings.TrimSpace(before), name), e.with(strings.TrimSpace(after), name))
			return
		}
	}
	done := spaced(e.action)
	if done == "" {
		done = "changed"
	}
	e.about(s, e.text(what, " ", done), done, "")
	switch e.action {
	case "edited":
		e.edited()
	case "locked":
		e.fact("Reason", spaced(e.line(e.it.get("active_lock_reason"))))
	}
}

// with is a wording with the name that "%" in it stands for.
func (e *event) with(wording, name string) string {
	if before, after, ok := strings.Cut(wording, "%"); ok {
		return e.text(before, name, after)
	}
	return wording
}

// edited names what was there before.
func (e *event) edited() {
	changes := e.get("changes")
	e.fact("Old title", e.line(changes.at("title", "from")))
	e.code("Old base", e.line(first(changes.at("base", "ref", "from"), changes.at("ref", "from"))))
}

// parent is the subject of a remark: the thing it is on, at the remark's address.
func (e *event) parent(noun string, on value, remark object) subject {
	s := subject{
		noun:   noun,
		number: e.number(first(on.at("number"), e.get("number"))),
		title:  e.line(on.at("title")),
		url:    e.url(remark.get("html_url")),
	}
	if s.url == "" {
		s.url = e.url(on.at("html_url"))
	}
	return s.found(e)
}

// issueComment tells of a comment on an issue or a pull request.
func issueComment(e *event) error {
	issue, noun := e.get("issue"), "issue"
	if e.isPull(issue) {
		noun = "pull request"
	}
	return e.remark(e.parent(noun, issue, e.it), "Comment")
}

// isPull reports whether the issue of an event is a pull request.
func (e *event) isPull(issue value) bool {
	return issue.at("pull_request").is('{') || e.get("is_pull").bool()
}

// remark tells of a comment on a subject.
func (e *event) remark(s subject, what string) error {
	c := e.it
	e.author(c.get("user"))
	e.m.Role = chat.Status
	e.card.Colour = comment
	e.card.At = first(c.get("updated_at"), c.get("created_at")).time()
	small := strings.ToLower(what)
	switch e.action {
	case "created", "":
		e.card.At = first(c.get("created_at"), c.get("updated_at")).time()
		e.about(s, e.text(what, " on ", s.noun), "commented on", "")
	case "edited":
		if from := e.get("changes").at("body", "from"); from.given() && bytes.Equal(from, c.get("body")) {
			return ErrSilent
		}
		e.m.Role = chat.UpdateOnly
		e.about(s, e.text(what, " edited on ", s.noun), e.text("edited a ", small, " on"), "")
	case "deleted":
		e.m.Role = chat.UpdateOnly
		e.card.Colour = neutral
		e.about(s, e.text(what, " deleted on ", s.noun), e.text("deleted a ", small, " on"), "")
	default: // pinned and the like
		e.m.Role = chat.UpdateOnly
		done := spaced(e.action)
		e.about(s, e.text(what, " ", done, " on ", s.noun), e.text(done, " a ", small, " on"), "")
	}
	e.excerpt("comment.body", c.get("body"), s.url)
	return nil
}

// commitComment tells of a comment on a commit.
func commitComment(e *event) error {
	c := e.it
	e.author(c.get("user"))
	e.m.Role = chat.Status
	e.card.Colour = comment
	e.card.At = first(c.get("created_at"), c.get("updated_at")).time()
	url := e.url(c.get("html_url"))
	hash := e.sha(c.get("commit_id"))
	e.say(e.join(" ", "Comment on commit", hash), url, e.join(" ", "commented on commit", hash))
	e.excerpt("comment.body", c.get("body"), url)
	e.file(c.get("path"), c.get("line"))
	return nil
}
