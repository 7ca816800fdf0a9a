package mrkdwn

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators/chat/chattest"
)

// What the laws say holds for the texts of the reference corpus, too.
func TestCorpus(t *testing.T) {
	dir := chattest.Corpus(t)
	list, _ := filepath.Glob(filepath.Join(dir, "text", "mrkdwn-to-*.jsonl"))
	if len(list) == 0 {
		t.Fatal("the corpus has no texts")
	}
	for _, file := range list {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSpace(string(src)), "\n") {
			var p struct{ Input string }
			if err := json.Unmarshal([]byte(line), &p); err != nil {
				t.Fatal(err)
			}
			normal(t, p.Input, ParseOptions{})
			fixed(t, p.Input, ParseOptions{})
		}
	}
}
