package slack

import (
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// frame reads what f adds as the body of a card. A card in a card cannot be: its
// parts then stand in the outer one.
func (r *reader) frame(what string, c chat.Card, f func()) {
	if r.card != nil {
		r.n.Add(chat.Flattened, what, 0)
		r.unframed(c, f)
		return
	}
	card := r.mem.Card()
	*card = c
	from := len(r.mem.Body)
	r.card, r.dst = card, (*[]chat.Block)(&r.mem.Body)
	f()
	card.Body = r.mem.Body.Cut(from)
	r.card, r.dst = nil, &r.m.Blocks
	// Not counted against the limit: its parts were.
	r.m.Add(chat.Block{Kind: chat.Group, Card: card})
}

// unframed adds the parts of a card as blocks.
func (r *reader) unframed(c chat.Card, f func()) {
	r.badgeLine(c.Author, time.Time{})
	if len(c.Title) > 0 {
		for i := range c.Title {
			s := &c.Title[i]
			s.Style |= chat.Bold
			if c.URL != "" && s.Kind == chat.Words {
				s.Kind, s.Ref = chat.Link, c.URL
			}
		}
		r.add(chat.Block{Text: c.Title})
	}
	f()
	if c.Thumb != (chat.Asset{}) {
		r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(c.Thumb)})
	}
	r.badgeLine(c.Footer, c.At)
}

// badgeLine adds a badge and a time as a small line.
func (r *reader) badgeLine(b chat.Badge, at time.Time) {
	from := len(r.mem.Spans)
	space := func() {
		if len(r.mem.Spans) > from {
			r.mem.Spans.Add(chat.Span{Text: " "})
		}
	}
	if b.Icon != "" {
		r.mem.Spans.Add(chat.Span{Kind: chat.Icon, Ref: b.Icon})
	}
	switch {
	case b.Name != "" && b.URL != "":
		space()
		r.mem.Spans.Add(chat.Span{Kind: chat.Link, Text: b.Name, Ref: b.URL})
	case b.Name != "":
		space()
		r.mem.Spans.Add(chat.Span{Text: b.Name})
	}
	if !at.IsZero() {
		space()
		r.mem.Spans.Add(chat.Span{Kind: chat.Time, Text: dateWords(at.Unix()), Ref: chat.DateClock, At: at.Unix()})
	}
	if t := r.mem.Spans.Cut(from); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

func dateWords(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01-02 15:04 UTC") }

// title reads a section that is the title of the card.
func (r *reader) title(v jsonr.Value) {
	t := r.inline(v, false)
	for i := range t {
		s := &t[i]
		s.Style &^= chat.Bold
		if s.Kind == chat.Link {
			r.card.URL = s.Ref
			s.Kind, s.Ref = chat.Words, ""
		}
	}
	r.card.Title = t
}

// thumb reads a picture that is the card's.
func (r *reader) thumb(v jsonr.Value) {
	if v.IsObject() {
		r.card.Thumb = r.picture(v)
	}
}

// badge reads a context that is an author or footer; at is nil where no time
// belongs.
func (r *reader) badge(elements jsonr.Value, b *chat.Badge, at *time.Time) {
	each(elements, func(_ int, v jsonr.Value) {
		if v.Get("type").Str() == "image" {
			b.Icon = r.picture(v).URL
			return
		}
		src, opt := r.source(v, false)
		if isEmojiName(src) && at == nil && b.Icon == "" && b.Name == "" {
			b.Icon = src
			return
		}
		t := r.run(src, opt)
		if len(t) == 1 && t[0].Kind == chat.Time && at != nil {
			*at = time.Unix(t[0].At, 0).UTC()
			return
		}
		if len(t) == 1 && t[0].Kind == chat.Link {
			b.URL = t[0].Ref
		}
		b.Name = t.Plain()
	})
}

func (r *reader) cardBlock(b jsonr.Value) {
	var hero, icon, title, subtitle, body, subtext, actions jsonr.Value
	for key, v := range b.Members() {
		switch key {
		case "hero_image":
			hero = v
		case "icon":
			icon = v
		case "title":
			title = v
		case "subtitle":
			subtitle = v
		case "body":
			body = v
		case "subtext":
			subtext = v
		case "actions":
			actions = v
		case "slack_icon": // one of Slack's own, of which there is but a name
			if v.IsObject() {
				r.n.AddAt(key, chat.Dropped, "icon", 0)
			}
		}
	}
	c := chat.Card{Title: r.inline(title, false)}
	if icon.IsObject() {
		c.Thumb = r.picture(icon)
	}
	r.frame("card", c, func() {
		r.small(subtitle)
		src, opt := r.source(body, false)
		r.parse(src, opt)
		r.small(subtext)
		r.actions(actions)
		if hero.IsObject() { // last, where other cards have their picture
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(r.picture(hero))})
		}
	})
}

// small adds a text object as a small line.
func (r *reader) small(v jsonr.Value) {
	if t := r.inline(v, false); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

func (r *reader) container(b jsonr.Value) {
	var title, rich, subtitle, icon, children jsonr.Value
	for key, v := range b.Members() {
		switch key {
		case "title":
			title = v
		case "rich_text_title":
			rich = v
		case "subtitle":
			subtitle = v
		case "icon":
			icon = v
		case "child_blocks":
			children = v
		}
	}
	var c chat.Card
	if rich.IsObject() { // wins over title
		c.Title = r.richRun(rich)
	}
	if len(c.Title) == 0 {
		c.Title = r.inline(title, true)
	}
	if icon.IsObject() {
		c.Thumb = r.picture(icon)
	}
	r.frame("container", c, func() {
		r.small(subtitle)
		r.blocks("child_blocks", children)
	})
}

// richRun is a rich_text block as one run, a line for each of its elements.
func (r *reader) richRun(v jsonr.Value) chat.Text {
	from := len(r.mem.Spans)
	each(v.Get("elements"), func(i int, e jsonr.Value) {
		if i > 0 {
			r.mem.Spans.Add(chat.Span{Text: "\n"})
		}
		if e.Get("type").Str() == "rich_text_list" {
			each(e.Get("elements"), func(k int, item jsonr.Value) {
				if k > 0 {
					r.mem.Spans.Add(chat.Span{Text: "\n"})
				}
				r.mem.Spans.Add(chat.Span{Text: "• "})
				r.inlines(item.Get("elements"))
			})
			return
		}
		r.inlines(e.Get("elements"))
	})
	return chat.Text(r.mem.Spans.Cut(from))
}

func (r *reader) layout(b jsonr.Value) {
	r.n.Add(chat.Flattened, "layout", 0)
	if truth(b.Get("is_label_visible")) {
		r.para(b.Get("label"), chat.Bold)
	}
	each(b.Get("rows"), func(i int, row jsonr.Value) {
		r.n.Enter("rows", i)
		each(row.Get("items"), func(k int, item jsonr.Value) {
			r.n.Enter("items", k)
			if child := item.Get("block"); child.IsObject() {
				r.blocks("block", child)
			}
			r.n.Leave()
		})
		r.n.Leave()
	})
}

func (r *reader) plan(b jsonr.Value) {
	c := chat.Card{Title: r.inline(b.Get("title"), true)}
	r.frame("plan", c, func() { r.blocks("tasks", b.Get("tasks")) })
}

// task reads a task_card as an item and what belongs to it.
func (r *reader) task(b jsonr.Value) {
	var title, status string
	var details, output, sources jsonr.Value
	for key, v := range b.Members() {
		switch key {
		case "title":
			title = r.words(v)
		case "status":
			status = v.Str()
		case "details":
			details = v
		case "output":
			output = v
		case "sources":
			sources = v
		}
	}
	r.n.Add(chat.Flattened, "task_card", 0)
	from := len(r.mem.Spans)
	if title != "" {
		r.mem.Spans.Add(chat.Span{Text: title, Style: chat.Bold})
	}
	if status != "" {
		r.mem.Spans.Add(chat.Span{Text: " (" + strings.ReplaceAll(status, "_", " ") + ")"})
	}
	r.add(chat.Block{Kind: chat.Item, Text: r.mem.Spans.Cut(from)})
	for _, part := range []jsonr.Value{details, output} {
		if part.IsObject() {
			r.richText(part.Get("elements"))
		}
	}
	from = len(r.mem.Spans)
	each(sources, func(i int, s jsonr.Value) {
		url := s.Get("url").Str()
		if url == "" || len(r.mem.Spans) >= chat.MaxSpans {
			return
		}
		if i > 0 {
			r.mem.Spans.Add(chat.Span{Text: " "})
		}
		r.mem.Spans.Add(chat.Span{Kind: chat.Link, Text: first(r.words(s.Get("text")), url), Ref: url})
	})
	if t := r.mem.Spans.Cut(from); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

func (r *reader) video(b jsonr.Value) {
	var title, description jsonr.Value
	var author, provider, link, icon string
	v := chat.Asset{Kind: chat.Video}
	thumb := ""
	for key, val := range b.Members() {
		switch key {
		case "title":
			title = val
		case "title_url":
			link = val.Str()
		case "description":
			description = val
		case "author_name":
			author = r.str(key, val)
		case "provider_name":
			provider = r.str(key, val)
		case "provider_icon_url":
			icon = val.Str()
		case "thumbnail_url":
			thumb = val.Str()
		case "video_url":
			v.URL = val.Str()
		case "alt_text":
			v.Alt = r.str(key, val)
		}
	}
	c := chat.Card{Title: r.inline(title, true), URL: first(link, v.URL), Author: chat.Badge{Name: author}, Footer: chat.Badge{Name: provider, Icon: icon}}
	if thumb != "" {
		c.Thumb = chat.Asset{URL: thumb}
	}
	r.frame("video", c, func() {
		src, opt := r.source(description, true)
		r.parse(src, opt)
		if v.URL != "" || v.Alt != "" {
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(v)})
		}
	})
}
