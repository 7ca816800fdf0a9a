package github

import (
	"fmt"
	"strconv"
	"strings"

	"dragoman/translators/chat"
)

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

// list is a field that names the elements of an array, with the addresses they
// have. Elements are named by the first of the keys that they have.
func (e *event) list(name string, array value, keys ...string) {
	from := len(e.mem.Spans)
	n := e.names(array, 0, keys...)
	if n > maxListed {
		e.words(fmt.Sprintf(" and %d more", n-maxListed))
	}
	e.field(name, e.mem.Spans.Cut(from))
}

// names appends the names of elements as list does, after n others, and returns
// how many there are.
func (e *event) names(array value, n int, keys ...string) int {
	for v := range array.elements() {
		label := ""
		for _, key := range keys {
			if label = v.at(key).line(); label != "" {
				break
			}
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
		e.link(label, v.at("html_url").url())
	}
	return n
}

// subject is what an event is about, when people know it by number and title.
type subject struct {
	noun   string // "pull request"
	number string
	title  string
	url    string
}

func (e *event) subject(noun string, o object) subject {
	return subject{noun, number(first(o.get("number"), e.get("number"))), o.get("title").line(), o.get("html_url").url()}
}

// number is digits, or nothing.
func number(v value) string {
	if n := v.int(); n > 0 {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// short is "#12 Title", or what there is of it.
func (s subject) short() string { return join(" ", hash(s.number), s.title) }

// long is "pull request #12: Title", or what there is of it.
func (s subject) long() string { return join(": ", join(" ", s.noun, hash(s.number)), s.title) }

func hash(number string) string {
	if number == "" {
		return ""
	}
	return "#" + number
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// about says what happened to a subject: "What: #12 Title" is the title, and
// "ana" + before + "pull request #12: Title" + after the notification line.
func (e *event) about(s subject, what, before, after string) {
	e.say(join(": ", what, s.short()), s.url, join(" ", before, s.long(), after))
}

// words of a name with underscores: "ready_for_review" is "ready for review".
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// upper is s with its first letter, if that is an ASCII one, in upper case.
func upper(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// plural is "1 commit", "2 commits".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// hashChars is how much of a commit's hash is shown, as GitHub does.
const hashChars = 7

// short hash of a commit; empty for the hash of zeros, which is no commit.
func sha(v value) string {
	s := v.line()
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return s[:cutAt(s, hashChars)]
}

// cutAt is the number of bytes of the first max code points of s.
func cutAt(s string, max int) int {
	for i := range s {
		if max == 0 {
			return i
		}
		max--
	}
	return len(s)
}
