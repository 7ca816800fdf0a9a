package clients

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// alerting has its receiver told of every alert, and again and again while it fires.
const alerting = `
route: {receiver: chats, group_by: [alertname], group_wait: 10ms, group_interval: 300ms, repeat_interval: 300ms}
receivers:
  - name: chats
    %s
`

// notifications are how an alert is told by a receiver, and what Discord and Slack
// show then; TITLE and STATE are those of the alert.
var notifications = []struct{ name, receiver, discord, slack string }{
	{
		"slack", "slack_configs: [{api_url: %q, channel: '#ops', send_resolved: true, text: '{{ .CommonAnnotations.summary }}'}]",
		"TITLE DiskFull (db-1 critical) | / is **94%** full & rising",
		"Alertmanager | *<http://alerts.example.com/#/alerts?receiver=chats|TITLE DiskFull (db-1 critical)>* | / is *94%* full &amp; rising",
	}, {
		"discord", "discord_configs: [{webhook_url: %q, send_resolved: true}]",
		"TITLE DiskFull (db-1 critical) | Alerts STATE:\nLabels:\n- alertname = DiskFull\n- host = db-1\n- severity = critical\n" +
			"Annotations:\n- summary = / is *94%* full & rising\nSource: http://prometheus.example.com/graph",
		"*TITLE DiskFull (db-1 critical)* | Alerts STATE:\nLabels:\n• alertname = DiskFull\n• host = db-1\n• severity = critical\n\n" +
			"Annotations:\n• summary = / is _94%_ full &amp; rising\n\nSource: <http://prometheus.example.com/graph>",
	},
}

// TestAlertmanager has an alert fire, be repeated and resolved.
func TestAlertmanager(t *testing.T) {
	const program = "prometheus-alertmanager"
	debian(t, program, func() error { _, err := exec.LookPath(program); return err })
	for _, n := range notifications {
		t.Run(n.name, func(t *testing.T) {
			g := serve(t)
			dir := t.TempDir()
			conf := filepath.Join(dir, "alertmanager.yml")
			if err := os.WriteFile(conf, fmt.Appendf(nil, alerting, fmt.Sprintf(n.receiver, g.addresses[n.name])), 0o600); err != nil {
				t.Fatal(err)
			}
			p := launch(t, exec.Command(program, "--config.file", conf, "--storage.path", dir, "--web.listen-address", "127.0.0.1:0",
				"--web.external-url", "http://alerts.example.com/", "--cluster.listen-address="), os.Environ())
			api := "http://" + p.line(`msg="Listening on" address=`) + "/api/v2/alerts"

			alert(t, api, time.Now().Add(time.Hour))
			firing := strings.NewReplacer("TITLE", "[FIRING:1]", "STATE", "Firing")
			resolved := strings.NewReplacer("TITLE", "[RESOLVED]", "STATE", "Resolved")
			for channel, form := range map[string]string{"discord": n.discord, "slack": n.slack} {
				repeated := func(shown []string) bool { return len(shown) >= 2 && all(shown, firing.Replace(form)) }
				if !g.until(channel, repeated) {
					t.Errorf("%s shows %q, not %q twice", channel, g.shows(channel), firing.Replace(form))
				}
			}
			alert(t, api, time.Now().Add(-time.Second))
			for channel, form := range map[string]string{"discord": n.discord, "slack": n.slack} {
				over := func(shown []string) bool {
					last := len(shown) - 1
					return all(shown[:last], firing.Replace(form)) && shown[last] == resolved.Replace(form)
				}
				if !g.until(channel, over) {
					t.Errorf("%s shows %q, not %q in the end", channel, g.shows(channel), resolved.Replace(form))
				}
			}
		})
	}
}

// alert tells Alertmanager of one, as Prometheus does.
func alert(t *testing.T, api string, ends time.Time) {
	t.Helper()
	res, err := http.Post(api, "application/json", strings.NewReader(fmt.Sprintf(
		`[{"labels":{"alertname":"DiskFull","severity":"critical","host":"db-1"},"annotations":{"summary":"/ is *94%%* full & rising"},`+
			`"startsAt":"2026-01-02T03:04:05Z","endsAt":%q,"generatorURL":"http://prometheus.example.com/graph"}]`, ends.Format(time.RFC3339Nano))))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
}

// all reports whether every element of list is s.
func all(list []string, s string) bool {
	return !slices.ContainsFunc(list, func(one string) bool { return one != s })
}
