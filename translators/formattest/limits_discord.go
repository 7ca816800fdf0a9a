package formattest

import (
	"slices"
	"strings"
	"time"
)

// discord checks an execute-webhook body as Discord would.
func (c *checker) discord(o map[string]any) {
	c.members(o, "content", "username", "avatar_url", "tts", "embeds", "allowed_mentions!", "components", "attachments", "flags",
		"thread_name", "applied_tags")
	flags := c.whole(o, "flags", 1<<20)
	v2 := flags&c.limit("flags.IS_COMPONENTS_V2") != 0
	if v2 && (o["content"] != nil || o["embeds"] != nil) {
		c.bad("content or embeds beside components of version 2")
	}
	if o["content"] == nil && o["embeds"] == nil && o["components"] == nil && o["attachments"] == nil {
		c.bad("nothing to say")
	}
	c.text(o, "content", c.limit("content"))
	c.text(o, "username", c.limit("username"))
	for _, word := range c.limits["username_forbidden_substrings"].([]any) {
		if strings.Contains(strings.ToLower(str(o, "username")), word.(string)) {
			c.bad("username holds %q", word)
		}
	}
	c.address(o, "avatar_url", c.limit("avatar_url"), "http", "https")
	c.text(o, "thread_name", c.limit("thread_name"))
	if tags, ok := o["applied_tags"].([]any); ok && len(tags) > c.limit("applied_tags") {
		c.bad("applied_tags has %d", len(tags))
	}
	total := 0
	urls := map[string]int{}
	c.each(o, "embeds", c.limit("embeds"), func(e map[string]any) {
		total += c.embed(e)
		if u := str(e, "url"); u != "" {
			urls[u]++
		}
	})
	if most := c.limit("embed_total"); total > most {
		c.bad("embeds have %d characters of %d", total, most)
	}
	for u, n := range urls {
		if n > c.limit("embed.gallery_images_same_url") {
			c.bad("%d embeds share the url %q", n, u)
		}
	}
	c.object(o, "allowed_mentions", c.allowed)
	n, texts := 0, 0
	if rows := c.each(o, "components", c.limit("components.total"), func(x map[string]any) { c.component(x, v2, 0, &n, &texts) }); !v2 && rows > c.limit("components.legacy_action_rows") {
		c.bad("components has %d rows", rows)
	}
	if n > c.limit("components.total") || texts > c.limit("components.text_display_total") {
		c.bad("%d components with %d characters", n, texts)
	}
}

// embed gives the characters that count towards the sum.
func (c *checker) embed(e map[string]any) int {
	c.members(e, "title", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "author", "fields", "type")
	if len(e) == 0 || len(e) == 1 && (e["color"] != nil || e["url"] != nil) {
		c.bad("empty embed")
	}
	total := c.text(e, "title", c.limit("embed.title")) + c.text(e, "description", c.limit("embed.description"))
	c.address(e, "url", c.limit("embed.url"), "http", "https")
	if s := str(e, "timestamp"); s != "" {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			c.bad("timestamp is none")
		}
	}
	c.whole(e, "color", c.limit("embed.color_max"))
	c.object(e, "footer", func(o map[string]any) {
		c.members(o, "text!", "icon_url")
		total += c.text(o, "text", c.limit("embed.footer_text"))
		c.address(o, "icon_url", c.limit("embed.icon_url"), "http", "https", "attachment")
	})
	c.object(e, "author", func(o map[string]any) {
		c.members(o, "name!", "url", "icon_url")
		total += c.text(o, "name", c.limit("embed.author_name"))
		c.address(o, "url", c.limit("embed.author_url"), "http", "https")
		c.address(o, "icon_url", c.limit("embed.icon_url"), "http", "https", "attachment")
	})
	for _, key := range []string{"image", "thumbnail"} {
		c.object(e, key, func(o map[string]any) {
			c.members(o, "url!", "description", "flags")
			c.address(o, "url", c.limit("embed.image_url"), "http", "https", "attachment")
			c.text(o, "description", c.limit("embed.media_description"))
		})
	}
	c.each(e, "fields", c.limit("embed.fields"), func(o map[string]any) {
		c.members(o, "name!", "value!", "inline")
		total += c.text(o, "name", c.limit("embed.field_name")) + c.text(o, "value", c.limit("embed.field_value"))
	})
	return total
}

func (c *checker) allowed(o map[string]any) {
	c.members(o, "parse", "users", "roles", "replied_user")
	for _, key := range []string{"users", "roles"} {
		ids, _ := o[key].([]any)
		if len(ids) > c.limit("allowed_mentions."+key) {
			c.bad("%s has %d", key, len(ids))
		}
		if parse, _ := o["parse"].([]any); len(ids) > 0 && slices.Contains(parse, any(key)) {
			c.bad("%s both listed and parsed", key)
		}
	}
}

func (c *checker) component(o map[string]any, v2 bool, deep int, n, texts *int) {
	*n++
	kind, _ := o["type"].(float64)
	is := func(name string) bool { return int(kind) == c.limit("component_types."+name) }
	inner := func(key string, most int) {
		c.each(o, key, most, func(x map[string]any) { c.component(x, v2, deep+1, n, texts) })
	}
	if !v2 && !is("action_row") && !is("button") {
		c.bad("a component of type %v needs version 2", kind)
	}
	switch {
	case is("action_row"):
		c.members(o, "type!", "id", "components!")
		inner("components", c.limit("components.buttons_per_row"))
	case is("button"):
		c.members(o, "type!", "id", "style!", "label!", "url!", "emoji", "disabled")
		if o["style"] != 5.0 {
			c.bad("a webhook can send only link buttons that do something")
		}
		c.text(o, "label", c.limit("components.button_label"))
		c.address(o, "url", c.limit("components.button_url"), "http", "https", "discord")
	case is("section"):
		c.members(o, "type!", "id", "components!", "accessory!")
		inner("components", c.limit("components.section_texts"))
		c.object(o, "accessory", func(x map[string]any) { c.component(x, v2, deep+1, n, texts) })
	case is("text_display"):
		c.members(o, "type!", "id", "content!")
		*texts += c.text(o, "content", c.limit("components.text_display"))
	case is("thumbnail"):
		c.members(o, "type!", "id", "media!", "description", "spoiler")
		c.media(o, "media")
	case is("media_gallery"):
		c.members(o, "type!", "id", "items!")
		c.each(o, "items", c.limit("components.gallery_items"), func(x map[string]any) {
			c.members(x, "media!", "description", "spoiler")
			c.media(x, "media")
		})
	case is("file"):
		c.members(o, "type!", "id", "file!", "spoiler")
		c.media(o, "file")
	case is("separator"):
		c.members(o, "type!", "id", "divider", "spacing")
	case is("container"):
		c.members(o, "type!", "id", "components!", "accent_color", "spoiler")
		if deep > 0 {
			c.bad("a container in another")
		}
		c.whole(o, "accent_color", c.limit("components.accent_color_max"))
		inner("components", c.limit("components.container_children"))
	default:
		c.bad("a component of type %v", o["type"])
	}
}

func (c *checker) media(o map[string]any, key string) {
	c.text(o, "description", c.limit("components.media_description"))
	c.object(o, key, func(m map[string]any) {
		c.members(m, "url!")
		c.address(m, "url", c.limit("components.media_url"), "http", "https", "attachment")
	})
}
