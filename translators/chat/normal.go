package chat

import (
	"strings"
	"unicode/utf8"
)

// Normalize makes m canonical, in place:
//
//  1. no empty spans; neighbouring spans with equal kind, style, ref and time
//     are one span, except that Icons, mentions, emoji and times stay single;
//  2. neighbouring Link spans with equal Ref are one link with a label in several styles;
//  3. a Para does not begin or end with a line break, nor is it all white space,
//     and a blank line always starts a new Para;
//  4. the fields set on a block are those its kind allows, and a block without
//     what its kind is for is gone; a Group has a Card; a card has no Group;
//  5. all strings are valid UTF-8 and free of NUL; styles hold only known bits;
//  6. item depth rises by at most one from item to item;
//  7. a Small holds no line break, and only a Small holds Icon spans;
//  8. a style ends at a line break, and white space at an edge of a run of a
//     style does not carry it; the text of Code carries none.
//
// Readers call it last. It allocates nothing when m is canonical already.
func Normalize(m *Message) {
	cleanBadge(&m.Sender)
	m.Summary = normText(m.Summary, false)
	clean(&m.Thread.Key)
	clean(&m.Thread.Topic)
	for i := range m.Thread.Tags {
		clean(&m.Thread.Tags[i])
	}
	for i := range m.Pings.Users {
		clean(&m.Pings.Users[i])
	}
	for i := range m.Pings.Groups {
		clean(&m.Pings.Groups[i])
	}
	m.Blocks = normBlocks(m.Blocks, inMessage)
}

// where a run of blocks stands; it says which kinds it may hold.
type place uint8

const (
	inMessage place = iota
	inCard
	inField
)

func (p place) allows(k Kind) bool {
	switch p {
	case inMessage:
		return k <= Group
	case inCard:
		return k < Group
	default:
		return k == Para || k == Item || k == Code
	}
}

func normBlocks(in []Block, at place) []Block {
	out := in[:0]
	split := false // out no longer shares in's memory
	depth := -1
	for i := range in {
		b := &in[i]
		if !at.allows(b.Kind) {
			continue
		}
		normBlock(b)
		if !filled(b) {
			continue
		}
		switch {
		case b.Kind == Item:
			b.Level = min(max(b.Level, 0), depth+1)
			depth = b.Level
		case b.Level > 0 && b.Kind != Heading:
			if b.Level = min(b.Level, depth+1); b.Level == 0 {
				depth = -1
			}
		default:
			depth = -1
		}
		if b.Kind == Para && hasBlankLine(b.Text) {
			if !split {
				out = append(make([]Block, 0, len(in)+4), out...)
				split = true
			}
			out = appendParas(out, *b)
			continue
		}
		out = append(out, *b)
	}
	if !split {
		clear(in[len(out):])
	}
	return out
}

// normBlock cleans what b holds and clears what its kind does not allow.
func normBlock(b *Block) {
	u := uses[b.Kind]
	clean(&b.Lang)
	if u&useText != 0 {
		b.Text = normText(b.Text, b.Kind == Small)
	} else {
		b.Text = nil
	}
	switch {
	case b.Kind == Heading:
		b.Level = min(max(b.Level, 1), 3)
	case u&useLevel == 0 || b.Level < 0:
		b.Level = 0
	}
	if u&useNumber == 0 || b.Number < 0 {
		b.Number = 0
	}
	if u&useLang == 0 {
		b.Lang = ""
	}
	b.Assets = normAssets(b.Assets)
	b.Buttons = normButtons(b.Buttons)
	switch {
	case u&useAssets != 0:
	case u&useBeside != 0 && len(b.Assets) > 1:
		b.Assets = b.Assets[:1]
	case u&useBeside == 0:
		b.Assets = nil
	}
	switch {
	case u&useButtons != 0:
	case u&useBeside != 0 && len(b.Buttons) > 1:
		b.Buttons = b.Buttons[:1]
	case u&useBeside == 0:
		b.Buttons = nil
	}
	if u&useFields != 0 {
		b.Fields = normFields(b.Fields)
	} else {
		b.Fields = nil
	}
	if u&useTable != 0 {
		normTable(b.Table)
	} else {
		b.Table = nil
	}
	if u&useCard != 0 {
		normCard(b.Card)
	} else {
		b.Card = nil
	}
	switch b.Kind {
	case Code:
		plainCode(b)
	case Para, Heading:
		b.Text = trimBreaks(b.Text)
	case Small:
		joinLines(b)
	}
}

// filled reports whether b holds what its kind is for.
func filled(b *Block) bool {
	switch b.Kind {
	case Divider, Item:
		return true
	case Para, Heading, Small:
		return !blank(b.Text) || len(b.Assets) > 0 || len(b.Buttons) > 0
	case Code:
		return len(b.Text) > 0
	case Media:
		return len(b.Assets) > 0
	case Fields:
		return len(b.Fields) > 0
	case Buttons:
		return len(b.Buttons) > 0
	case Grid:
		return b.Table != nil && len(b.Table.Rows) > 0
	case Group:
		return b.Card != nil && !b.Card.empty()
	}
	return false
}

func (c *Card) empty() bool {
	return len(c.Title) == 0 && c.URL == "" && c.Author == (Badge{}) && c.Footer == (Badge{}) &&
		len(c.Body) == 0 && c.Thumb.URL == "" && c.At.IsZero()
}

func normCard(c *Card) {
	if c == nil {
		return
	}
	cleanBadge(&c.Author)
	cleanBadge(&c.Footer)
	c.Title = trimBreaks(normText(c.Title, false))
	if blank(c.Title) {
		c.Title = nil
	}
	clean(&c.URL)
	cleanAsset(&c.Thumb)
	c.Body = normBlocks(c.Body, inCard)
}

func normFields(in []Field) []Field {
	out := in[:0]
	for _, f := range in {
		f.Name = trimBreaks(normText(f.Name, false))
		if blank(f.Name) {
			f.Name = nil
		}
		f.Body = normBlocks(f.Body, inField)
		if len(f.Name) > 0 || len(f.Body) > 0 {
			out = append(out, f)
		}
	}
	clear(in[len(out):])
	return out
}

func normTable(t *Table) {
	if t == nil {
		return
	}
	for _, row := range t.Rows {
		for i := range row {
			row[i] = normText(row[i], false)
		}
	}
	for i, a := range t.Align {
		if a > AlignRight {
			t.Align[i] = AlignNone
		}
	}
}

func normAssets(in []Asset) []Asset {
	out := in[:0]
	for _, a := range in {
		if cleanAsset(&a); a.URL != "" || a.Title != "" || a.Alt != "" {
			out = append(out, a)
		}
	}
	clear(in[len(out):])
	return out
}

func normButtons(in []Button) []Button {
	out := in[:0]
	for _, x := range in {
		clean(&x.Label)
		clean(&x.URL)
		clean(&x.ID)
		if x.Label != "" || x.URL != "" {
			out = append(out, x)
		}
	}
	clear(in[len(out):])
	return out
}

func cleanBadge(b *Badge) {
	clean(&b.Name)
	clean(&b.URL)
	clean(&b.Icon)
}

func cleanAsset(a *Asset) {
	clean(&a.URL)
	clean(&a.Alt)
	clean(&a.Title)
	a.Bytes = max(0, a.Bytes)
}

// clean makes s valid UTF-8 without NUL.
func clean(s *string) {
	if !isClean(*s) {
		*s = strings.ReplaceAll(strings.ToValidUTF8(*s, "\uFFFD"), "\x00", "")
	}
}

func isClean(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == 0 || c >= utf8.RuneSelf {
			return c != 0 && utf8.ValidString(s[i:]) && strings.IndexByte(s[i:], 0) < 0
		}
	}
	return true
}

// normText brings t to normal form in place when nothing has to be split.
func normText(t Text, icons bool) Text {
	simple := true
	for i := range t {
		s := &t[i]
		clean(&s.Text)
		clean(&s.Ref)
		s.Style &= allStyles
		if s.Kind == Icon && !icons || s.Kind > Icon {
			s.Kind, s.Ref, s.At = Words, "", 0
		}
		if s.Style != 0 && simple && edgy(s.Text) {
			simple = false
		}
	}
	if !simple {
		t = settleStyles(t)
	}
	return mergeSpans(t)
}

// edgy reports whether a styled text could break rule 8.
func edgy(s string) bool {
	return s == "" || isSpace(s[0]) || isSpace(s[len(s)-1]) || strings.IndexByte(s, '\n') >= 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// settleStyles applies rule 8 to t: each span is split at the white space which
// loses a style.
func settleStyles(t Text) Text {
	out := make(Text, 0, len(t)+4)
	for i := range t {
		s := t[i]
		if s.Kind != Words || s.Style == 0 {
			out = append(out, s)
			continue
		}
		for rest := s.Text; rest != ""; {
			n := 0
			space := isSpace(rest[0])
			for n < len(rest) && isSpace(rest[n]) == space {
				n++
			}
			s.Text, rest = rest[:n], rest[n:]
			out = append(out, s)
		}
	}
	// A bit stays on white space only while the same line has it on both sides.
	for bit := Bold; bit <= Spoiler; bit <<= 1 {
		for i := 0; i < len(out); i++ {
			if !isBlankWords(&out[i]) {
				continue
			}
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
				end < len(out) && out[end].Style&bit != 0
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

func isBlankWords(s *Span) bool {
	return s.Kind == Words && s.Text != "" && isSpace(s.Text[0]) && strings.TrimLeft(s.Text, " \n\t\r") == ""
}

// mergeSpans drops empty spans and joins those that are alike.
func mergeSpans(t Text) Text {
	out := t[:0]
	for i := range t {
		s := t[i]
		if s.Text == "" && s.Kind != Icon {
			if s.Kind == Words || s.Ref == "" {
				continue
			}
			s.Text = s.Ref // a mention or link must show something
		}
		if n := len(out); n > 0 && alike(&out[n-1], &s) {
			out[n-1].Text += s.Text
			continue
		}
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

// trimBreaks takes line breaks off both ends.
func trimBreaks(t Text) Text {
	for len(t) > 0 && t[0].Kind == Words {
		if t[0].Text = strings.TrimLeft(t[0].Text, "\r\n"); t[0].Text != "" {
			break
		}
		t = t[1:]
	}
	for len(t) > 0 && t[len(t)-1].Kind == Words {
		s := &t[len(t)-1]
		if s.Text = strings.TrimRight(s.Text, "\r\n"); s.Text != "" {
			break
		}
		t = t[:len(t)-1]
	}
	return t
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
	b.Text = trimBreaks(b.Text)
	for i := range b.Text {
		if s := &b.Text[i]; strings.ContainsAny(s.Text, "\r\n") {
			s.Text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s.Text)
		}
	}
}

// hasBlankLine reports whether a line of t is empty or white space only.
func hasBlankLine(t Text) bool {
	_, _, ok := blankLine(t)
	return ok
}

// blankLine finds the first blank line: from the line break before it to the
// first character after all blank lines in a row.
func blankLine(t Text) (from, to Cursor, ok bool) {
	inGap := false // a break has been seen, and only white space since
	breaks := 0
	for i := range t {
		if t[i].Kind != Words {
			if breaks > 1 {
				return from, Cursor{i, 0}, true
			}
			inGap, breaks = false, 0
			continue
		}
		s := t[i].Text
		if !inGap && strings.IndexByte(s, '\n') < 0 {
			continue
		}
		for k := 0; k < len(s); k++ {
			switch c := s[k]; {
			case c == '\n':
				if !inGap {
					inGap, from = true, Cursor{i, k}
				}
				breaks++
				to = Cursor{i, k + 1}
			case isSpace(c):
			default:
				if breaks > 1 {
					return from, to, true
				}
				inGap, breaks = false, 0
				next := strings.IndexByte(s[k:], '\n')
				if next < 0 {
					k = len(s)
				} else {
					k += next - 1
				}
			}
		}
	}
	return from, to, false // trailing breaks are trimmed before
}

// appendParas appends b as one Para for each stretch between blank lines. What
// stands beside it stays with the first.
func appendParas(out []Block, b Block) []Block {
	for {
		from, to, ok := blankLine(b.Text)
		if !ok {
			if !blank(b.Text) || len(b.Assets)+len(b.Buttons) > 0 {
				out = append(out, b)
			}
			return out
		}
		head, tail := splitText(b.Text, from, to)
		first := b
		first.Text = trimBreaks(head)
		if !blank(first.Text) || len(b.Assets)+len(b.Buttons) > 0 {
			out = append(out, first)
			b.Assets, b.Buttons = nil, nil
		}
		b.Text = trimBreaks(tail)
	}
}

// splitText gives what stands before from and from to on, in memory of its own
// where both share a span.
func splitText(t Text, from, to Cursor) (head, tail Text) {
	head = append(Text(nil), t[:from.Span+1]...)
	head[from.Span].Text = head[from.Span].Text[:from.Byte]
	tail = append(Text(nil), t[to.Span:]...)
	tail[0].Text = tail[0].Text[to.Byte:]
	return mergeSpans(head), mergeSpans(tail)
}
