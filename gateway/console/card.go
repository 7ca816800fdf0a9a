package console

import (
	"fmt"

	"dragoman/translators/chat"
)

// card draws what Slack calls an attachment and Discord an embed.
func (p *pen) card(c *chat.Card) {
	p.open("section", "card")
	p.bar(c.Colour)
	if c.Spoiler {
		p.begin("div", "framed spoiler")
		p.attr("tabindex", "0")
		p.end()
	} else {
		p.open("div", "framed")
	}
	p.open("div", "inside")
	p.badge("author", c.Author)
	if len(c.Title) > 0 {
		p.open("p", "title")
		if c.URL == "" {
			p.spans(c.Title)
		} else {
			linked := p.openLink(c.URL)
			for i := range c.Title { // its own links would be links in a link
				p.span(&c.Title[i])
			}
			p.closeLink(linked, c.URL)
		}
		p.close("p")
	}
	p.blocks(c.Body)
	p.close("div")
	if c.Thumb.URL != "" {
		p.open("div", "thumb")
		p.asset(&c.Thumb)
		p.close("div")
	}
	p.footer(c)
	p.close("div")
	p.close("section")
}

// bar draws the colour of a card. A picture may have a colour of its own where
// the page's policy forbids an element to have a style of its own.
func (p *pen) bar(c chat.Colour) {
	rgb, ok := c.RGB()
	if !ok {
		rgb, _ = p.look.bar.RGB()
	}
	p.begin("svg", "bar")
	p.attr("aria-hidden", "true")
	p.end()
	p.begin("rect", "")
	p.attr("width", "100%")
	p.attr("height", "100%")
	p.attr("fill", fmt.Sprintf("#%06x", rgb))
	p.end()
	p.close("rect")
	p.close("svg")
}

func (p *pen) badge(class fixed, b chat.Badge) {
	if b == (chat.Badge{}) {
		return
	}
	p.open("p", class)
	p.named(b)
	p.close("p")
}

func (p *pen) named(b chat.Badge) {
	if b.Icon != "" {
		p.icon(b.Icon, "")
	}
	linked := b.URL != "" && p.openLink(b.URL)
	p.text(b.Name)
	if b.URL != "" {
		p.closeLink(linked, b.URL)
	}
}

func (p *pen) footer(c *chat.Card) {
	if c.Footer == (chat.Badge{}) && c.At.IsZero() {
		return
	}
	p.open("p", "footer")
	p.named(c.Footer)
	if !c.At.IsZero() {
		if c.Footer != (chat.Badge{}) {
			p.element("span", "dot", " • ")
		}
		p.moment("", c.At, c.At.Format(p.look.stamp))
	}
	p.close("p")
}

func (p *pen) media(list []chat.Asset) {
	if len(list) == 0 {
		return
	}
	p.open("div", "media")
	for i := range list {
		p.asset(&list[i])
	}
	p.close("div")
}

var assetWords = [...]string{chat.Picture: "Picture", chat.Video: "Video", chat.Document: "File"}

// asset draws the place of a picture, video or file, with what is known of it.
// It is not fetched, for the reason given at icon.
func (p *pen) asset(a *chat.Asset) {
	class := fixed("asset")
	if a.Spoiler {
		class = "asset spoiler"
	}
	p.begin("figure", class)
	if a.Spoiler {
		p.attr("tabindex", "0")
	}
	p.end()
	p.open("figcaption", "")
	p.element("span", "what", assetWords[a.Kind])
	if a.Title != "" {
		p.element("b", "", a.Title)
	}
	if a.Alt != "" && a.Alt != a.Title {
		p.element("span", "alt", a.Alt)
	}
	if a.Bytes > 0 {
		p.element("span", "size", size(a.Bytes))
	}
	p.close("figcaption")
	p.element("span", "address", a.URL)
	p.close("figure")
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
