package chattest

import (
	"strings"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
)

// Nasty are the pieces of which words are made: what is markup somewhere, what
// would notify, and characters that are counted, cut or joined wrongly.
var Nasty = []string{
	"*", "**", "_", "__", "~", "~~", "||", "`", "``", "```", "\\", "<", ">", "&", "&amp;", "&lt;b&gt;", "#", "# ", "## x", "-# ", "- ", "> ", ">>> ", "1. ",
	"[", "]", "(", ")", "[a](b)", "](https://x.test)", "!", "|", ":", ":tada:", ":not_an_emoji:", "@", "{", "}", "<b>", "</a>", "<!-- x -->",
	"@everyone", "@here", "<!channel>", "<!here|here>", "<@U024BE7LH>", "<@80351110224678912>", "<@&165511591545143296>", "<#C024BE7LR>", "<!subteam^SAZ94GDB8>",
	"<t:1618953630:F>", "<!date^1392734382^{date}|then>", "<:night_owl:41771983429993937>", "<https://x.test|x>", "https://x.test/a_b_c", "http://x.test", "mailto:a@x.test", "javascript:alert(1)",
	"👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "é", "e\u0301", "Z͑ͫ̓", "漢字", "かな", "한국어", "שלום", "مرحبا", "\u202e", "\u200b", "\u200d", "\ufe0f", "\u00a0", "\u2028", "\ufeff", "𝔘", "ß", "Ĳ",
	"a_b", "2*3*4", "snake_case_name", "x~y", "$HOME", "100%", "\"", "'", "“", "…", "\t",
}

var plain = []string{"deploy", "build", "failed", "main", "the", "of", "ana", "42", "alpha", "and", "release", "v1"}

// words are a few words and nasty pieces on one line, never blank.
func (g gen) words() string {
	var b strings.Builder
	b.WriteString(rapid.SampledFrom(plain).Draw(g.t, "word"))
	for range g.int(0, 4) {
		if !g.chance(3) {
			b.WriteByte(' ')
		}
		if g.chance(2) {
			b.WriteString(rapid.SampledFrom(Nasty).Draw(g.t, "nasty"))
		} else {
			b.WriteString(rapid.SampledFrom(plain).Draw(g.t, "word"))
		}
	}
	if g.chance(40) {
		b.WriteString(strings.Repeat(rapid.SampledFrom([]string{"x", "漢", "👩‍👩‍👧‍👦", "*", "a "}).Draw(g.t, "long"), g.int(50, 2500)))
	}
	return b.String()
}

func (g gen) url() string {
	return rapid.SampledFrom([]string{
		"https://x.test", "https://x.test/a_b_c", "https://x.test/p?q=1&r=*2*", "http://x.test/(paren)", "https://x.test/a|b", "https://x.test/%3E", "https://x.test/漢字",
	}).Draw(g.t, "url")
}

// text is of up to n spans, and of more than one line now and then. Spans may stand
// directly beside each other: a word in two styles, a link glued to a word.
func (g gen) text(n int) chat.Text {
	var t chat.Text
	for range g.int(1, n) {
		s := g.span()
		if len(t) > 0 && !g.chance(3) {
			t = append(t, chat.Span{Text: rapid.SampledFrom([]string{" ", " ", "\n", "\n\n", ", "}).Draw(g.t, "between")})
		}
		t = append(t, s)
	}
	return t
}

func (g gen) span() chat.Span {
	s := chat.Span{Text: g.words()}
	if g.chance(2) {
		s.Style = chat.Style(g.int(0, int(chat.Bold|chat.Italic|chat.Strike|chat.Underline|chat.Mono|chat.Spoiler)))
	}
	switch g.int(0, 13) {
	case 0, 1:
		s.Kind, s.Ref = chat.Link, g.url()
		if g.chance(3) {
			s.Text = s.Ref
		}
	case 2:
		s.Kind, s.Text, s.Ref = chat.User, "@ana", g.id("U024BE7LH", "80351110224678912")
	case 3:
		s.Kind, s.Text, s.Ref = chat.UserGroup, "@night-watch", g.id("SAZ94GDB8", "165511591545143296")
	case 4:
		s.Kind, s.Text, s.Ref = chat.Channel, "#ops", g.id("C024BE7LR", "41771983423143937")
	case 5:
		s.Kind, s.Ref = chat.Everyone, rapid.SampledFrom([]string{"here", "channel", "everyone"}).Draw(g.t, "whom")
		s.Text = "@" + s.Ref
	case 6:
		s.Kind, s.Text, s.Ref = chat.Emoji, ":night_owl:", g.id("night_owl", "41771983429993937")
	case 7:
		s.Kind, s.Text, s.At = chat.Time, "then", int64(g.int(1_000_000_000, 2_000_000_000))
		s.Ref = rapid.SampledFrom([]string{chat.DateNum, chat.DateLong, chat.Clock, chat.Ago, chat.DateClock}).Draw(g.t, "format")
	}
	return s
}

// id is one that the message's origin could have given.
func (g gen) id(slack, discord string) string {
	if g.origin == chat.Discord {
		return discord
	}
	return slack
}
