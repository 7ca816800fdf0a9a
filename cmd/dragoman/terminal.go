package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
)

// clean is text from outside as a terminal may show it: in one line, and without
// characters that command it or turn the reading about.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsPrint(r), r == '\u200d', r == '\ufe0f': // emoji are made with the last two
			return r
		}
		return '\ufffd'
	}, s)
}

// terminal reports whether w is one that takes colours and moving lines.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// paint colours words on a terminal, unless NO_COLOR is set. https://no-color.org
func paint(w io.Writer, state, words string) string {
	codes := map[string]string{"done": "32", "routed": "32", "dead": "31", "failed": "31", "partial": "33", "pending": "36", "held": "36"}
	if code := codes[state]; code != "" && os.Getenv("NO_COLOR") == "" && terminal(w) {
		return "\x1b[" + code + "m" + words + "\x1b[0m"
	}
	return words
}

// bar shows how far something has come, on a terminal alone.
type bar struct {
	w    io.Writer
	what string
	at   time.Time // of the last drawing
}

// to draws the bar at done of all, not more often than the eye can see.
func (b *bar) to(done, all int64) {
	if !terminal(b.w) || time.Since(b.at) < 100*time.Millisecond && done < all {
		return
	}
	b.at = time.Now()
	const width = 30
	full := 0
	if all > 0 {
		full = int(done * width / all)
	}
	fmt.Fprintf(b.w, "\r%s [%s%s] %d of %d\x1b[K", b.what, strings.Repeat("=", full), strings.Repeat(" ", width-full), done, all)
}

// end takes the bar away.
func (b *bar) end() {
	if !b.at.IsZero() {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// clock is a time as lists show it, in the reader's own zone.
func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
