package render

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/rules"
	"dragoman/translators/chat"
)

func render(t *testing.T, dialect, body string, p Plan, rung Rung) Result {
	t.Helper()
	p.MaxParts = max(1, p.MaxParts)
	res, err := Parts(Job{Input: &chat.Input{Event: "push", Body: []byte(body)}, Dialect: dialect, Plan: &p, Rung: rung})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// What Discord's /github does not show gives no parts, and no error either.
func TestTheStyleOfGitHubEvents(t *testing.T) {
	const pushed = `{"ref":"refs/heads/main","after":"12","deleted":%s"commits":[{"id":"12"}],"repository":{"name":"api","full_name":"acme/api"},"sender":{"login":"ana"}}`
	discord := Plan{Format: "discord", GitHubDiscord: true}
	for deleted, want := range map[string]string{`false,`: "[api:main] 1 new commit", `true,`: ""} {
		res := render(t, "github", strings.Replace(pushed, "%s", deleted, 1), discord, Planned)
		got := ""
		for _, p := range res.Parts {
			got = gjson.GetBytes(p.Payload, "embeds.0.title").Str
		}
		if got != want {
			t.Errorf("%s %q, want %q", deleted, got, want)
		}
	}
	if res := render(t, "slack", `{"text":"hi"}`, discord, Planned); len(res.Parts) != 1 {
		t.Error("the style of GitHub's events is for others, too")
	}
}

func values(kv ...string) (out []rules.Value) {
	for i := 0; i < len(kv); i += 2 {
		out = append(out, rules.Value{Key: kv[i], Text: kv[i+1]})
	}
	return out
}

func TestSetChangesTheMessage(t *testing.T) {
	const text = `{"text":"*old* words"}`
	const card = `{"text":"above","attachments":[{"title":"t","title_link":"https://a.example/","color":"good","text":"inside"}]}`
	for name, c := range map[string]struct {
		body string
		set  []rules.Value
		path string
		want string
	}{
		"username":              {text, values("username", "CI"), "username", "CI"},
		"avatar":                {text, values("avatar", "https://a.example/x.png"), "avatar_url", "https://a.example/x.png"},
		"text":                  {text, values("text", "new *words*"), "content", `new \*words\*`},
		"text before a card":    {card, values("text", "new"), "content", "new"},
		"text leaves the card":  {card, values("text", "new"), "embeds.0.description", "inside"},
		"no text":               {card, values("text", ""), "content", ""},
		"title of a card":       {card, values("title", "new"), "embeds.0.title", "new"},
		"title of a text":       {text, values("title", "new"), "content", "# new\n**old** words"},
		"url":                   {card, values("url", "https://b.example/"), "embeds.0.url", "https://b.example/"},
		"color":                 {card, values("color", "#ff0000"), "embeds.0.color", "16711680"},
		"color by name":         {card, values("color", "danger"), "embeds.0.color", "10682880"},
		"color of a text":       {text, values("color", "#00ff00"), "embeds.0.description", "**old** words"},
		"thread name":           {text, values("thread_name", "topic"), "thread_name", "topic"},
		"words are no mentions": {text, values("text", "@everyone <@1>"), "content", "@\u200beveryone \\<@1>"},
	} {
		t.Run(name, func(t *testing.T) {
			res := render(t, "slack", c.body, Plan{Format: "discord", Set: c.set}, Planned)
			if got := gjson.GetBytes(res.Parts[0].Payload, c.path).String(); got != c.want {
				t.Errorf("%s is %q, want %q\n%s", c.path, got, c.want, res.Parts[0].Payload)
			}
		})
	}
	res := render(t, "slack", text, Plan{Format: "discord", Set: values("color", "mauve")}, Planned)
	if len(res.Notes.List) != 1 || res.Notes.List[0].What != "color" {
		t.Errorf("an unknown colour: %v", res.Notes.List)
	}
}

func TestSetInChangesTheBodyBeforeItIsRead(t *testing.T) {
	body := `{"text":"old","blocks":[1]}`
	res := render(t, "slack", body, Plan{Format: "discord", SetIn: values("text", `"new"`, "blocks", "null", "blocks.7.x", "1")}, Planned)
	if got := gjson.GetBytes(res.Parts[0].Payload, "content").Str; got != "new" {
		t.Errorf("content %q", got)
	}
	if !res.Notes.Has(chat.Dropped) || !strings.Contains(res.Notes.List[0].Where, "set_in") {
		t.Errorf("an edit past the end is not noted: %v", res.Notes.List)
	}
	if body != `{"text":"old","blocks":[1]}` {
		t.Error("the body was changed in place")
	}
}

func TestOriginalPassesTheBodyOn(t *testing.T) {
	body := `{ "ref" : "refs/heads/main" }`
	res := render(t, "github", body, Plan{Format: "native", Original: true}, Planned)
	if res.Format != "github" || string(res.Parts[0].Payload) != body {
		t.Errorf("%s %s", res.Format, res.Parts[0].Payload)
	}
}

func TestTheLadder(t *testing.T) {
	body := `{"text":"x","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*bold* <https://a.example/|link>"}},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"},"url":"https://b.example/"}]}]}`
	p := Plan{Format: "discord", Components: true}
	if res := render(t, "slack", body, p, Planned); !gjson.GetBytes(res.Parts[0].Payload, "components").Exists() {
		t.Errorf("as planned: %s", res.Parts[0].Payload)
	}
	bare := render(t, "slack", body, p, Bare)
	if gjson.GetBytes(bare.Parts[0].Payload, "components").Exists() || !strings.Contains(string(bare.Parts[0].Payload), "https://b.example/") {
		t.Errorf("without components: %s", bare.Parts[0].Payload)
	}
	v2 := Plan{Format: "discord-components", Components: true}
	if res := render(t, "slack", body, v2, Planned); gjson.GetBytes(res.Parts[0].Payload, "flags").Int() != 1<<15 {
		t.Errorf("as planned: %s", res.Parts[0].Payload)
	}
	if res := render(t, "slack", body, v2, Bare); string(res.Parts[0].Payload) != string(bare.Parts[0].Payload) {
		t.Errorf("Components V2 without components: %s", res.Parts[0].Payload)
	}
	words := render(t, "slack", body, p, Words)
	content := gjson.GetBytes(words.Parts[0].Payload, "content").Str
	if strings.Contains(content, "**") || !strings.Contains(content, "bold") || !strings.Contains(content, "Go") || !words.Notes.Has(chat.Flattened) {
		t.Errorf("words only: %s %v", words.Parts[0].Payload, words.Notes.List)
	}
}

func TestNothingToSayIsNoError(t *testing.T) {
	for _, body := range []string{`{"text":"   "}`, `{}`} {
		if res := render(t, "slack", body, Plan{Format: "discord"}, Planned); len(res.Parts) != 0 {
			t.Errorf("%s became %s", body, res.Parts[0].Payload)
		}
	}
	if _, err := Parts(Job{Input: &chat.Input{Body: []byte(`[]`)}, Dialect: "slack", Plan: &Plan{Format: "discord"}}); err == nil {
		t.Error("what cannot be read is no error")
	}
	if _, err := Parts(Job{Input: &chat.Input{Body: []byte(`{"text":"x"}`)}, Dialect: "slack", Plan: &Plan{Format: "nonsense"}}); err == nil {
		t.Error("an unknown format is no error")
	}
}

// An upload that did not come with the message cannot go out with it: its words
// do, and nothing refers to it.
func TestAnUploadThatIsNotThereIsWords(t *testing.T) {
	const body = `{"content":"see","embeds":[{"title":"t","image":{"url":"attachment://a.png"},"thumbnail":{"url":"attachment://b.png"}}],
		"attachments":[{"id":0,"filename":"a.png","description":"a graph"},{"id":1,"filename":"b.png"},{"id":2,"filename":"log.txt"}]}`
	one := []chat.File{{Name: "a.png", Type: "image/png", Size: 3, Ref: "1/0"}}
	for name, c := range map[string]struct {
		files []chat.File
		want  []string
		lost  int
	}{
		"none": {nil, []string{"a graph", "b.png", "log.txt"}, 3},
		"one":  {one, []string{"attachment://a.png", "b.png", "log.txt"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := Parts(Job{Input: &chat.Input{Body: []byte(body), Files: c.files}, Dialect: "discord", Plan: &Plan{Format: "discord", MaxParts: 5}})
			if err != nil {
				t.Fatal(err)
			}
			var all strings.Builder
			files := 0
			for _, p := range res.Parts {
				all.Write(p.Payload)
				files += len(p.Files)
			}
			for _, want := range c.want {
				if !strings.Contains(all.String(), want) {
					t.Errorf("no %q in %s", want, all.String())
				}
			}
			if n := strings.Count(all.String(), "attachment://"); n != len(c.files) || files != n {
				t.Errorf("%d references and %d files in %s", n, files, all.String())
			}
			lost := 0
			for _, note := range res.Notes.List {
				if note.Loss == chat.Dropped {
					lost++
				}
			}
			if lost != c.lost {
				t.Errorf("notes %+v", res.Notes.List)
			}
		})
	}
}
