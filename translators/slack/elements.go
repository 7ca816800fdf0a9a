package slack

import (
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
// placeholder, the choice that is set, and the options which are always seen.
func (r *reader) element(typ string, v jsonr.Value) chat.Text {
	from := len(r.mem.Spans)
	between := ", "
	say := func(s string, url string) {
		if s == "" || len(r.mem.Spans) >= chat.MaxSpans {
			return
		}
		if len(r.mem.Spans) > from {
			r.mem.Spans.Add(chat.Span{Text: between})
		}
		between = ", "
		if url != "" {
			r.mem.Spans.Add(chat.Span{Kind: chat.Link, Text: s, Ref: url})
		} else {
			r.mem.Spans.Add(chat.Span{Text: s})
		}
	}
	option := func(_ int, o jsonr.Value) {
		var s, url string
		if o.IsObject() {
			for key, v := range o.Members() {
				switch key {
				case "text":
					s = r.words(v)
				case "url":
					url = v.Str()
				}
			}
		} else {
			s = r.str("", o)
		}
		say(s, url)
	}
	for key, v := range v.Members() {
		switch key {
		case "text", "placeholder":
			say(r.words(v), "")
			between = ": " // what is chosen, or to choose from
		case "options":
			if typ == "overflow" || typ == "checkboxes" || typ == "radio_buttons" {
				each(v, option)
			}
		case "initial_option", "initial_options":
			if typ != "checkboxes" && typ != "radio_buttons" {
				each(v, option)
			}
		case "initial_value":
			if v.IsObject() {
				say(r.richWords(v), "")
			} else {
				say(r.str("initial_value", v), "")
			}
		case "initial_date", "initial_time", "initial_user", "initial_conversation", "initial_channel":
			say(r.str(key, v), "")
		case "initial_users", "initial_conversations", "initial_channels":
			each(v, func(_ int, v jsonr.Value) { say(v.Str(), "") })
		case "initial_date_time":
			if at := number(v); at > 0 {
				say(dateWords(at), "")
			}
		case "url":
			if typ == "url" {
				say(first(r.words(v), v.Str()), v.Str())
			}
		}
	}
	return chat.Text(r.mem.Spans.Cut(from))
}
