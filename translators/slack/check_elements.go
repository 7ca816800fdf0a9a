package slack

import "time"

// The rules of elements: what stands in sections, contexts, actions and inputs.

var (
	actionIDMember = may("action_id", rule{kind: aString, max: maxIDChars, id: actionID})
	placeholder    = may("placeholder", plainText(maxPlaceholderChars))
	focus          = may("focus_on_load", boolean)
	confirmMember  = may("confirm", confirm)
	accessible     = may("accessibility_label", str(maxAccessibleChars))
	dispatch       = may("dispatch_action_config", dispatchConfig)
)

// element is the shape of an element that can be used, with what all of these
// have.
func element(typ string, members ...member) *shape {
	return &shape{typ: typ, members: append(members, actionIDMember)}
}

// choice is element with what all choices have.
func choice(typ string, members ...member) *shape {
	return element(typ, append(members, confirmMember, focus)...)
}

func only(s *shape, also func(*checker, object)) *shape { s.also = also; return s }

var (
	button = element("button",
		must("text", plainText(maxButtonChars)), may("url", str(maxURLChars)), may("value", str(maxValueChars)),
		may("style", buttonStyle), confirmMember, accessible)
	workflowButton = element("workflow_button",
		must("text", plainText(maxButtonChars)), must("workflow", workflow), may("style", buttonStyle), accessible)
	iconButton = element("icon_button",
		must("icon", someText), must("text", plainText(maxSectionChars)), may("value", str(maxValueChars)), confirmMember,
		accessible, may("visible_to_user_ids", list(0, maxVisibleTo, someText)))
	feedbackButtons = element("feedback_buttons",
		must("positive_button", feedbackButton), must("negative_button", feedbackButton))
	feedbackButton = one(&shape{members: []member{
		must("text", plainText(maxButtonChars)), must("value", str(maxValueChars)), accessible,
	}})

	pictureMembers = []member{
		must("alt_text", str(maxAltChars)), may("image_url", address), may("slack_file", slackFile),
	}
	imageElement = &shape{typ: "image", members: pictureMembers, also: xor("image_url", "slack_file")}

	checkboxes = choice("checkboxes",
		must("options", list(1, maxChoices, choiceOption)), may("initial_options", list(1, maxChoices, choiceOption)))
	radioButtons = choice("radio_buttons",
		must("options", list(1, maxChoices, choiceOption)), may("initial_option", choiceOption))
	overflow = element("overflow", must("options", list(1, maxOverflow, overflowOption)), confirmMember)

	datepicker     = choice("datepicker", may("initial_date", rule{kind: aString, form: &isDate}), placeholder)
	timepicker     = choice("timepicker", may("initial_time", rule{kind: aString, form: &isTime}), may("timezone", someText), placeholder)
	datetimepicker = choice("datetimepicker", may("initial_date_time", whole(1e9, 1e10-1)))

	plainTextInput = element("plain_text_input",
		may("multiline", boolean), may("min_length", whole(0, maxInputChars)), may("max_length", whole(1, maxInputChars)),
		may("initial_value", str(maxInputChars)), placeholder, focus, dispatch)
	emailInput  = element("email_text_input", may("initial_value", anyText), placeholder, focus, dispatch)
	urlInput    = element("url_text_input", may("initial_value", anyText), placeholder, focus, dispatch)
	numberInput = element("number_input",
		must("is_decimal_allowed", boolean), may("min_value", anyText), may("max_value", anyText), may("initial_value", anyText),
		placeholder, focus, dispatch)
	richTextInput = element("rich_text_input",
		may("initial_value", typed(richText)), may("min_lines", whole(1, maxInputLines)), may("max_lines", whole(1, maxInputLines)),
		placeholder, focus, dispatch)
	fileInput = element("file_input", may("filetypes", list(0, 0, anyText)), may("max_files", whole(1, maxInputFiles)))

	urlSource = &shape{typ: "url", members: []member{must("url", address), must("text", anyText)}}
)

// menus are the selects, each with one choice or with several.
var menus = func() (all []*shape) {
	initial := map[string]string{"static": "option", "external": "option", "users": "user", "conversations": "conversation", "channels": "channel"}
	for _, source := range []string{"static", "external", "users", "conversations", "channels"} {
		value := someText
		var members []member
		also := func(*checker, object) {}
		switch source {
		case "static":
			value = plainOption
			members = []member{may("options", list(1, maxOptions, plainOption)), may("option_groups", list(1, maxOptions, optionGroup))}
			also = xor("options", "option_groups")
		case "external":
			value = plainOption
			members = []member{may("min_query_length", rule{kind: anInteger})}
		case "conversations":
			members = []member{may("default_to_current_conversation", boolean), may("filter", conversationFilter)}
		}
		name := "initial_" + initial[source]
		single := append([]member{may(name, value), placeholder}, members...)
		if source == "conversations" || source == "channels" {
			single = append(single, may("response_url_enabled", boolean))
		}
		several := append([]member{may(name+"s", list(0, maxOptions, value)), may("max_selected_items", rule{kind: anInteger, min: 1}), placeholder}, members...)
		all = append(all, only(choice(source+"_select", single...), also), only(choice("multi_"+source+"_select", several...), also))
	}
	return all
}()

func shapes(lists ...[]*shape) (all []*shape) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var (
	accessories = rule{kind: anObject, types: shapes(menus, []*shape{
		button, checkboxes, datepicker, timepicker, imageElement, overflow, radioButtons, workflowButton,
	})}
	actionElements = rule{kind: anObject, types: shapes(menus, []*shape{
		button, checkboxes, datepicker, datetimepicker, timepicker, overflow, radioButtons, workflowButton, richTextInput,
	})}
	inputElements = rule{kind: anObject, types: shapes(menus, []*shape{
		plainTextInput, emailInput, urlInput, numberInput, checkboxes, radioButtons, datepicker, timepicker, datetimepicker,
		richTextInput, fileInput,
	})}
)

var (
	isDate = form{"a date YYYY-MM-DD", func(s string) bool { return isMoment(s, "0000-00-00", time.DateOnly) }}
	isTime = form{"a time HH:mm", func(s string) bool { return isMoment(s, "00:00", "15:04") }}
	isHex  = form{"a colour #rrggbb", func(s string) bool {
		if len(s) != 7 || s[0] != '#' {
			return false
		}
		for i := 1; i < len(s); i++ {
			if b := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (b < 'a' || b > 'f') {
				return false
			}
		}
		return true
	}}
)

// isMoment reports whether s is written as a pattern has it, and is a date or time
// that there is.
func isMoment(s, pattern, layout string) bool {
	if !digits(s, pattern) {
		return false
	}
	_, err := time.Parse(layout, s)
	return err == nil
}

// digits reports whether s looks like a pattern in which 0 is any digit.
func digits(s, pattern string) bool {
	if len(s) != len(pattern) {
		return false
	}
	for i := range len(s) {
		if digit := s[i] >= '0' && s[i] <= '9'; pattern[i] == '0' && !digit || pattern[i] != '0' && s[i] != pattern[i] {
			return false
		}
	}
	return true
}
