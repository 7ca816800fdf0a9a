package clients

import "testing"

// slackTraps and discordTraps are wrong, each in one way. A check which finds
// nothing wrong with one of them checks nothing.
var (
	slackTraps = traps("slack",
		`{"blocks":[{"type":"heading","text":{"type":"plain_text","text":"a"}}]}`,
		`{"blocks":[{"type":"image","image_url":"https://img.example.com/a.png","alt_txt":"a"}]}`,
		`{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"a","emoji":true}}]}`,
		`{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"words","text":"a"}]}]}]}`,
		`{"blocks":[{"type":"context","elements":[{"type":"sticker","text":"a"}]}]}`,
		`{"attachments":[{"colour":"good","fallback":"a"}]}`,
		`{"attachments":[{"fallback":"a","fields":[{"title":"a","value":"b","short":"yes"}]}]}`,
		`{"attachments":[{"fallback":"a","blocks":[{"type":"line"}]}]}`,
	)
	discordTraps = traps("discord",
		`{"content":7}`,
		`{"text":"a"}`,
		`{"embeds":[{"title":"a","colour":1}]}`,
		`{"embeds":[{"title":"a","color":"#ff0000"}]}`,
		`{"embeds":[{"fields":[{"name":"a","value":"b","short":true}]}]}`,
		`{"components":[{"type":1,"components":[{"type":99,"label":"a"}]}]}`,
		`{"allowed_mentions":{"parse":"users"}}`,
	)
)

func traps(to string, bodies ...string) []payload {
	var list []payload
	for _, b := range bodies {
		list = append(list, payload{"a trap", to, []byte(b)})
	}
	return list
}

// trapped fails for every trap in which nothing is found.
func trapped(t *testing.T, list []payload, faults func(payload) []string) {
	t.Helper()
	for _, p := range list {
		if len(faults(p)) == 0 {
			t.Errorf("nothing is found wrong with %s", p.json)
		}
	}
}
