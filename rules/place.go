package rules

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Expr is an expression and where it stands in the configuration file.
type Expr struct {
	Text         string
	File         string // as it is to be shown; empty: errors carry no position
	Line, Column int    // of the first character, from 1; Column counts characters
	// Lines are the lines of the file from Line on, as many as the expression takes
	// at least. They are optional. With them the place of a mistake is found in the
	// file as it is written; without, or when quoting or folding changed the text, a
	// mistake is reported at the expression's start and shown in its own text.
	Lines []string
}

// Error is a mistake in an expression.
type Error struct {
	File         string // empty: the position is unknown
	Line, Column int    // from 1
	Where        string // which expression: `route "releases": when`
	Reason       string
	Source       string // the line the mistake is in, or a part of it
	Caret        int    // characters of Source before the mistake
}

// Error returns the position, the reason, and below them the line with a caret
// under the mistake.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", e.File, e.Line, e.Column)
	}
	fmt.Fprintf(&b, "rules: %s: %s", e.Where, e.Reason)
	if e.Source != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", e.Source, strings.Repeat(" ", e.Caret))
	}
	return b.String()
}

// errorAt makes the error for a place in the expression's text, given as the line
// from 0 and the column from 0 in characters.
func (e Expr) errorAt(line, column int, where, reason string) *Error {
	out := &Error{File: e.File, Where: where, Reason: reason}
	var source string
	out.Line, out.Column, source = e.locate(line, column)
	caret := column
	if source == "" {
		source = nth(e.Text, line)
	} else {
		caret = out.Column - 1
	}
	out.Source, out.Caret = window(source, caret)
	return out
}

// locate turns a place in the text into one in the file, and returns the file's
// line when the place was found in it exactly.
func (e Expr) locate(line, column int) (fileLine, fileColumn int, source string) {
	text := nth(e.Text, line)
	if line < len(e.Lines) && text != "" {
		from := 0
		if line == 0 {
			from = byteAt(e.Lines[0], e.Column-1)
		}
		source = strings.TrimRight(e.Lines[line], "\r\n")
		if at := strings.Index(source[min(from, len(source)):], text); at >= 0 && (line > 0 || at <= 1) {
			start := utf8.RuneCountInString(source[:from+at])
			return e.Line + line, start + column + 1, source
		}
		return e.Line, e.Column, ""
	}
	if line == 0 {
		return e.Line, e.Column + column, ""
	}
	return e.Line + line, column + 1, ""
}

// nth returns line n of s, counted from 0.
func nth(s string, n int) string {
	for ; n > 0; n-- {
		_, s, _ = strings.Cut(s, "\n")
	}
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimRight(s, "\r")
}

// byteAt returns the offset of character n of s.
func byteAt(s string, n int) int {
	for i := range s {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(s)
}

// Of a long line only a part around the mistake is shown.
const (
	windowBefore = 60
	windowAfter  = 40
)

// window cuts a line to what stands around the caret and makes it safe to print:
// tabs and other control characters become spaces, so that the caret stays under
// its character.
func window(line string, caret int) (string, int) {
	runes := []rune(line)
	caret = min(max(caret, 0), len(runes))
	for i, r := range runes {
		if r < ' ' || r == 0x7f {
			runes[i] = ' '
		}
	}
	indent := 0
	for indent < caret && runes[indent] == ' ' {
		indent++
	}
	from := max(indent, caret-windowBefore)
	to := min(len(runes), caret+windowAfter)
	return string(runes[from:to]), caret - from
}

func quote(name string) string { return strconv.Quote(name) }
