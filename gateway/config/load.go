package config

import (
	"errors"
	"os"
	"slices"
	"strings"
	"time"
)

// maxFileBytes bounds the file; a long configuration has some thousand routes.
const maxFileBytes = 8 << 20

var getenv = os.Getenv

// Load reads the file at path. With secrets false they are not read, only their
// form is checked. The error joins one *Error for each mistake in the file.
func Load(path string, secrets bool) (*Config, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFileBytes {
		return nil, errors.New("config: " + path + ": longer than 8 MiB")
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, src, secrets)
}

// Parse is Load for a file's contents; file is its name in errors.
func Parse(file string, src []byte, secrets bool) (*Config, error) {
	d := &decoder{secrets: secrets}
	c := fresh()
	c.File = file
	root, ok := parse(file, src, d)
	if ok {
		d.config(c, root)
		d.validate(c, root)
	}
	c.lines = d.lines
	return c, d.err()
}

func fresh() *Config {
	return &Config{
		Server: Server{
			Listen:        "127.0.0.1:8080",
			MaxBody:       25 << 20, // GitHub's cap on a delivery, and Discord's on a request
			ShutdownGrace: 20 * time.Second,
			Zone:          time.UTC,
		},
		Admin: Admin{Listen: "127.0.0.1:9090"},
		Relay: freshRelay(),
		Store: Store{Path: "dragoman-data", Bodies: 7 * 24 * time.Hour, History: 30 * 24 * time.Hour},
		Defaults: Defaults{
			Timeout:  10 * time.Second,
			Retry:    Retry{First: 2 * time.Second, Most: 30 * time.Minute, GiveUpAfter: 24 * time.Hour},
			Ordered:  true,
			Overflow: "split",
			MaxParts: 10,
			Mentions: "mapped",
			GitHub:   "rich",
		},
	}
}

// DemoSecret is the published secret of the demo source of the embedded
// default. It is honoured on loopback listeners only.
const DemoSecret = "dragoman-demo-published-secret"

// Default is what the gateway starts with when there is no file: one source
// "demo", one destination "inbox" and one route between them.
func Default() (*Config, error) {
	c := fresh()
	d := &decoder{}
	d.environment(c)
	c.Sources = []Source{{Name: "demo", Secrets: []Secret{NewSecret(DemoSecret)}, Accept: dialects()}}
	c.Destinations = []Destination{{Name: "inbox", Inbox: &Inbox{}, Timeout: c.Defaults.Timeout, Retry: c.Defaults.Retry, Ordered: true}}
	c.Routes = []Route{{Name: "demo", When: Expr{Text: "true", File: "default", Line: 1, Column: 1}, To: []string{"inbox"}}}
	return c, d.err()
}

func dialects() []string { return []string{"slack", "discord", "github"} }

func (d *decoder) config(c *Config, x node) {
	version := false
	for _, p := range x.pairs() {
		switch p.key {
		case "version":
			version = true
			if p.val.str() != "1" {
				p.val.fail("only version 1 is known")
			}
		case "server":
			p.val.server(&c.Server)
		case "admin":
			p.val.admin(&c.Admin)
		case "store":
			p.val.store(&c.Store)
		case "egress":
			p.val.egress(&c.Egress)
		case "relay":
			p.val.relay(&c.Relay)
		case "defaults":
			p.val.defaults(&c.Defaults)
		case "directory":
			p.val.directory(&c.Directory)
		case "sources", "destinations", "lets", "routes", "silences": // below, when the defaults are known
		case "unrouted":
			c.UnroutedDead = p.val.oneOf("keep dead", "") == "dead"
		default:
			p.unknown("tests", "version server admin store egress relay defaults sources destinations directory lets routes unrouted silences")
		}
	}
	d.environment(c)
	if !version {
		x.fail(`"version: 1" is missing`)
	}
	for _, p := range x.pairs() {
		switch p.key {
		case "sources":
			for _, s := range p.val.pairs() {
				c.Sources = append(c.Sources, s.source())
			}
		case "destinations":
			for _, s := range p.val.pairs() {
				c.Destinations = append(c.Destinations, s.destination(&c.Defaults))
			}
		case "lets":
			for _, s := range p.val.pairs() {
				c.Lets = append(c.Lets, Let{s.key, s.val.expr()})
			}
		case "routes":
			for _, s := range p.val.list() {
				c.Routes = append(c.Routes, s.route())
			}
		case "silences":
			for _, s := range p.val.list() {
				c.Silences = append(c.Silences, s.silence())
			}
		}
	}
}

func (x node) server(s *Server) {
	for _, p := range x.pairs() {
		switch p.key {
		case "listen":
			s.Listen = p.val.hostPort()
		case "public_url":
			s.PublicURL = p.val.baseURL()
		case "max_body":
			s.MaxBody = p.val.bytes(1<<10, 1<<30)
		case "trusted_proxies":
			s.TrustedProxies = p.val.prefixes()
		case "shutdown_grace":
			s.ShutdownGrace = p.val.duration()
		case "timezone":
			s.Zone = p.val.zone()
		default:
			p.unknown("", "listen public_url max_body trusted_proxies shutdown_grace timezone")
		}
	}
}

func (x node) admin(a *Admin) {
	for _, p := range x.pairs() {
		switch p.key {
		case "listen":
			a.Listen = p.val.hostPort()
		case "token":
			a.Token = p.val.secret()
		default:
			p.unknown("", "listen token")
		}
	}
}

func (x node) store(s *Store) {
	for _, p := range x.pairs() {
		switch p.key {
		case "path":
			s.Path = p.val.str()
		case "url":
			s.URL = p.val.secret()
		case "retention":
			for _, r := range p.val.pairs() {
				switch r.key {
				case "bodies":
					s.Bodies = r.val.duration()
				case "history":
					s.History = r.val.duration()
				default:
					r.unknown("", "bodies history")
				}
			}
		default:
			p.unknown("", "path url retention")
		}
	}
}

func (x node) egress(e *Egress) {
	for _, p := range x.pairs() {
		switch p.key {
		case "allow":
			for _, v := range p.val.list() {
				e.Allow = append(e.Allow, v.prefix())
			}
		default:
			p.unknown("", "allow")
		}
	}
}

func (x node) defaults(d *Defaults) {
	for _, p := range x.pairs() {
		switch p.key {
		case "timeout":
			d.Timeout = p.val.duration()
		case "retry":
			p.val.retry(&d.Retry)
		case "pace":
			d.Pace = p.val.pace()
		case "ordered":
			d.Ordered = p.val.bool()
		case "overflow":
			d.Overflow = p.val.overflow()
		case "max_parts":
			d.MaxParts = p.val.int(1, 100)
		case "mentions":
			d.Mentions = p.val.oneOf("mapped text", "")
		case "github":
			d.GitHub = p.val.github()
		default:
			p.unknown("strict", "timeout retry pace ordered overflow max_parts mentions github")
		}
	}
}

func (x node) github() string { return x.oneOf("rich discord", "") }

func (x node) overflow() string { return x.oneOf("split shorten file refuse", "") }

func (x node) retry(r *Retry) {
	for _, p := range x.pairs() {
		switch p.key {
		case "first":
			r.First = p.val.duration()
		case "most":
			r.Most = p.val.duration()
		case "give_up_after":
			r.GiveUpAfter = p.val.duration()
		default:
			p.unknown("", "first most give_up_after")
		}
	}
	if r.First <= 0 || r.Most < r.First {
		x.fail("want 0 < first ≤ most")
	}
}

func (p pair) source() Source {
	s := Source{Name: p.name(), Accept: dialects(), Labels: map[string]string{}}
	for _, p := range p.val.pairs() {
		switch p.key {
		case "secret":
			s.Secrets = p.val.secretList()
		case "github_secret":
			s.GitHubSecret = p.val.secretList()
		case "labels":
			for _, l := range p.val.pairs() {
				s.Labels[l.key] = l.val.str()
			}
		case "accept":
			s.Accept = nil
			for _, v := range p.val.list() {
				s.Accept = append(s.Accept, v.oneOf("slack discord github", ""))
			}
		case "validate":
			s.Strict = p.val.oneOf("lenient platform", "") == "platform"
		case "rate":
			s.Rate = p.val.pace()
		case "paths":
			for _, v := range p.val.list() {
				s.Paths = append(s.Paths, v.hookPath())
			}
		case "github":
			s.GitHub = p.val.github()
		default:
			p.unknown("expect_every", "secret github_secret labels accept validate rate paths github")
		}
	}
	if len(s.Secrets) == 0 {
		p.at.fail("has no secret: its addresses are derived from one")
	}
	return s
}

func (p pair) destination(def *Defaults) Destination {
	d := Destination{Name: p.name(), Timeout: def.Timeout, Retry: def.Retry, Pace: def.Pace, Ordered: def.Ordered}
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
		case "timeout":
			d.Timeout = p.val.duration()
		case "retry":
			p.val.retry(&d.Retry)
		case "pace":
			d.Pace = p.val.pace()
		case "ordered":
			d.Ordered = p.val.bool()
		case "overflow":
			d.Overflow = p.val.overflow()
		case "max_parts":
			d.MaxParts = p.val.int(1, 100)
		case "mentions":
			d.Mentions = p.val.oneOf("mapped text", "")
		case "format":
			d.Format = p.val.format()
		default:
			p.unknown("strict", "slack slack_bot discord http inbox allow_mentions timeout retry pace ordered overflow max_parts mentions format")
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

func (x node) directory(d *Directory) {
	for _, p := range x.pairs() {
		for _, e := range p.val.pairs() {
			entry := Entry{Name: e.key}
			switch p.key {
			case "users":
				e.val.ids(&entry, "slack discord github")
				d.Users = append(d.Users, entry)
			case "channels":
				e.val.ids(&entry, "slack discord")
				d.Channels = append(d.Channels, entry)
			case "emoji":
				if len(e.val.scalar()) > 0 {
					entry.Unicode = e.val.str()
				} else {
					e.val.ids(&entry, "slack discord")
				}
				d.Emoji = append(d.Emoji, entry)
			}
		}
		if !slices.Contains([]string{"users", "channels", "emoji"}, p.key) {
			p.unknown("", "users channels emoji")
		}
	}
}

func (x node) ids(e *Entry, known string) {
	for _, p := range x.pairs() {
		switch {
		case p.key == "slack":
			e.Slack = p.val.str()
		case p.key == "discord":
			e.Discord = p.val.str()
		case p.key == "github" && known == "slack discord github":
			e.GitHub = p.val.str()
		default:
			p.unknown("", known)
		}
	}
}

func (x node) route() Route {
	var r Route
	kinds := 0
	for _, p := range x.pairs() {
		switch p.key {
		case "name":
			r.Name = p.val.str()
		case "when":
			r.When = p.val.expr()
		case "to":
			kinds++
			r.To = p.val.strs()
		case "to_expr":
			kinds++
			r.ToExpr = p.val.expr()
		case "drop":
			if r.Drop = p.val.bool(); r.Drop {
				kinds++
			}
		case "stop":
			r.Stop = p.val.bool()
		case "as":
			r.Original = p.val.oneOf("original", "") == "original"
		case "set":
			r.Set = p.val.edits("username avatar title url color text thread_name")
		case "set_in":
			r.SetIn = p.val.edits("")
		case "dedupe":
			r.Dedupe = p.val.dedupe()
		case "on_edit":
			r.SkipEdits = p.val.oneOf("repost skip", "") == "skip"
		case "ephemeral":
			r.Ephemeral = p.val.oneOf("drop deliver", "") == "deliver"
		case "overflow":
			r.Overflow = p.val.overflow()
		case "max_parts":
			r.MaxParts = p.val.int(1, 100)
		case "mentions":
			r.Mentions = p.val.oneOf("mapped text", "")
		case "github":
			r.GitHub = p.val.github()
		case "format":
			r.Format = p.val.format()
		default:
			p.unknown("set_out digest update thread mention mute flap strict",
				"name when to to_expr drop stop as set set_in dedupe on_edit ephemeral overflow max_parts mentions github format")
		}
	}
	if r.Name == "" {
		x.fail("has no name")
	}
	if r.When.Text == "" && r.When.Line == 0 {
		x.fail(`has no when ("true" matches every event)`)
	}
	if kinds != 1 {
		x.fail("want exactly one of to, to_expr and drop")
	}
	return r
}

func (x node) dedupe() (d Dedupe) {
	for _, p := range x.pairs() {
		switch p.key {
		case "key":
			d.Key = p.val.expr()
		case "within":
			d.Within = p.val.duration()
		default:
			p.unknown("", "key within")
		}
	}
	if d.Key.Line == 0 || d.Within == 0 {
		x.fail("want a key and within")
	}
	return d
}

// edits are keys with expressions, in the order of the file; known lists the
// keys there are, empty means any.
func (x node) edits(known string) []Edit {
	var out []Edit
	for _, p := range x.pairs() {
		if known != "" && !slices.Contains(fields(known), p.key) {
			p.unknown("", known)
			continue
		}
		out = append(out, Edit{p.key, p.val.expr()})
	}
	return out
}

func (x node) silence() Silence {
	var s Silence
	for _, p := range x.pairs() {
		switch p.key {
		case "name":
			s.Name = p.val.str()
		case "reason":
			s.Reason = p.val.str()
		case "author":
			s.Author = p.val.str()
		case "when":
			s.When = p.val.expr()
		case "until":
			s.Until = p.val.instant()
		default:
			p.unknown("", "name when reason author until")
		}
	}
	if s.Name == "" {
		x.fail("has no name")
	}
	if s.When.Line == 0 {
		x.fail("has no when")
	}
	return s
}
