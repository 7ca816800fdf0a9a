package console

import (
	"net/url"
	"strings"

	"dragoman/translators/chat"
)

// styles are the elements of styled text, from the outside in.
var styles = []struct {
	style chat.Style
	tag   fixed
}{
	{chat.Bold, "strong"},
	{chat.Italic, "em"},
	{chat.Strike, "s"},
	{chat.Underline, "u"},
	{chat.Mono, "code"},
}

// spans writes a text. Line breaks stay line breaks; the style sheet keeps them.
func (p *pen) spans(t chat.Text) {
	linked := false
	for i := range t {
		s := &t[i]
		if s.Kind != chat.Link {
			p.span(s)
			continue
		}
		// Neighbours with one address are one link in several styles.
		if i == 0 || !sameLink(&t[i-1], s) {
			linked = p.openLink(s.Ref)
		}
		p.span(s)
		if i+1 == len(t) || !sameLink(s, &t[i+1]) {
			p.closeLink(linked, s.Ref)
		}
	}
}

func sameLink(a, b *chat.Span) bool {
	return a.Kind == chat.Link && b.Kind == chat.Link && a.Ref == b.Ref
}

func (p *pen) span(s *chat.Span) {
	if s.Style&chat.Spoiler != 0 {
		p.openSpoiler()
	}
	for _, x := range styles {
		if s.Style&x.style != 0 {
			p.open(x.tag, "")
		}
	}
	switch s.Kind {
	case chat.Words, chat.Link:
		p.text(s.Text)
	case chat.User, chat.UserGroup, chat.Channel, chat.Everyone:
		p.element("span", "mention", s.Text)
	case chat.Emoji:
		p.element("span", "emoji", s.Text)
	case chat.Time:
		p.timeSpan(s)
	case chat.Icon:
		p.icon(s.Ref, s.Text)
	}
	for i := len(styles) - 1; i >= 0; i-- {
		if s.Style&styles[i].style != 0 {
			p.close(styles[i].tag)
		}
	}
	if s.Style&chat.Spoiler != 0 {
		p.close("span")
	}
}

// openSpoiler begins what is hidden until it is pointed at or has the focus.
func (p *pen) openSpoiler() {
	p.begin("span", "spoiler")
	p.attr("tabindex", "0")
	p.attr("title", "Spoiler: point or focus to read")
	p.end()
}

// openLink begins a link and reports whether the address may be one.
func (p *pen) openLink(address string) bool {
	href, ok := safeAddress(address)
	if !ok {
		return false
	}
	p.begin("a", "")
	p.attr("href", href)
	p.attr("rel", "noopener noreferrer nofollow")
	p.attr("title", address)
	p.end()
	return true
}

// closeLink ends a link. An address that may not be one is written out.
func (p *pen) closeLink(linked bool, address string) {
	if linked {
		p.close("a")
		return
	}
	p.element("span", "address", " ("+address+")")
}

// safeAddress is an address that a browser may be led to: of the web or of mail.
// Everything else could be a script, or ask something of this machine.
func safeAddress(address string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "", false
	}
	switch u.Scheme { // lower case, as Parse leaves it
	case "http", "https":
		return u.String(), u.Host != ""
	case "mailto":
		return u.String(), u.Opaque != ""
	}
	return "", false
}

// icon stands for a small picture: it is not fetched, since that would tell a
// stranger who reads this page and from where.
func (p *pen) icon(address, alt string) {
	p.begin("span", "icon")
	p.attr("title", address)
	p.end()
	p.text(alt)
	p.close("span")
}
