package client

import (
	"context"
	"net/http"
	"testing"
	"time"
)

func slackBot(t *testing.T, hc *http.Client, base string) *SlackBot {
	t.Helper()
	b, err := NewSlackBot(hc, base+"/api", token, "#ops")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	jsonBody = " (token)\napplication/json; charset=utf-8\n"
	posted   = `{"ok":true,"channel":"C024BE91L","ts":"1712345678.000100","warning":"missing_charset"}`
	remote   = "C024BE91L:1712345678.000100"
)

func TestSlackBotPostsEditsAndDeletes(t *testing.T) {
	hc, base := play(t,
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","channel":"#ops"}`, say: posted},
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","channel":"#ops","thread_ts":"1712345678.000100"}`, say: posted},
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","thread_ts":"1.5","channel":"#ops"}`, say: posted},
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","channel":"#ops","thread_ts":"2.5"}`, say: posted},
		step{want: "POST /api/chat.update" + jsonBody + `{"text":"x","blocks":[{}],"channel":"C024BE91L","ts":"1712345678.000100","parse":"none","attachments":[]}`, say: posted},
		step{want: "POST /api/chat.update" + jsonBody + `{"text":"x","channel":"#ops","ts":"3.5","parse":"none","blocks":[],"attachments":[]}`, say: posted},
		step{want: "POST /api/chat.delete" + jsonBody + `{"channel":"C024BE91L","ts":"1712345678.000100"}`, say: posted},
	)
	b := slackBot(t, hc, base)
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Payload: []byte(`{"channel":"C0ther","token":"xoxb-1","text":"x"}`)}, remote},
		{Request{Payload: []byte(`{"text":"x","thread_ts":"9.9"}`), Thread: remote}, remote},
		{Request{Payload: []byte(`{"text":"x","thread_ts":"1.5"}`)}, remote},
		{Request{Payload: []byte(`{"text":"x"}`), Thread: "2.5"}, remote},
		{Request{Op: Edit, Remote: remote, Payload: []byte(`{"text":"x","blocks":[{}]}`)}, remote},
		{Request{Op: Edit, Remote: "3.5", Payload: []byte(`{"text":"x"}`)}, "#ops:3.5"},
		{Request{Op: Delete, Remote: remote}, remote},
	} {
		if got, err := b.Send(context.Background(), c.r); err != nil || got != (Receipt{Status: 200, Remote: c.want}) {
			t.Errorf("%+v: got %+v %v", c.r, got, err)
		}
	}
	for _, op := range []Op{Edit, Delete} {
		if _, err := b.Send(context.Background(), Request{Op: op}); fault(t, err).Reason != "unknown_message" {
			t.Errorf("no id: %v", err)
		}
	}
}

// What a destination says is not taken over unseen.
func TestSlackBotTakesOnlyIds(t *testing.T) {
	hc, base := play(t,
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"channel":"#ops"}`, say: `{"ok":true,"channel":"<b>","ts":"1.5"}`},
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"channel":"#ops"}`, say: `{"ok":true,"channel":"C1","ts":"` + token + `"}`},
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"channel":"#ops"}`, say: `{"ok":true,"chan`},
	)
	b := slackBot(t, hc, base)
	for _, want := range []string{"#ops:1.5", "", ""} {
		if got, err := b.Send(context.Background(), Request{Payload: []byte(`{}`)}); err != nil || got.Remote != want {
			t.Errorf("got %+v %v, want %q", got, err, want)
		}
	}
}

const getURL = "POST /api/files.getUploadURLExternal (token)\napplication/x-www-form-urlencoded\n"

var (
	twoFiles  = []File{{"a.txt", "text/plain", []byte("one")}, {"b&c.bin", "", []byte("two")}}
	bringThem = []step{
		{want: getURL + "filename=a.txt&length=3", say: `{"ok":true,"upload_url":"HOST/up/1?ticket=` + token + `","file_id":"F1"}`},
		{want: "POST /up/1?ticket=" + token + "\napplication/octet-stream\none", say: "OK - 3"},
		{want: getURL + "filename=b%26c.bin&length=3", say: `{"ok":true,"upload_url":"HOST/up/2","file_id":"F2"}`},
		{want: "POST /up/2\napplication/octet-stream\ntwo", say: "OK - 3"},
	}
)

const showThem = "POST /api/files.completeUploadExternal" + jsonBody +
	`{"files":[{"id":"F1","title":"a.txt"},{"id":"F2","title":"b\u0026c.bin"}],"channel_id":"C024BE91L"}`

func after(steps []step, more ...step) []step { return append(steps[:len(steps):len(steps)], more...) }

func TestSlackBotUploads(t *testing.T) {
	hc, base := play(t, after(bringThem,
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","channel":"#ops"}`, say: posted},
		step{want: showThem, say: `{"ok":true,"files":[]}`},
	)...)
	got, err := slackBot(t, hc, base).Send(context.Background(), Request{Payload: []byte(`{"text":"x"}`), Files: twoFiles})
	if err != nil || got.Remote != remote {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestSlackBotUploadsIntoAThread(t *testing.T) {
	hc, base := play(t, after(bringThem[:2],
		step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","channel":"#ops","thread_ts":"1.5"}`, say: posted},
		step{want: "POST /api/files.completeUploadExternal" + jsonBody + `{"files":[{"id":"F1","title":"a.txt"}],"channel_id":"C024BE91L","thread_ts":"1.5"}`, say: `{"ok":true}`},
	)...)
	_, err := slackBot(t, hc, base).Send(context.Background(), Request{Thread: "C024BE91L:1.5", Payload: []byte(`{"text":"x"}`), Files: twoFiles[:1]})
	if err != nil {
		t.Error(err)
	}
}

// A message that stands is not posted again when its uploads could not be shown.
func TestSlackBotPostsOnceWhateverBecomesOfTheUploads(t *testing.T) {
	post := step{want: "POST /api/chat.postMessage" + jsonBody + `{"text":"x","channel":"#ops"}`, say: posted}
	steps := after(bringThem, post, step{want: showThem, status: 503})
	steps = after(steps, bringThem...)
	steps = after(steps, step{want: showThem, say: `{"ok":false,"error":"ratelimited"}`})
	steps = after(steps, bringThem...)
	steps = after(steps, step{want: showThem, say: `{"ok":false,"error":"not_in_channel"}`})
	steps = after(steps, bringThem...)
	steps = after(steps, step{want: showThem, say: `{"ok":true}`})
	hc, base := play(t, steps...)
	b := slackBot(t, hc, base)
	r := Request{Payload: []byte(`{"text":"x"}`), Files: twoFiles}
	for _, want := range []Verdict{Again, Wait, Refused} {
		_, err := b.Send(context.Background(), r)
		f := fault(t, err)
		if f.Verdict != want || f.Remote != remote {
			t.Fatalf("got %+v, want %s", f, want)
		}
		r.Remote = f.Remote
	}
	if got, err := b.Send(context.Background(), r); err != nil || got.Remote != remote {
		t.Errorf("got %+v %v", got, err)
	}
}

// Until the uploads are at Slack, nothing is posted.
func TestSlackBotPostsNothingBeforeTheUploadsAreThere(t *testing.T) {
	get := bringThem[0].want
	for _, c := range []struct {
		steps []step
		want  Verdict
		why   string
	}{
		{[]step{{want: get, say: `{"ok":false,"error":"missing_scope","needed":"files:write"}`}}, Malformed, "malformed"},
		{[]step{{want: get, say: `{"ok":false,"error":"file_uploads_disabled"}`}}, Malformed, "malformed"},
		{[]step{{want: get, say: `{"ok":false,"error":"token_revoked"}`}}, Stopped, "gone"},
		{[]step{{want: get, say: `{"ok":true,"upload_url":"","file_id":"F1"}`}}, Stopped, "bad_address"},
		{[]step{{want: get, say: `{"ok":true,"upload_url":"file:///etc/passwd","file_id":"F1"}`}}, Stopped, "bad_address"},
		{[]step{{want: get, say: `{"ok":true,"upload_url":"http://10.0.0.1/","file_id":"F1"}`}}, Stopped, "address_not_allowed"},
		{[]step{{want: get, say: `{"ok":true,"upload_url":"HOST/up","file_id":"../` + token + `"}`}}, Again, "bad_answer"},
		{[]step{bringThem[0], {want: bringThem[1].want, status: 404}}, Again, "upload"},
		{[]step{bringThem[0], {want: bringThem[1].want, status: 302}}, Again, "upload"},
		{[]step{bringThem[0], {want: bringThem[1].want, status: 413}}, Malformed, "malformed"},
		{[]step{bringThem[0], {want: bringThem[1].want, status: 429}}, Wait, "rate_limited"},
	} {
		hc, base := play(t, c.steps...)
		_, err := slackBot(t, hc, base).Send(context.Background(), Request{Payload: []byte(`{"text":"x"}`), Files: twoFiles})
		if f := fault(t, err); f.Verdict != c.want || f.Reason != c.why || f.Remote != "" {
			t.Errorf("%+v: got %+v", c.steps, f)
		}
	}
}

// The Web API fails with status 200.
func TestSlackBotRefusals(t *testing.T) {
	say, status, wait := "", 200, ""
	hc, address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(say))
	})
	b := slackBot(t, hc, address)
	for _, c := range []struct {
		r      Request
		status int
		say    string
		want   Verdict
		code   string
		after  time.Duration
	}{
		{Request{}, 200, `{"ok":false,"error":"invalid_auth"}`, Stopped, "invalid_auth", 0},
		{Request{}, 200, `{"ok":false,"error":"channel_not_found"}`, Stopped, "channel_not_found", 0},
		{Request{Op: Edit, Remote: remote}, 200, `{"ok":false,"error":"channel_not_found"}`, MessageGone, "channel_not_found", 0},
		{Request{Op: Edit, Remote: remote}, 200, `{"ok":false,"error":"message_not_found"}`, MessageGone, "message_not_found", 0},
		{Request{Op: Delete, Remote: remote}, 200, `{"ok":false,"error":"message_not_found"}`, MessageGone, "message_not_found", 0},
		{Request{Op: Edit, Remote: remote}, 200, `{"ok":false,"error":"edit_window_closed"}`, Refused, "edit_window_closed", 0},
		{Request{Op: Edit, Remote: remote}, 200, `{"ok":false,"error":"cant_update_message"}`, Refused, "cant_update_message", 0},
		{Request{}, 200, `{"ok":false,"error":"invalid_blocks","errors":["` + token + `"]}`, Malformed, "invalid_blocks", 0},
		{Request{}, 200, `{"ok":false,"error":"fatal_error"}`, Again, "fatal_error", 0},
		{Request{}, 200, `{"ok":false,"error":"brand_new_word"}`, Refused, "brand_new_word", 0},
		{Request{}, 200, `{"ok":false,"error":"that"}`, Refused, "", 0}, // a piece of the token
		{Request{}, 200, `{"ok":false,"error":"Words of <i>theirs</i>"}`, Refused, "", 0},
		{Request{}, 200, `{"ok":false}`, Refused, "", 0},
		{Request{}, 200, `{"ok":false,"error":"ratelimited"}`, Wait, "ratelimited", 30 * time.Second},
		{Request{}, 429, `{"ok":false,"error":"ratelimited"}`, Wait, "ratelimited", 30 * time.Second},
		{Request{}, 429, ``, Wait, "", 30 * time.Second},
		{Request{}, 200, `<html>log in to this network</html>`, Again, "", 0},
		{Request{}, 200, ``, Again, "", 0},
		{Request{}, 200, `[true]`, Again, "", 0},
		{Request{}, 200, `{"ok":"yes"}`, Again, "", 0},
		{Request{}, 502, `{"ok":true}`, Again, "", 0},
		{Request{}, 404, `not found`, Stopped, "", 0},
	} {
		if say, status, wait = c.say, c.status, ""; c.after > 0 {
			wait = "30"
		}
		_, err := b.Send(context.Background(), c.r)
		if f := fault(t, err); f.Verdict != c.want || f.Code != c.code || f.After != c.after || f.Status != c.status {
			t.Errorf("%s: got %+v, want %s", c.say, f, c.want)
		}
	}
}

func TestSlackBotOfASlack(t *testing.T) {
	b, err := NewSlackBot(nil, "", token, "C1")
	if err != nil || b.api != "https://slack.com/api/" {
		t.Errorf("got %+v %v", b, err)
	}
	if _, err := NewSlackBot(nil, "", token+"\n", "C1"); fault(t, err).Reason != "bad_token" {
		t.Errorf("a token with a line break: %v", err)
	}
}
