package discord

import (
	"math"
	"slices"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// buttons decides which buttons become components: components stand below
// everything, so only those at the very end of the message, at the end of the
// last card, or beside the last text. Others are links where they stand.
func (w *writer) buttons() {
	blocks := w.m.Blocks
	w.tail, w.cardTail = len(blocks), noTail
	if !w.opt.Components {
		return
	}
	for w.tail > 0 && blocks[w.tail-1].Kind == chat.Buttons && w.take("blocks", w.tail-1, blocks[w.tail-1].Buttons) {
		w.tail--
	}
	if w.tail == 0 {
		return
	}
	w.n.Enter("blocks", w.tail-1)
	defer w.n.Leave()
	b := &blocks[w.tail-1]
	if b.Kind != chat.Group {
		if b.Kind != chat.Buttons && len(b.Buttons) > 0 && w.take("", -1, b.Buttons) {
			w.beside = true
			w.n.Add(chat.Flattened, "button", 0) // below the text, not beside it
		}
		return
	}
	if b.Card.Spoiler {
		return // what is hidden becomes no button
	}
	end := len(b.Card.Body)
	for end > 0 && b.Card.Body[end-1].Kind == chat.Buttons && w.take("card.body", end-1, b.Card.Body[end-1].Buttons) {
		end--
		w.cardTail = end
		w.n.AddAt("card", chat.Flattened, "button", 0) // below the card, not in it
	}
}

// noTail is the index of a tail that there is not.
const noTail = math.MaxInt

// take puts the link buttons of a block above the rows there are, if there is
// one and room for all.
func (w *writer) take(key string, index int, list []chat.Button) bool {
	row := list
	if slices.ContainsFunc(list, func(b chat.Button) bool { return !isButton(b) }) {
		row = slices.DeleteFunc(slices.Clone(list), func(b chat.Button) bool { return !isButton(b) })
	}
	need := (len(row) + maxRowButtons - 1) / maxRowButtons
	if need == 0 || len(w.rows)+need > maxRows {
		return false
	}
	toned := 0
	for _, b := range row {
		if b.Tone != chat.ToneNone {
			toned++ // a link has one look
		}
	}
	w.n.Enter(key, index)
	if toned > 0 {
		w.n.Add(chat.Flattened, "button_style", many(toned))
	}
	if need > 1 {
		w.n.Add(chat.Flattened, "action_row", need)
	}
	w.n.Leave()
	at := 0
	for part := range slices.Chunk(row, maxRowButtons) {
		w.rows = slices.Insert(w.rows, at, part)
		at++
	}
	return true
}

// many is the count of a note about n things: 0 for one.
func many(n int) int {
	if n == 1 {
		return 0
	}
	return n
}

// isButton reports whether b can be a link button.
func isButton(b chat.Button) bool {
	return (isWeb(b.URL) || strings.HasPrefix(b.URL, "discord://")) && count(b.URL) <= maxButtonURL
}

func isNoButton(b chat.Button) bool { return !isButton(b) }

// components writes the rows of buttons.
func (w *writer) components(b *jsonw.Buf) {
	if len(w.rows) == 0 {
		return
	}
	b.Key("components")
	b.OpenArray()
	for _, row := range w.rows {
		b.Open()
		b.KeyInt("type", typeActionRow)
		b.Key("components")
		b.OpenArray()
		for _, x := range row {
			label := strings.TrimSpace(x.Label)
			if label == "" {
				label = x.URL
			}
			b.Open()
			b.KeyInt("type", typeButton)
			b.KeyInt("style", linkButton)
			b.KeyStr("label", w.short("buttons", label, maxButtonLabel))
			b.KeyStr("url", x.URL)
			b.Close()
		}
		b.CloseArray()
		b.Close()
	}
	b.CloseArray()
}

// links is a row of buttons as a line of links. Those that lead nowhere keep
// their words, in brackets that tell what they were.
func links(row []chat.Button) chat.Text {
	t := make(chat.Text, 0, 2*len(row))
	for _, b := range row {
		if len(t) > 0 {
			t = append(t, chat.Span{Text: " · "})
		}
		label := strings.TrimSpace(b.Label)
		switch {
		case b.URL == "":
			t = append(t, chat.Span{Text: "[" + label + "]"})
		case label == "":
			t = append(t, chat.Span{Kind: chat.Link, Text: b.URL, Ref: b.URL})
		default:
			t = append(t, chat.Span{Kind: chat.Link, Text: label, Ref: b.URL})
		}
	}
	return t
}
