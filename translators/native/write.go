package native

import "dragoman/translators/chat"

// Write writes one JSON value.
func Write(out *chat.Output, m *chat.Message, opt *chat.Options) error { return nil }
