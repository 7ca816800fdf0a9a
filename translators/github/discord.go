package github

import (
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// Discord documents which events its /github address takes, and nothing of what
// it makes of them. What is done here is put together from captured messages,
// from proxies which stand in front of the real address, and from servers and
// bots which imitate it. Comments give the certainty of a choice: "seen" is in a
// captured message or was measured; "agreed" is in at least two imitations;
// "disputed" is where those differ.

// The colours of Discord's embeds; most have none. Seen: the force push, the
// pull request and the comment on an issue. Agreed: the others.
var (
	discordPush     = chat.RGB(0x7289da)
	discordIssue    = chat.RGB(0xeb6420)
	discordComment  = chat.RGB(0xe68d60) // also of discussions, which is disputed
	discordPullTalk = chat.RGB(0xbfe5bf)
	discordGood     = chat.RGB(0x009800) // pull requests, and checks which succeeded
	discordBad      = chat.RGB(0xfc2929) // force pushes, and all other checks
)

// discordTitleChars is what Discord trims a title to: so it said in 2021, when
// longer ones made it refuse the whole. Disputed: some still see titles vanish.
const discordTitleChars = 256

// discordSender is whom Discord names as the author of the message; seen.
var discordSender = chat.Badge{Name: "GitHub", Icon: "https://avatars.githubusercontent.com/u/9919"}

// ReadDiscord reads an event as Read does, but into what Discord's own /github
// address shows of it: the eighteen events that it knows, of which it leaves most
// actions out. It returns ErrSilent for everything else, also for an event
// without a sender. It is as spare as its model: merged looks like closed.
//
// In two ways it is not Discord. Names, titles and the first lines of commits are
// words, where Discord lets them be Markdown; and nothing in a body is a mention.
func ReadDiscord(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	name, body, err := delivery(in)
	if err != nil {
		return err
	}
	show := discordEvents[name]
	if show == nil {
		return ErrSilent
	}
	e := newEvent(m, n, name, body)
	if e.card.Author.Name == "" {
		return ErrSilent // seen
	}
	if err := show(e); err != nil {
		return err
	}
	m.Role = chat.Post
	m.Sender = discordSender
	e.card.Footer, e.card.At = chat.Badge{}, time.Time{}
	e.finish()
	chat.Normalize(m)
	return nil
}

// embed makes the title "[place] title", where marked is a piece of code at the
// end of it. An address makes it a link.
func (e *event) embed(place, title, marked, url string) {
	from := len(e.mem.Spans)
	if place != "" {
		title = "[" + place + "] " + title
	}
	e.words(title)
	if marked != "" {
		e.words(" ")
		e.mono(marked)
	}
	spans := e.mem.Spans.Cut(from)
	left := discordTitleChars
	for i := range spans {
		s := &spans[i]
		if lost := utf8.RuneCountInString(s.Text) - left; lost > 0 {
			e.notes.AddAt("title", chat.Shortened, "title", lost)
			s.Text = strings.TrimRight(s.Text[:chat.Cut(s.Text, left)], " ")
		}
		left -= utf8.RuneCountInString(s.Text)
	}
	e.card.Title, e.card.URL = spans, url
}
