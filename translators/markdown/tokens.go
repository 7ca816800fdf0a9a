package markdown

import (
	"strconv"
	"strings"
	"time"

	"dragoman/translators/chat"
)

// everyone is the word of the mention that s begins with, after its "@".
func everyone(s string) string {
	switch {
	case strings.HasPrefix(s, "everyone"):
		return "everyone"
	case strings.HasPrefix(s, "here"):
		return "here"
	}
	return ""
}

// token reads what stands in angle brackets at i: a mention, an emoji, a time, an
// address. Words are shown in place of what has no kind. end is −1 when it is
// nothing of these.
func (p *parser) token(i, hi int) (s chat.Span, end int) {
	if i+2 >= hi || isSpace(p.src[i+1]) {
		return s, -1
	}
	k := strings.IndexAny(p.src[i+1:min(hi, i+maxToken)], "<>\n")
	if k < 0 || p.src[i+1+k] != '>' {
		if p.looked += k; k < 0 {
			p.looked += maxToken
		}
		return s, -1
	}
	p.looked += k
	end = i + 1 + k + 1
	body := p.src[i+1 : end-1]
	if s, ok := emoji(body); ok {
		if p.inLink {
			s.Kind = chat.Words // a label is words
		}
		return s, end
	}
	if p.place == Title || p.inLink || body == "" {
		return s, -1
	}
	switch rest := body[1:]; body[0] {
	case '@':
		kind := chat.User
		switch {
		case strings.HasPrefix(rest, "!"):
			rest = rest[1:]
		case strings.HasPrefix(rest, "&"):
			kind, rest = chat.UserGroup, rest[1:]
		}
		if isID(rest) {
			text := p.src[i+1 : end-1]
			if len(text) != len(rest)+1 {
				text = "@" + rest
			}
			return chat.Span{Kind: kind, Text: text, Ref: rest}, end
		}
	case '#':
		if isID(rest) {
			return chat.Span{Kind: chat.Channel, Text: body, Ref: rest}, end
		}
	case '/':
		if name, id, ok := strings.Cut(rest, ":"); ok && isID(id) && name != "" {
			p.notes.Add(chat.Unlinked, "slash_command", 1)
			return chat.Span{Text: body[:len(name)+1]}, end
		}
	case '+':
		if ref := phone(body); ref != "" {
			return chat.Span{Kind: chat.Link, Text: body, Ref: ref}, end
		}
	case 't':
		if strings.HasPrefix(rest, ":") {
			if s, ok := moment(rest[1:]); ok {
				return s, end
			}
		}
	case 'i':
		if where, ok := strings.CutPrefix(rest, "d:"); ok {
			if name := place(where); name != "" {
				p.notes.Add(chat.Unlinked, "guild_navigation", 1)
				return chat.Span{Text: name}, end
			}
		}
	}
	if linkable(body) && !strings.ContainsFunc(body, notInAddress) {
		p.hushed++
		return chat.Span{Kind: chat.Link, Text: body, Ref: body}, end
	}
	if isEmail(body) {
		return chat.Span{Kind: chat.Link, Text: body, Ref: "mailto:" + body}, end
	}
	return s, -1
}

// maxToken is the longest thing in angle brackets, in bytes: an address.
const maxToken = 2048

// isID reports whether s is one of Discord's ids. Real ones have 17 to 20 digits.
func isID(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func notInAddress(c rune) bool { return c <= ' ' || c == 0x7f }

// phone is the address that a number such as "+1 (555) 010-2030" leads to, empty
// when it is none.
func phone(s string) string {
	if len(s) > 25 || !strings.HasPrefix(s, "+") {
		return ""
	}
	digits := []byte("tel:+")
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c != '-' && c != ' ' && c != '(' && c != ')':
			return ""
		}
	}
	if len(digits) < len("tel:+")+5 {
		return ""
	}
	return string(digits)
}

func isEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	if !ok || name == "" || !isWord(name[0]) || strings.IndexByte(host, '.') < 1 || strings.HasSuffix(host, ".") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '@' && i != len(name) || c == ':' || c == '/' || c == '\\' || c == '`' {
			return false
		}
	}
	return true
}

// emoji reads ":name:id" and "a:name:id".
func emoji(body string) (chat.Span, bool) {
	ref := strings.TrimPrefix(body, ":")
	named := ref
	if len(ref) == len(body) {
		var ok bool
		if named, ok = strings.CutPrefix(body, "a:"); !ok {
			return chat.Span{}, false
		}
	}
	name, id, ok := strings.Cut(named, ":")
	if !ok || !isID(id) || len(name) < 1 || len(name) > 32 {
		return chat.Span{}, false
	}
	for i := range len(name) {
		if !isWord(name[i]) {
			return chat.Span{}, false
		}
	}
	// ":name:" stands in body as it is to be shown.
	from := len(body) - len(named) - 1
	return chat.Span{Kind: chat.Emoji, Text: body[from : from+len(name)+2], Ref: ref}, true
}

// place names a page of a server, as Discord's client does.
func place(id string) string {
	switch {
	case id == "customize":
		return "Channels & Roles"
	case id == "browse":
		return "Browse Channels"
	case id == "guide":
		return "Server Guide"
	case id == "linked-roles" || strings.HasPrefix(id, "linked-roles:"):
		return "Linked Roles"
	}
	return ""
}

// maxMoment is the last second that Discord's client can show, and the first one
// negated.
const maxMoment = 8_640_000_000_000

// moments pairs Discord's styles of a time with the neutral ones, and with the
// words for where there are only words.
var moments = [...]struct {
	style  byte
	format string
	layout string
}{
	{'f', chat.DateClock, "January 2, 2006 at 15:04 UTC"},
	{'F', chat.DateLongClock, "Monday, January 2, 2006 at 15:04 UTC"},
	{'t', chat.Clock, "15:04 UTC"},
	{'T', chat.ClockSecs, "15:04:05 UTC"},
	{'d', chat.DateSlash, "02/01/2006"},
	{'D', chat.DateLongFull, "January 2, 2006"},
	{'s', chat.DateNumClock, "02/01/2006, 15:04 UTC"},
	{'S', chat.DateNumSecs, "02/01/2006, 15:04:05 UTC"},
	{'R', chat.Ago, "January 2, 2006 at 15:04 UTC"},
}

// moment reads "seconds" and "seconds:style".
func moment(s string) (chat.Span, bool) {
	num, style, styled := strings.Cut(s, ":")
	at, err := strconv.ParseInt(num, 10, 64)
	if err != nil || at > maxMoment || at < -maxMoment || num[0] == '+' {
		return chat.Span{}, false
	}
	if !styled {
		style = "f"
	}
	for i := range moments {
		if m := &moments[i]; len(style) == 1 && style[0] == m.style {
			return chat.Span{Kind: chat.Time, Ref: m.format, At: at, Text: time.Unix(at, 0).UTC().Format(m.layout)}, true
		}
	}
	return chat.Span{}, false
}

// momentStyle is Discord's style for a neutral format of a time.
func momentStyle(format string) byte {
	for i := range moments {
		if moments[i].format == format {
			return moments[i].style
		}
	}
	clock := strings.Contains(format, "time")
	switch {
	case strings.Contains(format, "time_secs") && strings.Contains(format, "date"):
		return 'S'
	case clock && strings.Contains(format, "date_long"):
		return 'F'
	case clock && strings.Contains(format, "date"):
		return 'f'
	case strings.Contains(format, "time_secs"):
		return 'T'
	case clock:
		return 't'
	case format == chat.DateNum:
		return 'd'
	default:
		return 'D'
	}
}
