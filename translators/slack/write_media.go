package slack

import (
	"strings"

	"dragoman/translators/chat"
)

func isPicture(a *chat.Asset) bool { return a.Kind == chat.Picture && isWeb(a.URL) }

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
	if !isPicture(a) {
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
// nothing to link to.
func (w *writer) linkTo(a *chat.Asset) {
	words := first(a.Title, a.Alt, strings.TrimPrefix(a.URL, "attachment://"))
	switch {
	case strings.Contains(a.URL, "://") && !strings.HasPrefix(a.URL, "attachment://"):
		w.n.Add(chat.Flattened, a.Kind.String(), 0)
		w.line(chat.Span{Kind: chat.Link, Text: words, Ref: a.URL})
	default:
		w.n.Add(chat.Dropped, a.Kind.String(), 0)
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

// buttons writes rows of link buttons; of interactive ones the words, since
// nobody here would hear them pressed.
func (w *writer) buttons(list []chat.Button) {
	elements, words := 0, 0
	for i := range list {
		b := &list[i]
		if !isWeb(b.URL) {
			words++
			continue
		}
		if elements == 0 {
			if !w.open(0) {
				w.lost += len(b.Label)
				return
			}
			w.w.Open()
			w.w.KeyWord("type", "actions")
			w.w.Key("elements")
			w.w.OpenArray()
		}
		w.button(b)
		if elements++; elements == maxActions {
			w.w.CloseArray()
			w.w.Close()
			elements = 0
			if i < len(list)-1 {
				w.n.Add(chat.Split, "actions", 0)
			}
		}
	}
	if elements > 0 {
		w.w.CloseArray()
		w.w.Close()
	}
	if words == 0 {
		return
	}
	w.n.Add(chat.Flattened, "button", words)
	w.spans = w.spans[:0]
	for i := range list {
		b := &list[i]
		if isWeb(b.URL) {
			continue
		}
		if len(w.spans) > 0 {
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
