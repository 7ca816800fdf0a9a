package gateway

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"dragoman/gateway/ingest"
)

const crossing = `version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 1ms, most: 20ms, give_up_after: 1h}}
sources: {ci: {secret: {env: CI_SECRET}}}
destinations:
  d1: {discord: {url: {env: D1}}}
  d2: {discord: {url: {env: D2}}}
  bot: {slack_bot: {token: {env: BOT}, channel: C024BE91L, api_url: "%[1]s/api"}}
  hook: {slack: {url: {env: HOOK}}}
routes: [{name: all, when: "true", to: [d1, d2, bot, hook]}]
`

// crossover is a gateway between two Discord and two Slack destinations.
func crossover(t *testing.T, p *platforms) *gate {
	t.Setenv("CI_SECRET", secret)
	t.Setenv("D1", p.discord("d1"))
	t.Setenv("D2", p.discord("d2"))
	t.Setenv("BOT", "xoxb-1-2-x")
	t.Setenv("HOOK", p.slack("hook"))
	return serve(t, t.TempDir(), fmt.Sprintf(crossing, p.server.URL))
}

// ask does a request of one of the APIs and gives the answer.
func (s *gate) ask(method, url, body string) (int, gjson.Result) {
	s.t.Helper()
	status, answer := s.do(method, url, body, "Authorization", "Bearer "+s.addresses("ci").SlackToken)
	return status, gjson.Parse(answer)
}

// What is posted by one API is edited, answered and deleted by each, at every
// destination, whatever faults they have meanwhile.
func TestEditsDeletesAndAnswersCrossOver(t *testing.T) {
	for _, faults := range []bool{false, true} {
		t.Run(fmt.Sprintf("faults %v", faults), func(t *testing.T) {
			p := newPlatforms(t)
			if faults {
				p.rand = rand.New(rand.NewPCG(1, 2))
			}
			s := crossover(t, p)
			a := s.addresses("ci")
			api := func(method, body string) gjson.Result {
				t.Helper()
				status, v := s.ask("POST", a.SlackAPI+method, body)
				if status != 200 || !v.Get("ok").Bool() {
					t.Fatalf("%s: %d %s", method, status, v.Raw)
				}
				return v
			}

			ts := api("chat.postMessage", `{"channel":"C024BE91L","text":"first *bold*"}`).Get("ts").Str
			status, m := s.ask("POST", a.Discord+"?wait=true", `{"content":"second **bold**","embeds":[{"title":"card","description":"in it"}]}`)
			if status != 200 {
				t.Fatalf("%d %s", status, m.Raw)
			}
			id := m.Get("id").Str
			api("chat.postMessage", `{"channel":"C024BE91L","thread_ts":"`+ts+`","text":"an answer"}`)
			p.until("three everywhere", func() bool {
				return len(p.see("d1")) == 3 && len(p.see("d2")) == 3 && len(p.see("C024BE91L")) == 3 && len(p.hook("hook")) == 3
			})
			bot := p.see("C024BE91L")
			if bot[2].thread != bot[0].id {
				t.Errorf("the answer is in thread %q, not %q", bot[2].thread, bot[0].id)
			}

			// Each is edited by the other's API: a handle is a ts and an id.
			first := ingest.Snowflake(ingest.ParseTS(ts))
			if status, v := s.ask("PATCH", a.Discord+"/messages/"+first, `{"content":"first, edited"}`); status != 200 || v.Get("edited_timestamp").Str == "" {
				t.Fatalf("%d %s", status, v.Raw)
			}
			api("chat.update", `{"channel":"C024BE91L","ts":"`+ingest.TS(ingest.ParseSnowflake(id))+`","text":"second, edited","attachments":[]}`)
			p.until("edited everywhere", func() bool {
				for _, hook := range []string{"d1", "d2", "C024BE91L"} {
					see := p.see(hook)
					if len(see) != 3 || !strings.Contains(see[0].payload, "first, edited") || !strings.Contains(see[1].payload, "second, edited") {
						return false
					}
				}
				return len(p.hook("hook")) == 5
			})
			if got := p.hook("hook")[3]; !strings.Contains(got, "first, edited") || !strings.Contains(got, "✎ edited") {
				t.Errorf("where nothing can be edited it is posted anew: %s", got)
			}
			if strings.Contains(p.see("d1")[1].payload, "in it") {
				t.Errorf("the card is still there: %s", p.see("d1")[1].payload)
			}
			if status, v := s.ask("GET", a.Discord+"/messages/"+id, ""); status != 200 || v.Get("content").Str != "second, edited" {
				t.Errorf("read back: %d %s", status, v.Raw)
			}

			// A message that grows and shrinks is edited part by part.
			long := strings.Repeat("many words ", 300)
			api("chat.update", `{"channel":"C024BE91L","ts":"`+ts+`","text":"`+long+`"}`)
			p.until("longer", func() bool { return len(p.see("d1")) == 4 && len(p.see("d2")) == 4 })
			api("chat.update", `{"channel":"C024BE91L","ts":"`+ts+`","text":"short"}`)
			p.until("shorter", func() bool { return len(p.see("d1")) == 3 && len(p.see("d2")) == 3 })

			api("chat.delete", `{"channel":"C024BE91L","ts":"`+ts+`"}`)
			if status, _ := s.ask("DELETE", a.Discord+"/messages/"+id, ""); status != 204 {
				t.Errorf("deleted: %d", status)
			}
			p.until("deleted everywhere", func() bool {
				return len(p.see("d1")) == 1 && len(p.see("d2")) == 1 && len(p.see("C024BE91L")) == 1
			})
			if status, v := s.ask("PATCH", a.Discord+"/messages/"+id, `{"content":"late"}`); status != 404 || v.Get("code").Int() != 10008 {
				t.Errorf("an edit of what is deleted: %d %s", status, v.Raw)
			}
			if _, v := s.ask("POST", a.SlackAPI+"chat.update", `{"channel":"C024BE91L","ts":"`+ts+`","text":"late"}`); v.Get("error").Str != "message_not_found" {
				t.Errorf("an edit of what is deleted: %s", v.Raw)
			}
		})
	}
}

// Two routes to one destination make two copies of a message: an edit and a
// delete reach both, and an answer finds its thread by either.
func TestTwoCopiesAtOneDestinationAreBothChanged(t *testing.T) {
	p := newPlatforms(t)
	t.Setenv("CI_SECRET", secret)
	t.Setenv("BOT", "xoxb-1-2-x")
	s := serve(t, t.TempDir(), fmt.Sprintf(`version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 1ms, most: 20ms, give_up_after: 1h}}
sources: {ci: {secret: {env: CI_SECRET}}}
destinations: {bot: {slack_bot: {token: {env: BOT}, channel: C024BE91L, api_url: "%s/api"}}}
routes:
  - {name: one, when: 'msg.text != "an answer"', to: [bot]}
  - {name: two, when: "true", to: [bot]}
`, p.server.URL))
	a := s.addresses("ci")
	_, v := s.ask("POST", a.SlackAPI+"chat.postMessage", `{"channel":"C024BE91L","text":"first"}`)
	ts := v.Get("ts").Str
	s.ask("POST", a.SlackAPI+"chat.update", `{"channel":"C024BE91L","ts":"`+ts+`","text":"edited"}`)
	s.ask("POST", a.SlackAPI+"chat.postMessage", `{"channel":"C024BE91L","thread_ts":"`+ts+`","text":"an answer"}`)
	p.until("two copies edited and one answer", func() bool {
		see := p.see("C024BE91L")
		return len(see) == 3 && strings.Contains(see[0].payload, "edited") && strings.Contains(see[1].payload, "edited")
	})
	if see := p.see("C024BE91L"); see[2].thread != see[1].id {
		t.Errorf("the answer is in thread %q, not in %q", see[2].thread, see[1].id)
	}
	s.ask("POST", a.SlackAPI+"chat.delete", `{"channel":"C024BE91L","ts":"`+ts+`"}`)
	p.until("both deleted", func() bool { return len(p.see("C024BE91L")) == 1 })
}
