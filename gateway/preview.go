package gateway

import (
	"errors"

	"dragoman/gateway/console"
	"dragoman/gateway/ingest"
	"dragoman/gateway/render"
	"dragoman/translators"
	"dragoman/translators/chat"
)

// preview reads a payload and shows what each chat would be sent and make of it:
// what is drawn has been written for the chat and read back from that.
func (g *Gateway) preview(source, format, event string, body []byte) (console.Preview, error) {
	p := console.Preview{Message: new(chat.Message)}
	var notes chat.Notes
	err := translators.Read(p.Message, &notes, format, &chat.Input{Event: event, Body: body})
	p.Notes = notes.List
	if err != nil {
		if errors.Is(err, translators.ErrSilent) || errors.Is(err, chat.ErrEmpty) {
			err = nil
		}
		return p, err
	}
	if p.Message.Sender.Name == "" {
		p.Message.Sender.Name = g.senderOf(source)
	}
	var native chat.Output
	if err := translators.Write(&native, p.Message, "native", &chat.Options{}); err != nil {
		return p, err
	}
	p.Neutral = native.Parts[0].Payload
	if p.Slack, err = g.shown(p.Message, "slack"); err != nil {
		return p, err
	}
	p.Discord, err = g.shown(p.Message, "discord")
	return p, err
}

// shown writes a message in a format as a destination that takes everything would
// get it, and reads it back.
func (g *Gateway) shown(m *chat.Message, format string) (console.Shown, error) {
	plan := render.Plan{Format: format, MaxParts: g.conf.Defaults.MaxParts, Components: true, Legacy: true}
	job := g.Job(nil, "", &plan, render.Planned)
	var out chat.Output
	if err := translators.Write(&out, m, format, job.Options()); err != nil {
		return console.Shown{}, err
	}
	s := console.Shown{Notes: out.Notes.List}
	for _, part := range out.Parts {
		back := new(chat.Message)
		if err := translators.Read(back, nil, format, &chat.Input{Body: part.Payload}); err != nil {
			return s, err
		}
		s.Messages = append(s.Messages, back)
	}
	return s, nil
}

// consoleOptions are what the pages show. Only the demo's addresses may be seen:
// an address holds its source's secret.
func (g *Gateway) consoleOptions(base string) console.Options {
	o := console.Options{History: g.store, Preview: g.preview, Inboxes: g.inboxes(), Version: g.Version, Log: g.log}
	for i := range g.conf.Sources {
		src := IngestSource(&g.conf.Sources[i])
		o.Sources = append(o.Sources, src.Name)
		if g.conf.File == "" {
			a := ingest.AddressesOf(&src, base)
			o.Addresses = append(o.Addresses, console.Address{Source: src.Name, Slack: a.Slack, Discord: a.Discord})
		}
	}
	return o
}
