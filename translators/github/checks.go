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
func concluded(name string) (words string, colour chat.Colour) {
	for _, c := range conclusions {
		if c.name == name {
			return c.words, c.colour
		}
	}
	if name == "" {
		return "ended", neutral
	}
	return "ended with " + spaced(name), neutral
}

// workflowRun tells how a run ended. That it was asked for or goes on is silent.
func workflowRun(e *event) error {
	if e.action != "completed" {
		return ErrSilent
	}
	r := e.get("workflow_run").read(make(object, 0, 48))
	name := first(r.get("name"), e.get("workflow").at("name")).line()
	if name == "" {
		name = "Workflow run"
	}
	e.author(r.get("actor"))
	e.card.At = first(r.get("updated_at"), r.get("created_at")).time()
	e.result(join(" ", name, hash(number(r.get("run_number")))), r.get("conclusion"), r.get("head_branch"), r.get("html_url").url())
	title := r.get("display_title").line()
	if title == "" {
		title, _, _ = strings.Cut(r.get("head_commit").at("message").str(), "\n")
		title = oneLine(title)
	}
	if t := e.mem.Text(title); t != nil {
		e.para(t)
	}
	e.runFacts(r)
	if by := r.get("event").line(); by != "" {
		e.fact("Event", spaced(by))
	}
	e.duration(r.get("run_started_at"), r.get("updated_at"))
	if n := r.get("run_attempt").int(); n > 1 {
		e.fact("Attempt", number(r.get("run_attempt")))
	}
	return nil
}

// result says how something ended, and in whose branch.
func (e *event) result(name string, conclusion, branch value, url string) {
	e.m.Role = chat.Status
	words, colour := concluded(conclusion.line())
	e.card.Colour = colour
	line := name + " " + words
	if on := branch.line(); on != "" {
		line += " on " + on
	}
	if url == "" {
		url = e.home
	}
	e.card.Title = e.mem.Text(line)
	e.card.URL = url
	if who := e.card.Author.Name; who != "" {
		line = who + ": " + line
	}
	e.sum(line)
}

// runFacts are the branch, the commit and the pull requests of a run.
func (e *event) runFacts(r object) {
	from := len(e.mem.Spans)
	e.mono(r.get("head_branch").line())
	e.field("Branch", e.mem.Spans.Cut(from))
	e.commitFact("Commit", r.get("head_sha"))
	from = len(e.mem.Spans)
	for pr := range r.get("pull_requests").elements() {
		n := number(pr.at("number"))
		if n == "" {
			continue
		}
		if len(e.mem.Spans) > from {
			e.words(", ")
		}
		e.link("#"+n, e.under("/pull/", n))
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
	j := e.get("workflow_job").read(make(object, 0, 40))
	switch j.get("conclusion").str() {
	case "failure", "timed_out", "action_required":
	default:
		return ErrSilent
	}
	e.card.At = first(j.get("completed_at"), j.get("started_at")).time()
	e.result(join(" / ", j.get("workflow_name").line(), j.get("name").line()), j.get("conclusion"), j.get("head_branch"), j.get("html_url").url())
	e.runFacts(j)
	for step := range j.get("steps").elements() {
		if step.at("conclusion").str() == "failure" {
			e.fact("Failed step", step.at("name").line())
			break
		}
	}
	e.duration(j.get("started_at"), j.get("completed_at"))
	return nil
}

// checkRun tells how a check ended. Those of GitHub Actions are jobs of a
// workflow, of which the run tells.
func checkRun(e *event) error {
	r := e.get("check_run").read(make(object, 0, 32))
	if e.action != "completed" || r.get("app").at("slug").str() == "github-actions" {
		return ErrSilent
	}
	e.card.At = first(r.get("completed_at"), r.get("started_at")).time()
	suite := r.get("check_suite")
	e.result(join(" ", r.get("name").line()), r.get("conclusion"), suite.at("head_branch"),
		first(r.get("html_url"), r.get("details_url")).url())
	if t := e.mem.Text(r.get("output").at("title").line()); t != nil {
		e.para(t)
	}
	e.runFacts(r)
	return nil
}

// checkSuite tells how the checks of one app ended.
func checkSuite(e *event) error {
	r := e.get("check_suite").read(make(object, 0, 32))
	app := r.get("app")
	if e.action != "completed" || app.at("slug").str() == "github-actions" {
		return ErrSilent
	}
	e.card.At = first(r.get("updated_at"), r.get("created_at")).time()
	name := app.at("name").line()
	if name == "" {
		name = "Check suite"
	}
	url := e.under("/commit/", r.get("head_sha").line())
	if url != "" {
		url += "/checks"
	}
	e.result(name, r.get("conclusion"), r.get("head_branch"), url)
	e.runFacts(r)
	return nil
}

// status tells of a commit's status, save that it is pending.
func status(e *event) error {
	state := e.get("state")
	if state.str() == "pending" {
		return ErrSilent
	}
	e.card.At = first(e.get("updated_at"), e.get("created_at")).time()
	var branch value
	for b := range e.get("branches").elements() {
		branch = b.at("name")
		break
	}
	name := e.get("context").line()
	if name == "" {
		name = "Status"
	}
	e.result(name, state, branch, first(e.get("target_url"), e.get("commit").at("html_url")).url())
	if t := e.mem.Text(e.get("description").line()); t != nil {
		e.para(t)
	}
	e.commitFact("Commit", e.get("sha"))
	return nil
}

// deploymentStatus tells how far a deployment is.
func deploymentStatus(e *event) error {
	s := e.get("deployment_status").read(make(object, 0, 24))
	d := e.get("deployment")
	state := s.get("state").line()
	if state == "inactive" {
		return ErrSilent // another one took its place
	}
	e.m.Role = chat.Status
	e.card.At = first(s.get("updated_at"), s.get("created_at")).time()
	words, colour := concluded(state)
	if state != "success" && state != "failure" && state != "error" {
		words, colour = "is "+spaced(state), pending
	}
	line := join(" ", "Deployment to", first(s.get("environment"), d.at("environment")).line(), words)
	e.card.Colour = colour
	e.card.Title = e.mem.Text(line)
	e.card.URL = first(s.get("environment_url"), s.get("log_url"), s.get("target_url")).url()
	if e.card.URL == "" {
		e.card.URL = e.home
	}
	if who := e.card.Author.Name; who != "" {
		line = who + ": " + line
	}
	e.sum(line)
	e.excerpt("deployment_status.description", s.get("description"), e.card.URL)
	from := len(e.mem.Spans)
	e.mono(d.at("ref").line())
	e.field("Ref", e.mem.Spans.Cut(from))
	e.commitFact("Commit", d.at("sha"))
	return nil
}
