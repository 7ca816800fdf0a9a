package mrkdwn

import (
	"strconv"
	"strings"
	"time"

	"dragoman/translators/chat"
)

// layouts are the tokens of Slack's dates, as they are worded here when the
// sender did not say how: in UTC, since the reader's zone is not known.
var layouts = [...]struct{ token, layout string }{
	{chat.DateNum, "2006-01-02"},
	{chat.DateSlash, "02/01/2006"},
	{chat.DateFull, "January 2, 2006"},
	{chat.DateLongFull, "January 2, 2006"},
	{chat.DateShort, "Jan 2, 2006"},
	{chat.DateLong, "Monday, January 2, 2006"},
	{chat.DatePretty, "January 2, 2006"},
	{chat.DateShortPretty, "Jan 2, 2006"},
	{chat.DateLongPretty, "Monday, January 2, 2006"},
	{chat.DayDivider, "Monday, January 2"},
	{chat.Clock, "15:04 UTC"},
	{chat.ClockSecs, "15:04:05 UTC"},
	{chat.Ago, "2006-01-02 15:04 UTC"},
	{chat.DateClock, "January 2, 2006 at 15:04 UTC"},
	{chat.DateLongClock, "Monday, January 2, 2006 at 15:04 UTC"},
	{chat.DateNumClock, "2006-01-02 15:04 UTC"},
	{chat.DateNumSecs, "2006-01-02 15:04:05 UTC"},
}

// pairs are two tokens that are one format.
var pairs = [...]struct{ date, clock, both string }{
	{chat.DateFull, chat.Clock, chat.DateClock},
	{chat.DateLong, chat.Clock, chat.DateLongClock},
	{chat.DateNum, chat.Clock, chat.DateNumClock},
	{chat.DateNum, chat.ClockSecs, chat.DateNumSecs},
}

func layoutOf(token string) string {
	for _, l := range layouts {
		if l.token == token && !strings.Contains(token, " ") {
			return l.layout
		}
	}
	return ""
}

// date adds "TS^FORMAT[^URL]" as words and times. With a link, or when it cannot
// be read, it is the fallback.
func (p *parser) date(c *control) {
	p.edgy = p.edgy || p.run.style != 0
	stamp, format, _ := strings.Cut(c.ref, "^")
	format, url, linked := strings.Cut(format, "^")
	format = p.shown(format)
	at, err := strconv.ParseInt(stamp, 10, 64)
	fallback := p.shown(c.label)
	ok := err == nil && at >= 0 && at < 1<<40 && validFormat(format)
	if !ok || linked {
		if fallback == "" {
			fallback = "!date^" + stamp
			if ok {
				fallback = time.Unix(at, 0).UTC().Format("2006-01-02 15:04 UTC")
			}
		}
		p.notes.Add(chat.Flattened, "date", 0)
		if linked && isAddress(url) {
			p.link(p.target(url))
			p.literal(fallback)
			p.link("")
			return
		}
		p.literal(fallback)
		return
	}
	p.dateTokens(format, at, fallback)
}

// dateTokens adds the words and times of a format that is valid. The fallback
// words the time, when there is but one.
func (p *parser) dateTokens(format string, at int64, fallback string) {
	for whole := format; format != ""; {
		from := strings.IndexByte(format, '{')
		if from < 0 {
			p.literal(format)
			return
		}
		p.literal(format[:from])
		token, rest := dateToken(format[from:])
		text := ""
		if lead := len(whole) - len(format) + from; strings.IndexByte(rest, '{') < 0 && strings.IndexByte(whole, '{') == lead {
			text, _ = strings.CutPrefix(fallback, whole[:lead])
			text, _ = strings.CutSuffix(text, rest)
		}
		if strings.TrimSpace(text) == "" {
			text = wording(token, at)
		}
		p.flush()
		p.add(chat.Span{Kind: chat.Time, Style: p.run.style, Text: text, Ref: token, At: at})
		format = rest
	}
}

func wording(token string, at int64) string {
	for _, l := range layouts {
		if l.token == token {
			return time.Unix(at, 0).UTC().Format(l.layout)
		}
	}
	return time.Unix(at, 0).UTC().Format(time.RFC3339)
}

// dateToken takes the token, or the pair that is one format, off the beginning.
func dateToken(s string) (token, rest string) {
	token, rest, _ = strings.Cut(s[1:], "}")
	for _, p := range pairs {
		if p.date != token {
			continue
		}
		for _, joint := range [...]string{" at ", ", ", " "} {
			after, ok := strings.CutPrefix(rest, joint)
			if next, end, _ := strings.Cut(after, "}"); ok && strings.HasPrefix(next, "{") && next[1:] == p.clock {
				return p.both, end
			}
		}
	}
	return token, rest
}

// validFormat reports whether a format has a token, and only known ones.
func validFormat(s string) bool {
	found := false
	for {
		_, after, ok := strings.Cut(s, "{")
		if !ok {
			return found
		}
		token, rest, ok := strings.Cut(after, "}")
		if !ok || layoutOf(token) == "" {
			return false
		}
		found, s = true, rest
	}
}
