package client

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

func discord(t *testing.T, hc *http.Client, address string) *Discord {
	t.Helper()
	d, err := NewDiscord(hc, address)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const hook = "/api/v10/webhooks/42/" + token

func TestDiscordPostsEditsAndDeletes(t *testing.T) {
	const id = "1290000000000000001"
	full := `{"content":"x","embeds":[],"components":[],"attachments":[],"allowed_mentions":{"parse":[]}}`
	hc, base := play(t,
		step{want: "POST " + hook + "?wait=true&with_components=true\napplication/json\n" + `{"content":"x"}`, say: `{"id":"` + id + `","channel_id":"9"}`},
		step{want: "POST " + hook + "?thread_id=7&wait=true&with_components=true\napplication/json\n" + `{"content":"x"}`, say: `{"id":"` + id + `"}`},
		step{want: "POST " + hook + "?wait=true&with_components=true\napplication/json\n" + `{"content":"x","thread_name":"t"}`, say: `{"id":"` + id + `","channel_id":"77"}`},
		step{want: "PATCH " + hook + "/messages/" + id + "?with_components=true\napplication/json\n" + full, say: `{"id":"` + id + `"}`},
		step{want: "PATCH " + hook + "/messages/" + id + "?thread_id=7&with_components=true\napplication/json\n" +
			`{"content":"x","attachments":[],"allowed_mentions":{"parse":[]},"components":[],"embeds":[]}`, say: `{"id":"` + id + `"}`},
		step{want: "PATCH " + hook + "/messages/" + id + "?with_components=true\napplication/json\n" +
			`{"flags":32768,"components":[{}],"attachments":[],"allowed_mentions":{"parse":[]},"content":null,"embeds":null}`, say: `{"id":"` + id + `"}`},
		step{want: "DELETE " + hook + "/messages/" + id + "?thread_id=7", status: 204},
		step{want: "DELETE " + hook + "/messages/" + id, status: 204},
	)
	d := discord(t, hc, base+"/api/webhooks/42/"+token)
	for _, c := range []struct {
		r    Request
		want Receipt
	}{
		{Request{Payload: []byte(`{"content":"x"}`)}, Receipt{Status: 200, Remote: id}},
		{Request{Thread: "7", Payload: []byte(`{"content":"x"}`)}, Receipt{Status: 200, Remote: id}},
		{Request{Payload: []byte(`{"content":"x","thread_name":"t"}`)}, Receipt{Status: 200, Remote: id, Thread: "77"}},
		{Request{Op: Edit, Remote: id, Payload: []byte(full)}, Receipt{Status: 200, Remote: id}},
		{Request{Op: Edit, Remote: id, Thread: "7", Payload: []byte(`{"content":"x"}`)}, Receipt{Status: 200, Remote: id}},
		{Request{Op: Edit, Remote: id, Payload: []byte(`{"flags":32768,"components":[{}]}`)}, Receipt{Status: 200, Remote: id}},
		{Request{Op: Delete, Remote: id, Thread: "7"}, Receipt{Status: 204, Remote: id}},
		{Request{Op: Delete, Remote: id}, Receipt{Status: 204, Remote: id}},
	} {
		if got, err := d.Send(context.Background(), c.r); err != nil || got != c.want {
			t.Errorf("%+v: got %+v %v", c.r, got, err)
		}
	}
	for _, id := range []string{"", "../42", "1/2"} {
		if _, err := d.Send(context.Background(), Request{Op: Delete, Remote: id}); fault(t, err).Reason != "unknown_message" {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// The thread of the address is that of every request without one of its own.
func TestDiscordKnowsTheThreadOfItsAddress(t *testing.T) {
	hc, base := play(t,
		step{want: "POST " + hook + "?thread_id=7&wait=true&with_components=true\napplication/json\n{}", say: `{}`},
		step{want: "DELETE " + hook + "/messages/5?thread_id=8", status: 204},
	)
	d := discord(t, hc, base+"/api/v9/webhooks/42/"+token+"?wait=false&thread_id=7")
	if _, err := d.Send(context.Background(), Request{Payload: []byte(`{}`)}); err != nil {
		t.Error(err)
	}
	if _, err := d.Send(context.Background(), Request{Op: Delete, Remote: "5", Thread: "8"}); err != nil {
		t.Error(err)
	}
}

func TestDiscordUploads(t *testing.T) {
	type part struct{ name, file, media, body string }
	var parts []part
	length := int64(0)
	hc, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil {
			t.Error(err)
		}
		parts, length = nil, r.ContentLength
		for m := multipart.NewReader(r.Body, params["boundary"]); ; {
			p, err := m.NextPart()
			if err != nil {
				break
			}
			b, _ := io.ReadAll(p)
			parts = append(parts, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(b)})
		}
		_, _ = io.WriteString(w, `{"id":"1"}`)
	})
	files := []File{{"a.txt", "text/plain", []byte("one")}, {"b \"q\".bin", "x\r\nEvil: 1", []byte{0, 255}}}
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Payload: []byte(`{"content":"x","attachments":[{"id":0,"filename":"a.txt","description":"d"}]}`), Files: files},
			`{"content":"x","attachments":[{"id":0,"filename":"a.txt","description":"d"}]}`},
		{Request{Files: files}, `{"attachments":[{"id":0,"filename":"a.txt"},{"id":1,"filename":"b \"q\".bin"}]}`},
		{Request{Op: Edit, Remote: "1", Payload: []byte(`{"content":"x"}`), Files: files[:1]},
			`{"content":"x","attachments":[{"id":0,"filename":"a.txt"}],"allowed_mentions":{"parse":[]},"components":[],"embeds":[]}`},
	} {
		if _, err := discord(t, hc, address).Send(context.Background(), c.r); err != nil {
			t.Fatal(err)
		}
		want := []part{{"payload_json", "", "application/json", c.want}, {"files[0]", "a.txt", "text/plain", "one"}, {"files[1]", `b "q".bin`, "application/octet-stream", "\x00\xff"}}
		want = want[:1+len(c.r.Files)]
		if len(parts) != len(want) {
			t.Fatalf("got %q", parts)
		}
		for i := range want {
			if parts[i] != want[i] {
				t.Errorf("got %q, want %q", parts[i], want[i])
			}
		}
		if length <= 0 {
			t.Errorf("no length told: %d", length)
		}
	}
}

func TestDiscordTellsWhatItIs(t *testing.T) {
	hc, base := play(t,
		step{want: "GET " + hook, say: `{"type":1,"id":"42","name":"Ops","channel_id":"7","guild_id":"8","token":"` + token + `"}`},
		step{want: "GET " + hook, status: 404, say: `{"message":"Unknown Webhook","code":10015}`},
	)
	d := discord(t, hc, base+"/api/webhooks/42/"+token)
	if got, err := d.Info(context.Background()); err != nil || got != (Info{"7", "8", "Ops"}) {
		t.Errorf("got %+v %v", got, err)
	}
	_, err := d.Info(context.Background())
	if f := fault(t, err); f.Verdict != Stopped || f.Code != "10015" {
		t.Errorf("got %+v", f)
	}
}

// The same codes mean different things for a channel, a thread and a message.
func TestDiscordRefusals(t *testing.T) {
	say, status := "", 0
	hc, address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "3")
		w.Header().Set("X-RateLimit-Reset-After", "1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, say)
	})
	d := discord(t, hc, address)
	for _, c := range []struct {
		status int
		say    string
		r      Request
		want   Verdict
		code   string
	}{
		{404, `{"code":10003}`, Request{}, Stopped, "10003"},
		{404, `{"code":10003}`, Request{Thread: "7"}, MessageGone, "10003"},
		{404, `{"code":10008}`, Request{Op: Edit, Remote: "1", Thread: "7"}, MessageGone, "10008"},
		{404, `{"code":10008}`, Request{Op: Delete, Remote: "1"}, MessageGone, "10008"},
		{404, `{"code":10015}`, Request{Op: Delete, Remote: "1"}, Stopped, "10015"},
		{400, `{"code":220001}`, Request{}, Reform, "220001"},
		{400, `{"code":220003}`, Request{Payload: []byte(`{"thread_name":"x"}`)}, Reform, "220003"},
		{400, `{"code":200000}`, Request{}, Refused, "200000"},
		{401, `{"code":0,"message":"401: Unauthorized"}`, Request{}, Stopped, ""},
		{200, ` <html>` + token, Request{}, Again, ""},
		{403, `<html>` + token, Request{}, Again, ""},
		{400, `{"code":12345678901234567890}`, Request{}, Refused, ""},
		{400, `{"code":"` + token + `"}`, Request{}, Refused, ""},
	} {
		status, say = c.status, c.say
		_, err := d.Send(context.Background(), c.r)
		f := fault(t, err)
		if f.Verdict != c.want || f.Code != c.code || f.Status != c.status || f.Pace != (Pace{true, 3, time.Second}) {
			t.Errorf("%d %s: got %+v", c.status, c.say, f)
		}
	}
}

// The longest message comes back with its id after all its text, each character
// as an escape.
func TestDiscordsIdIsFoundBehindALongMessage(t *testing.T) {
	long := strings.Repeat(`\ud83d\ude00`, 6000)
	hc, address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"content":"`+long[:24000]+`","embeds":[{"description":"`+long+`"}],"author":{"id":"1"},"id":"5"}`)
	})
	r, err := discord(t, hc, address).Send(context.Background(), Request{})
	if err != nil || r.Remote != "5" {
		t.Errorf("got %+v %v", r, err)
	}
}
