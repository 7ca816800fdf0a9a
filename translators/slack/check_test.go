package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

func repeat(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }

func message(blocks string) string { return `{"blocks":[` + blocks + `]}` }

// says1 is a section of n characters.
func says1(n int) string {
	return `{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("é", n) + `"}}`
}

// TestCheckMessage checks what holds for a payload as a whole: a body, and the
// only rule it breaks as error, pointer and message; none if empty.
func TestCheckMessage(t *testing.T) {
	cells := func(n int) string {
		return `{"type":"table","rows":[[{"type":"raw_text","text":"` + strings.Repeat("é", n) + `"}]]}`
	}
	layout := `{"type":"layout","label":"a","rows":[{"items":[` + repeat(3, `{"block":{"type":"divider"}}`) + `]}],"fallback":[{"type":"divider"}]}`
	chart := `{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`
	attached := func(a string) string { return `{"attachments":[` + a + `]}` }
	for _, c := range []struct{ name, body, want string }{
		{"text", `{"text":"a"}`, ""},
		{"a text that Slack cuts", `{"text":"` + strings.Repeat("x", 50000) + `"}`, ""},
		{"a number as text", `{"text":7}`, ""},
		{"unknown members", `{"text":"a","bogus":{"blocks":[7]},"replace_original":false}`, ""},
		{"null is absent", `{"text":"a","blocks":null,"attachments":null,"metadata":null}`, ""},
		{"empty lists", `{"text":"a","blocks":[],"attachments":[]}`, ""},
		{"the last of a name counts", `{"text":"","text":"a","blocks":7,"blocks":[]}`, ""},
		{"lists as JSON text", `{"blocks":"[{\"type\":\"divider\"}]"}`, ""},
		{"an escaped name", `{"t\u0065xt":"a"}`, ""},
		{"metadata", `{"text":"a","metadata":{"event_type":"e","event_payload":{"a":1}}}`, ""},

		{"no JSON", `{"text":"a"`, "invalid_payload  must provide valid JSON in UTF-8"},
		{"no UTF-8", "{\"text\":\"\xff\"}", "invalid_payload  must provide valid JSON in UTF-8"},
		{"nothing", ``, "invalid_payload  must provide valid JSON in UTF-8"},
		{"too deep", strings.Repeat("[", 1e5) + strings.Repeat("]", 1e5), "invalid_payload  must provide valid JSON in UTF-8"},
		{"a list", `[]`, "invalid_payload  must provide an object"},
		{"an object as text", `{"text":{"text":"a"}}`, "invalid_payload /text must provide a string, number or boolean"},
		{"an empty object", `{}`, "no_text  must define one of `text`, `blocks` and `attachments`"},
		{"an empty text", `{"text":"","blocks":[]}`, "no_text  must define one of `text`, `blocks` and `attachments`"},
		{"empty attachments", `{"attachments":[{"color":"#ff0000","fields":[]}]}`, "no_text  must define one of `text`, `blocks` and `attachments`"},
		{"blocks that are no list", `{"blocks":{"blocks":[]},"text":"a"}`, "invalid_blocks_format /blocks must provide an array"},
		{"attachments that are no list", `{"attachments":{"text":"a"},"text":"a"}`, "invalid_attachments /attachments must provide an array"},
		{"a block that is none", `{"blocks":[7]}`, "invalid_blocks /blocks/0 must provide an object"},
		{"null for a block", `{"blocks":[null],"text":"a"}`, "invalid_blocks /blocks/0 must provide an object"},
		{"metadata that is none", `{"text":"a","metadata":"e"}`, "invalid_metadata_format /metadata must provide an object"},
		{"markdown_text", `{"markdown_text":"` + strings.Repeat("é", 12000) + `"}`, ""},
		{"long markdown_text", `{"markdown_text":"` + strings.Repeat("é", 12001) + `"}`, "markdown_text_too_long /markdown_text must be less than 12001 characters"},
		{"a number as markdown_text", `{"markdown_text":7}`, "invalid_payload /markdown_text must provide a string"},
		{"markdown_text and text", `{"markdown_text":"a","text":"a"}`, "markdown_text_conflict  must not define `markdown_text` beside `text` or `blocks`"},

		{"50 blocks", message(repeat(50, `{"type":"divider"}`)), ""},
		{"51 blocks", message(repeat(51, `{"type":"divider"}`)), "invalid_blocks /blocks no more than 50 items allowed"},
		{"50 blocks with those in layouts", message(repeat(47-1, `{"type":"divider"}`) + "," + layout), ""},
		{"51 blocks with those in layouts", message(repeat(47, `{"type":"divider"}`) + "," + layout), "invalid_blocks /blocks no more than 50 items allowed, with those in layouts"},
		{"12000 characters", message(repeat(4, says1(3000))), ""},
		{"12001 characters", message(repeat(4, says1(3000)) + "," + says1(1) + "," + says1(1)), "msg_blocks_too_long /blocks/4 must be less than 12001 characters in all blocks"},
		{"12001 characters with attachments", `{"blocks":[` + repeat(4, says1(3000)) + `],` + attached(`{"blocks":[` + says1(1) + `]}`)[1:], "msg_blocks_too_long /attachments/0/blocks/0 must be less than 12001 characters in all blocks"},
		{"12000 characters of markdown", message(repeat(2, `{"type":"markdown","text":"`+strings.Repeat("é", 6000)+`"}`)), ""},
		{"10000 characters in a table", message(cells(10000)), ""},
		{"10001 characters in a table", message(cells(10001)), "invalid_blocks /blocks/0 must be less than 10001 characters in all tables"},
		{"two tables", `{"blocks":[` + cells(1) + `],` + attached(`{"blocks":[` + cells(1) + `]}`)[1:], "invalid_attachments /attachments/0/blocks/0 only_one_table_allowed"},
		{"a table in a container", message(cells(1) + `,{"type":"container","title":{"type":"plain_text","text":"a"},"child_blocks":[` + cells(1) + `]}`), "invalid_attachments /blocks/1 only_one_table_allowed"},
		{"a table and its fallback", message(`{"type":"layout","label":"a","rows":[{"items":[{"block":` + cells(9000) + `}]}],"fallback":[` + cells(9000) + `]}`), ""},
		{"two charts", message(repeat(2, chart)), ""},
		{"three charts", message(repeat(3, chart)), "invalid_blocks /blocks/2 no more than 2 items allowed of type data_visualization"},
		{"a block_id of another attachment", attached(repeat(2, `{"blocks":[{"type":"divider","block_id":"a"}]}`)), "invalid_attachments /attachments/1/blocks/0/block_id must be unique"},

		{"100 attachments", attached(repeat(100, `{"text":"a"}`)), ""},
		{"101 attachments", attached(repeat(101, `{"text":"a"}`)), "too_many_attachments /attachments no more than 100 items allowed"},
		{"51 blocks in an attachment", attached(`{"blocks":[` + repeat(51, `{"type":"divider"}`) + `]}`), "invalid_attachments /attachments/0/blocks no more than 50 items allowed"},
		{"a bad block in an attachment", attached(`{"blocks":[{"type":"bogus"}]}`), "invalid_attachments /attachments/0/blocks/0/type unsupported type: bogus"},
		{"blocks of an attachment that are no list", attached(`{"blocks":7}`), "invalid_attachments /attachments/0/blocks must provide an array"},
		{"an attachment that is none", attached(`{"text":"a"},"b"`), "invalid_attachments /attachments/1 must provide an object"},
		{"loose types", attached(`{"title":1,"bogus":[],"ts":"1","fields":[{"title":true,"value":7,"short":"true"}],"mrkdwn_in":["text"],"actions":[{"type":"button","text":"a","style":""}],"blocks":null}`), ""},
		{"footer of 300", attached(`{"text":"a","footer":"` + strings.Repeat("é", 300) + `"}`), ""},
		{"footer of 301", attached(`{"text":"a","footer":"` + strings.Repeat("é", 301) + `"}`), "invalid_attachments /attachments/0/footer must be less than 301 characters"},
		{"a footer that is ignored", attached(`{"blocks":[{"type":"divider"}],"footer":"` + strings.Repeat("é", 301) + `","fields":7}`), ""},
		{"fields that are no list", attached(`{"text":"a","fields":{}}`), "invalid_attachments /attachments/0/fields must provide an array"},
		{"a title that is a list", attached(`{"text":"a","title":[1]}`), "invalid_attachments /attachments/0/title must provide a string, number or boolean"},
		{"5 actions", attached(`{"text":"a","actions":[` + repeat(5, `{"type":"button","text":"a","value":"`+strings.Repeat("é", 2000)+`"}`) + `]}`), ""},
		{"6 actions", attached(`{"text":"a","actions":[` + repeat(6, `{"type":"button","text":"a"}`) + `]}`), "invalid_attachments /attachments/0/actions no more than 5 items allowed"},
		{"value of 2001", attached(`{"text":"a","actions":[{"type":"button","text":"a","value":"` + strings.Repeat("é", 2001) + `"}]}`), "invalid_attachments /attachments/0/actions/0/value must be less than 2001 characters"},
		{"an action without text", attached(`{"text":"a","actions":[{"type":"button"}]}`), "invalid_attachments /attachments/0/actions/0 missing required field: text"},
		{"an action of no type", attached(`{"text":"a","actions":[{"type":"bogus"}]}`), "invalid_attachments /attachments/0/actions/0/type unsupported type: bogus"},
		{"a menu", attached(`{"text":"a","actions":[{"type":"select","text":"a","data_source":"static","options":[` + repeat(100, `{"text":"a","value":"b"}`) + `]}]}`), ""},
		{"a long menu", attached(`{"text":"a","actions":[{"type":"select","text":"a","options":[` + repeat(101, `{"text":"a","value":"b"}`) + `]}]}`), "invalid_attachments /attachments/0/actions/0/options no more than 100 items allowed"},
		{"a style that is none", attached(`{"text":"a","actions":[{"type":"button","text":"a","style":"bogus"}]}`), "invalid_attachments /attachments/0/actions/0/style must be a valid enum value"},
	} {
		got := ""
		for _, v := range Check([]byte(c.body)) {
			got += "; " + v.Error + " " + v.Pointer + " " + v.Message
		}
		if got = strings.TrimPrefix(got, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCheckBlocksWantsAList(t *testing.T) {
	for _, body := range []string{`{}`, `"a"`, `null`, `7`} {
		want := []Violation{{faultBlocksFormat, "", codeType, wantArray, ""}}
		if found := CheckBlocks([]byte(body)); !slices.Equal(found, want) {
			t.Errorf("%s: %q", body, found)
		}
	}
}

// TestOrder has rules broken at several levels: an object's own come first, the
// rest as the payload has them.
func TestOrder(t *testing.T) {
	body := `{"attachments":[{"footer":[]}],"blocks":[{"fields":[{"type":"bogus"}],"type":"section","text":{"type":"mrkdwn","emoji":true,"text":""}},{}]}`
	var got []string
	for _, v := range Check([]byte(body)) {
		got = append(got, v.String())
	}
	want := []string{
		"must provide a string, number or boolean [json-pointer:/attachments/0/footer]",
		"unsupported type: bogus [json-pointer:/blocks/0/fields/0/type]",
		"invalid additional property: emoji [json-pointer:/blocks/0/text]",
		"must be more than 0 characters [json-pointer:/blocks/0/text/text]",
		"missing required field: type [json-pointer:/blocks/1]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestViolationsAreBounded(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, body := range []string{
		message(repeat(100000, `7`)),
		message(`{"type":"divider",` + repeat(100000, `"`+"a"+`":1`) + `}`),
		message(`{"type":"` + long + `","` + long + `":1}`),
		message(`{"type":"divider","` + long + `":1}`),
		`{"attachments":[` + repeat(5000, `{"actions":7,"fields":7,"footer":{}}`) + `]}`,
	} {
		found := Check([]byte(body))
		if len(found) == 0 || len(found) > MaxViolations {
			t.Errorf("%.40s: %d violations", body, len(found))
		}
		for _, v := range found {
			if len(v.String()) > 400 {
				t.Errorf("%.40s: a violation of %d bytes", body, len(v.String()))
			}
		}
	}
}

// broken are the bodies of the corpus that Slack would refuse, and why: parts
// that only Slack makes, and what is wrong on purpose.
var broken = map[string]string{
	"alerting--grafana-slack-slack-008.json":               "says nothing: no text, attachments null",
	"java-slack-sdk--blockactiontest-1.json":               "a view that Slack sent, with members it adds to pictures",
	"java-slack-sdk--blockkittest-10.json":                 "plain_text2, to see it refused",
	"java-slack-sdk--blockkittest-13.json":                 "a call, which only Slack makes",
	"java-slack-sdk--chat-update-1.json":                   "a fixture with the members of all blocks in one",
	"java-slack-sdk--jsonpayloadextractortest-1.json":      "a view that Slack sent, with members it adds to pictures",
	"java-slack-sdk--messagebotpayload-1.json":             "a fixture of an event, all strings empty",
	"java-slack-sdk--messagechangedpayload-1.json":         "a fixture of an event, all strings empty",
	"java-slack-sdk--messagethreadbroadcastpayload-1.json": "a fixture of an event, all strings empty",
	"markdown-to-slack-blocks--output-long-split.json":     "a list of lists of blocks, one for each message",
	"markdown-to-slack-blocks--output-long.json":           "what is to be split: over 50 blocks, over 3000 characters",
	"peer-renderings.jsonl":                                "no JSON, but lines of it",
	"python-slack-sdk--test-blocks-21.json":                "a file, which only Slack makes",
	"python-slack-sdk--test-blocks-22.json":                "a call, which only Slack makes",
	"python-slack-sdk--test-blocks-29.json":                "a video without a title, to see it refused",
	"python-slack-sdk--test-blocks-31.json":                "a date whose timestamp is a string",
	"python-slack-sdk--test-blocks-33.json":                "an empty rich_text_list",
	"python-slack-sdk--test-blocks-50.json":                "an alert, which stands in modals only",
	"python-slack-sdk--test-blocks-51.json":                "an alert, which stands in modals only",
	"python-slack-sdk--test-blocks-9.json":                 "a section with no fields, to see it refused",
	"slack--block-alert-test-2.json":                       "an alert, which stands in modals only",
	"slack--block-call-test-2.json":                        "a call, which only Slack makes",
	"slack--block-call-test-3.json":                        "a call, which only Slack makes",
	"slack--block-conv-test-1.json":                        "an unknown type, to see it kept",
	"slack--block-conv-test-2.json":                        "an unknown type, to see it kept",
	"slack--block-layout-test-6.json":                      "a text that is a number, to see it refused",
	"slack--block-rich-text-test-12.json":                  "an empty rich_text_list without a style",
	"slack--block-rich-text-test-2.json":                   "a border of 2, to see all bits kept",
	"slack--block-rich-text-test-4.json":                   "a rich_text_list without a style and elements",
	"slack--block-roundtrip-test-4.json":                   "buttons of one table with one action_id",
	"slack--block-table-test-3.json":                       "an unknown type of cell, to see it refused",
	"slack--file-fields-test-2.json":                       "a table that Slack sent as part of a list",
	"slack-skills-plugin--common-patterns-3.json":          "an alert, which stands in modals only; Slack's own sample has one all the same",
	"zulip--message-changed.json":                          "an event around a message",
}

func TestCheckCorpus(t *testing.T) {
	seen := map[string]bool{}
	eachCorpusBody(t, func(t *testing.T, kind string, body []byte) {
		_, file, _ := strings.Cut(t.Name(), "/")
		seen[file] = true
		found := Check(body)
		why, known := broken[file]
		switch {
		case known && len(found) == 0:
			t.Errorf("nothing is wrong, but: %s", why)
		case !known:
			for _, v := range found {
				t.Errorf("%s: %s", v.Error, v)
			}
		}
	})
	for file := range broken {
		if !seen[file] {
			t.Errorf("%s is not in the corpus", file)
		}
	}
}

// FuzzCheck checks that whatever comes in is answered in bounds, that pointers
// lead into the payload, and that blocks alone are judged as in a message.
func FuzzCheck(f *testing.F) {
	for _, e := range examples {
		f.Add([]byte(message(e.block)))
	}
	f.Add([]byte(typical))
	f.Add([]byte(`{"attachments":[{"blocks":[],"actions":[{"type":"select"}],"fields":[{}]}],"blocks":"[{}]","metadata":[]}`))
	f.Add([]byte(`{"attachments":"[[]]","text":{"a":[]},"markdown_text":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		found := Check(body)
		if len(found) > MaxViolations {
			t.Fatalf("%d violations", len(found))
		}
		if !slices.Equal(found, Check(body)) {
			t.Fatal("not the same twice")
		}
		for _, v := range found {
			if v.Error == "" || v.Message == "" || v.Code != codeMissing && v.Code != codeType && v.Code != codeConstraint {
				t.Errorf("%#v", v)
			}
			if !leads(v.Pointer, body) {
				t.Errorf("%s does not lead into the payload", v)
			}
		}
		if blocks := gjson.GetBytes(body, "blocks"); utf8.Valid(body) && json.Valid(body) && blocks.IsArray() {
			inside := Check([]byte(`{"text":"t","blocks":` + blocks.Raw + `}`))
			for i, v := range CheckBlocks([]byte(blocks.Raw)) {
				if v.Pointer = "/blocks" + v.Pointer; i >= len(inside) || inside[i] != v {
					t.Errorf("%s is not among those of the message", v)
				}
			}
		}
	})
}

// leads reports whether a JSON Pointer leads to a value. Lists which the payload
// has as text are not followed.
func leads(pointer string, body []byte) bool {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a number may be too large for any type
	if err := d.Decode(&v); err != nil {
		return pointer == ""
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch at := v.(type) {
		case map[string]any:
			if pointer == "" {
				return true
			}
			next, ok := at[step]
			if !ok {
				return false
			}
			v = next
		case []any:
			if pointer == "" {
				return true
			}
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return false
			}
			v = at[i]
		case string:
			return true
		default:
			return pointer == ""
		}
	}
	return true
}

func BenchmarkCheck(b *testing.B) {
	table := `{"blocks":[{"type":"table","rows":[` + repeat(100, `[`+repeat(20, `{"type":"raw_text","text":"12345"}`)+`]`) + `]}]}`
	for _, c := range []struct{ name, body string }{
		{"1KB", typical}, {"80KB-table", table}, {"1MB-hostile", message(repeat(40, `{"type":"section","text":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`,"accessory":{"a":`+strings.Repeat("[", 8000)+strings.Repeat("]", 8000)+`}}`))},
	} {
		b.Run(fmt.Sprint(c.name), func(b *testing.B) {
			body := []byte(c.body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Check(body)
			}
		})
	}
}
