package chat

import (
	"strings"
	"unicode/utf8"
)

// cleanAddress percent-encodes in an address what no address may hold and what
// chats refuse or read as the end of a link: white space, controls, quotation
// marks, angle brackets, backticks, backslashes, and a % that begins no escape.
// Source: RFC 3986, section 2. Alerting programs send such addresses daily. An
// upload's name is left as it is, since it must match that of a file.
func cleanAddress(s *string) {
	a := *s
	for i := range len(a) {
		if suspect[a[i]] {
			mendAddress(s)
			return
		}
	}
}

// suspect says which bytes mendAddress has to look at: in most addresses, none.
var suspect = func() (t [256]bool) {
	for c := range t {
		t[c] = c == '%' || c >= utf8.RuneSelf || badInAddress(string([]byte{byte(c)}), 0)
	}
	return t
}()

func mendAddress(s *string) {
	clean(s)
	if strings.HasPrefix(*s, "attachment://") {
		return
	}
	for i := range len(*s) {
		if badInAddress(*s, i) {
			*s = encodeAddress(*s, i)
			return
		}
	}
}

func badInAddress(s string, i int) bool {
	switch c := s[i]; c {
	case '"', '<', '>', '\\', '`', 0x7f:
		return true
	case '%':
		return i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])
	default:
		return c <= ' '
	}
}

func encodeAddress(s string, from int) string {
	const hex = "0123456789ABCDEF"
	out := append(make([]byte, 0, len(s)+16), s[:from]...)
	for i := from; i < len(s); i++ {
		if c := s[i]; badInAddress(s, i) {
			out = append(out, '%', hex[c>>4], hex[c&15])
		} else {
			out = append(out, c)
		}
	}
	return string(out)
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// isAddress reports whether s is as cleanAddress leaves it.
func isAddress(s string) bool {
	got := s
	cleanAddress(&got)
	return got == s
}

// EndsAddress reports whether no reader of a text takes c for a part of an address
// written as words before it: white space, and the punctuation and brackets that
// stand behind addresses. Before anything else a writer puts a space.
func EndsAddress(c byte) bool {
	return isSpace(c) || strings.IndexByte(",.;:!?)]}>\"'", c) >= 0
}
