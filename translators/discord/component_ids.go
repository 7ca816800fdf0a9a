package discord

import (
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/markdown"
)

// A role is the part that a component has in something of which Discord's
// components have no word. The writer puts it into the component's id, a number of
// the sender's that Discord keeps, with a count that makes it unique, and the
// reader takes it from there. The words stand in the component in any case: a
// foreign id of this form does no harm.
type role int64

// The roles.
const (
	roleAuthor role = iota + 1
	roleTitle
	roleLinkedTitle // its words lead where the card leads
	roleURL         // where the card leads
	roleThumb
	roleIcon // the picture of the author
	roleFooter
	roleCaption // the title of the picture that follows
	roleMore    // goes on with the media or the buttons before

	roleField role = 1 << 4 // and these bits:

	fieldMore     role = 1 // the fields before go on
	fieldInline   role = 2
	fieldNameless role = 4
	fieldMany     role = 8 // each paragraph is a field
)

// roleBase is where ids with a role begin: far above those that Discord gives to
// components without one, which count from 1.
const roleBase = 0x44720000

// id is the id of component n of a message, in a role.
func (r role) id(n int) int64 { return roleBase + int64(r)<<8 + int64(n) }

// next is the role of what goes on with a text that has role r.
func (r role) next() role {
	if r&roleField != 0 {
		return roleField | fieldMore | fieldNameless | r&fieldInline
	}
	return r
}

// roleOf is the role in an id; 0 for none.
func roleOf(id jsonr.Value) role {
	n := number(id)
	if n < roleBase || n >= roleBase+1<<13 {
		return 0
	}
	return role(n-roleBase) >> 8
}

// component reads a component: in its role, if it has one that makes sense where
// it stands, else by its type.
func (r *reader) component(v jsonr.Value) {
	as := roleOf(v.Get("id"))
	if number(v.Get("type")) == typeTextDisplay && as != 0 && r.inRole(as, v) {
		return
	}
	capt := r.capt
	r.capt = 0
	at := len(r.put())
	r.plain(v)
	r.capt = 0
	if len(r.put()) == at+1 {
		r.joined(as, at, capt)
	}
}

// joined makes what was read as block at part of what it belongs to.
func (r *reader) joined(as role, at, capt int) {
	list := r.put()
	b := &list[at]
	if capt == at && at > 0 && b.Kind == chat.Media && b.Assets[0].Title == "" {
		b.Assets[0].Title = list[at-1].Text.Plain()
		list[at-1] = *b
		r.drop(at)
		if at--; at < 0 {
			return
		}
		b = &list[at]
	}
	if as == roleMore && at > 0 {
		switch a := &list[at-1]; {
		case a.Kind != b.Kind:
		case b.Kind == chat.Media:
			a.Assets = append(a.Assets, b.Assets...)
			r.drop(at)
		case b.Kind == chat.Buttons:
			a.Buttons = append(a.Buttons, b.Buttons...)
			r.drop(at)
		}
	}
	if b.Kind == chat.Media && r.setPicture(as, &b.Assets[0]) {
		r.drop(at)
	}
}

// drop takes back the blocks from at on.
func (r *reader) drop(at int) {
	if r.inCard {
		r.mem.Body.Truncate(at)
	} else {
		r.m.Blocks = r.m.Blocks[:at]
	}
}

// cardPicture reads an accessory that is a picture of the card.
func (r *reader) cardPicture(v jsonr.Value) bool {
	as := roleOf(v.Get("id"))
	if as != roleThumb && as != roleIcon || number(v.Get("type")) != typeThumbnail {
		return false
	}
	a := r.item(v)
	return r.setPicture(as, &a)
}

// setPicture makes a the thumbnail of the card or the picture of its author.
func (r *reader) setPicture(as role, a *chat.Asset) bool {
	switch {
	case r.box == nil || a.URL == "":
	case as == roleThumb && r.box.Thumb.URL == "":
		r.box.Thumb = *a
		return true
	case as == roleIcon && r.box.Author.Icon == "" && a.Alt == "":
		r.box.Author.Icon = a.URL
		return true
	}
	return false
}

// inRole reads a text in its role. It reports false, and has read nothing, when
// the text does not look like what the role says.
func (r *reader) inRole(as role, v jsonr.Value) bool {
	src := strings.TrimSpace(r.words("content", v.Get("content")))
	mem := r.mem
	from := len(mem.Inner)
	mem.Inner = markdown.Parse(mem.Inner, r.n, src, markdown.ParseOptions{Mem: mem, Place: markdown.Content})
	blocks := []chat.Block(mem.Inner[from:len(mem.Inner):len(mem.Inner)])
	trimBlocks(blocks)
	ok := false
	switch {
	case len(blocks) == 0:
	case as&roleField != 0:
		if ok = r.fieldText(as, blocks); ok {
			return true // the blocks belong to it
		}
	case as == roleCaption:
		if ok = isLine(blocks, chat.Para); ok {
			r.add(chat.Block{Text: mem.Text(blocks[0].Text.Plain())})
			r.put()[len(r.put())-1].Text[0].Style = chat.Bold
			r.capt = len(r.put())
		}
	case r.box != nil:
		ok = r.cardText(as, r.box, blocks)
	}
	mem.Inner.Truncate(from)
	return ok
}

// isLine reports whether blocks are one of a kind with text.
func isLine(blocks []chat.Block, k chat.Kind) bool {
	return len(blocks) == 1 && blocks[0].Kind == k && !blocks[0].Quoted && len(blocks[0].Text) > 0
}

// cardText reads author, title, address or footer of a card.
func (r *reader) cardText(as role, c *chat.Card, blocks []chat.Block) bool {
	t := blocks[0].Text
	switch as {
	case roleAuthor:
		if !isLine(blocks, chat.Para) || c.Author.Name != "" {
			return false
		}
		c.Author.Name = t.Plain()
		if t[0].Kind == chat.Link {
			c.Author.URL = t[0].Ref
		}
	case roleTitle, roleLinkedTitle:
		if !isLine(blocks, chat.Heading) || len(c.Title) > 0 {
			return false
		}
		if as == roleLinkedTitle {
			return r.linkedTitle(c, t)
		}
		c.Title = t
	case roleURL:
		if !isLine(blocks, chat.Para) || len(t) != 1 || t[0].Kind != chat.Link || c.URL != "" {
			return false
		}
		c.URL = t[0].Ref
	case roleFooter:
		return r.footer(c, blocks)
	default:
		return false
	}
	return true
}

// linkedTitle reads a title whose words lead where the card leads.
func (r *reader) linkedTitle(c *chat.Card, t chat.Text) bool {
	url := ""
	for i := range t {
		if t[i].Kind == chat.Link {
			if url != "" && t[i].Ref != url {
				return false
			}
			url = t[i].Ref
		}
	}
	if url == "" || c.URL != "" {
		return false
	}
	for i := range t {
		if t[i].Kind == chat.Link {
			t[i].Kind, t[i].Ref = chat.Words, ""
		}
	}
	c.Title, c.URL = t, url
	return true
}

// footer reads the small lines of a footer, the last of which may end with the
// card's time.
func (r *reader) footer(c *chat.Card, blocks []chat.Block) bool {
	if c.Footer != (chat.Badge{}) || !c.At.IsZero() {
		return false
	}
	var f chat.Badge
	at := c.At
	for i := range blocks {
		t := blocks[i].Text
		if blocks[i].Kind != chat.Small || blocks[i].Quoted {
			return false
		}
		if n := len(t) - 1; i == len(blocks)-1 && t[n].Kind == chat.Time {
			at = time.Unix(t[n].At, 0).UTC()
			t = t[:n]
		}
		if len(t) > 0 && t[0].Kind == chat.Link {
			f.URL = t[0].Ref
		}
		words := t.Plain()
		if !at.IsZero() {
			words = strings.TrimSuffix(words, footMark)
		}
		if i > 0 {
			words = f.Name + "\n" + words
		}
		f.Name = words
	}
	c.Footer, c.At = f, at
	return true
}

// fieldText reads a text with one field, or with a field in each paragraph.
func (r *reader) fieldText(as role, blocks []chat.Block) bool {
	for i := range blocks {
		switch k := blocks[i].Kind; {
		case k == chat.Para, as&fieldMany == 0 && (k == chat.Item || k == chat.Code):
		default:
			return false
		}
	}
	from := len(r.mem.Fields)
	n := len(blocks) // blocks of a field
	if as&fieldMany != 0 {
		n = 1
	}
	for ; len(blocks) > 0; blocks = blocks[n:] {
		f := chat.Field{Inline: as&fieldInline != 0, Body: blocks[:n:n]}
		if b := &blocks[0]; as&fieldNameless == 0 && b.Kind == chat.Para && !b.Quoted {
			f.Name, b.Text = r.firstLine(b.Text)
			if len(b.Text) == 0 {
				f.Body = blocks[1:n:n]
			}
		}
		r.mem.Fields.Add(f)
	}
	list := r.mem.Fields.Cut(from)
	if put := r.put(); as&fieldMore != 0 && len(put) > 0 && put[len(put)-1].Kind == chat.Fields {
		b := &put[len(put)-1]
		b.Fields = append(b.Fields, list...)
		return true
	}
	r.add(chat.Block{Kind: chat.Fields, Fields: list})
	return true
}

// firstLine parts the first line of t, which is bold because it is a name, from
// the rest.
func (r *reader) firstLine(t chat.Text) (name, rest chat.Text) {
	from := len(r.mem.Spans)
	for i := range t {
		s := t[i]
		end := -1
		if s.Kind == chat.Words {
			end = strings.IndexByte(s.Text, '\n')
		}
		s.Style &^= chat.Bold
		if end < 0 {
			r.mem.Spans.Add(s)
			continue
		}
		if rest = t[i:]; s.Text[end+1:] == "" {
			rest = t[i+1:]
		} else {
			rest[0].Text = s.Text[end+1:]
		}
		if s.Text = s.Text[:end]; s.Text != "" {
			r.mem.Spans.Add(s)
		}
		break
	}
	return r.mem.Spans.Cut(from), rest
}
