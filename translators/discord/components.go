package discord

import (
	"strconv"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/markdown"
)

// The types of component, from Discord's component reference.
const (
	typeActionRow    = 1
	typeButton       = 2
	typeSelect       = 3
	typeTextInput    = 4
	typeUserSelect   = 5
	typeRoleSelect   = 6
	typeAnySelect    = 7
	typeChanSelect   = 8
	typeSection      = 9
	typeTextDisplay  = 10
	typeThumbnail    = 11
	typeMediaGallery = 12
	typeFile         = 13
	typeSeparator    = 14
	typeContainer    = 17
)

// componentNames are Discord's words for the types that are noted.
var componentNames = map[int64]string{
	typeSelect: "string_select", typeTextInput: "text_input", typeUserSelect: "user_select",
	typeRoleSelect: "role_select", typeAnySelect: "mentionable_select", typeChanSelect: "channel_select",
}

// maxDepth is how deep components are walked; Discord's own are three deep.
const maxDepth = 8

// components reads a list of components, legacy rows and Components V2 alike.
func (r *reader) components(list jsonr.Value) {
	if r.deep++; r.deep <= maxDepth {
		if list.IsObject() {
			r.n.Enter("components", -1)
			r.component(list)
			r.n.Leave()
		} else {
			r.each("components", list, func(_ int, v jsonr.Value) {
				if v.IsObject() {
					r.component(v)
				} else {
					r.wrong("", v)
				}
			})
		}
	} else {
		r.wrong("components", list)
	}
	r.deep--
}

// plain reads a component by its type alone.
func (r *reader) plain(v jsonr.Value) {
	switch typ := number(v.Get("type")); typ {
	case typeActionRow:
		r.row(v.Get("components"))
	case typeButton:
		from := len(r.mem.Buttons)
		r.button(v)
		r.buttons(from)
	case typeSection:
		r.section(v)
	case typeTextDisplay:
		r.text(r.words("content", v.Get("content")), markdown.Content)
	case typeThumbnail:
		if a := r.item(v); a.URL != "" {
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
		}
	case typeMediaGallery:
		from := len(r.mem.Assets)
		r.each("items", v.Get("items"), func(_ int, v jsonr.Value) {
			if a := r.item(v); a.URL != "" {
				r.mem.Assets.Add(a)
			}
		})
		if len(r.mem.Assets) > from {
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.Cut(from)})
		}
	case typeFile:
		a := r.media("file", v.Get("file"))
		a.Spoiler = truth(v.Get("spoiler"))
		r.described(&a)
		if a.URL != "" {
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
		}
	case typeSeparator:
		if d := v.Get("divider"); !d.Exists() || truth(d) {
			r.add(chat.Block{Kind: chat.Divider})
		}
	case typeContainer:
		r.container(v)
	default:
		r.menu(typ, v)
	}
}

// row reads the buttons of an action row as a row, and what else it holds as
// words.
func (r *reader) row(list jsonr.Value) {
	from := len(r.mem.Buttons)
	r.each("components", list, func(_ int, v jsonr.Value) {
		if number(v.Get("type")) == typeButton {
			r.button(v)
			return
		}
		r.buttons(from)
		from = len(r.mem.Buttons)
		if r.deep++; r.deep <= maxDepth {
			r.component(v)
		} else {
			r.n.Add(chat.Dropped, "component", 0)
		}
		r.deep--
	})
	r.buttons(from)
}

func (r *reader) buttons(from int) {
	if len(r.mem.Buttons) > from {
		r.add(chat.Block{Kind: chat.Buttons, Buttons: r.mem.Buttons.Cut(from)})
	}
}

// button appends a button to the row.
func (r *reader) button(v jsonr.Value) {
	var b chat.Button
	var text string
	var emoji jsonr.Value
	for k, v := range v.Members() {
		switch k {
		case "label":
			text = strings.TrimSpace(r.words("label", v))
		case "emoji":
			emoji = v
		case "url":
			b.URL = strings.TrimSpace(r.words("url", v))
		case "custom_id":
			b.ID = r.words("custom_id", v)
		case "style":
			switch number(v) {
			case 1:
				b.Tone = chat.TonePrimary
			case 3:
				b.Tone = chat.ToneSuccess
			case 4:
				b.Tone = chat.ToneDanger
			}
		}
	}
	b.Label = r.label(text, emoji)
	if b.Label != "" || b.URL != "" {
		r.mem.Buttons.Add(b)
		return
	}
	r.n.Add(chat.Flattened, "button", 0)
}

// label is a label with the emoji before it.
func (r *reader) label(text string, emoji jsonr.Value) string {
	name := scalar(emoji.Get("name"))
	if name == "" {
		return text
	}
	if scalar(emoji.Get("id")) != "" {
		r.n.AddAt("emoji", chat.Unlinked, "emoji", 0)
		name = ":" + name + ":"
	}
	return strings.TrimSpace(name + " " + text)
}

// section reads texts with a picture or a button beside them.
func (r *reader) section(v jsonr.Value) {
	at := len(r.put())
	r.components(v.Get("components"))
	acc := v.Get("accessory")
	if !acc.Exists() {
		return
	}
	r.n.Enter("accessory", -1)
	defer r.n.Leave()
	if r.cardPicture(acc) {
		return
	}
	beside := -1
	for i, b := range r.put()[at:] {
		if k := b.Kind; k == chat.Para || k == chat.Heading || k == chat.Item || k == chat.Code || k == chat.Fields {
			beside = at + i
			break
		}
	}
	if beside < 0 {
		r.component(acc)
		return
	}
	switch number(acc.Get("type")) {
	case typeThumbnail:
		if a := r.item(acc); a.URL != "" {
			r.put()[beside].Assets = r.mem.Assets.One(a)
		}
	case typeButton:
		from := len(r.mem.Buttons)
		r.button(acc)
		r.put()[beside].Buttons = r.mem.Buttons.Cut(from)
	default:
		r.component(acc)
	}
}

// item reads a thumbnail or an item of a gallery.
func (r *reader) item(v jsonr.Value) chat.Asset {
	a := r.media("media", v.Get("media"))
	a.Alt = strings.TrimSpace(r.words("description", v.Get("description")))
	a.Spoiler = truth(v.Get("spoiler"))
	r.described(&a)
	return a
}

// container reads a container as a card. A container does not stand in another;
// if one does, what it holds is part of the outer one.
func (r *reader) container(v jsonr.Value) {
	if r.inCard {
		r.n.Add(chat.Flattened, "container", 0)
		r.components(v.Get("components"))
		return
	}
	c := r.mem.Card()
	c.Colour = r.accent(v.Get("accent_color"))
	c.Spoiler = truth(v.Get("spoiler"))
	from := len(r.mem.Body)
	r.inCard, r.box = true, c
	r.components(v.Get("components"))
	r.inCard, r.box = false, nil
	c.Body = r.mem.Body.Cut(from)
	r.m.Add(chat.Block{Kind: chat.Group, Card: c})
}

// accent is a colour of which 0 is black.
func (r *reader) accent(v jsonr.Value) chat.Colour {
	if v.Kind() == jsonr.Number && v.Num() == 0 {
		return chat.RGB(0)
	}
	return r.colour("accent_color", v)
}

// menu keeps the words of what a webhook's message cannot ask for, and of types
// that are not known here.
func (r *reader) menu(typ int64, v jsonr.Value) {
	name := componentNames[typ]
	if name == "" {
		name = "component_" + strconv.FormatInt(typ, 10)
	}
	r.n.Add(chat.Flattened, name, 0)
	for _, key := range [...]string{"label", "title", "description", "content", "text", "placeholder"} {
		if s := v.Get(key); s.Kind() == jsonr.String {
			r.text(s.Str(), markdown.Content)
		}
	}
	options := v.Get("options")
	for _, o := range options.Members() {
		label := r.label(strings.TrimSpace(scalar(o.Get("label"))), o.Get("emoji"))
		if d := strings.TrimSpace(scalar(o.Get("description"))); d != "" {
			label += " – " + d
		}
		if label != "" {
			r.add(chat.Block{Kind: chat.Item, Text: r.mem.Text(label)})
		}
	}
	for _, key := range [...]string{"components", "component", "items", "accessory"} {
		inner := v.Get(key)
		switch {
		case inner.IsArray() || inner.IsObject():
			r.components(inner)
		}
	}
}
