package gateway

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"dragoman/gateway/ingest"
	"dragoman/rules"
	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/github"
)

// facts is what rules can see of an event. m is the event as its reader read it.
func (g *Gateway) facts(e *ingest.Event, m *chat.Message) *rules.Facts {
	event := e.Name
	if e.Dialect == "github" {
		event = github.EventName(e.Name, e.Body) // rules are for all forges
	}
	f := &rules.Facts{
		Source:  e.Source,
		Dialect: e.Dialect,
		Event:   event,
		Channel: e.Channel,
		Labels:  g.labelsOf(e.Source),
		Now:     e.At,
		Body:    e.Body,
		Header:  func(name string) string { return e.Header[http.CanonicalHeaderKey(name)] },
		Msg:     func() *rules.Message { return messageFacts(m) },
	}
	if e.Hook != nil {
		imply(f, e.Hook)
	}
	if e.Dialect == "github" {
		f.Action = github.Action(event, e.Body)
		f.Git = func() *rules.Git { return gitFacts(event, e.Body) }
	}
	return f
}

func gitFacts(event string, body []byte) *rules.Git {
	subject, aliases := github.Subject(event, body)
	return &rules.Git{
		Repo:    github.Repo(body),
		Branch:  github.Branch(event, body),
		Subject: subject,
		Aliases: aliases,
		Labels:  github.Labels(body),
		Bot:     github.Bot(body),
		Changed: github.Changed(body),
	}
}

// messageFacts is the neutral message as words. Title, author, address and colour
// are those of the first card, or of what stands in for it.
func messageFacts(m *chat.Message) *rules.Message {
	f := &rules.Message{
		Text:     plainText(m),
		Author:   m.Sender.Name,
		Severity: chat.Severity(m),
		State:    chat.State(m),
	}
	seen := map[string]bool{}
	gather(f, seen, m.Blocks)
	if f.Title == "" && len(m.Blocks) > 0 && m.Blocks[0].Kind == chat.Heading {
		f.Title = m.Blocks[0].Text.Plain()
	}
	return f
}

func plainText(m *chat.Message) string {
	var out chat.Output
	if err := translators.Write(&out, m, "plain", &chat.Options{MaxParts: 1}); err != nil || len(out.Parts) == 0 {
		return ""
	}
	return string(out.Parts[0].Payload)
}

// gather collects fields and links, and the first card's head.
func gather(f *rules.Message, seen map[string]bool, blocks []chat.Block) {
	link := func(url string) {
		if url != "" && !seen[url] {
			seen[url] = true
			f.Links = append(f.Links, url)
		}
	}
	for i := range blocks {
		b := &blocks[i]
		for _, s := range b.Text {
			if s.Kind == chat.Link {
				link(s.Ref)
			}
		}
		for _, x := range b.Buttons {
			link(x.URL)
		}
		for _, x := range b.Fields {
			value := make([]string, len(x.Body))
			for k := range x.Body {
				value[k] = x.Body[k].Text.Plain()
			}
			f.Fields = append(f.Fields, rules.Field{Name: x.Name.Plain(), Text: strings.Join(value, "\n")})
			gather(f, seen, x.Body)
		}
		if c := b.Card; c != nil {
			if f.Title == "" && f.URL == "" {
				f.Title, f.URL, f.Color = c.Title.Plain(), c.URL, c.Colour.String()
				if c.Author.Name != "" {
					f.Author = c.Author.Name
				}
			}
			link(c.URL)
			gather(f, seen, c.Body)
		}
	}
}

// maxSummary is how much of a message a list shows, in characters.
const maxSummary = 160

// summary is one line for lists.
func summary(e *ingest.Event, m *chat.Message) string {
	s := m.Summary.Plain()
	if s == "" {
		s = plainText(m)
	}
	if s == "" {
		s = strings.TrimSpace(e.Name + " " + gjson.GetBytes(e.Body, "action").Str)
	}
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxSummary {
		s = s[:chat.Cut(s, maxSummary-1)] + "…"
	}
	return s
}
