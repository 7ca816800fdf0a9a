package discord

import (
	"slices"
	"strings"

	"dragoman/translators/chat"
)

// isThumb reports whether a can be a thumbnail.
func isThumb(a *chat.Asset) bool {
	return a.Kind == chat.Picture && isMedia(a.URL)
}

// isItem reports whether a can be in a gallery. Of a video on the web only its
// address says that it is no page with one.
func isItem(a *chat.Asset) bool {
	if name, ok := uploadName(a.URL); ok {
		return a.Kind != chat.Document && kindOf(name, "") != chat.Document && canRefer(a.URL)
	}
	return isWeb(a.URL) && (a.Kind == chat.Picture || a.Kind == chat.Video && kindOf(a.URL, "") == chat.Video)
}

// isFile reports whether a is an upload that can only be offered as a file.
func isFile(a *chat.Asset) bool { return canRefer(a.URL) && !isItem(a) }

// uploads is how many uploads a shows: one or none.
func uploads(a *chat.Asset) int {
	if _, ok := uploadName(a.URL); ok {
		return 1
	}
	return 0
}

func (a accessory) pics() int {
	if a.asset != nil {
		return 1
	}
	return 0
}

// media writes a block of media: galleries of up to ten, files one by one, and
// the rest as links.
func (l *layout) media(list []chat.Asset) {
	more := role(0)
	for len(list) > 0 && !l.stop {
		n := 1
		switch a := &list[0]; {
		case isFile(a):
			l.file(a, more)
			more = roleMore
		case isItem(a):
			for n < len(list) && n < maxGalleryItems && isItem(&list[n]) && caption(&list[n]) == "" {
				n++
			}
			l.captioned(list[:n], more)
			more = roleMore
		default:
			l.linked(a)
			more = 0
		}
		list = list[n:]
	}
	if len(list) > 0 {
		l.lose(left([]chat.Block{{Assets: list}}))
	}
}

// linked writes what no component can show as a link. An upload that none can
// refer to is named.
func (l *layout) linked(a *chat.Asset) {
	name, up := uploadName(a.URL)
	if !up {
		low := lowering{w: &l.writer}
		low.asset(a, &chat.Block{})
		l.display(low.blocks, 0, accessory{})
		return
	}
	l.n.Add(chat.Dropped, "attachment", 0)
	words := strings.TrimSpace(a.Title + " " + a.Alt)
	if words == "" {
		words = name
	}
	s := chat.Span{Text: words}
	if a.Spoiler {
		s.Style = chat.Spoiler
	}
	l.line(s)
}

// caption is the title that has to stand above a. That of an upload is said
// among the attachments.
func caption(a *chat.Asset) string {
	if _, ok := uploadName(a.URL); ok {
		return ""
	}
	return oneLine(strings.TrimSpace(a.Title))
}

// captioned writes a gallery with the title of its first picture above it.
func (l *layout) captioned(list []chat.Asset, r role) {
	if title := caption(&list[0]); title != "" {
		l.derived = append(l.derived[:0], chat.Block{Text: chat.Text{{Text: title, Style: chat.Bold}}})
		capt := roleCaption
		if size := most(&l.derived[0]); size > maxTextDisplay/2 {
			capt = 0
			l.n.Add(chat.Flattened, "title", 0)
		} else {
			l.room(2, size, uploads(&list[0])) // both in one part
		}
		l.display(l.derived, capt, accessory{})
	}
	l.gallery(list, r)
}

func (l *layout) gallery(list []chat.Asset, r role) {
	ups := 0
	for i := range list {
		ups += uploads(&list[i])
	}
	if !l.room(1, 0, ups) {
		l.lose(left([]chat.Block{{Assets: list}}))
		return
	}
	l.component(typeMediaGallery, r)
	l.body.Key("items")
	l.body.OpenArray()
	for i := range list {
		l.body.Open()
		l.shown(&list[i])
		l.body.Close()
	}
	l.body.CloseArray()
	l.body.Close()
}

// shown writes the members of a thumbnail or of an item of a gallery.
func (l *layout) shown(a *chat.Asset) {
	b := &l.body
	l.source("media", a.URL)
	alt := a.Alt
	if _, up := uploadName(a.URL); !up {
		alt = l.short("description", alt, maxMediaText)
	} else if count(alt) > maxMediaText { // it is among the attachments
		alt = ""
	}
	if strings.TrimSpace(alt) != "" {
		b.KeyStr("description", alt)
	}
	if a.Spoiler {
		b.KeyBool("spoiler", true)
	}
	if uploads(a) > 0 {
		l.part.attach(*a)
	}
}

func (l *layout) source(key, url string) {
	l.body.Key(key)
	l.body.Open()
	l.body.KeyStr("url", url)
	l.body.Close()
}

func (l *layout) file(a *chat.Asset, r role) {
	if !l.room(1, 0, 1) {
		l.lose(left([]chat.Block{{Assets: []chat.Asset{*a}}}))
		return
	}
	l.component(typeFile, r)
	l.source("file", a.URL)
	if a.Spoiler {
		l.body.KeyBool("spoiler", true)
	}
	l.body.Close()
	l.part.attach(*a)
}

// row writes a row of buttons in order: those that are links as rows of up to five,
// the words of others as a line.
func (l *layout) row(list []chat.Button) {
	for len(list) > 0 {
		n := slices.IndexFunc(list, isButton)
		if n < 0 {
			n = len(list)
		}
		if n > 0 {
			l.n.Add(chat.Flattened, "button", many(n))
			l.derived = append(l.derived[:0], chat.Block{Text: links(list[:n])})
			l.display(l.derived, 0, accessory{})
			list = list[n:]
			continue
		}
		if n = slices.IndexFunc(list, isNoButton); n < 0 {
			n = len(list)
		}
		l.tones(list[:n])
		more := role(0)
		for some := range slices.Chunk(list[:n], maxRowButtons) {
			l.rowOf(some, more)
			more = roleMore
		}
		list = list[n:]
	}
}

// tones notes the looks that links do not have.
func (l *layout) tones(list []chat.Button) {
	toned := 0
	for i := range list {
		if list[i].Tone != chat.ToneNone {
			toned++
		}
	}
	if toned > 0 {
		l.n.Add(chat.Flattened, "button_style", many(toned))
	}
}

func (l *layout) rowOf(list []chat.Button, r role) {
	if !l.room(1+len(list), 0, 0) {
		l.lose(left([]chat.Block{{Buttons: list}}))
		return
	}
	l.component(typeActionRow, r)
	l.body.Key("components")
	l.body.OpenArray()
	for i := range list {
		l.button(&list[i])
	}
	l.body.CloseArray()
	l.body.Close()
}

func (l *layout) button(x *chat.Button) {
	label := strings.TrimSpace(x.Label)
	if label == "" {
		label = x.URL
		l.n.Add(chat.Flattened, "label", 0)
	}
	l.component(typeButton, 0)
	l.body.KeyInt("style", linkButton)
	l.body.KeyStr("label", l.short("buttons", label, maxButtonLabel))
	l.body.KeyStr("url", x.URL)
	l.body.Close()
}
