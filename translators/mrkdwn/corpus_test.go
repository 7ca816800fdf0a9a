package mrkdwn

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// differences are pairs of the reference corpus that are read otherwise here,
// and why.
var differences = map[string]string{}

// The reference corpus holds what other libraries make of the same texts.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("DRAGOMAN_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	list, _ := filepath.Glob(filepath.Join(dir, "text", "mrkdwn-to-*.jsonl"))
	if len(list) == 0 {
		t.Skip("no reference corpus")
	}
	total, same := 0, 0
	for _, file := range list {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.HasSuffix(file, "-plain.jsonl")
		for line := range strings.SplitSeq(strings.TrimSpace(string(src)), "\n") {
			var p struct{ ID, Input, Expected, Match string }
			if err := json.Unmarshal([]byte(line), &p); err != nil {
				t.Fatal(err)
			}
			normal(t, p.Input, ParseOptions{})
			fixed(t, p.Input)
			if !plain {
				continue
			}
			total++
			got := chat.Message{Blocks: Parse(nil, nil, p.Input, ParseOptions{})}
			words := visible(got.Blocks)
			ok := false
			switch p.Match {
			case "equals":
				ok = words == p.Expected
			case "contains":
				ok = strings.Contains(words, p.Expected)
			case "not contains":
				ok = !strings.Contains(words, p.Expected)
			case "not equals":
				ok = words != p.Expected
			}
			if ok {
				same++
			} else if why, known := differences[p.ID]; known {
				t.Logf("%s: %s", p.ID, why)
			} else {
				t.Errorf("%s: %q %s %q, got %q", p.ID, p.Input, p.Match, p.Expected, words)
			}
		}
	}
	t.Logf("%d of %d pairs agree", same, total)
}
