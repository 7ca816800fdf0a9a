package github

import (
	"fmt"
	"strings"

	"dragoman/translators/chat"
)

// pullRequest tells of a pull request. Cards which only change a living
// message are whole, since they take its place; others leave out what was said
// when it was opened.
func pullRequest(e *event) error {
	pr := e.get("pull_request").read(make(object, 0, 72))
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
		e.about(s, upper(s.noun)+" opened", "opened", "")
	case "closed":
		e.card.At = first(pr.get("closed_at"), pr.get("updated_at")).time()
		if !pr.get("merged").bool() {
			e.about(s, "Pull request closed", "closed", "")
			break
		}
		e.card.At = first(pr.get("merged_at"), pr.get("closed_at"), pr.get("updated_at")).time()
		e.about(s, "Pull request merged", "merged", "")
		e.commitFact("Merge commit", pr.get("merge_commit_sha"))
		if by := pr.get("merged_by").at("login").line(); by != e.card.Author.Name {
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
		e.fact("Method", pr.get("auto_merge").at("merge_method").line())
		return nil
	case "auto_merge_disabled":
		e.m.Role = chat.Status
		e.about(s, "Auto-merge disabled for pull request", "disabled auto-merge for", "")
		e.fact("Reason", e.get("reason").line())
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
	case pr.get("state").str() == "closed":
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
	head, base := branchOf(pr.get("head")), branchOf(pr.get("base"))
	if owner, name, ok := strings.Cut(pr.get("head").at("label").line(), ":"); ok && name == head &&
		!strings.HasPrefix(pr.get("base").at("label").line(), owner+":") {
		head = owner + ":" + head // from a fork
	}
	if head != "" && base != "" {
		from := len(e.mem.Spans)
		e.mono(base)
		e.words(" ← ")
		e.mono(head)
		e.field("Branch", e.mem.Spans.Cut(from))
	}
	if files := pr.get("changed_files"); files.given() {
		e.fact("Changes", fmt.Sprintf("+%d −%d in %s",
			pr.get("additions").int(), pr.get("deletions").int(), plural(int(files.int()), "file")))
	}
	if !whole {
		return
	}
	e.list("Labels", pr.get("labels"), "name")
	e.list("Assignees", pr.get("assignees"), "login")
	from := len(e.mem.Spans)
	n := e.names(pr.get("requested_reviewers"), 0, "login", "name")
	if n = e.names(pr.get("requested_teams"), n, "name", "slug"); n > maxListed {
		e.words(fmt.Sprintf(" and %d more", n-maxListed))
	}
	e.field("Reviewers", e.mem.Spans.Cut(from))
	e.milestone(pr)
}

func (e *event) milestone(o object) {
	m := o.get("milestone")
	from := len(e.mem.Spans)
	e.link(m.at("title").line(), m.at("html_url").url())
	e.field("Milestone", e.mem.Spans.Cut(from))
}

func branchOf(side value) string { return side.at("ref").line() }

// between links the commits that came with a synchronisation.
func (e *event) between() {
	before, after := sha(e.get("before")), sha(e.get("after"))
	if before == "" || after == "" {
		return
	}
	from := len(e.mem.Spans)
	e.styled(before+"…"+after, e.under("/compare/", before+"..."+after), chat.Mono)
	e.field("Commits", e.mem.Spans.Cut(from))
}

func (e *event) commitFact(name string, hash value) {
	short := sha(hash)
	from := len(e.mem.Spans)
	if short != "" {
		e.styled(short, e.under("/commit/", hash.line()), chat.Mono)
	}
	e.field(name, e.mem.Spans.Cut(from))
}

func (e *event) reviewRequest(s subject) {
	user, team := e.get("requested_reviewer"), e.get("requested_team")
	whom := join("", user.at("login").line(), team.at("name").line())
	if whom == "" {
		whom = "someone"
	}
	if e.action == "review_requested" {
		e.card.Colour = pending
		e.about(s, "Review requested from "+whom, "requested a review from "+whom+" on", "")
	} else {
		e.card.Colour = neutral
		e.about(s, "Review no longer requested from "+whom, "withdrew the request for a review from "+whom+" on", "")
	}
}

func (e *event) dequeued(s subject) error {
	reason := e.get("reason").line()
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
	r := e.get("review").read(make(object, 0, 24))
	pr := e.get("pull_request")
	s := subject{"pull request", number(first(pr.at("number"), e.get("number"))), pr.at("title").line(), r.get("html_url").url()}
	if s.url == "" {
		s.url = pr.at("html_url").url()
	}
	e.author(r.get("user"))
	e.m.Role = chat.Status
	e.card.At = first(r.get("updated_at"), r.get("submitted_at")).time()
	body := first(r.get("body"), r.get("content"))
	state := verdict(r)
	switch {
	case e.action == "dismissed":
		e.card.Colour = neutral
		e.card.At = first(pr.at("updated_at"), r.get("submitted_at")).time()
		by := r.get("user").at("login").line()
		e.about(s, join(" ", "Review", byline(by), "dismissed"), join(" ", "dismissed the review", byline(by), "of"), "")
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

func byline(who string) string {
	if who == "" {
		return ""
	}
	return "by " + who
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
	c := e.get("comment").read(make(object, 0, 32))
	s := subject{"pull request", number(pr.at("number")), pr.at("title").line(), c.get("html_url").url()}
	if err := e.remark(s, "Review comment", pr, c); err != nil {
		return err
	}
	place := c.get("path").line()
	if line := number(first(c.get("line"), c.get("original_line"))); line != "" && place != "" {
		place += ":" + line
	}
	from := len(e.mem.Spans)
	e.mono(place)
	e.field("File", e.mem.Spans.Cut(from))
	return nil
}
