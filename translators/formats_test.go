package translators_test

import (
	"testing"

	"dragoman/translators"
	"dragoman/translators/formattest"
)

// TestFormats runs the laws over every case and over generated messages.
func TestFormats(t *testing.T) {
	for _, f := range translators.Formats() {
		t.Run(f.Name, func(t *testing.T) { formattest.Run(t, f.Name) })
	}
}
