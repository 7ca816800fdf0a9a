package gateway

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/gateway/admin"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
)

// The spaces of the store in which sources stand: those made while the gateway
// ran, by the id of their webhook, and what is shown of those in the configuration,
// by name.
const (
	sourceSpace = "source"
	shownSpace  = "shown"
)

// maxSources bounds the sources that are made while the gateway runs. It is
// Discord's bound of a guild.
const maxSources = 1000

// made is a source that was made while the gateway ran, as it is stored.
type made struct {
	Name    string            `json:"name"`
	Secret  string            `json:"secret"`
	Labels  map[string]string `json:"labels,omitzero"`
	Accept  []string          `json:"accept"`
	Channel config.Entry      `json:"channel"` // ids that are empty are derived
	At      time.Time         `json:"at"`
	ingest.Shown
}

// roster is what the store knows of sources. It never changes.
type roster struct {
	entries []store.Entry // as read
	made    []made
	keys    []string                // of made
	shown   map[string]ingest.Shown // by name of a configured source
}

// find is the index of a made source by the name of its source, or -1.
func (r *roster) find(name string) int {
	return slices.IndexFunc(r.made, func(m made) bool { return m.Name == name })
}

// rosterEvery is how often the store is asked for what other gateways changed.
const rosterEvery = 2 * time.Second

// followRoster keeps up with what other gateways on the store change.
func (g *Gateway) followRoster(ctx context.Context) {
	tick := time.NewTicker(rosterEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := g.latest.Load().readRoster(ctx); err != nil && ctx.Err() == nil {
				g.log.Error("sources cannot be read", "error", err)
			}
		}
	}
}

// readRoster reads the roster, and puts it to work if it has changed.
func (g *Gateway) readRoster(ctx context.Context) error {
	g.health.roster.Lock()
	defer g.health.roster.Unlock()
	var entries []store.Entry
	for _, space := range []string{sourceSpace, shownSpace} {
		in, err := g.store.Entries(ctx, space)
		if err != nil {
			return fmt.Errorf("gateway: sources: %w", err)
		}
		entries = append(entries, in...)
	}
	same := func(a, b store.Entry) bool {
		return a.Space == b.Space && a.Key == b.Key && bytes.Equal(a.Value, b.Value)
	}
	if old := g.roster.Load(); old != nil && slices.EqualFunc(old.entries, entries, same) {
		return nil
	}
	r := &roster{entries: entries, shown: map[string]ingest.Shown{}}
	for _, e := range entries {
		if e.Space == shownSpace {
			var s ingest.Shown
			if json.Unmarshal(e.Value, &s) == nil {
				r.shown[e.Key] = s
			}
			continue
		}
		var m made
		if err := json.Unmarshal(e.Value, &m); err != nil || m.Name == "" || m.Secret == "" {
			g.log.Error("a source in the store cannot be read", "id", e.Key)
			continue
		}
		if _, taken := g.labels[m.Name]; taken {
			// Its messages would be the other's.
			g.log.Warn("a source has the name of one in the configuration and is not served", "source", m.Name)
			continue
		}
		r.made, r.keys = append(r.made, m), append(r.keys, e.Key)
	}
	g.roster.Store(r)
	if g.front != nil {
		g.front.SetSources(g.sources())
	}
	return nil
}

// sources are all sources as the public listener knows them: the configured ones
// first.
func (g *Gateway) sources() []ingest.Source {
	var out []ingest.Source
	r := g.roster.Load()
	for _, s := range g.conf.Sources {
		src := IngestSource(&s)
		if r != nil {
			src.Shown = r.shown[s.Name]
		}
		out = append(out, src)
	}
	if r != nil {
		for i, m := range r.made {
			out = append(out, ingest.Source{Name: m.Name, Secrets: []string{m.Secret}, Accept: m.Accept, Labels: m.Labels,
				Key: r.keys[i], Channel: m.Channel.Discord, Shown: m.Shown})
		}
	}
	return out
}

// labelsOf are the labels of a source.
func (g *Gateway) labelsOf(source string) map[string]string {
	if l, ok := g.labels[source]; ok {
		return l
	}
	if r := g.roster.Load(); r != nil {
		if i := r.find(source); i >= 0 {
			return r.made[i].Labels
		}
	}
	return nil
}

// styleOf is how GitHub's events of a source are shown.
func (g *Gateway) styleOf(source string) string {
	if s, ok := g.styles[source]; ok {
		return s
	}
	return g.conf.Defaults.GitHub
}

// senderOf is the name that the webhook of a source was given, as Discord shows it
// over messages which name no other; empty when it was given none.
func (g *Gateway) senderOf(source string) string {
	r := g.roster.Load()
	if r == nil {
		return ""
	}
	if i := r.find(source); i >= 0 {
		return r.made[i].Title
	}
	return r.shown[source].Title
}

// keeper changes sources: for their senders, and for administrators.
type keeper struct{ *Gateway }

// put stores a value in the roster and puts it to work.
func (k keeper) put(ctx context.Context, space, key string, v any) error {
	e := store.Entry{Space: space, Key: key}
	if v != nil {
		var err error
		if e.Value, err = json.Marshal(v); err != nil {
			return err
		}
	}
	if err := k.store.Put(ctx, []store.Entry{e}); err != nil {
		if errors.Is(err, store.ErrFull) {
			return ingest.ErrBusy
		}
		return err
	}
	return k.latest.Load().readRoster(ctx)
}

// stored is a made source as it is in the store now.
func (k keeper) stored(ctx context.Context, key string) (m made, err error) {
	in, err := k.store.Entries(ctx, sourceSpace, key)
	if err != nil {
		return m, err
	}
	if len(in) == 0 {
		return m, ingest.ErrNoWebhook
	}
	return m, json.Unmarshal(in[0].Value, &m)
}

// show sets what is shown of a source; of a made one also its channel.
func (k keeper) show(ctx context.Context, s *ingest.Source, to ingest.Shown, channel string) error {
	k.health.sources.Lock()
	defer k.health.sources.Unlock()
	if s.Key == "" {
		return k.put(ctx, shownSpace, s.Name, to)
	}
	m, err := k.stored(ctx, s.Key)
	if err != nil {
		return err
	}
	m.Shown = to
	if channel != "" {
		m.Channel = k.channel(channel)
		m.Labels = labelled(m.Labels, m.Channel)
	}
	return k.put(ctx, sourceSpace, s.Key, m)
}

// remove takes a made source away.
func (k keeper) remove(ctx context.Context, key string) error {
	k.health.sources.Lock()
	defer k.health.sources.Unlock()
	if _, err := k.stored(ctx, key); err != nil {
		return err
	}
	return k.put(ctx, sourceSpace, key, nil)
}

// create makes a source. One that must be named exactly as it is refuses a name that
// there is; another's gets a number.
func (k keeper) create(ctx context.Context, m made, exact bool) (ingest.Source, error) {
	k.health.sources.Lock()
	defer k.health.sources.Unlock()
	if err := k.latest.Load().readRoster(ctx); err != nil { // others may have made some
		return ingest.Source{}, err
	}
	all := k.sources()
	if len(all)-len(k.conf.Sources) >= maxSources {
		return ingest.Source{}, &admin.Denial{Status: http.StatusBadRequest, Code: 30058, Message: "Maximum number of server webhooks reached (1000)"}
	}
	taken := func(name string) bool {
		return name == relayName || slices.ContainsFunc(all, func(s ingest.Source) bool { return s.Name == name })
	}
	name := m.Name
	for n := 2; taken(m.Name); n++ {
		if exact {
			return ingest.Source{}, &admin.Denial{Status: http.StatusConflict, Message: "there is a source of that name"}
		}
		m.Name = name + " " + strconv.Itoa(n)
	}
	m.Secret, m.At = rand.Text(), time.Now().UTC()
	src := ingest.Source{Name: m.Name, Secrets: []string{m.Secret}}
	src.Key = ingest.WebhookID(&src)
	if err := k.put(ctx, sourceSpace, src.Key, m); err != nil {
		return ingest.Source{}, err
	}
	src.Accept, src.Labels, src.Channel, src.Shown = m.Accept, m.Labels, m.Channel.Discord, m.Shown
	return src, nil
}

// relayName is the source of what is relayed; no other has it.
const relayName = "relay"

// channel is what the directory knows of a channel, by its name or one of its ids.
func (g *Gateway) channel(given string) config.Entry {
	name := strings.TrimPrefix(given, "#")
	for _, c := range g.conf.Directory.Channels {
		if name == c.Name || name != "" && (name == c.Slack || name == c.Discord) {
			return c
		}
	}
	c := config.Entry{Name: name}
	switch {
	case name == "":
	case strings.Trim(name, "0123456789") == "":
		c.Discord = name
	case len(name) >= 9 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "":
		c.Slack = name
	}
	return c
}

// labelled are labels with the channel's, which rules may ask for.
func labelled(labels map[string]string, c config.Entry) map[string]string {
	out := map[string]string{}
	for k, v := range labels {
		out[k] = v
	}
	if c.Name != "" {
		out["channel"] = c.Name
	}
	return out
}
