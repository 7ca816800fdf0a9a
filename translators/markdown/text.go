package markdown

import (
	"math"

	"dragoman/translators/chat"
)

// Read reads a text in Discord's Markdown. When every link in it is written so
// that it shows no preview, that becomes a property of the message.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	m.Origin = chat.Discord
	p := newParser(m.Blocks, n, string(in.Body), ParseOptions{Mem: m.Mem()})
	p.lines, p.fences = true, true
	p.all()
	m.Blocks = p.dst
	m.Flags.NoPreview = p.hushed > 0 && p.loud == 0
	if p.hushed > 0 && p.loud > 0 {
		n.Add(chat.Flattened, "preview", p.hushed)
	}
	return finish(m)
}

// ReadGFM reads a text in GitHub's Markdown.
func ReadGFM(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	m.Origin = chat.GitHub
	m.Blocks = ParseGFM(m.Blocks, n, string(in.Body), GFMOptions{Mem: m.Mem()})
	return finish(m)
}

func finish(m *chat.Message) error {
	chat.Normalize(m)
	if len(m.Blocks) == 0 {
		return chat.ErrEmpty
	}
	return nil
}

// Write writes a message as one text in Discord's Markdown, of any length. What
// is not text is written as the nearest text, with a note.
func Write(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	o := opt.For(m)
	w := newWriter(make([]byte, 0, 1024), math.MaxInt, Content, &o, &out.Notes)
	w.hush = m.Flags.NoPreview
	w.message(m)
	out.Parts = append(out.Parts, chat.Part{Payload: append([]byte(nil), w.dst...)})
	return nil
}
