package markdown

import "dragoman/translators/chat"

// Place says what Discord renders where a text stands.
type Place uint8

// The places.
const (
	Content     Place = iota // message content and text displays: everything
	Description              // an embed's description: everything; mentions never notify
	FieldValue               // no headings, no subtext
	Title                    // an embed's title, a field's name: inline styles and emoji only, one line
	Plain                    // author, footer, username, button labels: nothing is markup
)

// Fit appends t as Discord Markdown, from the cursor on, and stops before max
// characters would be passed. Characters are counted as Discord counts them, in
// code points. It never cuts inside a link, a mention, a grapheme, or an open
// style. It returns the cursor of the first byte not written; a finished text
// returns chat.End. used is the number of characters appended.
func Fit(dst []byte, t chat.Text, from chat.Cursor, max int, place Place, opt *chat.Options, n *chat.Notes) (out []byte, next chat.Cursor, used int) {
	return t.AppendPlain(dst), chat.End, t.Chars()
}

// FitBlocks appends the text blocks of a run (Para, Heading, Item, Code, Small),
// as many as fit into max characters, from pos on, with the line breaks between
// them. It stops at the first block of another kind. A fence or quotation that is
// cut is closed, and opened again by the call that goes on. With at least 64
// characters it always gets on.
func FitBlocks(dst []byte, blocks []chat.Block, from chat.Pos, max int, place Place, opt *chat.Options, n *chat.Notes) (out []byte, next chat.Pos, used int) {
	return dst, from, 0
}
