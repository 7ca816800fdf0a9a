package clients

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// chats plays the channel behind a webhook of Discord's and a channel of Slack's
// with a bot in it, and shows what people see there.
type chats struct {
	t      *testing.T
	server *httptest.Server

	mu       sync.Mutex
	posted   map[string]int // messages ever, by channel, of which ids are made
	channels map[string][]shown
	uploads  map[string]string // files which Slack has been brought, by id
	news     chan struct{}     // something changed
}

// shown is a message as it stands in a channel.
type shown struct {
	id, thread string
	words      string   // all of its texts, in their order
	files      []string // "name: contents"
}

const (
	slackChannel = "C024BE91L"
	slackToken   = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy"
	discordPath  = "/api/v10/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11"
)

func newChats(t *testing.T) *chats {
	c := &chats{t: t, channels: map[string][]shown{}, posted: map[string]int{}, uploads: map[string]string{}, news: make(chan struct{}, 1)}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

func (c *chats) slackAPI() string { return c.server.URL + "/slack/" }
func (c *chats) discordHook() string {
	return c.server.URL + strings.Replace(discordPath, "/v10", "", 1)
}

// sees waits until a channel shows exactly these messages.
func (c *chats) sees(channel string, want ...string) {
	c.t.Helper()
	if !c.until(channel, func(got []string) bool { return slices.Equal(got, want) }) {
		c.t.Errorf("%s shows\n\t%s\nnot\n\t%s", channel, strings.Join(c.shows(channel), "\n\t"), strings.Join(want, "\n\t"))
	}
}

// until waits until a channel shows what it should, and reports whether it does.
func (c *chats) until(channel string, ok func(shown []string) bool) bool {
	late := time.After(soon)
	for !ok(c.shows(channel)) {
		select {
		case <-c.news:
		case <-late:
			return false
		}
	}
	return true
}

// shows is what stands in a channel: of each message its words, its files in
// brackets, and the number of the message in whose thread it is.
func (c *chats) shows(channel string) (list []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.channels[channel] {
		s := m.words
		if len(m.files) > 0 {
			s += " [" + strings.Join(m.files, ", ") + "]"
		}
		if i := slices.IndexFunc(c.channels[channel], func(o shown) bool { return o.id == m.thread }); i >= 0 {
			s = fmt.Sprintf("(under %d) %s", i, s)
		}
		list = append(list, s)
	}
	return list
}

func (c *chats) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		select {
		case c.news <- struct{}{}:
		default:
		}
	}()
	w.Header().Set("Content-Type", "application/json")
	if method, ok := strings.CutPrefix(r.URL.Path, "/slack/"); ok {
		c.slack(w, r, method, body)
		return
	}
	c.discord(w, r, body)
}

// at finds a message in a channel. c.mu is held.
func (c *chats) at(channel, id string) int {
	return slices.IndexFunc(c.channels[channel], func(m shown) bool { return m.id == id })
}

// post shows a message and gives its id. c.mu is held.
func (c *chats) post(channel, form string, m shown) string {
	c.posted[channel]++
	m.id = fmt.Sprintf(form, c.posted[channel])
	c.channels[channel] = append(c.channels[channel], m)
	return m.id
}

// discord is a webhook, at version 10.
func (c *chats) discord(w http.ResponseWriter, r *http.Request, body []byte) {
	rest, ok := strings.CutPrefix(r.URL.Path, discordPath)
	id, one := strings.CutPrefix(rest, "/messages/")
	at := c.at("discord", id)
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"Unknown Webhook","code":10015}`)
		return
	case one && at < 0:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"Unknown Message","code":10008}`)
		return
	case r.Method == http.MethodGet && !one:
		_, _ = io.WriteString(w, `{"type":1,"id":"223704706495545344","channel_id":"41771983423143937","guild_id":"199737254929760256","name":"hook"}`)
		return
	case r.Method == http.MethodDelete:
		c.channels["discord"] = slices.Delete(c.channels["discord"], at, at+1)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	m := shown{thread: r.URL.Query().Get("thread_id")}
	payload := body
	if _, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); params["boundary"] != "" {
		for parts := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
			p, err := parts.NextPart()
			if err != nil {
				break
			}
			b, _ := io.ReadAll(p)
			if p.FormName() == "payload_json" {
				payload = b
			} else {
				m.files = append(m.files, p.FileName()+": "+string(b))
			}
		}
	}
	m.words = words(gjson.ParseBytes(payload))
	if m.id = id; one {
		c.channels["discord"][at] = m
	} else {
		m.id = c.post("discord", "1290000000000%06d", m)
	}
	_, _ = fmt.Fprintf(w, `{"id":"%s","channel_id":"41771983423143937"}`, m.id)
}

// slack is the Web API.
func (c *chats) slack(w http.ResponseWriter, r *http.Request, method string, body []byte) {
	if id, ok := strings.CutPrefix(method, "upload/"); ok {
		c.uploads[id] += string(body)
		_, _ = io.WriteString(w, "OK")
		return
	}
	args := gjson.ParseBytes(body)
	m := shown{thread: args.Get("thread_ts").Str, words: words(args), id: args.Get("ts").Str}
	at := c.at("slack", m.id)
	switch {
	case r.Header.Get("Authorization") != "Bearer "+slackToken:
		_, _ = io.WriteString(w, `{"ok":false,"error":"invalid_auth"}`)
		return
	case method == "files.getUploadURLExternal":
		form, _ := url.ParseQuery(string(body))
		id := fmt.Sprintf("F%010d", len(c.uploads))
		c.uploads[id] = form.Get("filename") + ": "
		_, _ = fmt.Fprintf(w, `{"ok":true,"file_id":%q,"upload_url":%q}`, id, c.slackAPI()+"upload/"+id)
		return
	case method == "files.completeUploadExternal":
		m.words = ""
		for _, id := range args.Get("files.#.id").Array() {
			m.files = append(m.files, c.uploads[id.Str])
		}
		m.id = c.post("slack", "1767323045.%06d", m)
	case method == "chat.postMessage" && args.Get("channel").Str != slackChannel:
		_, _ = io.WriteString(w, `{"ok":false,"error":"channel_not_found"}`)
		return
	case method == "chat.postMessage":
		m.id = c.post("slack", "1767323045.%06d", m)
	case at < 0:
		_, _ = io.WriteString(w, `{"ok":false,"error":"message_not_found"}`)
		return
	case method == "chat.update":
		c.channels["slack"][at].words = m.words
	case method == "chat.delete":
		c.channels["slack"] = slices.Delete(c.channels["slack"], at, at+1)
	}
	_, _ = fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":%q}`, slackChannel, m.id)
}

// legible are the members of payloads which people read.
var legible = []string{"content", "title", "description", "name", "value", "text", "pretext", "footer"}

// words are the texts of a payload, with a bar between two, and without the hour.
// Slack shows no text where there are blocks.
func words(payload gjson.Result) string {
	var list []string
	var walk func(v gjson.Result, top bool)
	walk = func(v gjson.Result, top bool) {
		blocks := top && len(v.Get("blocks").Array())+len(v.Get("attachments").Array()) > 0
		v.ForEach(func(key, v gjson.Result) bool {
			switch {
			case v.IsObject() || v.IsArray():
				walk(v, false)
			case v.Str != "" && slices.Contains(legible, key.Str) && !(blocks && key.Str == "text"):
				list = append(list, v.Str)
			}
			return true
		})
	}
	walk(payload, true)
	return times.ReplaceAllString(strings.Join(list, " | "), "<!date>")
}

// times are those that Slack shows in the reader's zone.
var times = regexp.MustCompile(`<!date\^[^>]*>`)
