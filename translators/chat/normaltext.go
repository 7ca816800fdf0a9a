package chat

import (
	"strings"
	"time"
)

// normText brings t to normal form, in place when nothing has to be split.
func normText(t Text, icons bool) Text {
	for i := range t {
		normSpan(&t[i], icons)
	}
	if !settled(t) {
		t = settleStyles(t)
	}
	return mergeSpans(t)
}

func normSpan(s *Span, icons bool) {
	clean(&s.Text)
	if s.Kind == Link || s.Kind == Icon {
		bare := s.Text == s.Ref
		if cleanAddress(&s.Ref); bare {
			s.Text = s.Ref
		}
	} else {
		clean(&s.Ref)
	}
	s.Style &= allStyles
	if !refFits(s) || s.Kind == Icon && !icons {
		s.Kind = Words
	}
	if s.Kind == Words {
		s.Ref = ""
	}
	if s.Kind != Time {
		s.At = 0
	}
	if s.Text == "" {
		if s.Text = shown(s); s.Text == "" && s.Ref == "" {
			*s = Span{} // nothing, which must not pass for something
		}
	}
}

// refFits reports whether s.Ref can be what the kind of s refers to. A mention's
// goes out as it is, so that nothing may stand in it that could end the mention.
func refFits(s *Span) bool {
	switch s.Kind {
	case Words, Icon:
		return true
	case Link:
		return s.Ref != ""
	case User, UserGroup, Channel:
		for i := range len(s.Ref) {
			if c := s.Ref[i]; !isAlnum(c) && strings.IndexByte("._-/[]", c) < 0 {
				return false
			}
		}
		return true
	case Everyone:
		return s.Ref == "here" || s.Ref == "channel" || s.Ref == "everyone"
	case Emoji:
		for i := range len(s.Ref) {
			if c := s.Ref[i]; c <= ' ' || strings.IndexByte("<>|`@&", c) >= 0 {
				return false
			}
		}
		return true
	case Time:
		return !strings.ContainsAny(s.Ref, "<>|^{}")
	}
	return false
}

// shown is what a span without words shows.
func shown(s *Span) string {
	switch s.Kind {
	case Link:
		return s.Ref
	case User, UserGroup, Channel:
		if s.Ref != "" {
			return sigil(s.Kind) + s.Ref
		}
	case Everyone:
		return "@" + s.Ref
	case Emoji:
		if s.Ref != "" {
			return ":" + s.Ref + ":"
		}
	case Time:
		return time.Unix(s.At, 0).UTC().Format("2006-01-02 15:04 MST")
	case Words, Icon:
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// settled reports whether t keeps rule 8 already.
func settled(t Text) bool {
	for i := range t {
		s := &t[i]
		if s.Kind != Words || s.Style == 0 || s.Text == "" {
			continue
		}
		if isSpace(s.Text[0]) && (i == 0 || !carries(&t[i-1], s.Style, -1)) ||
			isSpace(s.Text[len(s.Text)-1]) && (i+1 == len(t) || !carries(&t[i+1], s.Style, 0)) ||
			strings.IndexByte(s.Text, '\n') >= 0 {
			return false
		}
	}
	return true
}

// carries reports whether s has the styles given and shows something where it
// meets its neighbour: at its end (-1) or its beginning (0).
func carries(s *Span, styles Style, at int) bool {
	if s.Kind != Words {
		return s.Style&styles == styles
	}
	if s.Text == "" {
		return false
	}
	if at < 0 {
		at = len(s.Text) - 1
	}
	return !isSpace(s.Text[at]) && s.Style&styles == styles
}

// settleStyles applies rule 8 to t: a styled span is split at white space that
// may lose a style, which is at its ends and around line breaks.
func settleStyles(t Text) Text {
	out := make(Text, 0, len(t)+4)
	for i := range t {
		if s := t[i]; s.Kind != Words || s.Style == 0 {
			if s.Kind != Words || s.Text != "" {
				out = append(out, s)
			}
			continue
		}
		out = appendPieces(out, t[i])
	}
	// A bit stays on white space only while the same line has it on both sides.
	for bit := Bold; bit <= Spoiler; bit <<= 1 {
		for i := 0; i < len(out); i++ {
			end := i // one past a run of white space with this bit
			broken := false
			for end < len(out) && isBlankWords(&out[end]) && out[end].Style&bit != 0 {
				broken = broken || strings.IndexByte(out[end].Text, '\n') >= 0
				end++
			}
			if end == i {
				continue
			}
			joined := i > 0 && out[i-1].Style&bit != 0 && !isBlankWords(&out[i-1]) &&
				end < len(out) && out[end].Style&bit != 0 && !isBlankWords(&out[end])
			if broken || !joined {
				for k := i; k < end; k++ {
					out[k].Style &^= bit
				}
			}
			i = end - 1
		}
	}
	return out
}

// appendPieces appends s as the white space at its ends, its lines, and the white
// space between them.
func appendPieces(out Text, s Span) Text {
	rest := s.Text
	add := func(n int) {
		if n > 0 {
			s.Text, rest = rest[:n], rest[n:]
			out = append(out, s)
		}
	}
	for rest != "" {
		n := 0
		for n < len(rest) && isSpace(rest[n]) {
			n++
		}
		add(n)
		line := strings.IndexByte(rest, '\n')
		if line < 0 {
			line = len(rest)
		}
		for line > 0 && isSpace(rest[line-1]) {
			line--
		}
		add(line)
	}
	return out
}

func isBlankWords(s *Span) bool {
	return s.Kind == Words && s.Text != "" && isSpace(s.Text[0]) && strings.TrimLeft(s.Text, " \n\t") == ""
}

// mergeSpans drops empty spans and joins those that are alike.
func mergeSpans(t Text) Text {
	from := 0 // what stands before is merged
	for from < len(t) && (t[from].Text != "" || t[from].Kind == Icon && t[from].Ref != "") &&
		(from == 0 || !alike(&t[from-1], &t[from])) {
		from++
	}
	if from > 0 && from < len(t) {
		from-- // the next may belong to it
	}
	out := t[:from]
	for i := from; i < len(t); i++ {
		s := t[i]
		if s.Text == "" && (s.Kind != Icon || s.Ref == "") {
			continue
		}
		// All that are alike are joined at once: one by one would cost the square.
		end, size := i+1, len(s.Text)
		for end < len(t) && (t[end].Text == "" && t[end].Kind != Icon || alike(&s, &t[end])) {
			size += len(t[end].Text)
			end++
		}
		if size > len(s.Text) {
			var b strings.Builder
			b.Grow(size)
			for k := i; k < end; k++ {
				b.WriteString(t[k].Text)
			}
			s.Text = b.String()
		}
		i = end - 1
		out = append(out, s)
	}
	clear(t[len(out):])
	if len(out) == 0 {
		return nil
	}
	return out
}

// alike reports whether a and b are one span. Mentions, emoji and times are not:
// two of one kind in a row are two.
func alike(a, b *Span) bool {
	return a.Kind == b.Kind && (a.Kind == Words || a.Kind == Link) && a.Style == b.Style && a.Ref == b.Ref
}

// trimText takes line breaks off both ends, with the white space of the lines
// that have nothing else. A text of white space alone is nil.
func trimText(t Text) Text {
	for len(t) > 0 && t[0].Kind == Words {
		s := &t[0]
		if n := leading(s.Text); n > 0 {
			s.Text = s.Text[n:]
		}
		if s.Text != "" {
			break
		}
		t = t[1:]
	}
	for len(t) > 0 && t[len(t)-1].Kind == Words {
		s := &t[len(t)-1]
		s.Text = s.Text[:trailing(s.Text)]
		if s.Text != "" {
			break
		}
		t = t[:len(t)-1]
	}
	if blank(t) {
		return nil
	}
	return t
}

// leading is the end of the last line break in the white space that begins s.
func leading(s string) int {
	n := 0
	for i := 0; i < len(s) && isSpace(s[i]); i++ {
		if s[i] == '\n' {
			n = i + 1
		}
	}
	return n
}

// trailing is the beginning of the first line break in the white space that ends s.
func trailing(s string) int {
	n := len(s)
	for i := len(s) - 1; i >= 0 && isSpace(s[i]); i-- {
		if s[i] == '\n' {
			n = i
		}
	}
	return n
}

// blank reports whether t shows nothing but white space.
func blank(t Text) bool {
	for i := range t {
		if t[i].Kind != Words || strings.TrimSpace(t[i].Text) != "" {
			return false
		}
	}
	return true
}

// plainCode takes the styles and the kinds other than Link from b's text.
func plainCode(b *Block) {
	for i := range b.Text {
		s := &b.Text[i]
		if s.Style = 0; s.Kind != Link {
			s.Kind, s.Ref, s.At = Words, "", 0
		}
	}
	b.Text = mergeSpans(b.Text)
}

// joinLines makes one line of b's text.
func joinLines(b *Block) {
	b.Text = trimText(b.Text)
	for i := range b.Text {
		b.Text[i].Text = strings.ReplaceAll(b.Text[i].Text, "\n", " ")
	}
}
