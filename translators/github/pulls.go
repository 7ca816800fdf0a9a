package github

import (
	"strings"

	"dragoman/translators/chat"
)

// pullRequest tells of a pull request. Cards which only change a living
// message are whole, since they take its place; others leave out what was said
// when it was opened.
func pullRequest(e *event) error {
	pr := e.it
	s := e.subject("pull request", pr)
	draft := pr.get("draft").bool()
	e.card.Colour = pullColour(pr)
	e.card.At = first(pr.get("updated_at"), pr.get("created_at")).time()
	whole := false

	switch e.action {
	case "opened":
		whole = true
		e.card.At = first(pr.get("created_at"), pr.get("updated_at")).time()
		if draft {
			s.noun = "draft pull request"
		}
		e.about(s, e.text(e.upper(s.noun), " opened"), "opened", "")
	case "closed":
		e.card.At = first(pr.get("closed_at"), pr.get("updated_at")).time()
		if !pr.get("merged").bool() {
			e.about(s, "Pull request closed", "closed", "")
			break
		}
		e.card.At = first(pr.get("merged_at"), pr.get("closed_at"), pr.get("updated_at")).time()
		e.about(s, "Pull request merged", "merged", "")
		e.commitFact("Merge commit", pr.get("merge_commit_sha"))
		if by := e.line(pr.get("merged_by").at("login")); by != e.card.Author.Name {
			e.fact("Merged by", by)
		}
	case "reopened":
		e.about(s, "Pull request reopened", "reopened", "")
	case "ready_for_review":
		whole = true
		e.about(s, "Pull request ready for review", "marked", "ready for review")
	case "converted_to_draft":
		e.about(s, "Pull request converted to draft", "converted", "to draft")
	case "synchronize", "synchronized":
		e.about(s, "New commits on pull request", "pushed commits to", "")
		e.between()
	case "review_requested", "review_request_removed":
		e.m.Role = chat.Status
		e.reviewRequest(s)
		return nil
	case "auto_merge_enabled":
		e.m.Role = chat.Status
		e.about(s, "Auto-merge enabled for pull request", "enabled auto-merge for", "")
		e.fact("Method", e.line(pr.get("auto_merge").at("merge_method")))
		return nil
	case "auto_merge_disabled":
		e.m.Role = chat.Status
		e.about(s, "Auto-merge disabled for pull request", "disabled auto-merge for", "")
		e.fact("Reason", e.line(e.get("reason")))
		return nil
	case "enqueued":
		e.m.Role = chat.Status
		e.card.Colour = pending
		e.about(s, "Pull request added to the merge queue", "added", "to the merge queue")
		return nil
	case "dequeued":
		return e.dequeued(s)
	default:
		e.change(s)
	}
	switch e.action {
	case "opened", "closed", "reopened", "ready_for_review":
	default:
		whole = true
		e.m.Role = chat.UpdateOnly
	}
	if whole {
		e.excerpt("pull_request.body", pr.get("body"), s.url)
	}
	e.pullFacts(pr, whole)
	return nil
}

func pullColour(pr object) chat.Colour {
	switch {
	case pr.get("merged").bool() || pr.get("merged_at").given():
		return merged
	case string(pr.get("state").raw()) == "closed":
		return closed
	case pr.get("draft").bool():
		return neutral
	default:
		return open
	}
}

// pullFacts are where it goes, how big it is and, in a whole card, who and what
// it is for.
func (e *event) pullFacts(pr object, whole bool) {
	head := e.line(first(pr.get("head").at("ref"), pr.get("head_branch"))) // Gogs has the second
	base := e.line(first(pr.get("base").at("ref"), pr.get("base_branch")))
	if owner, name, ok := strings.Cut(e.line(pr.get("head").at("label")), ":"); ok && name == head &&
		string(pr.get("base").at("user", "login").raw()) != owner {
		head = e.text(owner, ":", head) // from a fork
	}
	if head != "" && base != "" {
		from := len(e.mem.Spans)
		e.mono(base)
		e.words(" ← ")
		e.mono(head)
		e.field("Branch", e.mem.Spans.Cut(from))
	}
	if files := pr.get("changed_files"); files.given() {
		e.fact("Changes", e.text("+", e.num(pr.get("additions").int()), " −", e.num(pr.get("deletions").int()),
			" in ", e.plural(int(files.int()), "file")))
	}
	if !whole {
		return
	}
	e.list("Labels", pr.get("labels"), "name")
	e.list("Assignees", pr.get("assignees"), "login")
	from := len(e.mem.Spans)
	n := e.names(pr.get("requested_reviewers"), 0, "login", "name")
	e.beyond(e.names(pr.get("requested_teams"), n, "name", "slug"))
	e.field("Reviewers", e.mem.Spans.Cut(from))
	e.milestone(pr)
}

func (e *event) milestone(o object) {
	m := o.get("milestone")
	e.linked("Milestone", e.line(m.at("title")), e.url(m.at("html_url")))
}

// between links the commits that came with a synchronisation.
func (e *event) between() {
	before, after := e.sha(e.get("before")), e.sha(e.get("after"))
	if before == "" || after == "" {
		return
	}
	from := len(e.mem.Spans)
	e.styled(e.text(before, "…", after), e.under("/compare/", e.text(before, "...", after)), chat.Mono)
	e.field("Commits", e.mem.Spans.Cut(from))
}

func (e *event) commitFact(name string, hash value) {
	short := e.sha(hash)
	from := len(e.mem.Spans)
	if short != "" {
		e.styled(short, e.under("/commit/", e.line(hash)), chat.Mono)
	}
	e.field(name, e.mem.Spans.Cut(from))
}

func (e *event) reviewRequest(s subject) {
	user, team := e.get("requested_reviewer"), e.get("requested_team")
	whom := e.text(e.line(user.at("login")), e.line(team.at("name")))
	if whom == "" {
		whom = "someone"
	}
	if e.action == "review_requested" {
		e.card.Colour = pending
		e.about(s, e.text("Review requested from ", whom), e.text("requested a review from ", whom, " on"), "")
	} else {
		e.card.Colour = neutral
		e.about(s, e.text("Review no longer requested from ", whom), e.text("withdrew the request for a review from ", whom, " on"), "")
	}
}

func (e *event) dequeued(s subject) error {
	reason := e.line(e.get("reason"))
	if reason == "MERGE" {
		return ErrSilent // the merge itself is told of
	}
	e.m.Role = chat.Status
	e.card.Colour = closed
	if reason == "MANUAL" {
		e.card.Colour = neutral
	}
	e.about(s, "Pull request removed from the merge queue", "removed", "from the merge queue")
	e.fact("Reason", spaced(strings.ToLower(reason)))
	return nil
}

// review tells of a verdict on a pull request. The comments that belong to it
// come as events of their own.
func review(e *event) error {
	r := e.it
	pr := e.get("pull_request")
	s := e.parent("pull request", pr, r)
	e.author(r.get("user"))
	e.m.Role = chat.Status
	e.card.At = first(r.get("updated_at"), r.get("submitted_at")).time()
	body := first(r.get("body"), r.get("content"))
	state := verdict(r)
	switch {
	case e.action == "dismissed":
		e.card.Colour = neutral
		e.card.At = first(pr.at("updated_at"), r.get("submitted_at")).time()
		by := e.line(r.get("user").at("login"))
		e.about(s, e.join(" ", "Review", e.byline(by), "dismissed"), e.join(" ", "dismissed the review", e.byline(by), "of"), "")
		return nil
	case e.action == "edited":
		if !e.get("changes").at("body").given() {
			return ErrSilent // GitHub tells of edits which changed nothing
		}
		e.card.Colour = reviewColour(state)
		e.about(s, "Review edited", "edited the review of", "")
	case state == "approved":
		e.card.Colour = reviewColour(state)
		e.about(s, "Approved", "approved", "")
	case state == "changes_requested":
		e.card.Colour = reviewColour(state)
		e.about(s, "Changes requested", "requested changes on", "")
	default:
		if strings.TrimSpace(body.str()) == "" && r.get("state").given() {
			return ErrSilent // only the frame around comments, which tell of themselves
		}
		e.card.Colour = comment
		e.about(s, "Reviewed", "reviewed", "")
	}
	e.excerpt("review.body", body, s.url)
	return nil
}

func (e *event) byline(who string) string {
	if who == "" {
		return ""
	}
	return e.text("by ", who)
}

func reviewColour(state string) chat.Colour {
	switch state {
	case "approved":
		return open
	case "changes_requested":
		return closed
	default:
		return comment
	}
}

// reviewComment tells of a remark on a line of a pull request.
func reviewComment(e *event) error {
	pr := e.get("pull_request")
	if err := e.remark(e.parent("pull request", pr, e.it), "Review comment"); err != nil {
		return err
	}
	e.file(e.it.get("path"), first(e.it.get("line"), e.it.get("original_line")))
	return nil
}

// reviewThread tells that what was said about some lines is settled, or not.
func reviewThread(e *event, s *subject) error {
	pr := e.get("pull_request")
	*s = e.parent(s.noun, pr, nil)
	for c := range e.it.get("comments").elements() {
		if url := e.url(c.at("html_url")); url != "" {
			s.url = url
		}
		e.file(c.at("path"), first(c.at("line"), c.at("original_line")))
		break
	}
	return nil
}
