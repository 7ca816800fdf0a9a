// Package native reads and writes the neutral message as JSON: the members are
// those of chat.Message, the kinds are words ("para", "link"), styles are joined
// by "+", and colours are "#rrggbb". It is the format of expected files in
// tests, and what a program gets that wants no platform's shape.
package native

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"dragoman/translators/chat"
)

// Read reads one message. It is strict: a member or a word that the neutral
// message does not have is an error which names it, because this format has no
// other versions to be lenient with. What stands where its kind does not allow
// it is gone without a note: see chat.Normalize.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	d := json.NewDecoder(bytes.NewReader(in.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return explain(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("native: more than one JSON value")
	}
	bound(m, n)
	if len(m.Blocks) == 0 && len(m.Summary) > 0 {
		m.Add(chat.Block{Text: m.Summary})
		m.Summary = nil
	}
	chat.Normalize(m)
	if len(m.Blocks) == 0 {
		return chat.ErrEmpty
	}
	return nil
}

// explain words an error of the decoder for people who write messages, not Go.
func explain(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("native: %s: a JSON %s cannot stand here", cmp.Or(wrong.Field, "message"), wrong.Value)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("native: the JSON ends too early")
	}
	words := strings.TrimPrefix(err.Error(), "json: ")
	words = strings.TrimPrefix(words, "chat: ")
	words = strings.Replace(words, "unknown field", "unknown member", 1)
	return fmt.Errorf("native: %s", words)
}

// bound keeps the limits of a message: blocks from the first on that passes one
// are left out, with a note.
func bound(m *chat.Message, n *chat.Notes) {
	blocks, spans := chat.MaxBlocks, chat.MaxSpans
	for i := range m.Blocks {
		inner, texts := size(&m.Blocks[i])
		blocks -= 1 + inner
		spans -= texts
		if blocks < 0 || spans < 0 {
			n.AddAt("blocks", chat.Dropped, "block", len(m.Blocks)-i)
			m.Blocks = m.Blocks[:i]
			return
		}
	}
}

// size is the number of blocks inside b and of spans in it.
func size(b *chat.Block) (blocks, spans int) {
	spans = len(b.Text)
	add := func(list []chat.Block) {
		for i := range list {
			inner, texts := size(&list[i])
			blocks += 1 + inner
			spans += texts
		}
	}
	for i := range b.Fields {
		spans += len(b.Fields[i].Name)
		add(b.Fields[i].Body)
	}
	if b.Table != nil {
		for _, row := range b.Table.Rows {
			for _, cell := range row {
				spans += len(cell)
			}
		}
	}
	if b.Card != nil {
		spans += len(b.Card.Title)
		add(b.Card.Body)
	}
	return blocks, spans
}
