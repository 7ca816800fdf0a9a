package github

import "dragoman/translators/chat"

// protection is a rule which protects branches.
func protection(e *event, s *subject) error {
	e.changed(e.it)
	if e.action == "created" {
		e.fact("Enforced for admins", e.plain(e.it.get("admin_enforced")))
		e.fact("Required checks", e.plain(e.it.get("required_status_checks")))
		e.fact("Required approvals", e.number(e.it.get("required_approving_review_count")))
	}
	return nil
}

// ruleset is a set of rules for branches, tags or pushes.
func ruleset(e *event, s *subject) error {
	if url := e.url(e.it.get("_links").at("html", "href")); url != "" {
		s.url = url
	}
	e.changed(e.it)
	e.fact("Target", e.line(e.it.get("target")))
	if !e.get("changes").at("enforcement").given() {
		e.fact("Enforcement", e.line(e.it.get("enforcement")))
	}
	for _, what := range []string{"rules", "conditions"} {
		for _, done := range []string{"added", "updated", "deleted"} {
			list := ""
			for r := range e.get("changes").at(what, done).elements() {
				r = first(r.at("rule"), r.at("condition"), r)
				list = e.join(", ", list, spaced(e.line(first(r.at("type"), r.at("ref_name", "include")))))
			}
			e.fact(e.text(e.upper(what), " ", done), e.short(list, valueChars*2))
		}
	}
	if e.action == "created" {
		e.list("Rules", e.it.get("rules"), "type")
	}
	return nil
}

func deployKey(e *event, s *subject) error {
	access := "read and write"
	if e.it.get("read_only").bool() {
		access = "read only"
	}
	e.fact("Access", access)
	e.fact("Added by", e.line(e.it.get("added_by")))
	return nil
}

// hookOf is a webhook that was deleted.
func hookOf(e *event, s *subject) error {
	if s.title == "web" { // what all of them are called
		s.title = ""
	}
	s.title = e.join(" ", e.hash(e.number(e.get("hook_id"))), s.title)
	e.list("Events", e.it.get("events"))
	return nil
}

func property(e *event, s *subject) error {
	e.excerpt("definition.description", e.it.get("description"), "")
	e.fact("Type", spaced(e.line(e.it.get("value_type"))))
	e.fact("Allowed", e.plain(e.it.get("allowed_values")))
	e.fact("Default", e.plain(e.it.get("default_value")))
	if e.it.get("required").bool() {
		e.fact("Required", "yes")
	}
	return nil
}

// propertyValues are those of a repository.
func propertyValues(e *event, s *subject) error {
	s.title = e.repo
	n := 0
	for now := range e.get("new_property_values").elements() {
		name := e.line(now.at("property_name"))
		var was value
		for old := range e.get("old_property_values").elements() {
			if e.line(old.at("property_name")) == name {
				was = old.at("value")
				break
			}
		}
		if n++; n > maxChanges {
			e.notes.AddAt("new_property_values", chat.Shortened, "changes", 1)
			continue
		}
		e.fromTo(name, e.plain(was), e.plain(now.at("value")))
	}
	return nil
}

func repository(e *event, s *subject) error {
	changes := e.get("changes")
	s.title = e.repo
	switch e.action {
	case "renamed":
		s.other = e.line(changes.at("repository", "name", "from"))
	case "transferred":
		from := changes.at("owner", "from")
		s.other = e.line(first(from.at("user", "login"), from.at("organization", "login")))
	case "edited":
		e.changed(e.it)
	case "created":
		e.excerpt("repository.description", e.it.get("description"), s.url)
		e.fact("Visibility", e.line(e.it.get("visibility")))
	}
	if s.other == "" {
		s.other = "another"
	}
	return nil
}

// star counts those who gave one.
func star(e *event, s *subject) error {
	s.title = e.repo
	if n := e.get("repository").at("stargazers_count"); n.given() {
		e.fact("Stars", e.num(n.int()))
	}
	return nil
}

func fork(e *event, s *subject) error {
	s.title = e.repo
	s.other = e.line(e.it.get("full_name"))
	if s.other == "" {
		s.other = "another repository"
	}
	e.card.At = e.it.get("created_at").time()
	return nil
}

func imported(e *event, s *subject) error {
	s.title = e.repo
	s.url = e.home
	status := e.line(e.get("status"))
	switch status {
	case "success":
		e.card.Colour = open
	case "failure":
		e.card.Colour = closed
	}
	e.fact("State", status)
	return nil
}

// pages tells how a build of the site ended.
func pages(e *event) error {
	b := e.it
	state := e.line(b.get("status"))
	switch state {
	case "built":
		state = "success"
	case "errored":
		state = "failure"
	default:
		return ErrSilent // it goes on
	}
	e.author(b.get("pusher"))
	e.card.At = first(b.get("updated_at"), b.get("created_at")).time()
	e.m.Role = chat.Status
	words, colour := e.concluded(state)
	e.card.Colour = colour
	e.report(e.text("Pages build ", words), "")
	e.sentence(b.get("error").at("message"))
	e.commitFact("Commit", b.get("commit"))
	return nil
}

// dispatch is an event of somebody's own making, with an action of any name; its
// payload is for programs.
func dispatch(e *event) error {
	e.card.Colour = neutral
	e.about(subject{noun: "repository dispatch", title: e.action}, "Repository dispatch", "sent", "")
	e.code("Branch", e.line(e.get("branch")))
	return nil
}

// byHand is a workflow that somebody started.
func byHand(e *event, s *subject) error {
	_, s.other = splitRef(e.line(e.get("ref")))
	if s.other == "" {
		s.other = "the default branch"
	}
	s.title = e.line(e.get("workflow"))
	if path := s.title; path != "" {
		s.title = path[lastSlash(path)+1:]
		s.url = e.under("/actions/workflows/", s.title)
	}
	n := 0
	for key, v := range e.get("inputs").members() {
		if n++; n <= maxChanges {
			e.fact(oneLine(string(key)), e.plain(v))
		}
	}
	return nil
}
