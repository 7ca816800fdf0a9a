package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// slackAPI is where Slack's Web API is.
const slackAPI = "https://slack.com/api/"

// SlackBot writes to one channel with a bot's token, by Slack's Web API.
//
// Its ids of messages are "channel:ts", with the id of the channel as Slack told
// it: what the configuration names may be a name, which changes and deletes do not
// take, or may be another channel by then. A ts alone, as a sender may name a
// thread, means the channel configured.
type SlackBot struct {
	http    *http.Client
	api     string // ends in a slash
	token   string
	channel string
}

// NewSlackBot takes the address of the API, empty for Slack's own, the token, and
// the id or name of the channel.
func NewSlackBot(c *http.Client, api, token, channel string) (*SlackBot, error) {
	if api == "" {
		api = slackAPI
	}
	if !fitsHeader(token) {
		return nil, &Fault{Verdict: Stopped, Reason: "bad_token"}
	}
	return &SlackBot{c, strings.TrimSuffix(api, "/") + "/", token, channel}, nil
}

// Send posts, changes or deletes a message. Uploads go with it in three steps: all
// are brought to Slack, where nobody sees them yet; the message is sent; the uploads
// are shown below it. A Fault before the message was sent is as any other, and a
// retry does all again. A Fault after it has a Remote, and a retry with that brings
// the uploads anew and shows them, without the message. A delete leaves the uploads,
// which are a message of their own.
func (c *SlackBot) Send(ctx context.Context, r Request) (Receipt, error) {
	channel, ts := c.message(r.Remote)
	if r.Op != Post && ts == "" {
		return Receipt{}, &Fault{Verdict: Refused, Reason: "unknown_message"}
	}
	if r.Op == Delete {
		_, err := c.call(ctx, aimDelete, "chat.delete", with([]byte("{}"), inChannel(channel, "ts", ts), nil))
		if err != nil {
			return Receipt{}, err
		}
		return Receipt{Status: http.StatusOK, Remote: r.Remote}, nil
	}
	files, err := c.upload(ctx, r.Files)
	if err != nil {
		return Receipt{}, err
	}
	switch {
	case r.Op == Edit:
		// What is left out would stay as it is, and names would become mentions again,
		// which only a post leaves alone by itself.
		fill := []member{{"parse", `"none"`}, {"blocks", "[]"}, {"attachments", "[]"}}
		_, err = c.call(ctx, aimEdit, "chat.update", with(r.Payload, inChannel(channel, "ts", ts), fill))
	case r.Remote == "":
		channel, ts, err = c.post(ctx, &r)
	}
	if err != nil {
		return Receipt{}, err
	}
	there := channel + ":" + ts
	if len(files) > 0 {
		if err := c.show(ctx, &r, channel, files); err != nil {
			return Receipt{}, afterwards(err, there)
		}
	}
	if ts == "" {
		there = ""
	}
	return Receipt{Status: http.StatusOK, Remote: there}, nil
}

// afterwards is a fault of the uploads when the message is there. It is no longer a
// question of the message's form.
func afterwards(err error, remote string) error {
	var f *Fault
	if !errors.As(err, &f) {
		return err
	}
	if f.Verdict == Malformed || f.Verdict == MessageGone {
		f.Verdict, f.Reason = Refused, Refused.String()
	}
	f.Remote = remote
	return f
}

// message takes an id of ours apart.
func (c *SlackBot) message(remote string) (channel, ts string) {
	channel, ts, ok := strings.Cut(remote, ":")
	if !ok {
		channel, ts = c.channel, remote
	}
	return channel, ts
}

// post sends a new message and tells where it is; ts is empty when Slack's answer
// broke off before it.
func (c *SlackBot) post(ctx context.Context, r *Request) (channel, ts string, err error) {
	set := inChannel(c.channel, "", "")
	if r.Thread != "" {
		_, ts := c.message(r.Thread)
		set = inChannel(c.channel, "thread_ts", ts)
	}
	a, err := c.call(ctx, r.aim(), "chat.postMessage", with(r.Payload, set, nil))
	if err != nil {
		return "", "", err
	}
	channel, ts = a.Get("channel").Str, a.Get("ts").Str
	if !isSlackID(channel) {
		channel = c.channel
	}
	if !isTS(ts) {
		ts = ""
	}
	return channel, ts, nil
}

// inChannel is the members that say where a payload goes. A token in the payload is
// not sent: Slack does not say which of two it takes.
func inChannel(channel, key, value string) []member {
	set := []member{{"channel", quoted(channel)}, {"token", ""}}
	if key != "" {
		set = append(set, member{key, quoted(value)})
	}
	return set
}

// upload brings files to Slack and gives their ids. Nobody sees them yet.
func (c *SlackBot) upload(ctx context.Context, files []File) ([]string, error) {
	ids := make([]string, 0, len(files))
	for _, f := range files {
		v := url.Values{"filename": {f.Name}, "length": {strconv.Itoa(len(f.Data))}}
		a, err := c.ask(ctx, aimUpload, "files.getUploadURLExternal", "application/x-www-form-urlencoded", []byte(v.Encode()))
		if err != nil {
			return nil, err
		}
		address, id := a.Get("upload_url").Str, a.Get("file_id").Str
		if !isSlackID(id) || strings.HasPrefix(c.api, "https:") && !strings.HasPrefix(address, "https:") {
			return nil, &Fault{Verdict: Again, Status: http.StatusOK, Reason: "bad_answer"}
		}
		got, err := do(ctx, c.http, question{method: http.MethodPost, address: address, media: "application/octet-stream", body: [][]byte{f.Data}})
		if err != nil {
			return nil, err
		}
		switch got.status {
		case http.StatusOK:
		case http.StatusTooManyRequests, http.StatusRequestEntityTooLarge:
			return nil, slackFault(platformSlackAPI, aimUpload, answer{status: got.status, header: got.header}, "")
		default: // the address is good for once: another may do
			return nil, &Fault{Verdict: Again, Status: got.status, Reason: "upload"}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// show puts uploads into the channel of the message, in their order, and into its
// thread when it is in one.
func (c *SlackBot) show(ctx context.Context, r *Request, channel string, ids []string) error {
	list := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, `{"id":`+quoted(id)+`,"title":`+quoted(r.Files[i].Name)+`}`...)
	}
	set := []member{{"files", string(append(list, ']'))}, {"channel_id", quoted(channel)}}
	thread := gjson.GetBytes(r.Payload, "thread_ts").Str
	if r.Thread != "" {
		_, thread = c.message(r.Thread)
	}
	if thread != "" {
		set = append(set, member{"thread_ts", quoted(thread)})
	}
	_, err := c.call(ctx, aimUpload, "files.completeUploadExternal", with([]byte("{}"), set, nil))
	return err
}

func (c *SlackBot) call(ctx context.Context, to aim, method string, payload []byte) (gjson.Result, error) {
	return c.ask(ctx, to, method, "application/json; charset=utf-8", payload)
}

// ask calls a method. Slack says "ok" with status 200 also when it fails; warnings
// are of no use to us.
func (c *SlackBot) ask(ctx context.Context, to aim, method, media string, body []byte) (gjson.Result, error) {
	a, err := do(ctx, c.http, question{
		method:  http.MethodPost,
		address: c.api + method,
		media:   media,
		header:  http.Header{"Authorization": {"Bearer " + c.token}},
		body:    [][]byte{body},
	})
	if err != nil {
		return gjson.Result{}, err
	}
	v := gjson.ParseBytes(a.body)
	ok := v.Get("ok")
	switch {
	case a.status/100 != 2, ok.Type == gjson.False:
		return gjson.Result{}, slackFault(platformSlackAPI, to, a, c.api+" "+c.token)
	case ok.Type != gjson.True: // who answered is not Slack, and nothing is known
		return gjson.Result{}, &Fault{Verdict: Again, Status: a.status, Reason: "bad_answer"}
	}
	return v, nil
}

// isSlackID reports whether s looks like an id of Slack's.
func isSlackID(s string) bool { return madeOf(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") }

// isTS reports whether s looks like a message's ts.
func isTS(s string) bool { return madeOf(s, "0123456789.") }

func madeOf(s, letters string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, letters) == ""
}
