package slack

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// sizeOf is how many characters a text block takes in mrkdwn, or a little more:
// an estimate to decide by where it goes.
func sizeOf(b *chat.Block) int {
	size := 0
	switch b.Kind {
	case chat.Item:
		size = 4*b.Level + 4
	case chat.Code:
		size = 8
	default:
	}
	if b.Quoted {
		for i := range b.Text {
			size += 2 * strings.Count(b.Text[i].Text, "\n")
		}
		size += 2
	}
	return size + textSize(b.Text)
}

// cost is how many characters a byte takes in mrkdwn: as many as it is escaped
// to, two for a mark that may have to be kept from being one, none for the bytes
// that go on with a character.
var cost = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c == '&':
			t[c] = 5
		case c == '<' || c == '>':
			t[c] = 4
		case strings.IndexByte("*_~`:", byte(c)) >= 0:
			t[c] = 2
		case utf8.RuneStart(byte(c)):
			t[c] = 1
		}
	}
	return t
}()

func textSize(t chat.Text) int {
	size := 0
	for i := range t {
		s := &t[i]
		for k := range len(s.Text) {
			size += int(cost[s.Text[k]])
		}
		switch s.Kind {
		case chat.Words:
		case chat.Link:
			size += len(s.Ref) + 3
		default:
			size += len(s.Ref) + 16
		}
		if s.Style != 0 {
			size += 10
		}
	}
	return size
}

// charsOf is the number of characters that blocks show.
func charsOf(blocks []chat.Block) int {
	n := 0
	for i := range blocks {
		b := &blocks[i]
		n += b.Text.Chars()
		for _, a := range b.Assets {
			n += utf8.RuneCountInString(a.Title) + utf8.RuneCountInString(a.Alt)
		}
		for k := range b.Fields {
			n += b.Fields[k].Name.Chars() + charsOf(b.Fields[k].Body)
		}
		for _, x := range b.Buttons {
			n += utf8.RuneCountInString(x.Label)
		}
		if b.Table != nil {
			for _, row := range b.Table.Rows {
				for _, cell := range row {
					n += cell.Chars()
				}
			}
		}
		if c := b.Card; c != nil {
			n += c.Title.Chars() + charsOf(c.Body) + utf8.RuneCountInString(c.Author.Name) + utf8.RuneCountInString(c.Footer.Name)
		}
	}
	return n
}

// charsFrom is charsOf from a place in a run of text blocks on.
func charsFrom(blocks []chat.Block, pos chat.Pos) int {
	if pos.Block >= len(blocks) {
		return 0
	}
	n := charsOf(blocks[pos.Block:])
	if pos.At == chat.End {
		return n - blocks[pos.Block].Text.Chars()
	}
	t := blocks[pos.Block].Text
	for i := 0; i < pos.At.Span && i < len(t); i++ {
		n -= utf8.RuneCountInString(t[i].Text)
	}
	if pos.At.Span >= 0 && pos.At.Span < len(t) {
		n -= utf8.RuneCountInString(t[pos.At.Span].Text[:min(pos.At.Byte, len(t[pos.At.Span].Text))])
	}
	return max(0, n)
}
