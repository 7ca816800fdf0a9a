package slack

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// Parts of the examples.
const (
	plainA   = `{"type":"plain_text","text":"a"}`
	marked   = `{"type":"mrkdwn","text":"a"}`
	push     = `{"type":"button","text":` + plainA + `}`
	picture  = `{"type":"image","image_url":"https://x.test/a.png","alt_text":"a"}`
	option1  = `{"text":` + plainA + `,"value":"v"}`
	line     = `{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]}`
	rich     = `{"type":"rich_text","elements":[` + line + `]}`
	section1 = `{"type":"section","text":` + marked + `}`
	task     = `{"type":"task_card","task_id":"1","title":"a"}`
	card1    = `{"type":"card","title":` + plainA + `}`
	cell     = `{"type":"raw_text","text":"a"}`
	series   = `{"name":"n","data":[{"label":"a","value":1}]}`
)

func inActions(element string) string {
	return `{"type":"actions","elements":[` + element + `]}`
}

func inInput(element string) string {
	return `{"type":"input","label":` + plainA + `,"element":` + element + `}`
}

func inLine(element string) string {
	return `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + element + `]}]}`
}

// examples are blocks that Slack takes, with the paths of the members it cannot
// do without.
var examples = []struct {
	name, block string
	need        string
}{
	{"section", section1, "type text text.type text.text"},
	{"section of fields", `{"type":"section","fields":[` + marked + `,` + plainA + `],"expand":true}`, "type fields fields.0.type fields.0.text"},
	{"header", `{"type":"header","text":` + plainA + `,"level":2,"block_id":"h"}`, "type text text.text"},
	{"divider", `{"type":"divider"}`, "type"},
	{"image", `{"type":"image","image_url":"https://x.test/a.png","alt_text":"a","title":` + plainA + `}`, "type image_url alt_text"},
	{"image of Slack", `{"type":"image","slack_file":{"id":"F1"},"alt_text":"a"}`, "type slack_file slack_file.id"},
	{"context", `{"type":"context","elements":[` + picture + `,` + marked + `]}`, "type elements elements.0.alt_text elements.0.image_url elements.1.text"},
	{"actions", inActions(`{"type":"button","action_id":"a","text":` + plainA + `,"url":"https://x.test","value":"v","style":"danger","accessibility_label":"a","confirm":{"text":` + marked + `,"title":` + plainA + `,"confirm":` + plainA + `,"deny":` + plainA + `,"style":"primary"}}`),
		"type elements elements.0.type elements.0.text elements.0.confirm.text"},
	{"workflow_button", inActions(`{"type":"workflow_button","text":` + plainA + `,"workflow":{"trigger":{"url":"https://slack.com/shortcuts/1","customizable_input_parameters":[{"name":"a","value":"b"}]}}}`),
		"elements.0.text elements.0.workflow elements.0.workflow.trigger elements.0.workflow.trigger.url"},
	{"overflow", inActions(`{"type":"overflow","options":[{"text":` + plainA + `,"value":"v","url":"https://x.test"}]}`), "elements.0.options elements.0.options.0.text elements.0.options.0.value"},
	{"checkboxes", inActions(`{"type":"checkboxes","options":[{"text":` + marked + `,"value":"v","description":` + marked + `}],"initial_options":[{"text":` + marked + `,"value":"v"}],"focus_on_load":true}`), "elements.0.options"},
	{"radio_buttons", inActions(`{"type":"radio_buttons","options":[` + option1 + `],"initial_option":` + option1 + `}`), "elements.0.options"},
	{"datepicker", inActions(`{"type":"datepicker","initial_date":"2026-11-21","placeholder":` + plainA + `}`), "elements.0.placeholder.text"},
	{"timepicker", inActions(`{"type":"timepicker","initial_time":"23:59","timezone":"Europe/Athens"}`), ""},
	{"datetimepicker", inActions(`{"type":"datetimepicker","initial_date_time":1628633820}`), ""},
	{"static_select", inActions(`{"type":"static_select","options":[` + option1 + `],"placeholder":` + plainA + `}`), "elements.0.options"},
	{"static_select in groups", inActions(`{"type":"static_select","option_groups":[{"label":` + plainA + `,"options":[` + option1 + `]}]}`), "elements.0.option_groups elements.0.option_groups.0.label elements.0.option_groups.0.options"},
	{"multi_static_select", inActions(`{"type":"multi_static_select","options":[` + option1 + `],"max_selected_items":1}`), "elements.0.options"},
	{"external_select", inActions(`{"type":"external_select","min_query_length":0}`), ""},
	{"multi_users_select", inActions(`{"type":"multi_users_select","initial_users":["U1"]}`), ""},
	{"conversations_select", inActions(`{"type":"conversations_select","filter":{"include":["im"]},"default_to_current_conversation":true}`), "elements.0.filter.include"},
	{"channels_select", inActions(`{"type":"channels_select","initial_channel":"C1","response_url_enabled":true}`), ""},
	{"input", `{"type":"input","label":` + plainA + `,"hint":` + plainA + `,"optional":true,"element":{"type":"plain_text_input","min_length":0,"max_length":10,"multiline":true,"dispatch_action_config":{"trigger_actions_on":["on_enter_pressed"]}}}`, "label element element.type"},
	{"number_input", inInput(`{"type":"number_input","is_decimal_allowed":true,"min_value":"1"}`), "element.is_decimal_allowed"},
	{"email_text_input", inInput(`{"type":"email_text_input"}`), ""},
	{"url_text_input", inInput(`{"type":"url_text_input"}`), ""},
	{"rich_text_input", inInput(`{"type":"rich_text_input","initial_value":` + rich + `,"min_lines":1}`), "element.initial_value.elements"},
	{"file_input", inInput(`{"type":"file_input","filetypes":["png"],"max_files":10}`), ""},
	{"video", `{"type":"video","alt_text":"a","title":` + plainA + `,"thumbnail_url":"https://x.test/t.png","video_url":"https://x.test/v","title_url":"https://x.test","author_name":"a","provider_name":"p","provider_icon_url":"https://x.test/i.png","description":` + plainA + `}`, "alt_text title thumbnail_url video_url"},
	{"markdown", `{"type":"markdown","text":"# a"}`, "text"},
	{"rich_text", `{"type":"rich_text","elements":[` + line + `,{"type":"rich_text_quote","border":1,"elements":[]},{"type":"rich_text_preformatted","language":"go","elements":[{"type":"text","text":"a"},{"type":"link","url":"https://x.test"}]},{"type":"rich_text_list","style":"bullet","indent":8,"offset":3,"border":0,"elements":[` + line + `]}]}`,
		"elements elements.0.elements elements.1.elements elements.2.elements elements.3.elements elements.3.style elements.0.elements.0.text"},
	{"rich_text, empty", `{"type":"rich_text","elements":[]}`, "elements"},
	{"rich words", inLine(`{"type":"text","text":"a","style":{"bold":true,"code":true,"underline":true,"highlight":true}}`), "elements.0.elements.0.text"},
	{"rich link", inLine(`{"type":"link","url":"https://x.test","text":"a","unsafe":true,"style":{"code":true}}`), "elements.0.elements.0.url"},
	{"rich emoji", inLine(`{"type":"emoji","name":"wave","skin_tone":2,"unicode":"1f44b-1f3fb"}`), "elements.0.elements.0.name"},
	{"rich user", inLine(`{"type":"user","user_id":"U1","style":{"bold":true}}`), "elements.0.elements.0.user_id"},
	{"rich usergroup", inLine(`{"type":"usergroup","usergroup_id":"S1"}`), "elements.0.elements.0.usergroup_id"},
	{"rich team", inLine(`{"type":"team","team_id":"T1"}`), "elements.0.elements.0.team_id"},
	{"rich channel", inLine(`{"type":"channel","channel_id":"C1"}`), "elements.0.elements.0.channel_id"},
	{"rich broadcast", inLine(`{"type":"broadcast","range":"here"}`), "elements.0.elements.0.range"},
	{"rich date", inLine(`{"type":"date","timestamp":1720710212,"format":"{date}","fallback":"a"}`), "elements.0.elements.0.timestamp elements.0.elements.0.format"},
	{"rich color", inLine(`{"type":"color","value":"#00fFA9"}`), "elements.0.elements.0.value"},
	{"rich tag", inLine(`{"type":"tag","text":"a","color":"red"}`), "elements.0.elements.0.text"},
	{"rich message_mention", inLine(`{"type":"message_mention","channel_id":"C1","message_ts":"1.2"}`), "elements.0.elements.0.channel_id elements.0.elements.0.message_ts"},
	{"table", `{"type":"table","rows":[[` + cell + `,` + rich + `,{"type":"raw_number","value":3.5,"text":"3.5 s"}],[null]],"column_settings":[{"align":"right","is_wrapped":true},null]}`, "rows rows.0.0.text rows.0.0.type rows.0.1.elements rows.0.2.value"},
	{"data_table", `{"type":"data_table","caption":"c","page_size":5,"row_header_column_index":0,"rows":[[` + cell + `],[{"type":"action_cell","element":` + push + `,"fallback":` + cell + `}]]}`, "caption rows rows.1.0.element"},
	{"pie", `{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`, "title chart chart.type chart.segments chart.segments.0.label chart.segments.0.value"},
	{"bars", `{"type":"data_visualization","title":"t","chart":{"type":"bar","series":[` + series + `],"axis_config":{"categories":["a"],"x_label":"x"}}}`, "chart.series chart.axis_config chart.axis_config.categories chart.series.0.name chart.series.0.data chart.series.0.data.0.label chart.series.0.data.0.value"},
	{"context_actions", `{"type":"context_actions","elements":[{"type":"feedback_buttons","positive_button":{"text":` + plainA + `,"value":"1"},"negative_button":{"text":` + plainA + `,"value":"0"}},{"type":"icon_button","icon":"trash","text":` + plainA + `,"visible_to_user_ids":["U1"]}]}`,
		"elements elements.0.positive_button elements.0.negative_button elements.0.negative_button.value elements.1.icon elements.1.text"},
	{"task_card", `{"type":"task_card","task_id":"1","title":"a","status":"complete","details":` + rich + `,"output":` + rich + `,"sources":[{"type":"url","url":"https://x.test","text":"a"}]}`, "task_id title sources.0.url sources.0.text"},
	{"plan", `{"type":"plan","title":"a","tasks":[` + task + `]}`, "title tasks.0.title"},
	{"card", `{"type":"card","hero_image":` + picture + `,"icon":` + picture + `,"title":` + plainA + `,"subtitle":` + plainA + `,"body":` + marked + `,"subtext":` + marked + `,"actions":[` + push + `]}`, "hero_image.alt_text icon.image_url"},
	{"card with an icon of Slack", `{"type":"card","title":` + plainA + `,"slack_icon":{"type":"icon","name":"book"}}`, "title slack_icon.name slack_icon.type"},
	{"carousel", `{"type":"carousel","elements":[` + card1 + `]}`, "elements elements.0.title"},
	{"container", `{"type":"container","title":` + plainA + `,"subtitle":` + plainA + `,"icon":` + picture + `,"width":"wide","is_collapsible":true,"default_collapsed":true,"child_blocks":[` + section1 + `]}`, "title child_blocks child_blocks.0.text"},
	{"container with rich title", `{"type":"container","rich_text_title":` + rich + `,"has_header_divider":true,"child_blocks":[{"type":"divider"}]}`, "rich_text_title child_blocks"},
	{"layout", `{"type":"layout","label":"a","is_label_visible":true,"grid_lines":"outer","rows":[{"items":[{"block":` + card1 + `,"width":"wide","horizontal_alignment":"center"}]}],"fallback":[` + section1 + `]}`, "label rows rows.0.items rows.0.items.0.block"},
	{"layout in a container", `{"type":"container","title":` + plainA + `,"child_blocks":[{"type":"layout","label":"a","rows":[{"items":[{"block":{"type":"divider"}}]}]}]}`, "child_blocks.0.rows"},
	{"container in a layout", `{"type":"layout","label":"a","rows":[{"items":[{"block":{"type":"container","title":` + plainA + `,"child_blocks":[{"type":"divider"}]}}]}]}`, "rows.0.items.0.block.child_blocks"},
	{"alert in a layout", `{"type":"layout","label":"a","rows":[{"items":[{"block":{"type":"alert","level":"error","text":` + plainA + `}}]}]}`, "rows.0.items.0.block.text"},
	{"section with an accessory", `{"type":"section","text":` + marked + `,"accessory":` + picture + `}`, "accessory.type accessory.alt_text"},
}

func TestExamplesAreTaken(t *testing.T) {
	types := map[string]bool{}
	for _, e := range examples {
		for _, v := range Check([]byte(`{"text":"t","blocks":[` + e.block + `]}`)) {
			t.Errorf("%s: %s", e.name, v)
		}
		for _, v := range CheckBlocks([]byte(`[` + e.block + `]`)) {
			t.Errorf("%s, as a list: %s", e.name, v)
		}
		for _, v := range Check([]byte(`{"attachments":[{"blocks":[` + e.block + `]}]}`)) {
			t.Errorf("%s, in an attachment: %s", e.name, v)
		}
		types[gjson.Get(e.block, "type").Str] = true
	}
	want := gjson.GetBytes(limitsTable(t), "block_types_in_messages").Array()
	if len(want) == 0 {
		t.Fatal("no types")
	}
	for _, typ := range want {
		if !types[typ.Str] {
			t.Errorf("no example of %s", typ.Str)
		}
	}
}

// TestNeededMembers leaves out each member that a block needs: that is missing,
// or none of several is there.
func TestNeededMembers(t *testing.T) {
	for _, e := range examples {
		for path := range strings.FieldsSeq(e.need) {
			body, err := sjson.Delete(e.block, path)
			if err != nil {
				t.Fatal(err)
			}
			name := path[strings.LastIndexByte(path, '.')+1:]
			at := strings.TrimSuffix(path, name)
			if at != "" {
				at = "/" + strings.ReplaceAll(strings.TrimSuffix(at, "."), ".", "/")
			}
			ok := false
			found := CheckBlocks([]byte("[" + body + "]"))
			for _, v := range found {
				missing := v.Code == codeMissing && v.Field == name && v.Message == "missing required field: "+name
				either := v.Code == codeConstraint && strings.Contains(v.Message, "`"+name+"`")
				ok = ok || v.Error == faultBlocks && v.Pointer == "/0"+at && (missing || either)
			}
			if !ok || len(found) != 1 {
				t.Errorf("%s without %s: %q", e.name, path, found)
			}
			null, err := sjson.SetRaw(e.block, path, "null")
			if err != nil {
				t.Fatal(err)
			}
			if again := CheckBlocks([]byte("[" + null + "]")); !slices.Equal(again, found) {
				t.Errorf("%s with null for %s: %q", e.name, path, again)
			}
		}
	}
}

// eachValue calls f with every value of a document and its path, in the form of sjson.
func eachValue(path string, v gjson.Result, f func(path string, v gjson.Result)) {
	f(path, v)
	if v.Type != gjson.JSON {
		return
	}
	i := 0
	v.ForEach(func(key, e gjson.Result) bool {
		at := key.Str
		if v.IsArray() {
			at = strconv.Itoa(i)
		}
		eachValue(strings.TrimPrefix(path+"."+at, "."), e, f)
		i++
		return true
	})
}

// TestWrongTypes puts a value of another type in the place of every value.
func TestWrongTypes(t *testing.T) {
	for _, e := range examples {
		eachValue("", gjson.Parse(e.block), func(path string, v gjson.Result) {
			if path == "" || v.Type == gjson.Null {
				return
			}
			for _, wrong := range []string{`7.5`, `"?"`, `true`, `{}`, `[]`, `{"a":[[[[[{}]]]]]}`} {
				w := gjson.Parse(wrong)
				if w.Type == v.Type && w.IsArray() == v.IsArray() || w.Type == gjson.True && v.IsBool() {
					continue
				}
				body, err := sjson.SetRaw(e.block, path, wrong)
				if err != nil {
					t.Fatal(err)
				}
				at := "/0/" + strings.ReplaceAll(path, ".", "/")
				found := CheckBlocks([]byte("[" + body + "]"))
				if !slices.ContainsFunc(found, func(v Violation) bool { return v.Pointer == at && v.Code == codeType && v.Error == faultBlocks }) {
					t.Errorf("%s with %s for %s: %q", e.name, wrong, path, found)
				}
			}
		})
	}
}

// TestAdditionalProperties puts a member that nobody knows into every object.
func TestAdditionalProperties(t *testing.T) {
	for _, e := range examples {
		eachValue("", gjson.Parse(e.block), func(path string, v gjson.Result) {
			if !v.IsObject() {
				return
			}
			body, err := sjson.Set(e.block, strings.TrimPrefix(path+".bogus~1", "."), 1)
			if err != nil {
				t.Fatal(err)
			}
			at := "/0"
			if path != "" {
				at += "/" + strings.ReplaceAll(path, ".", "/")
			}
			want := []Violation{{faultBlocks, at, codeConstraint, "invalid additional property: bogus~1", "bogus~1"}}
			if found := CheckBlocks([]byte("[" + body + "]")); !slices.Equal(found, want) {
				t.Errorf("%s with one more member in %q: %q", e.name, path, found)
			}
		})
	}
}

// TestUnknownTypes gives every typed object a type that is none.
func TestUnknownTypes(t *testing.T) {
	for _, e := range examples {
		eachValue("", gjson.Parse(e.block), func(path string, v gjson.Result) {
			if path != "type" && !strings.HasSuffix(path, ".type") {
				return
			}
			body, err := sjson.Set(e.block, path, "bogus")
			if err != nil {
				t.Fatal(err)
			}
			want := Violation{faultBlocks, "/0/" + strings.ReplaceAll(path, ".", "/"), codeConstraint, "unsupported type: bogus", ""}
			if found := CheckBlocks([]byte("[" + body + "]")); !slices.Contains(found, want) {
				t.Errorf("%s with another %s: %q", e.name, path, found)
			}
		})
	}
}

// bounds are the limits of numbers and lengths: a place in a block, and what is
// the least and the most there, by the table of limits or as a number.
var bounds = []struct {
	block       string // of an example by name
	path        string // what is measured
	unit        string // chars, items or number
	least, most string
}{
	{"section", "block_id", "chars", "", "common.block_id"},
	{"section", "text.text", "chars", "object.text.min", "block.section.text"},
	{"section of fields", "fields", "items", "1", "block.section.fields"},
	{"section of fields", "fields.0.text", "chars", "1", "block.section.field_text"},
	{"header", "text.text", "chars", "1", "block.header.text"},
	{"header", "level", "number", "block.header.level.min", "block.header.level.max"},
	{"image", "alt_text", "chars", "", "block.image.alt_text"},
	{"image", "image_url", "chars", "1", "block.image.image_url"},
	{"image", "title.text", "chars", "1", "block.image.title"},
	{"context", "elements", "items", "block.context.elements.min", "block.context.elements.max"},
	{"context", "elements.0.alt_text", "chars", "", "element.image.alt_text"},
	{"context", "elements.0.image_url", "chars", "1", "element.image.image_url"},
	{"context", "elements.1.text", "chars", "1", "object.text.max"},
	{"actions", "elements", "items", "block.actions.elements.min", "block.actions.elements.max"},
	{"actions", "elements.0.action_id", "chars", "", "common.action_id"},
	{"actions", "elements.0.text.text", "chars", "1", "element.button.text"},
	{"actions", "elements.0.url", "chars", "", "element.button.url"},
	{"actions", "elements.0.value", "chars", "", "element.button.value"},
	{"actions", "elements.0.accessibility_label", "chars", "", "element.button.accessibility_label"},
	{"actions", "elements.0.confirm.title.text", "chars", "1", "object.confirm.title"},
	{"actions", "elements.0.confirm.text.text", "chars", "1", "object.confirm.text"},
	{"actions", "elements.0.confirm.confirm.text", "chars", "1", "object.confirm.confirm"},
	{"actions", "elements.0.confirm.deny.text", "chars", "1", "object.confirm.deny"},
	{"workflow_button", "elements.0.text.text", "chars", "1", "element.workflow_button.text"},
	{"workflow_button", "elements.0.accessibility_label", "chars", "", "element.workflow_button.accessibility_label"},
	{"overflow", "elements.0.options", "items", "element.overflow.options.min", "element.overflow.options.max"},
	{"overflow", "elements.0.options.0.text.text", "chars", "1", "object.option.text"},
	{"overflow", "elements.0.options.0.value", "chars", "", "object.option.value"},
	{"overflow", "elements.0.options.0.url", "chars", "", "object.option.url"},
	{"checkboxes", "elements.0.options", "items", "element.checkboxes.options.min", "element.checkboxes.options.max"},
	{"checkboxes", "elements.0.options.0.description.text", "chars", "1", "object.option.description"},
	{"radio_buttons", "elements.0.options", "items", "element.radio_buttons.options.min", "element.radio_buttons.options.max"},
	{"datepicker", "elements.0.placeholder.text", "chars", "1", "common.placeholder"},
	{"datetimepicker", "elements.0.initial_date_time", "number", "1000000000", "9999999999"},
	{"static_select", "elements.0.options", "items", "1", "element.select.options"},
	{"static_select in groups", "elements.0.option_groups", "items", "1", "element.select.option_groups"},
	{"static_select in groups", "elements.0.option_groups.0.label.text", "chars", "1", "object.option_group.label"},
	{"static_select in groups", "elements.0.option_groups.0.options", "items", "1", "object.option_group.options"},
	{"multi_static_select", "elements.0.max_selected_items", "number", "1", ""},
	{"input", "label.text", "chars", "1", "block.input.label"},
	{"input", "hint.text", "chars", "1", "block.input.hint"},
	{"input", "element.min_length", "number", "0", "element.plain_text_input.min_length_max"},
	{"input", "element.max_length", "number", "1", "element.plain_text_input.max_length_max"},
	{"rich_text_input", "element.min_lines", "number", "element.rich_text_input.min_lines.min", "element.rich_text_input.min_lines.max"},
	{"rich_text_input", "element.max_lines", "number", "element.rich_text_input.max_lines.min", "element.rich_text_input.max_lines.max"},
	{"file_input", "element.max_files", "number", "element.file_input.max_files.min", "element.file_input.max_files.max"},
	{"video", "alt_text", "chars", "", "block.video.alt_text"},
	{"video", "title.text", "chars", "1", "199"},
	{"video", "author_name", "chars", "", "49"},
	{"video", "provider_name", "chars", "", "block.video.provider_name"},
	{"video", "description.text", "chars", "1", "block.video.description"},
	{"markdown", "text", "chars", "block.markdown.text.min", "block.markdown.text.max"},
	{"rich_text", "elements.3.indent", "number", "block.rich_text_list.indent.min", "block.rich_text_list.indent.max"},
	{"rich_text", "elements.3.border", "number", "0", "1"},
	{"rich_text", "elements.3.elements", "items", "1", ""},
	{"rich emoji", "elements.0.elements.0.skin_tone", "number", "2", "6"},
	{"rich words", "elements.0.elements.0.text", "chars", "1", ""},
	{"table", "rows", "items", "block.table.rows.min", "block.table.rows.max"},
	{"table", "rows.1", "items", "1", "block.table.columns"},
	{"table", "column_settings", "items", "", "block.table.column_settings"},
	{"data_table", "page_size", "number", "block.data_table.page_size.min", "block.data_table.page_size.max"},
	{"data_table", "rows", "items", "block.data_table.rows.min", "block.data_table.rows.max"},
	{"pie", "title", "chars", "1", "block.data_visualization.title"},
	{"pie", "chart.segments", "items", "block.data_visualization.segments.min", "block.data_visualization.segments.max"},
	{"pie", "chart.segments.0.label", "chars", "1", "block.data_visualization.label"},
	{"bars", "chart.series.0.name", "chars", "1", "block.data_visualization.series_name"},
	{"bars", "chart.axis_config.categories.0", "chars", "1", "block.data_visualization.label"},
	{"bars", "chart.axis_config.x_label", "chars", "", "block.data_visualization.axis_label"},
	{"context_actions", "elements", "items", "block.context_actions.elements.min", "block.context_actions.elements.max"},
	{"context_actions", "elements.0.positive_button.text.text", "chars", "1", "element.feedback_button.text"},
	{"context_actions", "elements.0.positive_button.value", "chars", "", "element.feedback_button.value"},
	{"context_actions", "elements.1.visible_to_user_ids", "items", "", "element.icon_button.visible_to_user_ids"},
	{"context_actions", "elements.0.negative_button.accessibility_label", "chars", "", "element.feedback_button.accessibility_label"},
	{"context_actions", "elements.1.accessibility_label", "chars", "", "element.icon_button.accessibility_label"},
	{"context_actions", "elements.1.value", "chars", "", "element.icon_button.value"},
	{"alert in a layout", "rows.0.items.0.block.text.text", "chars", "1", "block.alert.text"},
	{"container", "icon.alt_text", "chars", "", "block.container.icon_alt_text"},
	{"card", "title.text", "chars", "1", "block.card.title"},
	{"card", "subtitle.text", "chars", "1", "block.card.subtitle"},
	{"card", "body.text", "chars", "1", "block.card.body"},
	{"card", "subtext.text", "chars", "1", "block.card.subtext"},
	{"card", "actions", "items", "", "block.card.actions.max"},
	{"carousel", "elements", "items", "block.carousel.elements.min", "block.carousel.elements.max"},
	{"container", "title.text", "chars", "1", "block.container.title"},
	{"container", "subtitle.text", "chars", "1", "block.container.subtitle"},
	{"container", "child_blocks", "items", "block.container.child_blocks.min", "block.container.child_blocks.max"},
	{"layout", "label", "chars", "block.layout.label.min", "block.layout.label.max"},
	{"layout", "rows", "items", "block.layout.rows.min", "block.layout.rows.max"},
	{"layout", "rows.0.items", "items", "block.layout.items_per_row.min", "block.layout.items_per_row.max"},
	{"task_card", "sources.0.url", "chars", "1", "element.url_source.url"},
}

func TestBounds(t *testing.T) {
	table := limitsTable(t)
	limit := func(s string) int {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		v := gjson.GetBytes(table, s)
		if v.IsObject() {
			v = v.Get("value")
		}
		if v.Type != gjson.Number {
			t.Fatalf("no limit %s", s)
		}
		return int(v.Int())
	}
	blocks := map[string]string{}
	for _, e := range examples {
		blocks[e.name] = e.block
	}
	for _, b := range bounds {
		t.Run(b.block+" "+b.path, func(t *testing.T) {
			with := func(n int) []Violation {
				var raw string
				switch old := gjson.Get(blocks[b.block], b.path); b.unit {
				case "chars":
					raw = `"` + strings.Repeat("é", n) + `"` // a character of two bytes
				case "items":
					list := make([]string, n)
					items := old.Array()
					for i := range list {
						list[i] = items[min(i, len(items)-1)].Raw
						if id := gjson.Get(list[i], "action_id"); id.Exists() {
							list[i], _ = sjson.Set(list[i], "action_id", fmt.Sprint("a", i))
						}
					}
					raw = "[" + strings.Join(list, ",") + "]"
				case "number":
					raw = strconv.Itoa(n)
				}
				body, err := sjson.SetRaw(blocks[b.block], b.path, raw)
				if err != nil {
					t.Fatal(err)
				}
				return slices.DeleteFunc(CheckBlocks([]byte("["+body+"]")), func(v Violation) bool { return v.Message == "must be one of the categories" })
			}
			pass := func(n int) {
				if found := with(n); len(found) > 0 {
					t.Errorf("%d %s: %q", n, b.unit, found)
				}
			}
			fail := func(n int, message string) {
				want := []Violation{{faultBlocks, "/0/" + strings.ReplaceAll(b.path, ".", "/"), codeConstraint, message, ""}}
				found := slices.DeleteFunc(with(n), func(v Violation) bool { return v.Error != faultBlocks }) // totals are broken, too
				if !slices.Equal(found, want) {
					t.Errorf("%d %s: %q, want %q", n, b.unit, found, want)
				}
			}
			if b.most != "" {
				n := limit(b.most)
				pass(n - 1)
				pass(n)
				fail(n+1, map[string]string{
					"chars":  fmt.Sprintf("must be less than %d characters", n+1),
					"items":  fmt.Sprintf("no more than %d items allowed", n),
					"number": fmt.Sprintf("must be less than or equal to %d", n),
				}[b.unit])
			}
			if b.least != "" {
				n := limit(b.least)
				pass(n)
				pass(n + 1)
				if n > 0 {
					fail(n-1, map[string]string{
						"chars":  fmt.Sprintf("must be more than %d characters", n-1),
						"items":  fmt.Sprintf("must provide at least %d items", n),
						"number": fmt.Sprintf("must be greater than or equal to %d", n),
					}[b.unit])
				}
			}
		})
	}
}

// TestSizesThatGoTogether checks the limits of charts and of the columns of a
// data_table, which are counted in several places at once.
func TestSizesThatGoTogether(t *testing.T) {
	table := limitsTable(t)
	most := func(s string) int { return int(gjson.GetBytes(table, "block."+s).Int()) }
	numbered := func(n int, form string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(form, i)
		}
		return strings.Join(list, ",")
	}
	chart := func(series, points int) string {
		data := numbered(points, `{"label":"c%d","value":1}`)
		return `{"type":"data_visualization","title":"t","chart":{"type":"line","series":[` + numbered(series, `{"name":"s%d","data":[`+data+`]}`) +
			`],"axis_config":{"categories":[` + numbered(points, `"c%d"`) + `]}}}`
	}
	columns := func(n int) string {
		row := "[" + repeat(n, cell) + "]"
		return `{"type":"data_table","caption":"c","rows":[` + row + "," + row + `]}`
	}
	for _, c := range []struct {
		most int
		with func(int) string
		at   []string
	}{
		{most("data_visualization.series.max"), func(n int) string { return chart(n, 1) }, []string{"/0/chart/series"}},
		{most("data_visualization.points.max"), func(n int) string { return chart(1, n) }, []string{"/0/chart/series/0/data", "/0/chart/axis_config/categories"}},
		{most("data_visualization.categories"), func(n int) string { return chart(2, n) }, []string{"/0/chart/series/0/data", "/0/chart/series/1/data", "/0/chart/axis_config/categories"}},
		{most("data_table.columns"), columns, []string{"/0/rows/0", "/0/rows/1"}},
	} {
		if found := CheckBlocks([]byte("[" + c.with(c.most) + "]")); c.most == 0 || len(found) > 0 {
			t.Errorf("%d of %s: %q", c.most, c.at, found)
		}
		var at []string
		for _, v := range CheckBlocks([]byte("[" + c.with(c.most+1) + "]")) {
			if v.Message != fmt.Sprintf("no more than %d items allowed", c.most) {
				t.Errorf("%d of %s: %s", c.most+1, c.at, v)
			}
			at = append(at, v.Pointer)
		}
		if !slices.Equal(at, c.at) {
			t.Errorf("%d: %s, want %s", c.most+1, at, c.at)
		}
	}
}

// TestMoments gives pickers dates and times that there are not.
func TestMoments(t *testing.T) {
	for moment, ok := range map[string]bool{
		"2024-02-29": true, "2026-02-29": false, "2026-13-01": false, "2026-00-10": false, "2026-1-1": false, "26-01-01": false,
		"00:00": true, "23:59": true, "24:00": false, "12:60": false, "9:05": false, "12:05:00": false,
	} {
		picker := inActions(`{"type":"datepicker","initial_date":"` + moment + `"}`)
		if strings.Contains(moment, ":") {
			picker = inActions(`{"type":"timepicker","initial_time":"` + moment + `"}`)
		}
		if found := CheckBlocks([]byte("[" + picker + "]")); (len(found) == 0) != ok {
			t.Errorf("%s: %q", moment, found)
		}
	}
}

// TestEnums gives members with a choice of values another one.
func TestEnums(t *testing.T) {
	blocks := map[string]string{}
	for _, e := range examples {
		blocks[e.name] = e.block
	}
	for path, message := range map[string]string{
		"actions:elements.0.style":                         "must be a valid enum value",
		"actions:elements.0.confirm.style":                 "must be a valid enum value",
		"conversations_select:elements.0.filter.include.0": "must be a valid enum value",
		"rich_text:elements.3.style":                       "must be a valid enum value",
		"rich broadcast:elements.0.elements.0.range":       "must be a valid enum value",
		"rich tag:elements.0.elements.0.color":             "must be a valid enum value",
		"table:column_settings.0.align":                    "must be a valid enum value",
		"task_card:status":                                 "must be a valid enum value",
		"container:width":                                  "must be a valid enum value",
		"layout:grid_lines":                                "must be a valid enum value",
		"layout:rows.0.items.0.width":                      "must be a valid enum value",
		"layout:rows.0.items.0.horizontal_alignment":       "must be a valid enum value",
		"rich color:elements.0.elements.0.value":           "must be a colour #rrggbb",
		"datepicker:elements.0.initial_date":               "must be a date YYYY-MM-DD",
		"timepicker:elements.0.initial_time":               "must be a time HH:mm",
		"video:video_url":                                  "must be an https address",
		"video:title_url":                                  "must be an https address",
	} {
		name, at, _ := strings.Cut(path, ":")
		body, err := sjson.Set(blocks[name], at, "http://x")
		if err != nil {
			t.Fatal(err)
		}
		want := []Violation{{faultBlocks, "/0/" + strings.ReplaceAll(at, ".", "/"), codeConstraint, message, ""}}
		if found := CheckBlocks([]byte("[" + body + "]")); !slices.Equal(found, want) {
			t.Errorf("%s: %q, want %q", path, found, want)
		}
	}
}

// TestWhereElementsStand puts elements where they may not stand.
func TestWhereElementsStand(t *testing.T) {
	for body, at := range map[string]string{
		`{"type":"header","text":` + marked + `}`:                                          "/0/text/type",
		`{"type":"section","text":` + plainA + `,"accessory":{"type":"datetimepicker"}}`:   "/0/accessory/type",
		`{"type":"section","text":` + plainA + `,"accessory":{"type":"plain_text_input"}}`: "/0/accessory/type",
		inActions(picture):                             "/0/elements/0/type",
		inActions(`{"type":"plain_text_input"}`):       "/0/elements/0/type",
		inInput(push):                                  "/0/element/type",
		`{"type":"context","elements":[` + push + `]}`: "/0/elements/0/type",
		`{"type":"rich_text","elements":[{"type":"rich_text_preformatted","elements":[{"type":"user","user_id":"U1"}]}]}`: "/0/elements/0/elements/0/type",
		`{"type":"rich_text","elements":[{"type":"text","text":"a"}]}`:                                                    "/0/elements/0/type",
		`{"type":"data_table","caption":"c","rows":[[` + rich + `],[` + rich + `]]}`:                                      "/0/rows/0/0/type",
		`{"type":"container","title":` + plainA + `,"child_blocks":[` + card1 + `]}`:                                      "/0/child_blocks/0/type",
		`{"type":"layout","label":"a","rows":[{"items":[{"block":{"type":"markdown","text":"a"}}]}]}`:                     "/0/rows/0/items/0/block/type",
		`{"type":"layout","label":"a","rows":[{"items":[{"block":{"type":"layout"}}]}]}`:                                  "/0/rows/0/items/0/block/type",
		`{"type":"carousel","elements":[` + section1 + `]}`:                                                               "/0/elements/0/type",
		`{"type":"alert","text":` + plainA + `}`:                                                                          "/0/type",
		`{"type":"file","external_id":"a","source":"remote"}`:                                                             "/0/type",
	} {
		typ := gjson.Get("["+body+"]", strings.ReplaceAll(at[1:], "/", ".")).Str
		want := []Violation{{faultBlocks, at, codeConstraint, "unsupported type: " + typ, ""}}
		if found := CheckBlocks([]byte("[" + body + "]")); !slices.Equal(found, want) {
			t.Errorf("%s: %q", body, found)
		}
	}
}

// TestTogether checks which members go together.
func TestTogether(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"section"}`: "must define either `text` or `fields` [json-pointer:/0]",
		`{"type":"image","alt_text":"a","image_url":"https://x.test","slack_file":{"id":"F"}}`:                                                                                                     "failed to match exactly one allowed schema: `image_url` or `slack_file` [json-pointer:/0]",
		`{"type":"image","alt_text":"a","slack_file":{"id":"F","url":"https://x.test"}}`:                                                                                                           "failed to match exactly one allowed schema: `id` or `url` [json-pointer:/0/slack_file]",
		inActions(`{"type":"static_select"}`):                                                                                                                                                      "failed to match exactly one allowed schema: `options` or `option_groups` [json-pointer:/0/elements/0]",
		inActions(`{"type":"conversations_select","filter":{}}`):                                                                                                                                   "must define one of `include`, `exclude_external_shared_channels`, `exclude_bot_users` [json-pointer:/0/elements/0/filter]",
		`{"type":"card","subtitle":` + plainA + `}`:                                                                                                                                                "must define one of `hero_image`, `title`, `body`, `actions` [json-pointer:/0]",
		`{"type":"card","title":` + plainA + `,"icon":` + picture + `,"slack_icon":{"type":"icon","name":"a"}}`:                                                                                    "must not define both `icon` and `slack_icon` [json-pointer:/0]",
		`{"type":"container","child_blocks":[{"type":"divider"}]}`:                                                                                                                                 "must define either `title` or `rich_text_title` [json-pointer:/0]",
		`{"type":"container","title":` + plainA + `,"default_collapsed":true,"child_blocks":[{"type":"divider"}]}`:                                                                                 "`default_collapsed` needs `is_collapsible` [json-pointer:/0]",
		`{"type":"container","title":` + plainA + `,"has_header_divider":true,"is_collapsible":true,"child_blocks":[{"type":"divider"}]}`:                                                          "`has_header_divider` must not stand beside `is_collapsible` [json-pointer:/0]",
		inActions(`{"type":"button","action_id":"a","text":` + plainA + `},{"type":"button","action_id":"a","text":` + plainA + `}`):                                                               "must be unique [json-pointer:/0/elements/1/action_id]",
		`{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`:                                                                                                                      "must be unique [json-pointer:/1/block_id]",
		`{"type":"data_table","caption":"c","rows":[[` + cell + `],[` + cell + `,` + cell + `]]}`:                                                                                                  "must have as many cells as the first row [json-pointer:/0/rows/1]",
		`{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":0}]}}`:                                                                                    "must be greater than 0 [json-pointer:/0/chart/segments/0/value]",
		`{"type":"data_visualization","title":"t","chart":{"type":"line","series":[` + series + `,` + series + `],"axis_config":{"categories":["a"]}}}`:                                            "must be unique [json-pointer:/0/chart/series/1/name]",
		`{"type":"data_visualization","title":"t","chart":{"type":"area","series":[` + series + `],"axis_config":{"categories":["a","b"]}}}`:                                                       "must have one point for each category [json-pointer:/0/chart/series/0/data]",
		`{"type":"data_visualization","title":"t","chart":{"type":"bar","series":[{"name":"n","data":[{"label":"a","value":1},{"label":"a","value":1}]}],"axis_config":{"categories":["a","b"]}}}`: "must be unique [json-pointer:/0/chart/series/0/data/1/label]",
		`{"type":"data_visualization","title":"t","chart":{"type":"bar","series":[{"name":"n","data":[{"label":"c","value":1}]}],"axis_config":{"categories":["a"]}}}`:                             "must be one of the categories [json-pointer:/0/chart/series/0/data/0/label]",
		`{"type":"data_visualization","title":"t","chart":{"type":"bar","series":[{"name":"n","data":[{"label":"a","value":1},{"label":"b","value":1}]}],"axis_config":{"categories":["a","a"]}}}`: "must be unique [json-pointer:/0/chart/axis_config/categories/1]",
	} {
		found := CheckBlocks([]byte("[" + body + "]"))
		if len(found) != 1 || found[0].String() != want {
			t.Errorf("%s: %q, want %q", body, found, want)
		}
	}
	two := inActions(`{"type":"button","action_id":"a","text":`+plainA+`}`) + "," + inActions(`{"type":"button","action_id":"a","text":`+plainA+`}`)
	if found := CheckBlocks([]byte("[" + two + "]")); len(found) > 0 {
		t.Errorf("one action_id in two blocks: %q", found)
	}
}
