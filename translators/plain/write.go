// Package plain writes a message as plain text.
package plain

import "dragoman/translators/chat"

// Write writes one text.
func Write(out *chat.Output, m *chat.Message, opt *chat.Options) error { return nil }
