package mrkdwn

import (
	"strings"

	"dragoman/translators/chat"
)

// A control is what stands between < and >.
type control struct {
	kind  chat.SpanKind
	ref   string // address, id, or which Everyone
	label string // escaped; may be empty
	at    int    // where the label begins
	text  string // what to show without a label: an end of ref, save for mentions
	date  bool   // ref is what follows "date^"
	bare  bool   // ref lacks its scheme, which is http
	other bool   // a team, a command that is not known, or what is no address
}

// controlEnd is the index of the > that ends the control sequence at s[0], or 0.
// Sequences do not nest, and stay on their line.
func controlEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '>':
			if i == 1 {
				return 0
			}
			return i
		case '<', '\n':
			return 0
		}
	}
	return 0
}

// shown is where in the sequence the label stands, or else the text.
func (c *control) shown() (from, to int) {
	if c.label != "" {
		return c.at, c.at + len(c.label)
	}
	return len(c.ref) - len(c.text), len(c.ref)
}

// parseControl reads what stands between < and >, and reports whether it is
// anything.
func parseControl(s string) (c control, ok bool) {
	body, label, _ := strings.Cut(s, "|")
	if strings.TrimLeftFunc(label, unseen) == "" {
		label = ""
	}
	c.label, c.at = label, len(s)-len(label)
	if len(body) < 2 {
		return c, false
	}
	switch body[0] {
	case '@':
		c.kind, c.ref, c.text = chat.User, body[1:], body
		return c, isID(c.ref)
	case '#':
		c.kind, c.ref, c.text = chat.Channel, body[1:], body
		return c, isID(c.ref)
	case '!':
		return parseCommand(c, body)
	}
	switch {
	case isAddress(body):
	case isAddress(label): // written the wrong way round
		body, c.label, c.at = label, body, 0
	case label != "" && isHost(body):
		c.bare = true
	case label == body: // <user1|user1> leads nowhere
		c.other, c.ref, c.text = true, body, body
		return c, strings.IndexFunc(body, unseen) < 0
	default:
		return c, false
	}
	c.kind, c.ref, c.text = chat.Link, body, body
	if rest, mail := cutScheme(body, "mailto"); mail {
		c.text = rest
	} else if rest, tel := cutScheme(body, "tel"); tel {
		c.text = rest
	}
	return c, true
}

// unseen holds for what does not make a label.
func unseen(r rune) bool { return isSpace(r) || spoofs(r) }

func parseCommand(c control, body string) (control, bool) {
	command := body[1:]
	switch name, rest, _ := strings.Cut(command, "^"); {
	case command == "here":
		c.kind, c.ref, c.text = chat.Everyone, "here", "@here"
	case command == "channel", command == "group":
		c.kind, c.ref, c.text = chat.Everyone, "channel", "@channel"
	case command == "everyone", command == "all":
		c.kind, c.ref, c.text = chat.Everyone, "everyone", "@everyone"
	case name == "subteam" && isID(rest):
		c.kind, c.ref, c.text = chat.UserGroup, rest, ""
	case name == "date":
		c.date, c.ref = true, rest
	default:
		c.other, c.ref, c.text = true, body, body
		return c, isAlnum(command[0]) // "<!-- … -->" is a comment that someone pasted
	}
	return c, true
}

func isID(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}
