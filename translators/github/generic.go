package github

import (
	"fmt"
	"strings"

	"dragoman/translators/chat"
)

// generic tells of an event by what all events have in common: who, event and
// action in words, number and title of the thing, where to look.
func generic(e *event) error {
	thing := e.thing(e.object).read(make(object, 0, 48))
	for _, key := range []string{"user", "creator", "author", "pusher"} {
		e.author(thing.get(key))
	}
	noun := e.noun
	if noun == "" {
		noun = oneLine(spaced(e.name))
	}
	done := spaced(e.action)
	s := subject{noun: noun, number: number(thing.get("number")), title: nameOf(thing), url: thing.get("html_url").url()}
	for ref := range thing.get("references").elements() { // an advisory has no page of its own to name
		if s.url == "" {
			s.url = ref.at("url").url()
		}
		break
	}
	if s.title == e.repo {
		s.title = "" // the footer has it
	}
	if s.number == "" && s.title == "" {
		e.parent(&s)
	}
	what := wordings[join(".", e.name, e.action)]
	if what == "" {
		what = join(" ", noun, done)
	}
	if what == "" {
		what = "event"
	}
	e.card.At = first(thing.get("updated_at"), thing.get("created_at"), thing.get("starred_at"), e.get("starred_at")).time()
	if e.calm {
		switch e.action {
		case "edited", "moved", "converted", "reordered", "archived", "restored", "unarchived":
			e.m.Role = chat.UpdateOnly
		}
	}
	e.card.Colour = colourOf(e.action, thing)
	switch e.name {
	case "star", "watch":
		e.card.Colour = starred
	case "sponsorship":
		e.card.Colour = sponsored
	}
	title := join(": ", upper(what), s.short())
	url := s.url
	if url == "" {
		url = e.home
	}
	e.card.Title = e.mem.Text(title)
	e.card.URL = url
	line := join(": ", what, s.short())
	if who := e.card.Author.Name; who != "" {
		line = who + ": " + line
	}
	e.sum(line)
	e.excerpt(e.row.name, first(thing.get("body"), thing.get("description")), url)
	e.list("Labels", thing.get("labels"), "name")
	e.fact("State", spaced(first(thing.get("conclusion"), thing.get("status"), thing.get("state")).line()))
	e.fact("Severity", first(thing.get("severity"), thing.get("security_advisory").at("severity"), thing.get("rule").at("severity")).line())
	return nil
}

// thing is the member that an event is about: the one that its row names, the
// one named like the event, or like a part of its name ("alert" of
// dependabot_alert), the longer the better.
func (r *row) thing(o object) value {
	if v := o.get(r.of); v.is('{') {
		return v
	}
	if v := o.get(r.name); v.is('{') {
		return v
	}
	for _, rest, ok := strings.Cut(r.name, "_"); ok; _, rest, ok = strings.Cut(rest, "_") {
		if v := o.get(rest); v.is('{') {
			return v
		}
	}
	for i := strings.LastIndexByte(r.name, '_'); i > 0; i = strings.LastIndexByte(r.name[:i], '_') {
		if v := o.get(r.name[:i]); v.is('{') {
			return v
		}
	}
	return nil
}

// nameOf is what people call a thing.
func nameOf(o object) string {
	for _, key := range []string{"title", "full_name", "name", "login", "display_title", "tag_name", "environment", "property_name", "ref", "summary"} {
		if s := o.get(key).line(); s != "" {
			return s
		}
	}
	for _, path := range [][]string{
		{"rule", "description"}, {"security_advisory", "summary"}, {"account", "login"}, {"sponsorable", "login"},
	} {
		if s := o.get(path[0]).at(path[1]).line(); s != "" {
			return s
		}
	}
	return ""
}

// parent takes number and title of what a comment or the like belongs to.
func (e *event) parent(s *subject) {
	if login := e.get("membership").at("user", "login").line(); login != "" {
		s.title = login
		return
	}
	for _, key := range []string{"discussion", "pull_request", "issue", "project", "team", "member"} {
		if v := e.get(key); v.is('{') {
			o := v.read(nil)
			s.number, s.title = number(o.get("number")), nameOf(o)
			if s.url == "" {
				s.url = o.get("html_url").url()
			}
			return
		}
	}
}

// colourOf reads a state off an action, or else off the thing.
func colourOf(action string, o object) chat.Colour {
	for _, v := range []value{o.get("conclusion"), o.get("severity"), o.get("security_advisory").at("severity")} {
		switch v.str() {
		case "success":
			return open
		case "failure", "timed_out", "startup_failure", "high":
			return closed
		case "critical":
			return critical
		case "medium", "moderate", "action_required":
			return pending
		}
	}
	switch action {
	case "deleted", "removed", "member_removed", "blocked", "denied", "rejected", "suspend", "publicly_leaked":
		return closed
	case "answered", "closed", "fixed", "resolved", "resolve":
		return merged
	case "created", "added", "opened", "reopened", "member_added", "approved", "published", "purchased":
		return open
	case "requested", "member_invited":
		return pending
	}
	return neutral
}

// ping tells that a webhook was set up.
func ping(e *event) error {
	hook := e.get("hook")
	e.card.Colour = info
	e.card.At = first(hook.at("updated_at"), hook.at("created_at")).time()
	what := "Webhook connected"
	if t := strings.ToLower(hook.at("type").line()); t != "" {
		what = upper(t) + " webhook connected"
	}
	e.say(what, "", "connected a webhook")
	if t := e.mem.Text(e.get("zen").line()); t != nil {
		e.mem.Body.Add(chat.Block{Text: t, Quoted: true})
	}
	from, n := len(e.mem.Spans), 0
	for v := range hook.at("events").elements() {
		name := v.line()
		if name == "*" {
			name = "everything"
		}
		if n++; n > maxListed || name == "" {
			continue
		}
		if n > 1 {
			e.words(", ")
		}
		e.words(spaced(name))
	}
	if n > maxListed {
		e.words(fmt.Sprintf(" and %d more", n-maxListed))
	}
	e.field("Events", e.mem.Spans.Cut(from))
	return nil
}

// wiki tells of pages that were written.
func wiki(e *event) error {
	pages := e.get("pages")
	n := pages.count()
	e.card.Colour = info
	e.card.At = e.get("repository").at("updated_at").time()
	url := e.under("/wiki", "/")
	for p := range pages.elements() {
		if n == 1 {
			url = p.at("html_url").url()
		}
		break
	}
	e.say("Wiki: "+plural(n, "page")+" changed", url, "changed "+plural(n, "page")+" of the wiki")
	from, i := len(e.mem.Spans), 0
	for p := range pages.elements() {
		if i++; i > maxListed {
			continue
		}
		if i > 1 {
			e.words("\n")
		}
		e.link(first(p.at("title"), p.at("page_name")).line(), p.at("html_url").url())
		if done := p.at("action").line(); done != "" {
			e.words(" " + done)
		}
	}
	if i > maxListed {
		e.words(fmt.Sprintf("\nand %d more", i-maxListed))
	}
	if t := e.mem.Spans.Cut(from); len(t) > 0 {
		e.para(t)
	}
	return nil
}
