package mrkdwn

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the laws say holds for the texts of the reference corpus, too.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("DRAGOMAN_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	list, _ := filepath.Glob(filepath.Join(dir, "text", "mrkdwn-to-*.jsonl"))
	if len(list) == 0 {
		t.Skip("no reference corpus")
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
