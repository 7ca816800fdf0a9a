package slack

import (
	"strconv"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/emoji"
	"dragoman/translators/jsonr"
	"dragoman/translators/mrkdwn"
)

// richText reads the elements of a rich_text block.
func (r *reader) richText(elements jsonr.Value) {
	each(elements, func(i int, e jsonr.Value) {
		r.n.Enter("elements", i)
		r.richElement(e, 0)
		r.n.Leave()
	})
}

func (r *reader) richElement(e jsonr.Value, deep int) {
	var (
		typ, lang, style string
		elements         jsonr.Value
		indent, offset   int64
		border           bool
	)
	for key, v := range e.Members() {
		switch key {
		case "type":
			typ = v.Str()
		case "elements":
			elements = v
		case "style":
			style = v.Str()
		case "indent":
			indent = min(max(0, number(v)), maxIndent)
		case "offset":
			offset = min(max(0, number(v)), 1<<30)
		case "border":
			border = number(v) > 0
		case "language":
			lang = v.Str()
		}
	}
	switch typ {
	case "rich_text_section":
		r.add(chat.Block{Text: r.inlines(elements)})
	case "rich_text_quote":
		r.add(chat.Block{Quoted: true, Text: r.inlines(elements)})
	case "rich_text_preformatted":
		r.add(chat.Block{Kind: chat.Code, Quoted: border, Lang: lang, Text: r.inlines(elements)})
	case "rich_text_list":
		each(elements, func(i int, item jsonr.Value) {
			r.n.Enter("elements", i)
			defer r.n.Leave()
			if t := item.Get("type").Str(); t != "rich_text_section" && t != "" && deep < maxDeep {
				r.richElement(item, deep+1) // no sender should, some do
				return
			}
			b := chat.Block{Kind: chat.Item, Quoted: border, Level: int(indent), Text: r.inlines(item.Get("elements"))}
			if style == "ordered" {
				b.Number = int(offset) + i + 1
			}
			r.add(b)
		})
	default:
		if typ == "" || strings.HasPrefix(typ, "rich_text") {
			r.unknown(typ, e)
			return
		}
		r.add(chat.Block{Text: r.inlines(e)}) // an inline element without a section around it
	}
}

// inlines reads inline elements into one run.
func (r *reader) inlines(elements jsonr.Value) chat.Text {
	from := len(r.mem.Spans)
	each(elements, func(i int, e jsonr.Value) {
		if len(r.mem.Spans) >= chat.MaxSpans {
			r.over++
			return
		}
		r.n.Enter("elements", i)
		r.inlineElement(e)
		r.n.Leave()
	})
	return chat.Text(r.mem.Spans.Cut(from))
}

// inlineElement appends the span of one inline element.
func (r *reader) inlineElement(e jsonr.Value) {
	var (
		typ, text, url, id, name, unicode string
		stamp, format, fallback           string
		tone                              int64
		style                             chat.Style
		unlink                            bool
	)
	for key, v := range e.Members() {
		switch key {
		case "type":
			typ = v.Str()
		case "text":
			text = r.str("text", v)
		case "url":
			url = v.Str()
		case "user_id", "usergroup_id", "channel_id", "team_id", "range", "value":
			id = r.str(key, v)
		case "name":
			name = v.Str()
		case "unicode":
			unicode = v.Str()
		case "skin_tone":
			tone = number(v)
		case "timestamp":
			stamp = r.str("timestamp", v)
		case "format":
			format = v.Str()
		case "fallback":
			fallback = r.str("fallback", v)
		case "style":
			style = styleOf(v)
			unlink = truth(v.Get("unlink"))
		}
	}
	s := chat.Span{Kind: chat.Words, Style: style, Text: text}
	switch typ {
	case "text", "tag":
	case "link":
		s.Kind, s.Ref, s.Text = chat.Link, url, first(text, url)
		if url == "" {
			s.Kind = chat.Words
		}
	case "emoji":
		s = emojiSpan(name, unicode, tone, style)
	case "user":
		s.Kind, s.Ref, s.Text = chat.User, id, "@"+id
	case "usergroup":
		s.Kind, s.Ref, s.Text = chat.UserGroup, id, "@"+id
	case "team":
		s.Text = "@" + id
	case "channel":
		s.Kind, s.Ref, s.Text = chat.Channel, id, "#"+id
	case "broadcast":
		s.Text = "@" + id
		if id == "here" || id == "channel" || id == "everyone" {
			s.Kind, s.Ref = chat.Everyone, id
		}
	case "date":
		r.date(stamp, format, url, fallback, style)
		return
	case "color":
		s.Text = id
	default:
		r.reference(typ, e, style)
		return
	}
	if unlink && (s.Kind == chat.User || s.Kind == chat.UserGroup || s.Kind == chat.Everyone) {
		s.Kind, s.Ref = chat.Words, "" // who is named so is not to be notified
	}
	if s.Text != "" {
		r.mem.Spans.Add(s)
	}
}

// date appends a date. The text language knows the formats, so it is asked.
func (r *reader) date(stamp, format, url, fallback string, style chat.Style) {
	if _, err := strconv.ParseInt(stamp, 10, 64); err != nil {
		if fallback != "" {
			r.mem.Spans.Add(chat.Span{Text: fallback, Style: style})
		}
		return
	}
	if fallback == "" {
		fallback = stamp
	}
	var b strings.Builder
	b.WriteString("<!date^" + stamp + "^")
	dateEscape.WriteString(&b, format)
	if url != "" {
		b.WriteByte('^')
		dateEscape.WriteString(&b, url)
	}
	b.WriteByte('|')
	dateEscape.WriteString(&b, fallback)
	b.WriteByte('>')
	// Its run ends where this one goes on, so they are one.
	at := len(r.mem.Spans)
	t := mrkdwn.Inline(r.n, b.String(), mrkdwn.ParseOptions{Mem: r.mem})
	if len(r.mem.Spans) != at+len(t) {
		r.mem.Spans.Truncate(at)
		for _, s := range t {
			r.mem.Spans.Add(s)
		}
	}
	for i := at; i < len(r.mem.Spans); i++ {
		r.mem.Spans[i].Style |= style
	}
}

var dateEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "/")

func styleOf(v jsonr.Value) (style chat.Style) {
	for key, on := range v.Members() {
		if !truth(on) {
			continue
		}
		switch key {
		case "bold":
			style |= chat.Bold
		case "italic":
			style |= chat.Italic
		case "strike":
			style |= chat.Strike
		case "underline":
			style |= chat.Underline
		case "code":
			style |= chat.Mono
		}
	}
	return style
}

// emojiSpan is a standard emoji as its characters, a custom one by name.
func emojiSpan(name, unicode string, tone int64, style chat.Style) chat.Span {
	full := name
	if tone >= 2 && tone <= 6 {
		full += "::skin-tone-" + strconv.FormatInt(tone, 10)
	}
	if s, ok := emoji.Unicode(full); ok {
		return chat.Span{Text: s, Style: style}
	}
	if s := fromHex(unicode); s != "" {
		return chat.Span{Text: s, Style: style}
	}
	if name == "" {
		return chat.Span{}
	}
	return chat.Span{Kind: chat.Emoji, Text: ":" + full + ":", Ref: full, Style: style}
}

// fromHex reads code points in hexadecimal, joined by "-".
func fromHex(s string) string {
	if s == "" || len(s) > 128 {
		return ""
	}
	var b strings.Builder
	for part := range strings.SplitSeq(s, "-") {
		c, err := strconv.ParseUint(part, 16, 21)
		if err != nil || c < ' ' {
			return ""
		}
		b.WriteRune(rune(c))
	}
	return b.String()
}

// richWords is the text of a rich_text block as plain words.
func (r *reader) richWords(v jsonr.Value) string {
	from := len(r.mem.Spans)
	each(v.Get("elements"), func(_ int, e jsonr.Value) { r.inlines(e.Get("elements")) })
	s := chat.Text(r.mem.Spans[from:]).Plain()
	r.mem.Spans.Truncate(from)
	return s
}
