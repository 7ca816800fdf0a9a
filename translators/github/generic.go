package github

import (
	"slices"
	"strings"

	"dragoman/translators/chat"
)

const (
	maxChanges = 10 // that an edit lists
	valueChars = 80 // of what was and of what is
)

// deed is what an action did.
type deed struct {
	action string // empty: the event has none
	did    string // "added … to %": around the thing, with subject.other for "%"; empty: the action in words
	colour chat.Colour
	role   chat.Role
	title  string // where the passive of did, "thing added to other", is no good
}

// generic tells of an event by what all events have in common: who did what to
// which thing, and where to look; and by what its row shows of the thing.
func generic(e *event) error {
	known := e.row.deed(e.action)
	d := deed{did: spaced(e.action), colour: neutral}
	if known != nil {
		d = *known
	} else if slices.Contains(e.silent, e.action) {
		return ErrSilent
	}
	if d.did == "" {
		d.did = spaced(d.action)
	}
	if len(e.it) == 0 {
		e.it = e.thing(e.object).read(e.it)
	}
	e.m.Role, e.card.Colour = d.role, d.colour
	e.card.At = first(e.it.get("updated_at"), e.it.get("created_at"), e.it.get("published_at"), e.get("starred_at")).time()
	s := subject{
		noun:   e.noun,
		number: e.number(e.it.get("number")),
		title:  e.nameOf(e.it),
		url:    e.url(e.it.get("html_url")),
	}
	if s.noun == "" {
		s.noun = oneLine(spaced(e.name))
	}
	show := e.show
	if show == nil && known == nil {
		show = unknown
	}
	if show != nil {
		if err := show(e, &s); err != nil {
			return err
		}
	}
	for _, key := range []string{"user", "creator", "author", "pusher"} {
		e.author(e.it.get(key))
	}
	e.tell(d, s)
	return nil
}

// tell says that a deed was done to a subject.
func (e *event) tell(d deed, s subject) {
	before, after, _ := strings.Cut(e.with(d.did, s.other), "…")
	before, after = strings.TrimSpace(before), strings.TrimSpace(after)
	what := e.with(d.title, s.other)
	if what == "" {
		what = e.join(" ", s.noun, before, after)
	}
	place := e.repo
	if s.title == e.repo {
		e.repo = "" // it is what the card is about
	}
	e.about(s, e.upper(what), before, after)
	e.repo = place
}

// unknown shows of a thing what things often have.
func unknown(e *event, s *subject) error {
	if s.number == "" && s.title == "" {
		for _, key := range []string{"discussion", "pull_request", "issue", "project", "team", "member"} {
			if v := e.get(key); v.is('{') {
				on := v.read(nil)
				s.number, s.title = e.number(on.get("number")), e.nameOf(on)
				if s.url == "" {
					s.url = e.url(on.get("html_url"))
				}
				break
			}
		}
	}
	url := s.url
	if url == "" {
		url = e.home
	}
	e.excerpt(e.name, first(e.it.get("body"), e.it.get("description")), url)
	e.list("Labels", e.it.get("labels"), "name")
	e.fact("State", spaced(e.line(first(e.it.get("conclusion"), e.it.get("status"), e.it.get("state")))))
	if s := e.line(e.it.get("severity")); s != "" {
		e.severity(s)
	}
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

// names are the members that say what people call a thing, best first.
var names = []string{"title", "full_name", "name", "login", "display_title", "tag_name", "environment", "property_name", "ref", "summary"}

// nameOf is what people call a thing.
func (e *event) nameOf(o object) string {
	for _, key := range names {
		if s := e.line(o.get(key)); s != "" {
			return s
		}
	}
	return ""
}

// changed shows what an edit changed: from is in the payload's changes, what it
// is now in o, unless changes says that, too.
func (e *event) changed(o object) {
	n := 0
	for key, c := range e.get("changes").members() {
		was := c.at("from")
		if !was.given() && !c.at("to").given() {
			continue
		}
		now := c.at("to")
		if !now.given() {
			now = o.get(string(key))
		}
		if n++; n <= maxChanges {
			e.fromTo(e.upper(spaced(oneLine(string(key)))), e.plain(was), e.plain(now))
		}
	}
	if n > maxChanges {
		e.fact("Other changes", e.num(int64(n-maxChanges)))
		e.notes.AddAt("changes", chat.Shortened, "changes", n-maxChanges)
	}
}

// fromTo is a field of what was and what is.
func (e *event) fromTo(name, was, now string) {
	if was == now {
		return
	}
	if was == "" {
		was = "none"
	}
	if now == "" {
		now = "none"
	}
	e.fact(name, e.text(was, " → ", now))
}

// plain is a value in a few words.
func (e *event) plain(v value) string {
	switch {
	case v.is('{'):
		return e.nameOf(v.read(nil))
	case v.is('['):
		list, n := "", 0
		for el := range v.elements() {
			if n++; n > maxChanges {
				return e.text(list, ", …")
			}
			list = e.join(", ", list, e.plain(el))
		}
		return list
	case string(v) == "true":
		return "yes"
	case string(v) == "false":
		return "no"
	default:
		return e.short(e.line(v), valueChars)
	}
}

// ping tells that a webhook was set up.
func ping(e *event) error {
	hook := e.get("hook")
	e.card.Colour = info
	e.card.At = first(hook.at("updated_at"), hook.at("created_at")).time()
	what := "Webhook connected"
	if t := strings.ToLower(e.line(hook.at("type"))); t != "" {
		what = e.text(e.upper(t), " webhook connected")
	}
	e.say(what, "", "connected a webhook")
	if t := e.mem.Text(e.line(e.get("zen"))); t != nil {
		e.mem.Body.Add(chat.Block{Text: t, Quoted: true})
	}
	from, n := len(e.mem.Spans), 0
	for v := range hook.at("events").elements() {
		name := e.line(v)
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
	e.beyond(n)
	e.field("Events", e.mem.Spans.Cut(from))
	return nil
}

// wiki tells of pages that were written. A forge tells of one page, and of its end.
func wiki(e *event) error {
	if page := e.line(e.get("page")); page != "" {
		e.card.Colour = info
		done := spaced(e.action)
		e.say(e.text("Wiki page ", done, ": ", page), e.under("/wiki/", page), e.text(done, " wiki page ", page))
		if t := e.mem.Text(e.line(e.get("comment"))); t != nil {
			e.para(t)
		}
		return nil
	}
	pages := e.get("pages")
	n := pages.count()
	e.card.Colour = info
	e.card.At = e.get("repository").at("updated_at").time()
	url := e.under("/wiki", "/")
	for p := range pages.elements() {
		if n == 1 {
			url = e.url(p.at("html_url"))
		}
		break
	}
	e.say(e.text("Wiki: ", e.plural(n, "page"), " changed"), url, e.text("changed ", e.plural(n, "page"), " of the wiki"))
	from, i := len(e.mem.Spans), 0
	for p := range pages.elements() {
		if i++; i > maxListed {
			continue
		}
		if i > 1 {
			e.words("\n")
		}
		e.link(e.line(first(p.at("title"), p.at("page_name"))), e.url(p.at("html_url")))
		if done := e.line(p.at("action")); done != "" {
			e.words(e.text(" ", done))
		}
	}
	e.beyond(i)
	if t := e.mem.Spans.Cut(from); len(t) > 0 {
		e.para(t)
	}
	return nil
}
