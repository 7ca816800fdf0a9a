package console

import (
	"fmt"
	"time"

	"dragoman/translators/chat"
)

// slackDates are the layouts in which Slack shows a moment, by the format that
// the sender asked for. Slack says "today" where we give the date: a page is
// read on other days than the message.
var slackDates = map[string]string{
	chat.DateNum:         "2006-01-02",
	chat.DateSlash:       "02/01/2006",
	chat.DateFull:        "January 2, 2006",
	chat.DateLongFull:    "January 2, 2006",
	chat.DateShort:       "Jan 2, 2006",
	chat.DateLong:        "Monday, January 2, 2006",
	chat.DatePretty:      "January 2, 2006",
	chat.DateShortPretty: "Jan 2, 2006",
	chat.DateLongPretty:  "Monday, January 2, 2006",
	chat.DayDivider:      "Monday, January 2",
	chat.Clock:           "3:04 PM",
	chat.ClockSecs:       "3:04:05 PM",
	chat.DateClock:       "January 2, 2006 at 3:04 PM",
	chat.DateLongClock:   "Monday, January 2, 2006 at 3:04 PM",
	chat.DateNumClock:    "2006-01-02 3:04 PM",
	chat.DateNumSecs:     "2006-01-02 3:04:05 PM",
}

// discordDates are Discord's layouts; a format that it has not is shown as the
// nearest that it has.
var discordDates = map[string]string{
	chat.DateNum:         "02/01/2006",
	chat.DateSlash:       "02/01/2006",
	chat.DateFull:        "2 January 2006",
	chat.DateLongFull:    "2 January 2006",
	chat.DateShort:       "2 January 2006",
	chat.DateLong:        "2 January 2006",
	chat.DatePretty:      "2 January 2006",
	chat.DateShortPretty: "2 January 2006",
	chat.DateLongPretty:  "2 January 2006",
	chat.DayDivider:      "2 January 2006",
	chat.Clock:           "15:04",
	chat.ClockSecs:       "15:04:05",
	chat.DateClock:       "2 January 2006 15:04",
	chat.DateLongClock:   "Monday, 2 January 2006 15:04",
	chat.DateNumClock:    "02/01/2006, 15:04",
	chat.DateNumSecs:     "02/01/2006, 15:04:05",
}

// moment writes a time as words, and exactly for machines.
func (p *pen) moment(class fixed, at time.Time, words string) {
	p.begin("time", class)
	if y := at.Year(); y >= 1 && y <= 9999 {
		p.attr("datetime", at.Format(time.RFC3339))
		p.attr("title", at.Format("2006-01-02 15:04:05 UTC"))
	}
	p.end()
	p.text(words)
	p.close("time")
}

func (p *pen) timeSpan(s *chat.Span) {
	at := time.Unix(s.At, 0).UTC()
	words := s.Text
	if s.Ref == chat.Ago {
		words = ago(p.now.Sub(at))
	} else if layout, ok := p.look.dates[s.Ref]; ok {
		words = at.Format(layout)
	}
	p.moment("when", at, words)
}

// ago is a distance in time as chats word it; negative is in the future.
func ago(d time.Duration) string {
	past := d >= 0
	d = d.Abs()
	n, unit := int(d/time.Second), "second"
	const day = 24 * time.Hour
	switch {
	case d >= 365*day:
		n, unit = int(d/(365*day)), "year"
	case d >= 30*day:
		n, unit = int(d/(30*day)), "month"
	case d >= day:
		n, unit = int(d/day), "day"
	case d >= time.Hour:
		n, unit = int(d/time.Hour), "hour"
	case d >= time.Minute:
		n, unit = int(d/time.Minute), "minute"
	}
	if n != 1 {
		unit += "s"
	}
	if past {
		return fmt.Sprintf("%d %s ago", n, unit)
	}
	return fmt.Sprintf("in %d %s", n, unit)
}
