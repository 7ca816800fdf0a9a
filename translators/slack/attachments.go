package slack

import (
	"strings"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/mrkdwn"
)

// noPreview is the fallback which Slack stores for an attachment without one.
const noPreview = "[no preview available]"

func (r *reader) attachments(list jsonr.Value) {
	each(list, func(i int, a jsonr.Value) {
		r.n.Enter("attachments", i)
		defer r.n.Leave()
		if r.full() {
			r.over++
			return
		}
		if !a.IsObject() {
			r.parse(r.str("", a), r.texts)
			return
		}
		r.attachment(a, false, i > 0)
	})
}

// marks says which texts of an attachment are formatted.
type marks uint8

const (
	markText marks = 1 << iota
	markPretext
	markFields
)

// attachment reads one attachment. implied: its parts stand in the message
// itself; later: another one stands before it.
func (r *reader) attachment(a jsonr.Value, implied, later bool) {
	var (
		card                                      chat.Card
		pretext, text, fallback, title, subname   string
		service, serviceURL, serviceIcon, fromURL string
		image, thumb                              chat.Asset
		fields, actions, blocks, messageBlocks    jsonr.Value
		files                                     jsonr.Value
		formatted                                 = markText | markPretext | markFields
		classic                                   bool
	)
	for key, v := range a.Members() {
		if v.Kind() == jsonr.Null {
			continue
		}
		k := key
		switch k {
		case "fallback":
			fallback = r.str(k, v)
			continue
		case "color":
			card.Colour = r.colour(r.str(k, v))
			continue
		case "blocks":
			if !implied {
				blocks = v
			}
			continue
		case "message_blocks": // of a message that is shared
			messageBlocks = v
			continue
		case "files":
			if !implied {
				files = v
			}
			continue
		case "mrkdwn_in":
			formatted = marksOf(v)
			continue
		case "pretext":
			pretext = r.str(k, v)
		case "author_name":
			card.Author.Name = r.plain(r.str(k, v))
		case "author_subname":
			subname = r.plain(r.str(k, v))
		case "author_link":
			card.Author.URL = r.str(k, v)
		case "author_icon":
			card.Author.Icon = r.str(k, v)
		case "title":
			title = r.str(k, v)
		case "title_link":
			card.URL = r.str(k, v)
		case "text":
			if !implied {
				text = r.str(k, v)
			}
		case "fields":
			fields = v
		case "actions":
			actions = v
		case "image_url":
			image.URL = r.str(k, v)
		case "thumb_url":
			thumb.URL = r.str(k, v)
		case "footer":
			r.footer(&card, r.str(k, v))
		case "footer_icon":
			card.Footer.Icon = r.str(k, v)
		case "ts":
			if !implied {
				card.At = timeOf(v)
			}
		case "service_name":
			service = r.plain(r.str(k, v))
		case "service_url":
			serviceURL = r.str(k, v)
		case "service_icon":
			serviceIcon = r.str(k, v)
		case "from_url", "original_url":
			fromURL = first(fromURL, r.str(k, v))
			continue
		default:
			continue
		}
		if v.Kind() != jsonr.String || v.Str() != "" {
			classic = true
		}
	}

	if !later && fallback != noPreview {
		r.fallback = fallback
	}
	if blocks.Kind() != jsonr.Null {
		if r.attachedBlocks(card.Colour, fallback, blocks, classic, later) {
			if classic {
				// Slack shows nothing of an attachment but its blocks.
				r.n.Add(chat.Dropped, "hidden_by_blocks", 0)
			}
			return
		}
	}
	if subname != "" && subname != card.Author.Name {
		card.Author.Name = strings.TrimSpace(card.Author.Name + " " + subname)
	}
	source := chat.Badge{}
	if service != "" {
		source = chat.Badge{Name: service, URL: serviceURL, Icon: serviceIcon}
		if card.Author.Name == "" {
			card.Author, source = source, chat.Badge{}
		}
	}
	card.Title = r.run(title, r.label())
	if card.URL == "" && len(card.Title) > 0 {
		card.URL = fromURL
	}
	card.Thumb = thumb
	// Slack shows none of these without the words they go with.
	if card.Author.Name == "" {
		card.Author = chat.Badge{}
	}
	if card.Footer.Name == "" {
		card.Footer = chat.Badge{}
	}
	if len(card.Title) == 0 {
		card.URL = ""
	}
	r.parse(pretext, r.marked(formatted&markPretext != 0))
	before := len(r.m.Blocks)
	r.frame("attachment", card, func() {
		r.badgeLine(source, time.Time{})
		r.parse(text, r.marked(formatted&markText != 0))
		if text == "" && messageBlocks.Kind() != jsonr.Null {
			each(messageBlocks, func(_ int, mb jsonr.Value) { r.blocks("message_blocks", mb.Get("message").Get("blocks")) })
		}
		r.attachedFields(fields, formatted&markFields != 0)
		if image.URL != "" {
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(image)})
		}
		r.files(files)
		r.attachedActions(actions)
	})
	c := r.m.Blocks[before].Card
	if bare(c) {
		// Nothing but perhaps a colour and a fallback.
		r.m.Blocks = r.m.Blocks[:before]
		if pretext == "" && fallback != noPreview && !implied {
			c.Body, r.fallback = r.fallbackBody(fallback), ""
			if len(c.Body) > 0 {
				r.m.Add(chat.Block{Kind: chat.Group, Card: c})
			}
		}
	}
}

// bare reports whether a card says nothing.
func bare(c *chat.Card) bool {
	return len(c.Title) == 0 && len(c.Body) == 0 && c.Author == (chat.Badge{}) && c.Footer == (chat.Badge{}) &&
		c.Thumb == (chat.Asset{}) && c.At.IsZero()
}

func (r *reader) fallbackBody(fallback string) []chat.Block {
	if fallback == "" {
		return nil
	}
	from := len(r.mem.Body)
	r.mem.Body = mrkdwn.Parse(r.mem.Body, r.n, fallback, mrkdwn.ParseOptions{Mem: r.mem, Plain: true})
	return r.mem.Body.Cut(from)
}

// attachedBlocks reads an attachment by its blocks, and reports whether they said
// anything. An attachment of nothing else, after another one, frames nothing: it
// is how a block stands after a card.
func (r *reader) attachedBlocks(colour chat.Colour, fallback string, blocks jsonr.Value, classic, later bool) bool {
	if later && !classic && colour == 0 && (fallback == "" || fallback == noPreview) {
		from := len(r.m.Blocks)
		r.blocks("blocks", blocks)
		return len(r.m.Blocks) > from
	}
	before := len(r.m.Blocks)
	r.frame("attachment", chat.Card{Colour: colour}, func() { r.blocks("blocks", blocks) })
	if bare(r.m.Blocks[before].Card) {
		r.m.Blocks = r.m.Blocks[:before]
		return false
	}
	return true
}
