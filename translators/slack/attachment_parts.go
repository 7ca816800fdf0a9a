package slack

import (
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

func (r *reader) attachedFields(list jsonr.Value, formatted bool) {
	from := len(r.mem.Fields)
	each(list, func(i int, v jsonr.Value) {
		r.n.Enter("fields", i)
		defer r.n.Leave()
		var f chat.Field
		if !v.IsObject() {
			f.Body = r.fieldBody(r.str("", v), r.marked(formatted))
			r.mem.Fields.Add(f)
			return
		}
		for key, v := range v.Members() {
			switch key {
			case "title":
				f.Name = r.run(r.str("title", v), r.label())
			case "value":
				f.Body = r.fieldBody(r.str("value", v), r.marked(formatted))
			case "short":
				f.Inline = truth(v)
			}
		}
		r.mem.Fields.Add(f)
	})
	if f := r.mem.Fields.Cut(from); len(f) > 0 {
		r.add(chat.Block{Kind: chat.Fields, Fields: f})
	}
}

// attachedActions reads the buttons and menus of a classic attachment.
func (r *reader) attachedActions(list jsonr.Value) {
	from := len(r.mem.Buttons)
	var menus int
	each(list, func(i int, v jsonr.Value) {
		var b chat.Button
		var typ, value string
		for key, v := range v.Members() {
			switch key {
			case "type":
				typ = v.Str()
			case "text":
				b.Label = r.words(v)
			case "url":
				b.URL = r.str("url", v)
			case "name":
				b.ID = r.str("name", v)
			case "value":
				value = r.str("value", v)
			case "style":
				switch v.Str() {
				case "primary":
					b.Tone = chat.TonePrimary
				case "danger":
					b.Tone = chat.ToneDanger
				}
			}
		}
		if typ == "select" {
			menus++
			return
		}
		if b.URL != "" {
			b.ID = ""
		} else {
			b.ID = first(value, b.ID)
		}
		r.mem.Buttons.Add(b)
	})
	if b := r.mem.Buttons.Cut(from); len(b) > 0 {
		r.add(chat.Block{Kind: chat.Buttons, Buttons: b})
	}
	if menus == 0 {
		return
	}
	each(list, func(i int, v jsonr.Value) {
		if v.Get("type").Str() != "select" {
			return
		}
		r.n.Enter("actions", i)
		defer r.n.Leave()
		s := r.words(v.Get("text"))
		for _, o := range v.Get("selected_options").Members() {
			if chosen := r.words(o.Get("text")); chosen != "" {
				s += ": " + chosen
			}
			break
		}
		if s == "" {
			r.drop("select")
			return
		}
		r.n.Add(chat.Flattened, "select", 0)
		r.add(chat.Block{Text: r.mem.Text(s)})
	})
}

// footer reads a footer, which may be a link.
func (r *reader) footer(c *chat.Card, src string) {
	from := len(r.mem.Spans)
	t := r.run(src, r.label())
	c.Footer.Name = t.Plain()
	links := 0
	for i := range t {
		if t[i].Kind == chat.Link {
			links++
			if links == 1 {
				c.Footer.URL = t[i].Ref
			} else if t[i].Ref != c.Footer.URL {
				r.n.AddAt("footer", chat.Dropped, "link", 1)
			}
		}
	}
	if links > 0 && (links > 1 || len(t) > 1) {
		r.n.AddAt("footer", chat.Flattened, "link", 0)
	}
	r.mem.Spans.Truncate(from)
}

// Slack never publishes what its three names of colours are; these values recur
// in client code.
const (
	colourGood    = 0x2eb886
	colourWarning = 0xdaa038
	colourDanger  = 0xa30200
)

// colour is a colour by its name or its number. To Slack only three names mean
// something; those of CSS do to Mattermost and Rocket.Chat, for which the same
// attachments are made.
func (r *reader) colour(s string) chat.Colour {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "":
		return 0
	case "good":
		return chat.RGB(colourGood)
	case "warning":
		return chat.RGB(colourWarning)
	case "danger":
		return chat.RGB(colourDanger)
	case "red":
		return chat.RGB(0xff0000)
	case "orange":
		return chat.RGB(0xffa500)
	case "yellow":
		return chat.RGB(0xffff00)
	case "green":
		return chat.RGB(0x008000)
	case "blue":
		return chat.RGB(0x0000ff)
	case "purple":
		return chat.RGB(0x800080)
	case "gray", "grey":
		return chat.RGB(0x808080)
	case "black":
		return chat.RGB(0)
	case "white":
		return chat.RGB(0xffffff)
	}
	c, ok := chat.ParseHex(strings.TrimSpace(s))
	if !ok {
		r.n.AddAt("color", chat.Flattened, "color", 0)
	}
	return c
}

func marksOf(v jsonr.Value) (m marks) {
	each(v, func(_ int, v jsonr.Value) {
		switch v.Str() {
		case "text":
			m |= markText
		case "pretext":
			m |= markPretext
		case "fields":
			m |= markFields
		}
	})
	return m
}

// timeOf is seconds since 1970 as a time; what is too large for that is
// milliseconds. Zero is no time.
func timeOf(v jsonr.Value) time.Time {
	sec := number(v)
	if sec >= 1e11 {
		sec /= 1000
	}
	const year9999 = 253402300799
	if sec <= 0 || sec > year9999 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}
