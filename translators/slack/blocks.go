package slack

import (
	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// blocks reads a list of blocks.
func (r *reader) blocks(key string, list jsonr.Value) {
	if r.deep >= maxDeep {
		r.n.Enter(key, -1)
		r.drop("nested_blocks")
		r.n.Leave()
		return
	}
	r.deep++
	each(list, func(i int, b jsonr.Value) {
		r.n.Enter(key, i)
		r.block(b)
		r.n.Leave()
	})
	r.deep--
}

// members are those of the blocks that are sent most, taken in one walk. The
// rarer blocks walk themselves again.
type members struct {
	typ, id                                  string
	text, level, fields, accessory, elements jsonr.Value
}

// block reads one block, in the order of Slack's reference.
func (r *reader) block(b jsonr.Value) {
	if r.full() {
		r.over++
		return
	}
	var m members
	for key, v := range b.Members() {
		switch key {
		case "type":
			m.typ = v.Str()
		case "block_id":
			m.id = v.Str()
		case "text":
			m.text = v
		case "level":
			m.level = v
		case "fields":
			m.fields = v
		case "accessory":
			m.accessory = v
		case "elements":
			m.elements = v
		}
	}
	switch m.typ {
	case "actions", "context_actions":
		r.actions(m.elements)
	case "alert":
		r.alert(b, m.text)
	case "call":
		r.call(b)
	case "card":
		r.cardBlock(b)
	case "carousel":
		r.blocks("elements", m.elements)
	case "container":
		r.container(b)
	case "context":
		r.context(roleOf(m.id), m.elements)
	case "data_table":
		r.dataTable(b)
	case "data_visualization":
		r.chart(b)
	case "divider":
		r.add(chat.Block{Kind: chat.Divider})
	case "file":
		r.file(b)
	case "header":
		r.header(m.text, m.level)
	case "image":
		r.image(roleOf(m.id), b)
	case "input":
		r.input(b)
	case "layout":
		r.layout(b)
	case "markdown":
		r.markdown(r.str("text", m.text))
	case "plan":
		r.plan(b)
	case "rich_text":
		r.richText(m.elements)
	case "section":
		r.section(&m)
	case "table":
		r.table(b)
	case "task_card":
		r.task(b)
	case "video":
		r.video(b)
	default:
		r.unknown(m.typ, b)
	}
}

// alert reads a text with a sign for its level in front, as Slack shows it.
func (r *reader) alert(b, text jsonr.Value) {
	r.n.Add(chat.Flattened, "alert", 0)
	src, opt := r.source(text, false)
	if src == "" {
		return
	}
	switch b.Get("level").Str() {
	case "info":
		src = "ℹ️ " + src
	case "warning":
		src = "⚠️ " + src
	case "error":
		src = "❌ " + src
	case "success":
		src = "✅ " + src
	}
	r.parse(src, opt)
}

// call reads a call, which only Slack makes, as a link to join it.
func (r *reader) call(b jsonr.Value) {
	v := b.Get("call").Get("v1")
	name, url := r.str("name", v.Get("name")), first(v.Get("join_url").Str(), v.Get("desktop_app_join_url").Str())
	switch {
	case url != "":
		r.n.Add(chat.Flattened, "call", 0)
		r.add(chat.Block{Text: r.mem.Spans.One(chat.Span{Kind: chat.Link, Text: first(name, url), Ref: url})})
	case name != "":
		r.n.Add(chat.Flattened, "call", 0)
		r.add(chat.Block{Text: r.mem.Text(name)})
	default:
		r.drop("call")
	}
}

// maxLevel is that of a Heading; Slack has one more.
const maxLevel = 3

func (r *reader) header(text, level jsonr.Value) {
	t := r.inline(text, true)
	if len(t) == 0 {
		return
	}
	n := max(1, number(level))
	if n > maxLevel {
		r.n.Add(chat.Flattened, "level", 0)
	}
	r.add(chat.Block{Kind: chat.Heading, Level: int(min(n, maxLevel)), Text: t})
}

func (r *reader) section(m *members) {
	accessory := m.accessory
	switch role := roleOf(m.id); role {
	case roleTitle:
		if r.card != nil && len(r.card.Title) == 0 {
			r.title(m.text)
			r.thumb(accessory)
			return
		}
	case roleThumb:
		if r.card != nil && r.card.Thumb == (chat.Asset{}) {
			r.thumb(accessory)
			accessory = jsonr.Value{}
		}
	case roleField, roleMore:
		from := len(*r.dst)
		r.ownField(m.text, m.fields, role == roleMore)
		r.accessory(from, accessory)
		return
	}
	from := len(*r.dst)
	src, opt := r.source(m.text, false)
	r.parse(src, opt)
	r.fields(m.fields)
	r.accessory(from, accessory)
}

// accessory puts a picture or button beside the first block of a section.
func (r *reader) accessory(from int, v jsonr.Value) {
	if !v.IsObject() {
		return
	}
	r.n.Enter("accessory", -1)
	defer r.n.Leave()
	var beside *chat.Block
	if from < len(*r.dst) {
		beside = &(*r.dst)[from]
	}
	switch typ := v.Get("type").Str(); typ {
	case "image":
		assets := r.mem.Assets.One(r.picture(v))
		if beside != nil {
			beside.Assets = assets
		} else {
			r.add(chat.Block{Kind: chat.Media, Assets: assets})
		}
	case "button", "workflow_button", "icon_button":
		buttons := r.mem.Buttons.One(r.button(v))
		if beside != nil {
			beside.Buttons = buttons
		} else {
			r.add(chat.Block{Kind: chat.Buttons, Buttons: buttons})
		}
	default:
		if t := r.element(typ, v); len(t) > 0 {
			r.n.Add(chat.Flattened, typ, 0)
			r.add(chat.Block{Text: t})
		} else {
			r.drop(typ)
		}
	}
}

func (r *reader) input(b jsonr.Value) {
	r.n.Add(chat.Flattened, "input", 0)
	r.para(b.Get("label"), chat.Bold)
	if e := b.Get("element"); e.IsObject() {
		if t := r.element(e.Get("type").Str(), e); len(t) > 0 {
			r.add(chat.Block{Text: t})
		}
	}
	if t := r.inline(b.Get("hint"), true); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

// para adds a text object as one Para, with a style over all of it.
func (r *reader) para(v jsonr.Value, style chat.Style) {
	t := r.inline(v, true)
	for i := range t {
		t[i].Style |= style
	}
	if len(t) > 0 {
		r.add(chat.Block{Text: t})
	}
}
