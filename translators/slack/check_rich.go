package slack

// The rules of rich text.

var richText = &shape{typ: "rich_text", block: true, members: []member{
	blockIDMember,
	must("elements", list(0, 0, typed(richSection, richList, richCode, richQuote))),
}}

var (
	border      = may("border", whole(0, 1))
	richSection = &shape{typ: "rich_text_section", members: []member{must("elements", list(0, 0, inline))}}
	richQuote   = &shape{typ: "rich_text_quote", members: []member{must("elements", list(0, 0, inline)), border}}
	richCode    = &shape{typ: "rich_text_preformatted", members: []member{
		must("elements", list(0, 0, typed(richWords, richLink))), border, may("language", anyText),
	}}
	richList = &shape{typ: "rich_text_list", members: []member{
		must("style", oneOf("bullet", "ordered")),
		must("elements", list(1, 0, typed(richSection))),
		may("indent", whole(0, maxIndent)), may("offset", rule{kind: anInteger}), border,
	}}
)

// styles is the style of an inline element.
func styles(names ...string) member {
	s := &shape{}
	for _, name := range names {
		s.members = append(s.members, may(name, boolean))
	}
	return may("style", one(s))
}

var (
	wordStyle    = styles("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
	mentionStyle = styles("bold", "italic", "strike", "underline", "highlight", "client_highlight", "unlink")

	shownText = rule{kind: aString, min: 1, count: true}

	richWords = &shape{typ: "text", members: []member{must("text", shownText), wordStyle}}
	richLink  = &shape{typ: "link", members: []member{
		must("url", someText), may("text", rule{kind: aString, count: true}), may("unsafe", boolean), may("is_slack_url", boolean),
		may("truncated", boolean), may("from_llm", boolean), wordStyle,
	}}
)

// inline are the elements of a line of rich text. Of those that are open no
// source tells all members.
var inline = typed(
	richWords, richLink,
	&shape{typ: "emoji", members: []member{
		must("name", someText), may("skin_tone", whole(minSkinTone, maxSkinTone)), may("unicode", anyText), may("url", anyText), mentionStyle,
	}},
	&shape{typ: "user", members: []member{must("user_id", someText), mentionStyle}},
	&shape{typ: "usergroup", members: []member{must("usergroup_id", someText), mentionStyle}},
	&shape{typ: "team", members: []member{must("team_id", someText), mentionStyle}},
	&shape{typ: "channel", members: []member{must("channel_id", someText), may("tab_id", anyText), mentionStyle}},
	&shape{typ: "broadcast", members: []member{must("range", oneOf("here", "channel", "everyone")), mentionStyle}},
	&shape{typ: "date", members: []member{
		must("timestamp", rule{kind: anInteger}), must("format", someText), may("timezone", anyText), may("url", anyText), may("fallback", anyText), wordStyle,
	}},
	&shape{typ: "color", members: []member{must("value", rule{kind: aString, form: &isHex}), mentionStyle}},
	&shape{typ: "tag", members: []member{
		must("text", shownText),
		may("color", oneOf("gray", "brown", "purple", "indigo", "blue", "green", "yellow", "orange", "red")), mentionStyle,
	}},
	&shape{typ: "message_mention", members: []member{
		must("channel_id", someText), must("message_ts", someText), may("author_id", anyText), may("thread_ts", anyText),
		may("text", anyText), may("url", anyText), mentionStyle,
	}},
	&shape{typ: "attachment_mention", open: true},
	&shape{typ: "work_object_mention", open: true},
	&shape{typ: "workflow_mention", open: true},
	&shape{typ: "canvas", open: true, members: []member{must("file_id", someText)}},
	&shape{typ: "file", open: true, members: []member{must("file_id", someText)}},
	&shape{typ: "list_record", open: true, members: []member{must("file_id", someText)}},
	&shape{typ: "canvas_user_mention", open: true},
	&shape{typ: "canvas_message_unfurl", open: true},
	&shape{typ: "salesforce_data_field", open: true},
	&shape{typ: "citation", open: true},
)
