package github

import (
	"slices"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

const (
	discordBodyChars = 500   // measured: Discord shows about so much, with the ellipsis
	discordEllipsis  = "..." // disputed: or after a whole word
)

// discordBody appends the beginning of what somebody wrote. Discord knows nothing
// of GitHub's Markdown and shows it as its own: a picture is "!" and a link, a
// table is its source, and ":tada:" stays that. Tags of HTML are taken out,
// which one message shows, and comments are not, of which proxies complain.
func (e *event) discordBody(path string, body value) {
	src, tags := untagged(strings.TrimSpace(body.str()))
	src = strings.TrimSpace(src)
	if tags > 0 {
		e.notes.AddAt(path, chat.Dropped, "html", tags)
	}
	if cut := cutAt(src, discordBodyChars); cut < len(src) {
		e.notes.AddAt(path, chat.Shortened, "body", len([]rune(src[cut:])))
		src = strings.TrimRight(src[:chat.Cut(src, discordBodyChars-len(discordEllipsis))], " \t\r\n") + discordEllipsis
	}
	if src == "" {
		return
	}
	from := len(e.mem.Body)
	e.notes.Enter(path, -1)
	e.mem.Body = markdown.Parse(e.mem.Body, e.notes, src, markdown.ParseOptions{Mem: e.mem, Place: markdown.Description})
	e.notes.Leave()
	for i := range e.mem.Body[from:] {
		asWords(e.mem.Body[from+i].Text)
	}
}

// asWords makes words of everything in t that is neither words nor a link, as it
// was written: an id at GitHub's means nobody at Discord.
func asWords(t chat.Text) {
	for i := range t {
		s := &t[i]
		switch s.Kind {
		case chat.Words, chat.Link:
			continue
		case chat.User:
			s.Text = "<@" + s.Ref + ">"
		case chat.UserGroup:
			s.Text = "<@&" + s.Ref + ">"
		case chat.Channel:
			s.Text = "<#" + s.Ref + ">"
		case chat.Everyone, chat.Emoji, chat.Time, chat.Icon: // their text says it
		}
		*s = chat.Span{Style: s.Style, Text: s.Text}
	}
}

// htmlTags are the elements that GitHub lets people write; "<T>" is none of them.
var htmlTags = strings.Fields(`a abbr b bdo blockquote br caption center cite code col colgroup dd del details dfn div
dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp small
source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr`)

// untagged is s without its tags, and how many those were.
func untagged(s string) (string, int) {
	if strings.IndexByte(s, '<') < 0 {
		return s, 0
	}
	var out strings.Builder
	tags := 0
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		end := tagEnd(s[open:])
		if end == 0 {
			out.WriteString(s[:open+1])
			s = s[open+1:]
			continue
		}
		tags++
		out.WriteString(s[:open])
		s = s[open+end:]
	}
	out.WriteString(s)
	return out.String(), tags
}

// tagEnd is the length of the tag that s, which begins with "<", begins with; 0
// when that is none. A tag ends before the next "<", so that each byte is looked
// at no more than twice.
func tagEnd(s string) int {
	end := strings.IndexAny(s[1:], "<>") + 1
	if end == 0 || s[end] == '<' {
		return 0
	}
	name := strings.TrimPrefix(s[1:end], "/")
	if stop := strings.IndexAny(name, " \t\r\n/"); stop >= 0 {
		name = name[:stop]
	}
	const longest = 16
	if len(name) > longest || !slices.Contains(htmlTags, strings.ToLower(name)) {
		return 0
	}
	return end + 1
}
