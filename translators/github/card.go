package github

import "dragoman/translators/chat"

// The colours say in which state an event leaves its thing. They are those of
// GitHub's own pages (Primer, light).
var (
	open      = chat.RGB(0x1f883d) // open, succeeded, approved
	merged    = chat.RGB(0x8250df) // merged, done, answered
	closed    = chat.RGB(0xcf222e) // closed, failed, refused, deleted
	neutral   = chat.RGB(0x6e7781) // draft, skipped, not planned
	pending   = chat.RGB(0xbf8700) // waiting, running, wants a person
	info      = chat.RGB(0x0969da) // pushes, releases
	forced    = chat.RGB(0xbc4c00) // history was rewritten
	comment   = chat.RGB(0x54aeff) // somebody said something
	critical  = chat.RGB(0xa40e26) // security, at its worst
	sponsored = chat.RGB(0xbf3989)
	starred   = chat.RGB(0xeac54f)
)

// maxListed is how many labels, people or the like a field names.
const maxListed = 20

// The functions below append to the run of spans that is being built:
//
//	from := len(e.mem.Spans)
//	e.words("…"); e.link("…", url)
//	text := e.mem.Spans.Cut(from)

func (e *event) words(s string) { e.mem.Spans.Add(chat.Span{Text: s}) }

func (e *event) mono(s string) {
	if s != "" {
		e.mem.Spans.Add(chat.Span{Text: s, Style: chat.Mono})
	}
}

// link is words when there is no address.
func (e *event) link(label, url string) { e.styled(label, url, 0) }

func (e *event) styled(label, url string, style chat.Style) {
	if label == "" {
		return
	}
	s := chat.Span{Text: label, Style: style}
	if url != "" {
		s.Kind, s.Ref = chat.Link, url
	}
	e.mem.Spans.Add(s)
}

func (e *event) para(t chat.Text) { e.mem.Body.Add(chat.Block{Text: t}) }

// field adds a fact; one without a value is left out.
func (e *event) field(name string, t chat.Text) {
	if len(t) == 0 {
		return
	}
	e.mem.Fields.Add(chat.Field{
		Name:   e.mem.Text(name),
		Body:   e.mem.Inner.One(chat.Block{Text: t}),
		Inline: true,
	})
}

// fact is a field of plain words.
func (e *event) fact(name, words string) { e.field(name, e.mem.Text(words)) }

// code is a field of a name as it stands in code: a branch, a path.
func (e *event) code(name, words string) {
	from := len(e.mem.Spans)
	e.mono(words)
	e.field(name, e.mem.Spans.Cut(from))
}

// linked is a field of words which lead to an address, if there is one.
func (e *event) linked(name, words, url string) {
	from := len(e.mem.Spans)
	e.link(words, url)
	e.field(name, e.mem.Spans.Cut(from))
}

// file is a field of a path and, when it is known, a line in it.
func (e *event) file(path, line value) {
	place := e.line(path)
	if n := e.number(line); n != "" && place != "" {
		place = e.text(place, ":", n)
	}
	e.code("File", place)
}

// list is a field that names the elements of an array, with the addresses they
// have. Elements are named by the first of the keys that they have.
func (e *event) list(name string, array value, keys ...string) {
	from := len(e.mem.Spans)
	e.beyond(e.names(array, 0, keys...))
	e.field(name, e.mem.Spans.Cut(from))
}

// names appends the names of elements as list does, after n others, and returns
// how many there are.
func (e *event) names(array value, n int, keys ...string) int {
	for v := range array.elements() {
		label := e.line(v)
		for _, key := range keys {
			if label != "" {
				break
			}
			label = e.line(v.at(key))
		}
		if label == "" {
			continue
		}
		if n++; n > maxListed {
			continue
		}
		if n > 1 {
			e.words(", ")
		}
		e.link(label, e.url(v.at("html_url")))
	}
	return n
}

// beyond says how many of n things were not listed.
func (e *event) beyond(n int) {
	if n > maxListed {
		e.words(e.text(" and ", e.num(int64(n-maxListed)), " more"))
	}
}

// subject is what an event is about.
type subject struct {
	noun   string // "pull request"
	number string // which people know it by; often empty
	title  string // or its name
	url    string
	other  string // of two things the other one: "%" in a deed
}

func (e *event) subject(noun string, o object) subject {
	return subject{
		noun:   noun,
		number: e.number(first(o.get("number"), e.get("number"))),
		title:  e.line(o.get("title")),
		url:    e.url(o.get("html_url")),
	}.found(e)
}

// found is s with an address: old forges give none. That of an issue leads to a
// pull request, too.
func (s subject) found(e *event) subject {
	if s.url == "" && s.number != "" && s.noun != "discussion" {
		s.url = e.under("/issues/", s.number)
	}
	return s
}

// brief is "#12 Title", or what there is of it.
func (e *event) brief(s *subject) string {
	return e.join(" ", e.hash(s.number), s.title)
}

// full is "pull request #12: Title" or "label bug", or what there is of it.
func (e *event) full(s *subject) string {
	if s.number == "" {
		return e.join(" ", s.noun, s.title)
	}
	return e.join(": ", e.join(" ", s.noun, e.hash(s.number)), s.title)
}

func (e *event) hash(number string) string {
	if number == "" {
		return ""
	}
	return e.text("#", number)
}

// about says what happened to a subject: "What: #12 Title" is the title, and
// "ana" + before + "pull request #12: Title" + after the notification line.
func (e *event) about(s subject, what, before, after string) {
	e.say(e.join(": ", what, e.brief(&s)), s.url, e.join(" ", before, e.full(&s), after))
}
