package markdown

import (
	"strings"

	"dragoman/translators/chat"
)

// message writes everything a message shows, as text.
func (w *writer) message(m *chat.Message) {
	if m.Sender.Name != "" || m.Sender.Icon != "" {
		w.notes.AddAt("sender", chat.Dropped, "sender", 1)
	}
	if m.Thread.Topic != "" {
		w.notes.AddAt("thread", chat.Dropped, "topic", 1)
	}
	if len(m.Blocks) == 0 {
		w.paragraph(m.Summary, nil)
		return
	}
	w.notes.Enter("", -1)
	w.all("blocks", m.Blocks)
	w.notes.Leave()
}

// all writes blocks of any kind.
func (w *writer) all(key string, blocks []chat.Block) {
	for i := 0; i < len(blocks); {
		b := &blocks[i]
		w.notes.EnterRun(key, 0)
		w.notes.At(i)
		if isText(b.Kind) {
			w.rule(b)
			end := i
			for end < len(blocks) && isText(blocks[end].Kind) {
				end++
				if beside(&blocks[end-1]) {
					break
				}
			}
			w.blocks(blocks[:end], chat.Pos{Block: i})
			w.beside(&blocks[end-1])
			i = end
		} else {
			w.other(b)
			i++
		}
		w.notes.Leave()
	}
}

func beside(b *chat.Block) bool { return len(b.Assets)+len(b.Buttons) > 0 }

// beside writes what stands beside a block, below it.
func (w *writer) beside(b *chat.Block) {
	if len(b.Assets) > 0 {
		w.assets(b.Assets)
	}
	if len(b.Buttons) > 0 {
		w.buttons(b.Buttons)
	}
}

// rule begins a new line, after a blank one where b is a paragraph.
func (w *writer) rule(b *chat.Block) {
	w.quoted, w.indent, w.inHeading = false, 0, 0
	if len(w.dst) == 0 {
		return
	}
	w.raw("\n")
	if b == nil || b.Kind == chat.Para {
		w.raw("\n")
	}
}

// paragraph writes a text of its own, with all of it in a style if style is given.
func (w *writer) paragraph(t chat.Text, bold *chat.Block) {
	w.survey(t)
	w.rule(bold)
	w.fresh = true
	w.text(t, chat.Cursor{})
}

// other writes a block that is not text.
func (w *writer) other(b *chat.Block) {
	switch b.Kind {
	case chat.Divider:
		w.rule(b)
		w.raw("───")
	case chat.Media:
		w.assets(b.Assets)
	case chat.Fields:
		w.notes.Add(chat.Flattened, "fields", len(b.Fields))
		for i := range b.Fields {
			f := &b.Fields[i]
			w.notes.Enter("fields", i)
			w.rule(nil)
			w.fresh = true
			w.boldly(f.Name, chat.Cursor{})
			w.all("body", f.Body)
			w.notes.Leave()
		}
		w.beside(b)
	case chat.Buttons:
		w.buttons(b.Buttons)
	case chat.Grid:
		w.notes.Add(chat.Flattened, "table", 1)
		w.rule(b)
		grid := string(chat.AppendGrid(nil, b.Table, 0))
		code := chat.Block{Kind: chat.Code, Text: chat.Text{{Text: grid}}}
		w.fence(&code, chat.Cursor{})
	case chat.Group:
		w.notes.Enter("card", -1)
		w.card(b.Card)
		w.notes.Leave()
	case chat.Para, chat.Heading, chat.Item, chat.Code, chat.Small:
	}
}

// card writes a card: author, title, body, and footer with its time.
func (w *writer) card(c *chat.Card) {
	w.notes.Add(chat.Flattened, "card", 1)
	if c.Author.Name != "" {
		w.paragraph(link(c.Author.Name, c.Author.URL, 0), nil)
	}
	if len(c.Title) > 0 {
		t := make(chat.Text, len(c.Title))
		copy(t, c.Title)
		for i := range t {
			t[i].Style |= chat.Bold
			if c.URL != "" && t[i].Kind == chat.Words && strings.TrimSpace(t[i].Text) != "" {
				t[i].Kind, t[i].Ref = chat.Link, c.URL
			}
		}
		w.paragraph(t, nil)
	} else if c.URL != "" {
		w.paragraph(link(c.URL, c.URL, 0), nil)
	}
	w.all("body", c.Body)
	if c.Thumb.URL != "" {
		w.assets([]chat.Asset{c.Thumb})
	}
	if c.Footer.Name == "" && c.At.IsZero() {
		return
	}
	t := link(c.Footer.Name, c.Footer.URL, 0)
	if !c.At.IsZero() {
		if len(t) > 0 {
			t = append(t, chat.Span{Text: " • "})
		}
		t = append(t, chat.Span{Kind: chat.Time, Text: c.At.UTC().Format(moments[0].layout), Ref: chat.DateClock, At: c.At.Unix()})
	}
	w.survey(t)
	w.rule(&chat.Block{Kind: chat.Small})
	w.raw("-# ")
	w.text(t, chat.Cursor{})
}

func link(label, url string, style chat.Style) chat.Text {
	switch {
	case label == "":
		return nil
	case url == "":
		return chat.Text{{Text: label, Style: style}}
	}
	return chat.Text{{Kind: chat.Link, Text: label, Ref: url, Style: style}}
}

// assets writes pictures, videos and documents as links, one a line.
func (w *writer) assets(list []chat.Asset) {
	w.notes.Add(chat.Flattened, "media", len(list))
	for i := range list {
		a := &list[i]
		label := a.Alt
		if label == "" {
			label = a.Title
		} else if a.Title != "" && a.Title != a.Alt {
			label = a.Title + ": " + a.Alt
		}
		if label == "" {
			label = a.URL
		}
		var style chat.Style
		if a.Spoiler {
			style = chat.Spoiler
		}
		w.paragraph(link(label, a.URL, style), &chat.Block{Kind: chat.Small})
	}
}

// buttons writes a row of buttons as a line of links.
func (w *writer) buttons(list []chat.Button) {
	w.notes.Add(chat.Flattened, "buttons", len(list))
	var t chat.Text
	for i := range list {
		x := &list[i]
		if i > 0 {
			t = append(t, chat.Span{Text: " · "})
		}
		label := x.Label
		if label == "" {
			label = x.URL
		}
		t = append(t, link(label, x.URL, 0)...)
	}
	w.paragraph(t, nil)
}
