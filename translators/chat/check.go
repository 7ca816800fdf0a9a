package chat

import (
	"fmt"
	"strings"
	"time"
)

// use says which fields of a block its kind may set.
type use uint16

const (
	useText use = 1 << iota
	useLevel
	useNumber
	useLang
	useAssets  // any number
	useButtons // any number
	useBeside  // at most one asset and one button, beside the block
	useFields
	useTable
	useCard
)

var uses = [...]use{
	Para:    useText | useLevel | useBeside,
	Heading: useText | useLevel | useBeside,
	Item:    useText | useLevel | useNumber | useBeside,
	Code:    useText | useLevel | useLang | useBeside,
	Divider: 0,
	Media:   useLevel | useAssets,
	Fields:  useFields | useBeside,
	Small:   useText,
	Buttons: useButtons,
	Grid:    useTable,
	Group:   useCard,
}

// Check reports the first breach of the normal form that Normalize brings
// about, and where it is.
func Check(m *Message) error {
	if m.Origin > GitHub || m.Role > Status {
		return fmt.Errorf("chat: unknown origin or role")
	}
	if err := checkText("summary", m.Summary, false); err != nil {
		return err
	}
	if err := checkBadge("sender", &m.Sender); err != nil {
		return err
	}
	if err := checkStrings("thread", m.Thread.Key, m.Thread.Topic); err != nil {
		return err
	}
	for _, ids := range [][]string{m.Thread.Tags, m.Pings.Users, m.Pings.Groups} {
		if err := checkStrings("thread or pings", ids...); err != nil {
			return err
		}
	}
	return checkBlocks("blocks", m.Blocks, inMessage)
}

func checkBlocks(path string, blocks []Block, at place) error {
	depth := -1
	for i := range blocks {
		b := &blocks[i]
		here := fmt.Sprintf("%s.%d", path, i)
		if !at.allows(b.Kind) {
			return fmt.Errorf("chat: %s: a %s cannot stand here", here, b.Kind)
		}
		if err := checkBlock(here, b); err != nil {
			return err
		}
		if i > 0 && blocks[i-1].Quoted != b.Quoted {
			depth = -1
		}
		switch {
		case b.Kind == Item:
			if b.Level > min(depth+1, MaxDepth) {
				return fmt.Errorf("chat: %s: depth rises from %d to %d", here, depth, b.Level)
			}
			depth = b.Level
		case b.Kind != Heading && b.Level > 0:
			if b.Level > depth+1 {
				return fmt.Errorf("chat: %s: level %d is not under an item", here, b.Level)
			}
		default:
			depth = -1
		}
	}
	return nil
}

func checkBlock(here string, b *Block) error {
	u := uses[b.Kind]
	bad := ""
	switch {
	case u&useText == 0 && b.Text != nil:
		bad = "text"
	case u&useLevel == 0 && b.Level != 0 || b.Level < 0 || b.Kind == Heading && (b.Level < 1 || b.Level > 3):
		bad = "level"
	case u&useNumber == 0 && b.Number != 0 || b.Number < 0:
		bad = "number"
	case u&useLang == 0 && b.Lang != "":
		bad = "lang"
	case u&(useAssets|useBeside) == 0 && b.Assets != nil || u&useAssets == 0 && len(b.Assets) > 1:
		bad = "assets"
	case u&(useButtons|useBeside) == 0 && b.Buttons != nil || u&useButtons == 0 && len(b.Buttons) > 1:
		bad = "buttons"
	case u&useFields == 0 && b.Fields != nil:
		bad = "fields"
	case u&useTable == 0 && b.Table != nil:
		bad = "table"
	case u&useCard == 0 && b.Card != nil:
		bad = "card"
	}
	if bad != "" {
		return fmt.Errorf("chat: %s: a %s cannot have this %s", here, b.Kind, bad)
	}
	if !filled(b) {
		return fmt.Errorf("chat: %s: empty %s", here, b.Kind)
	}
	if err := checkText(here, b.Text, b.Kind == Small); err != nil {
		return err
	}
	if err := checkKind(here, b); err != nil {
		return err
	}
	for i, a := range b.Assets {
		if err := checkStrings(fmt.Sprintf("%s.assets.%d", here, i), a.URL, a.Alt, a.Title); err != nil {
			return err
		}
		if a.Kind > Document || a.Bytes < 0 {
			return fmt.Errorf("chat: %s.assets.%d: unknown kind or size", here, i)
		}
	}
	for i, x := range b.Buttons {
		if err := checkStrings(fmt.Sprintf("%s.buttons.%d", here, i), x.Label, x.URL, x.ID); err != nil {
			return err
		}
		if x.Tone > ToneDanger {
			return fmt.Errorf("chat: %s.buttons.%d: unknown tone", here, i)
		}
	}
	return nil
}

func checkKind(here string, b *Block) error {
	switch b.Kind {
	case Para, Item:
		if hasBlankLine(b.Text) {
			return fmt.Errorf("chat: %s: a blank line in a %s", here, b.Kind)
		}
		return checkEnds(here, b.Text)
	case Heading:
		return checkEnds(here, b.Text)
	case Small:
		if strings.IndexByte(b.Text.Plain(), '\n') >= 0 {
			return fmt.Errorf("chat: %s: a line break in a small", here)
		}
	case Code:
		for _, s := range b.Text {
			if s.Style != 0 || s.Kind != Words && s.Kind != Link {
				return fmt.Errorf("chat: %s: code holds words and links without style", here)
			}
		}
		if langEnd(b.Lang) < len(b.Lang) {
			return fmt.Errorf("chat: %s: a language is one word", here)
		}
	case Fields:
		for i := range b.Fields {
			f := &b.Fields[i]
			at := fmt.Sprintf("%s.fields.%d", here, i)
			if len(f.Name) == 0 && len(f.Body) == 0 {
				return fmt.Errorf("chat: %s: empty field", at)
			}
			if err := checkText(at+".name", f.Name, false); err != nil {
				return err
			}
			if err := checkBlocks(at+".body", f.Body, inField); err != nil {
				return err
			}
		}
	case Grid:
		for i, row := range b.Table.Rows {
			for k, cell := range row {
				if err := checkText(fmt.Sprintf("%s.rows.%d.%d", here, i, k), cell, false); err != nil {
					return err
				}
			}
		}
	case Group:
		return checkCard(here+".card", b.Card)
	case Divider, Media, Buttons:
	}
	return nil
}

func checkCard(here string, c *Card) error {
	if err := checkText(here+".title", c.Title, false); err != nil {
		return err
	}
	if err := checkBadge(here+".author", &c.Author); err != nil {
		return err
	}
	if err := checkBadge(here+".footer", &c.Footer); err != nil {
		return err
	}
	if err := checkStrings(here, c.URL, c.Thumb.URL, c.Thumb.Alt, c.Thumb.Title); err != nil {
		return err
	}
	if c.Colour != 0 && c.Colour>>24 != 1 || c.Thumb.URL == "" && c.Thumb != (Asset{}) || c.Thumb.Kind > Document ||
		!canWrite(c.At) || c.At.Location() != time.UTC {
		return fmt.Errorf("chat: %s: a colour, thumb or time that is none", here)
	}
	return checkBlocks(here+".body", c.Body, inCard)
}

func checkEnds(here string, t Text) error {
	if len(t) == 0 {
		return nil
	}
	first, last := &t[0], &t[len(t)-1]
	if blank(t) || first.Kind == Words && leading(first.Text) > 0 || last.Kind == Words && trailing(last.Text) < len(last.Text) {
		return fmt.Errorf("chat: %s: blank, or a line break at an end", here)
	}
	return nil
}

func checkText(here string, t Text, icons bool) error {
	for i := range t {
		s := &t[i]
		at := func(what string) error { return fmt.Errorf("chat: %s: span %d: %s", here, i, what) }
		switch {
		case s.Kind > Icon || s.Style&^allStyles != 0:
			return at("unknown kind or style")
		case s.Text == "" && (s.Kind != Icon || s.Ref == ""):
			return at("empty")
		case s.Kind == Words && s.Ref != "" || s.Kind != Time && s.At != 0 || !refFits(s):
			return at("a ref or time that its kind cannot have")
		case s.Kind == Icon && !icons:
			return at("an icon outside of small")
		case i > 0 && alike(&t[i-1], s):
			return at("not joined with the one before")
		}
		if (s.Kind == Link || s.Kind == Icon) && !isAddress(s.Ref) {
			return at("an address with characters that no address may hold")
		}
		if err := checkStrings(fmt.Sprintf("%s: span %d", here, i), s.Text, s.Ref); err != nil {
			return err
		}
	}
	if !settled(t) {
		return fmt.Errorf("chat: %s: white space carries a style at an edge or over a line break", here)
	}
	return nil
}

func checkBadge(here string, b *Badge) error {
	if strings.TrimFunc(b.Name, unseen) != b.Name {
		return fmt.Errorf("chat: %s: white space around a name", here)
	}
	return checkStrings(here, b.Name, b.URL, b.Icon)
}

func checkStrings(here string, list ...string) error {
	for _, s := range list {
		if !isClean(s) {
			return fmt.Errorf("chat: %s: not valid UTF-8, or with a character that no string may hold", here)
		}
	}
	return nil
}
