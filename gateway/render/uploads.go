package render

import (
	"slices"
	"strings"

	"dragoman/translators/chat"
)

// attached begins the address of an upload.
const attached = "attachment://"

// uploads takes off what refers to an upload that did not come with the message:
// a destination would refuse the whole of it. Its words stay.
func uploads(m *chat.Message, n *chat.Notes, files []chat.File) {
	if slices.ContainsFunc(m.Blocks, func(b chat.Block) bool { return lacks(&b, files) }) {
		m.Blocks = without(m.Blocks, n, files)
		chat.Normalize(m)
	}
}

func missing(a *chat.Asset, files []chat.File) bool {
	name, ok := strings.CutPrefix(a.URL, attached)
	return ok && !slices.ContainsFunc(files, func(f chat.File) bool { return f.Name == name })
}

func without(in []chat.Block, n *chat.Notes, files []chat.File) []chat.Block {
	var out []chat.Block
	for i := range in {
		b := in[i]
		n.Enter("blocks", i)
		var lost []chat.Block
		b.Assets = slices.DeleteFunc(slices.Clone(b.Assets), func(a chat.Asset) bool {
			if !missing(&a, files) {
				return false
			}
			lost = append(lost, gone(&a, n))
			return true
		})
		if b.Card != nil {
			c := *b.Card
			c.Body = without(c.Body, n, files)
			if missing(&c.Thumb, files) {
				c.Body = append(slices.Clip(c.Body), gone(&c.Thumb, n))
				c.Thumb = chat.Asset{}
			}
			for _, icon := range []*string{&c.Author.Icon, &c.Footer.Icon} {
				if missing(&chat.Asset{URL: *icon}, files) {
					*icon = ""
					n.Add(chat.Dropped, "icon", 0)
				}
			}
			b.Card = &c
		}
		if b.Kind != chat.Media || len(b.Assets) > 0 {
			out = append(out, b)
		}
		out = append(out, lost...)
		n.Leave()
	}
	return out
}

func lacks(b *chat.Block, files []chat.File) bool {
	if slices.ContainsFunc(b.Assets, func(a chat.Asset) bool { return missing(&a, files) }) {
		return true
	}
	c := b.Card
	return c != nil && (missing(&c.Thumb, files) || missing(&chat.Asset{URL: c.Author.Icon}, files) || missing(&chat.Asset{URL: c.Footer.Icon}, files) ||
		slices.ContainsFunc(c.Body, func(b chat.Block) bool { return lacks(&b, files) }))
}

// gone are the words of an upload that is not there.
func gone(a *chat.Asset, n *chat.Notes) chat.Block {
	n.Add(chat.Dropped, a.Kind.String(), 0)
	words := strings.TrimPrefix(a.URL, attached)
	for _, w := range []string{a.Alt, a.Title} {
		if w != "" {
			words = w
		}
	}
	return chat.Block{Kind: chat.Para, Text: chat.Text{{Text: words}}}
}
