package discord

// Discord's limits on an execute-webhook body, in Unicode code points after
// trimming unless the name says otherwise. Sources: Discord's published OpenAPI
// document (IncomingWebhookRequestPartial, RichEmbed…) and its pages on
// webhooks, messages and components.
const (
	maxContent     = 2000
	maxUsername    = 80
	maxURL         = 2048
	maxThreadName  = 100
	maxTags        = 5
	maxEmbeds      = 10
	maxEmbedTotal  = 6000 // title, description, fields, footer and author of all embeds of a message
	maxTitle       = 256
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxAuthor      = 256
	maxMediaAlt    = 4096
	maxGallery     = 4 // pictures shown of embeds with one url
	maxPings       = 100
	maxRows        = 5
	maxRowButtons  = 5
	maxButtonLabel = 80
	maxButtonURL   = 512
	maxUploads     = 10
	maxUploadText  = 1024 // title and description of an upload, and its name
)

// maxElements is how many links, mentions, emoji and styled runs one embed gets.
// Clients stop drawing a description somewhere above that, whatever its length
// (discord-api-docs issue 8501).
const maxElements = 80

// least is how many characters are worth beginning a text for; less is left for
// the next embed. markdown.FitBlocks gets on with any larger number.
const least = 64

// nearBlack is what black is written as: Discord takes 0 for no colour.
const nearBlack = 0x010101
