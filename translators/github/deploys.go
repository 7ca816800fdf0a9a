package github

import (
	"strings"

	"dragoman/translators/chat"
)

// deployment tells that one is asked for.
func deployment(e *event) error {
	d := e.it
	e.m.Role = chat.Status
	e.card.Colour = pending
	e.card.At = first(d.get("updated_at"), d.get("created_at")).time()
	e.author(d.get("creator"))
	_, ref := splitRef(e.line(d.get("ref")))
	to := e.line(d.get("environment"))
	if to != "" {
		to = e.text("to ", to)
	}
	url := e.url(e.get("workflow_run").at("html_url"))
	e.say(e.join(" ", "Deploying", ref, to), url, e.join(" ", "is deploying", ref, to))
	e.excerpt("deployment.description", d.get("description"), e.card.URL)
	e.deployed(e.get("deployment"))
	if task := e.line(d.get("task")); task != "deploy" {
		e.fact("Task", task)
	}
	return nil
}

// deployed is what is deployed.
func (e *event) deployed(d value) {
	_, ref := splitRef(e.line(d.at("ref")))
	e.code("Ref", ref)
	e.commitFact("Commit", d.at("sha"))
	e.linked("Workflow", e.line(e.get("workflow_run").at("name")), e.url(e.get("workflow_run").at("html_url")))
}

// deploymentStatus tells how far a deployment is.
func deploymentStatus(e *event) error {
	s, d := e.it, e.get("deployment")
	state := e.line(s.get("state"))
	if state == "inactive" {
		return ErrSilent // another one took its place
	}
	e.m.Role = chat.Status
	e.card.At = first(s.get("updated_at"), s.get("created_at")).time()
	words, colour := e.concluded(state)
	if state != "success" && state != "failure" && state != "error" {
		words, colour = e.text("is ", spaced(state)), pending
	}
	e.card.Colour = colour
	url := ""
	for _, key := range []string{"environment_url", "log_url", "target_url"} {
		if url == "" {
			url = e.url(s.get(key))
		}
	}
	e.report(e.join(" ", "Deployment to", e.line(first(s.get("environment"), d.at("environment"))), words), url)
	e.excerpt("deployment_status.description", s.get("description"), e.card.URL)
	e.deployed(d)
	if by := e.line(d.at("creator", "login")); by != e.card.Author.Name {
		e.fact("Creator", by)
	}
	return nil
}

// deploymentReview tells that a person must allow a deployment, or did or did not.
func deploymentReview(e *event, s *subject) error {
	s.url = e.url(e.it.get("html_url"))
	s.other = e.line(e.get("environment"))
	for run := range e.get("workflow_job_runs").elements() {
		if s.other == "" {
			s.other = e.line(run.at("environment"))
		}
	}
	if s.other == "" {
		s.other = "an environment"
	}
	s.title = e.join(" ", e.line(e.it.get("name")), e.hash(e.number(e.it.get("run_number"))))
	e.author(first(e.get("approver"), e.get("requestor")))
	if t := e.mem.Text(e.line(e.get("comment"))); t != nil {
		e.mem.Body.Add(chat.Block{Text: t, Quoted: true})
	}
	if e.action == "requested" {
		from, n := len(e.mem.Spans), 0
		for r := range e.get("reviewers").elements() {
			who := r.at("reviewer")
			name := e.line(first(who.at("login"), who.at("name")))
			if n++; n > 1 && n <= maxListed {
				e.words(", ")
			}
			if n <= maxListed {
				e.link(name, e.url(who.at("html_url")))
			}
		}
		e.beyond(n)
		e.field("Reviewers", e.mem.Spans.Cut(from))
	}
	e.runFacts(e.it)
	return nil
}

// deploymentRule tells that a deployment waits for a rule.
func deploymentRule(e *event, s *subject) error {
	s.title = e.line(e.get("environment"))
	s.url = e.url(e.get("workflow_run").at("html_url"))
	e.deployed(e.get("deployment"))
	e.fact("Event", spaced(e.line(e.get("event"))))
	return nil
}

// mergeGroup tells of a group of the merge queue. Its branch names the pull
// request at its head: gh-readonly-queue/main/pr-12-4f2d.
func mergeGroup(e *event, s *subject) error {
	g := e.it
	_, base := splitRef(e.line(g.get("base_ref")))
	s.other = base
	s.number = queued(e.line(g.get("head_ref")))
	if s.number != "" {
		s.url = e.under("/pull/", s.number)
	} else {
		s.url = e.under("/commit/", e.line(g.get("head_sha")))
	}
	s.title = e.firstLine(g.get("head_commit").at("message"), subjectChars)
	switch reason := e.line(e.get("reason")); reason {
	case "":
	case "merged":
		return ErrSilent // the pull request tells that it was merged
	case "invalidated":
		e.card.Colour = closed
		fallthrough
	default:
		e.fact("Reason", spaced(reason))
	}
	e.code("Branch", base)
	e.commitFact("Commit", g.get("head_sha"))
	return nil
}

// queued is the number in the name of a merge queue's branch.
func queued(ref string) string {
	_, rest, ok := strings.Cut(ref, "/pr-")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if !ok || end < 1 {
		return ""
	}
	return rest[:end]
}
