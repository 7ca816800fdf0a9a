// Package slack reads and writes Slack messages: text, Block Kit and attachments.
package slack

import "dragoman/translators/chat"

// Read reads one payload.
func Read(m *chat.Message, n *chat.Notes, in *chat.Input) error { return chat.ErrEmpty }
