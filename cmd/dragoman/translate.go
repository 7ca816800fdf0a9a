package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dragoman/gateway"
	"dragoman/gateway/ingest"
	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/github"
)

// maxInputBytes bounds one input, as the gateway bounds a body.
const maxInputBytes = 25 << 20

type translation struct {
	from, to, event string
	notes, report   bool
}

func newTranslate() *cobra.Command {
	var t translation
	cmd := &cobra.Command{
		Use:   "translate --from FORMAT --to FORMAT [FILE…]",
		Short: "Translate payloads, from files or standard input",
		RunE: func(cmd *cobra.Command, files []string) error {
			if err := t.check(); err != nil {
				return err
			}
			if len(files) == 0 {
				files = []string{"-"}
			}
			failed := 0
			for _, file := range files {
				if err := t.file(cmd, file); err != nil {
					failed++
					if !t.report {
						return &exit{exitFailed, fmt.Errorf("%s: %w", file, err)}
					}
				}
			}
			if failed > 0 {
				return &exit{exitFailed, fmt.Errorf("%d of %d inputs could not be translated", failed, len(files))}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&t.from, "from", "", "the `FORMAT` of the input")
	cmd.Flags().StringVar(&t.to, "to", "", "the `FORMAT` of the output")
	cmd.Flags().StringVar(&t.event, "event", "", "GitHub's event `NAME`")
	cmd.Flags().BoolVar(&t.notes, "notes", false, "say on standard error what was lost")
	cmd.Flags().BoolVar(&t.report, "report", false, "print one line of JSON for each input, and go on after a failing one")
	return cmd
}

func (t *translation) check() error {
	from, err := translators.Lookup(t.from)
	if err == nil && from.Read == nil {
		return usage("--from: %s cannot be read", t.from)
	}
	if err != nil {
		return usage("--from: %w", err)
	}
	to, err := translators.Lookup(t.to)
	if err == nil && to.Write == nil {
		return usage("--to: %s cannot be written", t.to)
	}
	if err != nil {
		return usage("--to: %w", err)
	}
	return nil
}

// file translates one input and prints what it became.
func (t *translation) file(cmd *cobra.Command, file string) error {
	out, err := t.translate(cmd.InOrStdin(), file)
	if t.report {
		return t.line(cmd.OutOrStdout(), file, out, err)
	}
	if t.notes {
		for _, n := range out.Notes.List {
			fmt.Fprintln(cmd.ErrOrStderr(), n)
		}
	}
	if err != nil {
		return err
	}
	for _, p := range out.Parts {
		if _, err := cmd.OutOrStdout().Write(append(bytes.TrimRight(p.Payload, "\n"), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// translate reads and translates one input. A silent event gives no parts.
func (t *translation) translate(stdin io.Reader, file string) (out chat.Output, err error) {
	body, err := read(stdin, file)
	if err != nil {
		return out, err
	}
	if f, _ := translators.Lookup(t.from); !f.Text {
		if body, err = ingest.Object(body); err != nil {
			return out, err
		}
	}
	in := &chat.Input{Body: body, Event: t.event}
	if strings.HasPrefix(t.from, "github") && in.Event == "" {
		in.Event = eventOf(file, body)
	}
	err = translators.Translate(&out, t.from, t.to, in, &chat.Options{MaxParts: 10, Components: true})
	if errors.Is(err, translators.ErrSilent) {
		err = nil
	}
	return out, err
}

// eventOf is the event that a file's name begins with, or that its payload
// certainly is.
func eventOf(file string, body []byte) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	if slices.Contains(github.Events(), name) {
		return name
	}
	return github.Guess(body)
}

// line prints the report on one input; it gives err back.
func (t *translation) line(w io.Writer, file string, out chat.Output, err error) error {
	rep := struct {
		File  string            `json:"file"`
		Parts []json.RawMessage `json:"parts"`
		Notes []chat.Note       `json:"notes"`
		Error *string           `json:"error"`
	}{file, []json.RawMessage{}, append([]chat.Note{}, out.Notes.List...), nil}
	for _, p := range out.Parts {
		rep.Parts = append(rep.Parts, gateway.PartValue(t.to, p.Payload))
	}
	if err != nil {
		s := err.Error()
		rep.Error = &s
	}
	if e := encode(w, rep, ""); e != nil {
		return e
	}
	return err
}

// encode writes JSON for programs and people: "<" stays "<".
func encode(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}

// read is the contents of a file, or of standard input for "-".
func read(stdin io.Reader, file string) ([]byte, error) {
	r := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxInputBytes+1))
	if err == nil && len(b) > maxInputBytes {
		err = fmt.Errorf("longer than %d bytes", maxInputBytes)
	}
	return b, err
}
