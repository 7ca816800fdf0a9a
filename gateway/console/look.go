package console

import (
	"html/template"
	"time"
	"unicode"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// look is how a chat draws a message. Both chats draw the same elements, and the
// style sheet makes the difference; here stands only what is not a matter of
// style.
type look struct {
	platform chat.Platform
	name     string
	class    fixed
	clock    string // layout of the time beside the sender's name
	stamp    string // layout of a card's time
	dates    map[string]string
	bar      chat.Colour // of a card without a colour
	sender   string      // the name of one who brings none
}

var slackLook = look{
	platform: chat.Slack, name: "Slack", class: "slack", sender: "Dragoman",
	clock: "3:04 PM", stamp: "Jan 2, 2006 at 3:04 PM", dates: slackDates, bar: chat.RGB(0xdddddd),
}

var discordLook = look{
	platform: chat.Discord, name: "Discord", class: "discord", sender: "Dragoman",
	clock: "02/01/2006 15:04", stamp: "02/01/2006 15:04", dates: discordDates, bar: chat.RGB(0x1e1f22),
}

// draw draws the messages that one delivery becomes, as the chat shows them to a
// reader in UTC. at is when they are sent.
func (l *look) draw(messages []*chat.Message, at time.Time) template.HTML {
	p := pen{look: l, now: at.UTC()}
	for _, m := range messages {
		p.message(m)
	}
	return p.done()
}

// pen draws messages in a look.
type pen struct {
	sheet
	look *look
	now  time.Time
}

func (p *pen) message(m *chat.Message) {
	name := m.Sender.Name
	if name == "" {
		name = p.look.sender
	}
	p.begin("article", "message")
	p.attr("aria-label", "Message as "+p.look.name+" shows it")
	p.end()
	p.begin("span", "avatar")
	p.attr("aria-hidden", "true")
	p.end()
	p.text(initial(name))
	p.close("span")
	p.open("div", "said")
	p.open("p", "who")
	p.element("b", "", name)
	p.text(" ")
	p.element("span", "app", "APP")
	p.text(" ")
	p.moment("", p.now, p.now.Format(p.look.clock))
	if m.Flags.Silent {
		p.element("span", "silent", " silent")
	}
	p.close("p")
	if m.Thread.Topic != "" {
		p.element("p", "topic", m.Thread.Topic)
	}
	p.blocks(m.Blocks)
	p.close("div")
	p.close("article")
}

// initial is what stands in the place of a sender's picture.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	r, _ := utf8.DecodeRuneInString(name)
	return string(r)
}
