package ingest

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// apiTest echoes its arguments.
func (s *server) apiTest(k *call) error {
	word := k.str("error")
	var w jsonw.Buf
	w.Open()
	w.KeyBool("ok", word == "")
	if word != "" {
		w.KeyStr("error", word)
	}
	args := k.args.body(func(name string) bool { return name != "token" })
	if !absent(gjson.ParseBytes(args)) {
		w.Key("args")
		w.Raw(args)
	}
	w.Close()
	return k.send(200, w.B)
}

// authTest says who the token is: ids derived from the source, as its addresses
// are.
func (s *server) authTest(k *call) error {
	return k.answer(func(w *jsonw.Buf) {
		w.KeyStr("url", "https://dragoman.slack.com/")
		w.KeyStr("team", "dragoman")
		w.KeyStr("user", k.src.Name)
		w.KeyStr("team_id", k.keys.team)
		w.KeyStr("user_id", k.user())
		w.KeyStr("bot_id", k.keys.bot)
		w.KeyBool("is_enterprise_install", false)
	})
}

// user is the id of the bot's user.
func (k *call) user() string { return "U" + strings.TrimPrefix(k.keys.bot, "B") }

// conversationsList lists the directory's channels, on one page. Whether a channel
// is private the directory does not say, so both kinds are one.
func (s *server) conversationsList(k *call) error {
	types := k.str("types")
	if v := k.args.get("types"); v.IsArray() {
		types = v.Raw
	}
	k.paged = true
	return k.answer(func(w *jsonw.Buf) {
		w.Key("channels")
		w.OpenArray()
		if types == "" || strings.Contains(types, "_channel") {
			for _, c := range s.channels {
				conversation(w, c)
			}
		}
		w.CloseArray()
	})
}

func (s *server) conversationsInfo(k *call) error {
	for _, c := range s.channels {
		if c.ID == k.str("channel") {
			return k.answer(func(w *jsonw.Buf) {
				w.Key("channel")
				conversation(w, c)
			})
		}
	}
	return refuse("channel_not_found")
}

func conversation(w *jsonw.Buf, c Channel) {
	w.Open()
	w.KeyStr("id", c.ID)
	w.KeyStr("name", c.Name)
	w.KeyStr("name_normalized", c.Name)
	w.KeyBool("is_channel", true)
	w.KeyBool("is_group", false)
	w.KeyBool("is_im", false)
	w.KeyBool("is_mpim", false)
	w.KeyBool("is_private", false)
	w.KeyBool("is_archived", false)
	w.KeyBool("is_general", false)
	w.KeyBool("is_member", true)
	w.Close()
}

// idChars are those of Slack's ids.
const idChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// slackID reports whether s has the shape of an id that begins with one of kinds.
func slackID(s, kinds string) bool {
	return len(s) >= 3 && strings.IndexByte(kinds, s[0]) >= 0 && strings.Trim(s[1:], idChars) == ""
}

// channel is the id of the channel that a call names: the directory's, the id
// itself, or one derived from the name, so that it is the same next time.
func (s *server) channel(k *call) (string, error) {
	given := k.str("channel")
	if given == "" || k.src.Strict && s.elsewhere(given) != "" {
		return "", refuse("channel_not_found")
	}
	name := strings.TrimPrefix(given, "#")
	if i := slices.IndexFunc(s.channels, func(c Channel) bool { return c.ID == given || c.Name == name }); i >= 0 {
		return s.channels[i].ID, nil
	}
	if slackID(given, "CGD") {
		return given, nil
	}
	kind := "C"
	if isPerson(given) {
		kind = "D"
	}
	d := deriver{k.src.Name, k.src.Secrets[0]}
	return kind + d.letters("slack channel "+name, idChars, 10), nil
}

func isPerson(channel string) bool { return strings.HasPrefix(channel, "@") || slackID(channel, "UW") }

// elsewhere is the error word for a channel, or a person in its place, that the
// directory does not have. A directory of none has all.
func (s *server) elsewhere(channel string) string {
	name := strings.TrimPrefix(channel, "#")
	switch {
	case isPerson(channel) && s.stranger(channel):
		return "user_not_found"
	case isPerson(channel), len(s.channels) == 0:
		return ""
	case !slices.ContainsFunc(s.channels, func(c Channel) bool { return c.ID == channel || c.Name == name }):
		return "channel_not_found"
	}
	return ""
}

// stranger reports whether the directory has people, but not this one.
func (s *server) stranger(user string) bool {
	name := strings.TrimPrefix(user, "@")
	return len(s.users) > 0 && !slices.ContainsFunc(s.users, func(u User) bool { return u.ID == user || u.Name == name })
}
