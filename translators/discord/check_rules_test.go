package discord_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dragoman/translators/discord"
)

// The least that Discord takes of each kind of message.
func TestCheckTakes(t *testing.T) {
	for _, body := range []string{
		`{}`, // Empty says what is wrong
		`{"content":"c"}`,
		`{"content":null,"username":null,"embeds":null,"poll":null,"components":null,"flags":null,"tts":null,"allowed_mentions":null}`,
		`{"content":12,"tts":"true","flags":"4","unknown":[{}],"nonce":{},"thread_id":1}`,
		`{"embeds":[{"title":"t","type":"anything","provider":{},"image":{"url":"https://a.b","height":"x","proxy_url":1}}]}`,
		`{"embeds":[{"description":"d","title":"","url":null,"fields":[],"footer":{"icon_url":null},"author":{"name":""}}]}`,
		`{"embeds":[{"image":{"url":"https://a.b/c.png"}},{"thumbnail":{"url":"attachment://c.png"}},{"timestamp":"2015-12-31T12:00:00.000Z"}]}`,
		`{"embeds":[{"title":"t","timestamp":"2015-12-31T12:00:00+02:00","color":"14177041"}]}`,
		`{"embeds":[{"fields":[{"name":"` + "\u200b" + `","value":"v","inline":1}]}]}`,
		`{"content":"c","allowed_mentions":{"parse":["users","everyone"],"users":[],"roles":["1",2]}}`,
		`{"content":"c","allowed_mentions":{}}`,
		`{"attachments":[{"id":0,"filename":"a.png","is_spoiler":true,"duration_secs":1.5}]}`,
		`{"poll":{"question":{"text":"q"},"answers":[{"poll_media":{"text":"a","emoji":{"name":"👍"}}}],"duration":24,"allow_multiselect":false,"layout_type":1}}`,
		`{"content":"c","thread_name":"n","applied_tags":["1"]}`,
		`{"content":"c","username":"Dis cord"}`,
		fmt.Sprintf(inRow, `{"type":2,"style":5,"url":"https://a.b","label":"l"},{"type":2,"style":1,"custom_id":"c","emoji":{"id":"1"}},{"type":2,"style":6,"sku_id":"1"}`),
		fmt.Sprintf(inRow, `{"type":5,"custom_id":"u","min_values":0,"max_values":25,"disabled":true}`),
		fmt.Sprintf(v2, `{"type":1,"components":[{"type":2,"style":5,"url":"https://a.b"}]},{"type":10,"content":"t"},{"type":14,"spacing":2,"divider":false}`),
		fmt.Sprintf(v2, `{"type":9,"components":[{"type":10,"content":"t"}],"accessory":{"type":2,"style":5,"url":"https://a.b"}}`),
		fmt.Sprintf(inBox, `{"type":13,"file":{"url":"attachment://a"},"spoiler":true}`),
		`{"content":" ","embeds":[],"flags":32768,"components":[{"type":10,"content":"t"}]}`,
		`{"content":1,"content":"the last counts"}`,
		`{"embeds":5,"embeds":[{"title":"the last counts"}]}`,
	} {
		only(t, body, "", "", "")
	}
}

func TestCheckRefuses(t *testing.T) {
	const (
		word      = "BASE_TYPE_CHOICES"
		noModel   = "MODEL_TYPE_CONVERT"
		dict      = "Expected an object/dictionary."
		noList    = "LIST_TYPE_CONVERT"
		iterables = "Only iterables may be used in a ListType"
		item      = "LIST_ITEM_VALUE_REQUIRED"
		legacy    = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
		union     = "UNION_TYPE_CHOICES"
		typeIn    = `Value of field "type" must be one of `
		noType    = "TAG_FIELD_MISSING"
		whichType = `Field "type" is required to determine the model type.`
		thisField = "This field is required"
		twice     = "COMPONENT_CUSTOM_ID_DUPLICATED"
		wide      = "COMPONENT_LAYOUT_WIDTH_EXCEEDED"
	)
	button := `{"type":2,"style":1,"custom_id":"same"}`
	for _, c := range []struct{ body, path, code, message string }{
		// The body as a whole.
		{`[]`, "", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"},
		{`"content"`, "", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"},
		{`null`, "", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"},

		// Values of a wrong type.
		{`{"content":["c"]}`, "content", "STRING_TYPE_CONVERT", `Could not interpret "["c"]" as string.`},
		{`{"content":1.5}`, "content", "STRING_TYPE_CONVERT", `Could not interpret "1.5" as string.`},
		{`{"content":"c","tts":"yes"}`, "tts", "BOOLEAN_TYPE_CONVERT", "Must be either true or false."},
		{`{"embeds":{"title":"t"}}`, "embeds", noList, iterables},
		{`{"embeds":"t"}`, "embeds", noList, iterables},
		{`{"embeds":["t"]}`, "embeds.0", noModel, dict},
		{`{"embeds":[{"title":"t","author":"a"}]}`, "embeds.0.author", noModel, dict},
		{`{"embeds":[{"title":"t","fields":{}}]}`, "embeds.0.fields", noList, iterables},
		{`{"content":"c","allowed_mentions":[]}`, "allowed_mentions", noModel, dict},
		{`{"content":"c","components":[1]}`, "components.0", noModel, dict},
		{`{"poll":[]}`, "poll", noModel, dict},

		// Embeds.
		{`{"embeds":[{}]}`, "embeds.0", item, "List item values of ModelType are required"},
		{`{"embeds":[null,{"title":"t"}]}`, "embeds.0", item, "List item values of ModelType are required"},
		{`{"embeds":[{"color":5,"type":"rich","url":"https://a.b","fields":[],"title":" "}]}`, "embeds.0.description", required, thisField},
		{`{"embeds":[{"fields":[{"value":"v"}]}]}`, "embeds.0.fields.0.name", required, thisField},
		{`{"embeds":[{"fields":[{"name":null,"value":"v"}]}]}`, "embeds.0.fields.0.name", required, thisField},
		{`{"embeds":[{"fields":[{"name":"n"},{"name":"n","value":"v"}]}]}`, "embeds.0.fields.0.value", required, thisField},
		{`{"embeds":[{"fields":[{"name":"n","value":" \n "}]}]}`, "embeds.0.fields.0.value", required, thisField},
		{`{"embeds":[{"title":"t","timestamp":"yesterday"}]}`, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE", "Could not parse yesterday. Should be ISO8601."},
		{`{"embeds":[{"title":"t","timestamp":""}]}`, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE", "Could not parse . Should be ISO8601."},
		{`{"embeds":[{"title":"t","timestamp":1451563200}]}`, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE", "Could not parse 1451563200. Should be ISO8601."},
		{`{"embeds":[{"title":"t","timestamp":"2015-13-31T12:00:00Z"}]}`, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE", "Could not parse 2015-13-31T12:00:00Z. Should be ISO8601."},

		// Names.
		{`{"content":"c","username":"My DISCORD bot"}`, "username", "USERNAME_INVALID_CONTAINS", `Username cannot contain "discord"`},
		{`{"content":"c","username":"clydesdale"}`, "username", "USERNAME_INVALID_CONTAINS", `Username cannot contain "clyde"`},

		// Mentions.
		{`{"content":"c","allowed_mentions":{"parse":["users","here"]}}`, "allowed_mentions.parse.1", word, "Value must be one of ('users', 'roles', 'everyone')."},
		{`{"content":"c","allowed_mentions":{"parse":["users","users"]}}`, "allowed_mentions.parse.1", "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value"},
		{`{"content":"c","allowed_mentions":{"roles":["1","2","1"]}}`, "allowed_mentions.roles.2", "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value"},
		{`{"content":"c","allowed_mentions":{"users":["1"],"parse":["users"]}}`, "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["users"] and users: [ids...] are mutually exclusive.`},
		{`{"content":"c","allowed_mentions":{"parse":["users","roles"],"roles":["1"]}}`, "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["roles"] and roles: [ids...] are mutually exclusive.`},

		// Attachments, threads, polls.
		{`{"content":"c","attachments":[{"filename":"a"}]}`, "attachments.0.id", required, thisField},
		{`{"content":"c","applied_tags":["1"]}`, "thread_name", required, thisField},
		{`{"poll":{"answers":[{"poll_media":{"text":"a"}}]}}`, "poll.question", required, thisField},
		{`{"poll":{"question":{"text":" "},"answers":[{"poll_media":{"text":"a"}}]}}`, "poll.question.text", required, thisField},
		{`{"poll":{"question":{"text":"q"}}}`, "poll.answers", required, thisField},
		{`{"poll":{"question":{"text":"q"},"answers":[{"answer_id":1}]}}`, "poll.answers.0.poll_media", required, thisField},
		{`{"poll":{"question":{"text":"q"},"answers":[{"poll_media":{"text":"a"}}],"layout_type":2}}`, "poll.layout_type", word, "Value must be one of (1,)."},

		// Components without the flag, and with it.
		{`{"content":"c","components":[{"type":10,"content":"t"}]}`, "components.0", union, typeIn + "(1,)."},
		{`{"content":"c","components":[{"components":[]}]}`, "components.0", noType, whichType},
		{fmt.Sprintf(v2, `{"type":2,"style":5,"url":"https://a.b"}`), "components.0", union, typeIn + "(1, 9, 10, 12, 13, 14, 17)."},
		{fmt.Sprintf(inBox, `{"type":17,"components":[]}`), "components.0.components.0", union, typeIn + "(1, 9, 10, 12, 13, 14)."},
		{fmt.Sprintf(inRow, `{"type":4,"custom_id":"c"}`), "components.0.components.0", union, typeIn + "(2, 3, 5, 6, 7, 8)."},
		{`{"content":"c","flags":32768,"components":[{"type":10,"content":"t"}]}`, "content", legacy, "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"},
		{`{"embeds":[{"title":"t"}],"flags":32772,"components":[{"type":10,"content":"t"}]}`, "embeds", legacy, "The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"},
		{`{"poll":{"question":{"text":"q"},"answers":[{"poll_media":{"text":"a"}}]},"flags":"32768","components":[{"type":10,"content":"t"}]}`, "poll", legacy, "The 'poll' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"},
		{fmt.Sprintf(v2, `{"type":9,"components":[{"type":10,"content":"t"}]}`), "components.0.accessory", required, thisField},
		{fmt.Sprintf(v2, `{"type":9,"components":[{"type":10,"content":"t"}],"accessory":{"type":12}}`), "components.0.accessory", union, typeIn + "(2, 11)."},
		{fmt.Sprintf(v2, `{"type":9,"components":[{"type":14}],"accessory":{"type":11,"media":{"url":"https://a.b"}}}`), "components.0.components.0", union, typeIn + "(10,)."},
		{fmt.Sprintf(v2, `{"type":10}`), "components.0.content", required, thisField},
		{fmt.Sprintf(v2, `{"type":12,"items":[{"media":{"description":"d"}}]}`), "components.0.items.0.media.url", required, thisField},

		// Buttons and menus.
		{fmt.Sprintf(inRow, `{"type":2,"label":"l","custom_id":"c"}`), "components.0.components.0.style", required, thisField},
		{fmt.Sprintf(inRow, `{"type":2,"style":7}`), "components.0.components.0.style", word, "Value must be one of (1, 2, 3, 4, 5, 6)."},
		{fmt.Sprintf(inRow, `{"type":2,"style":5,"label":"l"}`), "components.0.components.0.url", required, thisField},
		{fmt.Sprintf(inRow, `{"type":2,"style":4,"label":"l"}`), "components.0.components.0.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required"},
		{fmt.Sprintf(inRow, `{"type":2,"style":5,"url":"https://a.b","custom_id":"c"}`), "components.0.components.0", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified"},
		{fmt.Sprintf(inRow, `{"type":2,"style":6}`), "components.0.components.0.sku_id", required, thisField},
		{fmt.Sprintf(inRow, button+","+button), "components.0.components.1.custom_id", twice, "Component custom id cannot be duplicated"},
		{fmt.Sprintf(inBox, `{"type":1,"components":[`+button+`]},{"type":1,"components":[{"type":6,"custom_id":"same"}]}`), "components.0.components.1.components.0.custom_id", twice, "Component custom id cannot be duplicated"},
		{fmt.Sprintf(v2, `{"type":14,"id":7},{"type":10,"id":"7","content":"t"}`), "components.1.id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated"},
		{fmt.Sprintf(inRow, `{"type":2,"style":5,"url":"https://a.b","label":"l","emoji":{}}`), "components.0.components.0.emoji.name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji"},
		{fmt.Sprintf(inRow, `{"type":2,"style":5,"url":"https://a.b","emoji":{"id":null,"name":"tada"}}`), "components.0.components.0.emoji.name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji"},
		{fmt.Sprintf(inRow, `{"type":3,"custom_id":"m","options":[{"label":"l","value":"v","emoji":{"name":":x:"}}]}`), "components.0.components.0.options.0.emoji.name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji"},
		{fmt.Sprintf(inRow, `{"type":2,"style":5,"url":"https://a.b"},{"type":5,"custom_id":"m"}`), "components.0.components.1", wide, "The specified component exceeds the maximum width"},
		{fmt.Sprintf(inRow, `{"type":3,"custom_id":"m","options":[{"label":"l","value":"v"},{"label":"k","value":"v"}]}`), "components.0.components.0.options.1", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"},
		{fmt.Sprintf(inRow, `{"type":8,"custom_id":"m","max_values":26}`), "components.0.components.0.max_values", "NUMBER_TYPE_MAX", "int value should be less than or equal to 25."},
	} {
		only(t, c.body, c.path, c.code, c.message)
	}
	if got := discord.Check([]byte(`{"content":`)); len(got) != 1 || got[0].Code != "DICT_TYPE_CONVERT" {
		t.Errorf("what is no JSON: %v", got)
	}
}

// An entry of attachments tells of a file that was sent along.
func TestCheckFiles(t *testing.T) {
	body := []byte(`{"content":"c","attachments":[{"id":0,"filename":"a.png"},{"id":"1"},{"id":3},{"filename":"b.png"}]}`)
	for _, c := range []struct{ ids, paths string }{
		{"0 1 3", ""}, {"0 1 2", "attachments.2"}, {"", "attachments.0 attachments.1 attachments.2"},
	} {
		var paths []string
		for _, v := range discord.CheckFiles(body, strings.Fields(c.ids)) {
			if paths = append(paths, v.Path); v.Code != "ATTACHMENT_NOT_FOUND" || v.Message != "Attachment data not found" {
				t.Errorf("%+v", v)
			}
		}
		if got := strings.Join(paths, " "); got != c.paths {
			t.Errorf("files %s: got %q, want %q", c.ids, got, c.paths)
		}
	}
	for _, none := range []string{``, `[]`, `{"attachments":{}}`, `{"attachments":null}`} {
		if v := discord.CheckFiles([]byte(none), nil); len(v) > 0 {
			t.Errorf("%s: %v", none, v)
		}
	}
}

func TestEmpty(t *testing.T) {
	for body, want := range map[string]bool{
		`{}`: true, `[]`: true, ``: true, `{"text":"for Slack"}`: true, `{"content":" \n\t"}`: true, `{"content":null,"embeds":[],"poll":{}}`: true,
		`{"username":"u","tts":true,"flags":4}`: true, `{"content":"c","content":""}`: true, `{"content":"","content":"c"}`: false,
		`{"content":"\u200b"}`: false, `{"content":0}`: false, `{"embeds":[{}]}`: false, `{"components":[1]}`: false, `{"poll":{"a":1}}`: false,
		`{"attachments":[{"id":0}]}`: false, `{"embeds":[],"content":"c"}`: false,
	} {
		if discord.Empty([]byte(body)) != want {
			t.Errorf("%s: empty must be %v", body, want)
		}
	}
}

// However much is wrong, a hundred violations are enough.
func TestCheckMost(t *testing.T) {
	body := `{"content":"c","components":[` + strings.Repeat(`0,`, 1000) + `0],"flags":32768,"allowed_mentions":{"parse":[` + strings.Repeat(`"x",`, 5000) + `0]}}`
	if n := len(discord.Check([]byte(body))); n != discord.MaxViolations {
		t.Errorf("%d violations", n)
	}
	deep := strings.Repeat(`{"components":[`, 4000) + strings.Repeat(`]}`, 4000)
	if v := discord.Check([]byte(deep)); len(v) != 1 {
		t.Errorf("deep: %v", v)
	}
}

// Violations come in the order of the payload, an object's own first.
func TestCheckOrder(t *testing.T) {
	got := discord.Check([]byte(`{"poll":1,"embeds":[{"fields":[{"value":""}],"color":"red"}],"content":[],"applied_tags":[1]}`))
	var paths []string
	for _, v := range got {
		paths = append(paths, v.Path)
	}
	want := "thread_name poll embeds.0.fields.0.name embeds.0.fields.0.value embeds.0.color content"
	if s := strings.Join(paths, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestAppendErrors(t *testing.T) {
	long := strings.Repeat("x", 2001)
	for _, c := range []struct{ body, tree, flat string }{
		{`{"embeds":[{"title":"` + long + `"}]}`,
			`{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 256 or fewer in length."}]}}}}}`,
			`{"embeds":["0"]}`},
		{`{"content":"` + long + `"}`,
			`{"message":"Invalid Form Body","code":50035,"errors":{"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}}}`,
			`{"content":["Must be 2000 or fewer in length."]}`},
		{`{"content":"c","allowed_mentions":[]}`,
			`{"message":"Invalid Form Body","code":50035,"errors":{"allowed_mentions":{"_errors":[{"code":"MODEL_TYPE_CONVERT","message":"Expected an object/dictionary."}]}}}`,
			`{"allowed_mentions":["Expected an object/dictionary."]}`},
		{`[]`,
			`{"message":"Invalid Form Body","code":50035,"errors":{"_errors":[{"code":"DICT_TYPE_CONVERT","message":"Only dictionaries may be used in a DictType"}]}}`,
			`{"_misc":["Only dictionaries may be used in a DictType"]}`},
		{`{"embeds":[{"color":"\"<red>\"","fields":[{},{"name":"n"}]},null],"tts":2}`,
			`{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{"0":{"color":{"_errors":[{"code":"NUMBER_TYPE_COERCE","message":"Value \"\"<red>\"\" is not int."}]},` +
				`"fields":{"0":{"_errors":[{"code":"LIST_ITEM_VALUE_REQUIRED","message":"List item values of ModelType are required"}]},` +
				`"1":{"value":{"_errors":[{"code":"BASE_TYPE_REQUIRED","message":"This field is required"}]}}}},` +
				`"1":{"_errors":[{"code":"LIST_ITEM_VALUE_REQUIRED","message":"List item values of ModelType are required"}]}},` +
				`"tts":{"_errors":[{"code":"BOOLEAN_TYPE_CONVERT","message":"Must be either true or false."}]}}}`,
			`{"embeds":["0","1"],"tts":["Must be either true or false."]}`},
		{`{"flags":32768,"embeds":[{"title":1.5}]}`,
			`{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{"_errors":[{"code":"MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2","message":"The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"}],` +
				`"0":{"title":{"_errors":[{"code":"STRING_TYPE_CONVERT","message":"Could not interpret \"1.5\" as string."}]}}}}}`,
			`{"embeds":["The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2","0"]}`},
		{`{"content":" "}`, `{"message":"Cannot send an empty message","code":50006}`, `{"message":"Cannot send an empty message","code":50006}`},
	} {
		found := discord.Check([]byte(c.body))
		for version, want := range map[int]string{6: c.flat, 7: c.flat, 8: c.tree, 9: c.tree, 10: c.tree} {
			if got := string(discord.AppendErrors([]byte("> "), found, version)); got != "> "+want {
				t.Errorf("%.100s, version %d:\ngot  %s\nwant %s", c.body, version, got[2:], want)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(body)
	}
	f.Add([]byte(`{"flags":1e300,"components":[{"type":"17","type":1e999}],"embeds":[{"timestamp":"0000-00-00T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		found := discord.Check(body)
		if len(found) > discord.MaxViolations {
			t.Fatalf("%d violations", len(found))
		}
		for _, v := range found {
			if v.Code == "" || v.Message == "" || len(v.Message) > 600 {
				t.Fatalf("%+v", v)
			}
		}
		discord.Empty(body)
		for _, version := range []int{6, 10} {
			answer := discord.AppendErrors(nil, found, version)
			if !json.Valid(answer) {
				t.Fatalf("no JSON: %s", answer)
			}
			for _, v := range found {
				if said, _ := json.Marshal(v.Code); version == 10 && !strings.Contains(string(answer), string(said)) {
					t.Fatalf("%+v is not in %s", v, answer)
				}
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	body := bodies(b)["embed-full"]
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if discord.Check(body) != nil {
			b.Fatal("broken")
		}
	}
}
