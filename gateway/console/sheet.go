package console

import (
	"html/template"
	"strconv"
)

// fixed is a word of the page's own: a tag, a class or an attribute. Constants
// become one by themselves and strings do not, so what users wrote cannot stand
// where only words of the page may.
type fixed string

// sheet is HTML being written. What users wrote goes through text and attr
// alone, and both escape it.
type sheet struct{ html []byte }

// open begins an element; class may be empty.
func (s *sheet) open(tag, class fixed) {
	s.begin(tag, class)
	s.end()
}

// begin begins an element to which attributes are added before end.
func (s *sheet) begin(tag, class fixed) {
	s.html = append(append(s.html, '<'), tag...)
	if class != "" {
		s.attr("class", string(class))
	}
}

func (s *sheet) attr(name fixed, value string) {
	s.html = append(append(append(s.html, ' '), name...), `="`...)
	s.text(value)
	s.html = append(s.html, '"')
}

func (s *sheet) attrInt(name fixed, value int) { s.attr(name, strconv.Itoa(value)) }

func (s *sheet) end() { s.html = append(s.html, '>') }

func (s *sheet) close(tag fixed) {
	s.html = append(append(append(s.html, '<', '/'), tag...), '>')
}

// void is an element without content.
func (s *sheet) void(tag fixed) { s.html = append(append(append(s.html, '<'), tag...), "/>"...) }

// element is an element which holds only text.
func (s *sheet) element(tag, class fixed, text string) {
	s.open(tag, class)
	s.text(text)
	s.close(tag)
}

// text writes what users wrote: nothing in it is markup, neither between tags
// nor within the quotes of an attribute.
func (s *sheet) text(words string) {
	from := 0
	for i := range len(words) {
		var escaped string
		switch c := words[i]; c {
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '&':
			escaped = "&amp;"
		case '"':
			escaped = "&#34;"
		case '\'':
			escaped = "&#39;"
		default:
			if c >= ' ' || c == '\n' || c == '\t' || c == '\r' {
				continue
			}
			escaped = "\ufffd" // no control character has a meaning here
		}
		s.html = append(append(s.html, words[from:i]...), escaped...)
		from = i + 1
	}
	s.html = append(s.html, words[from:]...)
}

// done is what was written, for a template.
func (s *sheet) done() template.HTML { return template.HTML(s.html) }
