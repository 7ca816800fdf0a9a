package github

import (
	"bytes"
	"strings"

	"dragoman/translators/chat"
)

const (
	maxCommits   = 5    // commits that a push lists, as Discord does
	subjectChars = 72   // of a commit's first line
	maxCoauthors = 3    // of one commit that are named
	fullPush     = 2048 // GitHub's limit on the commits of one push; there may have been more
)

// push tells of commits, and of branches and tags that came, moved and went.
func push(e *event) error {
	kind, ref := splitRef(e.line(e.get("ref")))
	e.author(e.get("pusher"))
	if e.card.Author.Name == "" {
		e.card.Author.Name = e.line(e.get("pusher").at("name"))
	}
	head := e.get("head_commit")
	if e.card.At = e.get("repository").at("pushed_at").time(); e.card.At.IsZero() {
		e.card.At = head.at("timestamp").time()
	}
	before, after := e.sha(e.get("before")), e.sha(e.get("after"))
	compare := e.url(first(e.get("compare"), e.get("compare_url")))
	commits := e.get("commits")
	n := max(commits.count(), int(e.get("total_commits").int()))

	created := e.get("created").bool() || before == "" && after != ""
	deleted := e.get("deleted").bool() || after == "" && before != ""
	moved := e.join(" ", "to", after)
	switch {
	case deleted:
		e.card.Colour = neutral
		e.ref("deleted", kind, ref, "")
		e.wasAt(before)
	case kind == "tag" && created:
		e.card.Colour = info
		e.ref("created", kind, ref, e.tagURL(ref))
		e.commitLine(head)
	case kind == "tag":
		e.card.Colour = forced
		e.say(e.text("Tag ", ref, " moved ", moved), compare, e.text("moved tag ", ref, " ", moved))
		e.wasAt(before)
		e.commitLine(head)
	case e.get("forced").bool():
		e.card.Colour = forced
		e.say(e.text(e.upper(e.join(" ", kind, ref)), " force-pushed ", moved), compare,
			e.join(" ", "force-pushed", kind, ref, moved))
		e.wasAt(before)
		e.commits(commits, n, compare)
	case n == 0 && created:
		e.card.Colour = info
		e.ref("created", kind, ref, e.treeURL(ref))
		if _, base := splitRef(e.line(e.get("base_ref"))); base != "" {
			e.fact("From", base)
		}
	case n == 0:
		e.card.Colour = info
		e.say(e.join(" ", e.upper(kind), ref, "moved", moved), compare, e.join(" ", "moved", kind, ref, moved))
		e.wasAt(before)
	default:
		e.card.Colour = info
		to := e.text("to ", ref)
		if created {
			to = e.join(" ", "to new", kind, ref)
		}
		url := compare
		if n == 1 {
			for c := range commits.elements() {
				url = e.url(c.at("url"))
			}
		}
		e.say(e.text(e.countCommits(n), " pushed ", to), url, e.text("pushed ", e.countCommits(n), " ", to))
		e.commits(commits, n, compare)
	}
	return nil
}

// create and remove tell of branches and tags; a push tells of the same, with
// its commits, where the hook has both.
func create(e *event) error {
	kind, ref := e.refKind()
	e.card.Colour = info
	url := e.treeURL(ref)
	if kind == "tag" {
		url = e.tagURL(ref)
	}
	e.card.At = e.get("repository").at("pushed_at").time()
	e.ref("created", kind, ref, url)
	if e.get("ref_type").str() == "repository" {
		e.excerpt("description", e.get("description"), e.home)
	}
	return nil
}

func remove(e *event) error {
	kind, ref := e.refKind()
	e.card.Colour = neutral
	e.card.At = e.get("repository").at("pushed_at").time()
	e.ref("deleted", kind, ref, "")
	return nil
}

// refKind is what a create or delete event is about. Some senders give the
// whole ref there.
func (e *event) refKind() (kind, ref string) {
	_, ref = splitRef(e.line(e.get("ref")))
	if kind = e.line(e.get("ref_type")); kind == "" {
		kind = "branch"
	}
	return kind, ref
}

// ref says what happened to a branch or tag.
func (e *event) ref(done, kind, name, url string) {
	e.say(e.join(": ", e.upper(e.join(" ", kind, done)), name), url, e.join(" ", done, kind, name))
}

func (e *event) wasAt(hash string) {
	from := len(e.mem.Spans)
	e.styled(hash, e.under("/commit/", hash), chat.Mono)
	e.field("Was at", e.mem.Spans.Cut(from))
}

func (e *event) treeURL(ref string) string { return e.under("/tree/", ref) }
func (e *event) tagURL(ref string) string  { return e.under("/releases/tag/", ref) }

// under is an address in the repository.
func (e *event) under(path, ref string) string {
	if e.home == "" || ref == "" {
		return ""
	}
	return e.text(e.home, path, e.escapePath(ref))
}

// escapePath escapes what may stand in the name of a branch but not in an
// address; slashes stay.
func (e *event) escapePath(s string) string {
	const hex = "0123456789ABCDEF"
	from := e.ink.Len()
	for i := range len(s) {
		c := s[i]
		if isName(s[i:i+1]) || c == '/' || c == '~' {
			e.ink.WriteByte(c)
		} else {
			e.ink.WriteByte('%')
			e.ink.WriteByte(hex[c>>4])
			e.ink.WriteByte(hex[c&15])
		}
	}
	return e.ink.String()[from:]
}

// splitRef splits refs/heads/main and refs/tags/v1 into kind and name.
func splitRef(ref string) (kind, name string) {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return "branch", name
	}
	if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return "tag", name
	}
	return "", ref
}

func (e *event) countCommits(n int) string {
	if n == fullPush {
		return e.text(e.num(int64(n)), "+ commits")
	}
	return e.plural(n, "commit")
}

// commits lists the first commits, one a line, and says how many more there are.
func (e *event) commits(list value, n int, compare string) {
	from, shown := len(e.mem.Spans), 0
	for c := range list.elements() {
		if shown == maxCommits {
			break
		}
		if shown > 0 {
			e.words("\n")
		}
		e.commit(c)
		shown++
	}
	if n > shown && shown > 0 {
		e.words("\n")
		label := e.text("and ", e.num(int64(n-shown)), " more")
		if n == fullPush {
			label = e.text("and ", e.num(int64(n-shown)), " or more")
		}
		e.link(label, compare)
		e.notes.AddAt("commits", chat.Shortened, "commits", n-shown)
	}
	if t := e.mem.Spans.Cut(from); len(t) > 0 {
		e.para(t)
	}
}

func (e *event) commitLine(c value) {
	if c.is('{') {
		from := len(e.mem.Spans)
		e.commit(c)
		e.para(e.mem.Spans.Cut(from))
	}
}

// commit appends a linked hash, the first line of the message, and the author.
func (e *event) commit(c value) {
	var url string
	var id, message, author value
	for k, v := range c.members() {
		switch string(k) {
		case "id", "sha":
			id = first(id, v)
		case "message":
			message = v
		case "url":
			url = e.url(v)
		case "author":
			author = v
		}
	}
	e.styled(e.sha(id), url, chat.Mono)
	if head := e.firstLine(message, subjectChars); head != "" {
		e.words(e.text(" ", head))
	}
	who := e.line(first(author.at("username"), author.at("name"), author.at("login")))
	if who = e.join(", ", who, e.coauthors(message)); who != "" {
		e.words(e.text(" – ", who))
	}
}

// coauthors are the names in the trailers of a message, "Co-authored-by: Ana <ana@example.org>".
func (e *event) coauthors(message value) string {
	const trailer = "co-authored-by:"
	if !bytes.Contains(bytes.ToLower(message), []byte(trailer)) {
		return ""
	}
	names, n := "", 0
	for line := range strings.Lines(e.str(message)) {
		line = strings.TrimSpace(line)
		if len(line) < len(trailer) || !strings.EqualFold(line[:len(trailer)], trailer) {
			continue
		}
		name, _, _ := strings.Cut(line[len(trailer):], "<")
		if n++; n > maxCoauthors {
			return e.text(names, " and others")
		}
		names = e.join(", ", names, oneLine(name))
	}
	return names
}
