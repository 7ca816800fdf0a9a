package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// markup is what must arrive as the words that it is.
const markup = "@everyone <!channel> <@U1> **b** [x](https://evil.example) `c` ||s|| <script>"

// eachSpan calls f with every span of m.
func eachSpan(m *chat.Message, f func(s chat.Span)) {
	each := func(t chat.Text) {
		for _, s := range t {
			f(s)
		}
	}
	each(m.Summary)
	for _, b := range m.Blocks {
		each(b.Card.Title)
		for _, in := range b.Card.Body {
			each(in.Text)
			for _, field := range in.Fields {
				each(field.Name)
				for _, v := range field.Body {
					each(v.Text)
				}
			}
		}
	}
}

// checkMarkup checks that m, made of names that are markup, shows it as words.
func checkMarkup(t *testing.T, event string, m *chat.Message) {
	t.Helper()
	found := false
	eachSpan(m, func(s chat.Span) {
		if s.Kind != chat.Words || s.Style&^chat.Mono != 0 {
			t.Errorf("%s: a %s span %q", event, s.Kind, s.Text)
		}
		found = found || strings.Contains(s.Text, markup)
	})
	if !found {
		t.Errorf("%s: the name is not shown as it is", event)
	}
}

func TestNamesAreWords(t *testing.T) {
	q, _ := json.Marshal(markup)
	name := string(q)
	for event, body := range map[string]string{
		"pull_request": `"action":"labeled","label":{"name":` + name + `},"pull_request":{"number":1,"title":` + name + `,"labels":[{"name":` + name +
			`}],"head":{"ref":` + name + `},"base":{"ref":` + name + `},"assignees":[{"login":` + name + `}],"milestone":{"title":` + name + `}}`,
		"push":         `"ref":` + name + `,"after":"12345678","commits":[{"id":"12345678","message":` + name + `,"author":{"name":` + name + `}}]`,
		"workflow_run": `"action":"completed","workflow_run":{"name":` + name + `,"conclusion":` + name + `,"head_branch":` + name + `,"display_title":` + name + `}`,
		"release":      `"action":"published","release":{"tag_name":` + name + `,"name":` + name + `,"assets":[{"name":` + name + `}]}`,
		"milestone":    `"action":` + name + `,"milestone":{"title":` + name + `}`,
		"ping":         `"zen":` + name + `,"hook":{"type":` + name + `,"events":[` + name + `]}`,
	} {
		m, _, err := read(event, []byte(`{`+body+`,"sender":{"login":`+name+`}}`))
		if err != nil {
			t.Fatal(event, err)
		}
		checkMarkup(t, event, m)
		if m.Blocks[0].Card.Author.Name != markup {
			t.Errorf("%s: the author's name is not shown as it is", event)
		}
	}
}

func TestTitleIsOneLine(t *testing.T) {
	m, _, err := read("issues", []byte(`{"action":"opened","issue":{"number":7,"title":"a\nb\r\n> c\u0000\u2028d\te"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Blocks[0].Card.Title.Plain(); got != "Issue opened: #7 a b > c d e" {
		t.Errorf("%q", got)
	}
}

func TestOnlyWebAddresses(t *testing.T) {
	for _, url := range []string{"javascript:alert(1)", "data:text/html,x", "ftp://x.example/", "//x.example/", "https://", "https:///x", "https://x.example/a b", "https://x.example/>", "file:///etc/passwd", " https://x.example"} {
		q, _ := json.Marshal(url)
		m, _, err := read("issues", fmt.Appendf(nil, `{"action":"opened","issue":{"number":7,"html_url":%s,"assignees":[{"login":"a","html_url":%s}]},"sender":{"login":"b","html_url":%s,"avatar_url":%s},"repository":{"full_name":"a/b","html_url":%s}}`, q, q, q, q, q))
		if err != nil {
			t.Fatal(err)
		}
		c := m.Blocks[0].Card
		if c.URL != "" || c.Author.URL != "" || c.Author.Icon != "" || c.Footer.URL != "" {
			t.Errorf("%q was taken", url)
		}
		eachSpan(m, func(s chat.Span) {
			if s.Ref != "" {
				t.Errorf("%q was taken", url)
			}
		})
	}
}

// Every member of a payload in turn becomes a value of another type.
func TestWrongTypes(t *testing.T) {
	for _, c := range cases(t, "github", 20) {
		c.broken(t, func(body []byte) {
			m, _, err := read(c.event, body)
			if err == nil {
				err = chat.Check(m)
			} else if errors.Is(err, ErrSilent) {
				err = nil
			}
			if err != nil {
				t.Errorf("%s: %v: %s", c.file, err, body)
			}
			Subject(c.event, body)
			Branch(c.event, body)
			Labels(body)
			Changed(body)
			Bot(body)
		})
	}
}

// broken calls f with the body in all its broken forms.
func (s sample) broken(t *testing.T, f func(body []byte)) {
	t.Helper()
	var payload map[string]any
	if err := json.Unmarshal(s.body, &payload); err != nil {
		t.Fatal(s.file, err)
	}
	broken(payload, func() {
		b, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		f(b)
	})
}

// broken calls f with every member of o, two deep, replaced by strange values.
func broken(o map[string]any, f func()) {
	for key, was := range o {
		for _, strange := range []any{nil, true, -1.5, "12", []any{}, []any{nil, 1, "a"}, map[string]any{}, map[string]any{"name": 1, "login": []any{}}} {
			o[key] = strange
			f()
		}
		o[key] = was
		if inner, ok := was.(map[string]any); ok && key != "repository" && key != "sender" {
			for k, v := range inner {
				inner[k] = []any{map[string]any{}}
				f()
				inner[k] = nil
				f()
				inner[k] = v
			}
		}
	}
}

func TestHugeEvents(t *testing.T) {
	long := strings.Repeat("tide ", 20<<10)
	m, _, err := read("issues", fmt.Appendf(nil, `{"action":"opened","issue":{"number":7,"title":%q,"labels":[%s{"name":"last"}]}}`, long, strings.Repeat(`{"name":"l"},`, 500)))
	if err != nil {
		t.Fatal(err)
	}
	card := m.Blocks[0].Card
	if got := card.Title.Plain(); got != "Issue opened: #7 "+strings.TrimSpace(long) {
		t.Errorf("the title has %d bytes", len(got))
	}
	if labels := card.Body[0].Fields[0].Body[0].Text.Plain(); !strings.HasSuffix(labels, "l and 481 more") {
		t.Errorf("labels: %q", labels)
	}

	commit := `{"id":"0123456789abcdef","message":"Measure","url":"https://github.com/c","author":{"name":"M"}}`
	m, notes, err := read("push", fmt.Appendf(nil, `{"ref":"refs/heads/main","compare":"https://github.com/all","commits":[%s%s]}`, strings.Repeat(commit+",", 499), commit))
	if err != nil {
		t.Fatal(err)
	}
	card = m.Blocks[0].Card
	body := card.Body[0].Text
	if lines := strings.Split(body.Plain(), "\n"); len(lines) != 6 || lines[0] != "0123456 Measure – M" || lines[5] != "and 495 more" {
		t.Errorf("commits: %q", lines)
	}
	if last := body[len(body)-1]; last.Ref != "https://github.com/all" {
		t.Errorf("the rest is at %q", last.Ref)
	}
	if card.Title.Plain() != "500 commits pushed to main" || card.URL != "https://github.com/all" {
		t.Errorf("%q, %q", card.Title.Plain(), card.URL)
	}
	if len(notes.List) != 1 || notes.List[0] != (chat.Note{Loss: chat.Shortened, Where: "commits", What: "commits", Count: 495}) {
		t.Errorf("notes: %v", notes.List)
	}

	m, _, err = read("push", fmt.Appendf(nil, `{"ref":"refs/heads/main","commits":[%s%s]}`, strings.Repeat(commit+",", 2047), commit))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Blocks[0].Card.Title.Plain(); got != "2048+ commits pushed to main" {
		t.Errorf("%q", got)
	}
}

// The body belongs to the caller: what was read must not change with it.
func TestNothingSharesTheBody(t *testing.T) {
	body := bigPullRequest()
	m, _, err := read("pull_request", body)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(m)
	for i := range body {
		body[i] = 'X'
	}
	if after, _ := json.Marshal(m); string(after) != string(before) {
		t.Error("the message changed with the body")
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range cases(f, "github", 20) {
		f.Add(c.event, c.body)
	}
	f.Add("", []byte(`{"a`))
	f.Add("x_y", []byte(`{"a":"\`))
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		m, _, err := read(event, body)
		if err == nil {
			err = chat.Check(m)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Blocks) != 1 || m.Blocks[0].Kind != chat.Group {
				t.Fatalf("%d blocks", len(m.Blocks))
			}
		} else if len(m.Blocks) != 0 {
			t.Fatal("an error and a message")
		}
		Subject(event, body)
		Branch(event, body)
		Repo(body)
		Labels(body)
		Changed(body)
		Bot(body)
		Action("", body)
		Guess(body)
	})
}
