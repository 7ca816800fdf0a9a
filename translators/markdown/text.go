package markdown

import "dragoman/translators/chat"

// Read reads a text.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	m.Blocks = Parse(m.Blocks, n, string(in.Body), ParseOptions{Mem: m.Mem()})
	return nil
}

// Write writes a text.
func Write(out *chat.Output, m *chat.Message, opt *chat.Options) error {
	return nil
}

// ReadGFM reads a text in GitHub's Markdown.
func ReadGFM(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	m.Blocks = ParseGFM(m.Blocks, n, string(in.Body), GFMOptions{Mem: m.Mem()})
	return nil
}
