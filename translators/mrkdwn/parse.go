// Package mrkdwn is Slack's text language: Parse reads it into blocks of the
// neutral message, Fit and FitBlocks write it. It knows no blocks of Slack's and
// no JSON.
package mrkdwn

import "dragoman/translators/chat"

// ParseOptions say how Slack would read the text.
type ParseOptions struct {
	Mem      *chat.Arena // where spans are cut from; nil: memory of its own
	Plain    bool        // a plain_text object: entities and emoji names only
	NoMarks  bool        // "mrkdwn": false: links and mentions, but no emphasis
	Verbatim bool        // bare addresses stay words
}

// Parse appends the blocks of src to dst. Spans share src's memory.
func Parse(dst []chat.Block, n *chat.Notes, src string, opt ParseOptions) []chat.Block {
	if t := Inline(n, src, opt); len(t) > 0 {
		dst = append(dst, chat.Block{Text: t})
	}
	return dst
}

// Inline reads src as one run of text: line breaks are kept, quotes, lists and
// fences are not looked for. Spans share src's memory.
func Inline(_ *chat.Notes, src string, _ ParseOptions) chat.Text {
	if src == "" {
		return nil
	}
	return chat.Text{{Text: src}}
}
