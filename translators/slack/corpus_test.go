package slack

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"dragoman/translators/chat"
)

// eachCorpusBody calls f with every Slack body of the reference corpus, where it
// exists.
func eachCorpusBody(t *testing.T, f func(t *testing.T, kind string, body []byte)) {
	t.Helper()
	dir := os.Getenv("DRAGOMAN_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	index, err := os.Open(filepath.Join(dir, "slack", "index.jsonl"))
	if err != nil {
		t.Skip("no reference corpus; DRAGOMAN_CORPUS names its folder")
	}
	defer index.Close()
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct{ File, Kind string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, "slack", row.File))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(row.File, func(t *testing.T) { f(t, row.Kind, body) })
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestCorpusIsRead(t *testing.T) {
	eachCorpusBody(t, func(t *testing.T, kind string, body []byte) {
		var m chat.Message
		var n chat.Notes
		err := Read(&m, &n, &chat.Input{Body: body})
		if errors.Is(err, chat.ErrEmpty) {
			if kind == "message" {
				t.Errorf("empty")
			}
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
