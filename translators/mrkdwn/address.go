package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddress is the length of the longest address that becomes a link, in
// characters: Slack's limit for the addresses of buttons and link elements.
const maxAddress = 3000

// bareSchemes are those that need no "//" to be an address.
var bareSchemes = [...]string{
	"mailto", "tel", "sms", "skype", "sip", "sips", "xmpp", "slack", "callto", "facetime", "im", "geo", "magnet", "webcal", "urn",
}

// isAddress reports whether s begins with a scheme and looks like an address.
// Words such as "std::vector" do not.
func isAddress(s string) bool {
	n := schemeLen(s)
	if n == 0 || n+1 >= len(s) {
		return false
	}
	rest := s[n+1:]
	for i := range len(rest) {
		if rest[i] < ' ' || rest[i] == 0x7f {
			return false
		}
	}
	if strings.HasPrefix(rest, "//") {
		return len(rest) > 2 && (rest[2] != ' ')
	}
	if strings.IndexByte(rest, ' ') >= 0 {
		return false
	}
	for _, name := range bareSchemes {
		if strings.EqualFold(name, s[:n]) {
			return true
		}
	}
	return false
}

// isHost reports whether s begins with the name of a host: what stands where an
// address should is one without its scheme, as in "<example.com/a|a>".
func isHost(s string) bool {
	host, path, _ := strings.Cut(s, "/")
	dot := strings.LastIndexByte(host, '.')
	if dot < 1 || len(host)-dot <= 2 || strings.IndexFunc(path, unseen) >= 0 {
		return false
	}
	for i := range len(host) {
		c := host[i]
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (i > dot || !isAlnum(c) && c != '-' && c != '.') {
			return false
		}
	}
	return host[0] != '.' && host[0] != '-' && !strings.Contains(host, "..")
}

// isHarmless reports whether a link may lead to s: not to what a browser runs,
// nor to files of the reader's machine.
func isHarmless(s string) bool {
	switch n := schemeLen(s); strings.ToLower(s[:n]) {
	case "", "javascript", "data", "vbscript", "file", "blob", "about", "view-source", "jar":
		return false
	}
	return isAddress(s)
}

func schemeLen(s string) int {
	for i := 0; i < len(s) && i < 32; i++ {
		c := s[i]
		switch {
		case c == ':':
			return i
		case isAlnum(c) && (i > 0 || c > '9'):
		case i > 0 && (c == '+' || c == '-' || c == '.'):
		default:
			return 0
		}
	}
	return 0
}

func cutScheme(s, scheme string) (rest string, ok bool) {
	n := len(scheme)
	if len(s) > n+1 && s[n] == ':' && strings.EqualFold(s[:n], scheme) {
		return s[n+1:], true
	}
	return s, false
}

// bareAddress finds the address written as words around s[i], which is the ':'
// of "://" or the first '.' of "www."; it does not begin before s[least]. escaped
// tells that s holds entities. A size of 0 means there is none.
func bareAddress(s string, least, i int, escaped bool) (from, to int) {
	from = i
	for from > least && isAlnum(s[from-1]) && i-from < 6 {
		from--
	}
	head := 0 // where the host begins
	switch scheme := s[from:i]; {
	case s[i] == ':' && strings.HasPrefix(s[i:], "://") && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		head = i + len("://")
	case s[i] == '.' && strings.EqualFold(scheme, "www"):
		head = i + 1
	default:
		return 0, 0
	}
	if from > 0 && (s[from-1] == '.' || s[from-1] == '/' || s[from-1] == '@' || s[from-1] == '-') {
		return 0, 0
	}
	to = head
	open := 0 // parentheses
loop:
	for to < len(s) {
		switch c := s[to]; {
		case c <= ' ' || c == '<' || c == '>' || c == '"' || c == '`' || c == '|' || c == 0x7f:
			break loop
		case c == '&' && escaped && (strings.HasPrefix(s[to:], "&lt;") || strings.HasPrefix(s[to:], "&gt;")):
			break loop
		case c == '(':
			open++
		case c == ')':
			open--
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[to:])
			if isSpace(r) || r == utf8.RuneError || unicode.In(r, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf) {
				break loop
			}
			to += size - 1
		}
		to++
	}
	for to > head {
		switch s[to-1] {
		case '.', ',', ':', '!', '?', '\'', '*', '_', '~', ']', '}':
		case ';':
			if escaped && strings.HasSuffix(s[:to], "&amp;") {
				return ended(s, from, head, to)
			}
		case ')':
			if open >= 0 {
				return ended(s, from, head, to)
			}
			open++
		default:
			return ended(s, from, head, to)
		}
		to--
	}
	return 0, 0
}

func ended(s string, from, head, to int) (int, int) {
	if c := s[head]; !isAlnum(c) && c != '[' && c < utf8.RuneSelf {
		return 0, 0
	}
	return from, to
}

const upperHex = "0123456789ABCDEF"

// notInAddress says which bytes would end an address between < and >.
var notInAddress = func() (t [256]bool) {
	for c := range t {
		t[c] = c <= ' ' || c == '<' || c == '>' || c == '|' || c == 0x7f
	}
	return t
}()
