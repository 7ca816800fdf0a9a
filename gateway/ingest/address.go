package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
)

// Addresses are what a source answers to, in the shapes that the platforms' own
// clients check for. All derive from the source's name and secret.
type Addresses struct {
	Slack        string `json:"slack"`
	SlackDiscord string `json:"slack_discord"`
	SlackGitHub  string `json:"slack_github"`
	SlackAPI     string `json:"slack_api"`
	SlackToken   string `json:"slack_token"`
	Discord      string `json:"discord"`
	DiscordSlack string `json:"discord_slack"`
	DiscordGit   string `json:"discord_github"`
	GitHub       string `json:"github,omitempty"` // only where github_secret is set
}

// keys are the parts of a source's addresses under one of its secrets.
type keys struct {
	team, bot, slackToken string // "T…", "B…", 24 letters and digits
	id, discordToken      string // 18 digits, 68 of A–Z a–z 0–9 _ -
	apiToken              string // "xoxb-…"
}

func derive(name, secret string) keys {
	const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	d := deriver{name, secret}
	return keys{
		team:         "T" + d.letters("slack team", upper, 10),
		bot:          "B" + d.letters("slack bot", upper, 10),
		slackToken:   d.letters("slack token", alnum, 24),
		id:           d.digits("discord id", 18),
		discordToken: base64.RawURLEncoding.EncodeToString(d.bytes("discord token", 51)),
		apiToken:     "xoxb-" + d.digits("slack api workspace", 12) + "-" + d.digits("slack api bot", 13) + "-" + d.letters("slack api token", alnum, 24),
	}
}

type deriver struct{ name, secret string }

// bytes gives n bytes that only one who knows the secret can tell.
func (d deriver) bytes(purpose string, n int) []byte {
	var out []byte
	for i := byte(0); len(out) < n; i++ {
		h := hmac.New(sha256.New, []byte(d.secret))
		h.Write([]byte{i})
		h.Write([]byte("dragoman address 1\x00" + purpose + "\x00" + d.name))
		out = h.Sum(out)
	}
	return out[:n]
}

func (d deriver) letters(purpose, alphabet string, n int) string {
	var b strings.Builder
	// Two bytes a letter make the leaning of the remainder too small to matter.
	raw := d.bytes(purpose, 2*n)
	for i := range n {
		b.WriteByte(alphabet[int(binary.BigEndian.Uint16(raw[2*i:]))%len(alphabet)])
	}
	return b.String()
}

// digits gives n digits of which the first is not 0.
func (d deriver) digits(purpose string, n int) string {
	first := d.letters(purpose+" first", "123456789", 1)
	return first + d.letters(purpose, "0123456789", n-1)
}

// AddressesOf are the addresses of a source under its newest secret, below base
// ("https://hooks.example.org").
func AddressesOf(s *Source, base string) Addresses {
	k := derive(s.Name, s.Secrets[0])
	slack := base + "/services/" + k.team + "/" + k.bot + "/" + k.slackToken
	discord := base + "/api/webhooks/" + k.id + "/" + k.discordToken
	a := Addresses{
		Slack:        slack,
		SlackDiscord: slack + "/discord",
		SlackGitHub:  slack + "/github",
		SlackAPI:     base + "/api/",
		SlackToken:   k.apiToken,
		Discord:      discord,
		DiscordSlack: discord + "/slack",
		DiscordGit:   discord + "/github",
	}
	if len(s.GitHub) > 0 {
		a.GitHub = base + "/github/" + s.Name
	}
	return a
}

// endpoint is a source at the addresses of one of its secrets.
type endpoint struct {
	source *Source
	keys   keys
}

// directory finds sources by what stands in an address. It never changes.
type directory struct {
	slack   map[string]endpoint            // "T…/B…"
	discord map[string]endpoint            // id
	tokens  map[[sha256.Size]byte]endpoint // hash of "xoxb-…"
	names   map[string]*Source
	rates   rates
}

func newDirectory(sources []Source, before rates) *directory {
	d := &directory{map[string]endpoint{}, map[string]endpoint{}, map[[sha256.Size]byte]endpoint{}, map[string]*Source{}, newRates(sources, before)}
	for i := range sources {
		s := &sources[i]
		d.names[s.Name] = s
		for _, secret := range s.Secrets {
			e := endpoint{s, derive(s.Name, secret)}
			d.slack[e.keys.team+"/"+e.keys.bot] = e
			d.discord[e.keys.id] = e
			d.tokens[sha256.Sum256([]byte(e.keys.apiToken))] = e
		}
		for _, path := range s.Paths {
			d.add(s, path)
		}
	}
	return d
}

// add lets a source answer to a path of Slack's (/services/T…/B…/token) or of
// Discord's (/api/webhooks/id/token).
func (d *directory) add(s *Source, path string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	n := len(parts)
	switch {
	case n >= 4 && parts[0] == "api" && parts[n-3] == "webhooks":
		d.discord[parts[n-2]] = endpoint{s, keys{id: parts[n-2], discordToken: parts[n-1]}}
	case n == 3 || n == 4 && parts[0] == "services":
		d.slack[parts[n-3]+"/"+parts[n-2]] = endpoint{s, keys{team: parts[n-3], bot: parts[n-2], slackToken: parts[n-1]}}
	}
}

func (s *Source) accepts(dialect string) bool { return slices.Contains(s.Accept, dialect) }

// discordEpoch is the first second of 2015 in milliseconds, which Discord's ids
// count from.
const discordEpoch = 1420070400000

// Snowflake shows a handle as an id of Discord's: its milliseconds in the high
// bits, the rest of its microseconds in the low ones.
func Snowflake(handle int64) string {
	return strconv.FormatInt((handle/1000-discordEpoch)<<22|handle%1000, 10)
}

// TS shows a handle as a ts of Slack's: seconds, a dot, six digits.
func TS(handle int64) string {
	micros := strconv.FormatInt(handle%1e6+1e6, 10)[1:]
	return strconv.FormatInt(handle/1e6, 10) + "." + micros
}

// ParseSnowflake is the handle that an id of Discord's shows, 0 when it shows
// none: most ids are no handles.
func ParseSnowflake(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || n&(1<<22-1) > 999 {
		return 0
	}
	handle := (n>>22+discordEpoch)*1000 + n&(1<<22-1)
	if Snowflake(handle) != id {
		return 0
	}
	return handle
}

// ParseTS is the handle that a ts of Slack's shows, 0 when it is none.
func ParseTS(ts string) int64 {
	sec, micros, ok := strings.Cut(ts, ".")
	if !ok || len(micros) != 6 {
		return 0
	}
	handle, err := strconv.ParseInt(sec+micros, 10, 64)
	if err != nil || handle <= 0 || TS(handle) != ts {
		return 0
	}
	return handle
}
