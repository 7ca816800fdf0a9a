package discord_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/translators/discord"
)

// The texts of tests: one code point, a wide one, and five that are one picture.
var letters = []string{"a", "字", "👩‍👩‍👧"}

// filler is text of n code points.
func filler(letter string, n int) string {
	each := utf8.RuneCountInString(letter)
	return strings.Repeat(letter, n/each) + strings.Repeat("x", n%each)
}

// only checks that a body breaks one rule, or none if code is empty.
func only(t *testing.T, body, path, code, message string) {
	t.Helper()
	if !json.Valid([]byte(body)) {
		t.Fatalf("no JSON: %.300s", body)
	}
	var want []discord.Violation
	if code != "" {
		want = []discord.Violation{{Path: path, Code: code, Message: message}}
	}
	if got := discord.Check([]byte(body)); !slices.Equal(got, want) {
		t.Errorf("%.300s\nbreaks %+v\nwant   %+v", body, got, want)
	}
}

const (
	badLength = "BASE_TYPE_BAD_LENGTH"
	maxLength = "BASE_TYPE_MAX_LENGTH"
	required  = "BASE_TYPE_REQUIRED"
)

func atMost(n int) string     { return fmt.Sprintf("Must be %d or fewer in length.", n) }
func between(a, b int) string { return fmt.Sprintf("Must be between %d and %d in length.", a, b) }

const (
	v2    = `{"flags":32768,"components":[%s]}`
	inRow = `{"content":"c","components":[{"type":1,"components":[%s]}]}`
	inBox = `{"flags":32768,"components":[{"type":17,"components":[%s]}]}`
)

func TestCheckTextLimits(t *testing.T) {
	link := fmt.Sprintf(inRow, `{"type":2,"style":5,"url":"https://example.org","label":%s}`)
	press := fmt.Sprintf(inRow, `{"type":2,"style":1,"label":"l","custom_id":%s}`)
	menu := fmt.Sprintf(inRow, `{"type":3,"custom_id":"m","options":[{"label":"l","value":"v"}],"placeholder":%s}`)
	option := fmt.Sprintf(inRow, `{"type":3,"custom_id":"m","options":[{"label":"l","value":"v",%s}]}`)
	for _, c := range []struct {
		body, path string
		min, max   int
	}{
		{`{"content":%s}`, "content", 0, 2000},
		{`{"content":"c","username":%s}`, "username", 1, 80},
		{`{"content":"c","thread_name":%s}`, "thread_name", 0, 100},
		{`{"embeds":[{"title":%s,"url":"https://example.org"}]}`, "embeds.0.title", 0, 256},
		{`{"embeds":[{"title":"t","description":%s}]}`, "embeds.0.description", 0, 4096},
		{`{"embeds":[{"author":{"name":%s}}]}`, "embeds.0.author.name", 0, 256},
		{`{"embeds":[{"footer":{"text":%s}}]}`, "embeds.0.footer.text", 0, 2048},
		{`{"embeds":[{"image":{"url":"https://example.org/a.png","description":%s}}]}`, "embeds.0.image.description", 0, 4096},
		{`{"embeds":[{"fields":[{"name":%s,"value":"v"}]}]}`, "embeds.0.fields.0.name", 0, 256},
		{`{"embeds":[{"fields":[{"name":"n","value":%s}]}]}`, "embeds.0.fields.0.value", 0, 1024},
		{`{"content":"c","attachments":[{"id":0,"filename":%s}]}`, "attachments.0.filename", 1, 1024},
		{`{"content":"c","attachments":[{"id":0,"title":%s}]}`, "attachments.0.title", 0, 1024},
		{`{"content":"c","attachments":[{"id":0,"description":%s}]}`, "attachments.0.description", 0, 1024},
		{`{"content":"c","attachments":[{"id":0,"waveform":%s}]}`, "attachments.0.waveform", 0, 400},
		{`{"poll":{"question":{"text":%s},"answers":[{"poll_media":{"text":"a"}}]}}`, "poll.question.text", 0, 300},
		{`{"poll":{"question":{"text":"q"},"answers":[{"poll_media":{"text":%s}}]}}`, "poll.answers.0.poll_media.text", 0, 55},
		{link, "components.0.components.0.label", 0, 80},
		{press, "components.0.components.0.custom_id", 1, 100},
		{menu, "components.0.components.0.placeholder", 0, 150},
		{strings.Replace(option, "%s", `"description":%s`, 1), "components.0.components.0.options.0.description", 0, 100},
		{fmt.Sprintf(v2, `{"type":10,"content":%s}`), "components.0.content", 1, 4000},
		{fmt.Sprintf(v2, `{"type":12,"items":[{"media":{"url":"attachment://a.png"},"description":%s}]}`),
			"components.0.items.0.description", 0, 1024},
		{fmt.Sprintf(v2, `{"type":9,"components":[{"type":10,"content":"t"}],"accessory":{"type":11,"media":{"url":"https://example.org/a.png"},"description":%s}}`),
			"components.0.accessory.description", 0, 1024},
	} {
		for _, letter := range letters {
			body := func(n int) string { return fmt.Sprintf(c.body, `"`+filler(letter, n)+`"`) }
			only(t, body(c.max-1), "", "", "")
			only(t, body(c.max), "", "", "")
			only(t, fmt.Sprintf(c.body, `" `+filler(letter, c.max)+`\n "`), "", "", "") // white space around it does not count
			switch {
			case c.max == 4000: // is as well more than all text displays may have
			case c.min > 0:
				only(t, body(c.max+1), c.path, badLength, between(c.min, c.max))
				only(t, fmt.Sprintf(c.body, `" "`), c.path, badLength, between(c.min, c.max))
			default:
				only(t, body(c.max+1), c.path, maxLength, atMost(c.max))
			}
		}
	}
}

func TestCheckURLs(t *testing.T) {
	const notWell, scheme = "URL_TYPE_INVALID_URL", "URL_TYPE_INVALID_SCHEME"
	unknown := func(s, known string) string {
		return `Scheme "` + s + `" is not supported. Scheme must be one of (` + known + ")."
	}
	const web = "'http', 'https'"
	for _, c := range []struct {
		body, path string
		max        int
		known      string
		upload     bool
	}{
		{`{"content":"c","avatar_url":%s}`, "avatar_url", 2048, web, false},
		{`{"embeds":[{"title":"t","url":%s}]}`, "embeds.0.url", 2048, web, false},
		{`{"embeds":[{"author":{"name":"a","url":%s}}]}`, "embeds.0.author.url", 2048, web, false},
		{`{"embeds":[{"author":{"name":"a","icon_url":%s}}]}`, "embeds.0.author.icon_url", 2048, web, true},
		{`{"embeds":[{"footer":{"text":"f","icon_url":%s}}]}`, "embeds.0.footer.icon_url", 2048, web, true},
		{`{"embeds":[{"image":{"url":%s}}]}`, "embeds.0.image.url", 2048, web, true},
		{`{"embeds":[{"thumbnail":{"url":%s}}]}`, "embeds.0.thumbnail.url", 2048, web, true},
		{fmt.Sprintf(inRow, `{"type":2,"style":5,"label":"l","url":%s}`), "components.0.components.0.url", 512, web + ", 'discord'", false},
		{fmt.Sprintf(v2, `{"type":12,"items":[{"media":{"url":%s}}]}`), "components.0.items.0.media.url", 2048, web, true},
	} {
		in := func(url string) string { return fmt.Sprintf(c.body, `"`+url+`"`) }
		for _, url := range []string{
			"https://example.org", "HTTP://user:pass@a.b.example.org:8080/p?q#f", "http://127.0.0.1", "http://[::1]:80/",
			"https://例え.jp/道", "https://example.org/" + strings.Repeat("x", c.max-20),
		} {
			only(t, in(url), "", "", "")
		}
		only(t, in("https://example.org/"+strings.Repeat("x", c.max-19)), c.path, maxLength, atMost(c.max))
		for _, url := range []string{
			"http://", "http://localhost:3000/x", "https://a..b", "https://a_b.example.org", "https://example.org/a b", "https://exam ple.org",
			"https:example.org", "https://example.org:port", "https://" + strings.Repeat("x", 64) + ".org",
		} {
			only(t, in(url), c.path, notWell, "Not a well formed URL.")
		}
		for url, s := range map[string]string{"": "", "ftp://example.org": "ftp", "javascript:alert(1)": "javascript", "example.org": "example.org"} {
			only(t, in(url), c.path, scheme, unknown(s, c.known))
		}
		if c.upload {
			only(t, in("attachment://a.png"), "", "", "")
			only(t, in("attachment://"), c.path, notWell, "Not a well formed URL.")
		} else {
			only(t, in("attachment://a.png"), c.path, scheme, unknown("attachment", c.known))
		}
	}
	only(t, fmt.Sprintf(inRow, `{"type":2,"style":5,"label":"l","url":"discord://-/channels/@me"}`), "", "", "")
	only(t, fmt.Sprintf(v2, `{"type":13,"file":{"url":"attachment://a.zip"}}`), "", "", "")
	only(t, fmt.Sprintf(v2, `{"type":13,"file":{"url":"https://example.org/a.zip"}}`), "components.0.file.url", scheme,
		`Scheme "https" is not supported. Scheme must be one of ('attachment',).`)
}

func TestCheckListLimits(t *testing.T) {
	text := `{"type":10,"content":"t"}`
	for _, c := range []struct {
		body, item, path string
		min, max         int
	}{
		{`{"embeds":[%s]}`, `{"title":"t"}`, "embeds", 0, 10},
		{`{"embeds":[{"fields":[%s],"title":"t"}]}`, `{"name":"n","value":"v"}`, "embeds.0.fields", 0, 25},
		{`{"content":"c","attachments":[%s]}`, `{"id":"1"}`, "attachments", 0, 10},
		{`{"content":"c","thread_name":"n","applied_tags":[%s]}`, `"7"`, "applied_tags", 0, 5},
		{`{"content":"c","allowed_mentions":{"users":[%s]}}`, `"%d"`, "allowed_mentions.users", 0, 100},
		{`{"content":"c","allowed_mentions":{"roles":[%s]}}`, `"%d"`, "allowed_mentions.roles", 0, 100},
		{`{"poll":{"question":{"text":"q"},"answers":[%s]}}`, `{"poll_media":{"text":"a"}}`, "poll.answers", 1, 10},
		{`{"content":"c","components":[%s]}`, `{"type":1,"components":[{"type":2,"style":5,"url":"https://a.b"}]}`, "components", 0, 5},
		{inRow, `{"type":2,"style":5,"url":"https://a.b"}`, "components.0.components", 1, 5},
		{fmt.Sprintf(inRow, `{"type":3,"custom_id":"m","options":[%s]}`), `{"label":"l","value":"v%d"}`, "components.0.components.0.options", 1, 25},
		{fmt.Sprintf(v2, `{"type":9,"components":[%s],"accessory":{"type":11,"media":{"url":"https://a.b"}}}`), text, "components.0.components", 1, 3},
		{fmt.Sprintf(v2, `{"type":12,"items":[%s]}`), `{"media":{"url":"https://a.b"}}`, "components.0.items", 1, 10},
	} {
		body := func(n int) string {
			items := make([]string, n)
			for i := range items {
				items[i] = strings.ReplaceAll(c.item, "%d", fmt.Sprint(i+1))
			}
			return strings.Replace(c.body, "%s", strings.Join(items, ","), 1)
		}
		only(t, body(c.max-1), "", "", "")
		only(t, body(c.max), "", "", "")
		if c.min > 0 {
			only(t, body(0), c.path, badLength, between(c.min, c.max))
			only(t, body(c.max+1), c.path, badLength, between(c.min, c.max))
		} else {
			only(t, body(c.max+1), c.path, maxLength, atMost(c.max))
		}
	}
	only(t, fmt.Sprintf(inBox, ""), "components.0.components", badLength, between(1, 40))
}

// The sums over all of a message.
func TestCheckTotals(t *testing.T) {
	for _, letter := range letters {
		embeds := func(rest int) string {
			e := fmt.Sprintf(`{"title":%q,"description":%q,"author":{"name":%q},"footer":{"text":%q},"fields":[{"name":%q,"value":%q}]}`,
				filler(letter, 100), filler(letter, 1000), filler(letter, 200), filler(letter, 700), filler(letter, 200), filler(letter, 800))
			return fmt.Sprintf(`{"content":"not counted","embeds":[%s,{"description":%q,"url":"https://example.org/not/counted"}]}`,
				e, filler(letter, rest))
		}
		only(t, embeds(2999), "", "", "")
		only(t, embeds(3000), "", "", "")
		only(t, embeds(3001), "embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")

		shown := func(n int) string {
			return fmt.Sprintf(v2, fmt.Sprintf(`{"type":10,"content":%q},{"type":17,"components":[{"type":10,"content":%q}]}`,
				filler(letter, 2000), filler(letter, n)))
		}
		only(t, shown(1999), "", "", "")
		only(t, shown(2000), "", "", "")
		only(t, shown(2001), "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
			"Components displayable text size exceeds maximum size of 4000")
	}
	parts := func(n int) string { // a container, a row with a button, and others
		return fmt.Sprintf(inBox, `{"type":1,"components":[{"type":2,"style":5,"url":"https://a.b"}]}`+
			strings.Repeat(`,{"type":14}`, n-3))
	}
	only(t, parts(39), "", "", "")
	only(t, parts(40), "", "", "")
	only(t, parts(41), "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "Must be 40 or fewer components in total.")
}

func TestCheckNumbers(t *testing.T) {
	const (
		coerce = "NUMBER_TYPE_COERCE"
		low    = "NUMBER_TYPE_MIN"
		high   = "NUMBER_TYPE_MAX"
	)
	for _, c := range []struct {
		body, path string
		min, max   int
	}{
		{`{"embeds":[{"title":"t","color":%s}]}`, "embeds.0.color", 0, 16777215},
		{`{"poll":{"question":{"text":"q"},"answers":[{"poll_media":{"text":"a"}}],"duration":%s}}`, "poll.duration", 1, 768},
		{fmt.Sprintf(inBox[:len(inBox)-3], `{"type":14}`) + `,"accent_color":%s}]}`, "components.0.accent_color", 0, 16777215},
		{fmt.Sprintf(v2, `{"type":14,"id":%s}`), "components.0.id", 0, 1<<31 - 1},
	} {
		in := func(v any) string { return fmt.Sprintf(c.body, fmt.Sprint(v)) }
		for _, ok := range []string{fmt.Sprint(c.min), fmt.Sprint(c.max), fmt.Sprintf("%d.9", c.min), fmt.Sprintf(`" %d "`, c.max), "null", "true"} {
			only(t, in(ok), "", "", "")
		}
		only(t, in(c.min-1), c.path, low, fmt.Sprintf("int value should be greater than or equal to %d.", c.min))
		only(t, in(c.max+1), c.path, high, fmt.Sprintf("int value should be less than or equal to %d.", c.max))
		for text, shown := range map[string]string{`"#ff0000"`: "#ff0000", `""`: "", `"1.5"`: "1.5", `[1]`: "[1]", `1e999`: "1e999"} {
			only(t, in(text), c.path, coerce, `Value "`+shown+`" is not int.`)
		}
	}
	only(t, `{"content":"c","flags":"4"}`, "", "", "")
	only(t, `{"content":"c","flags":"silent"}`, "flags", coerce, `Value "silent" is not int.`)
	only(t, `{"content":"c","attachments":[{"id":"one"}]}`, "attachments.0.id", coerce, `Value "one" is not snowflake.`)
	only(t, `{"content":"c","allowed_mentions":{"users":["@ana"]}}`, "allowed_mentions.users.0", coerce, `Value "@ana" is not snowflake.`)
	only(t, `{"content":"c","thread_name":"n","applied_tags":[-1]}`, "applied_tags.0", coerce, `Value "-1" is not snowflake.`)
	only(t, fmt.Sprintf(v2, `{"type":14,"spacing":3}`), "components.0.spacing", "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
}
