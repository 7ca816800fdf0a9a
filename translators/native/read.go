// Package native reads and writes the neutral message as JSON.
package native

import "dragoman/translators/chat"

// Read reads one payload.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error { return chat.ErrEmpty }
