package chat

import (
	"fmt"
	"strings"
)

// Platform is where ids, names and mentions mean something.
type Platform uint8

// The platforms.
const (
	Nowhere Platform = iota
	Slack
	Discord
	GitHub
)

// Role is what a message is to its subject. It matters only for deliveries to
// a chat with living messages.
type Role uint8

// The roles.
const (
	Post       Role = iota // a message of its own
	UpdateOnly             // changes a living message, else unsaid
	Status                 // a line about a subject
)

// Kind is the kind of a block.
type Kind uint8

// The kinds of block.
const (
	Para    Kind = iota // text; single line breaks are kept
	Heading             // a heading, Level 1–3
	Item                // an item of a list, Level is its depth
	Code                // preformatted text; its spans are words and links without style
	Divider             // a line across
	Media               // pictures, videos, documents
	Fields              // named values, side by side
	Small               // a small grey line; may hold icons
	Buttons             // a row of buttons
	Grid                // a table
	Group               // a card
)

// SpanKind is the kind of a span.
type SpanKind uint8

// The kinds of span; Span says what each holds.
const (
	Words SpanKind = iota
	Link
	User
	UserGroup
	Channel
	Everyone
	Emoji
	Time
	Icon // in Small only
)

// AssetKind is the kind of an asset.
type AssetKind uint8

// The kinds of asset.
const (
	Picture AssetKind = iota
	Video
	Document
)

// Tone is how a button wants to be seen.
type Tone uint8

// The tones.
const (
	ToneNone Tone = iota
	TonePrimary
	ToneSuccess
	ToneDanger
)

// Align is where the text of a table's column stands.
type Align uint8

// The alignments.
const (
	AlignNone Align = iota
	AlignLeft
	AlignCentre
	AlignRight
)

// Style is a set of bits on a span.
type Style uint8

// The styles.
const (
	Bold Style = 1 << iota
	Italic
	Strike
	Underline
	Mono
	Spoiler

	allStyles = Bold | Italic | Strike | Underline | Mono | Spoiler
)

var (
	platformNames = []string{"", "slack", "discord", "github"}
	roleNames     = []string{"post", "update-only", "status"}
	kindNames     = []string{"para", "heading", "item", "code", "divider", "media", "fields", "small", "buttons", "grid", "group"}
	spanNames     = []string{"words", "link", "user", "user-group", "channel", "everyone", "emoji", "time", "icon"}
	assetNames    = []string{"picture", "video", "document"}
	toneNames     = []string{"", "primary", "success", "danger"}
	alignNames    = []string{"", "left", "centre", "right"}
	styleNames    = []string{"bold", "italic", "strike", "underline", "mono", "spoiler"}
)

func (p Platform) String() string  { return nameOf(platformNames, p) }
func (r Role) String() string      { return nameOf(roleNames, r) }
func (k Kind) String() string      { return nameOf(kindNames, k) }
func (k SpanKind) String() string  { return nameOf(spanNames, k) }
func (k AssetKind) String() string { return nameOf(assetNames, k) }
func (t Tone) String() string      { return nameOf(toneNames, t) }
func (a Align) String() string     { return nameOf(alignNames, a) }

// String lists the styles that are set, joined by "+".
func (s Style) String() string {
	var b strings.Builder
	for i, name := range styleNames {
		if s&(1<<i) != 0 {
			if b.Len() > 0 {
				b.WriteByte('+')
			}
			b.WriteString(name)
		}
	}
	return b.String()
}

// The text forms below are those of the native format.

// MarshalText gives the name.
func (p Platform) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// MarshalText gives the name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// MarshalText gives the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MarshalText gives the name.
func (k SpanKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MarshalText gives the name.
func (k AssetKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MarshalText gives the name.
func (t Tone) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalText gives the name.
func (a Align) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// MarshalText gives the names, joined by "+".
func (s Style) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText errs when b is not the name of a platform.
func (p *Platform) UnmarshalText(b []byte) error { return byName("platform", platformNames, b, p) }

// UnmarshalText errs when b is not the name of a role.
func (r *Role) UnmarshalText(b []byte) error { return byName("role", roleNames, b, r) }

// UnmarshalText errs when b is not the name of a kind.
func (k *Kind) UnmarshalText(b []byte) error { return byName("kind of block", kindNames, b, k) }

// UnmarshalText errs when b is not the name of a kind.
func (k *SpanKind) UnmarshalText(b []byte) error { return byName("kind of span", spanNames, b, k) }

// UnmarshalText errs when b is not the name of a kind.
func (k *AssetKind) UnmarshalText(b []byte) error { return byName("kind of asset", assetNames, b, k) }

// UnmarshalText errs when b is not the name of a tone.
func (t *Tone) UnmarshalText(b []byte) error { return byName("tone", toneNames, b, t) }

// UnmarshalText errs when b is not the name of an alignment.
func (a *Align) UnmarshalText(b []byte) error { return byName("alignment", alignNames, b, a) }

// UnmarshalText errs when b is not a list of styles joined by "+".
func (s *Style) UnmarshalText(b []byte) error {
	*s = 0
	if len(b) == 0 {
		return nil
	}
	for name := range strings.SplitSeq(string(b), "+") {
		var bit uint8
		if err := byName("style", styleNames, []byte(name), &bit); err != nil {
			return err
		}
		*s |= 1 << bit
	}
	return nil
}

func nameOf[E ~uint8](names []string, e E) string {
	if int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("unknown(%d)", e)
}

func byName[E ~uint8](what string, names []string, b []byte, e *E) error {
	for i, name := range names {
		if name == string(b) {
			*e = E(i)
			return nil
		}
	}
	return fmt.Errorf("chat: no %s %q (have %s)", what, b, strings.Join(names, ", "))
}

// Colour is 24 bits of red, green and blue, and a bit that says there is a
// colour at all: the zero value is none, and black is a colour.
type Colour uint32

const colourSet Colour = 1 << 24

// RGB is the colour of the low 24 bits of rgb, red highest.
func RGB(rgb uint32) Colour { return colourSet | Colour(rgb&0xffffff) }

// RGB gives the low 24 bits, and whether there is a colour.
func (c Colour) RGB() (rgb uint32, ok bool) { return uint32(c & 0xffffff), c&colourSet != 0 }

// String is "#rrggbb", or empty for none.
func (c Colour) String() string {
	rgb, ok := c.RGB()
	if !ok {
		return ""
	}
	return fmt.Sprintf("#%06x", rgb)
}

// MarshalText gives "#rrggbb", or nothing for none.
func (c Colour) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes what ParseHex takes, and nothing for none.
func (c *Colour) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = 0
		return nil
	}
	got, ok := ParseHex(string(b))
	if !ok {
		return fmt.Errorf("chat: no colour %q (want #rrggbb)", b)
	}
	*c = got
	return nil
}

// ParseHex reads "#rrggbb" and "#rgb", with or without the "#".
func ParseHex(s string) (Colour, bool) {
	s = strings.TrimPrefix(s, "#")
	if len(s) != 6 && len(s) != 3 {
		return 0, false
	}
	var rgb uint32
	for i := range len(s) {
		c := s[i] | 0x20
		var d byte
		switch {
		case s[i] >= '0' && s[i] <= '9':
			d = s[i] - '0'
		case c >= 'a' && c <= 'f':
			d = c - 'a' + 10
		default:
			return 0, false
		}
		rgb = rgb<<4 | uint32(d)
		if len(s) == 3 {
			rgb = rgb<<4 | uint32(d)
		}
	}
	return RGB(rgb), true
}
