package github

import (
	"dragoman/translators/chat"
)

// maxAssets is how many files of a release are named.
const maxAssets = 3

// release tells of a release when it is published, and when it goes. GitHub
// sends up to three events for one publication; the others are silent.
func release(e *event) error {
	r := e.it
	e.author(r.get("author"))
	tag, name := e.line(r.get("tag_name")), e.line(r.get("name"))
	if name == "" || name == tag {
		name = tag
	} else if tag != "" {
		name = e.text(name, " (", tag, ")")
	}
	noun := "release"
	if r.get("prerelease").bool() {
		noun = "pre-release"
	}
	url := e.url(r.get("html_url"))
	e.card.Colour = info
	e.card.At = first(r.get("published_at"), r.get("created_at")).time()
	switch e.action {
	case "published":
		e.tellRelease(noun, "published", name, url)
	case "edited":
		changes := e.get("changes")
		if changes.is('{') && !changes.at("body").given() && !changes.at("name").given() {
			return ErrSilent // its files changed
		}
		e.m.Role = chat.UpdateOnly
		e.tellRelease(noun, "edited", name, url)
	case "deleted", "unpublished":
		e.card.Colour = closed
		e.tellRelease(noun, e.action, name, "")
		return nil
	default:
		return ErrSilent
	}
	e.excerpt("release.body", r.get("body"), url)
	e.assets(r.get("assets"))
	return nil
}

func (e *event) tellRelease(noun, done, name, url string) {
	e.say(e.join(": ", e.text(e.upper(noun), " ", done), name), url, e.join(" ", done, noun, name))
}

// assets names the first files of a release.
func (e *event) assets(list value) {
	from, n := len(e.mem.Spans), 0
	for a := range list.elements() {
		if n++; n > maxAssets {
			continue
		}
		if n > 1 {
			e.words(", ")
		}
		e.link(e.line(a.at("name")), e.url(a.at("browser_download_url")))
	}
	if n > maxAssets {
		e.words(e.text(" and ", e.plural(n-maxAssets, "other")))
	}
	e.field("Files", e.mem.Spans.Cut(from))
}
