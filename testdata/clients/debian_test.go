package clients

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// debian skips a test that wants a package of Debian's when have finds none.
func debian(t *testing.T, name string, have func() error) {
	t.Helper()
	if err := have(); err != nil {
		absent(t, name, fmt.Sprintf("%v (apt-get install %s)", err, name))
	}
}

// python is Debian's, for which its packages are.
const python = "/usr/bin/python3"

func TestDiscordPy(t *testing.T) {
	debian(t, "python3-discord", func() error { return exec.Command(python, "-c", "import discord").Run() })
	g := serve(t)
	_, id, token := g.discordAddress()
	a := g.run(t, exec.Command(python, "-B", "python/discord_py.py"), g.front(t), map[string]string{"hook": "https://discord.com/api/webhooks/" + id + "/" + token})
	a.are(map[string]string{
		"first.got.content":                  "Deploy of **api** started",
		"first.got.author":                   "ci",
		"second.got.author":                  "deploys",
		"second.got.embeds.0.type":           "rich",
		"second.got.embeds.0.fields.0.value": "2 min",
		"file.got.attachments":               `["log.txt"]`,
		"edit.got.edited":                    "true",
		"fetch.got.content":                  "Deploy of **api** done",
		"fetch.got.id":                       a.Get("first.got.id").Raw,
		"delete.error":                       "",
		"late.error.name":                    "NotFound",
		"late.error.code":                    "10008",
		"empty.error.code":                   "50006",
		"hook.got.id":                        id,
		"sync.got.content":                   "and by another way",
	})
	g.worked()
}

// TestApprise tells everybody at once, as it does.
func TestApprise(t *testing.T) {
	debian(t, "apprise", func() error { _, err := exec.LookPath("apprise"); return err })
	g := serve(t)
	_, id, token := g.discordAddress()
	hook := strings.Split(g.addresses["slack"], "/services/")[1]
	env := append(os.Environ(), g.front(t)...)
	tell := func(to string) string {
		cmd := exec.Command("apprise", "--title", "Backup", "--body", "done & *checked* <see the log>", "--notification-type", "success", "-v", to)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Sprintf("%v: %s", err, out)
		}
		return ""
	}
	for _, to := range []string{
		"discord://" + id + "/" + token,
		"discord://" + id + "/" + token + "?format=markdown&footer=yes",
		"slack://" + hook,
		"slack://" + g.addresses["slack_token"] + "/#ops",
	} {
		fault := tell(to)
		// Version 1.2.0 holds bytes against text when a webhook of Slack's says "ok".
		if fault != "" && !(strings.HasPrefix(to, "slack://T") && strings.Contains(fault, "Failed to send to Slack: error=200.")) {
			t.Errorf("%s: %s", to, fault)
		}
	}
	if fault := tell("discord://" + id + "/" + strings.Repeat("A", 68)); !strings.Contains(fault, "error=401") {
		t.Errorf("a wrong token: %q", fault)
	}
	g.sees("discord",
		"Backup\ndone & *checked* \\<see the log>",
		"Backup | done & *checked* \\<see the log> | Apprise Notifications | Apprise",
		"Backup | done & **checked** \\<see the log> | Apprise",
		"Backup | done & **checked** \\<see the log> | Apprise",
	)
	g.sees("slack",
		"Backup\ndone &amp; _checked_ &lt;see the log&gt;",
		"<https://github.com/caronc/apprise|Apprise> | *Backup* | done &amp; _checked_ &lt;see the log&gt; | Apprise Notifications",
		"Apprise | *Backup* | done &amp; *checked* &lt;see the log&gt; | Apprise | <!date>",
		"Apprise | *Backup* | done &amp; *checked* &lt;see the log&gt; | Apprise | <!date>",
	)
}
