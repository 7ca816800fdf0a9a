package clients

import (
	"strings"
	"testing"
)

// discordAnswerTraps are answers which are not Discord's.
var discordAnswerTraps = []payload{
	{"Message", "trap", []byte(`{"id":"1","content":"x"}`)},
	{"Webhook", "trap", []byte(`{"id":"1","type":7,"channel_id":"1","name":null,"avatar":null,"application_id":null}`)},
}

// TestDiscordAnswers compiles the messages and webhooks that the gateway answers
// with as Discord, as they stand in the transcripts, as literals of the types that
// Discord's clients are told.
func TestDiscordAnswers(t *testing.T) {
	src := newSources(t, "discord-api-types")
	list := discordAnswers(t)
	for _, p := range append(list, discordAnswerTraps...) {
		src.add(t, `import("./discord").`+p.from, []payload{p})
	}
	compiled := src.compile(t)
	each(t, list, compiled)
	trapped(t, discordAnswerTraps, compiled)
}

// discordAnswers are the messages and webhooks in the transcripts, each from the type
// that it has.
func discordAnswers(t *testing.T) (list []payload) {
	t.Helper()
	seen := map[string]bool{}
	for _, x := range exchanges(t, "discord") {
		if !strings.HasPrefix(x.answer, "200\n") || seen[x.body] {
			continue
		}
		seen[x.body] = true
		typ := "Message"
		if strings.Contains(x.body, `"token":`) {
			typ = "Webhook"
		}
		list = append(list, payload{from: typ, to: x.file, json: []byte(x.body)})
	}
	return list
}
