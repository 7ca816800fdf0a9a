// Package discord reads and writes bodies of Discord's execute-webhook call:
// content, embeds, components, polls and what is said about uploads.
//
// It knows Discord's shapes and limits. The text language inside them is
// package markdown; addresses, tokens and sending are no business of either.
package discord

import (
	"errors"
	"strings"
	"sync"
	"unicode"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/markdown"
)

// ErrShape is returned for a body that is no JSON object.
var ErrShape = errors.New("discord: body is not a JSON object")

// blank is what Discord's users put where a text may not be empty (a field's
// name or value): a zero-width space, which is not trimmed.
const blank = "\u200b"

// Read reads an execute-webhook body into m, which must be empty. Content comes
// first, then uploads that nothing refers to, embeds, components and the poll,
// as Discord shows them. Members of a wrong type are left out with a note; it
// returns ErrShape when the body is no object and chat.ErrEmpty when nothing is
// said.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	doc := docs.Get().(*jsonr.Doc)
	defer func() {
		doc.Reset()
		docs.Put(doc)
	}()
	body := doc.Parse(in.Body)
	if !body.IsObject() {
		return ErrShape
	}
	r := reader{m: m, mem: m.Mem(), n: n, files: in.Files}
	r.message(body)
	r.clip()
	chat.Normalize(m)
	if len(m.Blocks) == 0 {
		return chat.ErrEmpty
	}
	return nil
}

var docs = sync.Pool{New: func() any { return new(jsonr.Doc) }}

// reader is the state of one walk over one body.
type reader struct {
	m      *chat.Message
	mem    *chat.Arena
	n      *chat.Notes
	files  []chat.File
	meta   []upload   // what "attachments" says, and the files themselves
	inCard bool       // blocks go to the body of a card
	deep   int        // of nested components
	box    *chat.Card // whose container is being read
	capt   int        // a title of a picture stands before this block; 0: none
}

func (r *reader) message(body jsonr.Value) {
	m := r.m
	m.Origin = chat.Discord
	m.Pings = chat.Pings{Limited: true, AnyUser: true} // what Discord takes for absent
	var content, embeds, components, poll, attachments, tags jsonr.Value
	for k, v := range body.Members() {
		if v.Kind() == jsonr.Null {
			continue
		}
		switch k {
		case "content":
			content = v
		case "username":
			m.Sender.Name = strings.TrimSpace(r.words("username", v))
		case "avatar_url":
			m.Sender.Icon = r.words("avatar_url", v)
		case "tts":
			if truth(v) {
				r.n.AddAt("tts", chat.Flattened, "tts", 0)
			}
		case "embeds":
			embeds = v
		case "allowed_mentions":
			r.pings(v)
		case "components":
			components = v
		case "attachments":
			attachments = v
		case "flags":
			r.flags(number(v))
		case "thread_name":
			m.Thread.Topic = strings.TrimSpace(r.words("thread_name", v))
		case "applied_tags":
			tags = v
		case "poll":
			poll = v
		}
	}
	r.each("applied_tags", tags, func(_ int, v jsonr.Value) {
		if id := r.words("", v); id != "" {
			m.Thread.Tags = append(m.Thread.Tags, id)
		}
	})
	r.uploads(attachments)
	r.text(r.words("content", content), markdown.Content)
	at := len(m.Blocks)
	r.embeds(embeds)
	if m.Flags.NoPreview && len(m.Blocks) > at {
		r.n.AddAt("flags", chat.Flattened, "suppress_embeds", 0) // they would be hidden; their words are not
	}
	r.components(components)
	r.poll(poll)
	r.loose(at)
}

// text parses src into blocks where they are being put.
func (r *reader) text(src string, place markdown.Place) {
	if src = strings.TrimSpace(src); src == "" || src == blank {
		return
	}
	at := len(r.put())
	opt := markdown.ParseOptions{Mem: r.mem, Place: place}
	if r.inCard {
		r.mem.Body = markdown.Parse(r.mem.Body, r.n, src, opt)
	} else {
		r.m.Blocks = markdown.Parse(r.m.Blocks, r.n, src, opt)
	}
	trimBlocks(r.put()[at:])
}

// trimBlocks takes white space off both ends of a text that has been parsed, and off
// the beginning of what begins with a mark: white space that stood inside of a style
// there is not shown when it is written again.
func trimBlocks(list []chat.Block) {
	if len(list) == 0 {
		return
	}
	for i := range list {
		b := &list[i]
		if b.Kind == chat.Heading || b.Kind == chat.Item || b.Kind == chat.Small || b.Kind == chat.Para && i == 0 {
			b.Text = trimLeft(b.Text)
		}
	}
	if b := &list[len(list)-1]; b.Kind != chat.Code {
		b.Text = trimRight(b.Text)
	}
}

func trimLeft(t chat.Text) chat.Text {
	for len(t) > 0 && t[0].Kind == chat.Words {
		if t[0].Text = strings.TrimLeftFunc(t[0].Text, unicode.IsSpace); t[0].Text != "" {
			break
		}
		t = t[1:]
	}
	return t
}

func trimRight(t chat.Text) chat.Text {
	for len(t) > 0 && t[len(t)-1].Kind == chat.Words {
		s := &t[len(t)-1]
		if s.Text = strings.TrimRightFunc(s.Text, unicode.IsSpace); s.Text != "" {
			break
		}
		t = t[:len(t)-1]
	}
	return t
}

// add appends a block where blocks are being put.
func (r *reader) add(b chat.Block) {
	if r.inCard {
		r.mem.Body.Add(b)
	} else {
		r.m.Add(b)
	}
}

// put is where blocks are being put.
func (r *reader) put() []chat.Block {
	if r.inCard {
		return r.mem.Body
	}
	return r.m.Blocks
}

// inline reads a text of one line.
func (r *reader) inline(src string, place markdown.Place) chat.Text {
	if src = strings.TrimSpace(src); src == "" || src == blank {
		return nil
	}
	return trimRight(trimLeft(markdown.Inline(r.n, src, markdown.ParseOptions{Mem: r.mem, Place: place})))
}

// The bits of "flags", from Discord's message resource.
const (
	flagSuppressEmbeds = 1 << 2
	flagSilent         = 1 << 12
	flagVoice          = 1 << 13
	flagComponents     = 1 << 15
)

func (r *reader) flags(bits int64) {
	r.m.Flags.NoPreview = bits&flagSuppressEmbeds != 0
	r.m.Flags.Silent = bits&flagSilent != 0
	if bits&flagVoice != 0 {
		r.n.AddAt("flags", chat.Flattened, "is_voice_message", 0)
	}
}

// pings reads allowed_mentions. The object given says all that is allowed.
func (r *reader) pings(v jsonr.Value) {
	if !v.IsObject() {
		r.wrong("allowed_mentions", v)
		return
	}
	p := chat.Pings{Limited: true}
	for k, list := range v.Members() {
		switch k {
		case "parse":
			for _, v := range list.Members() {
				switch v.Str() {
				case "users":
					p.AnyUser = true
				case "roles":
					p.AnyGroup = true
				case "everyone":
					p.Everyone = true
				}
			}
		case "users":
			p.Users = ids(list)
		case "roles":
			p.Groups = ids(list)
		}
	}
	r.m.Pings = p
}

func ids(list jsonr.Value) (out []string) {
	for _, v := range list.Members() {
		if id := scalar(v); isID(id) {
			out = append(out, id)
		}
	}
	return out
}

// isID reports whether s looks like a snowflake.
func isID(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= 20
}

// poll keeps a poll's question and answers as a list.
func (r *reader) poll(v jsonr.Value) {
	if !v.IsObject() {
		r.wrong("poll", v)
		return
	}
	r.n.Enter("poll", -1)
	defer r.n.Leave()
	r.n.Add(chat.Flattened, "poll", 0)
	if q := r.inline(r.words("question", v.Get("question").Get("text")), markdown.Plain); q != nil {
		r.add(chat.Block{Kind: chat.Para, Text: q})
	}
	r.each("answers", v.Get("answers"), func(_ int, a jsonr.Value) {
		media := a.Get("poll_media")
		label := r.label(r.words("poll_media", media.Get("text")), media.Get("emoji"))
		if label != "" {
			r.add(chat.Block{Kind: chat.Item, Text: r.mem.Text(label)})
		}
	})
}

// clip keeps the message to what one message may hold.
func (r *reader) clip() {
	left, kept := chat.MaxBlocks, len(r.m.Blocks)
	for i := range r.m.Blocks {
		if left--; left < 0 {
			kept = i
			break
		}
		if c := r.m.Blocks[i].Card; c != nil {
			if over := len(c.Body) - left; over > 0 {
				c.Body = c.Body[:left]
				r.n.Add(chat.Dropped, "block", over)
			}
			left -= len(c.Body)
		}
	}
	if over := len(r.m.Blocks) - kept; over > 0 {
		r.m.Blocks = r.m.Blocks[:kept]
		r.n.Add(chat.Dropped, "block", over)
	}
}
