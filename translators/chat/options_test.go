package chat_test

import (
	"testing"

	"dragoman/translators/chat"
)

func TestMention(t *testing.T) {
	ana := chat.Span{Kind: chat.User, Text: "@U1", Ref: "U1"}
	ops := chat.Span{Kind: chat.Channel, Text: "#C1", Ref: "C1"}
	here := chat.Span{Kind: chat.Everyone, Text: "@here", Ref: "here"}
	know := func(_ chat.Platform, k chat.SpanKind, id string) (string, string) {
		if k == chat.User && id == "U1" {
			return "8035", "ana"
		}
		return "", ""
	}
	for _, c := range []struct {
		name     string
		opt      chat.Options
		pings    chat.Pings
		to       chat.Platform
		span     chat.Span
		id, show string
		notify   bool
	}{
		{"at home it keeps its id, quietly", chat.Options{}, chat.Pings{}, chat.Slack, ana, "U1", "@U1", false},
		{"elsewhere it is words", chat.Options{}, chat.Pings{}, chat.Discord, ana, "", "@U1", false},
		{"mapped, quietly", chat.Options{Lookup: know}, chat.Pings{}, chat.Discord, ana, "8035", "@ana", false},
		{"mapped and allowed", chat.Options{Lookup: know, Mentions: chat.Mentions{Users: []string{"8035"}}}, chat.Pings{}, chat.Discord, ana, "8035", "@ana", true},
		{"allowed but not wished", chat.Options{Lookup: know, Mentions: chat.Mentions{Users: []string{"8035"}}}, chat.Pings{Limited: true}, chat.Discord, ana, "8035", "@ana", false},
		{"wished by id", chat.Options{Lookup: know, Mentions: chat.Mentions{Users: []string{"8035"}}}, chat.Pings{Limited: true, Users: []string{"U1"}}, chat.Discord, ana, "8035", "@ana", true},
		{"as text", chat.Options{Lookup: know, Mentions: chat.Mentions{AsText: true, Users: []string{"8035"}}}, chat.Pings{}, chat.Discord, ana, "", "@ana", false},
		{"unknown channel", chat.Options{Lookup: know}, chat.Pings{}, chat.Discord, ops, "", "#C1", false},
		{"everyone is words", chat.Options{}, chat.Pings{}, chat.Slack, here, "", "@here", false},
		{"everyone where allowed", chat.Options{Mentions: chat.Mentions{Everyone: true}}, chat.Pings{}, chat.Slack, here, "here", "@here", true},
		{"everyone where not wished", chat.Options{Mentions: chat.Mentions{Everyone: true}}, chat.Pings{Limited: true, AnyUser: true}, chat.Slack, here, "", "@here", false},
	} {
		m := chat.Message{Origin: chat.Slack, Pings: c.pings}
		opt := c.opt.For(&m)
		if id, show, notify := opt.Mention(c.to, &c.span); id != c.id || show != c.show || notify != c.notify {
			t.Errorf("%s: got %q %q %v, want %q %q %v", c.name, id, show, notify, c.id, c.show, c.notify)
		}
	}
}

func TestNotes(t *testing.T) {
	var none *chat.Notes
	none.Enter("x", 1)
	none.Add(chat.Dropped, "x", 0)
	none.Leave()

	var n chat.Notes
	n.Enter("blocks", 3)
	n.Add(chat.Flattened, "static_select", 0)
	n.Add(chat.Flattened, "static_select", 0)
	n.AddAt("title", chat.Shortened, "characters", 12)
	n.Leave()
	n.Add(chat.Split, "message", 2)
	want := []string{"flattened blocks.3 static_select 2", "shortened blocks.3.title characters 12", "split  message 2"}
	for i, note := range n.List {
		if note.String() != want[i] {
			t.Errorf("note %d: got %q, want %q", i, note, want[i])
		}
	}
	for i := range 100 {
		n.Enter("blocks", i)
		n.Add(chat.Flattened, "x", 0)
		n.Leave()
	}
	n.Add(chat.Dropped, "picture", 0)
	last := n.List[len(n.List)-1]
	if len(n.List) != chat.MaxNotes || last.What != "more_notes" || last.Count != 3+101-63 {
		t.Errorf("got %d notes, the last %v", len(n.List), last)
	}
	if !n.Has(chat.Dropped) {
		t.Error("the closing note hides the worst loss")
	}
}

func TestSeverityAndState(t *testing.T) {
	title := func(s string, c chat.Colour) *chat.Message {
		return &chat.Message{Blocks: []chat.Block{{Kind: chat.Group, Card: &chat.Card{Colour: c, Title: chat.Text{{Text: s}}}}}}
	}
	for _, c := range []struct {
		m               *chat.Message
		severity, state string
	}{
		{title("[FIRING:1] InstanceDown", 0), "critical", "firing"},
		{title("[RESOLVED] InstanceDown (critical)", chat.RGB(0xff0000)), "ok", "resolved"},
		{title("Warning: disk", chat.RGB(0xff0000)), "warning", ""},
		{title("Info: deployed", 0), "info", ""},
		{title("a title", chat.RGB(0xa30200)), "critical", ""},
		{title("a title", chat.RGB(0xdaa038)), "warning", ""},
		{title("a title", chat.RGB(0x2eb886)), "ok", ""},
		{title("a title", chat.RGB(0x7289da)), "info", ""},
		{title("a title", chat.RGB(0x808080)), "", ""},
		{title("an upright downtown", 0), "", ""},
		{&chat.Message{Blocks: []chat.Block{{Text: chat.Text{{Text: "Backup failed"}}}}}, "critical", ""},
		{&chat.Message{}, "", ""},
	} {
		if got := chat.Severity(c.m); got != c.severity {
			t.Errorf("severity of %+v: got %q, want %q", c.m.Blocks, got, c.severity)
		}
		if got := chat.State(c.m); got != c.state {
			t.Errorf("state of %+v: got %q, want %q", c.m.Blocks, got, c.state)
		}
	}
}
