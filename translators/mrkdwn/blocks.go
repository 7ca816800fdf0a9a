package mrkdwn

import "dragoman/translators/chat"

// blocks reads src.
func (p *parser) blocks(quoted bool) {
	marks := p.marks()
	for at := 0; at < len(p.src); {
		if p.crowded(quoted) {
			p.rest(at, quoted)
			break
		}
		if p.eol < at { // else a code block ended within the line
			p.eol = lineEnd(p.src, at)
			p.steps += p.eol - at + 1
		}
		end := p.eol
		line := p.src[at:end]
		if marks && !quoted {
			if _, deep := quoteMarker(line); deep || isQuoted(line) {
				p.end()
				at = p.quote(at)
				continue
			}
		}
		if isBlank(line) {
			p.close()
			p.gap = true
			at = end + 1
			continue
		}
		if !marks {
			p.para(at, end, quoted, at)
			at = end + 1
			continue
		}
		at = p.lineAt(at, end, quoted)
	}
	p.end()
}

// crowded reports whether the next line could make more blocks than there may be.
// A line makes four at most, with the one that it ends; and a quotation leaves one
// to what follows it.
func (p *parser) crowded(quoted bool) bool {
	least := 4
	if quoted {
		least++
	}
	return len(p.out)-p.first > chat.MaxBlocks-least
}

// rest makes one Para of what there is from at on.
func (p *parser) rest(at int, quoted bool) {
	p.end()
	p.start(chat.Block{Kind: chat.Para, Quoted: quoted})
	for first := true; at < len(p.src); {
		end := lineEnd(p.src, at)
		p.steps += end - at + 1
		if !isBlank(p.src[at:end]) {
			if !first {
				p.merged++
				p.words(at-1, at)
			}
			p.line(at, end)
			first = false
		}
		at = end + 1
	}
}

// lineAt reads the line from at to end, with the code block that begins in it,
// and returns where to go on.
func (p *parser) lineAt(at, end int, quoted bool) int {
	body := at
	m, item := listMarker(p.src[at:end])
	if item {
		body = at + m.size
	}
	fence, code, next := p.fence(body, end)
	if fence {
		end = code.from - 3
	}
	if item && isBlank(p.src[body:end]) { // an item that is but code
		p.notes.Add(chat.Flattened, "bullet", 0)
		item, at = false, end
	}
	switch {
	case item:
		p.item(m, quoted)
		p.under = true
		p.line(body, end)
	case !isBlank(p.src[at:end]):
		p.para(at, end, quoted, body)
	}
	if !fence {
		return end + 1
	}
	p.close()
	level := 0
	columns, _ := indent(p.src[at:end])
	if item || !isBlank(p.src[at:end]) {
		columns = 0
	}
	if item || columns >= 2 {
		level = min(max(1, columns/4), p.list.depth)
		if item {
			level = p.list.depth
		}
	}
	if level == 0 {
		p.list.depth = 0
	}
	p.code(code, quoted, level, columns)
	// What follows on the line begins a block.
	for next < len(p.src) && isBlankByte(p.src[next]) {
		next++
	}
	if next < len(p.src) && p.src[next] == '\n' {
		return next + 1
	}
	if next < len(p.src) {
		if p.eol < next {
			p.eol = lineEnd(p.src, next)
			p.steps += p.eol - next
		}
		end = p.eol
		if ok, code, _ := p.fence(next, end); ok {
			end = code.from - 3
		}
		if end > next {
			p.para(next, end, quoted, next)
		}
		if end < len(p.src) && p.src[end] == '\n' {
			end++
		}
		return end
	}
	return next
}

// para goes on with the Para that is open, or with the item when the line is
// indented under it, or begins a Para.
func (p *parser) para(at, end int, quoted bool, body int) {
	columns, size := indent(p.src[at:end])
	p.under = p.list.depth > 0
	switch {
	case p.open && p.block.Kind == chat.Item && columns > p.list.top().indent+1:
		body = at + size
	case p.open && p.block.Kind == chat.Para && p.block.Level == 0:
	case p.open && p.block.Kind == chat.Para && columns >= 2:
		body = at + size
	default:
		level := 0
		if p.gap && columns >= 2 && p.list.depth > 0 {
			level = min(max(1, columns/4), p.list.depth)
			body = at + size
		} else if p.list.depth > 0 { // or else it would be read as under the item, once written
			body = at + size
		}
		p.close()
		if level == 0 {
			p.list.depth = 0
		}
		p.start(chat.Block{Kind: chat.Para, Level: level, Quoted: quoted})
		p.line(body, end)
		return
	}
	if p.run.mode != runEmpty || len(p.mem.Spans) > p.from { // else the item was empty so far
		p.words(at-1, at)
	}
	p.line(body, end)
}
