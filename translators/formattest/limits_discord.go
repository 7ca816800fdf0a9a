package formattest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// discord checks an execute-webhook body as Discord would.
func (c *checker) discord(o map[string]any) {
	c.members(o, "content", "username", "avatar_url", "embeds", "allowed_mentions!", "components", "attachments", "flags", "thread_name", "applied_tags")
	if o["content"] == nil && o["embeds"] == nil && o["components"] == nil && o["attachments"] == nil {
		c.bad("nothing to say")
	}
	if f := o["flags"]; f != nil && !slices.Contains(c.words("flags", "words"), fmt.Sprint(f)) {
		c.bad("flags %v", f)
	}
	c.text(o, "content", c.limit("content"))
	c.username(o)
	c.link(o, "avatar_url", "avatar_url")
	c.text(o, "thread_name", c.limit("thread_name"))
	if tags, ok := o["applied_tags"].([]any); ok && len(tags) > c.limit("applied_tags") {
		c.bad("%d applied_tags", len(tags))
	}
	total := 0
	urls := map[string]int{}
	c.each(o, "embeds", c.limit("embeds"), func(e map[string]any) {
		total += c.embed(e)
		if u := str(e, "url"); u != "" {
			if urls[u]++; urls[u] > 1 {
				c.merged(e, urls[u])
			}
		}
	})
	if most := c.limit("embed_total"); total > most {
		c.bad("embeds have %d characters of %d", total, most)
	}
	c.object(o, "allowed_mentions", c.allowed)
	if flags, _ := o["flags"].(float64); int(flags)&(1<<15) != 0 {
		c.componentsV2(o)
	} else {
		c.each(o, "components", c.limit("components"), c.row)
	}
	n := 0.0
	c.each(o, "attachments", c.limit("attachments"), func(f map[string]any) {
		if c.members(f, "id!", "filename", "title", "description", "is_spoiler"); f["id"] != n {
			c.bad("id %v at %v", f["id"], n)
		}
		n++
		c.text(f, "filename", c.limit("attachments.filename"))
		c.text(f, "title", c.limit("attachments.title"))
		c.text(f, "description", c.limit("attachments.description"))
	})
}

// row checks a row of link buttons.
func (c *checker) row(row map[string]any) {
	c.members(row, "type!", "id", "components!")
	if row["type"] != 1.0 {
		c.bad("no row of buttons")
	}
	c.each(row, "components", c.limit("components.components"), c.linkButton)
}

func (c *checker) linkButton(b map[string]any) {
	c.members(b, "type!", "id", "style!", "label!", "url!", "emoji", "disabled")
	if b["type"] != 2.0 || b["style"] != 5.0 {
		c.bad("no link button")
	}
	c.text(b, "label", c.limit("button.label"))
	c.link(b, "url", "button.url")
}

func (c *checker) username(o map[string]any) {
	c.text(o, "username", c.limit("username"))
	name := strings.ToLower(str(o, "username"))
	for _, word := range c.words("username_forbidden", "words") {
		if strings.Contains(name, word) {
			c.bad("username holds %q", word)
		}
	}
	if slices.Contains(c.words("username_forbidden_whole", "words"), name) {
		c.bad("username %q", name)
	}
}

// link checks an address against the limit and the schemes of an entry.
func (c *checker) link(o map[string]any, key, entry string) {
	c.address(o, key, c.limit(entry), c.words(entry, "schemes")...)
}

// embed gives the characters that count towards the sum.
func (c *checker) embed(e map[string]any) int {
	c.members(e, "title", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "author", "fields")
	if len(e) == 0 || len(e) == 1 && (e["color"] != nil || e["url"] != nil) {
		c.bad("empty embed")
	}
	total := c.text(e, "title", c.limit("embed.title")) + c.text(e, "description", c.limit("embed.description"))
	c.link(e, "url", "embed.url")
	if s := str(e, "timestamp"); s != "" {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			c.bad("timestamp is none")
		}
	}
	if n := c.whole(e, "color", c.limit("embed.color")); n == 0 && e["color"] != nil {
		c.bad("color 0 is none")
	}
	c.object(e, "footer", func(o map[string]any) {
		c.members(o, "text!", "icon_url")
		total += c.text(o, "text", c.limit("embed.footer.text"))
		c.link(o, "icon_url", "embed.footer.icon_url")
	})
	c.object(e, "author", func(o map[string]any) {
		c.members(o, "name!", "url", "icon_url")
		total += c.text(o, "name", c.limit("embed.author.name"))
		c.link(o, "url", "embed.author.url")
		c.link(o, "icon_url", "embed.author.icon_url")
	})
	for _, key := range []string{"image", "thumbnail"} {
		c.object(e, key, func(o map[string]any) {
			c.members(o, "url!", "description")
			c.link(o, "url", "embed."+key+".url")
			c.text(o, "description", c.limit("embed."+key+".description"))
		})
	}
	c.each(e, "fields", c.limit("embed.fields"), func(o map[string]any) {
		c.members(o, "name!", "value!", "inline")
		total += c.text(o, "name", c.limit("embed.fields.name")) + c.text(o, "value", c.limit("embed.fields.value"))
	})
	return total
}

// merged checks an embed that has the url of one before it: Discord then shows
// its picture alone.
func (c *checker) merged(e map[string]any, nth int) {
	for _, key := range []string{"title", "description", "fields", "author", "footer", "thumbnail", "timestamp"} {
		if e[key] != nil {
			c.bad("its %s is hidden by an embed with the same url", key)
		}
	}
	if nth > c.limit("embed.same_url") {
		c.bad("embed %d with the same url", nth)
	}
}

func (c *checker) allowed(o map[string]any) {
	c.members(o, "parse!", "users", "roles", "replied_user")
	parse, _ := o["parse"].([]any)
	for _, p := range parse {
		if p != "everyone" {
			c.bad("parse %v allows more than what is listed", p)
		}
	}
	for _, key := range []string{"users", "roles"} {
		ids, _ := o[key].([]any)
		if len(ids) > c.limit("allowed_mentions."+key) {
			c.bad("%d %s", len(ids), key)
		}
		seen := map[any]bool{}
		for _, id := range ids {
			if s, ok := id.(string); !ok || seen[id] || s == "" || strings.Trim(s, "0123456789") != "" {
				c.bad("%s: %v", key, id)
			}
			seen[id] = true
		}
	}
}
