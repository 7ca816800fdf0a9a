package clients

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// node starts a gateway, has a script of the folder node take its steps there with a
// client, and gives what the client said of each: a member "step.got" or "step.error".
func node(t *testing.T, client, script string, more map[string]string) (*gateway, answers) {
	t.Helper()
	modules(t, client)
	g := serve(t)
	return g, g.run(t, exec.Command("node", filepath.Join("node", script)), nil, more)
}

// run has a script take its steps. It is told the addresses as its last argument.
func (g *gateway) run(t *testing.T, cmd *exec.Cmd, env []string, more map[string]string) answers {
	t.Helper()
	told := maps.Clone(g.addresses)
	maps.Copy(told, more)
	b, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd.Args = append(cmd.Args, string(b))
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s%s", err, out, complaints.Bytes())
	}
	steps := map[string]json.RawMessage{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		t.Logf("%s", lines.Bytes())
		steps[gjson.GetBytes(lines.Bytes(), "step").Str] = bytes.Clone(lines.Bytes())
	}
	if b, err = json.Marshal(steps); err != nil {
		t.Fatal(err)
	}
	return answers{t, gjson.ParseBytes(b)}
}

// answers are what a client said, by step.
type answers struct {
	t *testing.T
	gjson.Result
}

// are holds the answers against those wanted, by path.
func (a answers) are(want map[string]string) {
	a.t.Helper()
	for path, v := range want {
		if got := a.Get(path); got.String() != v {
			a.t.Errorf("%s: %q, not %q", path, got.String(), v)
		}
	}
}

func TestNodeSlackWebhook(t *testing.T) {
	g, a := node(t, "@slack/webhook", "slack-webhook.mjs", nil)
	a.are(map[string]string{
		"text.got.text":       "ok",
		"blocks.got.text":     "ok",
		"empty.error.code":    "slack_webhook_http_error",
		"empty.error.message": "An HTTP protocol error occurred: statusCode = 400",
		"stranger.error.code": "slack_webhook_http_error",
	})
	g.sees("discord",
		"Deploy of **api** [started](https://ci.example.com/42)",
		"# api is live\nin *production* | Checks | all **green**",
	)
	g.sees("slack",
		"Deploy of *api* <https://ci.example.com/42|started>",
		"api is live | in _production_ | *Checks* | all *green*",
	)
}

func TestNodeSlackAPI(t *testing.T) {
	for _, version := range []string{"slack-web-api-7", "@slack/web-api"} {
		t.Run(version, func(t *testing.T) {
			g, a := node(t, version, "slack-api.mjs", map[string]string{"package": version, "channel": slackChannel})
			a.are(map[string]string{
				"test.got.args.foo":            "bar",
				"auth.got.ok":                  "true",
				"auth.got.user":                "ci",
				"list.got.channels.#.id":       `["` + slackChannel + `"]`,
				"info.got.channel.name":        "ops",
				"first.got.channel":            slackChannel,
				"first.got.message.text":       "Deploy of *api* started",
				"second.got.message.ts":        a.Get("second.got.ts").Str,
				"answer.got.message.thread_ts": a.Get("first.got.ts").Str,
				"me.got.ok":                    "true",
				"edit.got.ts":                  a.Get("first.got.ts").Str,
				"edit.got.text":                "Deploy of *api* done",
				"delete.got.ok":                "true",
				"hidden.got.ok":                "true",
				"late.error.data.error":        "message_not_found",
				"late.error.code":              "slack_webapi_platform_error",
				"empty.error.data.error":       "no_text",
				"unknown.error.data.error":     "unknown_method",
				"stranger.error.data.error":    "invalid_auth",
			})
			g.sees("discord", deployed...)
			g.sees("slack",
				"Deploy of *api* done",
				"(under 0) look at the <https://ci.example.com/42|log>",
				"_is relieved_",
			)
			g.keeps("look at the  | log", "is relieved", "Deploy of  | api |  done")
		})
	}
}

// deployed is what Discord shows when a client of Slack's API has posted, answered,
// edited and deleted.
var deployed = []string{
	"Deploy of **api** done",
	"-# ↪ [in reply to](https://discord.com/channels/199737254929760256/41771983423143937/1290000000000000001)\nlook at the [log](https://ci.example.com/42)",
	"*is relieved*",
}

func TestDiscordJS(t *testing.T) {
	g, a := node(t, "discord.js", "discord.mjs", nil)
	a.are(map[string]string{
		"first.got.content":                  "Deploy of **api** started",
		"first.got.author.username":          "ci",
		"second.got.author.username":         "deploys",
		"second.got.embeds.0.color":          "3061373",
		"file.got.attachments.0.filename":    "log.txt",
		"file.got.attachments.0.size":        "6",
		"file.got.attachments.0.description": "what was said",
		"slack.error":                        "",
		"slack.got":                          "false", // the client looks for "ok" in an ArrayBuffer, where it never is
		"fetch.got.id":                       a.Get("second.got.id").Str,
		"fetch.got.embeds.0.fields.0.value":  "2 min",
		"edit.got.content":                   "Deploy of **api** done",
		"fetch edited.got.content":           "Deploy of **api** done",
		"delete.got":                         "true",
		"fetch deleted.error.code":           "10008",
		"empty.error.code":                   "50006",
		"stranger.error.code":                "50027",
		"rename.got":                         "deploys",
		"remove.error.code":                  "50013", // a source of the configuration stays
	})
	g.sees("discord",
		"Deploy of **api** done",
		"the log | what was said [log.txt: line 1]",
		"from **Slack** | this looks pretty cool | Powered by sneks",
	)
	g.sees("slack",
		"Deploy of *api* done",
		"the log | what was said",
		" [log.txt: line 1]",
		"from *Slack* | this looks pretty cool | Powered by sneks",
	)
}

func TestDiscordJSRest(t *testing.T) {
	g, a := node(t, "@discordjs/rest", "discord-rest.mjs", nil)
	a.are(map[string]string{
		"silent.got":                        "0",
		"first.got.webhook_id":              strings.Split(g.addresses["discord"], "/")[5],
		"second.got.attachments.#.filename": `["a.txt","b.txt"]`,
		"edit.got.content":                  "",
		"get.got.embeds.0.title":            "Done",
		"delete.got":                        "0",
		"late.error.code":                   "10008",
		"late.error.status":                 "404",
		"hook.got.id":                       strings.Split(g.addresses["discord"], "/")[5],
	})
	g.sees("discord", "nobody waits", "Done")
	g.sees("slack", "nobody waits", "*Done*", " [a.txt: first, b.txt: second]") // uploads stay, as a message of their own
}

// TestOctokitSigns has one of GitHub's events signed.
func TestOctokitSigns(t *testing.T) {
	list := examples(t)
	at := slices.IndexFunc(list, func(b body) bool { return b.Event == "issues" && gjson.GetBytes(b.Body, "action").Str == "opened" })
	if at < 0 {
		t.Fatal("no example of an issue that is opened")
	}
	file := filepath.Join(t.TempDir(), "issue.json")
	if err := os.WriteFile(file, list[at].Body, 0o600); err != nil {
		t.Fatal(err)
	}
	g, a := node(t, "@octokit/webhooks", "octokit.mjs", map[string]string{"secret": githubSecret, "event": "issues", "body": file})
	a.are(map[string]string{
		"signed.got":  "202",
		"forged.got":  "401",
		"changed.got": "401",
	})
	title, words := "Issue opened: #1 "+gjson.GetBytes(list[at].Body, "issue.title").Str, gjson.GetBytes(list[at].Body, "issue.body").Str
	g.sees("discord", title+" | "+words+" | Codertocat/Hello-World | Codertocat | Labels | bug"+
		" | Assignees | [Codertocat](https://github.com/Codertocat) | Milestone | [v1.0](https://github.com/Codertocat/Hello-World/milestone/1)")
	g.sees("slack", "<https://github.com/Codertocat|Codertocat> | *<https://github.com/Codertocat/Hello-World/issues/1|"+title+">* | "+words+" | *Labels*\nbug"+
		" | *Assignees*\n<https://github.com/Codertocat|Codertocat> | *Milestone*\n<https://github.com/Codertocat/Hello-World/milestone/1|v1.0>"+
		" | Codertocat/Hello-World | <!date>")
}
