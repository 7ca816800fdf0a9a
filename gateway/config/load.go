package config

import (
	"errors"
	"os"
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
			Sending: Sending{
				Timeout: 10 * time.Second,
				Retry:   Retry{First: 2 * time.Second, Most: 30 * time.Minute, GiveUpAfter: 24 * time.Hour},
				Ordered: true,
			},
			Fitting: Fitting{Overflow: "split", MaxParts: 10, Mentions: "mapped"},
			GitHub:  "rich",
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
	c.Destinations = []Destination{{Name: "inbox", Inbox: &Inbox{}, Sending: c.Defaults.Sending}}
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
		case "github":
			d.GitHub = p.val.github()
		default:
			if !d.Sending.read(p) && !d.Fitting.read(p) {
				p.unknown("strict", sendingKeys+fittingKeys+"github")
			}
		}
	}
}

func (x node) github() string { return x.oneOf("rich discord", "") }

// sendingKeys are the keys of Sending.
const sendingKeys = "timeout retry pace ordered "

// read reads p if its key is one of sendingKeys, and reports whether it is.
func (s *Sending) read(p pair) bool {
	switch p.key {
	case "timeout":
		s.Timeout = p.val.duration()
	case "retry":
		p.val.retry(&s.Retry)
	case "pace":
		s.Pace = p.val.pace()
	case "ordered":
		s.Ordered = p.val.bool()
	default:
		return false
	}
	return true
}

// fittingKeys are the keys of Fitting.
const fittingKeys = "overflow max_parts mentions "

// read reads p if its key is one of fittingKeys, and reports whether it is.
func (f *Fitting) read(p pair) bool {
	switch p.key {
	case "overflow":
		f.Overflow = p.val.oneOf("split shorten file refuse", "")
	case "max_parts":
		f.MaxParts = p.val.int(1, 100)
	case "mentions":
		f.Mentions = p.val.oneOf("mapped text", "")
	default:
		return false
	}
	return true
}

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
