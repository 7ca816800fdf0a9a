package chat

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Normalize makes m canonical, in place:
//
//  1. no empty spans; neighbouring spans with equal kind, style and ref are one
//     span, except that Icons, mentions, emoji and times stay single; words
//     have no Ref, and a mention whose Ref cannot be an id is words;
//  2. neighbouring Link spans with equal Ref are one link with a label in several styles;
//  3. a Para or Item does not begin or end with a line break, and a blank line
//     always starts a new Para, under an item if it was in one; no text is all
//     white space;
//  4. the fields set on a block are those its kind allows, and a block without
//     what its kind is for is gone; a Group has a Card; a card has no Group;
//  5. all strings are valid UTF-8, free of NUL and of the marks that turn the
//     characters after them about (U+202D, U+202E), with which a name or a link can
//     be made to read as another, and their lines end with a line feed alone; styles
//     hold only known bits;
//  6. item depth rises by at most one from item to item, and is at most MaxDepth;
//     no list goes on over the edge of a quotation;
//  7. a Small holds no line break, and only a Small holds Icon spans;
//  8. a style ends at a line break, and white space at an edge of a run of a
//     style does not carry it; the text of Code carries none;
//  9. numbers are those of the constants, a Lang is one word of letters, digits
//     and "+#-._", a Thumb has a URL, and a time is in UTC with a year that can be written;
//     no white space stands around the texts of an Asset and the names of a Badge;
//  10. an address holds no white space, controls, quotation marks, angle brackets,
//     backticks or backslashes: they are percent-encoded.
//
// Readers call it last. It allocates nothing when m is canonical already.
func Normalize(m *Message) {
	if m.Origin > GitHub {
		m.Origin = Nowhere
	}
	if m.Role > Status {
		m.Role = Post
	}
	cleanBadge(&m.Sender)
	m.Summary = trimText(normText(m.Summary, false))
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
		if len(out) > 0 && out[len(out)-1].Quoted != b.Quoted {
			depth = -1
		}
		switch {
		case b.Kind == Item:
			b.Level = min(max(b.Level, 0), depth+1, MaxDepth)
			depth = b.Level
		case b.Level > 0 && b.Kind != Heading:
			if b.Level = min(b.Level, depth+1); b.Level == 0 {
				depth = -1
			}
		default:
			depth = -1
		}
		if (b.Kind == Para || b.Kind == Item) && hasBlankLine(b.Text) {
			if !split {
				out = append(make([]Block, 0, len(in)+4), out...)
				split = true
			}
			out = appendParas(out, *b)
			continue
		}
		if !split && len(out) == i { // in its place
			out = in[:i+1]
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
	b.Lang = b.Lang[:langEnd(b.Lang)]
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
	case Para, Heading, Item:
		b.Text = trimText(b.Text)
	case Small:
		joinLines(b)
	default: // without a text of its own
	}
}

// langEnd is where the word ends that can name a language.
func langEnd(s string) int {
	for i := range len(s) {
		if !isAlnum(s[i]) && strings.IndexByte("+#-._", s[i]) < 0 {
			return i
		}
	}
	return len(s)
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// filled reports whether b holds what its kind is for.
func filled(b *Block) bool {
	switch b.Kind {
	case Divider:
		return true
	case Para, Heading, Item, Small:
		return len(b.Text) > 0 || len(b.Assets) > 0 || len(b.Buttons) > 0
	case Code:
		return len(b.Text) > 0
	case Media:
		return len(b.Assets) > 0
	case Fields:
		return len(b.Fields) > 0
	case Buttons:
		return len(b.Buttons) > 0
	case Grid:
		return b.Table != nil && !b.Table.empty()
	case Group:
		return b.Card != nil && !b.Card.empty()
	}
	return false
}

func (c *Card) empty() bool {
	return len(c.Title) == 0 && c.URL == "" && c.Author == (Badge{}) && c.Footer == (Badge{}) &&
		len(c.Body) == 0 && c.Thumb.URL == "" && c.At.IsZero()
}

func (t *Table) empty() bool {
	for _, row := range t.Rows {
		for _, cell := range row {
			if len(cell) > 0 {
				return false
			}
		}
	}
	return true
}

func normCard(c *Card) {
	if c == nil {
		return
	}
	cleanBadge(&c.Author)
	cleanBadge(&c.Footer)
	c.Title = trimText(normText(c.Title, false))
	cleanAddress(&c.URL)
	if cleanAsset(&c.Thumb); c.Thumb.URL == "" {
		c.Thumb = Asset{}
	}
	if c.Colour &= colourSet | 0xffffff; c.Colour < colourSet {
		c.Colour = 0
	}
	if c.At = c.At.UTC(); !canWrite(c.At) {
		c.At = time.Time{}
	}
	c.Body = normBlocks(c.Body, inCard)
}

// canWrite reports whether t has a form in RFC 3339.
func canWrite(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }

func normFields(in []Field) []Field {
	out := in[:0]
	for i := range in {
		f := &in[i]
		f.Name = trimText(normText(f.Name, false))
		f.Body = normBlocks(f.Body, inField)
		if len(f.Name) > 0 || len(f.Body) > 0 {
			out = append(out, *f)
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
			row[i] = trimText(normText(row[i], false))
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
		cleanAddress(&x.URL)
		clean(&x.ID)
		if x.Tone > ToneDanger {
			x.Tone = ToneNone
		}
		if x.Label != "" || x.URL != "" {
			out = append(out, x)
		}
	}
	clear(in[len(out):])
	return out
}

func cleanBadge(b *Badge) {
	clean(&b.Name)
	b.Name = strings.TrimFunc(b.Name, unseen)
	cleanAddress(&b.URL)
	cleanAddress(&b.Icon)
}

func cleanAsset(a *Asset) {
	cleanAddress(&a.URL)
	clean(&a.Alt)
	clean(&a.Title)
	a.Alt, a.Title = strings.TrimSpace(a.Alt), strings.TrimSpace(a.Title)
	a.Bytes = max(0, a.Bytes)
	if a.Kind > Document {
		a.Kind = Document
	}
}

// unseen holds for what nobody sees at an end of a name.
func unseen(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' }

// clean makes s keep rule 5.
func clean(s *string) {
	if !isClean(*s) {
		*s = cleaner.Replace(strings.ToValidUTF8(*s, "\uFFFD"))
	}
}

var cleaner = strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n", leftOverride, "", rightOverride, "")

const leftOverride, rightOverride = "\u202d", "\u202e"

func isClean(s string) bool {
	const low, high, breaks = 0x0101010101010101, 0x8080808080808080, 0x0d0d0d0d0d0d0d0d
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		if (w|(w-low)|((w^breaks)-low))&high != 0 { // a byte that is 0, a carriage return or no ASCII
			break
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c == 0 || c == '\r' {
			return false
		} else if c >= utf8.RuneSelf {
			s = s[i:]
			return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 && strings.IndexByte(s, '\r') < 0 &&
				!strings.Contains(s, leftOverride) && !strings.Contains(s, rightOverride)
		}
	}
	return true
}
