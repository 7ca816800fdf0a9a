package config

import (
	"net/netip"
	"slices"
	"strings"
)

// RelayName is the source of relayed events, and the name of their implied route.
// The names of their destinations begin with it and a hyphen.
const RelayName = "relay"

// Relay says whose own webhooks are reached by changing the host in their
// addresses. The zero Relay serves nobody.
type Relay struct {
	Discord  RelayHost      // Only: ids of webhooks
	Slack    RelayHost      // Only: ids of teams
	GovSlack RelayHost      // likewise; a team that is not listed here is Slack's
	From     []netip.Prefix // networks that may ask; none: any
}

// RelayHost is a platform that is relayed to.
type RelayHost struct {
	Only   []string // whose webhooks; none: any, when no other platform lists any
	APIURL string   // what stands before the webhook's own part of its address
}

// Where the platforms' webhooks are.
const (
	discordAPI   = "https://discord.com/api"
	slackHooks   = "https://hooks.slack.com"
	govSlackHook = "https://hooks.slack-gov.com"
)

// Listed reports whether some webhooks are named: then no other is served.
func (r *Relay) Listed() bool {
	return len(r.Discord.Only)+len(r.Slack.Only)+len(r.GovSlack.Only) > 0
}

// On reports whether anybody is served.
func (r *Relay) On() bool { return r.Listed() || len(r.From) > 0 }

// SlackURL is where the webhooks of a team are.
func (r *Relay) SlackURL(team string) string {
	if slices.Contains(r.GovSlack.Only, team) {
		return r.GovSlack.APIURL
	}
	return r.Slack.APIURL
}

func freshRelay() Relay {
	return Relay{Discord: RelayHost{APIURL: discordAPI}, Slack: RelayHost{APIURL: slackHooks}, GovSlack: RelayHost{APIURL: govSlackHook}}
}

func (x node) relay(r *Relay) {
	for _, p := range x.pairs() {
		switch p.key {
		case "discord":
			p.val.relayHost(&r.Discord, "ids", node.snowflake)
		case "slack":
			p.val.relayHost(&r.Slack, "teams", node.team)
		case "govslack":
			p.val.relayHost(&r.GovSlack, "teams", node.team)
			if len(r.GovSlack.Only) == 0 {
				p.at.fail("has no teams: they tell its addresses from Slack's")
			}
		case "from":
			r.From = p.val.prefixes()
			if len(r.From) == 0 {
				p.at.fail("names nobody")
			}
		default:
			p.unknown("", "discord slack govslack from")
		}
	}
}

func (x node) relayHost(h *RelayHost, list string, id func(node) string) {
	for _, p := range x.pairs() {
		switch p.key {
		case list:
			for _, v := range p.val.list() {
				h.Only = append(h.Only, id(v))
			}
			if len(h.Only) == 0 {
				p.at.fail("names nobody; without it, whom from: allows is served")
			}
		case "api_url":
			h.APIURL = p.val.baseURL()
		default:
			p.unknown("", list+" api_url")
		}
	}
}

func (x node) prefixes() (out []netip.Prefix) {
	for _, v := range x.list() {
		out = append(out, v.prefix())
	}
	return out
}

// team is the id of a workspace, or of an organisation, of Slack's.
func (x node) team() string {
	s := x.str()
	if len(s) < 2 || s[0] != 'T' && s[0] != 'E' || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		x.fail("no team %q (as in T024BE7LD)", s)
	}
	return s
}

// validateRelay keeps the names of what is relayed apart from all others.
func (d *decoder) validateRelay(c *Config, root node) {
	if !c.Relay.On() {
		return
	}
	if c.Source(RelayName) != nil {
		root.child("sources").child(RelayName).fail("the name belongs to what is relayed")
	}
	for i := range c.Destinations {
		if name := c.Destinations[i].Name; strings.HasPrefix(name, RelayName+"-") {
			root.child("destinations").child(name).fail(`names that begin with "relay-" belong to what is relayed`)
		}
	}
}
