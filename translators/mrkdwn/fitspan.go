package mrkdwn

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// whole writes t[i], which is not words, and says how many spans that were: a
// link takes all the spans of its label.
func (w *writer) whole(t chat.Text, i int, also chat.Style) int {
	s := &t[i]
	style := s.Style | also
	rest := t[i+1:]
	switch s.Kind {
	case chat.Link:
		return w.link(t, i, also)
	case chat.Time:
		if format := slackFormat(s.Ref); w.place != Plain && format != "" && s.At >= 0 {
			w.plainly(style, rest)
			w.raw("<!date^")
			w.number(s.At)
			w.raw("^")
			w.raw(format)
			w.raw("|")
			w.label(s.Text)
			w.raw(">")
			return 1
		}
		w.lost |= lostTime
		w.put(s.Text, style, rest)
	case chat.User, chat.UserGroup, chat.Channel, chat.Everyone:
		w.mention(s, style, rest)
	case chat.Emoji:
		w.emoji(s, style, rest)
	case chat.Icon:
		if strings.TrimSpace(s.Text) == "" {
			w.lost |= lostPicture
			return 1
		}
		w.lost |= lostIcon
		w.put(s.Text, style, rest)
	default:
		w.put(s.Text, style, rest)
	}
	return 1
}

// plainly readies the output for a control sequence in a style; those have no
// code, since nothing acts in it.
func (w *writer) plainly(style chat.Style, rest chat.Text) {
	style = w.known(style)
	if style&chat.Mono != 0 {
		style &^= chat.Mono
		w.lost |= lostCode
	}
	w.want(style, rest)
	w.follow('<')
	w.fresh = false
}

// known is the part of style that mrkdwn has.
func (w *writer) known(style chat.Style) chat.Style {
	if style&chat.Underline != 0 {
		w.lost |= lostUnderline
	}
	if style&chat.Spoiler != 0 {
		w.lost |= lostSpoiler
	}
	return style & (chat.Bold | chat.Italic | chat.Strike | chat.Mono)
}

func (w *writer) mention(s *chat.Span, style chat.Style, rest chat.Text) {
	id, name, notify := "", s.Text, false
	if w.opt != nil {
		id, name, notify = w.opt.Mention(chat.Slack, s)
	}
	if w.place != Plain && isID(id) && (notify || s.Kind == chat.Channel) {
		head, bare := "<@", "@"
		switch s.Kind {
		case chat.UserGroup:
			head = "<!subteam^"
		case chat.Channel:
			head, bare = "<#", "#"
		case chat.Everyone:
			head, bare = "<!", "@"
		default: // a user
		}
		w.plainly(style, rest)
		w.raw(head)
		w.raw(id)
		if s.Kind != chat.Everyone && name != "" && !(strings.HasPrefix(name, bare) && name[1:] == id) {
			w.raw("|")
			label := strings.TrimPrefix(name, userSigil(s.Kind))
			if sigil := userSigil(s.Kind); sigil != "" && strings.HasPrefix(label, sigil) {
				label = name // a name that begins with the mark itself is read as it stands
			}
			w.label(label)
		}
		w.raw(">")
		return
	}
	switch s.Kind {
	case chat.User:
		w.lost |= lostUser
	case chat.UserGroup:
		w.lost |= lostGroup
	case chat.Channel:
		w.lost |= lostChannel
	default:
		w.lost |= lostEveryone
	}
	w.put(name, style, rest)
}

// userSigil is what the label of a mention goes without.
func userSigil(k chat.SpanKind) string {
	switch k {
	case chat.User:
		return "@"
	case chat.Channel:
		return "#"
	default:
		return ""
	}
}

func (w *writer) emoji(s *chat.Span, style chat.Style, rest chat.Text) {
	id, name := "", s.Text
	if w.opt != nil {
		id, name, _ = w.opt.Mention(chat.Slack, s)
	}
	if !isEmojiName(id) {
		w.lost |= lostEmoji
		w.put(name, style, rest)
		return
	}
	style = w.known(style)
	if w.place == Plain {
		style = 0
	}
	if style&chat.Mono != 0 {
		style &^= chat.Mono
		w.lost |= lostCode
	}
	w.want(style, rest)
	w.follow(':')
	if r := w.last(); w.sticky || r != edge && (r == ':' || isNameRune(r)) {
		w.space()
	}
	w.fresh, w.sticky = false, false
	w.raw(":")
	w.raw(id)
	w.raw(":")
	w.shut = ':'
}

func isEmojiName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return s != "" && len(s) < maxEmojiName && plausible(s)
}

// link writes the link that begins with t[i] and takes the spans of one label.
func (w *writer) link(t chat.Text, i int, also chat.Style) int {
	ref := t[i].Ref
	size := 1
	outer := w.known(t[i].Style | also)
	for i+size < len(t) && t[i+size].Kind == chat.Link && t[i+size].Ref == ref {
		outer &= t[i+size].Style | also
		size++
	}
	label := t[i : i+size]
	if outer != w.open() || hasTick(label) { // a link stands in code that goes on, else code in the link
		outer &^= chat.Mono
	}
	rest := t[i+size:]
	plain := size == 1 && t[i].Text == ref
	if w.place == Plain || !isHarmless(ref) || utf8.RuneCountInString(ref) > maxAddress {
		for k := range label {
			w.put(label[k].Text, label[k].Style|also, t[i+k+1:])
		}
		switch long := len(ref) > maxAddress; {
		case w.place != Plain && long:
			w.lost |= lostAddress
		case w.place != Plain:
			w.lost |= lostUnsafe
		default:
			w.lost |= lostLink
		}
		if !plain && ref != "" && len(ref) <= maxAddress {
			w.put(" (", 0, nil)
			w.put(ref, 0, nil)
			w.put(")", 0, rest)
		}
		return size
	}
	if w.gap != "" && w.worn&(label[0].Style|also)&^outer != 0 { // a mark inside of the label does not reach it
		w.lost |= lostStyle
	}
	w.want(outer, rest)
	w.prior = (label[size-1].Style | also) & marked
	w.follow('<')
	w.fresh, w.sticky = false, false
	w.raw("<")
	exact := w.url(ref)
	switch {
	case plain && exact && t[i].Style&chat.Mono&^outer == 0:
	case isUnseen(label): // nobody would see it; so the address shows
		w.lost |= lostLabel
	default:
		for k := range label {
			if strings.IndexByte(label[k].Text, '\n') >= 0 {
				w.lost |= lostLabel
			}
		}
		w.raw("|")
		w.labels(label, also, outer)
	}
	w.raw(">")
	return size
}

func hasTick(label chat.Text) bool {
	for i := range label {
		if strings.IndexByte(label[i].Text, '`') >= 0 {
			return true
		}
	}
	return false
}

func isUnseen(label chat.Text) bool {
	for i := range label {
		if strings.TrimLeftFunc(label[i].Text, unseen) != "" {
			return false
		}
	}
	return true
}

// labels writes a label, whose styles beyond outer are marks inside of it; but
// nothing acts inside of code.
func (w *writer) labels(label chat.Text, also, outer chat.Style) {
	if outer&chat.Mono != 0 {
		for k := range label {
			if (label[k].Style|also)&marked != outer {
				w.lost |= lostStyle
			}
			w.label(label[k].Text)
		}
		return
	}
	saved := w.state
	place := w.place
	w.place, w.inLabel = Line, true
	w.state = state{base: len(w.dst), used: w.used, lost: w.lost}
	for k := range label {
		w.put(clean(label[k].Text, &w.lost), (label[k].Style|also)&^outer, label[k+1:])
	}
	w.finish()
	used, lost := w.used, w.lost
	w.place, w.inLabel, w.state = place, false, saved
	w.used, w.lost = used, lost
}

// url writes an address as Slack can read it between < and >, and reports
// whether nothing had to be changed for that.
func (w *writer) url(s string) bool {
	exact := true
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '&':
			w.raw(s[from:i])
			w.raw("&amp;")
		case notInAddress[c]:
			exact = false
			w.raw(s[from:i])
			w.dst = append(w.dst, '%', upperHex[c>>4], upperHex[c&15])
			w.used += 3
		default:
			continue
		}
		from = i + 1
	}
	w.raw(s[from:])
	return exact
}

// label writes words that stand between | and > and are never markup.
func (w *writer) label(s string) {
	s = clean(s, &w.lost)
	for {
		line, more, broken := strings.Cut(s, "\n")
		w.escape(line)
		if !broken {
			return
		}
		w.raw(" ")
		s = more
	}
}

// clean takes from a label what would make it read otherwise than it is written:
// controls, and marks that turn the direction of the text about.
func clean(s string, lost *loss) string {
	if strings.IndexFunc(s, spoofs) < 0 {
		return s
	}
	*lost |= lostDirection
	return strings.Map(func(r rune) rune {
		if spoofs(r) {
			return -1
		}
		return r
	}, s)
}

func spoofs(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// slackFormat is a Time's format in Slack's tokens; empty when it has none.
func slackFormat(ref string) string {
	switch ref {
	case chat.DateNum:
		return "{date_num}"
	case chat.DateSlash:
		return "{date_slash}"
	case chat.DateFull:
		return "{date}"
	case chat.DateLongFull:
		return "{date_long_full}"
	case chat.DateShort:
		return "{date_short}"
	case chat.DateLong:
		return "{date_long}"
	case chat.DatePretty:
		return "{date_pretty}"
	case chat.DateShortPretty:
		return "{date_short_pretty}"
	case chat.DateLongPretty:
		return "{date_long_pretty}"
	case chat.DayDivider:
		return "{day_divider_pretty}"
	case chat.Clock:
		return "{time}"
	case chat.ClockSecs:
		return "{time_secs}"
	case chat.Ago:
		return "{ago}"
	case chat.DateClock:
		return "{date} at {time}"
	case chat.DateLongClock:
		return "{date_long} at {time}"
	case chat.DateNumClock:
		return "{date_num} {time}"
	case chat.DateNumSecs:
		return "{date_num} {time_secs}"
	}
	return ""
}
