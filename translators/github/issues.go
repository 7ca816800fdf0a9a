package github

import (
	"strings"

	"dragoman/translators/chat"
)

// issues tells of an issue; see pullRequest on what is left out.
func issues(e *event) error {
	o := e.get("issue").read(make(object, 0, 48))
	s := e.subject("issue", o)
	changes := e.get("changes")
	e.card.Colour = issueColour(o)
	e.card.At = first(o.get("updated_at"), o.get("created_at")).time()
	whole := false
	switch e.action {
	case "opened":
		whole = true
		e.card.At = first(o.get("created_at"), o.get("updated_at")).time()
		if old := otherIssue(changes.at("old_repository"), changes.at("old_issue")); old != "" {
			e.about(s, "Issue transferred here from "+old, "transferred", "from "+old)
			break
		}
		e.about(s, "Issue opened", "opened", "")
	case "closed":
		e.card.At = first(o.get("closed_at"), o.get("updated_at")).time()
		reason := spaced(o.get("state_reason").line())
		if reason == "" || reason == "reopened" {
			e.about(s, "Issue closed", "closed", "")
		} else {
			e.about(s, "Issue closed as "+reason, "closed", "as "+reason)
		}
	case "reopened":
		e.about(s, "Issue reopened", "reopened", "")
	case "transferred":
		e.card.Colour = neutral
		to := otherIssue(changes.at("new_repository"), changes.at("new_issue"))
		if to != "" {
			to = "to " + to
		}
		e.about(s, join(" ", "Issue transferred", to), "transferred", to)
		from := len(e.mem.Spans)
		e.link(changes.at("new_issue", "title").line(), changes.at("new_issue", "html_url").url())
		e.field("Now", e.mem.Spans.Cut(from))
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
		e.fact("Type", o.get("type").at("name").line())
		e.milestone(o)
	}
	return nil
}

func issueColour(o object) chat.Colour {
	if o.get("state").str() != "closed" {
		return open
	}
	switch o.get("state_reason").str() {
	case "not_planned", "duplicate":
		return neutral
	default:
		return merged
	}
}

// otherIssue is "owner/repo#12" of an issue on the other side of a transfer.
func otherIssue(repo, issue value) string {
	name, n := repo.at("full_name").line(), number(issue.at("number"))
	if n == "" {
		return name
	}
	return name + "#" + n
}

// change tells of one of the small changes that issues and pull requests share.
func (e *event) change(s subject) {
	what := upper(s.noun)
	name := func(key string, names ...string) string {
		v := e.get(key)
		for _, n := range names {
			if words := v.at(n).line(); words != "" {
				return words
			}
		}
		return key
	}
	switch e.action {
	case "labeled":
		label := name("label", "name")
		e.about(s, what+" labelled “"+label+"”", "added the label “"+label+"” to", "")
	case "unlabeled":
		label := name("label", "name")
		e.about(s, what+" no longer labelled “"+label+"”", "removed the label “"+label+"” from", "")
	case "assigned":
		whom := name("assignee", "login")
		e.about(s, what+" assigned to "+whom, "assigned", "to "+whom)
	case "unassigned":
		whom := name("assignee", "login")
		e.about(s, what+" no longer assigned to "+whom, "unassigned "+whom+" from", "")
	case "milestoned":
		to := name("milestone", "title")
		e.about(s, what+" added to milestone "+to, "added", "to milestone "+to)
	case "demilestoned":
		to := name("milestone", "title")
		e.about(s, what+" removed from milestone "+to, "removed", "from milestone "+to)
	case "typed":
		typ := name("type", "name")
		e.about(s, what+" given type "+typ, "gave", "type "+typ)
	case "untyped":
		typ := name("type", "name")
		e.about(s, what+" no longer of type "+typ, "removed type "+typ+" from", "")
	case "edited":
		e.about(s, what+" edited", "edited", "")
		e.edited()
	case "locked":
		e.about(s, what+" locked", "locked", "")
		e.fact("Reason", spaced(e.get(s.key()).at("active_lock_reason").line()))
	default:
		done := spaced(e.action)
		if done == "" {
			done = "changed"
		}
		e.about(s, what+" "+done, done, "")
	}
}

// key is the member of the payload that holds the subject.
func (s subject) key() string { return strings.ReplaceAll(s.noun, " ", "_") }

// edited names what was there before.
func (e *event) edited() {
	changes := e.get("changes")
	e.fact("Old title", changes.at("title", "from").line())
	from := len(e.mem.Spans)
	e.mono(changes.at("base", "ref", "from").line())
	e.field("Old base", e.mem.Spans.Cut(from))
}

// issueComment tells of a comment on an issue or a pull request.
func issueComment(e *event) error {
	issue := e.get("issue").read(make(object, 0, 48))
	c := e.get("comment").read(make(object, 0, 24))
	noun := "issue"
	if e.isPull(issue) {
		noun = "pull request"
	}
	s := e.subject(noun, issue)
	if url := c.get("html_url").url(); url != "" {
		s.url = url
	}
	return e.remark(s, "Comment", e.get("issue"), c)
}

// isPull reports whether the issue of an event is a pull request.
func (e *event) isPull(issue object) bool {
	return issue.get("pull_request").is('{') || e.get("is_pull").bool()
}

// remark tells of a comment c on a subject, whose object is parent.
func (e *event) remark(s subject, noun string, parent value, c object) error {
	if s.url == "" {
		s.url = parent.at("html_url").url()
	}
	e.author(c.get("user"))
	e.card.Colour = comment
	e.card.At = first(c.get("updated_at"), c.get("created_at")).time()
	small := strings.ToLower(noun[:1]) + noun[1:]
	on := "on " + s.noun
	switch e.action {
	case "created", "":
		e.card.At = first(c.get("created_at"), c.get("updated_at")).time()
		e.about(s, noun+" "+on, "commented on", "")
	case "edited":
		if from := e.get("changes").at("body", "from"); from.given() && from.str() == c.get("body").str() {
			return ErrSilent
		}
		e.m.Role = chat.UpdateOnly
		e.about(s, noun+" edited "+on, "edited a "+small+" on", "")
	case "deleted":
		e.m.Role = chat.UpdateOnly
		e.card.Colour = neutral
		e.about(s, noun+" deleted "+on, "deleted a "+small+" on", "")
	default:
		e.m.Role = chat.UpdateOnly
		e.about(s, noun+" "+spaced(e.action)+" "+on, spaced(e.action)+" a "+small+" on", "")
	}
	e.excerpt("comment.body", c.get("body"), s.url)
	return nil
}

// commitComment tells of a comment on a commit.
func commitComment(e *event) error {
	c := e.get("comment").read(make(object, 0, 24))
	e.author(c.get("user"))
	e.card.Colour = comment
	e.card.At = first(c.get("created_at"), c.get("updated_at")).time()
	url := c.get("html_url").url()
	hash := sha(c.get("commit_id"))
	e.say(join(" ", "Comment on commit", hash), url, join(" ", "commented on commit", hash))
	e.excerpt("comment.body", c.get("body"), url)
	place := c.get("path").line()
	if line := number(c.get("line")); line != "" && place != "" {
		place += ":" + line
	}
	from := len(e.mem.Spans)
	e.mono(place)
	e.field("File", e.mem.Spans.Cut(from))
	return nil
}
