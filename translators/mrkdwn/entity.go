package mrkdwn

import "strings"

// entity decodes one of the three entities there are.
func entity(s string) (string, int) {
	switch {
	case strings.HasPrefix(s, "&amp;"):
		return "&", len("&amp;")
	case strings.HasPrefix(s, "&lt;"):
		return "<", len("&lt;")
	case strings.HasPrefix(s, "&gt;"):
		return ">", len("&gt;")
	}
	return "", 0
}

// escaped adds the words of src from from to to, in which only entities are decoded.
func (p *parser) escaped(from, to int) {
	for i := from; i < to; {
		n := strings.IndexByte(p.src[i:to], '&')
		if n < 0 {
			p.words(i, to)
			return
		}
		lit, size := entity(p.src[i+n : to])
		if size == 0 {
			n, size = n+1, 0
		}
		p.words(i, i+n)
		p.literal(lit)
		i += n + size
	}
}

// unescape is s with its entities decoded, which is not added to the run.
func (p *parser) unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	p.flush()
	from := p.begin()
	for {
		n := strings.IndexByte(s, '&')
		if n < 0 {
			p.decoded.WriteString(s)
			return p.decoded.String()[from:]
		}
		lit, size := entity(s[n:])
		if size == 0 {
			lit, size = "&", 1
		}
		p.decoded.WriteString(s[:n])
		p.decoded.WriteString(lit)
		s = s[n+size:]
	}
}

// shown is unescape(s) without the zero-width spaces, for what shows and stands for
// something else.
func (p *parser) shown(s string) string {
	return strings.ReplaceAll(p.unescape(s), zwsp, "")
}

// target is where a link to the escaped address s leads, with what no address can
// hold encoded.
func (p *parser) target(s string) string {
	s = p.unescape(s)
	i := 0
	for i < len(s) && !notInAddress[s[i]] {
		i++
	}
	if i == len(s) {
		return s
	}
	p.flush()
	from := p.begin()
	for i := range len(s) {
		if c := s[i]; notInAddress[c] {
			p.decoded.WriteByte('%')
			p.decoded.WriteByte(upperHex[c>>4])
			p.decoded.WriteByte(upperHex[c&15])
		} else {
			p.decoded.WriteByte(c)
		}
	}
	return p.decoded.String()[from:]
}

// named is a mention's text: the sigil and the label, or else the id.
func (p *parser) named(sigil byte, label, id string) string {
	label = p.unescape(label)
	if strings.TrimLeftFunc(label, func(r rune) bool { return r == rune(sigil) || unseen(r) }) == "" {
		label = id
	}
	if label[0] == sigil {
		return label
	}
	p.flush()
	from := p.begin()
	p.decoded.WriteByte(sigil)
	p.decoded.WriteString(label)
	return p.decoded.String()[from:]
}
