package slack

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// eachCorpusBody calls f with the name and the bytes of every Slack body of the
// reference corpus, where it exists.
func eachCorpusBody(t *testing.T, f func(t *testing.T, file string, body []byte)) {
	t.Helper()
	dir := chattest.Corpus(t)
	index, err := os.Open(filepath.Join(dir, "slack", "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct{ File string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, "slack", row.File))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(row.File, func(t *testing.T) { f(t, row.File, body) })
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// saysNothing lists the bodies of the corpus that show nothing in Slack either:
// empty lists, a callback, and opinions about the others.
var saysNothing = map[string]bool{
	"alerting--grafana-slack-slack-008.json": true,
	"python-slack-sdk--test-blocks-33.json":  true,
	"python-slack-sdk--test-blocks-9.json":   true,
	"slack--block-data-table-test-4.json":    true,
	"slack--block-rich-text-test-12.json":    true,
	"slack--block-rich-text-test-4.json":     true,
	"slack--block-rich-text-test-6.json":     true,
	"zulip--message-changed.json":            true,
	"peer-renderings.jsonl":                  true,
}

func TestCorpusIsRead(t *testing.T) {
	eachCorpusBody(t, func(t *testing.T, file string, body []byte) {
		var m chat.Message
		var n chat.Notes
		err := Read(&m, &n, &chat.Input{Body: body})
		if empty := errors.Is(err, chat.ErrEmpty); empty != saysNothing[file] {
			t.Errorf("empty: %t", empty)
		} else if empty {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := chat.Check(&m); err != nil {
			t.Error(err)
		}
	})
}
