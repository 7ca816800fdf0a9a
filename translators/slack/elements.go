package slack

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// actions reads a row of elements: buttons as such, of others their words.
func (r *reader) actions(elements jsonr.Value) {
	from, others := len(r.mem.Buttons), 0
	each(elements, func(_ int, v jsonr.Value) {
		switch typ := v.Get("type").Str(); {
		case isButton(typ):
			r.mem.Buttons.Add(r.button(v))
		case typ == feedback:
			r.mem.Buttons.Add(r.button(v.Get("positive_button")))
			r.mem.Buttons.Add(r.button(v.Get("negative_button")))
		default:
			others++
		}
	})
	if b := r.mem.Buttons.Cut(from); len(b) > 0 {
		r.add(chat.Block{Kind: chat.Buttons, Buttons: b})
	}
	if others == 0 {
		return
	}
	each(elements, func(i int, v jsonr.Value) {
		typ := v.Get("type").Str()
		if isButton(typ) || typ == feedback {
			return
		}
		r.n.Enter("elements", i)
		defer r.n.Leave()
		if t := r.element(typ, v); len(t) > 0 {
			r.n.Add(chat.Flattened, typ, 0)
			r.add(chat.Block{Text: t})
		} else {
			r.drop(typ)
		}
	})
}

// feedback is the type of two buttons in one element.
const feedback = "feedback_buttons"

func isButton(typ string) bool {
	return typ == "button" || typ == "workflow_button" || typ == "icon_button"
}

func (r *reader) button(v jsonr.Value) chat.Button {
	var b chat.Button
	var value, label string
	for key, v := range v.Members() {
		switch key {
		case "text":
			b.Label = r.words(v)
		case "url":
			b.URL = r.str("url", v)
		case "action_id":
			b.ID = r.str("action_id", v)
		case "value":
			value = v.Str()
		case "accessibility_label":
			label = r.str("accessibility_label", v)
		case "workflow": // starts from a link, too
			if b.URL = v.Get("trigger").Get("url").Str(); b.URL != "" {
				r.n.Add(chat.Flattened, "workflow_button", 0)
			}
		case "style":
			switch v.Str() {
			case "primary":
				b.Tone = chat.TonePrimary
			case "danger":
				b.Tone = chat.ToneDanger
			}
		}
	}
	b.Label = first(b.Label, label)
	if b.URL != "" {
		b.ID = ""
	} else {
		b.ID = first(b.ID, value)
	}
	return b
}

// element is what an interactive element shows before anyone touches it: its
// label or placeholder, then the options which are always seen, else the choice
// that is set.
func (r *reader) element(typ string, v jsonr.Value) chat.Text {
	from := len(r.mem.Spans)
	between := ""
	say := func(s chat.Span) {
		if s.Text == "" || len(r.mem.Spans) >= chat.MaxSpans {
			return
		}
		if len(r.mem.Spans) > from {
			r.mem.Spans.Add(chat.Span{Text: between})
		}
		between = ", "
		r.mem.Spans.Add(s)
	}

	var label string
	var options, initial jsonr.Value
	for key, v := range v.Members() {
		switch key {
		case "text", "placeholder":
			label = first(label, r.words(v))
		case "options":
			options = v
		case "initial_option", "initial_options", "initial_value", "initial_date", "initial_time", "initial_date_time",
			"initial_user", "initial_users", "initial_conversation", "initial_conversations", "initial_channel", "initial_channels":
			if v.Kind() != jsonr.Null {
				initial = v
			}
		case "url":
			if typ == "url" {
				say(chat.Span{Kind: chat.Link, Text: v.Str(), Ref: v.Str()})
			}
		}
	}
	say(chat.Span{Text: label})
	// What is chosen, or to choose from.
	if between = ": "; strings.HasSuffix(label, "?") || strings.HasSuffix(label, ":") || strings.HasSuffix(label, "…") {
		between = " "
	}
	switch {
	case typ == "overflow":
		each(options, func(_ int, o jsonr.Value) { say(r.option(o)) })
	case typ == "checkboxes" || typ == "radio_buttons":
		each(options, func(_ int, o jsonr.Value) {
			s := r.option(o)
			if s.Text != "" {
				s.Text = mark(typ, isChosen(initial, o)) + s.Text
			}
			say(s)
		})
	case typ == "rich_text_input":
		say(chat.Span{Text: r.richWords(initial)})
	case typ == "datetimepicker":
		if at := number(initial); at > 0 {
			say(chat.Span{Text: dateWords(at)})
		}
	case initial.IsArray():
		each(initial, func(_ int, o jsonr.Value) { say(r.option(o)) })
	default:
		say(r.option(initial))
	}
	return chat.Text(r.mem.Spans.Cut(from))
}

// option is an entry of a menu or of a group of choices as its words, with what
// is written below them.
func (r *reader) option(o jsonr.Value) chat.Span {
	if !o.IsObject() {
		return chat.Span{Text: r.str("option", o)}
	}
	var s chat.Span
	var description string
	for key, v := range o.Members() {
		switch key {
		case "text":
			s.Text = r.words(v)
		case "description":
			description = r.words(v)
		case "url":
			s.Ref = v.Str()
		}
	}
	if s.Ref != "" {
		s.Kind = chat.Link
	}
	if s.Text != "" && description != "" {
		s.Text += " – " + description
	}
	return s
}

// isChosen reports whether an option is among those chosen from the start.
func isChosen(initial, option jsonr.Value) bool {
	value, found := option.Get("value").Raw(), false
	each(initial, func(_ int, o jsonr.Value) { found = found || o.Get("value").Raw() == value })
	return found
}

// mark is how an option of a group shows whether it is chosen.
func mark(typ string, chosen bool) string {
	switch {
	case typ == "radio_buttons" && chosen:
		return "◉ "
	case typ == "radio_buttons":
		return "○ "
	case chosen:
		return "☑ "
	default:
		return "☐ "
	}
}
