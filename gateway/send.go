package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/gateway/admin"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/github"
)

// byHand is the source and the route of what a person sends; no source of a
// configuration can have this name.
const byHand = "(by hand)"

// send is admin.Options.Send: the event is kept in the history as any other.
func (g *Gateway) send(ctx context.Context, to string, a *admin.Event) (int64, error) {
	d := g.destinations[to]
	if d == nil {
		return 0, &admin.Refusal{Why: fmt.Sprintf("no destination %q", to)}
	}
	e := &ingest.Event{Source: byHand, Dialect: a.Dialect, Name: a.Name, Body: a.Body, At: time.Now(), Header: map[string]string{}}
	if err := guess(e); err != nil {
		return 0, err
	}
	msg := new(chat.Message)
	if err := translators.Read(msg, nil, e.Dialect, &chat.Input{Event: e.Name, Body: e.Body}); err != nil {
		return 0, &admin.Refusal{Why: err.Error()}
	}
	p := d.planFor(&config.Route{}, g.conf.Defaults.GitHub)
	plan, err := json.Marshal(&p)
	if err != nil {
		return 0, fmt.Errorf("gateway: plan: %w", err)
	}
	ack, err := g.ingest(ctx, e, &store.Incoming{
		Source: e.Source, Dialect: e.Dialect, Event: e.Name, Header: e.Header, Body: e.Body, At: e.At, Verdict: "routed", Summary: summary(e, msg),
		Deliveries: []store.NewDelivery{{Route: byHand, To: to, Lane: d.lane, Plan: plan}},
	})
	if errors.Is(err, ingest.ErrBusy) {
		return 0, store.ErrFull
	}
	return ack.ID, err
}

// guess finds out what an event by hand is written in: JSON is what it looks like,
// anything else is Markdown.
func guess(e *ingest.Event) error {
	if e.Dialect == "" && !strings.HasPrefix(strings.TrimSpace(string(e.Body)), "{") {
		e.Dialect = "markdown"
	}
	if f, err := translators.Lookup(e.Dialect); e.Dialect != "" && (err != nil || f.Read == nil) {
		return &admin.Refusal{Why: fmt.Sprintf("no dialect %q", e.Dialect)}
	} else if f.Text {
		return nil
	}
	body, err := ingest.Object(e.Body)
	if err != nil {
		return &admin.Refusal{Why: err.Error()}
	}
	e.Body = body
	if e.Dialect == "" {
		e.Dialect = looksLike(e)
	}
	if e.Dialect == "github" && e.Name == "" {
		if e.Name = github.Guess(e.Body); e.Name == "" {
			return &admin.Refusal{Why: "the name of the event is missing"}
		}
	}
	return nil
}

// looksLike is the dialect that an event's name and body look like.
func looksLike(e *ingest.Event) string {
	switch {
	case e.Name != "":
		return "github"
	case gjson.GetBytes(e.Body, "content").Exists(), gjson.GetBytes(e.Body, "embeds").Exists():
		return "discord"
	}
	return "slack"
}

// Settle finds out the dialect of an event for one of its source's: the one that
// it names, the only one that the source takes, or what the body looks like. Only
// an event of GitHub's keeps its name.
func Settle(src *ingest.Source, e *ingest.Event) error {
	switch {
	case e.Dialect != "":
	case len(src.Accept) == 1:
		e.Dialect = src.Accept[0]
	default:
		e.Dialect = looksLike(e)
	}
	if !slices.Contains(src.Accept, e.Dialect) {
		return fmt.Errorf("the source %s takes %s, not %q", src.Name, strings.Join(src.Accept, ", "), e.Dialect)
	}
	if e.Dialect != "github" {
		e.Name = ""
	}
	return nil
}

// dryRun is admin.Options.DryRun.
func (g *Gateway) dryRun(a *admin.Event) (any, error) {
	all := g.sources()
	i := slices.IndexFunc(all, func(s ingest.Source) bool { return s.Name == a.Source })
	if i < 0 {
		return nil, &admin.Refusal{Why: fmt.Sprintf("no source %q", a.Source)}
	}
	body, err := ingest.Object(a.Body)
	if err != nil {
		return nil, &admin.Refusal{Why: err.Error()}
	}
	e := &ingest.Event{Source: a.Source, Dialect: a.Dialect, Name: a.Name, Body: body, At: time.Now(), Channel: gjson.GetBytes(body, "channel").Str}
	if e.Name == "" && e.Dialect != "slack" && e.Dialect != "discord" {
		e.Name = github.Guess(body)
	}
	if err := Settle(&all[i], e); err != nil {
		return nil, &admin.Refusal{Why: err.Error()}
	}
	return g.DryRun(e)
}

// backup is admin.Options.Backup, for a store that can copy itself.
func (g *Gateway) backup() func(ctx context.Context) (string, error) {
	o, ok := g.store.(*observed)
	if !ok {
		return nil
	}
	s, ok := o.Store.(interface {
		Backup(ctx context.Context, path string) error
	})
	if !ok {
		return nil
	}
	return func(ctx context.Context) (string, error) {
		file := filepath.Join(g.conf.Store.Path, "backup-"+rand.Text()[:8]+".db")
		return file, s.Backup(ctx, file)
	}
}
