package translators_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dragoman/translators"
	"dragoman/translators/chat"
)

// blockKit is a typical alert of about 1 KB in Block Kit.
const blockKit = `{
  "text": "Deploy of checkout failed",
  "blocks": [
    {"type": "header", "text": {"type": "plain_text", "text": "Deploy of checkout failed", "emoji": true}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*checkout* did not start in _production_ after <https://ci.example.org/builds/4217|build 4217>.\nLast words: ` + "`connection refused`" + `"}},
    {"type": "section", "fields": [
      {"type": "mrkdwn", "text": "*Environment*\nproduction"},
      {"type": "mrkdwn", "text": "*Version*\n4.2.0"},
      {"type": "mrkdwn", "text": "*Started by*\nana"},
      {"type": "mrkdwn", "text": "*Duration*\n3 min 12 s"}
    ]},
    {"type": "divider"},
    {"type": "context", "elements": [
      {"type": "image", "image_url": "https://ci.example.org/icon.png", "alt_text": "ci"},
      {"type": "mrkdwn", "text": "pipeline *main* · <https://ci.example.org/pipelines/9|all runs>"}
    ]},
    {"type": "actions", "elements": [
      {"type": "button", "text": {"type": "plain_text", "text": "Open the log"}, "url": "https://ci.example.org/builds/4217/log", "style": "danger"}
    ]}
  ]
}`

// embed is a typical notice of about 1 KB as a Discord embed.
const embed = `{
  "username": "Night watch",
  "avatar_url": "https://watch.example.org/owl.png",
  "content": "New alert on **db-1**",
  "embeds": [{
    "title": "Disk almost full",
    "url": "https://watch.example.org/alerts/1",
    "description": "The disk of **db-1** is *92 %* full; see [the graph](https://watch.example.org/graphs/7).\n- data: 88 %\n- root: 92 %\n` + "```sh\\ndf -h /\\n```" + `",
    "color": 15158332,
    "author": {"name": "Watcher", "url": "https://watch.example.org", "icon_url": "https://watch.example.org/w.png"},
    "fields": [
      {"name": "Host", "value": "db-1", "inline": true},
      {"name": "Severity", "value": "**critical**", "inline": true},
      {"name": "Since", "value": "<t:1767225600:R>", "inline": true},
      {"name": "Runbook", "value": "https://watch.example.org/runbooks/disk"}
    ],
    "thumbnail": {"url": "https://watch.example.org/db.png"},
    "footer": {"text": "watch 2.1", "icon_url": "https://watch.example.org/owl.png"},
    "timestamp": "2026-01-01T00:00:00Z"
  }]
}`

// pullRequest is an event of GitHub's usual size, most of which no reader looks at.
func pullRequest() string {
	repo := func(name string) string {
		var b strings.Builder
		fmt.Fprintf(&b, `{"id":186853002,"name":"%[1]s","full_name":"example/%[1]s","private":false,"html_url":"https://github.com/example/%[1]s","owner":{"login":"example","id":1,"html_url":"https://github.com/example"}`, name)
		for i := range 100 {
			fmt.Fprintf(&b, `,"link_%d_url":"https://api.github.com/repos/example/%s/some_resource_%d{/sha}"`, i, name, i)
		}
		b.WriteByte('}')
		return b.String()
	}
	user := func(login string) string {
		return fmt.Sprintf(`{"login":%q,"id":21031067,"avatar_url":"https://avatars.example.org/%s","html_url":"https://github.com/%s","type":"User","site_admin":false}`, login, login, login)
	}
	return fmt.Sprintf(`{"action":"opened","number":42,"pull_request":{"id":279147437,"number":42,"state":"open","locked":false,
"html_url":"https://github.com/example/shop/pull/42","title":"Check out faster","user":%s,
"body":%q,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","merged_at":null,"merge_commit_sha":null,
"assignees":[],"requested_reviewers":[%s],"labels":[{"id":1,"name":"speed","color":"00ff00"}],"milestone":null,"draft":false,
"head":{"label":"ana:fast","ref":"fast","sha":"ec26c3e57ca3a959ca5aad62de7213c562f8c821","user":%s,"repo":%s},
"base":{"label":"example:main","ref":"main","sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","user":%s,"repo":%s},
"merged":false,"mergeable":null,"comments":0,"review_comments":0,"commits":3,"additions":120,"deletions":45,"changed_files":7},
"repository":%s,"sender":%s}`,
		user("ana"), "## What\n\nThe basket is **cached**, see #41.\n\n- [x] tests\n- [ ] docs\n\n```go\nfunc f() {}\n```\n"+strings.Repeat("It was slow. ", 40),
		user("bo"), user("ana"), repo("shop"), user("example"), repo("shop"), repo("shop"), user("ana"))
}

var pairs = []struct {
	name, from, to, event string
	body                  string
	allocs                float64 // at most
}{
	{"1KB-blocks-to-discord", "slack", "discord", "", blockKit, 6},
	{"1KB-blocks-to-components", "slack", "discord-components", "", blockKit, 6},
	{"1KB-embed-to-slack", "discord", "slack", "", embed, 7},
	{"25KB-pull-request-to-discord", "github", "discord", "pull_request", pullRequest(), 56},
}

func BenchmarkTranslate(b *testing.B) {
	for _, p := range pairs {
		b.Run(p.name, func(b *testing.B) {
			in := &chat.Input{Event: p.event, Body: []byte(p.body)}
			opt := &chat.Options{MaxParts: 10, Components: true}
			var out chat.Output
			b.SetBytes(int64(len(in.Body)))
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if err := translators.Translate(&out, p.from, p.to, in, opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecode is what the yardstick costs on the same machine: decoding a body
// into maps, which a translator without readers of its own would begin with.
func BenchmarkDecode(b *testing.B) {
	for _, p := range pairs {
		b.Run(p.name, func(b *testing.B) {
			for b.Loop() {
				var v map[string]any
				if err := json.Unmarshal([]byte(p.body), &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, p := range pairs {
		b.Run(p.name, func(b *testing.B) {
			in := &chat.Input{Event: p.event, Body: []byte(p.body)}
			var m chat.Message
			var n chat.Notes
			b.ReportAllocs()
			for b.Loop() {
				m.Reset()
				n.Reset()
				if err := translators.Read(&m, &n, p.from, in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestAllocations holds the typical translations to their budget, which does not
// depend on the machine.
func TestAllocations(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			in := &chat.Input{Event: p.event, Body: []byte(p.body)}
			opt := &chat.Options{MaxParts: 10, Components: true}
			var out chat.Output
			var err error
			got := testing.AllocsPerRun(100, func() {
				out.Reset()
				err = translators.Translate(&out, p.from, p.to, in, opt)
			})
			if err != nil {
				t.Fatal(err)
			}
			if got > p.allocs {
				t.Errorf("%v allocations, at most %v", got, p.allocs)
			}
			t.Logf("%v allocations for %d bytes", got, len(in.Body))
		})
	}
}
