// Package config is the configuration file: its types, their defaults, and a
// strict reader of YAML. Every mistake is an error with file, line, column and
// the key's path, with the line shown. It compiles no expression, opens no
// connection and resolves no name that is not in the file.
package config

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Config is a configuration as it is used: defaults filled in, secrets read.
// It never changes after Load.
type Config struct {
	File         string // where it was read from; empty: the embedded default
	Server       Server
	Admin        Admin
	Store        Store
	Egress       Egress
	Relay        Relay
	Defaults     Defaults
	Sources      []Source
	Destinations []Destination
	Directory    Directory
	Lets         []Let
	Routes       []Route
	Silences     []Silence
	UnroutedDead bool // events which no route takes go to the dead letters

	lines []string // of the file, for errors
}

// Server is the public listener.
type Server struct {
	Listen         string         // host:port
	PublicURL      string         // scheme and host under which senders reach it; without a slash at the end
	MaxBody        int64          // bytes
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	ShutdownGrace  time.Duration  // how long a stop waits for requests and deliveries under way
	Zone           *time.Location // of "now" in expressions
}

// Admin is the listener of the console and the administration API.
type Admin struct {
	Listen string
	Token  Secret // empty: loopback only
}

// Store is where events are kept.
type Store struct {
	Path    string        // data directory
	URL     Secret        // of PostgreSQL; not set: SQLite in Path
	Bodies  time.Duration // how long bodies are kept after their last delivery
	History time.Duration // how long events are kept
}

// Egress is what destinations may reach.
type Egress struct {
	Allow []netip.Prefix // outside of the public internet
}

// Defaults hold for every destination and route that does not say otherwise.
type Defaults struct {
	Sending
	Fitting
	GitHub string // rich, discord: which reader an event of GitHub's gets
}

// Sending says how a destination is sent to.
type Sending struct {
	Timeout time.Duration
	Retry   Retry
	Pace    Pace
	Ordered bool
}

// Fitting says how a message becomes what its destination takes. What is empty is
// as whoever is asked next says: a route, its destination, the defaults.
type Fitting struct {
	Overflow string // split, shorten, file, refuse
	MaxParts int
	Mentions string // mapped, text
}

// Retry says how long to go on after failures.
type Retry struct {
	First       time.Duration // wait after the first failure
	Most        time.Duration // longest wait
	GiveUpAfter time.Duration
}

// Pace is at most N payloads in Per; the zero Pace is what the platform allows.
type Pace struct {
	N    int
	Per  time.Duration
	None bool // no limit at all
}

// Source is a named inbound endpoint.
type Source struct {
	Name         string
	Secrets      []Secret // newest first
	GitHubSecret []Secret // none: unsigned GitHub events are taken
	Labels       map[string]string
	Accept       []string // slack, discord, github
	GitHub       string   // empty: as the defaults say
	Strict       bool     // refuses what the imitated platform would refuse
	Rate         Pace     // at most so many requests; zero: no limit
	Paths        []Secret // it answers to besides its derived addresses
}

// Destination is where deliveries go. Exactly one of the kinds is set.
type Destination struct {
	Name     string
	Slack    *SlackHook
	SlackBot *SlackBot
	Discord  *DiscordHook
	HTTP     *HTTP
	Inbox    *Inbox

	Sending
	Fitting
	Format string // empty: the one of its kind
	Allow  AllowMentions
}

// SlackHook is an incoming webhook of Slack's.
type SlackHook struct {
	URL    Secret
	Legacy bool // the webhook honours name, icon and channel
}

// DiscordHook is a webhook of Discord's.
type DiscordHook struct {
	URL        Secret
	Components bool   // link buttons are sent
	Forum      bool   // the channel is a forum: each message begins a thread
	ThreadID   string // of the thread that messages go into
	APIURL     string // where Discord's API is reached; empty: as URL says
}

// Address is where the webhook is reached: below APIURL where that is set. It
// holds the webhook's token.
func (h *DiscordHook) Address() string {
	address := h.URL.Reveal()
	if at := strings.Index(address, "/webhooks/"); h.APIURL != "" && at >= 0 {
		return h.APIURL + address[at:]
	}
	return address
}

// SlackBot is a channel that a bot posts to by Slack's Web API.
type SlackBot struct {
	Token   Secret
	Channel string // its id
	APIURL  string // where the Web API is reached; empty: Slack's own
}

// HTTP is a plain HTTP receiver.
type HTTP struct {
	URL     Secret
	Headers []Header
	Sign    Secret // of Standard Webhooks; not set: unsigned
}

// Header is a header that is sent with every request.
type Header struct {
	Name  string
	Value Secret
}

// Inbox keeps messages and shows them in the console.
type Inbox struct{}

// AllowMentions lists who may be notified at a destination, by its own ids.
type AllowMentions struct {
	Users    []string
	Roles    []string
	Everyone bool
}

// Directory says who is who on which platform.
type Directory struct {
	Users    []Entry
	Channels []Entry
	Emoji    []Entry // Unicode is set, or ids
}

// Entry is one user, channel or emoji, with its ids; an empty id is none.
type Entry struct {
	Name                   string
	Slack, Discord, GitHub string
	Unicode                string
}

// Expr is an expression and where its first character stands in the file.
type Expr struct {
	Text         string
	File         string
	Line, Column int
}

// Let is a named sub-expression.
type Let struct {
	Name string
	Expr Expr
}

// Route says which events go where. Exactly one of To, ToExpr and Drop is set.
type Route struct {
	Name      string
	When      Expr
	To        []string
	ToExpr    Expr
	Drop      bool
	Stop      bool
	Original  bool   // the body as received
	Set       []Edit // fields of the neutral message
	SetIn     []Edit // paths in the body, before it is read
	Dedupe    Dedupe
	SkipEdits bool // where a message cannot be edited, an edit is not posted anew
	Ephemeral bool // takes also what was meant for one person

	Fitting
	GitHub string // empty: as the source says
	Format string // empty: as the destination says
}

// Dedupe lets only the first of events with one key through, until Within has
// passed. No Key: none.
type Dedupe struct {
	Key    Expr
	Within time.Duration
}

// Edit sets a field or path to what an expression gives.
type Edit struct {
	Key  string
	Expr Expr
}

// Silence is a condition under which nothing is delivered.
type Silence struct {
	Name, Reason, Author string
	When                 Expr
	Until                time.Time // zero: for good
}

// Line is a line of the file, for showing an error; empty when there is none.
func (c *Config) Line(n int) string {
	if n < 1 || n > len(c.lines) {
		return ""
	}
	return c.lines[n-1]
}

// Destination finds a destination by name; nil when there is none.
func (c *Config) Destination(name string) *Destination {
	for i := range c.Destinations {
		if c.Destinations[i].Name == name {
			return &c.Destinations[i]
		}
	}
	return nil
}

// Source finds a source by name; nil when there is none.
func (c *Config) Source(name string) *Source {
	for i := range c.Sources {
		if c.Sources[i].Name == name {
			return &c.Sources[i]
		}
	}
	return nil
}

// WithoutSecrets is c with stand-ins for the secrets that were not read, so that
// all else can be resolved and checked.
func (c *Config) WithoutSecrets() *Config {
	out := *c
	out.Sources = slices.Clone(c.Sources)
	for i := range out.Sources {
		out.Sources[i].Secrets = []Secret{NewSecret("unread " + out.Sources[i].Name)}
	}
	out.Destinations = slices.Clone(c.Destinations)
	for i := range out.Destinations {
		d := &out.Destinations[i]
		if d.Slack != nil {
			d.Slack = &SlackHook{URL: NewSecret("https://unread.invalid/" + d.Name), Legacy: d.Slack.Legacy}
		}
		if d.Discord != nil {
			h := *d.Discord
			h.URL = NewSecret("https://unread.invalid/webhooks/" + d.Name)
			d.Discord = &h
		}
		if d.SlackBot != nil {
			b := *d.SlackBot
			b.Token = NewSecret("unread " + d.Name)
			d.SlackBot = &b
		}
		if d.HTTP != nil {
			h := *d.HTTP
			h.URL = NewSecret("https://unread.invalid/" + d.Name)
			d.HTTP = &h
		}
	}
	return &out
}
