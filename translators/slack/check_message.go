package slack

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
)

// messageMembers are the members of a message that can be wrong. All others are
// ignored, as Slack does, or are for the place where the message is posted.
var messageMembers = []string{"text", "blocks", "attachments", "markdown_text", "metadata"}

// message checks a payload.
func (c *checker) message(root gjson.Result) {
	if !root.IsObject() {
		c.add(codeType, wantObject, "")
		return
	}
	var v [5]gjson.Result
	var order []int
	root.ForEach(func(key, val gjson.Result) bool {
		for i, name := range messageMembers {
			if key.Str == name {
				if !v[i].Exists() {
					order = append(order, i)
				}
				v[i] = val
			}
		}
		return true
	})
	text, blocks, attachments, markdown := v[0], unwrap(v[1]), unwrap(v[2]), v[3]
	switch content := says(text) || says(blocks); {
	case content && says(markdown):
		c.under(faultMarkdownBoth, func() { c.add(codeConstraint, "must not define `markdown_text` beside `text` or `blocks`", "") })
	case !content && !says(markdown) && !shows(attachments):
		c.under(faultNoText, func() { c.add(codeMissing, "must define one of `text`, `blocks` and `attachments`", "") })
	}
	for _, i := range order {
		if v[i].Type == gjson.Null {
			continue
		}
		c.in(step{key: messageMembers[i]}, func() {
			switch messageMembers[i] {
			case "text":
				c.value(&scalar, text)
			case "blocks":
				c.under(faultBlocks, func() { c.blockList(blocks) })
			case "attachments":
				c.under(faultAttachments, func() { c.attachments(attachments) })
			case "markdown_text":
				if markdown.Type != gjson.String {
					c.add(codeType, wantString, "")
					return
				}
				c.under(faultMarkdownLong, func() { c.value(&markdownText, markdown) })
			case "metadata":
				c.under(faultMetadata, func() { c.value(&metadata, v[i]) })
			}
		})
	}
}

var (
	scalar       = rule{kind: aScalar}
	markdownText = rule{kind: aString, max: maxMarkdownChars}
	metadata     = rule{kind: anObject, shape: &shape{open: true, members: []member{
		{name: "event_type", rule: rule{kind: aString}},
		{name: "event_payload", rule: rule{kind: anObject, shape: &shape{open: true}}},
	}}}
)

// says reports whether a member of a message is there and not empty.
func says(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null, gjson.False:
		return false
	case gjson.String:
		return v.Str != ""
	case gjson.JSON:
		return strings.Trim(v.Raw, " \t\r\n[]{}") != ""
	default:
		return true
	}
}

// unwrap is v, or the list that it holds as a string: the Web API takes lists as
// JSON text, too.
func unwrap(v gjson.Result) gjson.Result {
	if v.Type == gjson.String && strings.HasPrefix(strings.TrimSpace(v.Str), "[") && json.Valid([]byte(v.Str)) {
		return gjson.Parse(strings.TrimSpace(v.Str))
	}
	return v
}

// blockList checks the blocks of a message.
func (c *checker) blockList(v gjson.Result) {
	if !v.IsArray() {
		c.under(faultBlocksFormat, func() { c.add(codeType, wantArray, "") })
		return
	}
	c.value(&messageBlocks, v)
}

// attachments checks the attachments of a message.
func (c *checker) attachments(v gjson.Result) {
	if !v.IsArray() {
		c.add(codeType, wantArray, "")
		return
	}
	from, n := len(c.found), 0
	v.ForEach(func(_, e gjson.Result) bool {
		if n < maxAttachmentsTaken {
			r := &classicAttachment
			if e.IsObject() && says(e.Get("blocks")) {
				r = &framedAttachment
			}
			c.in(step{index: n}, func() { c.value(r, e) })
		}
		n++
		return !c.full()
	})
	if n > maxAttachmentsTaken {
		c.under(faultTooMany, func() { c.addAt(from, codeConstraint, atMostItems(maxAttachmentsTaken), "") })
	}
}

// length is the number of elements of a list.
func length(v gjson.Result) int {
	n := 0
	v.ForEach(func(_, _ gjson.Result) bool { n++; return true })
	return n
}

// whole checks the totals after a block, so that the pointer names the block that
// is too much.
func (c *checker) whole(before totals) {
	if c.aside {
		return
	}
	passed := func(was, is, limit int) bool { return was <= limit && is > limit }
	if s := &c.sum; passed(before.chars, s.chars, maxMessageChars) {
		c.under(faultBlocksTooLong, func() { c.add(codeConstraint, tooLong(maxMessageChars)+" in all blocks", "") })
	}
	if passed(before.markdown, c.sum.markdown, maxMarkdownChars) {
		c.under(faultMarkdownLong, func() { c.add(codeConstraint, tooLong(maxMarkdownChars)+" in all markdown blocks", "") })
	}
	if passed(before.cells, c.sum.cells, maxTableChars) {
		c.add(codeConstraint, tooLong(maxTableChars)+" in all tables", "")
	}
	if passed(before.charts, c.sum.charts, maxCharts) {
		c.add(codeConstraint, atMostItems(maxCharts)+" of type data_visualization", "")
	}
	if passed(before.tables, c.sum.tables, maxTables) {
		c.under(faultAttachments, func() { c.add(codeConstraint, "only_one_table_allowed", "") })
	}
}
