package client

import (
	"context"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func plain(t *testing.T, hc *http.Client, address string, header map[string]string, secret string) *Plain {
	t.Helper()
	p, err := NewPlain(hc, address, header, secret)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlainHeadersAndTypes(t *testing.T) {
	var got http.Header
	var body string
	hc, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r.Header, string(b)
		w.WriteHeader(http.StatusAccepted)
	})
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-GitHub-Event": "push"}
	event := map[string]string{"content-type": "application/json; charset=utf-8", "X-GitHub-Event": "push", "X-GitHub-Delivery": "a\r\nb",
		"X-Hub-Signature-256": "sha256=00", "Authorization": token, "User-Agent": "theirs"}
	for _, c := range []struct {
		format string
		event  map[string]string
		own    map[string]string
		want   map[string]string
	}{
		{"native", nil, nil, map[string]string{"Content-Type": "application/json"}},
		{"discord-components", nil, nil, map[string]string{"Content-Type": "application/json"}},
		{"mrkdwn", nil, nil, map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{"markdown", nil, nil, map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{"plain", nil, map[string]string{"x-key": "k", "user-agent": "mine"}, map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Key": "k", "User-Agent": "mine"}},
		{"github", event, map[string]string{"Authorization": "Basic x"},
			map[string]string{"Content-Type": "application/json; charset=utf-8", "X-Github-Event": "push", "Authorization": "Basic x"}},
		{"github", form, nil, map[string]string{"Content-Type": "application/json", "X-Github-Event": "push"}},
		{"native", form, nil, map[string]string{"Content-Type": "application/json"}},
		{"plain", event, nil, map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
	} {
		r, err := plain(t, hc, address, c.own, "").Send(context.Background(), Request{ID: "1", Format: c.format, Payload: []byte("pay\x00load"), Header: c.event})
		if err != nil || r != (Receipt{Status: 202}) || body != "pay\x00load" {
			t.Errorf("%s: got %+v %v, body %q", c.format, r, err, body)
		}
		if c.own == nil {
			c.want["User-Agent"] = "Dragoman/1"
		} else if c.want["User-Agent"] == "" {
			c.want["User-Agent"] = "Dragoman/1"
		}
		have := map[string]string{}
		for key := range got {
			have[key] = got.Get(key)
		}
		delete(have, "Accept-Encoding")
		delete(have, "Content-Length")
		if !maps.Equal(have, c.want) {
			t.Errorf("%s: got %v, want %v", c.format, have, c.want)
		}
	}
}

// The signature is Standard Webhooks' own, over what was sent, and its id stays the
// same when a request is tried again.
func TestPlainIsSigned(t *testing.T) {
	judge, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	status := 500
	hc, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if err := judge.Verify(b, r.Header); err != nil {
			t.Errorf("%v: %s", err, b)
		}
		ids = append(ids, r.Header.Get("Webhook-Id"))
		w.WriteHeader(status)
	})
	p := plain(t, hc, address, nil, secret)
	r := Request{ID: "d7.0", Format: "native", Payload: []byte(`{"a":1}`)}
	_, err = p.Send(context.Background(), r)
	if f := fault(t, err); f.Verdict != Again {
		t.Errorf("got %+v", f)
	}
	status = 204
	if _, err := p.Send(context.Background(), r); err != nil {
		t.Error(err)
	}
	r.ID, r.Files = "d7.1", twoFiles
	if _, err := p.Send(context.Background(), r); err != nil {
		t.Error(err)
	}
	if got := strings.Join(ids, " "); got != "d7.0 d7.0 d7.1" {
		t.Errorf("ids %s", got)
	}
}

func TestPlainUploads(t *testing.T) {
	got := ""
	hc, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "multipart/form-data" {
			b, _ := io.ReadAll(r.Body)
			got = media + " " + string(b)
			return
		}
		got = r.FormValue("payload_json") + r.FormValue("payload")
		for _, name := range []string{"files[0]", "files[1]"} {
			f, h, err := r.FormFile(name)
			if err != nil {
				t.Error(err)
				return
			}
			b, _ := io.ReadAll(f)
			f.Close()
			got += " " + h.Filename + "=" + string(b)
		}
	})
	p := plain(t, hc, address, nil, "")
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Format: "native", Payload: []byte(`{"a":1}`), Files: twoFiles}, `{"a":1} a.txt=one b&c.bin=two`},
		{Request{Format: "plain", Payload: []byte("words"), Files: twoFiles}, `words a.txt=one b&c.bin=two`},
		{Request{Format: "discord", Payload: []byte(`{}`), Header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, Files: twoFiles}, `{} a.txt=one b&c.bin=two`},
		{Request{Format: "native", Payload: []byte(`{}`)}, `application/json {}`},
	} {
		if _, err := p.Send(context.Background(), c.r); err != nil || got != c.want {
			t.Errorf("got %s %v, want %s", got, err, c.want)
		}
	}
}

func TestPlainVerdicts(t *testing.T) {
	status := 0
	hc, address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "no_service")
	})
	p := plain(t, hc, address, nil, secret)
	for want, list := range map[Verdict][]int{
		Stopped: {301, 302, 307, 308, 401, 403, 404, 410},
		Again:   {408, 425, 500, 502, 503, 504, 599},
		Wait:    {429},
		Refused: {400, 405, 406, 409, 413, 415, 422, 451},
	} {
		for _, status = range list {
			_, err := p.Send(context.Background(), Request{ID: "1"})
			f := fault(t, err)
			if f.Verdict != want || f.Status != status || f.Code != "" || want == Wait && f.After != 7*time.Second {
				t.Errorf("%d: got %+v, want %s", status, f, want)
			}
		}
	}
}

func TestPlainTakesOnlyWhatIsRight(t *testing.T) {
	for _, bad := range []map[string]string{{"X Key": "k"}, {"": "k"}, {"X-Key": token + "\n"}, {"host": "h"}, {"Content-Length": "1"}} {
		if _, err := NewPlain(nil, "", bad, ""); fault(t, err).Reason != "bad_header" {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := NewPlain(nil, "", nil, "whsec_"+token+"!"); fault(t, err).Reason != "bad_secret" {
		t.Errorf("not base64: %v", err)
	}
}
