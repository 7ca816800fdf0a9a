package formattest

import (
	"slices"
	"unicode/utf8"
)

// v2 is what is counted over all components of a message.
type v2 struct {
	*checker
	count, chars int
	ids          map[any]bool
	uploads      []string // addresses of those shown
}

// componentsV2 checks the components of a body that has the flag for them.
func (c *checker) componentsV2(o map[string]any) {
	for _, key := range []string{"content", "embeds", "poll"} {
		if o[key] != nil {
			c.bad("%s beside Components V2", key)
		}
	}
	v := v2{checker: c, ids: map[any]bool{}}
	if v.each(o, "components", c.limit("v2.components"), func(x map[string]any) { v.component(x, true) }) == 0 {
		c.bad("no components")
	}
	if most := c.limit("v2.components"); v.count > most {
		c.bad("%d components of %d", v.count, most)
	}
	if most := c.limit("v2.text_total"); v.chars > most {
		c.bad("texts have %d characters of %d", v.chars, most)
	}
	c.each(o, "attachments", c.limit("attachments"), func(f map[string]any) {
		if !slices.Contains(v.uploads, "attachment://"+str(f, "filename")) {
			c.bad("no component shows %q", str(f, "filename"))
		}
	})
}

// component checks one that stands in a message or, when top is false, in a container.
func (c *v2) component(o map[string]any, top bool) {
	c.one(o)
	switch o["type"] {
	case 1.0:
		list, _ := o["components"].([]any)
		c.count += len(list)
		c.row(o)
	case 9.0:
		c.members(o, "type!", "id", "components!", "accessory!")
		c.each(o, "components", c.limit("v2.section"), func(x map[string]any) {
			c.one(x)
			c.display(x)
		})
		c.object(o, "accessory", func(x map[string]any) {
			c.one(x)
			if x["type"] == 2.0 {
				c.linkButton(x)
				return
			}
			if x["type"] != 11.0 {
				c.bad("an accessory of type %v", x["type"])
			}
			c.members(x, "type!", "id", "media!", "description", "spoiler")
			c.item(x)
		})
	case 10.0:
		c.display(o)
	case 12.0:
		c.members(o, "type!", "id", "items!")
		c.each(o, "items", c.limit("v2.gallery"), func(x map[string]any) {
			c.members(x, "media!", "description", "spoiler")
			c.item(x)
		})
	case 13.0:
		c.members(o, "type!", "id", "file!", "spoiler")
		c.media(o, "file", "v2.file")
	case 14.0:
		c.members(o, "type!", "id", "divider", "spacing")
	case 17.0:
		c.members(o, "type!", "id", "accent_color", "spoiler", "components!")
		if !top {
			c.bad("a container in a container")
		}
		c.whole(o, "accent_color", c.limit("v2.accent_color"))
		c.each(o, "components", c.limit("v2.components"), func(x map[string]any) { c.component(x, false) })
	default:
		c.bad("a component of type %v", o["type"])
	}
}

// one counts a component.
func (c *v2) one(o map[string]any) {
	c.count++
	if o["id"] == nil {
		return
	}
	if n := c.whole(o, "id", c.limit("v2.id")); n == 0 || c.ids[n] {
		c.bad("id %v is 0 or not the only one", o["id"])
	} else {
		c.ids[n] = true
	}
}

func (c *v2) display(o map[string]any) {
	c.members(o, "type!", "id", "content!")
	if o["type"] != 10.0 {
		c.bad("type %v where a text must be", o["type"])
	}
	c.text(o, "content", c.limit("v2.text_total"))
	c.chars += utf8.RuneCountInString(str(o, "content"))
}

// item checks the members of a thumbnail or an item of a gallery.
func (c *v2) item(o map[string]any) {
	c.media(o, "media", "v2.media")
	c.text(o, "description", c.limit("v2.description"))
}

func (c *v2) media(o map[string]any, key, entry string) {
	c.object(o, key, func(m map[string]any) {
		c.members(m, "url!")
		c.link(m, "url", entry)
		c.uploads = append(c.uploads, str(m, "url"))
	})
}
