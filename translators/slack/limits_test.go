package slack

import (
	"os"
	"testing"
)

// limitsTable is Slack's limits as data, which know nothing of the constants here.
func limitsTable(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("../../testdata/limits/slack.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
