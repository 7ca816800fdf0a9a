package chattest

import (
	"os"
	"path/filepath"
	"testing"
)

// Corpus is the folder of real payloads, which is not part of the project: where
// DRAGOMAN_CORPUS says, else beside the repository. Without it the test is skipped.
func Corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DRAGOMAN_CORPUS")
	if dir == "" {
		root, err := os.Getwd()
		for err == nil && !exists(filepath.Join(root, "go.mod")) && root != filepath.Dir(root) {
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "corpus")
	}
	if !exists(filepath.Join(dir, "README.md")) {
		t.Skip("no corpus of real payloads beside the repository (DRAGOMAN_CORPUS says where)")
	}
	return dir
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
