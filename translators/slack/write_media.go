package slack

import (
	"strings"

	"dragoman/translators/chat"
)

// shows reports whether a is written as a picture. Slack has nothing that hides one
// until a reader asks for it, so one that is hidden is a link.
func (w *writer) shows(a *chat.Asset) bool {
	return a.Kind == chat.Picture && isWeb(a.URL) && !a.Spoiler && !w.hidden()
}

// hidden reports whether all is hidden of the card that is being written.
func (w *writer) hidden() bool { return w.card != nil && w.card.Spoiler }

// hasHidden reports whether any of blocks hides a picture, which no preview of a
// link may show.
func hasHidden(blocks []chat.Block) bool {
	for i := range blocks {
		b := &blocks[i]
		for k := range b.Assets {
			if b.Assets[k].Spoiler && isWeb(b.Assets[k].URL) {
				return true
			}
		}
		if c := b.Card; c != nil && (c.Spoiler || c.Thumb.Spoiler || hasHidden(c.Body)) {
			return true
		}
	}
	return false
}

func (w *writer) media(b *chat.Block) {
	if b.Level > 0 {
		w.n.Add(chat.Flattened, "indent", 0)
	}
	for i := range b.Assets {
		w.n.Enter("assets", i)
		w.asset(&b.Assets[i])
		w.n.Leave()
	}
}

// asset writes a picture as an image block, and a link to anything else.
func (w *writer) asset(a *chat.Asset) {
	w.imageAs("", a)
}

func (w *writer) imageAs(role string, a *chat.Asset) {
	if a.Spoiler {
		w.n.Add(chat.Flattened, "spoiler", 0)
	}
	if !w.shows(a) {
		w.linkTo(a)
		return
	}
	if !w.open(len(a.Alt) + len(a.Title)) {
		w.lost++
		return
	}
	w.w.Open()
	w.w.KeyWord("type", "image")
	if role != "" {
		w.blockID(role)
	}
	w.w.KeyStr("image_url", a.URL)
	w.w.KeyStr("alt_text", w.clip(first(a.Alt, noAlt), maxAltChars))
	if a.Title != "" {
		w.w.Key("title")
		w.plainText(a.Title, maxTitleChars)
	}
	w.w.Close()
}

// linkTo writes what Slack cannot show as a link, or as words where there is
// nothing to link to. Of an upload that comes beside the message its description is
// written, and its name where there is nothing else to say.
func (w *writer) linkTo(a *chat.Asset) {
	beside := w.opt.Uploads && strings.HasPrefix(a.URL, "attachment://")
	if beside && len(w.m.Blocks) > 1 && a.Title == "" && a.Alt == "" {
		return
	}
	words := first(a.Title, a.Alt, strings.TrimPrefix(a.URL, "attachment://"))
	switch {
	case strings.Contains(a.URL, "://") && !strings.HasPrefix(a.URL, "attachment://"):
		w.n.Add(chat.Flattened, a.Kind.String(), 0)
		w.line(chat.Span{Kind: chat.Link, Text: words, Ref: a.URL})
	default:
		if !beside {
			w.n.Add(chat.Dropped, a.Kind.String(), 0)
		}
		w.line(chat.Span{Text: words})
	}
	if a.Title != "" && a.Alt != "" && a.Alt != a.Title {
		w.line(chat.Span{Text: a.Alt})
	}
}

// line writes a section of one span.
func (w *writer) line(s chat.Span) {
	w.one[0] = chat.Block{Text: w.scratch(s)}
	w.section(w.one[:], sizeOf(&w.one[0]))
}

// buttons writes link buttons as rows, and of interactive ones the words, since
// nobody here would hear them pressed; all in their order.
func (w *writer) buttons(list []chat.Button) {
	for len(list) > 0 {
		n, leads := 1, isWeb(list[0].URL)
		for n < len(list) && isWeb(list[n].URL) == leads && (!leads || n < maxActions) {
			n++
		}
		if leads {
			w.actions(list[:n])
		} else {
			w.buttonWords(list[:n])
		}
		if list = list[n:]; n == maxActions && leads && len(list) > 0 && isWeb(list[0].URL) {
			w.n.Add(chat.Split, "actions", 0)
		}
	}
}

// actions writes one row.
func (w *writer) actions(row []chat.Button) {
	if !w.open(0) {
		for i := range row {
			w.lost += len(row[i].Label)
		}
		return
	}
	w.w.Open()
	w.w.KeyWord("type", "actions")
	w.w.Key("elements")
	w.w.OpenArray()
	for i := range row {
		w.button(&row[i])
	}
	w.w.CloseArray()
	w.w.Close()
}

func (w *writer) buttonWords(list []chat.Button) {
	w.n.Add(chat.Flattened, "button", len(list))
	w.spans = w.spans[:0]
	for i := range list {
		b := &list[i]
		if i > 0 {
			w.spans = append(w.spans, chat.Span{Text: "  "})
		}
		s := chat.Span{Text: "[" + b.Label + "]"}
		if b.URL != "" {
			s = chat.Span{Kind: chat.Link, Text: first(b.Label, b.URL), Ref: b.URL}
		}
		w.spans = append(w.spans, s)
	}
	w.small(&chat.Block{Kind: chat.Small, Text: w.spans})
}

func (w *writer) button(b *chat.Button) {
	w.w.Open()
	w.w.KeyWord("type", "button")
	w.w.Key("text")
	w.plainText(first(b.Label, b.URL), maxButtonChars)
	w.w.KeyStr("url", b.URL)
	switch b.Tone {
	case chat.TonePrimary, chat.ToneSuccess:
		w.w.KeyWord("style", "primary")
	case chat.ToneDanger:
		w.w.KeyWord("style", "danger")
	case chat.ToneNone:
	}
	w.w.Close()
}
