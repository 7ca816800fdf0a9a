package formattest

import (
	"strings"
	"unicode/utf8"
)

// slack checks a message as Slack would.
func (c *checker) slack(o map[string]any) {
	c.members(o, "text", "blocks", "attachments", "mrkdwn", "thread_ts", "unfurl_links", "unfurl_media",
		"username", "icon_url", "icon_emoji", "channel", "link_names", "parse")
	if o["text"] == nil && o["blocks"] == nil && o["attachments"] == nil {
		c.bad("nothing to say")
	}
	if o["text"] == nil && o["blocks"] != nil {
		c.bad("blocks without a text to notify with")
	}
	c.text(o, "text", c.limit("message.text_recommended"))
	s := slackCount{ids: map[string]bool{}}
	c.each(o, "blocks", c.limit("message.blocks"), func(b map[string]any) { c.slackBlock(b, &s) })
	c.each(o, "attachments", c.most("message.attachments", "recommended"), func(a map[string]any) { c.attachment(a, &s) })
	if most := c.limit("message.blocks_text_cumulative"); s.chars > most {
		c.bad("blocks have %d characters of %d", s.chars, most)
	}
	if s.tables > c.limit("message.tables") || s.tableChars > c.limit("message.table_characters") {
		c.bad("%d tables with %d characters", s.tables, s.tableChars)
	}
}

// slackCount is what limits of the whole message count.
type slackCount struct {
	chars, tables, tableChars int
	ids                       map[string]bool
}

func (c *checker) slackBlock(b map[string]any, s *slackCount) {
	if id := str(b, "block_id"); id != "" {
		c.text(b, "block_id", c.limit("common.block_id"))
		if s.ids[id] {
			c.bad("block_id is used twice")
		}
		s.ids[id] = true
	}
	text := func(key string, most int, kinds ...string) {
		c.object(b, key, func(o map[string]any) { s.chars += c.slackText(o, most, kinds...) })
	}
	switch typ := str(b, "type"); typ {
	case "section":
		c.members(b, "type!", "block_id", "text", "fields", "accessory", "expand")
		if b["text"] == nil && b["fields"] == nil {
			c.bad("a section without text and fields")
		}
		text("text", c.limit("block.section.text"), "mrkdwn", "plain_text")
		c.each(b, "fields", c.limit("block.section.fields"), func(o map[string]any) {
			s.chars += c.slackText(o, c.limit("block.section.field_text"), "mrkdwn", "plain_text")
		})
		c.object(b, "accessory", c.slackElement)
	case "header":
		c.members(b, "type!", "block_id", "text!", "level")
		text("text", c.limit("block.header.text"), "plain_text")
		c.whole(b, "level", c.limit("block.header.level"))
	case "divider":
		c.members(b, "type!", "block_id")
	case "image":
		c.members(b, "type!", "block_id", "image_url!", "alt_text!", "title")
		c.slackImage(b)
		text("title", c.limit("block.image.title"), "plain_text")
	case "context":
		c.members(b, "type!", "block_id", "elements!")
		c.each(b, "elements", c.limit("block.context.elements"), func(o map[string]any) {
			if str(o, "type") == "image" {
				c.slackElement(o)
				return
			}
			s.chars += c.slackText(o, c.limit("object.text"), "mrkdwn", "plain_text")
		})
	case "actions":
		c.members(b, "type!", "block_id", "elements!")
		ids := map[string]bool{}
		c.each(b, "elements", c.limit("block.actions.elements"), func(o map[string]any) {
			c.slackElement(o)
			if id := str(o, "action_id"); id != "" && ids[id] {
				c.bad("action_id is used twice in its block")
			} else {
				ids[id] = true
			}
		})
	case "markdown":
		c.members(b, "type!", "block_id", "text!")
		s.chars += c.text(b, "text", c.limit("block.markdown.text"))
	case "rich_text":
		c.members(b, "type!", "block_id", "elements!")
		c.each(b, "elements", 1<<20, func(o map[string]any) { c.richText(o, &s.chars) })
	case "table":
		c.members(b, "type!", "block_id", "rows!", "column_settings")
		s.tables++
		c.slackTable(b, s)
	case "video":
		c.members(b, "type!", "block_id", "title!", "title_url", "description", "video_url!", "thumbnail_url!", "alt_text!", "author_name", "provider_name", "provider_icon_url")
		text("title", c.limit("block.video.title")-1, "plain_text")
		text("description", c.limit("block.video.description"), "plain_text")
		c.text(b, "alt_text", c.limit("block.video.alt_text"))
		c.address(b, "video_url", c.limit("block.image.image_url"), "https")
	default:
		c.bad("a block of type %q", typ)
	}
}

func (c *checker) slackText(o map[string]any, most int, kinds ...string) int {
	c.members(o, "type!", "text!", "verbatim", "emoji")
	typ := str(o, "type")
	ok := false
	for _, k := range kinds {
		ok = ok || k == typ
	}
	if !ok || typ == "plain_text" && o["verbatim"] != nil || typ == "mrkdwn" && o["emoji"] != nil {
		c.bad("a text of type %q with these members", typ)
	}
	return c.text(o, "text", most)
}

func (c *checker) slackImage(o map[string]any) {
	c.address(o, "image_url", c.limit("block.image.image_url"), "http", "https")
	c.text(o, "alt_text", c.limit("block.image.alt_text"))
}

func (c *checker) slackElement(o map[string]any) {
	switch typ := str(o, "type"); typ {
	case "image":
		c.members(o, "type!", "image_url!", "alt_text!")
		c.slackImage(o)
	case "button":
		c.members(o, "type!", "text!", "action_id", "url", "value", "style", "accessibility_label")
		c.object(o, "text", func(t map[string]any) { c.slackText(t, c.limit("element.button.text"), "plain_text") })
		c.address(o, "url", c.limit("element.button.url"), "http", "https", "mailto", "tel", "slack")
		c.text(o, "value", c.limit("element.button.value"))
		c.text(o, "action_id", c.limit("common.action_id"))
		if s := str(o, "style"); o["style"] != nil && s != "primary" && s != "danger" {
			c.bad("style %q", s)
		}
	default:
		c.bad("an element of type %q", typ)
	}
}

// richText checks an element of rich text; what its leaves hold counts.
func (c *checker) richText(o map[string]any, chars *int) {
	switch typ := str(o, "type"); typ {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list":
		if list, ok := o["elements"].([]any); !ok || len(list) == 0 {
			c.bad("%s without elements", typ)
			return
		}
		if typ == "rich_text_list" {
			c.members(o, "type!", "elements!", "style!", "indent", "offset", "border")
			c.whole(o, "indent", c.limit("block.rich_text_list.indent"))
			if s := str(o, "style"); s != "bullet" && s != "ordered" {
				c.bad("a list of style %q", s)
			}
		} else {
			c.members(o, "type!", "elements!", "border", "language")
		}
		c.each(o, "elements", 1<<20, func(e map[string]any) {
			switch t := str(e, "type"); {
			case typ == "rich_text_list" && t != "rich_text_section",
				typ == "rich_text_preformatted" && t != "text" && t != "link",
				typ != "rich_text_list" && strings.HasPrefix(t, "rich_text"):
				c.bad("a %s in a %s", t, typ)
			}
			c.richText(e, chars)
		})
	default:
		known := false
		for _, name := range c.limits["rich_text_inline"].([]any) {
			known = known || name == typ
		}
		if !known {
			c.bad("a rich text element of type %q", typ)
		}
		if s, ok := o["text"].(string); ok {
			if *chars += utf8.RuneCountInString(s); s == "" {
				c.bad("empty text")
			}
		} else if typ == "text" {
			c.bad("text without text")
		}
		if key, ok := richNeeds[typ]; ok && (o[key] == nil || o[key] == "") {
			c.bad("%s without %s", typ, key)
		}
		if typ == "link" {
			c.address(o, "url", c.limit("block.image.image_url"), "http", "https", "mailto", "tel", "slack")
		}
	}
}

// richNeeds is the member without which an inline element says nothing.
var richNeeds = map[string]string{
	"link": "url", "emoji": "name", "user": "user_id", "usergroup": "usergroup_id",
	"channel": "channel_id", "broadcast": "range", "date": "format",
}

func (c *checker) slackTable(b map[string]any, s *slackCount) {
	rows, _ := b["rows"].([]any)
	if len(rows) == 0 || len(rows) > c.limit("block.table.rows") {
		c.bad("%d rows", len(rows))
	}
	for _, row := range rows {
		cells, _ := row.([]any)
		if len(cells) == 0 || len(cells) > c.limit("block.table.columns") {
			c.bad("%d columns", len(cells))
		}
		for _, cell := range cells {
			o, _ := cell.(map[string]any)
			switch str(o, "type") {
			case "raw_text":
				s.tableChars += utf8.RuneCountInString(str(o, "text"))
				if str(o, "text") == "" {
					c.bad("empty cell")
				}
			case "rich_text":
				c.each(o, "elements", 1<<20, func(e map[string]any) { c.richText(e, &s.tableChars) })
			default:
				c.bad("a cell of type %q", str(o, "type"))
			}
		}
	}
}

func (c *checker) attachment(a map[string]any, s *slackCount) {
	c.members(a, "color", "pretext", "author_name", "author_link", "author_icon", "title", "title_link", "text", "fields",
		"image_url", "thumb_url", "footer", "footer_icon", "ts", "mrkdwn_in", "fallback", "blocks", "actions", "callback_id")
	if a["blocks"] == nil && a["text"] == nil && a["fallback"] == nil {
		c.bad("an attachment without blocks, text and fallback")
	}
	if a["blocks"] != nil {
		c.members(a, "color", "fallback", "blocks") // Slack shows no other part beside them
	}
	if a["image_url"] != nil && a["thumb_url"] != nil {
		c.bad("image_url and thumb_url together")
	}
	if s := str(a, "color"); a["color"] != nil && (len(s) != 7 || s[0] != '#' || strings.Trim(s[1:], "0123456789abcdefABCDEF") != "") {
		c.bad("color %q", s)
	}
	for _, key := range []string{"pretext", "author_name", "title", "text", "fallback"} {
		c.text(a, key, c.limit("attachment.text_truncate"))
	}
	c.text(a, "footer", c.limit("attachment.footer"))
	for _, key := range []string{"author_link", "author_icon", "title_link", "image_url", "thumb_url", "footer_icon"} {
		c.address(a, key, c.limit("block.image.image_url"), "http", "https", "mailto", "tel")
	}
	c.whole(a, "ts", 1<<40)
	c.each(a, "fields", 1<<20, func(f map[string]any) {
		c.members(f, "title", "value", "short")
		if str(f, "title") == "" && str(f, "value") == "" {
			c.bad("empty field")
		}
	})
	c.each(a, "blocks", c.limit("message.blocks"), func(b map[string]any) { c.slackBlock(b, s) })
	c.each(a, "actions", c.limit("attachment.actions"), func(o map[string]any) {
		c.members(o, "type!", "text!", "url", "style", "name", "value")
		c.address(o, "url", c.limit("element.button.url"), "http", "https")
	})
}
