package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"dragoman/gateway/admin"
	"dragoman/gateway/ingest"
	"dragoman/translators/discord"
)

// senders is ingest.Webhooks.
type senders struct{ keeper }

// Modify implements ingest.Webhooks.
func (s senders) Modify(ctx context.Context, src *ingest.Source, to ingest.Shown) (ingest.Source, error) {
	out := *src
	out.Shown = to
	return out, s.show(ctx, src, to, "")
}

// Remove implements ingest.Webhooks.
func (s senders) Remove(ctx context.Context, src *ingest.Source) error { return s.remove(ctx, src.Key) }

// administrators is admin.Sources.
type administrators struct{ keeper }

// Sources implements admin.Sources.
func (a administrators) Sources() (out []admin.Source) {
	for _, s := range a.sources() {
		out = append(out, a.view(&s))
	}
	return out
}

// view is a source as administrators see it.
func (a administrators) view(s *ingest.Source) admin.Source {
	base := nearest(a.conf.Server.PublicURL, a.base)
	out := admin.Source{
		ID: ingest.WebhookID(s), Name: s.Name, Labels: s.Labels, Accept: s.Accept, Dynamic: s.Key != "",
		Webhook: ingest.WebhookJSON(s, base, s.Key != ""), Slack: ingest.AddressesOf(s, base).Slack,
	}
	out.Channel = gjson.GetBytes(out.Webhook, "channel_id").Str
	if out.Labels == nil {
		out.Labels = map[string]string{}
	}
	c := a.channel(out.Labels["channel"])
	out.SlackChannel, out.SlackChannelID = "#"+nearest(c.Name, s.Name), nearest(c.Slack, ingest.SlackChannelID(s))
	return out
}

// dialects are what a source takes that does not say it.
var dialects = []string{"slack", "discord", "github"}

// Create implements admin.Sources.
func (a administrators) Create(ctx context.Context, n admin.NewSource) (admin.Source, error) {
	m := made{Accept: n.Accept, Channel: a.channel(n.Channel)}
	m.Labels = labelled(n.Labels, m.Channel)
	if len(m.Accept) == 0 {
		m.Accept = dialects
	}
	for _, d := range m.Accept {
		if !slices.Contains(dialects, d) {
			return admin.Source{}, &admin.Denial{Status: http.StatusBadRequest, Message: "accept lists slack, discord, github"}
		}
	}
	exact := n.Body == nil
	if exact {
		n.Body = named(n.Name)
	}
	var err error
	if m.Shown, err = ingest.ShownBy(n.Body, m.Shown, false); err != nil {
		return admin.Source{}, refusal(err)
	}
	if m.Name = m.Title; m.Name == "" {
		return admin.Source{}, form([]discord.Violation{{Path: "name", Code: "BASE_TYPE_REQUIRED", Message: "This field is required"}})
	}
	s, err := a.create(ctx, m, exact)
	if err != nil {
		return admin.Source{}, refusal(err)
	}
	return a.view(&s), nil
}

// named is a body of Discord's with a name.
func named(name string) []byte {
	b, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		return nil // which has no name
	}
	return b
}

// Modify implements admin.Sources.
func (a administrators) Modify(ctx context.Context, id string, body []byte) (admin.Source, error) {
	s, err := a.withID(id)
	if err != nil {
		return admin.Source{}, err
	}
	to, err := ingest.ShownBy(body, s.Shown, false)
	if err == nil {
		err = a.show(ctx, s, to, gjson.GetBytes(body, "channel_id").String())
	}
	if err != nil {
		return admin.Source{}, refusal(err)
	}
	if s, err = a.withID(id); err != nil {
		return admin.Source{}, err
	}
	return a.view(s), nil
}

// Remove implements admin.Sources.
func (a administrators) Remove(ctx context.Context, id string) error {
	s, err := a.withID(id)
	if err != nil {
		return err
	}
	if s.Key == "" {
		return &admin.Denial{Status: http.StatusForbidden, Code: 50013, Message: "Missing Permissions"}
	}
	return refusal(a.remove(ctx, s.Key))
}

func (a administrators) withID(id string) (*ingest.Source, error) {
	for _, s := range a.sources() {
		if ingest.WebhookID(&s) == id {
			return &s, nil
		}
	}
	return nil, refusal(ingest.ErrNoWebhook)
}

// refusal is an error as administrators are told of it.
func refusal(err error) error {
	found := ingest.Violations(err)
	switch {
	case errors.Is(err, ingest.ErrNoWebhook):
		return &admin.Denial{Status: http.StatusNotFound, Code: 10015, Message: "Unknown Webhook"}
	case errors.Is(err, ingest.ErrBusy):
		return &admin.Denial{Status: http.StatusServiceUnavailable, Code: 130000, Message: "API resource is currently overloaded. Try again a little later"}
	case len(found) > 0:
		return form([]discord.Violation{{Path: found[0].Pointer, Code: found[0].Code, Message: found[0].Message}})
	}
	return err
}

// form is a refusal of a member of a body.
func form(found []discord.Violation) *admin.Denial {
	const newest = 10 // version of Discord's API
	return &admin.Denial{Status: http.StatusBadRequest, Code: 50035, Message: found[0].Path + ": " + found[0].Message, Form: discord.AppendErrors(nil, found, newest)}
}
