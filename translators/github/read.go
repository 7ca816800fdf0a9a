// Package github reads and writes GitHub's webhook events.
package github

import "dragoman/translators/chat"

// Read reads one payload.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error { return chat.ErrEmpty }
