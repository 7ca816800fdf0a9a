package slack

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// limits checks payloads against a table of limits that knows nothing of the
// writer's constants.
type limits struct {
	table gjson.Result
	where []string
	found []string

	chars, tableChars, tables int
	ids                       map[string]bool
}

const limitsFile = "../../testdata/limits/slack.json"

// checkPayload returns what Slack would refuse about one payload, empty if
// nothing.
func checkPayload(table, payload []byte) []string {
	l := limits{table: gjson.ParseBytes(table), ids: map[string]bool{}}
	if !json.Valid(payload) {
		return []string{"not valid JSON"}
	}
	if !utf8.Valid(payload) {
		l.fail("not valid UTF-8")
	}
	l.message(gjson.ParseBytes(payload))
	return l.found
}

// max is a limit of the table, by its path there.
func (l *limits) max(path string) int {
	v := l.table.Get(path)
	for _, key := range []string{"value", "max"} {
		if v.IsObject() && v.Get(key).Exists() {
			v = v.Get(key)
		}
	}
	if v.Type != gjson.Number {
		panic("no limit " + path)
	}
	return int(v.Int())
}

func (l *limits) fail(format string, args ...any) {
	l.found = append(l.found, strings.Join(l.where, ".")+": "+fmt.Sprintf(format, args...))
}

func (l *limits) in(key string, f func()) {
	l.where = append(l.where, key)
	f()
	l.where = l.where[:len(l.where)-1]
}

func (l *limits) list(v gjson.Result, key string, f func(gjson.Result)) {
	i := 0
	v.Get(key).ForEach(func(_, e gjson.Result) bool {
		l.in(fmt.Sprintf("%s.%d", key, i), func() { f(e) })
		i++
		return true
	})
}

// keys fails for members which are not among those known.
func (l *limits) keys(v gjson.Result, known ...string) {
	v.ForEach(func(key, _ gjson.Result) bool {
		if !slices.Contains(known, key.Str) {
			l.fail("unknown member %q", key.Str)
		}
		return true
	})
}

func (l *limits) count(v gjson.Result, key string, least, most int) {
	n := len(v.Get(key).Array())
	if n < least || n > most {
		l.fail("%s has %d elements, not %d to %d", key, n, least, most)
	}
}

func (l *limits) chars1(s, what string, least, most int) {
	n := utf8.RuneCountInString(s)
	if n < least || n > most {
		l.fail("%s has %d characters, not %d to %d", what, n, least, most)
	}
}

func (l *limits) message(m gjson.Result) {
	l.keys(m, "text", "mrkdwn", "blocks", "attachments", "username", "icon_url", "icon_emoji", "thread_ts", "unfurl_links", "unfurl_media", "parse")
	if v := m.Get("text"); v.Exists() || m.Get("blocks").Exists() {
		l.chars1(v.Str, "text", 1, l.max("message.text_recommended"))
	} else if a := m.Get("attachments.0"); a.Get("fallback").Str == "" && a.Get("text").Str == "" {
		l.fail("nothing to notify with")
	}
	if v := m.Get("blocks"); v.Exists() {
		l.count(m, "blocks", 1, l.max("message.blocks"))
		l.list(m, "blocks", l.block)
	}
	if m.Get("attachments").Exists() {
		l.count(m, "attachments", 1, int(l.table.Get("message.attachments.recommended").Int()))
		l.list(m, "attachments", l.attachment)
	}
	if most := l.max("message.blocks_text_cumulative"); l.chars > most {
		l.fail("%d characters in all blocks, not %d", l.chars, most)
	}
	if most := l.max("message.table_characters"); l.tableChars > most {
		l.fail("%d characters in tables, not %d", l.tableChars, most)
	}
	if most := l.max("message.tables"); l.tables > most {
		l.fail("%d tables, not %d", l.tables, most)
	}
}

func (l *limits) attachment(a gjson.Result) {
	if a.Get("blocks").Exists() {
		l.keys(a, "color", "fallback", "blocks")
		l.count(a, "blocks", 1, l.max("message.blocks"))
		l.list(a, "blocks", l.block)
		return
	}
	l.keys(a, "color", "fallback", "pretext", "author_name", "author_link", "author_icon", "title", "title_link", "text",
		"fields", "image_url", "thumb_url", "footer", "footer_icon", "ts", "mrkdwn_in", "actions")
	if a.Get("fallback").Str == "" && a.Get("text").Str == "" {
		l.fail("neither fallback nor text")
	}
	a.ForEach(func(key, v gjson.Result) bool {
		if v.Type == gjson.String && v.Str == "" {
			l.fail("empty %s", key.Str)
		}
		return true
	})
	l.chars1(a.Get("text").Str, "text", 0, l.max("attachment.text_truncate"))
	l.chars1(a.Get("footer").Str, "footer", 0, l.max("attachment.footer"))
	if a.Get("actions").Exists() {
		l.count(a, "actions", 1, l.max("attachment.actions"))
	}
	if a.Get("image_url").Exists() && a.Get("thumb_url").Exists() {
		l.fail("image_url and thumb_url together")
	}
	for _, key := range []string{"image_url", "thumb_url", "footer_icon", "author_icon"} {
		l.url(a.Get(key), key)
	}
}

func (l *limits) url(v gjson.Result, what string) {
	if !v.Exists() {
		return
	}
	l.chars1(v.Str, what, 1, l.max("element.button.url"))
	if !strings.HasPrefix(v.Str, "https://") && !strings.HasPrefix(v.Str, "http://") {
		l.fail("%s is not an address of the web", what)
	}
}

func (l *limits) block(b gjson.Result) {
	if id := b.Get("block_id"); id.Exists() {
		l.chars1(id.Str, "block_id", 1, l.max("common.block_id"))
		if l.ids[id.Str] {
			l.fail("block_id %q twice", id.Str)
		}
		l.ids[id.Str] = true
	}
	switch typ := b.Get("type").Str; typ {
	case "section":
		l.keys(b, "type", "block_id", "text", "fields", "accessory")
		if !b.Get("text").Exists() && !b.Get("fields").Exists() {
			l.fail("neither text nor fields")
		}
		if t := b.Get("text"); t.Exists() {
			l.text(t, "", l.max("block.section.text"))
		}
		if b.Get("fields").Exists() {
			l.count(b, "fields", 1, l.max("block.section.fields"))
			l.list(b, "fields", func(f gjson.Result) { l.text(f, "", l.max("block.section.field_text")) })
		}
		if a := b.Get("accessory"); a.Exists() {
			l.in("accessory", func() { l.element(a) })
		}
	case "header":
		l.keys(b, "type", "block_id", "text", "level")
		l.text(b.Get("text"), "plain_text", l.max("block.header.text"))
		if v := b.Get("level"); v.Exists() && (v.Int() < 1 || v.Int() > int64(l.max("block.header.level"))) {
			l.fail("level %s", v.Raw)
		}
	case "divider":
		l.keys(b, "type", "block_id")
	case "image":
		l.keys(b, "type", "block_id", "image_url", "alt_text", "title")
		l.image(b)
		if t := b.Get("title"); t.Exists() {
			l.text(t, "plain_text", l.max("block.image.title"))
		}
	case "context":
		l.keys(b, "type", "block_id", "elements")
		l.count(b, "elements", 1, l.max("block.context.elements"))
		l.list(b, "elements", func(e gjson.Result) {
			if e.Get("type").Str == "image" {
				l.element(e)
			} else {
				l.text(e, "", l.max("object.text"))
			}
		})
	case "actions":
		l.keys(b, "type", "block_id", "elements")
		l.count(b, "elements", 1, l.max("block.actions.elements"))
		l.list(b, "elements", l.element)
	case "rich_text":
		l.keys(b, "type", "block_id", "elements")
		l.count(b, "elements", 1, 1<<20)
		l.list(b, "elements", l.rich)
	case "table":
		l.keys(b, "type", "block_id", "rows", "column_settings")
		l.tables++
		l.count(b, "rows", 1, l.max("block.table.rows"))
		if len(b.Get("column_settings").Array()) > l.max("block.table.column_settings") {
			l.fail("too many column settings")
		}
		l.list(b, "rows", func(row gjson.Result) {
			if n := len(row.Array()); n < 1 || n > l.max("block.table.columns") {
				l.fail("%d cells", n)
			}
			before := l.chars
			row.ForEach(func(_, c gjson.Result) bool {
				switch c.Get("type").Str {
				case "raw_text":
					l.chars1(c.Get("text").Str, "cell", 1, 1<<20)
					l.chars += utf8.RuneCountInString(c.Get("text").Str)
				case "rich_text":
					l.list(c, "elements", l.rich)
				default:
					l.fail("unknown cell")
				}
				return true
			})
			l.tableChars += l.chars - before
		})
	default:
		l.fail("unknown block %q", typ)
	}
}

func (l *limits) text(t gjson.Result, typ string, most int) {
	l.keys(t, "type", "text", "verbatim")
	if got := t.Get("type").Str; typ != "" && got != typ || got != "mrkdwn" && got != "plain_text" {
		l.fail("a text of type %q", got)
	}
	if t.Get("type").Str == "plain_text" && t.Get("verbatim").Exists() {
		l.fail("verbatim on plain_text")
	}
	s := t.Get("text").Str
	l.chars1(s, "text", 1, most)
	l.chars += utf8.RuneCountInString(s)
}

func (l *limits) image(v gjson.Result) {
	l.url(v.Get("image_url"), "image_url")
	if !v.Get("image_url").Exists() {
		l.fail("no image_url")
	}
	l.chars1(v.Get("alt_text").Str, "alt_text", 1, l.max("block.image.alt_text"))
}

func (l *limits) element(e gjson.Result) {
	switch typ := e.Get("type").Str; typ {
	case "image":
		l.keys(e, "type", "image_url", "alt_text")
		l.image(e)
	case "button":
		l.keys(e, "type", "text", "url", "style")
		l.text(e.Get("text"), "plain_text", l.max("element.button.text"))
		l.url(e.Get("url"), "url")
		if s := e.Get("style"); s.Exists() && s.Str != "primary" && s.Str != "danger" {
			l.fail("style %q", s.Str)
		}
	default:
		l.fail("unknown element %q", typ)
	}
}

func (l *limits) rich(e gjson.Result) {
	switch typ := e.Get("type").Str; typ {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		l.keys(e, "type", "elements", "border", "language")
		l.list(e, "elements", func(s gjson.Result) { l.span(s, typ == "rich_text_preformatted") })
	case "rich_text_list":
		l.keys(e, "type", "elements", "style", "indent", "offset", "border")
		l.count(e, "elements", 1, 1<<20)
		if s := e.Get("style").Str; s != "bullet" && s != "ordered" {
			l.fail("style %q", s)
		}
		if n := e.Get("indent").Int(); n < 0 || n > int64(l.max("block.rich_text_list.indent")) {
			l.fail("indent %d", n)
		}
		l.list(e, "elements", func(s gjson.Result) {
			if s.Get("type").Str != "rich_text_section" {
				l.fail("an item of type %q", s.Get("type").Str)
			}
			l.rich(s)
		})
	default:
		l.fail("unknown element %q", typ)
	}
}

func (l *limits) span(s gjson.Result, code bool) {
	typ := s.Get("type").Str
	need := map[string]string{"text": "text", "link": "url", "emoji": "name", "user": "user_id", "usergroup": "usergroup_id",
		"channel": "channel_id", "broadcast": "range", "date": "format"}[typ]
	switch {
	case need == "" || code && typ != "text" && typ != "link":
		l.fail("inline element %q", typ)
	case s.Get(need).Str == "":
		l.fail("%s without %s", typ, need)
	}
	if v := s.Get("text"); v.Exists() && v.Str == "" {
		l.fail("empty text")
	}
	l.chars += utf8.RuneCountInString(s.Get("text").Str)
	s.Get("style").ForEach(func(key, v gjson.Result) bool {
		if v.Type != gjson.True || !strings.Contains(l.table.Get("rich_text_styles").Raw, `"`+key.Str+`"`) {
			l.fail("style %s", key.Str)
		}
		return true
	})
}

func limitsTable(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(limitsFile)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLimitsAreFound(t *testing.T) {
	table := limitsTable(t)
	for _, bad := range []string{
		`{"text":""}`,
		`{"text":"a","blocks":[]}`,
		`{"text":"a","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", 3001) + `"}}]}`,
		`{"text":"a","blocks":[{"type":"header","text":{"type":"mrkdwn","text":"a"}}]}`,
		`{"text":"a","blocks":[{"type":"image","image_url":"attachment://a.png","alt_text":"a"}]}`,
		`{"text":"a","blocks":[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]}`,
		`{"text":"a","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[]}]}]}`,
		`{"text":"a","blocks":[` + strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}]}`,
		`{"text":"a","attachments":[{"footer":"` + strings.Repeat("x", 301) + `","fallback":"a"}]}`,
	} {
		if len(checkPayload(table, []byte(bad))) == 0 {
			t.Errorf("nothing found about %.80s", bad)
		}
	}
	if found := checkPayload(table, []byte(`{"text":"a","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"a"}}]}`)); len(found) > 0 {
		t.Error(found)
	}
}
