package console

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

var update = flag.Bool("update", false, "rewrite the expected fragments")

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Every kind of block and of span, in both looks. The expected fragments are read
// before they are kept.
func TestDrawing(t *testing.T) {
	for name, m := range drawings {
		for _, l := range []*look{&slackLook, &discordLook} {
			file := filepath.Join("testdata", name+"."+string(l.class)+".html")
			got := strings.ReplaceAll(string(l.draw([]*chat.Message{m}, noon)), "><", ">\n<") + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got):\n%s", file, d)
			}
		}
	}
}

func words(s string) chat.Text { return chat.Text{{Text: s}} }

var drawings = map[string]*chat.Message{
	"text": {Blocks: []chat.Block{
		{Kind: chat.Heading, Level: 1, Text: words("Deploy <b>")},
		{Kind: chat.Para, Text: chat.Text{
			{Text: "bold", Style: chat.Bold | chat.Italic}, {Text: "\n"}, {Text: "struck", Style: chat.Strike | chat.Underline},
			{Text: " "}, {Text: "x := <-c", Style: chat.Mono}, {Text: " "}, {Text: "hidden", Style: chat.Spoiler}, {Text: " "},
			{Kind: chat.Link, Text: "one ", Ref: "https://x.test/?a=1&b=\"2\""}, {Kind: chat.Link, Style: chat.Bold, Text: "link", Ref: "https://x.test/?a=1&b=\"2\""},
			{Text: " "}, {Kind: chat.Link, Text: "no link", Ref: "javascript:alert(1)"},
			{Text: " "}, {Kind: chat.User, Text: "@ana", Ref: "U1"}, {Kind: chat.Everyone, Text: "@here", Ref: "here"}, {Kind: chat.Emoji, Text: ":owl:", Ref: "1"},
			{Kind: chat.Time, Text: "then", Ref: chat.DateClock, At: 1618953630}, {Text: ", "}, {Kind: chat.Time, Text: "then", Ref: chat.Ago, At: noon.Unix() - 180},
		}},
		{Kind: chat.Code, Lang: "go", Text: words("if a < b {\n}")},
		{Kind: chat.Divider},
		{Kind: chat.Small, Text: chat.Text{{Kind: chat.Icon, Text: "ci", Ref: "https://x.test/i.png"}, {Text: " runner"}}},
	}},
	"lists": {Blocks: []chat.Block{
		{Kind: chat.Item, Text: words("a")},
		{Kind: chat.Item, Level: 1, Number: 3, Text: words("a three")},
		{Kind: chat.Code, Level: 2, Text: words("under three")},
		{Kind: chat.Item, Level: 1, Number: 4, Text: words("a four")},
		{Kind: chat.Item, Text: words("b")},
		{Kind: chat.Item, Number: 1, Text: words("another list")},
		{Kind: chat.Para, Text: words("after")},
		{Kind: chat.Para, Quoted: true, Text: words("quoted")},
		{Kind: chat.Item, Quoted: true, Text: words("quoted item")},
		{Kind: chat.Para, Text: words("end")},
	}},
	"card": {Sender: chat.Badge{Name: "\"><script>"}, Thread: chat.Thread{Topic: "Topic"}, Flags: chat.Flags{Silent: true}, Blocks: []chat.Block{
		{Kind: chat.Group, Card: &chat.Card{
			Colour: chat.RGB(0x2eb886), Author: chat.Badge{Name: "ana", URL: "https://x.test/ana", Icon: "https://x.test/ana.png"},
			Title: words("Title"), URL: "https://x.test/t",
			Body: []chat.Block{
				{Kind: chat.Fields, Fields: []chat.Field{
					{Name: words("Host"), Body: []chat.Block{{Text: words("db-1")}}, Inline: true},
					{Name: words("Long"), Body: []chat.Block{{Text: words("value")}}},
				}},
				{Kind: chat.Media, Assets: []chat.Asset{{URL: "https://x.test/g.png", Alt: "a graph", Title: "Graph", Bytes: 2048}, {Kind: chat.Video, URL: "attachment://v.mp4", Spoiler: true}}},
				{Kind: chat.Grid, Table: &chat.Table{Head: true, Align: []chat.Align{chat.AlignNone, chat.AlignRight}, Rows: [][]chat.Text{{words("name"), words("count")}, {words("a"), words("1")}}}},
			},
			Thumb: chat.Asset{URL: "https://x.test/thumb.png"}, Footer: chat.Badge{Name: "ci"}, At: noon,
		}},
		{Kind: chat.Group, Card: &chat.Card{Spoiler: true, Title: words("Secret")}},
		{Kind: chat.Para, Text: words("beside"), Assets: []chat.Asset{{URL: "https://x.test/b.png"}}},
		{Kind: chat.Buttons, Buttons: []chat.Button{{Label: "Open", URL: "https://x.test", Tone: chat.TonePrimary}, {Label: "Roll back", ID: "rb", Tone: chat.ToneDanger}}},
	}},
}

// Whatever users wrote, a drawing is well formed, holds only the elements and
// attributes of this room, leads only to the web and to mail, and shows the words.
func TestHostileMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := chattest.Message().Draw(t, "message")
		for i := range m.Blocks {
			for k := range m.Blocks[i].Text {
				if s := &m.Blocks[i].Text[k]; s.Kind == chat.Link && rapid.Bool().Draw(t, "bad") {
					s.Ref = rapid.SampledFrom([]string{"javascript:alert(1)", "JaVaScript:x", " javascript:x", "data:text/html,<b>", "vbscript:x", "//x.test", "/api/v1/-/reload", "https:", "http:///x", "\" onclick=\"x", "file:///etc"}).Draw(t, "ref")
				}
			}
		}
		l := rapid.SampledFrom([]*look{&slackLook, &discordLook}).Draw(t, "look")
		html := string(l.draw([]*chat.Message{m}, noon))
		shown, err := check(html)
		if err != nil {
			t.Fatalf("%v in:\n%s", err, html)
		}
		for _, b := range m.Blocks {
			for _, s := range b.Text {
				if s.Kind != chat.Time && !strings.Contains(shown, s.Text) {
					t.Fatalf("%q is not shown in:\n%s", s.Text, shown)
				}
			}
		}
	})
}

// Any bytes are laid out as well-formed text.
func TestHostilePayloads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b []byte
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			b = append(b, rapid.SampledFrom([]string{"{", "[", "}", "]", ",", ":", `"a"`, `"`, `\`, "<script>", "&amp;", "1e9", " ", "\n", "\x00", "\xff", "true", "漢", "'"}).Draw(t, "piece")...)
		}
		html := string(pretty(b).HTML)
		if _, err := check(html); err != nil {
			t.Fatalf("%v in:\n%s", err, html)
		}
	})
}

var (
	ourTags  = strings.Fields("article section div span p b a time h4 h5 h6 strong em s u code pre hr ul ol li blockquote dl dt dd table tr th td svg rect figure figcaption")
	ourAttrs = strings.Fields("class title href rel datetime tabindex value width height fill aria-label aria-hidden")
)

// check reads a fragment strictly and returns the words in it.
func check(html string) (string, error) {
	d := xml.NewDecoder(strings.NewReader("<html>" + html + "</html>"))
	var shown strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return shown.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.CharData:
			shown.Write(token)
		case xml.StartElement:
			if name := token.Name.Local; name != "html" && !slices.Contains(ourTags, name) {
				return "", errors.New("a strange element: " + name)
			}
			for _, a := range token.Attr {
				if !slices.Contains(ourAttrs, a.Name.Local) {
					return "", errors.New("a strange attribute: " + a.Name.Local)
				}
				if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "https://") && !strings.HasPrefix(a.Value, "http://") && !strings.HasPrefix(a.Value, "mailto:") {
					return "", errors.New("a link to " + a.Value)
				}
			}
		case xml.Comment, xml.ProcInst, xml.Directive:
			return "", errors.New("markup that is not ours")
		}
	}
}

func TestSafeAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"https://x.test/a?b=c#d": true, "HTTP://x.test": true, "mailto:a@x.test": true,
		"javascript:alert(1)": false, "java\nscript:alert(1)": false, "//x.test": false, "/local": false, "data:text/html,x": false,
		"https:": false, "https:///x": false, "attachment://a.png": false, "": false, "mailto:": false, "\x01https://x.test": false,
	} {
		if _, ok := safeAddress(address); ok != want {
			t.Errorf("safeAddress(%q) = %v, want %v", address, ok, want)
		}
	}
}

func TestPretty(t *testing.T) {
	strip := strings.NewReplacer(`<span class="k">`, "", `<span class="s">`, "", `<span class="n">`, "", "</span>", "", "&#34;", `"`)
	for in, want := range map[string]string{
		`{"a":[1,{"b":"c, d: {e}"}],"n":null,"o":{},"l":[ ]}`: "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c, d: {e}\"\n    }\n  ],\n  \"n\": null,\n  \"o\": {},\n  \"l\": []\n}",
		`payload=%7B%7D`: "payload=%7B%7D",
		`{"a`:            "{\n  \"a",
		``:               "",
	} {
		if got := strip.Replace(string(pretty([]byte(in)).HTML)); got != want {
			t.Errorf("pretty(%s) =\n%s\nwant\n%s", in, got, want)
		}
	}
	long := pretty([]byte(`["` + strings.Repeat("x", mostShown) + `"]`))
	if !long.Cut || len(long.HTML) > mostShown+1000 {
		t.Errorf("a long payload is shown in %d bytes, cut %v", len(long.HTML), long.Cut)
	}
	deep := pretty([]byte(strings.Repeat("[", mostShown)))
	if !deep.Cut || len(deep.HTML) > 9*mostShown {
		t.Errorf("a deep payload is shown in %d bytes, cut %v", len(deep.HTML), deep.Cut)
	}
}
