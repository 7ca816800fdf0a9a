package chattest

import (
	"strings"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dragoman/translators/chat"
)

// Diff is how b differs from a, for a person to read; empty when they are one
// message. Where their memory lies does not matter.
func Diff(a, b *chat.Message) string {
	return cmp.Diff(a, b, cmpopts.IgnoreUnexported(chat.Message{}), cmpopts.EquateEmpty())
}

// Tokens appends the words of s to dst: runs of letters and digits with the marks
// that join them. What has no letter or digit is no word, since it may be
// punctuation that a platform adds; a zero-width space does not part words, since
// writers put it between characters to take their effect.
func Tokens(dst []string, s string) []string {
	s = strings.ReplaceAll(s, "\u200b", "")
	from := -1
	for i, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case letter && from < 0:
			from = i
		case !letter && from >= 0 && !unicode.IsMark(r):
			dst, from = append(dst, s[from:i]), -1
		}
	}
	if from >= 0 {
		dst = append(dst, s[from:])
	}
	return dst
}

// Words are the words that a reader of m sees, in order: with names, labels,
// titles and alternative texts, without addresses.
func Words(m *chat.Message) []string {
	v := visit{words: true}
	v.message(m)
	return v.out
}

// Links are the addresses in m, in order: of links, titles, names, pictures and
// buttons.
func Links(m *chat.Message) []string {
	var v visit
	v.message(m)
	return v.out
}

// visit collects words or addresses.
type visit struct {
	words bool
	out   []string
}

func (v *visit) word(s string) {
	if v.words {
		v.out = Tokens(v.out, s)
	}
}

func (v *visit) link(s string) {
	if !v.words && s != "" {
		v.out = append(v.out, s)
	}
}

func (v *visit) message(m *chat.Message) {
	v.badge(m.Sender)
	v.word(m.Thread.Topic)
	v.blocks(m.Blocks)
}

func (v *visit) blocks(blocks []chat.Block) {
	for i := range blocks {
		b := &blocks[i]
		v.text(b.Text)
		for _, a := range b.Assets {
			v.asset(a)
		}
		for _, f := range b.Fields {
			v.text(f.Name)
			v.blocks(f.Body)
		}
		for _, x := range b.Buttons {
			v.word(x.Label)
			v.link(x.URL)
		}
		if b.Table != nil {
			for _, row := range b.Table.Rows {
				for _, cell := range row {
					v.text(cell)
				}
			}
		}
		if b.Card != nil {
			v.card(b.Card)
		}
	}
}

func (v *visit) card(c *chat.Card) {
	v.badge(c.Author)
	v.text(c.Title)
	v.link(c.URL)
	v.asset(c.Thumb)
	v.blocks(c.Body)
	v.badge(c.Footer)
}

// text joins neighbouring spans, since a word may be in two styles; an icon
// stands alone.
func (v *visit) text(t chat.Text) {
	from := 0
	for i := range t {
		if t[i].Kind == chat.Icon {
			v.word(t[from:i].Plain())
			v.word(t[i].Text)
			from = i + 1
		}
	}
	v.word(t[from:].Plain())
	for i, s := range t {
		if s.Kind == chat.Link && i > 0 && t[i-1].Kind == chat.Link && t[i-1].Ref == s.Ref {
			continue
		}
		if s.Kind == chat.Link || s.Kind == chat.Icon {
			v.link(s.Ref)
		}
	}
}

func (v *visit) badge(b chat.Badge) {
	v.word(b.Name)
	v.link(b.URL)
	if !strings.HasPrefix(b.Icon, ":") { // an emoji leads nowhere
		v.link(b.Icon)
	}
}

func (v *visit) asset(a chat.Asset) {
	v.word(a.Title)
	if a.Alt != a.Title {
		v.word(a.Alt)
	}
	v.link(a.URL)
}

// Spans calls f with every span of m.
func Spans(m *chat.Message, f func(chat.Span)) {
	EditSpans(m, func(s *chat.Span) { f(*s) })
}

// EditSpans calls f with every span of m, which may change it.
func EditSpans(m *chat.Message, f func(*chat.Span)) {
	EditTexts(m, func(t *chat.Text) {
		for i := range *t {
			f(&(*t)[i])
		}
	})
}

// EditTexts calls f with every text of m, which may change it.
func EditTexts(m *chat.Message, f func(*chat.Text)) {
	f(&m.Summary)
	editBlocks(m.Blocks, f)
}

func editBlocks(blocks []chat.Block, f func(*chat.Text)) {
	for i := range blocks {
		b := &blocks[i]
		f(&b.Text)
		for k := range b.Fields {
			f(&b.Fields[k].Name)
			editBlocks(b.Fields[k].Body, f)
		}
		if b.Table != nil {
			for _, row := range b.Table.Rows {
				for c := range row {
					f(&row[c])
				}
			}
		}
		if b.Card != nil {
			f(&b.Card.Title)
			editBlocks(b.Card.Body, f)
		}
	}
}
