package discord

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// sender makes the message's sender fit for username and avatar_url.
func (w *writer) sender() {
	s := &w.m.Sender
	w.n.Enter("sender", -1)
	defer w.n.Leave()
	if s.Name != "" {
		name := strings.Join(strings.Fields(s.Name), " ")
		name = w.short("name", name, maxUsername)
		w.username = legalName(name)
		if w.username != name {
			w.n.AddAt("name", chat.Flattened, "username", 0)
		}
	}
	if s.URL != "" {
		w.n.AddAt("url", chat.Unlinked, "url", 0)
	}
	w.avatar = w.address("icon", "avatar_url", s.Icon)
}

// legalName is name without what Discord refuses in a webhook's name: the words
// "clyde" and "discord" anywhere, and "everyone" and "here" alone. One letter is
// put in its Cyrillic shape, which looks the same.
func legalName(name string) string {
	switch low := strings.ToLower(name); low {
	case "here", "everyone":
		i := strings.IndexByte(low, 'e')
		return name[:i] + lookalike(name[i]) + name[i+1:]
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		if n := forbidden(name[i:]); n >= 0 {
			b.WriteString(name[i:i+n] + lookalike(name[i+n]))
			i += n + 1
			continue
		}
		b.WriteByte(name[i])
		i++
	}
	return b.String()
}

// forbidden gives the place of the letter to change when s begins with a
// forbidden word, else −1.
func forbidden(s string) int {
	switch {
	case len(s) >= 5 && strings.EqualFold(s[:5], "clyde"):
		return 0
	case len(s) >= 7 && strings.EqualFold(s[:7], "discord"):
		return 3
	}
	return -1
}

func lookalike(c byte) string {
	switch c {
	case 'c':
		return "с"
	case 'C':
		return "С"
	case 'E':
		return "Е"
	default:
		return "е"
	}
}

// short is s cut to max characters, ending in "…" and noted when it is longer.
func (w *writer) short(key, s string, max int) string {
	n := count(s)
	if n <= max {
		return s
	}
	head := strings.TrimRight(s[:chat.Cut(s, max-1)], " \n")
	w.n.AddAt(key, chat.Shortened, "characters", n-count(head))
	return head + "…"
}

func count(s string) int { return utf8.RuneCountInString(s) }
