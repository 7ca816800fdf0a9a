package discord

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// address is url when Discord takes it where only the web is allowed; else it is
// noted and left out.
func (w *writer) address(key, what, url string) string {
	if url == "" || isWeb(url) {
		return url
	}
	w.n.AddAt(key, chat.Unlinked, what, 0)
	return ""
}

// inText is an address that Discord takes in text alone: as a link when one can
// follow it, such as "http://grafana:3000/" in the office, else as words.
func inText(url string) chat.Text {
	if isLink(url) {
		return chat.Text{{Kind: chat.Link, Text: url, Ref: url}}
	}
	return chat.Text{{Text: url}}
}

// isWeb reports whether url is one that Discord takes outside of text: a link to a
// host with a name of the internet. One address that is none makes Discord refuse
// the whole message.
func isWeb(url string) bool {
	rest, ok := afterScheme(url)
	return ok && isWebAddress(rest)
}

// isLink reports whether Discord shows url as a link in text: http or https, with a
// host, well formed and not too long.
func isLink(url string) bool {
	_, ok := afterScheme(url)
	return ok
}

// afterScheme is what follows the scheme of an address that is a link.
func afterScheme(url string) (rest string, ok bool) {
	switch {
	case len(url) > 8 && strings.EqualFold(url[:8], "https://"):
		rest = url[8:]
	case len(url) > 7 && strings.EqualFold(url[:7], "http://"):
		rest = url[7:]
	default:
		return "", false
	}
	if !utf8.ValidString(url) || len(url) > maxURL && count(url) > maxURL {
		return "", false
	}
	end := hostEnd(rest)
	return rest, isHost(rest[:end]) && wellFormed(rest[end:])
}

// hostEnd is where the host ends that s begins with.
func hostEnd(s string) int {
	for i := range len(s) {
		if c := s[i]; c == '/' || c == '?' || c == '#' {
			return i
		}
	}
	return len(s)
}

// isHost reports whether s is a host with or without a port. Names and passwords
// before a host are refused: they are there to deceive.
func isHost(s string) bool {
	host := s
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host = s[:i]
		if strings.Trim(s[i+1:], "0123456789") != "" {
			return false
		}
	}
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		return strings.Trim(host[1:n-1], "0123456789abcdefABCDEF:.") == ""
	}
	for i := range len(host) {
		c := host[i]
		if c < utf8.RuneSelf && !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return host != ""
}

// wellFormed reports whether s, the path and the rest of an address, has no white
// space, no brackets that would end a link, and only whole escapes.
func wellFormed(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"':
			return false
		case c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])):
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// isMedia reports whether url can be a picture of an embed.
func isMedia(url string) bool {
	if name, ok := uploadName(url); ok {
		return kindOf(name, "") == chat.Picture && canRefer(url)
	}
	return isWeb(url)
}

// canRefer reports whether an embed or a component can refer to the upload at url:
// its name is one that Discord keeps, which writes others anew.
func canRefer(url string) bool {
	name, ok := uploadName(url)
	for i := range len(name) {
		c := name[i]
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return ok && len(url) <= maxUploadText
}
