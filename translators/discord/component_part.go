package discord

import "dragoman/translators/chat"

// room makes room for n more components with so many characters of text and
// uploads, in the next part if need be. When there is none, writing is over.
func (l *layout) room(n, chars, uploads int) bool {
	switch {
	case l.stop:
		return false
	case l.fits(n, chars, uploads):
		return true
	case l.last() || l.count == 0:
		l.stop = true
		return false
	}
	l.next()
	return l.fits(n, chars, uploads)
}

// fits reports whether so much fits into the part being filled.
func (l *layout) fits(n, chars, uploads int) bool {
	if l.box != nil && !l.open {
		n++
	}
	if l.opt.Whole != nil {
		n++ // its component is last
	}
	return l.count+n <= maxComponents && l.chars+chars <= maxTextDisplay && len(l.part.uploads)+uploads <= maxUploads
}

// component begins one, in the container of the card that is being written.
func (l *layout) component(typ int64, r role) {
	if l.box != nil && !l.open {
		l.open = true
		l.boxes++
		l.begin(typeContainer, 0)
		if rgb, ok := l.box.Colour.RGB(); ok {
			l.body.KeyInt("accent_color", int64(rgb))
		}
		if l.box.Spoiler {
			l.body.KeyBool("spoiler", true)
		}
		l.body.Key("components")
		l.body.OpenArray()
	}
	l.begin(typ, r)
}

func (l *layout) begin(typ int64, r role) {
	l.body.Open()
	l.body.KeyInt("type", typ)
	if r != 0 {
		l.body.KeyInt("id", r.id(l.count))
	}
	l.count++
}

// shut ends the container, if one is open.
func (l *layout) shut() {
	if l.open {
		l.body.CloseArray()
		l.body.Close()
		l.open = false
	}
}

// next sends the part and begins the next.
func (l *layout) next() {
	l.shut()
	l.send()
}

// send writes the part out.
func (l *layout) send() {
	b := &l.buf
	b.Reset()
	b.Open()
	flags := int64(flagComponents)
	if l.m.Flags.Silent {
		flags |= flagSilent
	}
	if l.m.Flags.NoPreview {
		flags |= flagSuppressEmbeds
	}
	b.KeyInt("flags", flags)
	l.face(b)
	b.Key("components")
	b.OpenArray()
	b.Raw(l.body.B)
	l.shownFile(b)
	b.CloseArray()
	l.allowed(b)
	l.attachments(b)
	l.emit(b)
	l.body.Reset()
	l.count, l.chars = 0, 0
}

// group writes a card as a container.
func (l *layout) group(b *chat.Block) {
	c := b.Card
	if b.Quoted {
		l.n.Add(chat.Flattened, "quote", 0)
	}
	if n, size := len(c.Body)+4, chars(b)+64; !l.last() && l.count > 0 && !l.fits(n, size, 0) && n <= maxComponents && size <= maxTextDisplay {
		l.next() // rather whole in the next part than in two pieces
	}
	l.box, l.boxes = c, 0
	l.n.Enter("card", -1)
	l.blocks("body", c.Body, l.opening(c))
	l.closing(c)
	l.shut()
	if l.boxes > 1 {
		l.n.Add(chat.Split, "container", l.boxes)
	}
	l.n.Leave()
	l.box = nil
}
