// Package github reads GitHub's webhook events. Each becomes one card: who did
// it, what happened, in which state that left the thing, what people wrote, and
// the facts. It writes nothing: GitHub takes no messages.
//
// What a card says of an event is made of plain words: only the bodies which
// GitHub itself shows as Markdown are read as such.
package github

import (
	"errors"
	"fmt"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// ErrSilent is returned for an event which says nothing to a reader of a
// channel, such as a check that has begun. It is not a failure.
var ErrSilent = errors.New("github: nothing to say")

// Read reads the event named in.Event, or, when that is empty, the one that the
// body can only be. m gets a single Group block and a summary in one line.
// Read errs for a body that is no JSON object and for one whose event cannot be
// told; it returns ErrSilent, and leaves m without blocks, where nothing is to be said.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	name, body, err := delivery(in)
	if err != nil {
		return err
	}
	e := newEvent(m, n, name, body)
	read := e.row.read
	if read == nil {
		read = generic
	}
	if err := read(e); err != nil {
		return err
	}
	e.finish()
	chat.Normalize(m)
	if len(m.Blocks) == 0 {
		return fmt.Errorf("github: %s: %w", name, chat.ErrEmpty)
	}
	return nil
}

// event is a delivery while it is read: its top level, what all events share,
// and the card that it becomes.
type event struct {
	object        // its members
	it     object // the members of what it is about; see row.of
	*row
	action string
	m      *chat.Message
	mem    *chat.Arena
	notes  *chat.Notes
	card   *chat.Card
	repo   string // owner/name, or what there is of it; or the organization
	home   string // address of the repository; may be empty
	host   string // "https://github.com"; may be empty
	body   int    // where the card's blocks begin in mem.Body
	fields int    // where its fields begin in mem.Fields

	ink     strings.Builder // all that is shown; see text.go
	escapes jsonr.Doc
	top     [24]member // room for object
	inner   [80]member // and for it
}

func newEvent(m *chat.Message, n *chat.Notes, name string, body value) *event {
	m.Origin = chat.GitHub
	mem := m.Mem()
	e := &event{
		row: lookup(name), m: m, mem: mem, notes: n, card: mem.Card(),
		body: len(mem.Body), fields: len(mem.Fields),
	}
	e.ink.Grow(1 << 10)
	e.object, e.it = body.dive(e.of, e.top[:0], e.inner[:0])
	if e.upright(name) {
		e.it = e.get(e.of).read(e.inner[:0])
	}
	e.action = actionName(name, e.line(e.get("action")))
	e.author(e.get("sender"))
	e.place()
	if a := &e.card.Author; a.URL == "" && e.host != "" && isName(a.Name) {
		a.URL = e.text(e.host, "/", a.Name) // old forges give no address
	}
	return e
}

// place takes the repository, else the organization, as the card's footer.
func (e *event) place() {
	for k, v := range e.get("repository").members() {
		switch string(k) {
		case "full_name":
			e.repo = e.line(v)
		case "html_url":
			e.home = e.url(v)
		}
		if e.repo != "" && e.home != "" {
			break // a repository has a hundred members, and these are among the first
		}
	}
	if e.repo == "" {
		e.repo = e.line(e.get("repository").at("name"))
	}
	e.host = hostOf(e.home)
	if e.host == "" {
		e.host = hostOf(e.card.Author.URL)
	}
	if e.repo == "" {
		e.repo = e.line(e.get("organization").at("login"))
		if e.repo == "" {
			e.repo = e.line(first(e.get("enterprise").at("name"), e.get("installation").at("account", "login")))
		} else if e.host != "" && isName(e.repo) {
			e.home = e.text(e.host, "/", e.repo)
		}
	}
	// Without the address: no embed can link its footer, and the title leads there.
	e.card.Footer = chat.Badge{Name: e.repo}
}

// author takes a user as the card's author, unless it has one.
func (e *event) author(user value) {
	a := &e.card.Author
	if a.Name != "" || !user.is('{') {
		return
	}
	for k, v := range user.members() {
		switch string(k) {
		case "login", "username": // forges have both, old ones only the second
			if a.Name == "" {
				a.Name = e.line(v)
			}
		case "html_url":
			a.URL = e.url(v)
		case "avatar_url":
			a.Icon = e.url(v)
		}
	}
}

// say is the card's title, the address that it leads to, and the notification
// line: "ana" + did + "in owner/repo", or, if nobody is named, the title.
func (e *event) say(title, url, did string) {
	if url == "" {
		url = e.home
	}
	e.card.Title = e.mem.Text(title)
	e.card.URL = url
	line := title
	if who := e.card.Author.Name; who != "" {
		line = e.text(who, " ", did)
	}
	e.sum(line)
}

// sum is the notification line, to which it adds the place.
func (e *event) sum(line string) {
	if e.repo != "" {
		line = e.text(line, " in ", e.repo)
	}
	e.m.Summary = e.mem.Text(line)
}

// finish puts the card together.
func (e *event) finish() {
	if fields := e.mem.Fields.Cut(e.fields); len(fields) > 0 {
		e.mem.Body.Add(chat.Block{Kind: chat.Fields, Fields: fields})
	}
	e.card.Body = e.mem.Body.Cut(e.body)
	e.m.Add(chat.Block{Kind: chat.Group, Card: e.card})
}

// hostOf is scheme and host of an address.
func hostOf(url string) string {
	scheme := strings.Index(url, "://")
	if scheme < 0 {
		return ""
	}
	if end := strings.IndexAny(url[scheme+3:], "/?#"); end >= 0 {
		return url[:scheme+3+end]
	}
	return url
}

// isName reports whether s can stand in an address as it is.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < '0' && c != '-' && c != '.' || c > '9' && c < 'A' || c > 'Z' && c < 'a' && c != '_' || c > 'z' {
			return false
		}
	}
	return s != ""
}
