package discord

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// The rules of components, from Discord's component reference. Codes and messages
// are those that senders report.
const (
	maxComponents    = 40 // of a message, with those in others
	maxCustomID      = 100
	maxSectionTexts  = 3
	maxTextDisplay   = 4000 // of one, and of all of a message
	maxGalleryItems  = 10
	maxMediaText     = 1024 // description of a picture
	maxChildren      = 40   // of a container
	maxOptions       = 25
	maxOptionText    = 100 // label, value and description
	maxPlaceholder   = 150
	maxComponentID   = 1<<31 - 1
	buttonWidth      = 1 // a row is five wide
	selectWidth      = 5
	linkButton       = 5
	premiumButton    = 6
	lastCustomButton = 4
)

// component is the model of a component, with what all of them have.
func component(typ int, members ...member) *model {
	return &model{typ: typ, members: append(members, may("id", form{kind: anInteger, max: maxComponentID, number: newNumber}))}
}

func union(models ...*model) form { return form{kind: aUnion, union: models} }

func (m *model) with(also func(*checker, object)) *model { m.also = also; return m }

var (
	customID     = form{kind: aText, min: 1, max: maxCustomID, also: newID}
	mediaText    = textTo(maxMediaText)
	media        = modelOf(must("url", imageURL))
	uploadedFile = modelOf(must("url", form{kind: anAddress, max: maxURL, upload: true}))

	button = component(2,
		must("style", oneOf(anInteger, "1", "2", "3", "4", "5", "6")), may("label", textTo(maxButtonLabel)), may("emoji", shownEmoji),
		may("custom_id", customID), may("url", form{kind: anAddress, max: maxButtonURL, schemes: []string{"http", "https", "discord"}}),
		may("sku_id", snowflake), may("disabled", boolean)).with(buttonParts)

	row = component(1, must("components", listOf(1, maxRowButtons, union(append([]*model{button}, menus...)...)))).with(rowWidth)

	textDisplay = component(10, must("content", form{kind: aText, min: 1, max: maxTextDisplay})).with(countText)
	thumbnail   = component(11, must("media", media), may("description", mediaText), may("spoiler", boolean))
	section     = component(9,
		must("components", listOf(1, maxSectionTexts, union(textDisplay))), must("accessory", union(button, thumbnail)))
	gallery = component(12, must("items", listOf(1, maxGalleryItems, modelOf(
		must("media", media), may("description", mediaText), may("spoiler", boolean)))))
	file      = component(13, must("file", uploadedFile), may("spoiler", boolean))
	separator = component(14, may("divider", boolean), may("spacing", oneOf(anInteger, "1", "2")))
	container = component(17,
		must("components", listOf(1, maxChildren, union(row, section, textDisplay, gallery, file, separator))),
		may("accent_color", colour), may("spoiler", boolean))

	legacyComponents = listOf(0, maxRows, union(row))
	modernComponents = form{
		kind: aList, item: &form{kind: aUnion, union: []*model{row, section, textDisplay, gallery, file, separator, container}},
		after: componentTotals,
	}
)

// menus are the selects: of strings, users, roles, both, and channels.
var menus = func() (all []*model) {
	option := modelOf(
		must("label", textOf(1, maxOptionText)), must("value", textOf(1, maxOptionText)),
		may("description", textTo(maxOptionText)), may("emoji", shownEmoji), may("default", boolean))
	for _, typ := range []int{3, 5, 6, 7, 8} {
		m := component(typ,
			must("custom_id", customID), may("placeholder", textTo(maxPlaceholder)),
			may("min_values", numberOf(0, maxOptions)), may("max_values", numberOf(1, maxOptions)), may("disabled", boolean))
		if typ == 3 {
			m.members = append(m.members, must("options", listOf(1, maxOptions, option)))
			m.also = optionValues
		}
		all = append(all, m)
	}
	return all
}()

// newID checks that no other component has a custom id.
func newID(c *checker, id string) {
	if _, again := c.ids[id]; again {
		c.add("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	if c.ids == nil {
		c.ids = map[string]struct{}{}
	}
	c.ids[id] = struct{}{}
}

// newNumber checks that no other component has an id, save 0, which stands for
// none. Discord refuses such a message (discohook issue 95); its code is not known.
func newNumber(c *checker, id float64) {
	if id == 0 {
		return
	}
	if _, again := c.numbers[id]; again {
		c.add("COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
	}
	if c.numbers == nil {
		c.numbers = map[float64]struct{}{}
	}
	c.numbers[id] = struct{}{}
}

// shownEmoji is an emoji on a button or in a menu: one with an id, or a character.
// The code of a button is that of a menu too (discord-api-docs issue 8071).
var shownEmoji = form{kind: aModel, model: &model{members: emoji.model.members, also: func(c *checker, o object) {
	name := o.get("name").String()
	if o.get("id").Type == gjson.Null && !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		c.addIn("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
	}
}}}

// buttonParts checks that a button has what its style makes it do.
func buttonParts(c *checker, o object) {
	style, ok := whole(o.get("style"))
	id, url := o.get("custom_id").Type != gjson.Null, o.get("url").Type != gjson.Null
	switch {
	case !ok:
	case id && url || id && style == linkButton:
		c.add("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
	case style == linkButton && !url:
		c.addIn("url", codeRequired, saidRequired)
	case style >= 1 && style <= lastCustomButton && !id:
		c.addIn("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
	case style == premiumButton && o.get("sku_id").Type == gjson.Null:
		c.addIn("sku_id", codeRequired, saidRequired)
	}
}

// rowWidth checks that what stands in a row fits beside each other.
func rowWidth(c *checker, o object) {
	mark, n, width := c.in("components"), 0, 0
	o.get("components").ForEach(func(_, v gjson.Result) bool {
		if typ, ok := whole(typeOf(v)); ok && typ == 2 {
			width += buttonWidth
		} else {
			width += selectWidth
		}
		if width > maxRowButtons {
			c.addIn(strconv.Itoa(n), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
		}
		n++
		return n < maxRowButtons // more are too many whatever they are
	})
	c.out(mark)
}

// optionValues checks that the options of a menu differ.
func optionValues(c *checker, o object) {
	var seen [maxOptions]string
	mark, n := c.in("options"), 0
	o.get("options").ForEach(func(_, v gjson.Result) bool {
		value := v.Get("value").String()
		for _, s := range seen[:n] {
			if s == value && value != "" {
				at := c.in(strconv.Itoa(n))
				c.add("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
				c.out(at)
				break
			}
		}
		seen[n] = value
		n++
		return n < maxOptions
	})
	c.out(mark)
}

func countText(c *checker, o object) {
	c.shownChars += utf8.RuneCountInString(strings.TrimSpace(o.get("content").String()))
}

// componentTotals checks what all components together may be.
func componentTotals(c *checker, from, _ int) {
	if c.shownChars > maxTextDisplay {
		c.addAt(from, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
			"Components displayable text size exceeds maximum size of "+strconv.Itoa(maxTextDisplay))
	}
	if c.parts > maxComponents {
		c.addAt(from, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", // its words are not known
			"Must be "+strconv.Itoa(maxComponents)+" or fewer components in total.")
	}
}
