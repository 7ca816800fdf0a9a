package slack

import (
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/mrkdwn"
)

// blocks reads a list of blocks.
func (r *reader) blocks(key string, list gjson.Result) {
	if r.deep >= maxDeep {
		r.n.Enter(key, -1)
		r.drop("nested_blocks")
		r.n.Leave()
		return
	}
	r.deep++
	each(list, func(i int, b gjson.Result) {
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
	text, level, fields, accessory, elements gjson.Result
}

// block reads one block, in the order of Slack's reference.
func (r *reader) block(b gjson.Result) {
	if r.full() {
		r.over++
		return
	}
	var m members
	b.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "type":
			m.typ = v.Str
		case "block_id":
			m.id = v.Str
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
		return true
	})
	switch m.typ {
	case "actions", "context_actions":
		r.actions(m.elements)
	case "alert":
		r.alert(m.text)
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

func (r *reader) alert(text gjson.Result) {
	r.n.Add(chat.Flattened, "alert", 0)
	src, opt := r.source(text, false)
	r.parse(src, opt)
}

func (r *reader) header(text, level gjson.Result) {
	if t := r.inline(text, true); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Heading, Level: int(min(max(1, number(level)), 3)), Text: t})
	}
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
			accessory = gjson.Result{}
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
func (r *reader) accessory(from int, v gjson.Result) {
	if !v.IsObject() {
		return
	}
	r.n.Enter("accessory", -1)
	defer r.n.Leave()
	var beside *chat.Block
	if from < len(*r.dst) {
		beside = &(*r.dst)[from]
	}
	switch typ := v.Get("type").Str; typ {
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

// fields reads a section's fields, which stand side by side.
func (r *reader) fields(list gjson.Result) {
	if !list.Exists() || r.full() {
		return
	}
	from := len(r.mem.Fields)
	each(list, func(i int, v gjson.Result) {
		r.n.Enter("fields", i)
		r.mem.Fields.Add(r.field(v, true))
		r.n.Leave()
	})
	if f := r.mem.Fields.Cut(from); len(f) > 0 {
		r.add(chat.Block{Kind: chat.Fields, Fields: f})
	}
}

// field reads a text object as a field: a first line which is wholly bold is its
// name.
func (r *reader) field(v gjson.Result, inline bool) chat.Field {
	f := chat.Field{Inline: inline}
	src, opt := r.source(v, false)
	if src == "" {
		return f
	}
	f.Body = r.fieldBody(src, opt)
	if len(f.Body) == 0 || f.Body[0].Kind != chat.Para || f.Body[0].Quoted {
		return f
	}
	name, rest := boldLine(f.Body[0].Text)
	if len(name) == 0 {
		return f
	}
	for i := range name {
		name[i].Style &^= chat.Bold
	}
	f.Name = name
	if f.Body[0].Text = rest; len(rest) == 0 {
		f.Body = f.Body[1:]
	}
	return f
}

// boldLine splits off the first line of t if all of it is bold.
func boldLine(t chat.Text) (line, rest chat.Text) {
	for i := range t {
		s := &t[i]
		if s.Style&chat.Bold != 0 {
			continue
		}
		if i == 0 || s.Kind != chat.Words {
			return nil, nil
		}
		k := strings.IndexByte(s.Text, '\n')
		if strings.Trim(s.Text[:max(k, 0)], " ") != "" || k < 0 && strings.Trim(s.Text, " ") != "" {
			return nil, nil
		}
		if k < 0 {
			continue // a space between bold words
		}
		if s.Text = s.Text[k+1:]; s.Text == "" {
			return t[:i:i], t[i+1:]
		}
		return t[:i:i], t[i:]
	}
	return t, nil
}

// fieldBody is a text in mrkdwn as the body of a field.
func (r *reader) fieldBody(src string, opt mrkdwn.ParseOptions) []chat.Block {
	from := len(r.mem.Inner)
	r.mem.Inner = mrkdwn.Parse(r.mem.Inner, r.n, src, opt)
	return r.mem.Inner.Cut(from)
}

func (r *reader) context(role string, elements gjson.Result) {
	switch role {
	case roleAuthor:
		if r.card != nil && r.card.Author == (chat.Badge{}) {
			r.badge(elements, &r.card.Author, nil)
			return
		}
	case roleFooter:
		if r.card != nil && r.card.Footer == (chat.Badge{}) && r.card.At.IsZero() {
			r.badge(elements, &r.card.Footer, &r.card.At)
			return
		}
	case roleSender:
		if r.m.Sender == (chat.Badge{}) {
			r.badge(elements, &r.m.Sender, nil)
			return
		}
	}
	if t := r.contextText(elements); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

// contextText is the elements of a context in one run, with a space between two.
func (r *reader) contextText(elements gjson.Result) chat.Text {
	var few [10]chat.Text // as many as Slack takes; more cost an allocation
	runs := few[:0]
	each(elements, func(i int, v gjson.Result) {
		r.n.Enter("elements", i)
		defer r.n.Leave()
		run := r.contextElement(v)
		if len(run) > 0 {
			runs = append(runs, run)
		}
	})
	if len(runs) == 1 {
		return runs[0]
	}
	from := len(r.mem.Spans)
	for i, run := range runs {
		if i > 0 {
			r.mem.Spans.Add(chat.Span{Text: " "})
		}
		r.mem.Spans = append(r.mem.Spans, run...)
	}
	return r.mem.Spans.Cut(from)
}

// contextElement is a picture or text of a context, read in one walk.
func (r *reader) contextElement(v gjson.Result) chat.Text {
	var p chat.Asset
	o := textObject{opt: mrkdwn.ParseOptions{Mem: r.mem}}
	if v.IsObject() {
		v.ForEach(func(key, v gjson.Result) bool {
			o.member(r, key.Str, v)
			r.pictured(&p, key.Str, v)
			return true
		})
	} else {
		o.src = r.str("text", v)
	}
	switch o.typ {
	case "image":
		p = settled(p)
		return r.mem.Spans.One(chat.Span{Kind: chat.Icon, Text: p.Alt, Ref: p.URL})
	case "mrkdwn", "plain_text", "":
		return r.run(o.src, o.opt)
	}
	t := r.element(o.typ, v)
	if len(t) > 0 {
		r.n.Add(chat.Flattened, o.typ, 0)
	} else {
		r.drop(o.typ)
	}
	return t
}

func (r *reader) image(role string, b gjson.Result) {
	a := r.picture(b)
	if role == roleThumb && r.card != nil && r.card.Thumb == (chat.Asset{}) {
		r.card.Thumb = a
		return
	}
	if a.URL == "" {
		r.drop("image")
	}
	r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
}

// noAlt is the alternative text of a picture that has none, since Slack requires
// one.
const noAlt = "image"

// picture reads an image block or element.
func (r *reader) picture(v gjson.Result) chat.Asset {
	var a chat.Asset
	v.ForEach(func(key, v gjson.Result) bool {
		r.pictured(&a, key.Str, v)
		return true
	})
	return settled(a)
}

// pictured reads a member of an image.
func (r *reader) pictured(a *chat.Asset, key string, v gjson.Result) {
	switch key {
	case "image_url":
		a.URL = r.str(key, v)
	case "slack_file":
		if a.URL == "" {
			a.URL = v.Get("url").Str
		}
	case "alt_text":
		a.Alt = r.str(key, v)
	case "title":
		a.Title = r.words(v)
	}
}

// settled is a without an alternative text that says nothing.
func settled(a chat.Asset) chat.Asset {
	if a.Alt == noAlt && a.URL != "" {
		a.Alt = ""
	}
	return a
}

func (r *reader) file(b gjson.Result) {
	f := b.Get("file")
	a := chat.Asset{
		Kind:  chat.Document,
		URL:   first(f.Get("permalink").Str, f.Get("url_private").Str, b.Get("url").Str),
		Title: first(f.Get("title").Str, f.Get("name").Str, b.Get("title").Str),
	}
	if a.URL == "" && a.Title == "" {
		id := first(r.str("external_id", b.Get("external_id")), r.str("file_id", b.Get("file_id")), r.str("id", f.Get("id")))
		if id == "" {
			r.drop("file")
			return
		}
		r.n.Add(chat.Flattened, "file", 0)
		r.add(chat.Block{Text: r.mem.Text("file " + id)})
		return
	}
	r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
}

func (r *reader) input(b gjson.Result) {
	r.n.Add(chat.Flattened, "input", 0)
	r.para(b.Get("label"), chat.Bold)
	if e := b.Get("element"); e.IsObject() {
		if t := r.element(e.Get("type").Str, e); len(t) > 0 {
			r.add(chat.Block{Text: t})
		}
	}
	if t := r.inline(b.Get("hint"), true); len(t) > 0 {
		r.add(chat.Block{Kind: chat.Small, Text: t})
	}
}

// para adds a text object as one Para, with a style over all of it.
func (r *reader) para(v gjson.Result, style chat.Style) {
	t := r.inline(v, true)
	for i := range t {
		t[i].Style |= style
	}
	if len(t) > 0 {
		r.add(chat.Block{Text: t})
	}
}
