package config

import "strings"

func (p pair) destination(def *Defaults) Destination {
	d := Destination{Name: p.name(), Sending: def.Sending}
	kinds := 0
	for _, p := range p.val.pairs() {
		switch p.key {
		case "slack":
			kinds++
			d.Slack = p.slackHook()
		case "discord":
			kinds++
			d.Discord = p.discordHook()
		case "inbox":
			kinds++
			d.Inbox = &Inbox{}
			for _, p := range p.val.pairs() {
				p.unknown("", "")
			}
		case "slack_bot":
			kinds++
			d.SlackBot = p.slackBot()
		case "http":
			kinds++
			d.HTTP = p.http()
		case "allow_mentions":
			p.val.allowMentions(&d.Allow)
		case "format":
			d.Format = p.val.format()
		default:
			if !d.Sending.read(p) && !d.Fitting.read(p) {
				p.unknown("strict", "slack slack_bot discord http inbox allow_mentions "+sendingKeys+fittingKeys+"format")
			}
		}
	}
	if kinds != 1 {
		p.at.fail("want exactly one of slack, slack_bot, discord, http and inbox")
	}
	return d
}

func (x node) format() string {
	return x.oneOf("slack slack-attachments discord discord-components mrkdwn markdown plain native", "")
}

func (p pair) slackHook() *SlackHook {
	h := &SlackHook{}
	given := false
	for _, p := range p.val.pairs() {
		switch p.key {
		case "url":
			h.URL, given = p.val.hookURL(), true
		case "legacy":
			h.Legacy = p.val.bool()
		default:
			p.unknown("", "url legacy")
		}
	}
	if !given {
		p.at.fail("has no url")
	}
	return h
}

func (p pair) discordHook() *DiscordHook {
	h := &DiscordHook{Components: true}
	given := false
	for _, p := range p.val.pairs() {
		switch p.key {
		case "url":
			h.URL, given = p.val.hookURL(), true
		case "components":
			h.Components = p.val.bool()
		case "forum":
			h.Forum = p.val.bool()
		case "thread_id":
			h.ThreadID = p.val.snowflake()
		case "api_url":
			h.APIURL = p.val.baseURL()
		default:
			p.unknown("", "url components forum thread_id api_url")
		}
	}
	if !given {
		p.at.fail("has no url")
	}
	if h.Forum && h.ThreadID != "" {
		p.at.fail("forum begins a thread with each message, and thread_id puts all into one: want one of them")
	}
	return h
}

func (p pair) slackBot() *SlackBot {
	b := &SlackBot{}
	given := false
	for _, p := range p.val.pairs() {
		switch p.key {
		case "token":
			b.Token, given = p.val.secret(), true
		case "channel":
			b.Channel = p.val.str()
		case "api_url":
			b.APIURL = p.val.baseURL()
		default:
			p.unknown("", "token channel api_url")
		}
	}
	if !given {
		p.at.fail("has no token")
	}
	if b.Channel == "" {
		p.at.fail("has no channel")
	}
	return b
}

func (p pair) http() *HTTP {
	h := &HTTP{}
	given := false
	for _, p := range p.val.pairs() {
		switch p.key {
		case "url":
			if given = true; p.val.scalar() != "" {
				h.URL = NewSecret(p.val.baseURL()) // one without a secret in it
			} else {
				h.URL = p.val.hookURL()
			}
		case "headers":
			for _, v := range p.val.pairs() {
				h.Headers = append(h.Headers, v.header())
			}
		case "sign":
			for _, s := range p.val.pairs() {
				switch s.key {
				case "secret":
					h.Sign = s.val.secret()
				default:
					s.unknown("", "secret")
				}
			}
		default:
			p.unknown("", "url headers sign")
		}
	}
	if !given {
		p.at.fail("has no url")
	}
	return h
}

// header is a header with its value, which may be a secret.
func (p pair) header() Header {
	if !headerName(p.key) {
		p.at.fail("no name of a header")
	}
	if v := p.val.scalar(); v != "" {
		if strings.ContainsAny(v, "\r\n\x00") {
			p.val.fail("a header has one line")
		}
		return Header{p.key, NewSecret(v)}
	}
	return Header{p.key, p.val.secret()}
}

func (x node) allowMentions(a *AllowMentions) {
	for _, p := range x.pairs() {
		switch p.key {
		case "users":
			a.Users = p.val.strs()
		case "roles":
			a.Roles = p.val.strs()
		case "everyone":
			a.Everyone = p.val.bool()
		default:
			p.unknown("", "users roles everyone")
		}
	}
}
