package slack_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
	"dragoman/translators/slack"
)

// writers are what writes for Slack.
var writers = map[string]func(*chat.Output, *chat.Message, *chat.Options) error{
	"WriteBlocks":      slack.WriteBlocks,
	"WriteAttachments": slack.WriteAttachments,
}

// breaches are the rules that writers are known to break, by Slack's words, with
// the smallest example. Whoever mends one takes it off.
var breaches = map[string]string{}

// options are different enough to reach the limits of parts and the rest.
var options = map[string]*chat.Options{
	"one part":   {MaxParts: 1},
	"many parts": {MaxParts: 10, Components: true},
	"legacy":     {MaxParts: 3, Legacy: true},
}

// refused lists what Slack refuses of what a writer makes of m.
func refused(m *chat.Message) (found []string) {
	for name, write := range writers {
		for kind, opt := range options {
			var out chat.Output
			if err := write(&out, m, opt); err != nil {
				if !errors.Is(err, chat.ErrEmpty) {
					found = append(found, name+": "+err.Error())
				}
				continue
			}
			for _, p := range out.Parts {
				for _, v := range slack.Check(p.Payload) {
					if _, known := breaches[v.Message]; known {
						continue
					}
					found = append(found, name+", "+kind+": "+v.Error+": "+v.String()+"\nin "+excerpt(p.Payload))
				}
			}
		}
	}
	return found
}

func excerpt(payload []byte) string {
	const most = 1500
	if len(payload) > most {
		return string(payload[:most]) + "…"
	}
	return string(payload)
}

// TestWrittenIsTaken writes every message of the corpus for Slack and checks that
// Slack would take it.
func TestWrittenIsTaken(t *testing.T) {
	dir := chattest.Corpus(t)
	for _, format := range []string{"slack", "discord", "github", "hostile"} {
		t.Run(format, func(t *testing.T) {
			index, err := os.ReadFile(filepath.Join(dir, format, "index.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			written := 0
			for line := range strings.Lines(string(index)) {
				var row struct{ File, Kind, Event string }
				if err := json.Unmarshal([]byte(line), &row); err != nil {
					t.Fatal(err)
				}
				body, err := os.ReadFile(filepath.Join(dir, format, row.File))
				if err != nil {
					t.Fatal(err)
				}
				if !json.Valid(body) {
					continue // refused at the door
				}
				in := &chat.Input{Event: row.Event, Body: body}
				if name, ok := strings.CutPrefix(row.Kind, "event:"); ok && in.Event == "" {
					in.Event = name
				}
				from := []string{format}
				if format == "hostile" {
					from = []string{"slack", "discord", "github"}
				}
				for _, f := range from {
					m := new(chat.Message)
					if err := translators.Read(m, nil, f, in); err != nil {
						continue
					}
					written++
					for _, bad := range refused(m) {
						t.Errorf("%s: %s", row.File, bad)
					}
				}
			}
			if written == 0 {
				t.Error("nothing was read")
			}
		})
	}
}

// TestGeneratedIsTaken does the same with messages of all kinds, short ones and
// such that pass the limits of a payload.
func TestGeneratedIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := chattest.Message().Draw(t, "message")
		blocks := m.Blocks
		for range rapid.SampledFrom([]int{0, 0, 0, 3, 30}).Draw(t, "times") {
			m.Blocks = append(m.Blocks[:len(m.Blocks):len(m.Blocks)], blocks...)
		}
		if rapid.IntRange(1, 5).Draw(t, "long") == 1 {
			m.Add(chat.Block{Text: chat.Text{{Text: strings.Repeat("<&> *long* words 🦉 ", 1500)}}})
		}
		for _, bad := range refused(m) {
			t.Error(bad)
		}
	})
}
