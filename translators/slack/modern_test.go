package slack_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
	"dragoman/translators/slack"
)

// TestModernising writes every real message with classic attachments in blocks:
// nothing that it says or links to is lost, and its colours stay.
func TestModernising(t *testing.T) {
	dir := chattest.Corpus(t)
	files, _ := filepath.Glob(filepath.Join(dir, "slack", "*.json"))
	if len(files) == 0 {
		t.Fatal("the corpus has no Slack bodies")
	}
	modern := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var classic struct{ Attachments []json.RawMessage }
		if json.Unmarshal(body, &classic) != nil || len(classic.Attachments) == 0 {
			continue
		}
		m := new(chat.Message)
		if err := slack.Read(m, nil, &chat.Input{Body: body}); errors.Is(err, chat.ErrEmpty) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		modern++
		var out chat.Output
		if err := slack.WriteBlocks(&out, m, &chat.Options{MaxParts: 20, Legacy: true}); err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		for _, n := range out.Notes.List {
			if n.Loss == chat.Dropped || n.Loss == chat.Shortened {
				t.Errorf("%s: %s", name, n)
			}
		}
		var words, links, colours []string
		for _, p := range out.Parts {
			again := new(chat.Message)
			if err := slack.Read(again, nil, &chat.Input{Body: p.Payload}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			words, links, colours = append(words, chattest.Words(again)...), append(links, chattest.Links(again)...), append(colours, coloursOf(again)...)
		}
		for what, lists := range map[string][2][]string{
			"words": {chattest.Words(m), words}, "links": {chattest.Links(m), links}, "colours": {coloursOf(m), colours},
		} {
			if missing := lacks(lists[0], lists[1]); len(missing) > 0 {
				t.Errorf("%s: %s %q are lost", name, what, missing)
			}
		}
	}
	if modern < 50 {
		t.Errorf("%d messages with attachments", modern)
	}
}

func coloursOf(m *chat.Message) (list []string) {
	for i := range m.Blocks {
		if c := m.Blocks[i].Card; c != nil && c.Colour != 0 {
			text, _ := c.Colour.MarshalText()
			list = append(list, string(text))
		}
	}
	return list
}

// lacks is what of want is not in have, counting.
func lacks(want, have []string) (missing []string) {
	have = slices.Clone(have)
	for _, s := range want {
		if i := slices.Index(have, s); i >= 0 {
			have = slices.Delete(have, i, i+1)
		} else if strings.TrimSpace(s) != "" {
			missing = append(missing, s)
		}
	}
	return missing
}
