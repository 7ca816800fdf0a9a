package discord

import (
	"slices"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

// budget is what the texts of the next embed may come to; none is left when the
// last part is full. Where more parts may follow an embed can always have all,
// since one that does not fit goes into the next part.
func (w *writer) budget() (chars int, ok bool) {
	if !w.last() {
		return maxEmbedTotal, true
	}
	chars = maxEmbedTotal - w.part.chars
	return chars, chars > 0 && w.part.count < maxEmbeds
}

// card writes block i as one embed, or as several where one cannot hold it.
func (w *writer) card(i int) {
	w.n.Enter("blocks", i)
	defer w.n.Leave()
	b := &w.m.Blocks[i]
	if b.Quoted {
		w.n.Add(chat.Flattened, "quote", 0)
	}
	c, body, tail := b.Card, b.Card.Body, noTail
	if i == w.tail-1 {
		tail = w.cardTail
	}
	w.n.Enter("card", -1)
	defer w.n.Leave()
	if c.Spoiler {
		w.n.Add(chat.Flattened, "spoiler", 0)
		c, body = hidden(c, body)
		tail = noTail
	}
	budget, ok := w.budget()
	if !ok || min(count(c.Author.Name), maxAuthor)+min(c.Title.Chars(), maxTitle) > budget {
		w.stop = true
		w.cutOff(left(w.m.Blocks[i : i+1]))
		return
	}
	f := feed{run: w.lower(body, "body", 0, tail), key: "body"}
	f.pictureLast(w.n)
	w.head(c, &f, budget)
	made := 0
	for {
		w.made.colour = c.Colour
		took := w.fill(&f, budget, false)
		if f.done() && w.foot(c, budget) {
			break
		}
		if !w.made.empty() {
			made++
			w.place()
		}
		budget, ok = w.budget()
		if !took && !f.done() || !ok || w.last() && budget < least {
			w.stop = w.last()
			chars, pics := f.rest()
			w.cutOff(chars+count(c.Footer.Name), pics)
			break
		}
	}
	if !w.made.empty() {
		made++
		w.place()
	}
	if made > 1 {
		w.n.Add(chat.Split, "embed", made)
	}
}

// head begins the first embed of a card.
func (w *writer) head(c *chat.Card, f *feed, budget int) {
	d := &w.made
	d.author, d.authorIcon = w.name("author", &c.Author, maxAuthor, budget)
	if d.authorURL = w.address("author", "url", c.Author.URL); d.authorURL == "" && c.Author.URL != "" && c.Author.Name != "" && c.Author.Name != c.Author.URL {
		f.below(inText(c.Author.URL))
	}
	d.thumb = w.thumb(c, f)
	url := w.address("url", "url", c.URL)
	switch {
	case c.URL == "":
	case url == "":
		if c.URL != c.Title.Plain() {
			f.below(inText(c.URL))
		}
	case d.author.empty() && d.thumb.URL == "" && len(c.Title) == 0 && c.Footer == (chat.Badge{}) && len(f.blocks) == 0:
		// An address alone is no embed.
		w.n.AddAt("url", chat.Flattened, "url", 0)
		f.prepend(linked(nil, url))
		return
	case slices.Contains(w.part.urls, url):
		// Embeds with one url are shown as one: the link goes into the text.
		w.n.AddAt("url", chat.Flattened, "url", 0)
		f.prepend(linked(c.Title, url))
		return
	}
	d.url = url
	start := len(w.text)
	var next chat.Cursor
	var used int
	w.text, next, used = markdown.Fit(w.text, c.Title, chat.Cursor{}, min(maxTitle, budget-d.chars), markdown.Title, &w.opt, w.n)
	d.title = cut{start, len(w.text)}
	d.chars += used
	if next != chat.End && len(c.Title) > 0 {
		w.n.AddAt("title", chat.Flattened, "title", 0)
		f.prepend(trimLeft(from(c.Title, next)))
	}
}

// linked is a title as a bold link.
func linked(title chat.Text, url string) chat.Text {
	if len(title) == 0 {
		return chat.Text{{Kind: chat.Link, Text: url, Ref: url}}
	}
	return chat.Text{{Kind: chat.Link, Style: chat.Bold, Text: title.Plain(), Ref: url}}
}

// prepend puts a text before what is to be written.
func (f *feed) prepend(t chat.Text) { f.insert(0, t) }

// below puts a text under the text that is to be written first, which reads better
// than an address at its head. A link that stands in that text already is enough.
func (f *feed) below(t chat.Text) {
	end := 0
	for end < len(f.blocks) && isText(&f.blocks[end]) {
		if b := &f.blocks[end]; b.Kind != chat.Code && slices.ContainsFunc(b.Text, func(s chat.Span) bool {
			return s.Kind == chat.Link && s.Ref == t[0].Ref
		}) {
			return
		}
		end++
	}
	f.insert(end, t)
}

func (f *feed) insert(at int, t chat.Text) {
	if len(t) == 0 {
		return
	}
	from := make([]origin, 0, len(f.blocks)+1)
	for i := range f.blocks {
		from = append(from, origin{f.index(i), f.thumb(i), f.row(i)})
	}
	var here origin
	if at > 0 {
		here.index = f.index(at - 1)
	}
	f.from = slices.Insert(from, at, here)
	f.blocks = slices.Insert(slices.Clone(f.blocks), at, chat.Block{Kind: chat.Para, Text: t})
}

// name takes the name of a badge as plain text. One with a picture alone gets a
// blank, since Discord shows no badge without a name.
func (w *writer) name(key string, b *chat.Badge, max, budget int) (text cut, icon string) {
	d := &w.made
	w.n.Enter(key, -1)
	defer w.n.Leave()
	if b.Icon != "" {
		if isMedia(b.Icon) {
			icon = b.Icon
		} else {
			w.n.AddAt("icon", chat.Unlinked, "icon_url", 0)
		}
	}
	name := b.Name
	if name == "" {
		name = b.URL
	}
	if name == "" && icon == "" {
		return cut{}, ""
	}
	if name == "" {
		name = blank
	}
	start := len(w.text)
	w.text = append(w.text, w.short("name", name, min(max, budget-d.chars))...)
	d.chars += count(string(w.text[start:]))
	return cut{start, len(w.text)}, icon
}

// thumb is the card's thumbnail when it can be shown; else it is a picture or a
// link before the text.
func (w *writer) thumb(c *chat.Card, f *feed) chat.Asset {
	a := c.Thumb
	if a.URL == "" {
		return a
	}
	if isShown(&a) {
		if a.Title != "" {
			w.n.AddAt("thumb", chat.Flattened, "title", 0)
			f.prepend(chat.Text{{Text: a.Title, Style: chat.Bold}})
			if a.Title == a.Alt {
				a.Alt = ""
			}
		}
		return a
	}
	w.n.Enter("thumb", -1)
	defer w.n.Leave()
	l := lowering{w: w}
	l.asset(&a, &chat.Block{})
	if len(l.blocks) > 0 {
		f.prepend(l.blocks[0].Text)
	}
	return chat.Asset{}
}

// foot ends the last embed of a card. It reports false when the footer needs an
// embed of its own.
func (w *writer) foot(c *chat.Card, budget int) bool {
	d := &w.made
	if room := budget - d.chars; min(count(c.Footer.Name), maxFooter) > room && (room < least || !w.last()) && !d.empty() {
		return false
	}
	d.at = c.At
	d.footer, d.footerIcon = w.name("footer", &c.Footer, maxFooter, budget)
	if c.Footer.URL != "" && c.Footer.Name != "" {
		w.n.AddAt("footer", chat.Unlinked, "url", 0) // a footer leads nowhere
	}
	return true
}

// loose writes the blocks from one index up to another, none of which is a card,
// in embeds of their own.
func (w *writer) loose(from, to int) {
	f := feed{run: w.lower(w.m.Blocks[from:to], "blocks", from, w.tail), key: "blocks"}
	for !f.done() {
		at := f.index(f.pos.Block)
		framed := f.pos.At == (chat.Cursor{}) && isText(&w.m.Blocks[at])
		budget, ok := w.budget()
		if !ok || w.last() && budget < least {
			w.stop = true
			w.n.Enter("blocks", at)
			w.cutOff(f.rest())
			w.n.Leave()
			return
		}
		took := w.fill(&f, budget, true)
		w.n.Enter("blocks", at)
		if framed && !w.made.empty() {
			w.n.Add(chat.Flattened, "embed", 0) // text without a frame got one
		}
		if took && f.field > 0 {
			w.n.Add(chat.Split, "fields", 0) // they go on in the next embed
		}
		w.place()
		if !took {
			w.stop = w.last()
			w.cutOff(f.rest())
			f.pos.Block = len(f.blocks)
		}
		w.n.Leave()
	}
}

// hidden is a card of which all is behind a spoiler, since an embed cannot be.
// Its title, author and footer become text of it.
func hidden(c *chat.Card, body []chat.Block) (*chat.Card, []chat.Block) {
	out := make([]chat.Block, 0, len(body)+4)
	line := func(t chat.Text) {
		if len(t) > 0 {
			out = append(out, chat.Block{Kind: chat.Para, Text: t})
		}
	}
	words := func(b chat.Badge) {
		switch {
		case b.URL != "":
			line(linked(nil, b.URL))
			if out[len(out)-1].Text[0].Text = b.Name; b.Name == "" {
				out[len(out)-1].Text[0].Text = b.URL
			}
		case b.Name != "":
			line(chat.Text{{Text: b.Name}})
		}
	}
	words(c.Author)
	if c.URL != "" {
		line(linked(c.Title, c.URL))
	} else {
		line(c.Title)
	}
	if c.Thumb.URL != "" {
		out = append(out, chat.Block{Kind: chat.Media, Assets: []chat.Asset{c.Thumb}})
	}
	out = append(out, body...)
	words(c.Footer)
	hide(out)
	return &chat.Card{Colour: c.Colour, At: c.At}, out
}

// hide puts spoilers over everything in blocks, which it changes.
func hide(blocks []chat.Block) {
	for i := range blocks {
		b := &blocks[i]
		if b.Kind == chat.Code {
			b.Kind, b.Lang = chat.Para, "" // a fence cannot be hidden
		}
		b.Text = hiddenText(b.Text)
		b.Assets = slices.Clone(b.Assets)
		for k := range b.Assets {
			b.Assets[k].Spoiler = true
		}
		b.Fields = slices.Clone(b.Fields)
		for k := range b.Fields {
			x := &b.Fields[k]
			x.Name = hiddenText(x.Name)
			x.Body = slices.Clone(x.Body)
			hide(x.Body)
		}
		if b.Kind == chat.Grid {
			text := string(chat.AppendGrid(nil, b.Table, maxGridWidth))
			*b = chat.Block{Kind: chat.Para, Text: hiddenText(chat.Text{{Text: text}})}
		}
		if b.Kind == chat.Buttons {
			*b = chat.Block{Kind: chat.Para, Text: hiddenText(links(b.Buttons))}
		}
	}
}

func hiddenText(t chat.Text) chat.Text {
	t = slices.Clone(t)
	for i := range t {
		t[i].Style |= chat.Spoiler
	}
	return t
}
