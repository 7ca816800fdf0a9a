package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/config"
	"dragoman/gateway/lane"
	"dragoman/gateway/link"
	"dragoman/gateway/render"
	"dragoman/translators/chat"
)

// destination is a configured destination with its lane.
type destination struct {
	conf  *config.Destination
	lane  string
	work  lane.Destination
	plan  render.Plan // before a route has its say
	edits bool        // it tells ids by which messages can be changed
	state atomic.Pointer[link.State]
}

// What the platforms allow, where the configuration names no pace. Sources:
// Slack's page on rate limits (one a second, short bursts); for Discord its page
// on rate limits, and its staff in discord-api-docs issue 367 (a webhook five in two
// seconds, a channel thirty a minute).
var (
	slackPace      = lane.Pace{N: 4, Per: 4 * time.Second}
	discordPace    = lane.Pace{N: 5, Per: 2 * time.Second}
	discordChannel = lane.Pace{N: 30, Per: time.Minute}
	discordBudget  = lane.Budget{
		Requests: lane.Pace{N: 50, Per: time.Second},
		Invalid:  lane.Pace{N: 5000, Per: 10 * time.Minute}, // half of what Discord bears
	}
)

// destinations resolves the configured destinations. Those that are one
// rate-limited target share the lane of the first of them.
func destinations(c *config.Config, hc *http.Client) (map[string]*destination, error) {
	out := map[string]*destination{}
	first := map[string]*destination{} // by target
	for i := range c.Destinations {
		conf := &c.Destinations[i]
		d, target, err := newDestination(c, conf, hc)
		if err != nil {
			return nil, fmt.Errorf("config: destination %q: %w", conf.Name, err)
		}
		if other := first[target]; other == nil {
			first[target] = d
		} else {
			if other.work.Policy != d.work.Policy || other.work.Pace != d.work.Pace || other.work.Unordered != d.work.Unordered {
				return nil, fmt.Errorf("config: destinations %q and %q are one webhook: their ordered, pace and retry must be equal", other.conf.Name, conf.Name)
			}
			d.lane = other.lane
		}
		out[conf.Name] = d
	}
	return out, nil
}

func newDestination(c *config.Config, conf *config.Destination, hc *http.Client) (d *destination, target string, err error) {
	d = &destination{conf: conf, lane: conf.Name}
	d.state.Store(&link.State{})
	d.work = lane.Destination{
		Policy:    lane.Policy{First: conf.Retry.First, Most: conf.Retry.Most, Age: conf.Retry.GiveUpAfter},
		Timeout:   conf.Timeout,
		Unordered: !conf.Ordered,
	}
	if conf.Pace.N > 0 {
		d.work.Pace = lane.Pace{N: conf.Pace.N, Per: conf.Pace.Per}
	}
	if target, err = d.connect(hc); err != nil {
		return nil, "", err
	}
	if conf.Format != "" {
		d.plan.Format = conf.Format
		d.plan.Components = d.plan.Components || conf.Format == "discord-components"
	}
	d.plan.Users, d.plan.Groups, d.plan.Everyone = conf.Allow.Users, conf.Allow.Roles, conf.Allow.Everyone
	overflow(&d.plan, nearest(conf.Overflow, c.Defaults.Overflow))
	d.plan.AsText = nearest(conf.Mentions, c.Defaults.Mentions) == "text"
	if d.plan.MaxParts = conf.MaxParts; d.plan.MaxParts == 0 {
		d.plan.MaxParts = c.Defaults.MaxParts
	}
	return d, target, nil
}

// connect makes the client of a destination's kind, with its pace and the format
// that it takes; target tells one rate-limited target from another.
func (d *destination) connect(hc *http.Client) (target string, err error) {
	unpaced := d.conf.Pace == (config.Pace{})
	switch conf := d.conf; {
	case conf.Slack != nil:
		d.work.Client = &client.Slack{HTTP: hc, URL: conf.Slack.URL.Reveal()}
		d.plan = render.Plan{Format: "slack", Legacy: conf.Slack.Legacy}
		d.work.Host, target = webhook(conf.Slack.URL.Reveal())
		if unpaced {
			d.work.Pace = slackPace
		}
	case conf.SlackBot != nil:
		b := conf.SlackBot
		d.work.Client, err = client.NewSlackBot(hc, b.APIURL, b.Token.Reveal(), b.Channel)
		d.plan = render.Plan{Format: "slack", Uploads: true}
		d.edits = true
		d.work.Host, target = "slack.com", "slack "+b.Token.Reveal()+" "+b.Channel
		if unpaced {
			d.work.Pace = slackPace
		}
	case conf.Discord != nil:
		address := conf.Discord.Address()
		d.work.Client, err = client.NewDiscord(hc, address)
		d.plan = render.Plan{Format: "discord", Components: conf.Discord.Components}
		d.edits = true
		d.work.Host, target = webhook(address)
		if unpaced {
			d.work.Pace = discordPace
		}
		if !conf.Pace.None {
			d.work.ChannelPace, d.work.Budget = discordChannel, discordBudget
		}
	case conf.HTTP != nil:
		header := map[string]string{}
		for _, h := range conf.HTTP.Headers {
			header[h.Name] = h.Value.Reveal()
		}
		d.work.Client, err = client.NewPlain(hc, conf.HTTP.URL.Reveal(), header, conf.HTTP.Sign.Reveal())
		d.plan = render.Plan{Format: "native"}
		d.work.Host, _ = webhook(conf.HTTP.URL.Reveal())
		target = "http " + conf.HTTP.URL.Reveal()
	default:
		d.work.Client = client.Inbox{}
		d.work.Pace = lane.Pace{}
		d.edits = true
		d.work.Host = "inbox"
		d.plan = render.Plan{Format: "native"}
		target = "inbox " + conf.Name
	}
	return target, err
}

func overflow(p *render.Plan, how string) {
	p.Shorten, p.File, p.Refuse = how == "shorten", how == "file", how == "refuse"
}

// webhook is the host of an address, and what tells one webhook from another.
func webhook(address string) (host, target string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", address
	}
	path := u.Path
	if at := strings.Index(path, "/webhooks/"); at >= 0 {
		path = path[at:] // whatever the version of the API
	}
	return u.Host, strings.ToLower(u.Host) + strings.TrimSuffix(path, "/")
}

func nearest(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// planFor is how a route renders for the destination. style is how the event's
// source wants events of GitHub's to be read.
func (d *destination) planFor(r *config.Route, style string) render.Plan {
	p := d.plan
	p.GitHubDiscord = nearest(r.GitHub, style) == "discord"
	if r.Format != "" {
		p.Format = r.Format
	}
	if r.Overflow != "" {
		overflow(&p, r.Overflow)
	}
	p.SkipEdits = r.SkipEdits
	if r.Mentions != "" {
		p.AsText = r.Mentions == "text"
	}
	if r.MaxParts != 0 {
		p.MaxParts = r.MaxParts
	}
	p.Original = r.Original
	return p
}

// lookup is the directory as a format's platform sees it.
func lookup(dir *config.Directory, format string) render.Lookup {
	to := platformOf(format)
	if to == chat.Nowhere {
		return nil
	}
	type key struct {
		from chat.Platform
		kind chat.SpanKind
		id   string
	}
	type person struct{ id, name string }
	known := map[key]person{}
	add := func(entries []config.Entry, kind chat.SpanKind) {
		for _, e := range entries {
			ids := map[chat.Platform]string{chat.Slack: e.Slack, chat.Discord: e.Discord, chat.GitHub: e.GitHub}
			name := e.Name
			if kind == chat.Emoji {
				name = ":" + e.Name + ":"
				if ids[chat.Slack] == "" {
					ids[chat.Slack] = e.Name
				}
			}
			if e.Unicode != "" {
				name = e.Unicode
			}
			for from, id := range ids {
				if id == "" || from == to {
					continue
				}
				local := ids[to]
				if e.Unicode != "" {
					local = ""
				}
				known[key{from, kind, id}] = person{local, name}
			}
		}
	}
	add(dir.Users, chat.User)
	add(dir.Channels, chat.Channel)
	add(dir.Emoji, chat.Emoji)
	return func(from chat.Platform, kind chat.SpanKind, id string) (string, string) {
		p := known[key{from, kind, id}]
		return p.id, p.name
	}
}

func platformOf(format string) chat.Platform {
	switch format {
	case "slack", "slack-attachments", "mrkdwn":
		return chat.Slack
	case "discord", "discord-components", "markdown":
		return chat.Discord
	}
	return chat.Nowhere
}
