package translators

import (
	"bytes"
	"unicode/utf8"

	"dragoman/translators/chat"
	"dragoman/translators/plain"
)

// maxWhole is how many bytes of text go into a file: well within what the platforms
// take, and far more than anybody reads.
const maxWhole = 8 << 20

// writeWithFile writes m as one payload: as it is when it fits, else its beginning,
// with all that it says in a text file.
func writeWithFile(out *chat.Output, m *chat.Message, write Writer, opt *chat.Options) error {
	var one chat.Output
	o := *opt
	o.MaxParts = 2
	if err := write(&one, m, &o); err != nil || len(one.Parts) == 1 {
		out.Parts = append(out.Parts, one.Parts...)
		out.Notes.Append(&one.Notes)
		return err
	}
	var text chat.Output
	if err := plain.Write(&text, m, opt); err != nil {
		return err
	}
	o.Whole = textFile(text.Parts[0].Payload, &out.Notes)
	return write(out, m, &o)
}

// textFile is a file with text, by a name that no file of the message has.
func textFile(text []byte, n *chat.Notes) *chat.File {
	name := "message.txt"
	for bytes.Contains(text, []byte("attachment://"+name)) {
		name = "whole-" + name
	}
	if end := maxWhole; len(text) > end {
		for !utf8.RuneStart(text[end]) {
			end--
		}
		n.AddAt(name, chat.Shortened, "characters", utf8.RuneCount(text[end:]))
		text = text[:end]
	}
	return &chat.File{Name: name, Type: "text/plain; charset=utf-8", Size: int64(len(text)), Data: text}
}
