// Package slack reads and writes Slack messages: text, Block Kit and classic
// attachments. It knows Slack's shapes and limits; mrkdwn itself is the business
// of package mrkdwn. It sends nothing and looks nothing up.
//
// What WriteBlocks makes can be read back: where a block has a part in a card
// which Block Kit has no word for (its title, its footer), its block_id names
// the part. See role.
package slack

import (
	"errors"
	"strings"
	"sync"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
	"dragoman/translators/markdown"
	"dragoman/translators/mrkdwn"
)

var errNoObject = errors.New("slack: payload is not a JSON object")

// reader walks one payload.
type reader struct {
	m        *chat.Message
	n        *chat.Notes
	mem      *chat.Arena
	dst      *[]chat.Block       // where blocks go: the message's own, or the body of card
	card     *chat.Card          // the card being read, nil outside of one
	fallback string              // of the first attachment, unless it stands for the attachment
	texts    mrkdwn.ParseOptions // how the message's own text is read, and those of its attachments
	deep     int                 // blocks within blocks
	dropped  string              // the first thing that said nothing
	over     int                 // blocks left out, because a message holds only so many
}

// maxDeep is how deep blocks may stand in blocks; Slack allows two levels.
const maxDeep = 4

var docs = sync.Pool{New: func() any { return new(jsonr.Doc) }}

// Read reads one message payload, as posted to a webhook or with
// chat.postMessage. A part of an unexpected type costs no more than itself. It
// errs when the payload is no object, and with chat.ErrEmpty when it says nothing.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error {
	doc := docs.Get().(*jsonr.Doc)
	defer func() {
		doc.Reset()
		docs.Put(doc)
	}()
	root := doc.Parse(in.Body)
	if !root.IsObject() {
		return errNoObject
	}
	r := reader{m: m, n: n, mem: m.Mem(), dst: &m.Blocks}
	r.texts.Mem = r.mem
	m.Origin = chat.Slack
	var (
		text, markdownText         string
		blocks, attachments, files jsonr.Value
		viewTitle                  jsonr.Value
		noMarks, noPreview         bool
		implied                    bool
	)
	for key, v := range root.Members() {
		if v.Kind() == jsonr.Null {
			continue
		}
		switch key {
		case "text":
			text = r.str("text", v)
		case "markdown_text":
			markdownText = r.str("markdown_text", v)
		case "blocks":
			blocks = v
		case "attachments":
			attachments = v
		case "files":
			files = v
		case "mrkdwn":
			noMarks = !truth(v)
		case "parse":
			r.texts.Verbatim, r.texts.Full = v.Str() == "none", v.Str() == "full"
		case "link_names":
			r.texts.LinkNames = truth(v)
		case "username":
			m.Sender.Name = r.str("username", v)
		case "icon_url":
			if m.Sender.Icon == "" {
				m.Sender.Icon = r.str("icon_url", v)
			}
		case "icon_emoji": // wins over icon_url
			if name := strings.Trim(r.str("icon_emoji", v), ":"); name != "" {
				m.Sender.Icon = ":" + name + ":"
			}
		case "thread_ts":
			m.Thread.Key = r.str("thread_ts", v)
		case "unfurl_links":
			noPreview = !truth(v)
		case "reply_broadcast":
			if truth(v) {
				n.Add(chat.Dropped, key, 0)
			}
		case "title":
			if v.IsObject() {
				viewTitle = v
			} else {
				implied = true
			}
		case "pretext", "color", "fields", "image_url", "thumb_url", "author_name", "footer":
			implied = true
		}
	}
	m.Flags.NoPreview = noPreview

	sender := m.Sender
	if viewTitle.Exists() { // of a modal, which is no message, but has blocks
		r.header(viewTitle, jsonr.Value{})
	}
	r.blocks("blocks", blocks)
	framed := len(m.Blocks) > 0 || m.Sender != sender
	if !framed {
		r.parse(text, r.marked(!noMarks))
		r.markdown(markdownText)
	}
	r.files(files)
	if attachments.Kind() != jsonr.Null {
		r.attachments(attachments)
	} else if implied {
		// Old senders put the parts of a single attachment beside the text.
		r.attachment(root, true, false)
	}
	switch {
	case framed && text != "":
		from := len(r.mem.Spans)
		line := mrkdwn.Inline(nil, text, r.marked(!noMarks)).Plain()
		r.mem.Spans.Truncate(from)
		m.Summary = r.mem.Text(line)
	case !framed && text == "" && r.fallback != "":
		m.Summary = r.mem.Text(r.plain(r.fallback))
	}
	if r.over > 0 {
		n.Add(chat.Dropped, "blocks", r.over)
	}
	chat.Normalize(m)
	if len(m.Blocks) == 0 && r.dropped != "" {
		r.stand()
		chat.Normalize(m)
	}
	if len(m.Blocks) == 0 {
		return chat.ErrEmpty
	}
	dropDerived(m)
	return nil
}

// dropDerived takes away a summary which a writer would make from the blocks
// anyway.
func dropDerived(m *chat.Message) {
	if len(m.Summary) == 0 {
		return
	}
	if oneLine(m.Summary.Plain()) == noticeOf(m.Blocks) {
		m.Summary = nil
	}
}

// full reports whether the message holds as much as one may.
func (r *reader) full() bool {
	return len(r.m.Blocks)+len(r.mem.Body) >= chat.MaxBlocks || len(r.mem.Spans) >= chat.MaxSpans
}

// add appends a block where blocks go now.
func (r *reader) add(b chat.Block) {
	if len(r.m.Blocks)+len(r.mem.Body) >= chat.MaxBlocks {
		r.over++
		return
	}
	*r.dst = append(*r.dst, b)
}

// trim takes back what a text language appended beyond the limit.
func (r *reader) trim(from int) {
	if extra := len(r.m.Blocks) + len(r.mem.Body) - chat.MaxBlocks; extra > 0 {
		to := max(from, len(*r.dst)-extra)
		r.over += len(*r.dst) - to
		*r.dst = (*r.dst)[:to]
	}
}

// parse appends the blocks of a text in mrkdwn.
func (r *reader) parse(src string, opt mrkdwn.ParseOptions) {
	if src == "" {
		return
	}
	if r.full() {
		r.over++
		return
	}
	from := len(*r.dst)
	*r.dst = mrkdwn.Parse(*r.dst, r.n, src, opt)
	r.trim(from)
}

// markdown appends the blocks of a text in standard Markdown.
func (r *reader) markdown(src string) {
	if src == "" {
		return
	}
	if r.full() {
		r.over++
		return
	}
	from := len(*r.dst)
	*r.dst = markdown.ParseGFM(*r.dst, r.n, src, markdown.GFMOptions{Mem: r.mem})
	r.trim(from)
}
