// Package plain writes a message as plain text: for mail, for logs, for people.
// Every word is written, and every address that leads somewhere; styles are not,
// and the pictures beside names are left out with a note. It is also the
// smallest example of a writer.
package plain

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"dragoman/translators/chat"
)

// Write writes m as one part, however long it is. Lines end with "\n", the last
// one without.
func Write(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	o := opt.For(m)
	w := writer{opt: &o, notes: &out.Notes}
	w.badge("sender", m.Sender)
	w.label(m.Thread.Topic, "")
	w.endLine()
	w.blocks(m.Blocks)
	out.Parts = append(out.Parts, chat.Part{Payload: bytes.TrimRight(w.text, "\n")})
	return nil
}

// writer appends to text. Its methods leave it at the beginning of a line unless
// they say otherwise.
type writer struct {
	text  []byte
	opt   *chat.Options
	notes *chat.Notes
}

// blocks writes blocks with a blank line between two, save in a list.
func (w *writer) blocks(blocks []chat.Block) {
	for i := range blocks {
		b := &blocks[i]
		quote := ""
		if b.Quoted {
			quote = "> "
		}
		if i > 0 && !inList(b) {
			if blocks[i-1].Quoted && b.Quoted {
				w.text = append(w.text, '>')
			}
			w.text = append(w.text, '\n')
		}
		from := len(w.text)
		w.notes.Enter("blocks", i)
		w.block(b)
		w.notes.Leave()
		w.indent(from, quote, quote)
	}
}

// inList reports whether b stays close to what is above it.
func inList(b *chat.Block) bool {
	return b.Kind == chat.Item || b.Level > 0 && b.Kind != chat.Heading
}

func (w *writer) block(b *chat.Block) {
	from := len(w.text)
	first, rest := "", ""
	switch b.Kind {
	case chat.Para, chat.Heading, chat.Small:
		w.spans(b.Text)
	case chat.Item:
		first = "- "
		if b.Number > 0 {
			first = strconv.Itoa(b.Number) + ". "
		}
		rest = strings.Repeat(" ", len(first))
		w.spans(b.Text)
		w.text = append(w.text, '\n') // also when it is empty
	case chat.Code:
		first, rest = "    ", "    "
		w.spans(b.Text)
	case chat.Divider:
		w.text = append(w.text, "----------"...)
	case chat.Media, chat.Buttons: // written below, like what stands beside another block
	case chat.Fields:
		for i := range b.Fields {
			w.field(&b.Fields[i])
		}
	case chat.Grid:
		w.grid(b.Table)
	case chat.Group:
		w.card(b.Card)
	}
	w.endLine()
	w.indent(from, first, rest)
	beside := len(w.text)
	for i := range b.Assets {
		w.asset(&b.Assets[i])
	}
	for i := range b.Buttons {
		w.button(&b.Buttons[i])
	}
	w.indent(beside, rest, rest)
	if b.Level > 0 && b.Kind != chat.Heading {
		under := strings.Repeat("  ", b.Level)
		w.indent(from, under, under)
	}
}

// card writes the parts of a card in the order in which chats show them.
func (w *writer) card(c *chat.Card) {
	w.notes.Enter("card", -1)
	defer w.notes.Leave()
	from := len(w.text)
	w.badge("author", c.Author)
	w.spans(c.Title)
	w.leads(c.Title.Plain(), c.URL)
	w.endLine()
	if c.Thumb.URL != "" {
		w.asset(&c.Thumb)
	}
	if len(w.text) > from && len(c.Body) > 0 {
		w.text = append(w.text, '\n')
	}
	w.blocks(c.Body)
	if len(w.text) > from && (c.Footer.Name != "" || !c.At.IsZero()) {
		w.text = append(w.text, '\n')
	}
	w.badge("footer", c.Footer)
	if !c.At.IsZero() {
		w.text = c.At.In(w.opt.Zone).AppendFormat(w.text, "2006-01-02 15:04 MST\n")
	}
}

// field writes "name: value", with what follows the value's first line indented.
func (w *writer) field(f *chat.Field) {
	from := len(w.text)
	if w.spans(f.Name); len(f.Name) > 0 && !bytes.HasSuffix(w.text, []byte(":")) {
		w.text = append(w.text, ':')
	}
	if len(f.Body) > 0 && f.Body[0].Kind == chat.Para && len(f.Name) > 0 {
		w.text = append(w.text, ' ')
	} else {
		w.endLine()
	}
	w.blocks(f.Body)
	w.endLine()
	w.indent(from, "", "  ")
}

// grid writes t aligned, and below it where the links in it lead.
func (w *writer) grid(t *chat.Table) {
	w.text = chat.AppendGrid(w.text, t, math.MaxInt32)
	w.endLine()
	for _, row := range t.Rows {
		for _, cell := range row {
			for _, s := range cell {
				if s.Kind == chat.Link && s.Ref != s.Text {
					w.label(s.Text, s.Ref)
				}
			}
		}
	}
}

// spans writes t and ends no line. A link's address follows its label.
func (w *writer) spans(t chat.Text) {
	label := len(w.text)
	for i := range t {
		s := &t[i]
		switch s.Kind {
		case chat.Link:
			if i == 0 || t[i-1].Kind != chat.Link || t[i-1].Ref != s.Ref {
				label = len(w.text)
			}
			w.text = append(w.text, s.Text...)
			if i+1 == len(t) || t[i+1].Kind != chat.Link || t[i+1].Ref != s.Ref {
				w.leads(string(w.text[label:]), s.Ref)
				bare := w.text[len(w.text)-1] != ')' || strings.HasSuffix(s.Text, ")")
				if bare && i+1 < len(t) && t[i+1].Text != "" && !chat.EndsAddress(t[i+1].Text[0]) {
					w.text = append(w.text, ' ') // else it would go on
				}
			}
		case chat.User, chat.UserGroup, chat.Channel, chat.Everyone, chat.Emoji:
			_, name, _ := w.opt.Mention(chat.Nowhere, s)
			w.text = append(w.text, name...)
		case chat.Icon:
			w.text = append(w.text, s.Text...)
			w.notes.Add(chat.Dropped, "icon", 0)
		case chat.Words, chat.Time:
			w.text = append(w.text, s.Text...)
		}
	}
}

// leads writes the address behind label, unless label is the address.
func (w *writer) leads(label, url string) {
	switch {
	case url == "" || label == url || "mailto:"+label == url || "tel:"+label == url:
	case label == "":
		w.text = append(w.text, url...)
	default:
		w.text = append(append(append(w.text, " ("...), url...), ')')
	}
}

// label writes "label (url)" as a line, or nothing.
func (w *writer) label(label, url string) {
	w.text = append(w.text, label...)
	w.leads(label, url)
	w.endLine()
}

// badge writes a name and where it leads. Its picture is decoration.
func (w *writer) badge(key string, b chat.Badge) {
	if b.Icon != "" {
		w.notes.AddAt(key, chat.Dropped, "icon", 0)
	}
	w.label(b.Name, b.URL)
}

func (w *writer) asset(a *chat.Asset) {
	label := a.Title
	if a.Alt != "" && a.Alt != a.Title {
		if label != "" {
			label += ": "
		}
		label += a.Alt
	}
	w.label(label, a.URL)
}

func (w *writer) button(b *chat.Button) {
	if b.URL == "" {
		w.label("["+b.Label+"]", "")
		return
	}
	w.label(b.Label, b.URL)
}

// endLine ends the line, if one is begun.
func (w *writer) endLine() {
	if n := len(w.text); n > 0 && w.text[n-1] != '\n' {
		w.text = append(w.text, '\n')
	}
}

// indent puts first before the line at from, and rest before those after it that
// are not empty.
func (w *writer) indent(from int, first, rest string) {
	if first == "" && rest == "" || from == len(w.text) {
		return
	}
	lines := string(w.text[from:])
	w.text = append(w.text[:from], first...)
	for i := 0; i < len(lines); i++ {
		w.text = append(w.text, lines[i])
		if lines[i] == '\n' && i+1 < len(lines) && (lines[i+1] != '\n' || strings.TrimSpace(rest) != "") {
			w.text = append(w.text, rest...)
		}
	}
}
