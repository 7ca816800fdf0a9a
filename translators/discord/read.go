// Package discord reads and writes bodies of Discord's execute-webhook call.
package discord

import "dragoman/translators/chat"

// Read reads one payload.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error { return chat.ErrEmpty }
