package github

import (
	"dragoman/translators/chat"
)

// bySeverity leaves the colour of a deed to the severity: it matters as long as
// an alert is open.
const bySeverity chat.Colour = 0

// severities are what advisories and scanners call how bad something is.
var severities = []struct {
	name   string
	colour chat.Colour
}{
	{"critical", critical}, {"high", closed}, {"error", closed}, {"medium", pending}, {"moderate", pending},
	{"warning", pending}, {"low", neutral}, {"note", neutral}, {"none", neutral},
}

// severity shows how bad a thing is, in its colour unless the deed has one.
func (e *event) severity(name string) {
	e.fact("Severity", name)
	if e.card.Colour != bySeverity {
		return
	}
	e.card.Colour = neutral
	for _, s := range severities {
		if s.name == name {
			e.card.Colour = s.colour
		}
	}
}

func dependabotAlert(e *event, s *subject) error {
	a := e.it
	of, advisory, flaw := a.get("dependency"), a.get("security_advisory"), a.get("security_vulnerability")
	level := e.line(first(flaw.at("severity"), advisory.at("severity")))
	pkg := e.line(of.at("package", "name"))
	if eco := e.line(of.at("package", "ecosystem")); eco != "" {
		pkg = e.text(pkg, " (", eco, ")")
	}
	s.title = pkg
	if level != "" {
		s.title = e.join(" in ", e.text(level, " severity"), pkg)
	}
	e.sentence(advisory.at("summary"))
	e.severity(level)
	e.alertState(a)
	e.advisoryID(advisory.at("ghsa_id"), advisory.at("cve_id"))
	e.code("Manifest", e.line(of.at("manifest_path")))
	e.code("Vulnerable", e.line(flaw.at("vulnerable_version_range")))
	e.code("Fixed in", e.line(flaw.at("first_patched_version", "identifier")))
	e.fact("Scope", e.line(of.at("scope")))
	return nil
}

// alertState is what became of an alert, and why.
func (e *event) alertState(a object) {
	e.fact("State", spaced(e.line(a.get("state"))))
	e.fact("Reason", spaced(e.line(first(a.get("dismissed_reason"), a.get("dismiss_reason"), a.get("resolution")))))
	if t := e.mem.Text(e.line(first(a.get("dismissed_comment"), a.get("resolution_comment")))); t != nil {
		e.mem.Body.Add(chat.Block{Text: t, Quoted: true})
	}
	e.list("Assignees", a.get("assignees"), "login")
}

func (e *event) advisoryID(ghsa, cve value) {
	id := e.line(ghsa)
	url := ""
	if isName(id) {
		url = e.text("https://github.com/advisories/", id)
	}
	e.linked("Advisory", e.join(" ", id, e.line(cve)), url)
}

// sentence is a paragraph of plain words.
func (e *event) sentence(v value) {
	if t := e.mem.Text(e.line(v)); t != nil {
		e.para(t)
	}
}

func codeScanningAlert(e *event, s *subject) error {
	a := e.it
	rule, found := a.get("rule"), a.get("most_recent_instance")
	s.title = e.line(first(rule.at("description"), rule.at("name"), rule.at("id")))
	e.sentence(found.at("message", "text"))
	e.severity(e.line(first(rule.at("security_severity_level"), rule.at("severity"))))
	e.alertState(a)
	e.fact("Tool", e.line(a.get("tool").at("name")))
	e.file(found.at("location", "path"), found.at("location", "start_line"))
	_, ref := splitRef(e.line(first(e.get("ref"), found.at("ref"))))
	e.code("Branch", ref)
	e.commitFact("Commit", e.get("commit_oid"))
	return nil
}

// secretAlert never shows the secret itself, which the alert holds.
func secretAlert(e *event, s *subject) error {
	a := e.it
	s.title = e.line(first(a.get("secret_type_display_name"), a.get("secret_type")))
	e.alertState(a)
	if v := e.line(a.get("validity")); v != "unknown" {
		e.fact("Validity", v)
	}
	if a.get("publicly_leaked").bool() {
		e.fact("Publicly leaked", "yes")
	}
	if a.get("push_protection_bypassed").bool() {
		e.fact("Push protection", e.join(" ", "bypassed", e.byline(e.line(a.get("push_protection_bypassed_by").at("login")))))
	}
	return nil
}

func secretLocation(e *event, s *subject) error {
	s.title = e.line(first(e.it.get("secret_type_display_name"), e.it.get("secret_type")))
	where := e.get("location")
	e.fact("Kind", spaced(e.line(where.at("type"))))
	e.linked("File", e.line(where.at("details", "path")), e.url(where.at("details", "html_url")))
	e.commitFact("Commit", where.at("details", "commit_sha"))
	return nil
}

func secretScan(e *event, s *subject) error {
	s.title = e.join(" ", e.line(e.get("source")), e.line(e.get("type")))
	e.card.At = e.get("completed_at").time()
	e.fact("Secret types", e.plain(first(e.get("secret_types"), e.get("custom_pattern_name"))))
	return nil
}

// advisory is one of GitHub's database, or of a repository.
func advisory(e *event, s *subject) error {
	a := e.it
	s.title = e.join(": ", e.line(a.get("ghsa_id")), e.line(a.get("summary")))
	for ref := range a.get("references").elements() { // GitHub's own have no page in the payload
		if s.url == "" {
			s.url = e.url(ref.at("url"))
		}
	}
	e.severity(e.line(a.get("severity")))
	e.excerpt("description", a.get("description"), s.url)
	e.advisoryID(a.get("ghsa_id"), a.get("cve_id"))
	if score := e.line(a.get("cvss").at("score")); score != "0" && score != "0.0" {
		e.fact("CVSS", score)
	}
	from, n := len(e.mem.Spans), 0
	for v := range a.get("vulnerabilities").elements() {
		name := e.line(v.at("package", "name"))
		if name == "" {
			continue
		}
		if n++; n > maxListed {
			continue
		}
		if n > 1 {
			e.words(", ")
		}
		e.words(e.join(" ", name, e.line(v.at("vulnerable_version_range"))))
	}
	e.beyond(n)
	e.field("Packages", e.mem.Spans.Cut(from))
	return nil
}

// oldAlert is a Dependabot alert as older servers call it.
func oldAlert(e *event, s *subject) error {
	s.title = e.line(e.it.get("affected_package_name"))
	e.severity(e.line(e.it.get("severity")))
	e.advisoryID(e.it.get("ghsa_id"), e.it.get("external_identifier"))
	e.code("Vulnerable", e.line(e.it.get("affected_range")))
	e.code("Fixed in", e.line(e.it.get("fixed_in")))
	e.fact("Reason", spaced(e.line(e.it.get("dismiss_reason"))))
	return nil
}

// securitySettings names the features which were switched on or off.
func securitySettings(e *event, s *subject) error {
	s.title = e.repo
	now := e.get("repository").at("security_and_analysis")
	for key, was := range e.get("changes").at("from", "security_and_analysis").members() {
		e.fromTo(e.upper(spaced(oneLine(string(key)))), e.line(was.at("status")), e.line(now.at(string(key), "status")))
	}
	return nil
}
