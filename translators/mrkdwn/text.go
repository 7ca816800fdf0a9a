package mrkdwn

import (
	"math"
	"slices"
	"strings"
	"time"

	"dragoman/translators/chat"
)

// Read reads a text, whose ids are Slack's. It returns chat.ErrEmpty for white
// space.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	m.Origin = chat.Slack
	m.Blocks = Parse(m.Blocks, n, string(in.Body), ParseOptions{Mem: m.Mem()})
	chat.Normalize(m)
	if len(m.Blocks) == 0 {
		return chat.ErrEmpty
	}
	return nil
}

// Write writes a message as one text of any length. What is more than text is
// told in words, and noted as flattened.
func Write(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	var o chat.Options
	if opt != nil {
		o = opt.For(m)
	} else {
		o = new(chat.Options).For(m)
	}
	p := page{opt: &o, notes: &out.Notes}
	p.row(0, bold(p.badge("sender", &m.Sender)))
	if m.Thread.Topic != "" {
		p.row(0, bold(chat.Text{{Text: m.Thread.Topic}}))
	}
	if len(m.Blocks) == 0 {
		p.text(m.Summary)
	}
	p.blocks("blocks", m.Blocks)
	out.Parts = append(out.Parts, chat.Part{Payload: append(make([]byte, 0, len(p.dst)), p.dst...)})
	return nil
}

// A page is a text that is being written, in sections between blank lines.
type page struct {
	dst   []byte
	opt   *chat.Options
	notes *chat.Notes
}

func (p *page) section(gap string) {
	if len(p.dst) > 0 {
		p.dst = append(p.dst, gap...)
	}
}

func (p *page) blocks(key string, blocks []chat.Block) {
	for i := 0; i < len(blocks); {
		b := &blocks[i]
		p.notes.EnterRun(key, i)
		if isText(b.Kind) {
			end := i + 1
			for end < len(blocks) && isText(blocks[end].Kind) && len(blocks[end-1].Assets)+len(blocks[end-1].Buttons) == 0 {
				end++
			}
			p.section("\n\n")
			p.run(blocks[i:end])
			b, i = &blocks[end-1], end-1
		} else {
			p.other(b)
		}
		if b.Kind != chat.Media && b.Kind != chat.Buttons {
			p.media(b.Assets)
			p.buttons(b.Buttons)
		}
		p.notes.Leave()
		i++
	}
}

// run writes blocks of text.
func (p *page) run(blocks []chat.Block) {
	copied := false
	for i := range blocks {
		t := unlinked(blocks[i].Text)
		if blocks[i].Kind == chat.Code || len(t) == 0 || &t[0] == &blocks[i].Text[0] {
			continue
		}
		if !copied {
			blocks, copied = slices.Clone(blocks), true
		}
		blocks[i].Text = t
	}
	p.dst, _, _ = FitBlocks(p.dst, blocks, chat.Pos{}, math.MaxInt32, Body, p.opt, p.notes)
}

// unlinked is t with a zero-width space in each address that stands in words:
// where a text stands by itself Slack makes links of those, and no member says
// that it should not. It is t itself when there is none.
func unlinked(t chat.Text) chat.Text {
	copied := false
	for i := range t {
		s := &t[i]
		if s.Kind == chat.Link || !strings.Contains(s.Text, "://") && !strings.Contains(s.Text, "www.") {
			continue
		}
		if !copied {
			t, copied = slices.Clone(t), true
		}
		t[i].Text = breaks.Replace(t[i].Text)
	}
	return t
}

var breaks = strings.NewReplacer("://", ":"+zwsp+"//", "www.", "www"+zwsp+".")

// other writes a block that is no text.
func (p *page) other(b *chat.Block) {
	switch b.Kind {
	case chat.Divider:
		p.notes.Add(chat.Flattened, "divider", 0)
		p.section("\n\n")
		p.dst = append(p.dst, "———"...)
	case chat.Media:
		p.media(b.Assets)
	case chat.Buttons:
		p.buttons(b.Buttons)
	case chat.Fields:
		p.notes.Add(chat.Flattened, "fields", len(b.Fields))
		for i := range b.Fields {
			f := &b.Fields[i]
			p.notes.Enter("fields", i)
			if len(f.Name) > 0 {
				p.section("\n\n")
				p.line(bold(f.Name))
			}
			if len(f.Body) > 0 {
				gap := "\n\n"
				if len(f.Name) > 0 {
					gap = "\n"
				}
				p.section(gap)
				p.run(f.Body)
			}
			p.notes.Leave()
		}
	case chat.Grid:
		p.notes.Add(chat.Flattened, "table", 0)
		p.section("\n\n")
		code := []chat.Block{{Kind: chat.Code, Text: grid(b.Table)}}
		p.run(code)
	case chat.Group:
		p.notes.Add(chat.Flattened, "card", 0)
		p.notes.Enter("card", -1)
		p.card(b.Card)
		p.notes.Leave()
	default:
	}
}

// card writes a card's frame around its body, line by line.
func (p *page) card(c *chat.Card) {
	p.section("\n\n")
	from := len(p.dst)
	p.row(from, p.badge("author", &c.Author))
	title := c.Title
	if c.URL != "" {
		title = linked(title, c.URL)
	}
	p.row(from, bold(title))
	if len(c.Body) > 0 {
		rest := page{opt: p.opt, notes: p.notes}
		rest.blocks("body", c.Body)
		if len(p.dst) > from && len(rest.dst) > 0 {
			p.dst = append(p.dst, '\n')
		}
		p.dst = append(p.dst, rest.dst...)
	}
	p.row(from, asset(&c.Thumb))
	footer := p.badge("footer", &c.Footer)
	if !c.At.IsZero() {
		if len(footer) > 0 {
			footer = append(footer, chat.Span{Text: " · "})
		}
		at := c.At.UTC()
		footer = append(footer, chat.Span{Kind: chat.Time, Text: at.Format(time.RFC3339), Ref: chat.DateClock, At: at.Unix()})
	}
	p.row(from, footer)
}

// row writes a line of the card that begins at from.
func (p *page) row(from int, t chat.Text) {
	if len(t) == 0 {
		return
	}
	if len(p.dst) > from {
		p.dst = append(p.dst, '\n')
	}
	p.line(t)
}

func (p *page) line(t chat.Text) {
	p.dst, _, _ = Fit(p.dst, unlinked(t), chat.Cursor{}, math.MaxInt32, Line, p.opt, p.notes)
}

func (p *page) text(t chat.Text) {
	p.dst, _, _ = Fit(p.dst, unlinked(t), chat.Cursor{}, math.MaxInt32, Body, p.opt, p.notes)
}

func (p *page) media(list []chat.Asset) {
	if len(list) == 0 {
		return
	}
	p.notes.Add(chat.Flattened, "media", len(list))
	gap := "\n\n"
	for i := range list {
		p.section(gap)
		p.line(asset(&list[i]))
		gap = "\n"
	}
}

func (p *page) buttons(list []chat.Button) {
	if len(list) == 0 {
		return
	}
	p.notes.Add(chat.Flattened, "buttons", len(list))
	gap := "\n\n"
	for i := range list {
		p.section(gap)
		if b := &list[i]; b.URL != "" {
			p.line(linked(chat.Text{{Text: b.Label}}, b.URL))
		} else {
			p.line(chat.Text{{Text: "[" + b.Label + "]"}})
		}
		gap = " "
	}
}

// asset is a link to a picture or file; what was uploaded leads nowhere.
func asset(a *chat.Asset) chat.Text {
	var words []string
	for _, s := range [...]string{a.Title, a.Alt} {
		if s = strings.TrimSpace(s); s != "" && (len(words) == 0 || words[0] != s) {
			words = append(words, s)
		}
	}
	label := chat.Text{{Text: strings.Join(words, " – ")}}
	switch name, uploaded := strings.CutPrefix(a.URL, "attachment://"); {
	case uploaded && len(words) == 0:
		return chat.Text{{Text: name}}
	case uploaded || a.URL == "":
		if len(words) == 0 {
			return nil
		}
		return label
	}
	return linked(label, a.URL)
}

// badge is a name that leads where it leads; its picture is not shown.
func (p *page) badge(key string, b *chat.Badge) chat.Text {
	if b.Icon != "" {
		p.notes.AddAt(key, chat.Dropped, "icon", 0)
	}
	switch {
	case b.URL != "":
		return linked(chat.Text{{Text: b.Name}}, b.URL)
	case b.Name != "":
		return chat.Text{{Text: b.Name}}
	}
	return nil
}

// linked is a text that leads to an address, save for what in it leads elsewhere.
// Where no words are left that could, the address follows.
func linked(t chat.Text, url string) chat.Text {
	t = append(chat.Text(nil), t...)
	leads := false
	for i := range t {
		if t[i].Kind == chat.Words && strings.TrimSpace(t[i].Text) != "" {
			t[i].Kind, t[i].Ref, leads = chat.Link, url, true
		}
	}
	if leads {
		return t
	}
	if len(t) > 0 {
		t = append(t, chat.Span{Text: " "})
	}
	return append(t, chat.Span{Kind: chat.Link, Text: url, Ref: url})
}

func bold(t chat.Text) chat.Text {
	t = append(chat.Text(nil), t...)
	for i := range t {
		t[i].Style |= chat.Bold
	}
	return t
}

// maxColumn is how far a column is filled up with spaces, in columns of the
// screen, so that one long cell does not blow up every row.
const maxColumn = 60

// grid lays a table out in columns of one width; links stay links.
func grid(t *chat.Table) chat.Text {
	var widths []int
	for _, row := range t.Rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(maxColumn, chat.Width(cell.Plain())))
		}
	}
	var out chat.Text
	for k, row := range t.Rows {
		if k > 0 {
			out = append(out, chat.Span{Text: "\n"})
		}
		for i, cell := range row {
			room := max(0, widths[i]-chat.Width(cell.Plain()))
			lead := 0
			if i < len(t.Align) {
				switch t.Align[i] {
				case chat.AlignRight:
					lead = room
				case chat.AlignCentre:
					lead = room / 2
				case chat.AlignNone, chat.AlignLeft:
				}
			}
			out = append(out, chat.Span{Text: blanks[:lead]})
			for _, s := range cell {
				s.Text = strings.ReplaceAll(s.Text, "\n", " ")
				out = append(out, s)
			}
			if i < len(row)-1 {
				out = append(out, chat.Span{Text: blanks[:room-lead+2]})
			}
		}
		if k == 0 && t.Head {
			for i, width := range widths {
				gap := "  "
				if i == 0 {
					gap = "\n"
				}
				out = append(out, chat.Span{Text: gap + strings.Repeat("-", width)})
			}
		}
	}
	return out
}
