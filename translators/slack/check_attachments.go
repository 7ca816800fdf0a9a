package slack

import "github.com/tidwall/gjson"

// The rules of classic attachments. Slack is not strict about them: what it knows
// may be a number or a boolean in place of a string, and what it does not know is
// ignored.

var classicAttachment = one(&shape{open: true, members: []member{
	may("fallback", scalar), may("color", scalar), may("pretext", scalar),
	may("author_name", scalar), may("author_link", scalar), may("author_icon", scalar), may("author_subname", scalar),
	may("title", scalar), may("title_link", scalar), may("text", scalar),
	may("fields", list(0, 0, one(&shape{open: true, members: []member{
		may("title", scalar), may("value", scalar), may("short", scalar),
	}}))),
	may("image_url", scalar), may("thumb_url", scalar),
	may("footer", rule{kind: aScalar, max: maxFooterChars}), may("footer_icon", scalar), may("ts", scalar),
	may("mrkdwn_in", list(0, 0, scalar)), may("callback_id", scalar), may("attachment_type", scalar),
	may("actions", list(0, maxAttachButtons, classicAction)),
}})

// shows reports whether any attachment shows something. The reference asks each
// for fallback, text or blocks; tools in wide use send none of them, but a title
// and fields, and are shown.
func shows(attachments gjson.Result) bool {
	found := false
	attachments.ForEach(func(_, a gjson.Result) bool {
		a.ForEach(func(key, v gjson.Result) bool {
			switch key.Str {
			case "color", "callback_id", "attachment_type", "mrkdwn_in", "id", "ts", "author_link", "author_icon", "title_link", "footer_icon":
			default:
				found = found || says(v)
			}
			return !found
		})
		return !found
	})
	return found
}

// framedAttachment is one with blocks, of which Slack ignores all other parts.
var framedAttachment = one(&shape{open: true, members: []member{
	must("blocks", messageBlocks), may("fallback", scalar), may("color", scalar),
}})

var classicAction = typed(classicButton, classicMenu)

var (
	classicConfirm = one(&shape{open: true, members: []member{
		may("title", scalar), must("text", scalar), may("ok_text", scalar), may("dismiss_text", scalar),
	}})
	classicOption = one(&shape{open: true, members: []member{
		must("text", scalar), must("value", rule{kind: aScalar, max: maxAttachActionValue}), may("description", scalar),
	}})
	classicOptions = list(0, maxOptions, classicOption)

	classicButton = &shape{typ: "button", open: true, members: []member{
		must("text", scalar), may("name", scalar), may("value", rule{kind: aScalar, max: maxAttachActionValue}),
		may("style", oneOf("", "default", "primary", "danger")), may("url", scalar), may("confirm", classicConfirm),
	}}
	classicMenu = &shape{typ: "select", open: true, members: []member{
		must("text", scalar), may("name", scalar), may("options", classicOptions), may("selected_options", classicOptions),
		may("option_groups", list(0, maxOptions, one(&shape{open: true, members: []member{must("text", scalar), must("options", classicOptions)}}))),
		may("data_source", oneOf("static", "users", "channels", "conversations", "external")),
		may("min_query_length", scalar), may("confirm", classicConfirm),
	}}
)
