package gateway

import (
	"strings"
	"testing"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
)

// A mention that the directory knows is written as the destination's own, and
// notifies only whom the destination allows; all else stays words.
func TestTheDirectoryMapsMentions(t *testing.T) {
	const yaml = `version: 1
sources: {ci: {secret: {env: DIR_SECRET}}}
destinations:
  quiet: {discord: {url: {env: DIR_URL}}}
  loud: {discord: {url: {env: DIR_LOUD}}, allow_mentions: {users: ["80351110224678912"]}}
  v2: {discord: {url: {env: DIR_V2}, components: false}, format: discord-components, allow_mentions: {users: ["80351110224678912"]}}
  text: {discord: {url: {env: DIR_TEXT}}, mentions: text, allow_mentions: {users: ["80351110224678912"]}}
directory:
  users: {ana: {slack: U024BE7LH, discord: "80351110224678912"}}
  channels: {ops: {slack: C024BE91L, discord: "41771983423143937"}}
  emoji: {shipit: "🚢", partyparrot: {slack: partyparrot, discord: "partyparrot:1234"}}
routes: [{name: all, when: "true", to: [quiet, loud, text, v2]}]
`
	for _, v := range []string{"DIR_SECRET", "DIR_URL", "DIR_LOUD", "DIR_TEXT", "DIR_V2"} {
		t.Setenv(v, "https://discord.com/api/webhooks/1/"+v)
	}
	c, err := config.Parse("d.yaml", []byte(yaml), true)
	if err != nil {
		t.Fatal(err)
	}
	g, err := New(c, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dry, err := g.DryRun(&ingest.Event{Source: "ci", Dialect: "slack", Body: []byte(`{"text":"<@U024BE7LH> <@U999> <#C024BE91L> <!here> :shipit: :partyparrot:"}`)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"content":"<@80351110224678912> @U999 <#41771983423143937> @` + "\u200b" + `here 🚢 <:partyparrot:1234>","allowed_mentions":{"parse":[]}}`,
		`{"content":"<@80351110224678912> @U999 <#41771983423143937> @` + "\u200b" + `here 🚢 <:partyparrot:1234>","allowed_mentions":{"parse":[],"users":["80351110224678912"]}}`,
		`{"content":"@ana @U999 #ops @` + "\u200b" + `here 🚢 <:partyparrot:1234>","allowed_mentions":{"parse":[]}}`,
		`{"flags":32768,"components":[{"type":10,"content":"<@80351110224678912> @U999 <#41771983423143937> @` + "\u200b" + `here 🚢 <:partyparrot:1234>"}],"allowed_mentions":{"parse":[],"users":["80351110224678912"]}}`,
	} {
		d := dry.Deliveries[i]
		if got := string(d.Parts[0]); got != want {
			t.Errorf("%s got\n%s\nwant\n%s", d.To, got, want)
		}
		if len(d.Notes) == 0 || !strings.Contains(d.Notes[0].Loss.String(), "unlinked") {
			t.Errorf("%s: notes %v", d.To, d.Notes)
		}
	}
}
