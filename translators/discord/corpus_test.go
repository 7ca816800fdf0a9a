package discord

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// corpus gives the bodies of the reference corpus, which is not part of the
// project: DRAGOMAN_CORPUS, or beside the repository.
func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	root := os.Getenv("DRAGOMAN_CORPUS")
	if root == "" {
		root = "../../../shared/corpus"
	}
	files, _ := filepath.Glob(filepath.Join(root, "discord", "*.json"))
	if len(files) == 0 {
		t.Skip("no corpus: set DRAGOMAN_CORPUS to run over real bodies")
	}
	bodies := make(map[string][]byte, len(files))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		bodies[strings.TrimSuffix(filepath.Base(f), ".json")] = b
	}
	return bodies
}

func TestCorpus(t *testing.T) {
	for name, body := range corpus(t) {
		var m chat.Message
		var notes chat.Notes
		err := Read(&m, &notes, &chat.Input{Body: body})
		if errors.Is(err, chat.ErrEmpty) || errors.Is(err, ErrShape) {
			t.Logf("%s: %v %v", name, err, notes.List)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := chat.Check(&m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(notes.List) > 0 {
			t.Logf("%s: %v", name, notes.List)
		}
	}
}
