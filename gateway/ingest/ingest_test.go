package ingest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"dragoman/translators/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink keeps what it is handed.
type sink struct {
	got []*Event
	err error
	ack Ack
}

func (s *sink) Accept(_ context.Context, e *Event) (Ack, error) {
	if s.err != nil {
		return Ack{}, s.err
	}
	s.got = append(s.got, e)
	return s.ack, nil
}

// Find gives the latest body that was handed in.
func (s *sink) Find(_ context.Context, _ string, h int64, _ string) (m Message, err error) {
	err = ErrNoMessage
	for _, e := range s.got {
		switch {
		case e.Action == Post && h == s.ack.Handle:
			m, err = Message{Body: e.Body, Files: e.Files, At: e.At, Handle: e.Handle, Thread: e.Thread}, nil
		case e.Action == Edit && e.Handle == h:
			m.Body, m.Edited = e.Body, e.At
		case e.Action == Delete && e.Handle == h:
			err = ErrNoMessage
		}
	}
	return m, err
}

var sources = []Source{
	{Name: "ci", Secrets: []string{"new", "old"}, Accept: []string{"slack", "discord", "github"}},
	{Name: "repos", Secrets: []string{"r"}, GitHub: []string{"fresh", "It's a Secret to Everybody"}, Accept: []string{"github"}},
}

const handle = 1767323045678901

func start() (*sink, *Handler, *bytes.Buffer) {
	k := &sink{ack: Ack{ID: 1, Handle: handle, Routed: true}}
	log := &bytes.Buffer{}
	return k, New(Options{Sources: sources, Sink: k, Archive: k, Checks: checks(), MaxBody: 1 << 20, Log: slog.New(slog.NewTextHandler(log, nil))}), log
}

// checks are Discord's rules, of which only the form of the answer matters here.
func checks() Checks {
	none := func([]byte) []Violation { return nil }
	return Checks{Slack: none, Discord: none, DiscordFiles: func([]byte, []string) []Violation { return nil }, DiscordAnswer: func(found []Violation, version int) []byte {
		return discord.AppendErrors(nil, []discord.Violation{{Path: found[0].Pointer, Code: found[0].Code, Message: found[0].Message}}, version)
	}}
}

type request struct {
	method, path, contentType, body string
	header                          map[string]string
}

func do(h http.Handler, r request) *httptest.ResponseRecorder {
	if r.method == "" {
		r.method = http.MethodPost
	}
	req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestAddressesHaveTheShapesThatClientsCheck(t *testing.T) {
	a := AddressesOf(&sources[1], "https://h.example.org")
	for _, c := range []struct{ got, want string }{
		{a.Slack, `^https://h\.example\.org/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24}$`},
		{a.Discord, `^https://h\.example\.org/api/webhooks/[1-9]\d{16,18}/[A-Za-z0-9_-]{68}$`},
		{a.SlackToken, `^xoxb-\d+-\d+-[A-Za-z0-9]{24}$`},
		{a.GitHub, `^https://h\.example\.org/github/repos$`},
	} {
		if !regexp.MustCompile(c.want).MatchString(c.got) {
			t.Errorf("%s does not match %s", c.got, c.want)
		}
	}
	if b := AddressesOf(&sources[1], "https://h.example.org"); a != b {
		t.Error("addresses change from call to call")
	}
	if AddressesOf(&sources[0], "").GitHub != "" {
		t.Error("a source without github_secret has a /github address")
	}
}

func TestSlackAnswers(t *testing.T) {
	a := AddressesOf(&sources[0], "")
	old := derive("ci", "old")
	form := url.Values{"payload": {`{"text":"from a form"}`}}.Encode()
	for name, c := range map[string]struct {
		r      request
		status int
		body   string
	}{
		"json":               {request{path: a.Slack, body: `{"text":"x"}`, contentType: "application/json"}, 200, "ok"},
		"without /services":  {request{path: strings.TrimPrefix(a.Slack, "/services"), body: `{"text":"x"}`}, 200, "ok"},
		"trailing slash":     {request{path: a.Slack + "/", body: `{"text":"x"}`}, 200, "ok"},
		"older secret":       {request{path: "/services/" + old.team + "/" + old.bot + "/" + old.slackToken, body: `{"text":"x"}`}, 200, "ok"},
		"form":               {request{path: a.Slack, body: form, contentType: "application/x-www-form-urlencoded"}, 200, "ok"},
		"form, no type":      {request{path: a.Slack, body: form}, 200, "ok"},
		"json sent as form":  {request{path: a.Slack, body: `{"text":"x"}`, contentType: "application/x-www-form-urlencoded"}, 200, "ok"},
		"byte order mark":    {request{path: a.Slack, body: "\xEF\xBB\xBF{\"text\":\"x\"}"}, 200, "ok"},
		"not json":           {request{path: a.Slack, body: `{"text":`}, 400, "invalid_payload"},
		"an array":           {request{path: a.Slack, body: `[1]`}, 400, "invalid_payload"},
		"form without field": {request{path: a.Slack, body: `a=b`, contentType: "application/x-www-form-urlencoded"}, 400, "invalid_payload"},
		"nothing to say":     {request{path: a.Slack, body: `{"text":"","blocks":[],"attachments":null}`}, 400, "no_text"},
		"six megabytes of [": {request{path: a.Slack, body: strings.Repeat("[", 6<<20)}, 413, "invalid_payload"},
		"deep":               {request{path: a.Slack, body: `{"text":` + strings.Repeat("[", 1<<19) + `}`}, 400, "invalid_payload"},
		"no such hook":       {request{path: "/services/T0000000000/B0000000000/x", body: `{"text":"x"}`}, 404, "no_service"},
		"wrong token":        {request{path: a.Slack[:len(a.Slack)-1] + "!", body: `{"text":"x"}`}, 403, "invalid_token"},
		"get":                {request{method: "GET", path: a.Slack}, 405, "method_not_allowed"},
		"no such address":    {request{path: "/nothing/here"}, 404, "no_service"},
		"web api":            {request{path: "/api/chat.scheduleMessage", body: `{}`}, 200, `{"ok":false,"error":"unknown_method","req_method":"chat.scheduleMessage"}`},
	} {
		t.Run(name, func(t *testing.T) {
			k, h, _ := start()
			w := do(h, c.r)
			if w.Code != c.status || w.Body.String() != c.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, c.status, c.body)
			}
			if (w.Body.String() == "ok") != (len(k.got) == 1) {
				t.Errorf("%d events were accepted", len(k.got))
			}
		})
	}
}

func TestSlackFormsAndFields(t *testing.T) {
	k, h, _ := start()
	a := AddressesOf(&sources[0], "")
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("payload", `{"text":"first","channel":"#ops"}`)
	_ = m.WriteField("payload", `{"text":"second"}`)
	m.Close()
	if w := do(h, request{path: a.Slack, body: b.String(), contentType: m.FormDataContentType(), header: map[string]string{"User-Agent": "curl", "Cookie": "no"}}); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	e := k.got[0]
	if string(e.Body) != `{"text":"first","channel":"#ops"}` || e.Channel != "#ops" || e.Dialect != "slack" || e.Source != "ci" {
		t.Errorf("got %+v %s", e, e.Body)
	}
	if e.Header["User-Agent"] != "curl" || e.Header["Cookie"] != "" {
		t.Errorf("headers: %v", e.Header)
	}
}

func TestDiscordAnswers(t *testing.T) {
	a := AddressesOf(&sources[0], "")
	v10 := strings.Replace(a.Discord, "/api/", "/api/v10/", 1)
	gone := "/api/webhooks/100000000000000000/x"
	for name, c := range map[string]struct {
		r      request
		status int
		body   string
	}{
		"json":            {request{path: a.Discord, body: `{"content":"x"}`}, 204, ""},
		"version":         {request{path: v10, body: `{"content":"x"}`}, 204, ""},
		"form":            {request{path: a.Discord, body: "content=a+b&username=u", contentType: "application/x-www-form-urlencoded"}, 204, ""},
		"empty":           {request{path: a.Discord, body: `{"content":"  ","embeds":[]}`}, 400, `{"message":"Cannot send an empty message","code":50006}`},
		"slack body":      {request{path: a.Discord, body: `{"text":"x"}`}, 400, `{"message":"Cannot send an empty message","code":50006}`},
		"not json":        {request{path: a.Discord, body: `{`}, 400, `{"message":"The request body contains invalid JSON.","code":50109}`},
		"an array":        {request{path: a.Discord, body: `[]`}, 400, `{"_misc":["Only dictionaries may be used in a DictType"]}`},
		"too large":       {request{path: a.Discord, body: strings.Repeat(" ", 1<<20+1)}, 413, `{"message":"Request entity too large","code":40005}`},
		"unknown":         {request{path: gone, body: `{"content":"x"}`}, 404, `{"message":"Unknown Webhook","code":10015}`},
		"wrong token":     {request{path: a.Discord + "x", body: `{"content":"x"}`}, 401, `{"message":"Invalid Webhook Token","code":50027}`},
		"old version":     {request{path: strings.Replace(a.Discord, "/api/", "/api/v5/", 1), body: `{}`}, 400, `{"message":"Invalid API version","code":50041}`},
		"put":             {request{method: "PUT", path: a.Discord}, 405, `{"message":"405: Method Not Allowed","code":0}`},
		"slack":           {request{path: a.DiscordSlack, body: `{"text":"x"}`}, 200, "ok"},
		"slack empty":     {request{path: a.DiscordSlack, body: `{}`}, 400, `{"message":"Cannot send an empty message","code":50006}`},
		"slack discord":   {request{path: a.SlackDiscord, body: `{"content":"x"}`}, 204, ""},
		"github":          {request{path: a.DiscordGit, body: `{"zen":"x"}`, header: map[string]string{"X-GitHub-Event": "ping"}}, 204, ""},
		"broken payload":  {request{path: v10, body: multi("payload_json", "{"), contentType: "multipart/form-data; boundary=b"}, 400, `{"message":"Invalid Form Body","code":50035,"errors":{"payload_json":{"_errors":[{"code":"BASE_TYPE_BAD_TYPE","message":"Expected \"payload_json\" to be a valid JSON string."}]}}}`},
		"broken, flat":    {request{path: a.Discord, body: multi("payload_json", "{"), contentType: "multipart/form-data; boundary=b"}, 400, `{"payload_json":["Expected \"payload_json\" to be a valid JSON string."]}`},
		"broken boundary": {request{path: a.Discord, body: "--x", contentType: "multipart/form-data; boundary=b"}, 400, `{"_misc":["The form cannot be read."]}`},
	} {
		t.Run(name, func(t *testing.T) {
			_, h, _ := start()
			if w := do(h, c.r); w.Code != c.status || w.Body.String() != c.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, c.status, c.body)
			}
		})
	}
}

func multi(field, value string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"\r\n\r\n" + value + "\r\n--b--\r\n"
}

func TestWaitAnswersWithTheMessage(t *testing.T) {
	_, h, _ := start()
	a := AddressesOf(&sources[0], "")
	w := do(h, request{path: a.Discord + "?wait=true", body: `{"content":"hi","username":"Deploys","embeds":[{"title":"t","nonsense":1,"fields":[{"name":"n","value":5}]}]}`})
	if w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	var got struct {
		ID, ChannelID, Content, Timestamp string
		Webhook                           string `json:"webhook_id"`
		Author                            struct{ Username string }
		Embeds                            []map[string]any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != Snowflake(handle) || got.Content != "hi" || got.Author.Username != "Deploys" || got.Webhook == "" {
		t.Errorf("got %s", w.Body)
	}
	if e := got.Embeds[0]; e["type"] != "rich" || e["title"] != "t" || e["nonsense"] != nil {
		t.Errorf("embed %v", e)
	}
	if got.Timestamp != "2026-01-02T03:04:05.678901+00:00" {
		t.Errorf("timestamp %s", got.Timestamp)
	}
}

func TestHandlesShowAsBothPlatformsIDs(t *testing.T) {
	if got := TS(handle); got != "1767323045.678901" {
		t.Error(got)
	}
	if got, want := Snowflake(handle), "1456487936044990341"; len(got) != len(want) {
		t.Errorf("got %s", got)
	}
	if Snowflake(handle) == Snowflake(handle+1) {
		t.Error("two handles have one id")
	}
}

func TestGitHubAnswers(t *testing.T) {
	a := AddressesOf(&sources[1], "")
	sign := func(secret, body string) map[string]string {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(body))
		return map[string]string{"X-GitHub-Event": "push", "X-GitHub-Delivery": "guid", "X-GitHub-Hook-ID": "7", "X-Hub-Signature-256": "sha256=" + hex.EncodeToString(m.Sum(nil))}
	}
	body := `{"ref":"refs/heads/main"}`
	form := url.Values{"payload": {body}}.Encode()
	without := func(h map[string]string, key string) map[string]string { delete(h, key); return h }
	for name, c := range map[string]struct {
		r      request
		status int
	}{
		"signed":             {request{path: a.GitHub, body: body, header: sign("fresh", body)}, 202},
		"older secret":       {request{path: a.GitHub, body: body, header: sign("It's a Secret to Everybody", body)}, 202},
		"form":               {request{path: a.GitHub, body: form, contentType: "application/x-www-form-urlencoded", header: sign("fresh", form)}, 202},
		"unsigned":           {request{path: a.GitHub, body: body, header: without(sign("fresh", body), "X-Hub-Signature-256")}, 401},
		"wrong secret":       {request{path: a.GitHub, body: body, header: sign("wrong", body)}, 401},
		"changed body":       {request{path: a.GitHub, body: body + " ", header: sign("fresh", body)}, 401},
		"no event":           {request{path: a.GitHub, body: body, header: without(sign("fresh", body), "X-Github-Event")}, 202},
		"not json":           {request{path: a.GitHub, body: "x", header: sign("fresh", "x")}, 400},
		"too large":          {request{path: a.GitHub, body: strings.Repeat(" ", 1<<20+1), header: sign("fresh", "")}, 413},
		"no such source":     {request{path: "/github/nobody", body: body}, 404},
		"source without":     {request{path: "/github/ci", body: body}, 404},
		"unsigned elsewhere": {request{path: a.DiscordGit, body: body, header: map[string]string{"X-GitHub-Event": "push"}}, 401},
		"slack suffix":       {request{path: a.SlackGitHub, body: body, header: sign("fresh", body)}, 202},
	} {
		if name == "no event" {
			c.r.header = map[string]string{"X-Hub-Signature-256": sign("fresh", body)["X-Hub-Signature-256"]}
			c.status = 400
		}
		t.Run(name, func(t *testing.T) {
			_, h, _ := start()
			if w := do(h, c.r); w.Code != c.status {
				t.Errorf("got %d %q, want %d", w.Code, w.Body, c.status)
			}
		})
	}
	k, h, _ := start()
	k.ack.Routed = false
	if w := do(h, request{path: a.GitHub, body: body, header: sign("fresh", body)}); w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("unrouted: %d %s", w.Code, w.Body)
	}
	if e := k.got[0]; e.Key != "guid/7" || e.Name != "push" || e.Header["X-Github-Event"] != "push" {
		t.Errorf("got %+v", e)
	}
}

// What the senders of GitHub's events put into their headers, with and without a
// secret.
func TestForges(t *testing.T) {
	a := AddressesOf(&sources[1], "")
	body := `{"ref":"refs/heads/main"}`
	form := url.Values{"payload": {body}}.Encode()
	digest := func(body string) string {
		m := hmac.New(sha256.New, []byte("fresh"))
		m.Write([]byte(body))
		return hex.EncodeToString(m.Sum(nil))
	}
	headers := func(name, signature string, prefixes ...string) map[string]string {
		h := map[string]string{}
		for _, p := range prefixes {
			h["X-"+p+"-Event"], h["X-"+p+"-Delivery"] = name, "guid"
			if p != "GitHub" {
				h["X-"+p+"-Signature"] = signature
			} else {
				h["X-Hub-Signature-256"] = "sha256=" + signature
			}
		}
		return h
	}
	for name, c := range map[string]struct {
		header map[string]string
		body   string
		status int
	}{
		"gogs":                     {headers("push", digest(body), "Gogs"), body, 202},
		"gitea":                    {headers("push", digest(body), "Gitea", "Gogs", "GitHub"), body, 202},
		"forgejo":                  {headers("push", digest(body), "Forgejo", "Gitea", "Gogs", "GitHub"), body, 202},
		"forgejo, its own alone":   {headers("push", digest(body), "Forgejo"), body, 202},
		"gitea, a form":            {headers("push", digest(body), "Gitea", "Gogs", "GitHub"), form, 202},
		"gogs, a form":             {headers("push", digest(body), "Gogs"), form, 202},
		"gitea, no secret":         {headers("push", "", "Gitea", "Gogs", "GitHub"), body, 401},
		"gogs, no secret":          {headers("push", "", "Gogs"), body, 401},
		"gitea, another body":      {headers("push", digest("{}"), "Gitea", "Gogs", "GitHub"), body, 401},
		"gitea, another form":      {headers("push", digest("{}"), "Gitea", "Gogs", "GitHub"), form, 401},
		"gitea, a form of nothing": {headers("push", digest(""), "Gitea", "Gogs", "GitHub"), "a=b", 401},
		"github, a form's JSON":    {headers("push", digest(body), "GitHub"), form, 401},
		"github, bare":             {map[string]string{"X-GitHub-Event": "push", "X-Hub-Signature-256": digest(body)}, body, 401},
		"github, only SHA-1":       {map[string]string{"X-GitHub-Event": "push", "X-Hub-Signature": "sha1=" + digest(body)[:40]}, body, 401},
		"github, a forge's":        {map[string]string{"X-GitHub-Event": "push", "X-Gitea-Signature": digest(body)}, body, 401},
		"gitea, an odd name":       {headers("push now", digest(body), "Gitea"), body, 400},
	} {
		t.Run(name, func(t *testing.T) {
			k, h, _ := start()
			r := request{path: a.GitHub, body: c.body, header: c.header}
			if c.body != body {
				r.contentType = "application/x-www-form-urlencoded"
			}
			w := do(h, r)
			if w.Code != c.status {
				t.Fatalf("got %d %q, want %d", w.Code, w.Body, c.status)
			}
			if c.status == 202 {
				if e := k.got[0]; e.Key != "guid/" || e.Name != "push" || string(e.Body) != body {
					t.Errorf("got %+v", e)
				}
			}
		})
	}
	// The nearest kin has the name: a forge may call an event otherwise than GitHub.
	k, h, _ := start()
	header := headers("pull_request_approved", digest(body), "Gitea", "GitHub")
	header["X-GitHub-Event"] = "something_else"
	for name, v := range map[string]string{"Type": "organization", "ID": "42"} {
		header["X-GitHub-Hook-Installation-Target-"+name] = v
	}
	do(h, request{path: a.GitHub, body: body, header: header})
	if e := k.got[0]; e.Name != "pull_request_approved" || e.Header["X-Gitea-Event"] != "pull_request_approved" ||
		e.Header["X-Github-Hook-Installation-Target-Type"] != "organization" || e.Header["X-Github-Hook-Installation-Target-Id"] != "42" {
		t.Errorf("got %+v", e)
	}
}

// The vectors of GitHub's documentation and of RFC 4231.
func TestSignatureVectors(t *testing.T) {
	given := func(v string) string { return signature(http.Header{"X-Hub-Signature-256": {v}}, gitHub) }
	if !signed([]string{"It's a Secret to Everybody"}, given("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"), []byte("Hello, World!")) {
		t.Error("GitHub's vector fails")
	}
	if !signed([]string{"x", "Jefe"}, given("sha256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"), []byte("what do ya want for nothing?")) {
		t.Error("the RFC's vector fails")
	}
	for _, bad := range []string{"", "sha256=", "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59", "sha256=zz", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"} {
		if signed([]string{"It's a Secret to Everybody"}, given(bad), []byte("Hello, World!")) {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestTheDoorSaysWhenItIsBusy(t *testing.T) {
	k, h, _ := start()
	k.err = ErrBusy
	a := AddressesOf(&sources[0], "")
	for _, r := range []request{
		{path: a.Slack, body: `{"text":"x"}`}, {path: a.Discord, body: `{"content":"x"}`}, {path: a.DiscordSlack, body: `{"text":"x"}`},
		{path: a.SlackGitHub, body: `{}`, header: map[string]string{"X-GitHub-Event": "push"}},
	} {
		if w := do(h, r); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %v", r.path[:8], w.Code, w.Header())
		}
	}
}

func TestBytesInFlightAreBounded(t *testing.T) {
	f := &inFlight{max: 10000}
	r := func(n int, known bool) *http.Request {
		req := httptest.NewRequest("POST", "/", io.LimitReader(zeros{}, int64(n)))
		req.ContentLength = -1
		if known {
			req.ContentLength = int64(n)
		}
		return req
	}
	b, release, err := f.read(r(6000, true), 1<<20)
	if err != nil || len(b) != 6000 {
		t.Fatal(err, len(b))
	}
	if _, release2, err := f.read(r(6000, false), 1<<20); !errors.Is(err, ErrBusy) {
		t.Errorf("a second body: %v", err)
	} else {
		release2()
	}
	release()
	if b, release, err := f.read(r(6000, false), 1<<20); err != nil || len(b) != 6000 {
		t.Errorf("after the first is gone: %v %d", err, len(b))
	} else {
		release()
	}
	if _, release, err := f.read(r(600, false), 599); !errors.Is(err, errTooLarge) {
		t.Errorf("one byte too many, of unknown length: %v", err)
	} else {
		release()
	}
	if f.used.Load() != 0 {
		t.Errorf("%d bytes were not given back", f.used.Load())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestNoAddressIsLogged(t *testing.T) {
	k, h, log := start()
	k.err = io.ErrUnexpectedEOF
	a := AddressesOf(&sources[0], "")
	do(h, request{path: a.Slack, body: `{"text":"x"}`})
	k.err = nil
	h2 := New(Options{Sources: sources, Sink: panicking{}, MaxBody: 1 << 20, Log: slog.New(slog.NewTextHandler(log, nil))})
	if w := do(h2, request{path: a.Slack, body: `{"text":"x"}`}); w.Code != 500 {
		t.Errorf("a panic: %d %s", w.Code, w.Body)
	}
	if s := log.String(); !strings.Contains(s, "panicked") || strings.Contains(s, a.Slack[len(a.Slack)-24:]) {
		t.Errorf("log: %s", s)
	}
}

type panicking struct{}

func (panicking) Accept(context.Context, *Event) (Ack, error) { panic("no") }

func FuzzBodies(f *testing.F) {
	a := AddressesOf(&sources[0], "")
	for _, s := range []string{`{"text":"x"}`, "payload=%7B%22text%22%3A1%7D", multi("payload_json", `{"content":"x"}`), "payload=%zz"} {
		f.Add(s, "application/json")
		f.Add(s, "multipart/form-data; boundary=b")
		f.Add(s, "application/x-www-form-urlencoded")
	}
	f.Fuzz(func(t *testing.T, body, contentType string) {
		k, h, _ := start()
		for _, p := range []string{a.Slack, a.Discord + "?wait=1", a.DiscordSlack, a.DiscordGit} {
			w := do(h, request{path: p, body: body, contentType: strings.ToValidUTF8(contentType, ""), header: map[string]string{"X-GitHub-Event": "push"}})
			if w.Code >= 500 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		for _, e := range k.got {
			if !json.Valid(e.Body) {
				t.Errorf("accepted %q", e.Body)
			}
		}
	})
}
