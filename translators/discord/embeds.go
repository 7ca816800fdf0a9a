package discord

import (
	"strconv"
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/markdown"
)

// embed is what the walk over one embed object found.
type embed struct {
	index              int
	title, text, url   string
	colour             chat.Colour
	at                 time.Time
	author, footer     chat.Badge
	image, thumb       chat.Asset
	fields             jsonr.Value
	hasFields, started bool
}

// embeds reads each embed as a card. Embeds which only add a picture to the one
// before them, under the same url, are shown as one with several pictures
// (DOC-message), and so read as one.
func (r *reader) embeds(list jsonr.Value) {
	var pair [2]embed
	open, next := &pair[0], &pair[1]
	var pics []chat.Asset // of open
	flush := func() {
		if open.started {
			r.n.Enter("embeds", open.index)
			r.card(open, pics)
			r.n.Leave()
		}
	}
	one := func(i int, v jsonr.Value) {
		if !v.IsObject() {
			r.wrong("", v)
			return
		}
		*next = embed{index: i, started: true}
		r.embed(next, v)
		if next.onlyPicture() && open.started && open.url != "" && open.url == next.url && len(pics) > 0 {
			pics = append(pics, next.image)
			return
		}
		flush()
		open, next, pics = next, open, pics[:0]
		if open.image.URL != "" {
			pics = append(pics, open.image)
		}
	}
	if list.IsObject() { // not in an array
		r.n.Enter("embeds", 0)
		one(0, list)
		r.n.Leave()
	} else {
		r.each("embeds", list, one)
	}
	flush()
}

// embed walks one embed object.
func (r *reader) embed(e *embed, v jsonr.Value) {
	for k, v := range v.Members() {
		switch k {
		case "title":
			e.title = r.words("title", v)
		case "description":
			e.text = r.words("description", v)
		case "url":
			e.url = strings.TrimSpace(r.words("url", v))
		case "color":
			e.colour = r.colour("color", v)
		case "timestamp":
			e.at = r.time(v)
		case "author":
			e.author = r.badge("author", "name", v)
		case "footer":
			e.footer = r.badge("footer", "text", v)
		case "image":
			e.image = r.picture("image", v)
		case "thumbnail":
			e.thumb = r.picture("thumbnail", v)
		case "fields":
			if !v.IsArray() {
				r.wrong("fields", v)
			} else if e.fields = v; !v.Empty() {
				e.hasFields = true
			}
		}
	}
}

// onlyPicture reports whether e shows nothing but a picture.
func (e *embed) onlyPicture() bool {
	return e.image.URL != "" && e.text == "" && !e.hasFields && e.unframed()
}

// unframed reports whether e has nothing which makes a card of what it holds.
func (e *embed) unframed() bool {
	return e.title == "" && e.at.IsZero() && e.author == (chat.Badge{}) && e.footer == (chat.Badge{}) && e.thumb.URL == ""
}

// card makes a card of e. Pictures or fields alone, without anything that frames
// them, are blocks of their own.
func (r *reader) card(e *embed, pics []chat.Asset) {
	if len(pics) > 1 {
		for i := range pics {
			if pics[i].URL == e.url {
				e.url = "" // it only holds the gallery together
			}
		}
	}
	if e.unframed() && e.url == "" && e.colour == 0 && e.text == "" && e.hasFields != (len(pics) > 0) {
		r.body(e, pics)
		return
	}
	c := r.mem.Card()
	c.Colour, c.URL, c.At, c.Author, c.Footer, c.Thumb = e.colour, e.url, e.at, e.author, e.footer, e.thumb
	c.Title = r.inline(e.title, markdown.Title)
	from := len(r.mem.Body)
	r.inCard = true
	r.body(e, pics)
	r.inCard = false
	c.Body = r.mem.Body.Cut(from)
	r.m.Add(chat.Block{Kind: chat.Group, Card: c})
}

func (r *reader) body(e *embed, pics []chat.Asset) {
	r.text(e.text, markdown.Description)
	if e.hasFields {
		r.fields(e.fields)
	}
	if len(pics) > 0 {
		from := len(r.mem.Assets)
		for _, a := range pics {
			r.mem.Assets.Add(a)
		}
		r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.Cut(from)})
	}
}

func (r *reader) fields(list jsonr.Value) {
	from := len(r.mem.Fields)
	r.each("fields", list, func(_ int, v jsonr.Value) {
		if !v.IsObject() {
			r.wrong("", v)
			return
		}
		var f chat.Field
		var value string
		for k, v := range v.Members() {
			switch k {
			case "name":
				f.Name = r.inline(r.words("name", v), markdown.Title)
			case "value":
				value = strings.TrimSpace(r.words("value", v))
			case "inline":
				f.Inline = truth(v)
			}
		}
		if value != "" && value != blank {
			inner := len(r.mem.Inner)
			r.mem.Inner = markdown.Parse(r.mem.Inner, r.n, value, markdown.ParseOptions{Mem: r.mem, Place: markdown.FieldValue})
			f.Body = r.mem.Inner.Cut(inner)
			trimBlocks(f.Body)
		}
		r.mem.Fields.Add(f)
	})
	r.add(chat.Block{Kind: chat.Fields, Fields: r.mem.Fields.Cut(from)})
}

// colour reads an integer, in quotes or not; 0 is none (DOC-message). Others are
// noted, since Discord refuses them.
func (r *reader) colour(key string, v jsonr.Value) chat.Colour {
	if v.Kind() == jsonr.Null {
		return 0
	}
	s := strings.TrimSpace(scalar(v))
	if rgb, err := strconv.ParseUint(s, 10, 24); err == nil {
		if rgb == 0 {
			return 0
		}
		return chat.RGB(uint32(rgb))
	}
	if c, ok := chat.ParseHex(s); ok && s[0] == '#' {
		return c
	}
	r.n.AddAt(key, chat.Flattened, "color", 0)
	return 0
}

// badge reads an author or a footer.
func (r *reader) badge(key, name string, v jsonr.Value) (b chat.Badge) {
	if !v.IsObject() {
		r.wrong(key, v)
		return b
	}
	for k, v := range v.Members() {
		switch k {
		case name:
			if b.Name = strings.TrimSpace(r.words(key, v)); b.Name == blank {
				b.Name = ""
			}
		case "url":
			b.URL = strings.TrimSpace(r.words(key, v))
		case "icon_url":
			b.Icon = strings.TrimSpace(r.words(key, v))
			r.use(b.Icon)
		}
	}
	return b
}

// picture reads an image or a thumbnail of an embed.
func (r *reader) picture(key string, v jsonr.Value) chat.Asset {
	if !v.IsObject() {
		r.wrong(key, v)
		return chat.Asset{}
	}
	a := r.media(key, v)
	a.Alt = strings.TrimSpace(r.words(key, v.Get("description")))
	r.described(&a)
	if a.Alt == "" {
		a.Alt = a.Title
	}
	a.Title, a.Kind = "", chat.Picture // an embed shows nothing else
	return a
}

// The forms of a date and time that senders write; those without a zone are UTC.
var timeLayouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02",
}

func (r *reader) time(v jsonr.Value) time.Time {
	s := strings.TrimSpace(r.words("timestamp", v))
	if s == "" {
		return time.Time{}
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	r.n.AddAt("timestamp", chat.Dropped, "timestamp", 0)
	return time.Time{}
}
