package markdown_test

import (
	"testing"

	"dragoman/translators/formattest"
)

func TestLaws(t *testing.T) { formattest.Run(t, "markdown") }
