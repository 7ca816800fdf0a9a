package slack

// The limits of Slack, from its reference of Block Kit, of secondary attachments
// and of chat.postMessage, unless said otherwise. Characters are code points.
const (
	maxBlocks       = 50    // blocks of a message; kept for each attachment too
	maxAttachments  = 20    // advised; 100 are refused (too_many_attachments)
	maxMessageChars = 12000 // text of all blocks; observed (msg_blocks_too_long near 12,000–13,200)
	maxTextChars    = 4000  // advised for the text of a message; 40,000 are cut

	maxSectionChars  = 3000 // a text object
	maxFields        = 10   // of a section
	maxFieldChars    = 2000 // of a field of a section
	maxHeaderChars   = 150
	maxElements      = 10 // of a context
	maxActions       = 25 // elements of an actions block
	maxAltChars      = 2000
	maxTitleChars    = 2000 // title of an image
	maxURLChars      = 3000
	maxButtonChars   = 75
	maxIndent        = 8 // of a rich_text_list
	maxTables        = 1 // in a message; observed (only_one_table_allowed)
	maxTableRows     = 100
	maxTableColumns  = 20
	maxTableChars    = 10000 // over all cells of a message
	maxFooterChars   = 300   // of a classic attachment
	maxAttachButtons = 5     // actions of a classic attachment
	maxAttachChars   = 8000  // text of a classic attachment; observed, cut beyond
)
