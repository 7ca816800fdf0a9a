package github

// member is somebody who may work on a repository.
func collaborator(e *event, s *subject) error {
	e.changed(nil)
	return nil
}

func membership(e *event, s *subject) error {
	s.title = e.line(e.get("member").at("login"))
	s.other = e.line(e.it.get("name"))
	if url := e.url(e.get("member").at("html_url")); s.url == "" {
		s.url = url
	}
	return nil
}

func team(e *event, s *subject) error {
	e.excerpt("team.description", e.it.get("description"), s.url)
	e.changed(e.it)
	e.fact("Privacy", e.line(e.it.get("privacy")))
	e.fact("Permission", e.line(e.it.get("permission")))
	return nil
}

func organization(e *event, s *subject) error {
	m, invitation := e.get("membership"), e.get("invitation")
	who := first(m.at("user"), e.get("user"))
	switch e.action {
	case "renamed", "deleted":
		s.noun = "organization"
		s.title = e.line(e.it.get("login"))
		s.other = e.line(e.get("changes").at("login", "from"))
		s.url = ""
		return nil
	}
	s.title = e.line(first(who.at("login"), invitation.at("login")))
	if s.title == "" {
		s.title = "somebody by e-mail" // whose address is not for a channel
	}
	s.url = e.url(who.at("html_url"))
	e.fact("Role", spaced(e.line(first(m.at("role"), invitation.at("role")))))
	return nil
}

// installation is a GitHub App in an account.
func installation(e *event, s *subject) error {
	i := e.it
	s.title = e.line(i.get("app_slug"))
	s.other = e.line(i.get("account").at("login"))
	if s.other == "" {
		s.other = "an account"
	}
	e.fact("Access", e.chosen(e.line(first(e.get("repository_selection"), i.get("repository_selection")))))
	e.list("Repositories", e.get("repositories"), "full_name")
	e.list("Repositories added", e.get("repositories_added"), "full_name")
	e.list("Repositories removed", e.get("repositories_removed"), "full_name")
	e.fact("Suspended by", e.line(i.get("suspended_by").at("login")))
	return nil
}

func (e *event) chosen(selection string) string {
	switch selection {
	case "":
		return ""
	case "subset":
		selection = "selected"
	}
	return e.text(selection, " repositories")
}

func account(e *event, s *subject) error {
	s.other = e.line(e.get("changes").at("login", "from"))
	return nil
}

// tokenRequest is somebody's wish to use a personal access token in an organization.
func tokenRequest(e *event, s *subject) error {
	r := e.it
	s.title = e.line(r.get("owner").at("login"))
	s.url = e.url(r.get("owner").at("html_url"))
	e.fact("Token", e.line(r.get("token_name")))
	for _, kind := range []string{"organization", "repository", "other"} {
		list := ""
		for key, level := range r.get("permissions_added").at(kind).members() {
			list = e.join(", ", list, e.join(" ", spaced(oneLine(string(key))), e.line(level)))
		}
		e.fact(e.text("Permissions: ", kind), e.short(list, valueChars*2))
	}
	e.fact("Access", e.chosen(e.line(r.get("repository_selection"))))
	e.list("Repositories", r.get("repositories"), "full_name", "name")
	return nil
}

func sponsorship(e *event, s *subject) error {
	p := e.it
	if string(p.get("privacy_level").raw()) == "private" {
		return ErrSilent // the sponsor asked for that
	}
	s.title = e.line(p.get("sponsorable").at("login"))
	s.url = e.url(p.get("sponsorable").at("html_url"))
	e.author(p.get("sponsor"))
	tier := p.get("tier")
	e.fact("Tier", e.line(tier.at("name")))
	if tier.at("is_one_time").bool() {
		e.fact("Payment", "once")
	}
	e.fact("Old tier", e.line(e.get("changes").at("tier", "from", "name")))
	e.fact("Old privacy", e.line(e.get("changes").at("privacy_level", "from")))
	e.effective()
	return nil
}

func purchase(e *event, s *subject) error {
	p, was := e.it, e.get("previous_marketplace_purchase")
	s.title = e.line(p.get("plan").at("name"))
	s.other = e.line(p.get("account").at("login"))
	if s.other == "" {
		s.other = "an account"
	}
	e.fact("Old plan", e.line(was.at("plan", "name")))
	e.fact("Billing", e.line(p.get("billing_cycle")))
	if n := p.get("unit_count").int(); n > 1 {
		e.fact("Units", e.num(n))
	}
	e.effective()
	return nil
}

// effective is the day from which on a change counts.
func (e *event) effective() {
	if t := e.get("effective_date").time(); !t.IsZero() {
		e.fact("From", t.Format("2 January 2006"))
	}
}
