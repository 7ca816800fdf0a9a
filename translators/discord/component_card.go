package discord

import (
	"bytes"
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

// headline is one text of a card that stands before its body.
type headline struct {
	key    string // where it stands in the card
	role   role
	blocks []chat.Block
}

// opening writes what comes before the body of a card: author and title, with the
// thumbnail beside them. The author's picture is the thumbnail where there is
// none. It returns how many blocks of the body it wrote, because there was room
// for them beside the thumbnail.
func (l *layout) opening(c *chat.Card) (written int) {
	l.spans = l.spans[:0]
	var all [maxSectionTexts]headline
	lines := l.headlines(all[:0], c)
	acc := l.thumbnail(c)
	if acc.none() {
		for _, h := range lines {
			l.headline(h, acc)
		}
	} else {
		if n := texts(c.Body); n > 0 && c.Body[0].Level == 0 && len(lines) < maxSectionTexts && sizeOf(lines)+mostOfAll(c.Body[:n]) <= maxTextDisplay {
			lines, written = append(lines, headline{"body", 0, c.Body[:n]}), n
		}
		l.beheld(lines, acc)
	}
	if c.Thumb.URL != "" {
		l.n.Enter("thumb", -1)
		if acc.role == roleThumb {
			l.titled(&c.Thumb)
		} else {
			l.media([]chat.Asset{c.Thumb})
		}
		l.n.Leave()
	}
	return written
}

// headline writes h as a text of its own.
func (l *layout) headline(h headline, acc accessory) {
	l.enter(h)
	l.display(h.blocks, h.role, acc)
	l.n.Leave()
}

// beheld writes texts side by side with a picture: in one section if one part can
// hold them, else the first of them.
func (l *layout) beheld(lines []headline, acc accessory) {
	if len(lines) == 0 || sizeOf(lines) > maxTextDisplay {
		if len(lines) == 0 {
			l.alone(acc)
		}
		for _, h := range lines {
			l.headline(h, acc)
			acc = accessory{}
		}
		return
	}
	l.text = l.text[:0]
	var ends [maxSectionTexts]int
	size := 0
	said := lines[:0]
	for _, h := range lines {
		l.enter(h)
		var used int
		mark := len(l.text)
		l.text = append(l.text, '\n') // what is written looks at what stands before
		l.text, _, used = markdown.FitBlocks(l.text, h.blocks, chat.Pos{}, maxTextDisplay, markdown.Content, &l.opt, l.n)
		l.n.Leave()
		if len(bytes.TrimSpace(l.text[mark:])) == 0 {
			l.text = l.text[:mark]
			continue
		}
		ends[len(said)], size = len(l.text), size+used
		said = append(said, h)
	}
	switch {
	case len(said) == 0:
		l.alone(acc)
		return
	case !l.room(2+len(said), size, acc.uploads()):
		for _, h := range said {
			l.lose(left(h.blocks))
		}
		l.lose(0, 1)
		return
	}
	l.component(typeSection, 0)
	l.body.Key("components")
	l.body.OpenArray()
	from := 0
	for i, h := range said {
		from++
		l.pings(h.blocks, chat.Pos{}, chat.Pos{Block: len(h.blocks)})
		l.say(h.role, l.text[from:ends[i]])
		from = ends[i]
	}
	l.body.CloseArray()
	l.accessory(acc)
	l.body.Close()
}

// enter goes to where h stands.
func (l *layout) enter(h headline) {
	if h.role == 0 && h.key == "body" {
		l.n.EnterRun(h.key, 0)
	} else {
		l.n.Enter(h.key, -1)
	}
}

func sizeOf(lines []headline) int {
	n := 0
	for i := range lines {
		n += mostOfAll(lines[i].blocks)
	}
	return n
}

func mostOfAll(blocks []chat.Block) int {
	n := 0
	for i := range blocks {
		n += most(&blocks[i])
	}
	return n
}

// headlines are author, title and where the title leads.
func (l *layout) headlines(dst []headline, c *chat.Card) []headline {
	if t := l.badge("author", &c.Author); len(t) > 0 {
		for i := range t {
			embolden(&t[i])
		}
		dst = append(dst, headline{"author", roleAuthor, []chat.Block{{Text: t}}})
	}
	url := c.URL
	if url != "" && !isLink(url) {
		l.n.AddAt("url", chat.Unlinked, "url", 0)
		url = ""
	}
	if len(c.Title) > 0 {
		title, led := l.title(c.Title, url)
		r := roleTitle
		if led {
			r, url = roleLinkedTitle, ""
		}
		dst = append(dst, headline{"title", r, []chat.Block{{Kind: chat.Heading, Level: 3, Text: title}}})
	}
	switch {
	case url != "":
		dst = append(dst, headline{"url", roleURL, []chat.Block{{Text: inText(url)}}})
	case !isLink(c.URL) && c.URL != "":
		dst = append(dst, headline{"url", 0, []chat.Block{{Text: chat.Text{{Text: c.URL}}}}})
	}
	return dst
}

// title is the title of a card on one line, as a link to url where it holds words
// and no link already.
func (l *layout) title(t chat.Text, url string) (out chat.Text, led bool) {
	linked, lines := url != "", false
	for i := range t {
		linked = linked && t[i].Kind != chat.Link
		led = led || t[i].Kind == chat.Words && strings.TrimSpace(t[i].Text) != ""
		lines = lines || strings.ContainsAny(t[i].Text, "\r\n")
	}
	if led = led && linked; !led && !lines {
		return t, false
	}
	from := len(l.spans)
	for _, s := range t {
		s.Text = oneLine(s.Text)
		if led && s.Kind == chat.Words {
			s.Kind, s.Ref = chat.Link, url
		}
		l.spans = append(l.spans, s)
	}
	return l.spans[from:len(l.spans):len(l.spans)], led
}

// thumbnail is what stands beside the head of a card.
func (l *layout) thumbnail(c *chat.Card) (acc accessory) {
	switch {
	case c.Thumb.URL != "" && isThumb(&c.Thumb):
		acc = accessory{asset: untitled(&c.Thumb), role: roleThumb}
	case c.Author.Icon != "":
		if icon := (chat.Asset{URL: c.Author.Icon}); isThumb(&icon) {
			return accessory{asset: &icon, role: roleIcon}
		}
	}
	l.icon("author", c.Author.Icon)
	return acc
}

// icon notes a picture that has no place.
func (l *layout) icon(key, icon string) {
	if icon == "" {
		return
	}
	loss := chat.Dropped
	if !isMedia(icon) {
		loss = chat.Unlinked
	}
	l.n.Enter(key, -1)
	l.n.AddAt("icon", loss, "icon_url", 0)
	l.n.Leave()
}

// badge is the name of an author or footer, as a link where it leads somewhere.
func (l *layout) badge(key string, b *chat.Badge) chat.Text {
	s := chat.Span{Text: strings.TrimSpace(b.Name)}
	if b.URL != "" {
		s.Kind, s.Ref = chat.Link, b.URL
		if s.Text == "" {
			s.Text = b.URL
			l.n.AddAt(key, chat.Flattened, "url", 0)
		}
		s.Text = oneLine(s.Text)
	}
	if s.Text == "" {
		return nil
	}
	if key == "author" {
		s.Text = oneLine(s.Text)
	}
	return chat.Text{s}
}

// footMark parts the footer from the time.
const footMark = " • "

// closing writes footer and time of a card, small, line by line.
func (l *layout) closing(c *chat.Card) {
	l.icon("footer", c.Footer.Icon)
	t := l.badge("footer", &c.Footer)
	if len(t) == 0 && c.At.IsZero() {
		return
	}
	var blocks []chat.Block
	if len(t) > 0 {
		for line := range strings.SplitSeq(t[0].Text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				s := t[0]
				s.Text = line
				blocks = append(blocks, chat.Block{Kind: chat.Small, Text: chat.Text{s}})
			}
		}
	}
	if !c.At.IsZero() {
		at := chat.Span{Kind: chat.Time, Ref: chat.DateClock, At: c.At.Unix(), Text: c.At.In(l.opt.Zone).Format(time.DateTime)}
		if n := len(blocks); n > 0 {
			blocks[n-1].Text = append(blocks[n-1].Text, chat.Span{Text: footMark}, at)
		} else {
			blocks = append(blocks, chat.Block{Kind: chat.Small, Text: chat.Text{at}})
		}
	}
	l.n.Enter("footer", -1)
	l.display(blocks, roleFooter, accessory{})
	l.n.Leave()
}
