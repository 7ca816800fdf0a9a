package ingest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// What chat.update leaves of a message. Source: Slack's page on chat.update.
func TestSlackMerge(t *testing.T) {
	const old = `{"channel":"C1","text":"a","blocks":[1],"attachments":[2],"metadata":{"m":3},"username":"u","parse":"full","link_names":true,"odd \" name":4}`
	rest := `"username":"u","odd \" name":4`
	for patch, want := range map[string]string{
		`{}`:                               `{"channel":"C1","text":"a","blocks":[1],"attachments":[2],"metadata":{"m":3},` + rest + `}`,
		`{"text":"b"}`:                     `{"channel":"C1","attachments":[2],"metadata":{"m":3},` + rest + `,"text":"b"}`,
		`{"text":""}`:                      `{"channel":"C1","attachments":[2],"metadata":{"m":3},` + rest + `,"text":""}`,
		`{"text":"b","blocks":[5]}`:        `{"channel":"C1","attachments":[2],"metadata":{"m":3},` + rest + `,"text":"b","blocks":[5]}`,
		`{"blocks":[5]}`:                   `{"channel":"C1","attachments":[2],"metadata":{"m":3},` + rest + `,"blocks":[5]}`,
		`{"blocks":[]}`:                    `{"channel":"C1","text":"a","attachments":[2],"metadata":{"m":3},` + rest + `,"blocks":[]}`,
		`{"attachments":[]}`:               `{"channel":"C1","text":"a","blocks":[1],"metadata":{"m":3},` + rest + `,"attachments":[]}`,
		`{"metadata":{}}`:                  `{"channel":"C1","text":"a","blocks":[1],"attachments":[2],` + rest + `,"metadata":{}}`,
		`{"markdown_text":"b"}`:            `{"channel":"C1","attachments":[2],"metadata":{"m":3},` + rest + `,"markdown_text":"b"}`,
		`{"parse":"none","link_names":1}`:  `{"channel":"C1","text":"a","blocks":[1],"attachments":[2],"metadata":{"m":3},` + rest + `,"parse":"none","link_names":1}`,
		`{"odd \" name":5,"new \\ one":6}`: `{"channel":"C1","text":"a","blocks":[1],"attachments":[2],"metadata":{"m":3},"username":"u","odd \" name":5,"new \\ one":6}`,
	} {
		if got := string(slackMerge(gjson.Parse(old), gjson.Parse(patch))); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", patch, got, want)
		}
	}
	if got := string(slackMerge(gjson.Parse(`{"markdown_text":"a"}`), gjson.Parse(`{"blocks":[1]}`))); got != `{"blocks":[1]}` {
		t.Errorf("got %s", got)
	}
}

// What is stored of a call is the message: no token, nothing that a name has
// smuggled in, the last of what is given twice, structures in the place of their
// text.
func TestStoredCalls(t *testing.T) {
	token := AddressesOf(&transcriptSources[0], "").SlackToken
	for _, c := range []struct{ method, contentType, body, want string }{
		{"chat.postMessage", "application/json", `{"channel":"C1X","text":"a","token":"` + token + `","user":"U1","ts":"1.2","as_user":true,"mrkdwn":"0","metadata":null}`,
			`{"channel":"C1X","text":"a","mrkdwn":false}`},
		{"chat.postMessage", "application/json", `{"channel":"C1X","text":"first","\u0074oken":"` + token + `","text":"last","a\":1,\"token\":\"b":1}`,
			`{"channel":"C1X","text":"last","a\":1,\"token\":\"b":1}`},
		{"chat.postMessage", "application/x-www-form-urlencoded", "token=" + token + "&text=a&channel=C1X&blocks=" + url.QueryEscape(` [{"type":"divider"}] `) + "&link_names=True&unfurl_links=&unfurl_media=maybe",
			`{"blocks":[{"type":"divider"}],"channel":"C1X","link_names":true,"text":"a","unfurl_media":"maybe"}`},
		{"chat.postMessage", "text/plain", "channel=C1X&text=\xff\xfe%ff", `{"channel":"C1X","text":"` + "\uFFFD" + `"}`},
		{"chat.postMessage", "application/json; charset=iso-8859-1", "{\"channel\":\"C1X\",\"text\":\"\xe9\"}", `{"channel":"C1X","text":"é"}`},
		{"chat.postEphemeral", "application/json", `{"channel":"C1X","text":"a","user":"U1"}`, `{"channel":"C1X","text":"a","user":"U1"}`},
		{"chat.meMessage", "application/json", `{"channel":"C1X","text":" waves\n\n and *goes* ","username":"x"}`, `{"text":"_waves_\n\n_and *goes*_"}`},
	} {
		k, h := startSlack(nil)
		w := do(h, request{path: "/api/" + c.method, contentType: c.contentType, body: c.body, header: map[string]string{"Authorization": "Bearer " + token}})
		if !strings.HasPrefix(w.Body.String(), `{"ok":true`) {
			t.Errorf("%s: %s", c.body, w.Body)
			continue
		}
		e := k.got[0]
		if string(e.Body) != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.body, e.Body, c.want)
		}
		if e.Channel != "C1X" || e.Ephemeral != (c.method == "chat.postEphemeral") {
			t.Errorf("got %+v", e)
		}
	}
}

// Threads, and what else of a webhook's body is for the gateway.
func TestSlackEvents(t *testing.T) {
	token := AddressesOf(&transcriptSources[0], "").SlackToken
	for _, c := range []struct {
		body, thread string
		handle       int64
		stored       string
	}{
		{`{"channel":"C1X","text":"a","thread_ts":"1767323045.678901"}`, "1767323045.678901", handle, ""},
		{`{"channel":"C1X","text":"a","thread_ts":1767323045.6789}`, "1767323045.678900", handle - 1, ""},
		{`{"channel":"C1X","text":"a","thread_ts":"a thread"}`, "a thread", 0, ""},
		{`{"channel":"C1X","text":"a","thread_ts":null}`, "", 0, ""},
		{`{"channel":"C1X","text":"a","thread_ts":{"a":1}}`, "", 0, ""},
		{`{"channel":"C1X","text":"a","thread_ts":false}`, "", 0, ""},
		{`{"channel":"C1X","text":"a","token":"xoxb"}`, "", 0, `{"channel":"C1X","text":"a"}`},
	} {
		for _, path := range []string{AddressesOf(&transcriptSources[0], "").Slack, "/api/chat.postMessage"} {
			k, h := startSlack(nil)
			w := do(h, request{path: path, contentType: "application/json", body: c.body, header: map[string]string{"Authorization": "Bearer " + token}})
			if w.Code != 200 || len(k.got) != 1 {
				t.Errorf("%s: %d %s", c.body, w.Code, w.Body)
				continue
			}
			if e := k.got[0]; e.Thread != c.thread || e.Handle != c.handle || c.stored != "" && string(e.Body) != c.stored {
				t.Errorf("%s %s: got thread %q, %d, %s", path, c.body, e.Thread, e.Handle, e.Body)
			}
		}
	}
}

// A name without an id has one of its own, which says whether it is a person's.
func TestChannelsHaveIDs(t *testing.T) {
	seen := map[string]string{}
	for name, kind := range map[string]string{"general": "C", "#random": "C", "@bob": "D", "U0SOMEBODY": "D"} {
		for range 2 {
			_, h := startSlack(nil)
			w := do(h, request{path: "/api/chat.meMessage", body: url.Values{"channel": {name}, "text": {"a"}, "token": {AddressesOf(&transcriptSources[0], "").SlackToken}}.Encode()})
			id := gjson.Get(w.Body.String(), "channel").Str
			if !slackID(id, kind) || seen[id] != "" && seen[id] != name {
				t.Errorf("%s has %q", name, id)
			}
			seen[id] = name
		}
	}
	if len(seen) != 4 {
		t.Errorf("ids change: %v", seen)
	}
}

// slackStatuses are those that Slack's addresses may answer with.
var slackStatuses = map[string][]int{
	"hook": {200, 400, 403, 404, 405, 410, 413, 429},
	"api":  {200, 429},
}

// Whatever is sent, the status is one that senders know, the answer is what its
// content type says, and what is stored is an object without a token.
func FuzzSlackHTTP(f *testing.F) {
	for _, contentType := range []string{
		"", "application/json", "application/json; charset=iso-8859-1", "application/json; charset", "text/plain; charset=utf-16",
		"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=ISO-8859-1", "multipart/form-data; boundary=b", "multipart/form-data", "multipart/mixed; boundary=\"", ";",
	} {
		for _, body := range []string{
			`{"channel":"ops","text":"x","token":"xoxb-1"}`, `{"channel":"ops","user":"U1","ts":"1767323045.678901","thread_ts":1.5,"blocks":"[{\"type\":\"divider\"}]","a\"b":1,"unfurls":{"a":{}}}`,
			"payload=%7B%22text%22%3A1%2C%22token%22%3A1%7D", "payload=%zz{", "channel=ops&text=%e9;+%&blocks=%5B&token=%00", "a[b]=c&\xff=1",
			multi("payload", `{"text":"x"}`), multi("text", "x")[:40], "--b\r\nContent-Disposition: form-data; name=\"channel\"\r\n\r\nops\r\n" + multi("text", "x"),
			"\xEF\xBB\xBF[", strings.Repeat(`{"a":`, 70), `{"channel":"ops","attachments":[{"id":{},"\u0000":"\ud800"}],"username":5,"metadata":{"\"":1}}`,
		} {
			f.Add(body, contentType, "")
			f.Add(body, contentType, "channel=ops&text=a&text=b&blocks=%5B1%5D&x%zz=;")
		}
	}
	hooks, tokens := []string{}, []string{}
	for i := range 2 {
		a := AddressesOf(&transcriptSources[i], "")
		hooks, tokens = append(hooks, a.Slack), append(tokens, a.SlackToken)
	}
	f.Fuzz(func(t *testing.T, body, contentType, query string) {
		k, h := startSlack(nil)
		send := func(kind, path, token string) {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header["Content-Type"] = []string{contentType}
			if token != "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if !slices.Contains(slackStatuses[kind], w.Code) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
			if isJSON := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"); isJSON != json.Valid(w.Body.Bytes()) {
				t.Errorf("%s: %q as %s", path, w.Body, w.Header().Get("Content-Type"))
			}
			if answer := gjson.ParseBytes(w.Body.Bytes()); kind == "api" && !answer.Get("ok").Bool() && answer.Get("error").Str == "" {
				t.Errorf("%s: an error without a word: %s", path, w.Body)
			}
		}
		for i, hook := range hooks {
			send("hook", hook, "")
			send("api", "/api/chat.postMessage", tokens[i]) // what the others may change
			for name := range methods {
				send("api", "/api/"+name, tokens[i])
			}
			send("api", "/api/auth.test", "")
		}
		for _, e := range k.got {
			if e.Action == Delete && len(e.Body) == 0 {
				continue
			}
			if scan(e.Body) != nil || gjson.GetBytes(e.Body, "token").Exists() {
				t.Errorf("stored %q", e.Body)
			}
		}
	})
}
