package github

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// corpus is where real payloads lie, when they are there at all.
func corpus(t *testing.T) string {
	dir := os.Getenv("DRAGOMAN_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "github", "index.jsonl")); err != nil {
		t.Skip("no corpus of real payloads beside the repository (DRAGOMAN_CORPUS says where)")
	}
	return dir
}

type sample struct {
	file, event string
	body        []byte
}

func samples(t *testing.T) []sample {
	dir := filepath.Join(corpus(t), "github")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for line := range strings.SplitSeq(strings.TrimSpace(string(index)), "\n") {
		var row struct{ File, Kind, Event string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(row.Kind, "event") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			t.Fatal(err)
		}
		if row.Kind == "event-with-text" {
			var wrap struct{ Payload json.RawMessage }
			if err := json.Unmarshal(body, &wrap); err != nil {
				t.Fatal(err)
			}
			body = wrap.Payload
		}
		list = append(list, sample{row.File, row.Event, body})
	}
	return list
}

func read(event string, body []byte) (*chat.Message, *chat.Notes, error) {
	m, n := new(chat.Message), new(chat.Notes)
	err := Read(m, n, &chat.Input{Event: event, Body: body})
	return m, n, err
}

func TestCorpus(t *testing.T) {
	silent, n := 0, 0
	for _, s := range samples(t) {
		m, _, err := read(s.event, s.body)
		n++
		if errors.Is(err, ErrSilent) {
			silent++
			if len(m.Blocks) > 0 {
				t.Errorf("%s: silent, and yet with blocks", s.file)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", s.file, err)
			continue
		}
		if err := chat.Check(m); err != nil {
			t.Errorf("%s: %v", s.file, err)
		}
		if os.Getenv("SHOW") != "" {
			c := m.Blocks[0].Card
			t.Logf("%-55s %-11s %s | %s | %s | %s", s.file, m.Role, c.Colour, c.Title.Plain(), m.Summary.Plain(), c.URL)
		}
	}
	t.Logf("%d events, %d of them silent", n, silent)
}
