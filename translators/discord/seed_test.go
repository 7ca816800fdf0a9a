package discord

import (
	"testing"

	"dragoman/translators/chat/chattest"
)

func TestMain(m *testing.M) { chattest.Main(m) }
