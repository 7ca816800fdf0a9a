package github

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

const rest = "https://github.com/harbour/tidewatch/pull/12"

// shortened is what is left of blocks, with the notes that were made.
func shortened(t *testing.T, blocks ...chat.Block) ([]chat.Block, []chat.Note) {
	t.Helper()
	m, n := new(chat.Message), new(chat.Notes)
	e := newEvent(m, n, "pull_request", value(`{}`))
	e.mem.Body = append(e.mem.Body, blocks...)
	if lost := e.shorten(0); lost > 0 {
		e.notes.AddAt("body", chat.Shortened, "body", lost)
		e.more(0, rest)
	}
	e.finish()
	chat.Normalize(m)
	if err := chat.Check(m); err != nil {
		t.Fatal(err)
	}
	if len(m.Blocks) == 0 {
		return nil, n.List
	}
	return m.Blocks[0].Card.Body, n.List
}

func para(spans ...chat.Span) chat.Block { return chat.Block{Text: spans} }
func words(s string) chat.Span           { return chat.Span{Text: s} }

// leadsOn reports whether the last block ends with the link to the rest.
func leadsOn(blocks []chat.Block) bool {
	text := blocks[len(blocks)-1].Text
	return len(text) > 0 && text[len(text)-1] == chat.Span{Kind: chat.Link, Text: "…", Ref: rest}
}

func TestExcerptTakesWhatIsShort(t *testing.T) {
	in := []chat.Block{para(words("Short.")), {Kind: chat.Code, Text: chat.Text{words("x\ny")}}}
	got, notes := shortened(t, slices.Clone(in)...)
	if len(got) != 2 || got[0].Text.Plain() != "Short." || len(notes) != 0 {
		t.Errorf("%v, %v", got, notes)
	}
}

func TestExcerptEndsWithABlock(t *testing.T) {
	long := strings.Repeat("All is well at pier three. ", 24)
	got, notes := shortened(t, para(words(long)), chat.Block{Kind: chat.Heading, Level: 2, Text: chat.Text{words("More")}}, para(words(long)))
	if len(got) != 1 || got[0].Text.Plain() != long+" …" || !leadsOn(got) {
		t.Errorf("%v", got)
	}
	if want := (chat.Note{Loss: chat.Shortened, Where: "body", What: "body", Count: len("More") + len(long)}); len(notes) != 1 || notes[0] != want {
		t.Errorf("%v", notes)
	}
}

func TestExcerptEndsWithASentence(t *testing.T) {
	link := chat.Span{Kind: chat.Link, Text: strings.Repeat("manual ", 20), Ref: "https://example.net/"}
	bold := chat.Span{Text: strings.Repeat("loud ", 40), Style: chat.Bold}
	sentence := "The gauge speaks. "
	for name, c := range map[string]struct {
		in   []chat.Span
		want string // without " …"
	}{
		"sentence":           {[]chat.Span{words(strings.Repeat(sentence, 60))}, strings.TrimSpace(strings.Repeat(sentence, 44))},
		"before a link":      {[]chat.Span{words(strings.Repeat(sentence, 40)), link, words("end")}, strings.TrimSpace(strings.Repeat(sentence, 40))},
		"word":               {[]chat.Span{words(strings.Repeat("tide ", 300))}, strings.TrimSpace(strings.Repeat("tide ", 160))},
		"word in bold":       {[]chat.Span{words(strings.Repeat("tide ", 140)), bold}, strings.Repeat("tide ", 140) + strings.TrimSpace(strings.Repeat("loud ", 20))},
		"not too far back":   {[]chat.Span{words("Hm. " + strings.Repeat("tide ", 300))}, "Hm. " + strings.TrimSpace(strings.Repeat("tide ", 159))},
		"one endless word":   {[]chat.Span{words(strings.Repeat("x", 5000))}, strings.Repeat("x", 800)},
		"one endless code":   {[]chat.Span{{Text: strings.Repeat("x", 5000), Style: chat.Mono}}, strings.Repeat("x", 800)},
		"code is not cut":    {[]chat.Span{words(strings.Repeat("tide ", 140)), {Text: strings.Repeat("x", 200), Style: chat.Mono}}, strings.Repeat("tide ", 140)},
		"many bytes, few…":   {[]chat.Span{words(strings.Repeat("潮", 2000))}, strings.Repeat("潮", 800)},
		"full stop in asian": {[]chat.Span{words(strings.Repeat("潮汐。", 400))}, strings.Repeat("潮汐。", 266)},
	} {
		got, notes := shortened(t, para(c.in...), para(words("and so on")))
		if len(got) != 1 || !leadsOn(got) || len(notes) != 1 {
			t.Errorf("%s: %v, %v", name, got, notes)
			continue
		}
		if text := got[0].Text.Plain(); text != c.want+" …" {
			t.Errorf("%s: %d characters, ends %q", name, got[0].Text.Chars(), text[max(0, len(text)-40):])
		}
	}
}

func TestExcerptOfOneLink(t *testing.T) {
	got, _ := shortened(t, para(chat.Span{Kind: chat.Link, Text: strings.Repeat("x", 2000), Ref: "https://example.net/"}))
	if len(got) != 1 || got[0].Text.Plain() != "…" || !leadsOn(got) {
		t.Errorf("%v", got)
	}
}

func TestExcerptOfCodeTablesAndPictures(t *testing.T) {
	line := strings.Repeat("c", 99) + "\n"
	got, _ := shortened(t, chat.Block{Kind: chat.Code, Lang: "go", Text: chat.Text{words(strings.Repeat(line, 30))}})
	if len(got) != 2 || got[0].Text.Plain() != strings.TrimSuffix(strings.Repeat(line, 8), "\n") || !leadsOn(got) {
		t.Errorf("code: %v", got)
	}

	cell := chat.Text{words(strings.Repeat("t", 97))}
	table := &chat.Table{Head: true, Rows: slices.Repeat([][]chat.Text{{cell}}, 20)}
	got, _ = shortened(t, chat.Block{Kind: chat.Grid, Table: table})
	if len(got) != 2 || len(got[0].Table.Rows) != 8 || !leadsOn(got) {
		t.Errorf("table: %v", got)
	}

	pictures := slices.Repeat([]chat.Asset{{URL: "https://example.net/p.png"}}, 40)
	got, _ = shortened(t, chat.Block{Kind: chat.Media, Assets: pictures})
	if len(got) != 2 || len(got[0].Assets) != 13 || !leadsOn(got) {
		t.Errorf("pictures: %v", got)
	}
}

func TestExcerptOfManyItems(t *testing.T) {
	items := slices.Repeat([]chat.Block{{Kind: chat.Item, Text: chat.Text{words("one more")}}}, 400)
	got, notes := shortened(t, items...)
	if len(got) != 40 || !leadsOn(got) || len(notes) != 1 {
		t.Errorf("%d items, %v", len(got), notes)
	}
}

// However much of a long body is looked at, the excerpt is that of the whole.
func TestExcerptLooksNoFurtherThanItMust(t *testing.T) {
	comment := "<!-- " + strings.Repeat("Please read all of this.\r\n\r\n", 200) + "-->\r\n\r\n"
	prose := strings.Repeat("The gauge speaks, and *we* listen. ", 12) + "\r\n\r\n"
	for name, c := range map[string]struct {
		src, want string
		ref       string // an address that must be found
	}{
		"prose":      {strings.Repeat(prose, 30), "The gauge speaks, and we listen.", ""},
		"template":   {comment + "It works.", "It works.", ""},
		"template +": {comment + strings.Repeat(prose, 30), "The gauge speaks, and we listen.", ""},
		"reference":  {"See [the manual][m].\n\n" + strings.Repeat(prose, 30) + "\n[m]: https://example.net/manual\n", "See the manual.", "https://example.net/manual"},
		"one line":   {strings.Repeat("tide ", 2000), "tide tide", ""},
		"fence":      {"```\n" + strings.Repeat("line\n\n", 900) + "```\n", "line\n\nline", ""},
	} {
		m, n := new(chat.Message), new(chat.Notes)
		e := newEvent(m, n, "issues", value(`{}`))
		q, err := json.Marshal(c.src)
		if err != nil {
			t.Fatal(err)
		}
		e.excerpt("issue.body", q, rest)
		e.finish()
		chat.Normalize(m)
		if err := chat.Check(m); err != nil {
			t.Fatal(name, err)
		}
		body := m.Blocks[0].Card.Body
		if got := body[0].Text.Plain(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: begins %q", name, got)
		}
		chars, found := 0, c.ref == ""
		for _, b := range body {
			chars += b.Text.Chars()
			for _, s := range b.Text {
				found = found || s.Ref == c.ref
			}
		}
		if chars > excerptChars+2 || !found {
			t.Errorf("%s: %d characters, %v", name, chars, body)
		}
		if cut := name != "template"; cut != leadsOn(body) || cut != n.Has(chat.Shortened) {
			t.Errorf("%s: leads on: %v, notes %v", name, leadsOn(body), n.List)
		}
	}
}
