package mrkdwn

import "strings"

// quote reads the quotation that begins at at. Its lines are joined without
// their markers and read as a source of their own.
func (p *parser) quote(at int) int {
	size, deep := quoteMarker(p.src[at:lineEnd(p.src, at)])
	outer, from := p.src, at+size
	if deep {
		p.nested(p.src[from:])
		return len(outer)
	}
	end := lineEnd(p.src, at)
	fences := strings.Count(p.src[from:end], fenceMark)
	joined := -1 // where the lines stand in decoded
	next := end + 1
	for next < len(p.src) {
		to := lineEnd(p.src, next)
		size, deep := quoteMarker(p.src[next:to])
		inside := fences%2 == 1
		switch {
		case inside && size == 0: // the code goes on without markers up to its end
			close := p.nextFence(next)
			if to = -1; close < len(p.src) {
				to = lineEnd(p.src, close)
			}
		case inside && deep:
			size = 0
		case size == 0 || deep:
			to = -1
		}
		if to < 0 {
			break
		}
		if joined < 0 {
			joined = p.begin()
			p.decoded.WriteString(p.src[from:end])
		}
		line := p.src[next+size : to]
		p.decoded.WriteByte('\n')
		p.decoded.WriteString(line)
		fences += strings.Count(line, fenceMark)
		next = to + 1
	}
	if joined < 0 {
		p.nested(p.src[from:end])
	} else {
		p.nested(p.decoded.String()[joined:])
	}
	return next
}

func (p *parser) nested(src string) {
	outer, nofence, mark := p.src, p.nofence, p.mark
	p.src, p.nofence, p.mark, p.eol, p.list.depth = src, false, -1, -1, 0
	p.blocks(true)
	p.src, p.nofence, p.mark, p.eol, p.gap = outer, nofence, mark, -1, false
}

// quoteMarker is the number of bytes of the quotation marker at the beginning of
// a line, with the space after it; 0 for none. deep tells that it holds to the end.
func quoteMarker(line string) (size int, deep bool) {
	for k := range 3 {
		switch {
		case strings.HasPrefix(line[size:], ">"):
			size++
		case strings.HasPrefix(line[size:], "&gt;"):
			size += len("&gt;")
		case k == 0:
			return 0, false
		default:
			// One or two: the first alone is the marker.
			size = 1
			if line[0] == '&' {
				size = len("&gt;")
			}
			return size + space(line[size:]), false
		}
	}
	return size + space(line[size:]), true
}

func space(s string) int {
	if strings.HasPrefix(s, " ") {
		return 1
	}
	return 0
}

func isQuoted(line string) bool {
	size, _ := quoteMarker(line)
	return size > 0
}
