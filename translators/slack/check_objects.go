package slack

import (
	"strings"
	"unicode/utf8"
)

// The rules of values that blocks are made of: strings, lists, texts and the
// other composition objects.

func str(most int) rule                 { return rule{kind: aString, max: most} }
func filled(most int) rule              { return rule{kind: aString, min: 1, max: most} }
func oneOf(names ...string) rule        { return rule{kind: aString, enum: names} }
func whole(least, most int) rule        { return rule{kind: anInteger, min: least, max: most} }
func list(least, most int, r rule) rule { return rule{kind: aList, min: least, max: most, item: &r} }
func one(s *shape) rule                 { return rule{kind: anObject, shape: s} }
func typed(s ...*shape) rule            { return rule{kind: anObject, types: s} }

func must(name string, r rule) member { return member{name: name, need: true, rule: r} }
func may(name string, r rule) member  { return member{name: name, rule: r} }

var (
	anyText  = rule{kind: aString}
	someText = rule{kind: aString, min: 1}
	boolean  = rule{kind: aBoolean}
	numeric  = rule{kind: aNumber}
	address  = filled(maxURLChars)
)

// secure is the address of something that Slack embeds.
var secure = rule{kind: aString, min: 1, max: maxURLChars, form: &form{"an https address", func(s string) bool {
	return strings.HasPrefix(s, "https://") && len(s) > len("https://")
}}}

// plainShape is a text object that shows what it says.
func plainShape(most int) *shape {
	return &shape{typ: "plain_text", members: []member{
		must("text", rule{kind: aString, min: 1, max: most, count: true}),
		may("emoji", boolean),
	}}
}

func mrkdwnShape(most int) *shape {
	return &shape{typ: "mrkdwn", members: []member{
		must("text", rule{kind: aString, min: 1, max: most, count: true}),
		may("verbatim", boolean),
	}}
}

func plainText(most int) rule  { return typed(plainShape(most)) }
func eitherText(most int) rule { return typed(plainShape(most), mrkdwnShape(most)) }

// xor checks that an object has exactly one of two members.
func xor(a, b string) func(*checker, object) {
	return func(c *checker, o object) {
		if o.have(a) == o.have(b) {
			c.add(codeConstraint, "failed to match exactly one allowed schema: `"+a+"` or `"+b+"`", "")
		}
	}
}

// notBoth checks that an object has at most one of two members.
func notBoth(a, b string) func(*checker, object) {
	return func(c *checker, o object) {
		if o.have(a) && o.have(b) {
			c.add(codeConstraint, "must not define both `"+a+"` and `"+b+"`", "")
		}
	}
}

// atLeastOne checks that an object has at least one of some members.
func atLeastOne(names ...string) func(*checker, object) {
	message := "must define one of `" + strings.Join(names, "`, `") + "`"
	if len(names) == 2 {
		message = "must define either `" + names[0] + "` or `" + names[1] + "`"
	}
	return func(c *checker, o object) {
		for _, name := range names {
			if o.have(name) {
				return
			}
		}
		c.add(codeConstraint, message, "")
	}
}

// option is an entry of a menu or a group of choices.
func option(text rule, more ...member) rule {
	return one(&shape{members: append([]member{
		must("text", text),
		must("value", str(maxOptionValueChars)),
		may("description", text),
	}, more...)})
}

var (
	plainOption    = option(plainText(maxOptionChars))
	choiceOption   = option(eitherText(maxOptionChars))
	overflowOption = option(plainText(maxOptionChars), may("url", str(maxURLChars)))

	optionGroup = one(&shape{members: []member{
		must("label", plainText(maxOptionChars)),
		must("options", list(1, maxOptions, plainOption)),
	}})

	// confirm has defaults for all but its text.
	confirm = one(&shape{members: []member{
		may("title", plainText(maxConfirmTitle)),
		must("text", eitherText(maxConfirmText)),
		may("confirm", plainText(maxConfirmButton)),
		may("deny", plainText(maxConfirmButton)),
		may("style", buttonStyle),
	}})

	buttonStyle = oneOf("primary", "danger")

	slackFile = one(&shape{members: []member{may("id", someText), may("url", someText)}, also: xor("id", "url")})

	slackIcon = typed(&shape{typ: "icon", members: []member{must("name", someText)}})

	conversationFilter = one(&shape{members: []member{
		may("include", list(1, 4, oneOf("im", "mpim", "private", "public"))),
		may("exclude_external_shared_channels", boolean),
		may("exclude_bot_users", boolean),
	}, also: atLeastOne("include", "exclude_external_shared_channels", "exclude_bot_users")})

	dispatchConfig = one(&shape{members: []member{
		may("trigger_actions_on", list(1, 2, oneOf("on_enter_pressed", "on_character_entered"))),
	}})

	workflow = one(&shape{members: []member{must("trigger", one(&shape{members: []member{
		must("url", someText),
		may("customizable_input_parameters", list(0, 0, one(&shape{members: []member{
			must("name", someText), must("value", anyText),
		}}))),
	}}))}})

	rawText   = &shape{typ: "raw_text", members: []member{must("text", rule{kind: aString, min: 1, count: true})}}
	rawNumber = &shape{typ: "raw_number", members: []member{
		must("value", numeric),
		may("text", rule{kind: aString, count: true}),
	}, also: func(c *checker, o object) {
		if !o.have("text") {
			c.sum.chars += utf8.RuneCountInString(o.get("value").Raw) // it is shown as it is
		}
	}}
)
