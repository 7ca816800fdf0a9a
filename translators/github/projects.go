package github

import (
	"strconv"
	"strings"

	"dragoman/translators/chat"
)

func label(e *event, s *subject) error {
	if rgb, err := strconv.ParseUint(string(e.it.get("color").raw()), 16, 32); err == nil {
		e.card.Colour = chat.RGB(uint32(rgb))
	}
	s.url = e.under("/labels/", s.title)
	e.excerpt("label.description", e.it.get("description"), s.url)
	e.changed(e.it)
	return nil
}

func milestone(e *event, s *subject) error {
	m := e.it
	s.number = "" // which nobody knows it by
	e.excerpt("milestone.description", m.get("description"), s.url)
	e.changed(m)
	done, left := m.get("closed_issues").int(), m.get("open_issues").int()
	if done+left > 0 {
		e.fact("Progress", e.text(e.num(done), " of ", e.num(done+left), " closed"))
	}
	if due := m.get("due_on").time(); !due.IsZero() {
		e.fact("Due", due.Format("2 January 2006"))
	}
	return nil
}

// oldProject is one of the boards which newer servers no longer have.
func oldProject(e *event, s *subject) error {
	s.number = ""
	e.excerpt("project.body", e.it.get("body"), s.url)
	e.changed(e.it)
	return nil
}

func oldCard(e *event, s *subject) error {
	if note := e.firstLine(e.it.get("note"), subjectChars); note != "" {
		s.title = note
	} else if path := e.line(e.it.get("content_url")); path != "" {
		n := path[lastSlash(path)+1:]
		s.number, s.url = n, e.under("/issues/", n)
	}
	e.changed(e.it)
	return nil
}

func lastSlash(s string) int { return strings.LastIndexByte(s, '/') }

// project has no address in the payload.
func project(e *event, s *subject) error {
	s.url = e.projectURL(s.number)
	e.sentence(e.it.get("short_description"))
	e.changed(e.it)
	return nil
}

func (e *event) projectURL(number string) string {
	org := e.line(e.get("organization").at("login"))
	if e.host == "" || number == "" || !isName(org) {
		return ""
	}
	return e.text(e.host, "/orgs/", org, "/projects/", number)
}

// projectItem has neither title nor address in the payload.
func projectItem(e *event, s *subject) error {
	kind := e.it.get("content_type")
	switch string(kind.raw()) {
	case "PullRequest":
		s.noun = "pull request of a project"
	case "Issue":
		s.noun = "issue of a project"
	case "DraftIssue":
		s.noun = "draft of a project"
	}
	f := e.get("changes").at("field_value")
	name := e.line(f.at("field_name"))
	if name == "" {
		name = spaced(e.line(f.at("field_type")))
	}
	e.fromTo(e.upper(name), e.plain(f.at("from")), e.plain(f.at("to")))
	return nil
}

// projectStates are how a project fares.
var projectStates = []struct {
	name, words string
	colour      chat.Colour
}{
	{"ON_TRACK", "on track", open},
	{"AT_RISK", "at risk", pending},
	{"OFF_TRACK", "off track", closed},
	{"COMPLETE", "complete", merged},
	{"INACTIVE", "inactive", neutral},
}

func projectStatus(e *event, s *subject) error {
	u := e.it
	s.noun = ""
	s.title = spaced(strings.ToLower(e.line(u.get("status"))))
	for _, p := range projectStates {
		if p.name == string(u.get("status").raw()) {
			s.title = p.words
			if e.action != "deleted" {
				e.card.Colour = p.colour
			}
		}
	}
	e.excerpt("projects_v2_status_update.body", u.get("body"), e.home)
	e.fact("Start", e.line(u.get("start_date")))
	e.fact("Target", e.line(u.get("target_date")))
	return nil
}

// subIssue tells of a part of an issue. GitHub tells it to both repositories, and
// to one twice when both are the same: then only the whole's side is told.
func subIssue(e *event, s *subject) error {
	return e.relation(s, "parent_issue", "sub_issue", "sub_issue_added", "sub_issue_removed")
}

// dependency tells that an issue waits for another; see subIssue.
func dependency(e *event, s *subject) error {
	return e.relation(s, "blocked_issue", "blocking_issue", "blocked_by_added", "blocked_by_removed")
}

// relation is seen from the first issue in the actions given, else from the second.
func (e *event) relation(s *subject, first, second string, actions ...string) error {
	here, there := e.get(first), e.get(second)
	if e.action != actions[0] && e.action != actions[1] {
		if repoOf(here) == repoOf(there) {
			return ErrSilent
		}
		here, there = there, here
	}
	s.number, s.title, s.url = e.number(here.at("number")), e.line(here.at("title")), e.url(here.at("html_url"))
	other := e.text(e.hash(e.number(there.at("number"))), " ", e.line(there.at("title")))
	s.other = strings.TrimSpace(other)
	e.linked("Other issue", s.other, e.url(there.at("html_url")))
	return nil
}

func repoOf(issue value) string { return string(issue.at("repository_url").raw()) }

// pkg is a version of a package.
func pkg(e *event, s *subject) error {
	p := e.it
	v := p.get("package_version").read(nil)
	version := e.line(first(v.get("version"), v.get("name")))
	kind := strings.ToLower(e.line(first(p.get("package_type"), p.get("ecosystem"))))
	if kind == "container" {
		tag := v.get("container_metadata").at("tag")
		if tag.is('{') {
			if version = e.line(tag.at("name")); version == "" {
				return ErrSilent // a layer which no name points to
			}
		}
	}
	s.number = ""
	s.title = e.join(" ", s.title, version)
	if kind != "" {
		s.title = e.text(s.title, " (", kind, ")")
	}
	if url := e.url(v.get("html_url")); url != "" {
		s.url = url
	}
	e.author(v.get("author"))
	e.excerpt("package_version.body", v.get("body"), s.url)
	e.code("Tag", e.line(v.get("tag_name")))
	e.code("Install", e.short(e.line(v.get("installation_command")), 2*valueChars))
	return nil
}
