package github

import (
	"strings"
	"time"

	"dragoman/translators/chat"
)

// conclusions are the ends that checks and runs come to.
var conclusions = []struct {
	name, words string
	colour      chat.Colour
}{
	{"success", "succeeded", open},
	{"failure", "failed", closed},
	{"startup_failure", "failed to start", closed},
	{"timed_out", "timed out", closed},
	{"error", "failed", closed},
	{"cancelled", "was cancelled", neutral},
	{"action_required", "needs approval", pending},
	{"neutral", "ended neutral", neutral},
	{"skipped", "was skipped", neutral},
	{"stale", "went stale", neutral},
}

// concluded puts a conclusion in words; one not known here is its own.
func (e *event) concluded(name string) (words string, colour chat.Colour) {
	for _, c := range conclusions {
		if c.name == name {
			return c.words, c.colour
		}
	}
	if name == "" {
		return "ended", neutral
	}
	return e.text("ended with ", spaced(name)), neutral
}

// workflowRun tells how a run ended. That it was asked for or goes on is silent.
func workflowRun(e *event) error {
	if e.action != "completed" {
		return ErrSilent
	}
	r := e.it
	name := e.line(first(r.get("name"), e.get("workflow").at("name")))
	if name == "" {
		name = "Workflow run"
	}
	e.author(r.get("actor"))
	e.card.At = first(r.get("updated_at"), r.get("created_at")).time()
	e.result(e.join(" ", name, e.hash(e.number(r.get("run_number")))), r.get("conclusion"), r.get("head_branch"), e.url(r.get("html_url")))
	title := e.line(r.get("display_title"))
	if title == "" {
		title = e.firstLine(r.get("head_commit").at("message"), subjectChars)
	}
	if t := e.mem.Text(title); t != nil {
		e.para(t)
	}
	e.runFacts(r)
	if by := e.line(r.get("event")); by != "" {
		e.fact("Event", spaced(by))
	}
	e.duration(r.get("run_started_at"), r.get("updated_at"))
	if n := r.get("run_attempt").int(); n > 1 {
		e.fact("Attempt", e.num(n))
	}
	return nil
}

// result says how something ended, and in whose branch.
func (e *event) result(name string, conclusion, branch value, url string) {
	e.m.Role = chat.Status
	words, colour := e.concluded(e.line(conclusion))
	e.card.Colour = colour
	on := e.line(branch)
	if on != "" {
		on = e.text("on ", on)
	}
	e.report(e.join(" ", name, words, on), url)
}

// report is the title of a card which tells of a thing, not of what somebody did.
func (e *event) report(title, url string) {
	e.say(title, url, "")
	if who := e.card.Author.Name; who != "" {
		e.sum(e.text(who, ": ", title))
	}
}

// runFacts are the branch, the commit and the pull requests of a run.
func (e *event) runFacts(r object) {
	e.code("Branch", e.line(r.get("head_branch")))
	e.commitFact("Commit", r.get("head_sha"))
	from := len(e.mem.Spans)
	for pr := range r.get("pull_requests").elements() {
		n := e.number(pr.at("number"))
		if n == "" {
			continue
		}
		if len(e.mem.Spans) > from {
			e.words(", ")
		}
		e.link(e.hash(n), e.under("/pull/", n))
	}
	e.field("Pull request", e.mem.Spans.Cut(from))
}

func (e *event) duration(from, to value) {
	a, b := from.time(), to.time()
	if d := b.Sub(a); !a.IsZero() && !b.IsZero() && d > 0 {
		e.fact("Duration", strings.TrimSuffix(d.Round(time.Second).String(), "m0s"))
	}
}

// workflowJob tells of jobs that failed; the run tells of the rest.
func workflowJob(e *event) error {
	j := e.it
	switch string(j.get("conclusion").raw()) {
	case "failure", "timed_out", "action_required":
	default:
		return ErrSilent
	}
	e.card.At = first(j.get("completed_at"), j.get("started_at")).time()
	e.result(e.join(" / ", e.line(j.get("workflow_name")), e.line(j.get("name"))), j.get("conclusion"), j.get("head_branch"), e.url(j.get("html_url")))
	e.runFacts(j)
	for step := range j.get("steps").elements() {
		if string(step.at("conclusion").raw()) == "failure" {
			e.fact("Failed step", e.line(step.at("name")))
			break
		}
	}
	e.duration(j.get("started_at"), j.get("completed_at"))
	return nil
}

// checkRun tells how a check ended. Those of GitHub Actions are jobs of a
// workflow, of which the run tells.
func checkRun(e *event) error {
	r := e.it
	if e.action != "completed" || string(r.get("app").at("slug").raw()) == "github-actions" {
		return ErrSilent
	}
	e.card.At = first(r.get("completed_at"), r.get("started_at")).time()
	suite := r.get("check_suite")
	e.result(e.line(r.get("name")), r.get("conclusion"), suite.at("head_branch"),
		e.url(first(r.get("html_url"), r.get("details_url"))))
	if t := e.mem.Text(e.line(r.get("output").at("title"))); t != nil {
		e.para(t)
	}
	e.runFacts(r)
	return nil
}

// checkSuite tells how the checks of one app ended.
func checkSuite(e *event) error {
	r := e.it
	app := r.get("app")
	if e.action != "completed" || string(app.at("slug").raw()) == "github-actions" {
		return ErrSilent
	}
	e.card.At = first(r.get("updated_at"), r.get("created_at")).time()
	name := e.line(app.at("name"))
	if name == "" {
		name = "Check suite"
	}
	url := e.under("/commit/", e.line(r.get("head_sha")))
	if url != "" {
		url = e.text(url, "/checks")
	}
	e.result(name, r.get("conclusion"), r.get("head_branch"), url)
	e.runFacts(r)
	return nil
}

// commitStatus tells of a commit's status, save that it is pending.
func commitStatus(e *event) error {
	state := e.get("state")
	if string(state.raw()) == "pending" {
		return ErrSilent
	}
	e.card.At = first(e.get("updated_at"), e.get("created_at")).time()
	var branch value
	for b := range e.get("branches").elements() {
		branch = b.at("name")
		break
	}
	name := e.line(e.get("context"))
	if name == "" {
		name = "Status"
	}
	e.result(name, state, branch, e.url(first(e.get("target_url"), e.get("commit").at("html_url"))))
	if t := e.mem.Text(e.line(e.get("description"))); t != nil {
		e.para(t)
	}
	e.commitFact("Commit", e.get("sha"))
	return nil
}
