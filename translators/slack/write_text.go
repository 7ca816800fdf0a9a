package slack

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// textObject writes a text object.
func (w *writer) textObject(typ string, text []byte) {
	w.left -= utf8.RuneCount(text)
	w.w.Open()
	w.w.KeyWord("type", typ)
	w.w.Key("text")
	w.w.Bytes(text)
	if typ == "mrkdwn" {
		w.w.KeyBool("verbatim", true) // words do not become links
	}
	w.w.Close()
}

// plainText writes s as a plain_text object of at most limit characters.
func (w *writer) plainText(s string, limit int) {
	w.plain, _ = w.appendPlain(w.plain[:0], s, limit)
	w.textObject("plain_text", w.plain)
}

// appendPlain appends s as plain_text of at most limit characters, and reports
// whether all of it is there; if not, that is noted.
func (w *writer) appendPlain(dst []byte, s string, limit int) ([]byte, bool) {
	var span [1]chat.Span
	span[0].Text = s
	out, next, _ := mrkdwn.Fit(dst, span[:], chat.Cursor{}, limit, mrkdwn.Plain, &w.opt, nil)
	if next == chat.End {
		return out, true
	}
	out, next, _ = mrkdwn.Fit(dst, span[:], chat.Cursor{}, limit-1, mrkdwn.Plain, &w.opt, nil)
	w.n.Add(chat.Shortened, "text", utf8.RuneCountInString(s[min(max(next.Byte, 0), len(s)):]))
	return append(out, "…"...), false
}

// clip is s as a literal string of at most limit characters, with a note if it was
// longer.
func (w *writer) clip(s string, limit int) string {
	cut := chat.Cut(s, limit)
	if cut == len(s) {
		return s
	}
	cut = chat.Cut(s, limit-1)
	w.n.Add(chat.Shortened, "text", utf8.RuneCountInString(s[cut:]))
	return s[:cut] + "…"
}

// words is s as a text of one span, in scratch memory.
func (w *writer) words(s string, style chat.Style) chat.Text {
	return w.scratch(chat.Span{Text: s, Style: style})
}

// scratch is a text of one span that is not in the message. It lasts until the
// next one is made.
func (w *writer) scratch(s chat.Span) chat.Text {
	w.spans = append(w.spans[:0], s)
	return w.spans
}

// isWeb reports whether Slack takes url as the address of a picture or button.
func isWeb(url string) bool {
	return (strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")) &&
		len(url) > len("http://") && len(url) <= maxURLChars && !hasSpace(url)
}

// isLink reports whether a link may lead to url.
func isLink(url string) bool {
	scheme, rest, _ := strings.Cut(url, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel", "slack":
		return rest != "" && len(url) <= maxURLChars && !hasSpace(url)
	default:
		return false
	}
}

// hasSpace reports whether there is white space, or a control character, in url.
func hasSpace(url string) bool {
	for i := range len(url) {
		if url[i] <= ' ' {
			return true
		}
	}
	return false
}

// unseen reports whether a reader sees nothing of s: white space, and characters
// without width.
func unseen[S string | []byte](s S) bool {
	for _, r := range string(s) {
		if !unicode.IsSpace(r) && !(r >= '\u200B' && r <= '\u200F') && r != '\u2060' && r != '\uFEFF' {
			return false
		}
	}
	return true
}

func isEmojiName(s string) bool { return len(s) > 2 && s[0] == ':' && s[len(s)-1] == ':' }

// keyPlain writes a member that holds plain text.
func (w *writer) keyPlain(key, s string, limit int) {
	w.plain, _ = w.appendPlain(w.plain[:0], s, limit)
	w.w.Key(key)
	w.w.Bytes(w.plain)
}
