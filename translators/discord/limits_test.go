package discord

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// limit is one entry of testdata/limits/discord.json.
type limit struct {
	Min, Max int
	Words    []any
	Schemes  []string
}

func readLimits(t testing.TB) map[string]limit {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/limits/discord.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	limits := map[string]limit{}
	for key, raw := range file {
		if strings.HasPrefix(key, "_") {
			continue
		}
		var l limit
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		limits[key] = l
	}
	return limits
}

// breaches lists what Discord would refuse in a payload, or merge or hide in
// showing it. It shares nothing with the writer.
func breaches(limits map[string]limit, payload []byte) (out []string) {
	if !gjson.ValidBytes(payload) || !utf8.Valid(payload) {
		return []string{"not valid JSON in UTF-8"}
	}
	body := gjson.ParseBytes(payload)
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	get := func(key string) limit {
		l, ok := limits[key]
		if !ok {
			bad("no limit %q", key)
		}
		return l
	}
	size := func(key string, n int) {
		if l := get(key); n > l.Max || n < l.Min {
			bad("%s: %d, limits are %d to %d", key, n, l.Min, l.Max)
		}
	}
	text := func(key string, v gjson.Result) int {
		if !v.Exists() {
			return 0
		}
		if v.Type != gjson.String {
			bad("%s: %s", key, v.Type)
		}
		n := utf8.RuneCountInString(strings.TrimSpace(v.Str))
		size(key, n)
		return n
	}
	address := func(key string, v gjson.Result) {
		if !v.Exists() {
			return
		}
		text(key, v)
		u, err := url.Parse(v.Str)
		if err != nil || !slices.Contains(get(key).Schemes, strings.ToLower(u.Scheme)) || u.Host == "" {
			bad("%s: address %q", key, v.Str)
		}
	}
	size("payload", len(payload))
	text("content", body.Get("content"))
	text("username", body.Get("username"))
	for _, w := range get("username_forbidden").Words {
		if strings.Contains(strings.ToLower(body.Get("username").Str), w.(string)) {
			bad("username: holds %q", w)
		}
	}
	for _, w := range get("username_forbidden_whole").Words {
		if strings.EqualFold(body.Get("username").Str, w.(string)) {
			bad("username: is %q", w)
		}
	}
	address("avatar_url", body.Get("avatar_url"))
	text("thread_name", body.Get("thread_name"))
	size("applied_tags", len(body.Get("applied_tags").Array()))
	if f := body.Get("flags"); f.Exists() && !slices.Contains(get("flags").Words, any(f.Num)) {
		bad("flags: %d", f.Int())
	}
	embeds := body.Get("embeds").Array()
	size("embeds", len(embeds))
	total := 0
	urls := map[string]int{}
	for i, e := range embeds {
		total += text("embed.title", e.Get("title")) + text("embed.description", e.Get("description"))
		address("embed.url", e.Get("url"))
		if c := e.Get("color"); c.Exists() {
			size("embed.color", int(c.Int()))
			if c.Int() == 0 {
				bad("embed.color: 0 is none")
			}
		}
		fields := e.Get("fields").Array()
		size("embed.fields", len(fields))
		for _, f := range fields {
			if !f.Get("name").Exists() || !f.Get("value").Exists() {
				bad("embed.fields: no name or no value")
			}
			total += text("embed.fields.name", f.Get("name")) + text("embed.fields.value", f.Get("value"))
		}
		for _, key := range []string{"author.name", "footer.text"} {
			total += text("embed."+key, e.Get(key))
			parent, _, _ := strings.Cut(key, ".")
			if e.Get(parent).Exists() && !e.Get(key).Exists() {
				bad("embed.%s: missing", key)
			}
		}
		for _, key := range []string{"author.url", "author.icon_url", "footer.icon_url", "image.url", "thumbnail.url"} {
			address("embed."+key, e.Get(key))
		}
		for _, key := range []string{"image.description", "thumbnail.description"} {
			text("embed."+key, e.Get(key))
		}
		if u := e.Get("url").Str; u != "" {
			if urls[u]++; urls[u] > 1 {
				for _, key := range []string{"title", "description", "fields", "author", "footer", "thumbnail", "timestamp"} {
					if e.Get(key).Exists() {
						bad("embeds.%d: its %s is hidden by an embed with the same url", i, key)
					}
				}
				size("embed.same_url", urls[u])
			}
		}
		if len(e.Map()) == 0 {
			bad("embeds.%d: empty", i)
		}
	}
	size("embed_total", total)
	allowed := body.Get("allowed_mentions")
	if !allowed.IsObject() || !allowed.Get("parse").IsArray() {
		bad("allowed_mentions: missing")
	}
	for _, p := range allowed.Get("parse").Array() {
		if p.Str != "everyone" {
			bad("allowed_mentions.parse: %q allows more than what is listed", p.Str)
		}
	}
	for _, key := range []string{"users", "roles"} {
		list := allowed.Get(key).Array()
		size("allowed_mentions."+key, len(list))
		seen := map[string]bool{}
		for _, id := range list {
			if id.Type != gjson.String || seen[id.Str] || strings.Trim(id.Str, "0123456789") != "" {
				bad("allowed_mentions.%s: %s", key, id.Raw)
			}
			seen[id.Str] = true
		}
	}
	rows := body.Get("components").Array()
	size("components", len(rows))
	for _, row := range rows {
		buttons := row.Get("components").Array()
		size("components.components", len(buttons))
		for _, b := range buttons {
			if row.Get("type").Int() != 1 || b.Get("type").Int() != 2 || b.Get("style").Int() != 5 {
				bad("components: not a link button: %s", b.Raw)
			}
			text("button.label", b.Get("label"))
			address("button.url", b.Get("url"))
		}
	}
	files := body.Get("attachments").Array()
	size("attachments", len(files))
	for i, f := range files {
		if f.Get("id").Int() != int64(i) {
			bad("attachments: id %s at %d", f.Get("id").Raw, i)
		}
		text("attachments.filename", f.Get("filename"))
		text("attachments.title", f.Get("title"))
		text("attachments.description", f.Get("description"))
	}
	if strings.TrimSpace(body.Get("content").Str) == "" && len(embeds)+len(rows)+len(files) == 0 {
		bad("an empty message")
	}
	return out
}
