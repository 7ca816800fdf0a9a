package chat

import (
	"slices"
	"strings"
)

// Severity is how bad what a message tells of is, by its colour and words:
// "critical", "warning", "info", "ok", or empty when nothing tells. Words are
// looked for in the summary and in titles and headings, where alerting programs
// put them, and are worth more than colours.
func Severity(m *Message) string {
	var colour Colour
	found := ""
	eachTitle(m, func(t Text, c *Card) bool {
		if c != nil && colour == 0 {
			colour = c.Colour
		}
		found = severityOf(t.Plain())
		return found == ""
	})
	if found != "" {
		return found
	}
	return hue(colour)
}

// State is "firing" or "resolved" where a title or the summary says so, in the
// words that alerting programs use, else empty.
func State(m *Message) string {
	found := ""
	eachTitle(m, func(t Text, _ *Card) bool {
		found = stateOf(t.Plain())
		return found == ""
	})
	return found
}

// eachTitle calls f with the summary and every title, heading and first Para,
// until f returns false.
func eachTitle(m *Message, f func(Text, *Card) bool) {
	if len(m.Summary) > 0 && !f(m.Summary, nil) {
		return
	}
	for i := range m.Blocks {
		b := &m.Blocks[i]
		switch {
		case b.Kind == Group:
			if !f(b.Card.Title, b.Card) {
				return
			}
		case b.Kind == Heading || b.Kind == Para && i == 0:
			if !f(b.Text, nil) {
				return
			}
		}
	}
}

var severities = []string{"", "info", "ok", "warning", "critical"}

var severityWords = []struct{ word, severity string }{
	{"critical", "critical"}, {"fatal", "critical"}, {"emergency", "critical"}, {"disaster", "critical"},
	{"firing", "critical"}, {"alerting", "critical"}, {"failed", "critical"}, {"failure", "critical"}, {"error", "critical"},
	{"down", "critical"}, {"warning", "warning"}, {"warn", "warning"}, {"degraded", "warning"},
	{"resolved", "ok"}, {"recovered", "ok"}, {"ok", "ok"}, {"up", "ok"}, {"success", "ok"}, {"succeeded", "ok"}, {"passed", "ok"},
	{"info", "info"}, {"information", "info"},
}

func severityOf(s string) string {
	if stateOf(s) == "resolved" {
		return "ok"
	}
	best := ""
	eachWord(s, func(word string) bool {
		for _, w := range severityWords {
			if word == w.word && rank(w.severity) > rank(best) {
				best = w.severity
			}
		}
		return best != "critical"
	})
	return best
}

func stateOf(s string) string {
	state := ""
	eachWord(s, func(word string) bool {
		switch word {
		case "resolved", "recovered", "recovery":
			state = "resolved"
		case "firing", "triggered", "alerting":
			state = "firing"
		}
		return state == ""
	})
	return state
}

// rank orders severities, the worst highest; none is 0.
func rank(severity string) int {
	return slices.Index(severities, severity)
}

// eachWord calls f with each word of s in lower case, until f returns false.
func eachWord(s string, f func(string) bool) {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r < 0x80
	}) {
		if !f(strings.ToLower(word)) {
			return
		}
	}
}

// hue reads a severity off a colour: red, orange and yellow, green, blue.
func hue(c Colour) string {
	rgb, ok := c.RGB()
	if !ok {
		return ""
	}
	r, g, b := int(rgb>>16), int(rgb>>8&0xff), int(rgb&0xff)
	hi, lo := max(r, g, b), min(r, g, b)
	switch {
	case hi-lo < 64: // a grey says nothing
		return ""
	case r == hi && g > b && (g-lo)*100 > (hi-lo)*40:
		return "warning"
	case r == hi:
		return "critical"
	case g == hi:
		return "ok"
	default:
		return "info"
	}
}
