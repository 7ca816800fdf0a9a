package gateway

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/gateway/config"
	"dragoman/gateway/store/memory"
)

const dynamic = `version: 1
admin: {token: {env: ADMIN_TOKEN}}
sources: {ci: {secret: {env: CI_SECRET}, labels: {team: platform}}}
destinations: {look: {inbox: {}}, rest: {inbox: {}}}
directory: {channels: {ops: {slack: C024BE91L, discord: "41771983423143937"}}}
routes:
  - {name: named, when: 'source == "Deploys" and labels.channel == "ops"', to: [look], stop: true}
  - {name: rest, when: "true", to: [rest]}
`

// call does a request of an administrator.
func (s *gate) call(method, path, body string, status int) gjson.Result {
	s.t.Helper()
	got, answer := s.do(method, s.admin+path, body, "Authorization", "Bot token")
	if got != status {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, got, answer, status)
	}
	return gjson.Parse(answer)
}

// A webhook is made, listed, shown, changed and deleted as at Discord, works at
// once, routes like a configured source, and outlives a restart.
func TestDynamicSourcesAsDiscordHasThem(t *testing.T) {
	t.Setenv("CI_SECRET", secret)
	t.Setenv("ADMIN_TOKEN", "token")
	dir := t.TempDir()
	s := serve(t, dir, dynamic)
	if status, _ := s.do("POST", s.admin+"/api/v10/channels/1/webhooks", `{"name":"x"}`); status != 401 {
		t.Errorf("without a token: %d", status)
	}

	made := s.call("POST", "/api/v10/channels/41771983423143937/webhooks", `{"name":" Deploys ","avatar":"data:image/png;base64,iVBORw0KGgo="}`, 200)
	if made.Get("name").Str != "Deploys" || made.Get("type").Int() != 1 || made.Get("channel_id").Str != "41771983423143937" || len(made.Get("avatar").Str) != 32 {
		t.Errorf("made %s", made.Raw)
	}
	second := s.call("POST", "/api/v10/channels/7/webhooks", `{"name":"Deploys","avatar":null}`, 200)
	if second.Get("name").Str != "Deploys" || second.Get("id").Str == made.Get("id").Str {
		t.Errorf("the second of a name %s", second.Raw)
	}
	post := func(s *gate, hook gjson.Result) (int, gjson.Result) {
		t.Helper()
		status, answer := s.post(s.public+"/api/v10/webhooks/"+hook.Get("id").Str+"/"+hook.Get("token").Str+"?wait=true", `{"content":"hello"}`)
		return status, gjson.Parse(answer)
	}
	if status, m := post(s, made); status != 200 || m.Get("author.username").Str != "Deploys" || m.Get("channel_id").Str != "41771983423143937" || m.Get("author.avatar").Str != made.Get("avatar").Str {
		t.Errorf("posted: %d %s", status, m.Raw)
	}
	if status, _ := post(s, second); status != 200 {
		t.Errorf("posted at the second: %d", status)
	}
	events := s.call("GET", "/api/v1/events", "", 200)
	if got := events.Get("events.#.source").Raw + events.Get("events.#.deliveries.0.to").Raw; got != `["Deploys 2","Deploys"]["rest","look"]` {
		t.Errorf("routed: %s", got)
	}

	// The name of the webhook stands over a message that names no other.
	for body, want := range map[string]string{`{"content":"hello"}`: "Deploys", `{"content":"hello","username":"Ana"}`: "Ana"} {
		got := s.call("POST", "/api/v1/route", fmt.Sprintf(`{"source":"Deploys","dialect":"discord","body":%s}`, body), 200)
		if name := got.Get("deliveries.0.parts.0.sender.name").Str; name != want {
			t.Errorf("%s comes from %q: %s", body, name, got.Raw)
		}
	}

	if got := s.call("GET", "/api/v10/channels/41771983423143937/webhooks", "", 200); got.Get("#").Int() != 1 || got.Get("0.token").Str != made.Get("token").Str {
		t.Errorf("of the channel: %s", got.Raw)
	}
	if got := s.call("GET", "/api/v10/guilds/1/webhooks", "", 200); got.Get("#").Int() != 3 || got.Get("0.token").Exists() {
		t.Errorf("of the guild: %s", got.Raw)
	}
	at := "/api/v10/webhooks/" + made.Get("id").Str
	if got := s.call("PATCH", at, `{"name":"Renamed","channel_id":"7"}`, 200); got.Get("name").Str != "Renamed" || got.Get("channel_id").Str != "7" || got.Get("avatar").Str == "" {
		t.Errorf("changed: %s", got.Raw)
	}

	s.stop()
	s = serve(t, dir, dynamic)
	if got := s.call("GET", at, "", 200); got.Get("name").Str != "Renamed" || got.Get("token").Str != made.Get("token").Str {
		t.Errorf("after a restart: %s", got.Raw)
	}
	if status, m := post(s, made); status != 200 || m.Get("author.username").Str != "Renamed" {
		t.Errorf("after a restart: %d %s", status, m.Raw)
	}
	s.call("DELETE", at, "", 204)
	if status, m := post(s, made); status != 404 || m.Get("code").Int() != 10015 {
		t.Errorf("after it was deleted: %d %s", status, m.Raw)
	}
	// One who has the token may delete it too.
	own := s.public + "/api/webhooks/" + second.Get("id").Str + "/" + second.Get("token").Str
	if status, _ := s.do("DELETE", own, ""); status != 204 {
		t.Errorf("deleted with the token: %d", status)
	}
	if status, answer := s.do("GET", own, ""); status != 404 || gjson.Get(answer, "code").Int() != 10015 {
		t.Errorf("after that: %d %s", status, answer)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		code               int64
	}{
		{"GET", at, "", 404, 10015}, {"PATCH", at, `{}`, 404, 10015}, {"DELETE", at, "", 404, 10015},
		{"POST", "/api/v10/channels/7/webhooks", `{}`, 400, 50035}, {"POST", "/api/v10/channels/7/webhooks", `{"name":"`, 400, 50109},
		{"POST", "/api/v10/channels/7/webhooks", `{"name":"x","avatar":"x"}`, 400, 50035}, {"POST", "/api/v10/channels/ops/webhooks", `{"name":"x"}`, 404, 10003},
		{"POST", "/api/v10/channels/7/webhooks", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, 413, 40005},
	} {
		if got := s.call(c.method, c.path, c.body, c.status); got.Get("code").Int() != c.code {
			t.Errorf("%s %s: %s", c.method, c.path, got.Raw)
		}
	}
}

// The API's own calls answer as both platforms do when they give out a webhook.
func TestDynamicSourcesOfTheAPI(t *testing.T) {
	t.Setenv("CI_SECRET", secret)
	t.Setenv("ADMIN_TOKEN", "token")
	s := serve(t, t.TempDir(), dynamic)
	made := s.call("POST", "/api/v1/sources", `{"name":"Deploys","channel":"#ops","labels":{"team":"web"}}`, 201)
	in := made.Get("incoming_webhook")
	if in.Get("channel").Str != "#ops" || in.Get("channel_id").Str != "C024BE91L" || made.Get("labels").Raw != `{"channel":"ops","team":"web"}` || made.Get("webhook.channel_id").Str != "41771983423143937" {
		t.Errorf("made %s", made.Raw)
	}
	if status, answer := s.post(in.Get("url").Str, `{"text":"hello"}`); status != 200 || answer != "ok" {
		t.Errorf("Slack's address: %d %s", status, answer)
	}
	if status, answer := s.post(made.Get("webhook.url").Str, `{"content":"hello"}`); status != 204 {
		t.Errorf("Discord's address: %d %s", status, answer)
	}
	if got := s.call("GET", strings.TrimPrefix(in.Get("configuration_url").Str, s.admin), "", 200); got.Get("name").Str != "Deploys" || !got.Get("dynamic").Bool() {
		t.Errorf("shown: %s", got.Raw)
	}
	list := s.call("GET", "/api/v1/sources", "", 200)
	if list.Get("sources.#.name").Raw != `["ci","Deploys"]` || strings.Contains(list.Raw, made.Get("webhook.token").Str) {
		t.Errorf("listed: %s", list.Raw)
	}
	for body, want := range map[string]string{
		`{"name":"Deploys"}`: "there is a source of that name", `{"name":"ci"}`: "there is a source of that name", `{"name":"relay"}`: "there is a source of that name",
		`{}`: "name: Must be between 1 and 80 in length.", `[]`: "the body is an object with name, and perhaps labels, accept and channel",
		`{"name":"x","accept":["irc"]}`: "accept lists slack, discord, github",
	} {
		status, answer := s.do("POST", s.admin+"/api/v1/sources", body, "Authorization", "Bearer token")
		if status < 400 || status > 409 || gjson.Get(answer, "error").Str != want {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	s.call("DELETE", "/api/v1/sources/Deploys", "", 204)
	s.call("DELETE", "/api/v1/sources/Deploys", "", 404)
	s.call("DELETE", "/api/v1/sources/ci", "", 403)
	if status, answer := s.post(in.Get("url").Str, `{"text":"hello"}`); status != 404 || answer != "no_service" {
		t.Errorf("after it was deleted: %d %s", status, answer)
	}
}

// A configured source shows the name and the picture that a sender gave it, also
// after a restart, and cannot be deleted.
func TestAConfiguredSourceIsModified(t *testing.T) {
	t.Setenv("CI_SECRET", secret)
	t.Setenv("ADMIN_TOKEN", "token")
	dir := t.TempDir()
	s := serve(t, dir, dynamic)
	path := strings.TrimPrefix(s.addresses("ci").Discord, s.public)
	status, answer := s.do("PATCH", s.public+path, `{"name":"Ana's CI","avatar":"data:image/gif;base64,R0lGODlh","channel_id":"1"}`)
	if got := gjson.Parse(answer); status != 200 || got.Get("name").Str != "Ana's CI" || got.Get("avatar").Str == "" || got.Get("channel_id").Str == "1" {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := s.post(s.public+path, `{"content":"green"}`); status != 204 {
		t.Errorf("%d %s", status, answer)
	}
	if status, page := s.do("GET", s.admin+"/events/1", "", "Authorization", "Bearer token"); status != 200 || !strings.Contains(page, "Ana&#39;s CI") {
		t.Errorf("its name is not on the page of its event: %d %s", status, page)
	}
	s.stop()
	s = serve(t, dir, dynamic)
	status, answer = s.do("PATCH", s.public+path, `{"avatar":null}`)
	if got := gjson.Parse(answer); status != 200 || got.Get("name").Str != "Ana's CI" || got.Get("avatar").Type != gjson.Null {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := s.do("DELETE", s.public+path, ""); status != 403 || gjson.Get(answer, "code").Int() != 50013 {
		t.Errorf("%d %s", status, answer)
	}
}

// What one gateway makes, another on the same store serves after a short while.
func TestGatewaysShareDynamicSources(t *testing.T) {
	t.Setenv("CI_SECRET", secret)
	t.Setenv("ADMIN_TOKEN", "token")
	synctest.Test(t, func(t *testing.T) {
		c, err := config.Parse("d.yaml", []byte(dynamic), true)
		if err != nil {
			t.Fatal(err)
		}
		st := memory.New()
		ctx, cancel := context.WithCancel(t.Context())
		var gs [2]*Gateway
		for i := range gs {
			if gs[i], err = New(c, st, slog.New(slog.DiscardHandler)); err != nil {
				t.Fatal(err)
			}
			if err := gs[i].open(ctx); err != nil {
				t.Fatal(err)
			}
			go gs[i].followRoster(ctx)
		}
		do := func(h http.Handler, method, path, body string) (int, gjson.Result) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(method, path, bytes.NewBufferString(body))
			r.Header.Set("Authorization", "Bot token")
			h.ServeHTTP(w, r)
			return w.Code, gjson.Parse(w.Body.String())
		}
		_, hook := do(gs[0].back, "POST", "/api/v10/channels/7/webhooks", `{"name":"shared"}`)
		path := "/api/webhooks/" + hook.Get("id").Str + "/" + hook.Get("token").Str
		if status, _ := do(gs[0].front, "POST", path, `{"content":"x"}`); status != 204 {
			t.Errorf("where it was made: %d", status)
		}
		time.Sleep(rosterEvery)
		synctest.Wait()
		if status, _ := do(gs[1].front, "POST", path, `{"content":"x"}`); status != 204 {
			t.Errorf("at the other: %d", status)
		}
		do(gs[1].back, "DELETE", "/api/v10/webhooks/"+hook.Get("id").Str, "")
		time.Sleep(rosterEvery)
		synctest.Wait()
		if status, _ := do(gs[0].front, "POST", path, `{"content":"x"}`); status != 404 {
			t.Errorf("after the other deleted it: %d", status)
		}
		cancel()
	})
}
