package github

import (
	"strings"
	"unicode/utf8"

	"dragoman/translators/chat"
	"dragoman/translators/markdown"
)

const (
	excerptChars = 800 // the most that an excerpt shows of a body, in characters
	enoughChars  = 400 // with this much shown it ends before a block that would pass the most
	blockChars   = 12  // what the break after a block counts
	assetChars   = 60  // what a picture counts

	lookBytes = 1536     // of a body is looked at first
	readBytes = 16 << 10 // of a longer body ParseGFM reads only the beginning, and notes it
)

// excerpt appends the beginning of what somebody wrote, in GitHub's Markdown,
// to the card's body. When that is not all of it, it ends with a block or a
// sentence and "…", which leads to the rest.
//
// Reading Markdown is by far the dearest part of an event, so no more is read
// than shows; more only if the beginning shows too little, like a template that
// is all comments.
func (e *event) excerpt(path string, body value, rest string) {
	src := strings.TrimSpace(e.str(body))
	if src == "" {
		return
	}
	for size := lookBytes; ; size *= 4 {
		look := beginning(src, size)
		if e.look(path, look, src[len(look):], rest) {
			return
		}
	}
}

// look appends an excerpt of src, and reports whether that is enough: what
// follows src, the unread, need not be looked at.
func (e *event) look(path, src, unread, rest string) bool {
	from := len(e.mem.Body)
	var notes chat.Notes
	notes.Enter(path, -1)
	e.mem.Body = markdown.ParseGFM(e.mem.Body, &notes, src, markdown.GFMOptions{Mem: e.mem, Repo: e.home, Host: e.host})
	lost := e.shorten(from)
	if lost == 0 && unread != "" {
		e.mem.Body.Truncate(from)
		return false
	}
	e.notes.Append(&notes)
	if lost > 0 {
		e.notes.AddAt(path, chat.Shortened, "body", lost+utf8.RuneCountInString(unread))
	}
	if lost > 0 || len(src) > readBytes {
		e.more(from, rest)
	}
	return true
}

// beginning is the blocks of src that lie within size bytes; all of src when
// that cannot be told, or when a link in them may have its address further on.
func beginning(src string, size int) string {
	if len(src) <= size || strings.Contains(src[size:], "]: ") {
		return src
	}
	for _, gap := range []string{"\n\n", "\n\r\n", "\n"} {
		if i := strings.LastIndex(src[:size], gap); i > size/2 {
			return src[:i]
		}
	}
	return src
}

// shorten cuts the blocks from from on to an excerpt, and returns how many
// characters were left out.
func (e *event) shorten(from int) (lost int) {
	blocks := e.mem.Body[from:]
	left := excerptChars
	for i := range blocks {
		b := &blocks[i]
		n := visible(b)
		if n+blockChars <= left || i == len(blocks)-1 && n <= left {
			left -= n + blockChars
			continue
		}
		for k := i; k < len(blocks); k++ {
			lost += visible(&blocks[k])
		}
		keep := i
		if excerptChars-left < enoughChars && e.head(b, left) {
			keep++
			lost -= visible(b)
		}
		for keep > 0 && (blocks[keep-1].Kind == chat.Heading || blocks[keep-1].Kind == chat.Divider) {
			keep-- // a heading with nothing under it
			lost += visible(&blocks[keep])
		}
		e.mem.Body.Truncate(from + keep)
		return max(lost, 1)
	}
	return 0
}

// more adds the "…" that leads to the rest to the last block, if that is text.
func (e *event) more(from int, rest string) {
	blocks := e.mem.Body[from:]
	start := len(e.mem.Spans)
	if last := len(blocks) - 1; last >= 0 && (blocks[last].Kind == chat.Para || blocks[last].Kind == chat.Item) {
		b := &blocks[last]
		e.mem.Spans = append(e.mem.Spans, b.Text...)
		e.words(" ")
		e.link("…", rest)
		b.Text = e.mem.Spans.Cut(start)
		return
	}
	e.link("…", rest)
	e.para(e.mem.Spans.Cut(start))
}

// visible is how many characters a block shows, about.
func visible(b *chat.Block) int {
	n := b.Text.Chars() + assetChars*len(b.Assets)
	if b.Table != nil {
		for _, row := range b.Table.Rows {
			for _, cell := range row {
				n += cell.Chars() + 3
			}
		}
	}
	return n
}

// head shortens b to max characters, and reports whether something sensible is
// left.
func (e *event) head(b *chat.Block, max int) bool {
	switch b.Kind {
	case chat.Para, chat.Item:
		b.Text = sentences(b.Text, max)
	case chat.Code:
		b.Text = lines(b.Text, max)
	case chat.Media:
		b.Assets = b.Assets[:min(len(b.Assets), max/assetChars)]
		return len(b.Assets) > 0
	case chat.Grid:
		return headRows(b, max)
	default:
		return false
	}
	return len(b.Text) > 0
}

// sentences is the beginning of t up to the last end of a sentence, or else of a
// word, within max characters. Links, mentions and code are taken whole.
func sentences(t chat.Text, max int) chat.Text {
	i, shown := 0, 0 // t[:i] fits, with so many characters
	for ; i < len(t); i++ {
		n := utf8.RuneCountInString(t[i].Text)
		if shown+n > max {
			break
		}
		shown += n
	}
	// Back from there to a sentence's end, though not to less than a third.
	before := shown // characters before span k
	for k := min(i, len(t)-1); k >= 0; k-- {
		s := t[k].Text
		if k == i {
			s = s[:cutAt(s, max-shown)]
		} else {
			before -= utf8.RuneCountInString(s)
		}
		end := 0
		if divisible(&t[k]) {
			end = sentenceEnd(s)
		}
		if end > 0 && before+utf8.RuneCountInString(s[:end]) > max/3 {
			return upTo(t, k, end)
		}
		if end > 0 || before <= max/3 {
			break
		}
	}
	if i < len(t) && (divisible(&t[i]) || i == 0 && t[i].Kind == chat.Words) { // or one endless piece of code
		return upTo(t, i, chat.Cut(t[i].Text, max-shown))
	}
	return t[:i]
}

func divisible(s *chat.Span) bool { return s.Kind == chat.Words && s.Style&chat.Mono == 0 }

// upTo is t before byte end of span i. It changes t's last span in place, which
// nobody else has seen yet.
func upTo(t chat.Text, i, end int) chat.Text {
	t[i].Text = strings.TrimRight(t[i].Text[:end], " \n")
	if t[i].Text == "" {
		return t[:i]
	}
	return t[:i+1]
}

// sentenceEnd is the end of the last whole sentence in s, 0 if there is none.
func sentenceEnd(s string) int {
	for i := len(s) - 1; i > 0; i-- {
		switch {
		case s[i] == '\n':
			return i
		case s[i] == ' ' && (s[i-1] == '.' || s[i-1] == '!' || s[i-1] == '?'):
			return i
		case strings.HasPrefix(s[i:], "。"):
			return i + len("。")
		}
	}
	return 0
}

// lines is the beginning of code, up to a line's end within max characters.
func lines(t chat.Text, max int) chat.Text {
	for i := range t {
		s := t[i].Text
		n := utf8.RuneCountInString(s)
		if n <= max {
			max -= n
			continue
		}
		end := strings.LastIndexByte(s[:cutAt(s, max)], '\n')
		if end < 0 {
			if i > 0 || t[i].Kind != chat.Words {
				return t[:i]
			}
			end = chat.Cut(s, max)
		}
		return upTo(t, i, end)
	}
	return t
}

// headRows keeps the rows of a table that fit; two at least are a table.
func headRows(b *chat.Block, max int) bool {
	for i, row := range b.Table.Rows {
		for _, cell := range row {
			max -= cell.Chars() + 3
		}
		if max < 0 {
			b.Table.Rows = b.Table.Rows[:i]
			break
		}
	}
	return len(b.Table.Rows) > 1
}
