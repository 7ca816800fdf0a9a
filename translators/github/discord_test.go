package github

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

func readDiscord(event string, body []byte) (*chat.Message, *chat.Notes, error) {
	m, n := new(chat.Message), new(chat.Notes)
	err := ReadDiscord(m, n, &chat.Input{Event: event, Body: body})
	return m, n, err
}

// The rest of the table is testdata/github-discord, where each event has a case
// for what is shown and one for what is not.
func TestDiscordKnowsEighteenEvents(t *testing.T) {
	if len(discordEvents) != 18 {
		t.Errorf("%d events", len(discordEvents))
	}
	for _, name := range Events() {
		// An action that nobody knows says nothing, where there are actions.
		m, _, err := readDiscord(name, payload(`"action":"turned","ref":"main","ref_type":"branch","forkee":{}`))
		always := slices.Contains([]string{"create", "delete", "fork", "public"}, name)
		if errors.Is(err, ErrSilent) == always || always && err != nil || len(m.Blocks) > 0 != always {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name := range discordEvents {
		if !slices.Contains(Events(), name) {
			t.Errorf("no event is named %s", name)
		}
	}
}

func TestDiscordBodies(t *testing.T) {
	comment := func(body string) (*chat.Card, *chat.Notes) {
		t.Helper()
		q, _ := json.Marshal(body)
		m, n, err := readDiscord("issue_comment", issue("created", "", `,"comment":{"body":`+string(q)+`}`))
		if err != nil {
			t.Fatal(err)
		}
		return m.Blocks[0].Card, n
	}
	for _, c := range []struct{ body, want string }{
		{"", ""},
		{" \r\n\t", ""},
		{"<b>bold</b> <br/>\nx<img src=\"a\" alt='b'>y", "bold \nxy"},
		{"<details><summary>S</summary>", "S"},
		{"a < b > c, List<T>, <x@y.example>, <!-- c -->", "a < b > c, List<T>, x@y.example, <!-- c -->"},
		{"<a <b", "<a <b"},
		{"<a <b>", "<a"},
		{"<@1234567890123456> <@&2234567890123456> <#3234567890123456> @everyone @here", "<@1234567890123456> <@&2234567890123456> <#3234567890123456> @everyone @here"},
		{":tada: <:wave:1234567890123456>", ":tada: :wave:"},
		{strings.Repeat("x", 500), strings.Repeat("x", 500)},
		{strings.Repeat("x", 501), strings.Repeat("x", 497) + "..."},
		{strings.Repeat("é", 501), strings.Repeat("é", 497) + "..."},
	} {
		card, _ := comment(c.body)
		got := ""
		for _, b := range card.Body {
			got += b.Text.Plain()
			for _, s := range b.Text {
				if s.Kind != chat.Words && s.Kind != chat.Link {
					t.Errorf("%q has a %s", c.body, s.Kind)
				}
			}
		}
		if got != c.want {
			t.Errorf("%q is %q, want %q", c.body, got, c.want)
		}
	}
	_, notes := comment("<b>" + strings.Repeat("x", 600) + "</b>")
	want := []chat.Note{
		{Loss: chat.Dropped, Where: "comment.body", What: "html", Count: 2},
		{Loss: chat.Shortened, Where: "comment.body", What: "body", Count: 100},
	}
	if !slices.Equal(notes.List, want) {
		t.Errorf("notes %v", notes.List)
	}
}

func TestDiscordTitlesFit(t *testing.T) {
	m, notes, err := readDiscord("commit_comment", []byte(`{"action":"created","comment":{"commit_id":"0123456789"},"repository":{"full_name":"`+strings.Repeat("x", 300)+`"},"sender":{"login":"a"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if title := m.Blocks[0].Card.Title; title.Chars() != discordTitleChars || len(notes.List) == 0 {
		t.Errorf("%d characters, %v", title.Chars(), notes.List)
	}
}

func TestDiscordNamesAreWords(t *testing.T) {
	q, _ := json.Marshal(markup)
	name := string(q)
	for event, body := range map[string]string{
		"pull_request": `"action":"opened","pull_request":{"number":1,"title":` + name + `}`,
		"push":         `"ref":` + name + `,"after":"12345678","commits":[{"id":"12345678","message":` + name + `,"author":{"name":` + name + `}}]`,
		"check_run":    `"action":"completed","check_run":{"name":` + name + `,"conclusion":` + name + `,"check_suite":{"head_branch":` + name + `}}`,
		"release":      `"action":"published","release":{"tag_name":` + name + `}`,
		"create":       `"ref":` + name + `,"ref_type":"tag"`,
		"member":       `"action":"added","member":{"login":` + name + `}`,
	} {
		m, _, err := readDiscord(event, []byte(`{`+body+`,"sender":{"login":`+name+`}}`))
		if err != nil {
			t.Fatal(event, err)
		}
		checkMarkup(t, event, m)
	}
}

func discordCases(t testing.TB) []sample { return cases(t, "github*", 60) }

func checkDiscord(t *testing.T, event string, body []byte) {
	t.Helper()
	m, _, err := readDiscord(event, body)
	switch {
	case err == nil:
		if err := chat.Check(m); err != nil {
			t.Fatalf("%s: %v: %s", event, err, body)
		}
		if len(m.Blocks) != 1 || m.Blocks[0].Kind != chat.Group || m.Role != chat.Post {
			t.Fatalf("%s: %d blocks: %s", event, len(m.Blocks), body)
		}
		eachSpan(m, func(s chat.Span) {
			if s.Kind != chat.Words && s.Kind != chat.Link && s.Kind != chat.Time {
				t.Fatalf("%s: a %s span %q", event, s.Kind, s.Text)
			}
		})
	case len(m.Blocks) != 0:
		t.Fatal("an error and a message")
	}
}

func TestDiscordWrongTypes(t *testing.T) {
	for _, c := range discordCases(t) {
		if len(c.body) > 32<<10 {
			continue // 500 commits, each the same
		}
		c.broken(t, func(body []byte) { checkDiscord(t, c.event, body) })
	}
}

func TestDiscordCorpus(t *testing.T) {
	shown := map[string]bool{}
	for _, s := range samples(t) {
		checkDiscord(t, s.event, s.body)
		if m, _, err := readDiscord(s.event, s.body); err == nil {
			shown[s.event] = true
			if m.Blocks[0].Card.Title == nil {
				t.Errorf("%s: no title", s.file)
			}
		} else if !errors.Is(err, ErrSilent) {
			t.Errorf("%s: %v", s.file, err)
		}
	}
	for event := range shown {
		if discordEvents[event] == nil {
			t.Errorf("%s is shown", event)
		}
	}
	if len(shown) < 15 {
		t.Errorf("only %d events are shown", len(shown))
	}
}

func FuzzReadDiscord(f *testing.F) {
	for _, c := range discordCases(f) {
		f.Add(c.event, c.body)
	}
	f.Add("issues", []byte(`{"action":"opened","sender":{"login":"a"},"issue":{"body":"<a <b <c>`))
	f.Fuzz(checkDiscord)
}
