package console

import (
	"dragoman/translators/chat"
)

// blocks draws a run of blocks: quotations together, items in lists.
func (p *pen) blocks(run []chat.Block) {
	for len(run) > 0 {
		n := 1
		for n < len(run) && run[n].Quoted == run[0].Quoted {
			n++
		}
		if run[0].Quoted {
			p.open("blockquote", "")
		}
		p.lists(run[:n])
		if run[0].Quoted {
			p.close("blockquote")
		}
		run = run[n:]
	}
}

// lists draws blocks, and makes lists in lists of items and their depths.
func (p *pen) lists(run []chat.Block) {
	var open []fixed // the lists which are open, each with its last item
	leave := func(depth int) {
		for len(open) > depth {
			p.close("li")
			p.close(open[len(open)-1])
			open = open[:len(open)-1]
		}
	}
	for i := range run {
		b := &run[i]
		if b.Kind != chat.Item {
			depth := b.Level
			if b.Kind == chat.Heading {
				depth = 0
			}
			leave(depth)
			p.block(b)
			continue
		}
		level, tag := min(b.Level, chat.MaxDepth), fixed("ul")
		if b.Number > 0 {
			tag = "ol"
		}
		leave(level + 1)
		if len(open) == level+1 {
			if open[level] == tag {
				p.close("li")
			} else {
				leave(level)
			}
		}
		for len(open) <= level {
			if len(open) < level { // a depth that was left out
				open = append(open, "ul")
				p.open("ul", "")
				p.open("li", "bare")
				continue
			}
			open = append(open, tag)
			p.open(tag, "")
		}
		p.begin("li", "")
		if b.Number > 0 {
			p.attrInt("value", b.Number)
		}
		p.end()
		p.block(b)
	}
	leave(0)
}

// block draws one block, with what stands beside it.
func (p *pen) block(b *chat.Block) {
	beside := b.Kind != chat.Media && b.Kind != chat.Buttons && len(b.Assets)+len(b.Buttons) > 0
	if beside {
		p.open("div", "beside")
		p.open("div", "")
	}
	switch b.Kind {
	case chat.Para:
		p.open("p", "para")
		p.spans(b.Text)
		p.close("p")
	case chat.Heading:
		p.heading(b)
	case chat.Item:
		p.open("div", "para")
		p.spans(b.Text)
		p.close("div")
	case chat.Code:
		p.open("pre", "")
		p.open("code", "")
		p.spans(b.Text)
		p.close("code")
		p.close("pre")
	case chat.Divider:
		p.void("hr")
	case chat.Media:
		p.media(b.Assets)
	case chat.Fields:
		p.fields(b.Fields)
	case chat.Small:
		p.open("p", "small")
		p.spans(b.Text)
		p.close("p")
	case chat.Buttons:
		p.buttons(b.Buttons)
	case chat.Grid:
		p.table(b.Table)
	case chat.Group:
		p.card(b.Card)
	}
	if beside {
		p.close("div")
		p.media(b.Assets)
		p.buttons(b.Buttons)
		p.close("div")
	}
}

// heading draws below the headings of the page itself.
func (p *pen) heading(b *chat.Block) {
	tag := fixed("h6")
	switch b.Level {
	case 1:
		tag = "h4"
	case 2:
		tag = "h5"
	}
	p.open(tag, "")
	p.spans(b.Text)
	p.close(tag)
}

func (p *pen) fields(list []chat.Field) {
	p.open("dl", "fields")
	for i := range list {
		f := &list[i]
		class := fixed("wide")
		if f.Inline {
			class = ""
		}
		p.open("div", class)
		p.open("dt", "")
		p.spans(f.Name)
		p.close("dt")
		p.open("dd", "")
		p.blocks(f.Body)
		p.close("dd")
		p.close("div")
	}
	p.close("dl")
}

var tones = [...]fixed{chat.ToneNone: "button", chat.TonePrimary: "button primary", chat.ToneSuccess: "button success", chat.ToneDanger: "button danger"}

func (p *pen) buttons(list []chat.Button) {
	if len(list) == 0 {
		return
	}
	p.open("div", "buttons")
	for _, b := range list {
		label := b.Label
		if label == "" {
			label = "Button"
		}
		href, ok := safeAddress(b.URL)
		if !ok {
			p.begin("span", tones[b.Tone])
			p.attr("title", "Interactive: works only in the chat that it comes from")
			p.end()
			p.text(label)
			p.close("span")
			continue
		}
		p.begin("a", tones[b.Tone])
		p.attr("href", href)
		p.attr("rel", "noopener noreferrer nofollow")
		p.attr("title", b.URL)
		p.end()
		p.text(label)
		p.close("a")
	}
	p.close("div")
}

var aligns = [...]fixed{chat.AlignNone: "", chat.AlignLeft: "", chat.AlignCentre: "centre", chat.AlignRight: "right"}

func (p *pen) table(t *chat.Table) {
	p.begin("div", "grid")
	p.attr("tabindex", "0") // wide ones are scrolled by keyboard too
	p.end()
	p.open("table", "")
	for r, row := range t.Rows {
		tag := fixed("td")
		if r == 0 && t.Head {
			tag = "th"
		}
		p.open("tr", "")
		for c, cell := range row {
			var align fixed
			if c < len(t.Align) {
				align = aligns[t.Align[c]]
			}
			p.open(tag, align)
			p.spans(cell)
			p.close(tag)
		}
		p.close("tr")
	}
	p.close("table")
	p.close("div")
}
