package slack

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// reference appends what an inline element refers to that no neutral span is for:
// a canvas, a file, a record, a message, and whatever Slack adds to these. Slack's
// clients look up what to show; here the words that are sent stand for it, else
// what it is and its id.
func (r *reader) reference(typ string, e jsonr.Value, style chat.Style) {
	var text, label, url, id, user, channel string
	for key, v := range e.Members() {
		switch key {
		case "text":
			text = r.str("text", v)
		case "label", "name", "title", "fallback", "salesforce_field_label":
			label = first(label, r.str(key, v))
		case "url":
			url = v.Str()
		case "user_id":
			user = v.Str()
		case "channel_id", "root_message_channel":
			channel = v.Str()
		case "file_id", "message_ts", "root_message_ts", "salesforce_record_id", "entity_id", "workflow_id", "external_id", "id":
			id = first(id, r.str(key, v))
		case "record_id": // one of those in the file
			id = first(r.str(key, v), id)
		}
	}
	s := chat.Span{Text: first(text, label, url), Style: style}
	switch {
	case url != "":
		s.Kind, s.Ref = chat.Link, url
		r.mem.Spans.Add(s)
		return // as Slack shows it
	case s.Text != "":
		r.mem.Spans.Add(s)
	case user != "":
		r.mem.Spans.Add(chat.Span{Kind: chat.User, Text: "@" + user, Ref: user, Style: style})
	case id != "":
		s.Text = referent(typ) + " " + id
		if channel != "" {
			s.Text += " in "
		}
		r.mem.Spans.Add(s)
		if channel != "" {
			r.mem.Spans.Add(chat.Span{Kind: chat.Channel, Text: "#" + channel, Ref: channel, Style: style})
		}
	default:
		from := len(r.mem.Spans)
		if r.visible(e, from, 0); len(r.mem.Spans) == from {
			r.drop(first(typ, "element"))
			return
		}
	}
	r.n.Add(chat.Flattened, first(typ, "element"), 0)
}

// referent is what people call what an element of a type refers to.
func referent(typ string) string {
	switch typ {
	case "message_mention", "canvas_message_unfurl":
		return "message"
	case "salesforce_data_field":
		return "Salesforce record"
	default:
		return strings.ReplaceAll(strings.TrimSuffix(first(typ, "element"), "_mention"), "_", " ")
	}
}
