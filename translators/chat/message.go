// Package chat is the neutral message: what every format is read into and
// written out of. It holds data types and pure functions on them. It knows no
// platform's shapes, limits or addresses, and does no I/O.
//
// A message is a flat list of blocks, a block holds flat runs of text, and a
// card is a block that frames other blocks. There is no deeper nesting, because
// no chat shows more.
//
// A message is read-only once its reader has returned it: one message is read
// once and may be written to many destinations at the same time.
package chat

import (
	"sync"
	"time"
)

// Message is one chat message in neutral form.
type Message struct {
	Origin  Platform `json:"origin,omitzero"`  // where the ids in this message mean something
	Role    Role     `json:"role,omitzero"`    // what the message is to its subject
	Sender  Badge    `json:"sender,omitzero"`  // name and picture shown instead of the webhook's own
	Summary Text     `json:"summary,omitzero"` // the notification line; empty: made from Blocks
	Blocks  []Block  `json:"blocks,omitzero"`
	Thread  Thread   `json:"thread,omitzero"`
	Pings   Pings    `json:"pings,omitzero"`
	Flags   Flags    `json:"flags,omitzero"`

	mem Arena
}

// Block is one piece of a message. Kind says which of the other fields may be
// set; Check reports one that may not.
type Block struct {
	Kind    Kind     `json:"kind"`
	Quoted  bool     `json:"quoted,omitzero"`  // consecutive quoted blocks form one quotation
	Level   int      `json:"level,omitzero"`   // Heading: 1–3. Item: depth from 0. Para, Code, Media: 0, or n when under an item of depth n−1
	Number  int      `json:"number,omitzero"`  // Item: 0 is a bullet, otherwise the ordinal
	Lang    string   `json:"lang,omitzero"`    // Code: language, may be empty
	Text    Text     `json:"text,omitzero"`    // Para, Heading, Item, Code, Small
	Assets  []Asset  `json:"assets,omitzero"`  // Media: all of them. Para, Heading, Item, Code, Fields: at most one, beside the block
	Fields  []Field  `json:"fields,omitzero"`  // Fields
	Buttons []Button `json:"buttons,omitzero"` // Buttons: the row. Para, Heading, Item, Code, Fields: at most one, beside the block
	Table   *Table   `json:"table,omitzero"`   // Grid
	Card    *Card    `json:"card,omitzero"`    // Group
}

// Text is a run of spans that a reader sees as one piece of text.
type Text []Span

// Span is a stretch of text of one kind and style.
//
// Text is always what a reader sees, unescaped and without markup, so that a
// writer which cannot express the kind can write it as words:
//
//	Words     the words; standard emoji are their Unicode characters
//	Link      the label; the address itself when there is no other label
//	User      "@name", or "@" and the id when no name is known
//	UserGroup the same; Slack's user group, Discord's role
//	Channel   "#name", or "#" and the id
//	Everyone  "@here", "@channel" or "@everyone"
//	Emoji     ":name:"; only for emoji that are no Unicode character
//	Time      the moment as the sender worded it
//	Icon      the picture's alternative text
//
// Ref is the address (Link, Icon), the id at the message's Origin (User,
// UserGroup, Channel, Emoji), "here", "channel" or "everyone" (Everyone), or
// one of the Time formats below.
type Span struct {
	Kind  SpanKind `json:"kind,omitzero"`
	Style Style    `json:"style,omitzero"`
	Text  string   `json:"text,omitzero"`
	Ref   string   `json:"ref,omitzero"`
	At    int64    `json:"at,omitzero"` // Time: seconds since 1970, UTC
}

// The formats of a Time span, in Span.Ref. The names are Slack's date tokens,
// which are the larger vocabulary, and four pairs of them that Discord has as
// one style.
const (
	DateNum         = "date_num"           // 2014-02-18
	DateSlash       = "date_slash"         // 18/02/2014
	DateFull        = "date"               // February 18th, 2014
	DateLongFull    = "date_long_full"     // August 9, 2020
	DateShort       = "date_short"         // Feb 18, 2014
	DateLong        = "date_long"          // Tuesday, February 18th, 2014
	DatePretty      = "date_pretty"        // today, yesterday, or as DateFull
	DateShortPretty = "date_short_pretty"  // likewise, DateShort
	DateLongPretty  = "date_long_pretty"   // likewise, DateLong
	DayDivider      = "day_divider_pretty" // likewise, without the year
	Clock           = "time"               // 6:39 AM
	ClockSecs       = "time_secs"          // 6:39:42 AM
	Ago             = "ago"                // 3 minutes ago
	DateClock       = "date time"          // April 20, 2021 at 16:20
	DateLongClock   = "date_long time"     // Tuesday, April 20, 2021 at 16:20
	DateNumClock    = "date_num time"      // 20/04/2021, 16:20
	DateNumSecs     = "date_num time_secs" // 20/04/2021, 16:20:30
)

// Card frames blocks: an attachment, an embed, a container, a GitHub event.
type Card struct {
	Colour  Colour    `json:"colour,omitzero"`
	Author  Badge     `json:"author,omitzero"`
	Title   Text      `json:"title,omitzero"`
	URL     string    `json:"url,omitzero"`  // where the title leads
	Body    []Block   `json:"body,omitzero"` // never holds another Group
	Thumb   Asset     `json:"thumb,omitzero"`
	Footer  Badge     `json:"footer,omitzero"`
	At      time.Time `json:"at,omitzero"` // zero: none
	Spoiler bool      `json:"spoiler,omitzero"`
}

// Badge is a name with a picture, and where it leads.
type Badge struct {
	Name string `json:"name,omitzero"`
	URL  string `json:"url,omitzero"`
	Icon string `json:"icon,omitzero"` // address of a picture, or ":name:" of an emoji
}

// Asset is a picture, video or document. An uploaded one is reached as
// "attachment://name" in URL.
type Asset struct {
	Kind    AssetKind `json:"kind,omitzero"`
	URL     string    `json:"url,omitzero"`
	Alt     string    `json:"alt,omitzero"`   // what one who cannot see it is told
	Title   string    `json:"title,omitzero"` // shown with it
	Bytes   int64     `json:"bytes,omitzero"` // 0: unknown
	Spoiler bool      `json:"spoiler,omitzero"`
}

// Field is a named value in a Fields block. Body holds Para, Item and Code.
type Field struct {
	Name   Text    `json:"name,omitzero"`
	Body   []Block `json:"body,omitzero"`
	Inline bool    `json:"inline,omitzero"`
}

// Button is a link that looks like a button, or, with an empty URL, an
// interactive one.
type Button struct {
	Label string `json:"label,omitzero"`
	URL   string `json:"url,omitzero"`
	ID    string `json:"id,omitzero"`
	Tone  Tone   `json:"tone,omitzero"`
}

// Table holds rows of cells. Rows may be of unequal length.
type Table struct {
	Head  bool     `json:"head,omitzero"` // the first row is a heading
	Align []Align  `json:"align,omitzero"`
	Rows  [][]Text `json:"rows,omitzero"`
}

// Thread says which conversation a message belongs to.
type Thread struct {
	Key   string   `json:"key,omitzero"`   // the thread at the origin
	Topic string   `json:"topic,omitzero"` // a name for a new one
	Tags  []string `json:"tags,omitzero"`
}

// Pings is whom the sender wished to notify. The zero value wishes for what the
// text mentions; Limited restricts that to the kinds and ids given. What may
// really notify is decided by Options.Mentions; Pings only ever narrows it.
type Pings struct {
	Limited  bool     `json:"limited,omitzero"`
	AnyUser  bool     `json:"any_user,omitzero"`
	AnyGroup bool     `json:"any_group,omitzero"`
	Everyone bool     `json:"everyone,omitzero"`
	Users    []string `json:"users,omitzero"`  // ids at the origin
	Groups   []string `json:"groups,omitzero"` // ids at the origin
}

// Flags are properties of the message as a whole.
type Flags struct {
	Silent    bool `json:"silent,omitzero"`     // notifies nobody's device
	NoPreview bool `json:"no_preview,omitzero"` // links are not unfolded
}

// File is an upload. Its bytes are Data when a writer made them; else the gateway
// keeps them under Ref, and a file of a Part that came in with the message has only
// the name by which to find it among those of the Input.
type File struct {
	Name string `json:"name"`
	Type string `json:"type,omitzero"` // media type
	Size int64  `json:"size"`          // in bytes
	Ref  string `json:"ref,omitzero"`
	Data []byte `json:"data,omitzero"`
}

// Reset empties m and keeps its memory for the next message. What was read from
// m before must no longer be used.
func (m *Message) Reset() {
	mem := m.mem
	blocks := m.Blocks
	clear(blocks)
	*m = Message{Blocks: blocks[:0], mem: mem}
	m.mem.reset()
}

// messages are those that were given back.
var messages = sync.Pool{New: func() any { return new(Message) }}

// Take is an empty message, with the memory of one that was given back where there
// is one.
func Take() *Message { return messages.Get().(*Message) }

// Give resets m and gives it back. It belongs to the next taker then.
func (m *Message) Give() {
	m.Reset()
	messages.Put(m)
}

// Mem is the memory from which the parts of m are cut; it belongs to m and is
// for its reader alone.
func (m *Message) Mem() *Arena { return &m.mem }

// Add appends a block.
func (m *Message) Add(b Block) { m.Blocks = append(m.Blocks, b) }
