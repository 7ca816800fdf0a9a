package slack

// Further limits of Slack, which the writers do not come near. They are from its
// reference of Block Kit and of secondary attachments, unless said otherwise.
// Characters are code points.
const (
	maxAttachmentsTaken = 100   // of a message; more are too_many_attachments
	maxMarkdownChars    = 12000 // of a markdown block, and of all of a message
	maxCharts           = 2     // data_visualization blocks of a message; observed

	maxIDChars          = 255 // block_id, action_id
	maxPlaceholderChars = 150
	maxLabelChars       = 2000 // label and hint of an input
	maxValueChars       = 2000 // of a button
	maxAccessibleChars  = 75   // accessibility_label
	maxVisibleTo        = 10   // visible_to_user_ids of an icon_button

	maxOptionChars      = 75  // text and description of an option
	maxOptionValueChars = 150 // documented; type comments of an SDK say 75
	maxOptions          = 100 // of a menu or a group; as many groups
	maxChoices          = 10  // of checkboxes and radio buttons
	maxOverflow         = 5   // options of an overflow menu
	maxConfirmTitle     = 100
	maxConfirmText      = 300
	maxConfirmButton    = 30
	maxInputChars       = 3000 // min_length and max_length of a plain_text_input
	maxInputLines       = 100  // min_lines and max_lines of a rich_text_input
	maxInputFiles       = 10

	maxHeaderLevel   = 4
	maxVideoTitle    = 199 // "less than 200"
	maxVideoAuthor   = 49  // "less than 50"
	maxVideoProvider = 50
	maxVideoChars    = 200 // description, and alt_text, which one library alone names
	maxFeedback      = 5   // elements of a context_actions
	maxCardTitle     = 150 // title and subtitle, in characters
	maxCardText      = 200 // body and subtext, in characters
	maxCardButtons   = 3   // older pages: 2
	maxCards         = 10  // of a carousel
	maxChildren      = 10  // of a container
	maxFrameTitle    = 150 // title and subtitle of a container, label of a layout, in characters
	maxLayoutRows    = 5
	maxLayoutItems   = 3 // of a row
	maxAlertChars    = 200

	minDataRows    = 2 // of a data_table, with the header
	maxDataRows    = 101
	maxPageSize    = 100
	maxChartTitle  = 50 // and the labels of axes, in characters
	maxChartLabel  = 20 // labels, categories and names of series, in characters
	maxChartParts  = 6  // segments or series; a newer library has 12
	maxChartPoints = 20 // of a series, and categories

	minSkinTone = 2
	maxSkinTone = 6

	maxAttachActionValue = 2000 // value of a classic action, in characters
)
