package slack

import (
	"strings"

	"dragoman/translators/chat"
)

// maxNoticeChars is how much of the first words makes a notification line.
const maxNoticeChars = 200

// noticeOf is the line that stands for blocks in a notification when there is no
// summary: the first words of them, on one line.
func noticeOf(blocks []chat.Block) string {
	for i := range blocks {
		if s := noticeWords(&blocks[i]); s != "" {
			if s = oneLine(s); !unseen(s) {
				return s
			}
		}
	}
	return "…"
}

func noticeWords(b *chat.Block) string {
	switch b.Kind {
	case chat.Para, chat.Heading, chat.Item, chat.Code, chat.Small:
		return b.Text.Plain()
	case chat.Media:
		for _, a := range b.Assets {
			return first(a.Title, a.Alt, "("+a.Kind.String()+")")
		}
	case chat.Fields:
		for i := range b.Fields {
			if len(b.Fields[i].Name) > 0 {
				return b.Fields[i].Name.Plain()
			}
			for k := range b.Fields[i].Body {
				if s := noticeWords(&b.Fields[i].Body[k]); s != "" {
					return s
				}
			}
		}
	case chat.Buttons:
		return first(b.Buttons[0].Label, b.Buttons[0].URL)
	case chat.Grid:
		for _, row := range b.Table.Rows {
			for _, cell := range row {
				if len(cell) > 0 {
					return cell.Plain()
				}
			}
		}
	case chat.Group:
		return noticeCard(b.Card)
	case chat.Divider:
	}
	return ""
}

func noticeCard(c *chat.Card) string {
	if len(c.Title) > 0 {
		return c.Title.Plain()
	}
	for i := range c.Body {
		if s := noticeWords(&c.Body[i]); s != "" {
			return s
		}
	}
	return first(c.Author.Name, c.Footer.Name)
}

// oneLine is s without line breaks, shortened.
func oneLine(s string) string {
	if cut := chat.Cut(s, maxNoticeChars); cut < len(s) {
		s = strings.TrimRight(s[:cut], " \n") + "…"
	}
	if strings.ContainsAny(s, "\r\n") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return strings.TrimSpace(s)
}
