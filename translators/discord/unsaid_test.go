package discord

import (
	"testing"

	"dragoman/translators/chat"
)

// TestUnsaid: what cannot be written at all is noted if it says something.
func TestUnsaid(t *testing.T) {
	blocks := []chat.Block{{Text: chat.Text{{Text: "two"}, {Text: "words", Style: chat.Bold}}}, {Text: chat.Text{{Text: "\u200b \u0301"}}}}
	for at, want := range map[chat.Pos]string{
		{}:                                  "dropped  text 8",
		{At: chat.Cursor{Span: 1, Byte: 2}}: "dropped  text 3",
		{At: chat.End}:                      "",
		{Block: 1}:                          "",
	} {
		w := writer{n: new(chat.Notes)}
		w.unsaid(blocks, at)
		got := ""
		for _, n := range w.n.List {
			got = n.String()
		}
		if got != want {
			t.Errorf("at %v: noted %q, want %q", at, got, want)
		}
	}
}
