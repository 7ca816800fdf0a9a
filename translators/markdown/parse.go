// Package markdown is Discord's and GitHub's text languages: Parse reads Discord's
// Markdown, ParseGFM GitHub's, into blocks of the neutral message; Fit and
// FitBlocks write Discord's. It knows no embeds and no JSON.
package markdown

import "dragoman/translators/chat"

// ParseOptions say where the text stands.
type ParseOptions struct {
	Mem   *chat.Arena // where spans are cut from; nil: memory of its own
	Place Place       // only what Discord renders there is markup
}

// Parse appends the blocks of src, Discord's Markdown, to dst. Spans share src's
// memory.
func Parse(dst []chat.Block, n *chat.Notes, src string, opt ParseOptions) []chat.Block {
	if t := Inline(n, src, opt); len(t) > 0 {
		dst = append(dst, chat.Block{Text: t})
	}
	return dst
}

// Inline reads src as one run of text: line breaks are kept, no block
// construct is looked for. Spans share src's memory.
func Inline(_ *chat.Notes, src string, _ ParseOptions) chat.Text {
	if src == "" {
		return nil
	}
	return chat.Text{{Text: src}}
}
