package github

import (
	"fmt"
	"strings"

	"dragoman/translators/chat"
)

// discordEvents are the events that Discord documents for its /github address. A
// function returns ErrSilent for what Discord drops.
var discordEvents = map[string]func(*event) error{
	"check_run":                   discordCheckRun,
	"check_suite":                 discordCheckSuite,
	"commit_comment":              discordCommitComment,
	"create":                      discordCreate,
	"delete":                      discordDelete,
	"discussion":                  discordDiscussion,
	"discussion_comment":          discordDiscussionComment,
	"fork":                        discordFork,
	"issue_comment":               discordIssueComment,
	"issues":                      discordIssues,
	"member":                      discordMember,
	"public":                      discordPublic,
	"pull_request":                discordPullRequest,
	"pull_request_review":         discordReview,
	"pull_request_review_comment": discordReviewComment,
	"push":                        discordPushed,
	"release":                     discordRelease,
	"watch":                       discordWatch,
}

const (
	discordCommits     = 5  // that a push lists; of the others there is not a word. Agreed
	discordCommitChars = 50 // of a commit's first line. Agreed; where exactly it is cut is disputed
)

// discordPushed shows pushes of commits, and force pushes. Branches and tags that
// come and go are told of by create and delete, and so say nothing here: agreed for
// branches, seen for tags. A tag that moves looks like a branch; seen.
func discordPushed(e *event) error {
	kind, ref := splitRef(e.get("ref").line())
	before, after := e.sha(e.get("before")), e.sha(e.get("after"))
	compare := first(e.get("compare"), e.get("compare_url")).url()
	repo := e.shortRepo()
	switch {
	case e.get("deleted").bool() || after == "":
		return ErrSilent
	case kind == "tag" && (e.get("created").bool() || before == ""):
		return ErrSilent
	case e.get("forced").bool(): // the whole of it seen
		e.card.Colour = discordBad
		e.embed(repo, "Branch "+ref+" was force-pushed to", after, "")
		from := len(e.mem.Spans)
		e.link("Compare changes", compare)
		e.para(e.mem.Spans.Cut(from))
		return nil
	}
	commits := e.get("commits")
	n := max(commits.count(), int(e.get("total_commits").int()))
	if n == 0 {
		return ErrSilent
	}
	e.card.Colour = discordPush
	url := compare
	from, shown := len(e.mem.Spans), 0
	for c := range commits.elements() {
		if n == 1 {
			url = c.at("url").url()
		}
		if shown == discordCommits {
			break
		}
		if shown++; shown > 1 {
			e.words("\n")
		}
		e.discordCommit(c)
	}
	e.para(e.mem.Spans.Cut(from))
	if n > shown {
		e.notes.AddAt("commits", chat.Shortened, "commits", n-shown)
	}
	e.embed(repo+":"+ref, e.plural(n, "new commit"), "", url) // seen
	return nil
}

// discordCommit appends "`1234567` first line - author". That the author is the
// one at GitHub where there is one is disputed.
func (e *event) discordCommit(c value) {
	e.styled(e.sha(c.at("id")), c.at("url").url(), chat.Mono)
	subject, _, _ := strings.Cut(strings.TrimSpace(c.at("message").str()), "\n")
	subject = oneLine(subject)
	if cutAt(subject, discordCommitChars) < len(subject) {
		const ellipsis = "..."
		subject = strings.TrimSpace(subject[:chat.Cut(subject, discordCommitChars-len(ellipsis))]) + ellipsis
	}
	author := c.at("author")
	who := author.at("username").line()
	if who == "" {
		who = author.at("name").line()
	}
	e.words(" " + join(" - ", subject, who))
}

// shortRepo is the repository without its owner.
func (e *event) shortRepo() string {
	if name := e.get("repository").at("name").line(); name != "" {
		return name
	}
	return e.repo[strings.LastIndexByte(e.repo, '/')+1:]
}

func discordCreate(e *event) error { // seen
	kind, ref := e.refKind()
	if kind != "branch" && kind != "tag" {
		return ErrSilent
	}
	e.embed(e.repo, "New "+kind+" created: "+ref, "", "")
	return nil
}

func discordDelete(e *event) error { // disputed: some write "Branch"
	kind, ref := e.refKind()
	e.embed(e.repo, kind+" deleted: "+ref, "", "")
	return nil
}

func discordFork(e *event) error { // agreed
	fork := e.get("forkee")
	e.embed(e.repo, "Fork created: "+fork.at("full_name").line(), "", fork.at("html_url").url())
	return nil
}

func discordWatch(e *event) error { // agreed
	if e.action != "started" {
		return ErrSilent
	}
	e.embed(e.repo, "New star added", "", e.home)
	return nil
}

func discordMember(e *event) error { // agreed
	if e.action != "added" {
		return ErrSilent
	}
	member := e.get("member")
	e.embed(e.repo, "New collaborator added: "+loginOf(member), "", member.at("html_url").url())
	return nil
}

func discordPublic(e *event) error { // agreed
	e.embed(e.repo, "Now open sourced!", "", "")
	return nil
}

// discordRelease shows the tag alone: that is seen, and so is the title. That it
// does so when a release is published, not when it is created, is disputed.
func discordRelease(e *event) error {
	if e.action != "published" {
		return ErrSilent
	}
	r := e.get("release")
	e.embed(e.repo, "New release published: "+r.at("tag_name").line(), "", r.at("html_url").url())
	return nil
}

// discordIssues shows issues that open, with their text, and end. The wording is
// agreed, save for deleted and transferred: that those are shown is seen, how
// is not known.
func discordIssues(e *event) error {
	issue := e.get("issue").read(make(object, 0, 48))
	s := e.subject("issue", issue)
	switch e.action {
	case "opened":
		e.card.Colour = discordIssue
		e.discordBody("issue.body", issue.get("body"))
	case "closed", "reopened", "deleted", "transferred":
	default:
		return ErrSilent // seen
	}
	e.embed(e.repo, "Issue "+e.action+": "+e.brief(&s), "", s.url)
	return nil
}

// discordPullRequest shows no difference between merged and closed, and none
// between a draft and others; both seen, as is the opening.
func discordPullRequest(e *event) error {
	pr := e.get("pull_request").read(make(object, 0, 72))
	s := e.subject("pull request", pr)
	switch e.action {
	case "opened":
		e.card.Colour = discordGood
		e.discordBody("pull_request.body", pr.get("body"))
	case "closed", "reopened": // agreed
	default:
		return ErrSilent // seen
	}
	e.embed(e.repo, "Pull request "+e.action+": "+e.brief(&s), "", s.url)
	return nil
}

// discordReview shows no verdict, and each review, also the empty one around a
// single remark; both seen. The wording is agreed.
func discordReview(e *event) error {
	if e.action != "submitted" {
		return ErrSilent // seen
	}
	r := e.get("review").read(make(object, 0, 24))
	s := e.subject("pull request", e.get("pull_request").read(make(object, 0, 72)))
	e.discordBody("review.body", first(r.get("body"), r.get("content")))
	e.embed(e.repo, "Pull request review submitted: "+e.brief(&s), "", addressOf(r, s))
	return nil
}

// addressOf is where a review or a comment is to be read; some senders give it no
// address of its own.
func addressOf(o object, s subject) string {
	if url := o.get("html_url").url(); url != "" {
		return url
	}
	return s.url
}

// discordTalk shows a new comment, and none that is edited or deleted.
func (e *event) discordTalk(s subject, what string) error {
	if e.action != "created" {
		return ErrSilent
	}
	c := e.get("comment").read(make(object, 0, 32))
	e.discordBody("comment.body", c.get("body"))
	e.embed(e.repo, fmt.Sprintf("New %s on %s", what, e.full(&s)), "", addressOf(c, s))
	return nil
}

func discordIssueComment(e *event) error { // seen on an issue, agreed on a pull request
	issue := e.get("issue").read(make(object, 0, 48))
	s := e.subject("issue", issue)
	e.card.Colour = discordComment
	if e.isPull(e.get("issue")) {
		s.noun = "pull request"
		e.card.Colour = discordPullTalk
	}
	return e.discordTalk(s, "comment")
}

func discordReviewComment(e *event) error { // the wording is seen, the colour in one imitation
	e.card.Colour = discordPullTalk
	return e.discordTalk(e.subject("pull request", e.get("pull_request").read(make(object, 0, 72))), "review comment")
}

func discordCommitComment(e *event) error { // agreed
	if e.action != "created" {
		return ErrSilent
	}
	c := e.get("comment").read(make(object, 0, 24))
	e.discordBody("comment.body", c.get("body"))
	e.embed(e.repo, "New comment on commit", e.sha(c.get("commit_id")), c.get("html_url").url())
	return nil
}

// discordDiscussion shows new ones. Disputed: whether the owner stands before
// the repository, and the colour. That an answer says nothing is agreed.
func discordDiscussion(e *event) error {
	if e.action != "created" {
		return ErrSilent
	}
	d := e.get("discussion").read(make(object, 0, 40))
	s := e.subject("discussion", d)
	e.card.Colour = discordComment
	e.discordBody("discussion.body", d.get("body"))
	e.embed(e.repo, "New "+e.full(&s), "", s.url)
	return nil
}

func discordDiscussionComment(e *event) error { // agreed
	e.card.Colour = discordComment
	return e.discordTalk(e.subject("discussion", e.get("discussion").read(make(object, 0, 40))), "comment")
}

// discordCheckRun and discordCheckSuite show the end of a check, without an
// author. All that is no success is red, also what was skipped. Agreed; disputed
// is where a run's title leads, and whether suites that were skipped are shown.
func discordCheckRun(e *event) error {
	c := e.get("check_run")
	return e.discordCheck(c.at("name").line(), c.at("conclusion"), c.at("check_suite", "head_branch"), c.at("html_url").url())
}

func discordCheckSuite(e *event) error {
	c := e.get("check_suite")
	return e.discordCheck(join(" ", c.at("app", "name").line(), "checks"), c.at("conclusion"), c.at("head_branch"),
		e.under("/commit/", c.at("head_sha").line()))
}

func (e *event) discordCheck(name string, conclusion, branch value, url string) error {
	if e.action != "completed" {
		return ErrSilent
	}
	e.card.Author = chat.Badge{}
	e.card.Colour = discordBad
	if conclusion.str() == "success" {
		e.card.Colour = discordGood
	}
	title := join(" ", name, conclusion.line())
	if on := branch.line(); on != "" { // a fork's check names none
		title += " on " + on
	}
	e.embed(e.shortRepo(), title, "", url)
	return nil
}
