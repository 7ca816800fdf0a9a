// Package translators reads every format into one neutral message and writes
// every format out of it. Formats is all there is.
package translators

import (
	"errors"
	"fmt"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/discord"
	"dragoman/translators/github"
	"dragoman/translators/markdown"
	"dragoman/translators/mrkdwn"
	"dragoman/translators/native"
	"dragoman/translators/plain"
	"dragoman/translators/slack"
)

// Reader fills m, which is empty, from one event. It returns an error only when
// nothing sensible can be said (chat.ErrEmpty for an empty message); what it
// could not carry it adds to n. m shares no memory with in.Body.
type Reader func(m *chat.Message, n *chat.Notes, in *chat.Input) error

// Writer appends parts to out.Parts, and what it could not carry to out.Notes.
// It does not change m and is safe to call concurrently.
type Writer func(out *chat.Output, m *chat.Message, opt *chat.Options) error

// Format is a row of the table.
type Format struct {
	Name  string
	Read  Reader // nil: cannot be read
	Write Writer // nil: cannot be written
	Text  bool   // payloads are text, not JSON
	Files bool   // files can go with a payload: the writer sends Options.Whole
}

var formats = []Format{
	{"slack", slack.Read, slack.WriteBlocks, false, false},                     // a Slack message: text, blocks, attachments
	{"slack-attachments", slack.Read, slack.WriteAttachments, false, false},    // the same for receivers without blocks
	{"discord", discord.Read, discord.WriteEmbeds, false, true},                // a Discord execute body
	{"discord-components", discord.Read, discord.WriteComponents, false, true}, // the same, as Components V2
	{"github", github.Read, nil, false, false},                                 // an event, named beside the body
	{"github-discord", github.ReadDiscord, nil, false, false},                  // the same, as Discord's /github shows it
	{"mrkdwn", mrkdwn.Read, mrkdwn.Write, true, false},                         // text languages, read and written as text
	{"markdown", markdown.Read, markdown.Write, true, false},                   // Discord's Markdown
	{"gfm", markdown.ReadGFM, nil, true, false},                                // GitHub's Markdown
	{"plain", nil, plain.Write, true, false},
	{"native", native.Read, native.Write, false, false}, // chat.Message as JSON
}

// ErrUnknownFormat is wrapped by errors about a name that is no format's, or of
// one which cannot be read or written as asked.
var ErrUnknownFormat = errors.New("unknown format")

// ErrSilent is returned by a reader for an event which deliberately says nothing
// to a reader of a channel. It is no failure.
var ErrSilent = github.ErrSilent

// Formats lists the table, in its order.
func Formats() []Format { return append([]Format(nil), formats...) }

// Lookup finds a format by name.
func Lookup(name string) (Format, error) {
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("translators: %w %q (have %s)", ErrUnknownFormat, name, names(func(Format) bool { return true }))
}

// Read reads one event of a format into m, which must be empty.
func Read(m *chat.Message, n *chat.Notes, format string, in *chat.Input) error {
	f, err := Lookup(format)
	if err != nil {
		return err
	}
	if f.Read == nil {
		return fmt.Errorf("translators: %w: %s cannot be read (can be: %s)", ErrUnknownFormat, format, names(func(f Format) bool { return f.Read != nil }))
	}
	return f.Read(m, n, in)
}

// Write appends m in a format to out. With chat.OverflowFile a message that is too
// long for one payload goes out as one, with its whole text in a file, in a format
// that can send files.
func Write(out *chat.Output, m *chat.Message, format string, opt *chat.Options) error {
	f, err := Lookup(format)
	if err != nil {
		return err
	}
	if f.Write == nil {
		return fmt.Errorf("translators: %w: %s cannot be written (can be: %s)", ErrUnknownFormat, format, names(func(f Format) bool { return f.Write != nil }))
	}
	if f.Files && opt != nil && opt.Overflow == chat.OverflowFile {
		return writeWithFile(out, m, f.Write, opt)
	}
	return f.Write(out, m, opt)
}

// Translate reads one event and appends it in another format to out, with the
// notes of both.
func Translate(out *chat.Output, from, to string, in *chat.Input, opt *chat.Options) error {
	m := chat.Take()
	defer m.Give()
	if err := Read(m, &out.Notes, from, in); err != nil {
		return err
	}
	return Write(out, m, to, opt)
}

func names(ok func(Format) bool) string {
	var list []string
	for _, f := range formats {
		if ok(f) {
			list = append(list, f.Name)
		}
	}
	return strings.Join(list, ", ")
}
