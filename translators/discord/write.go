package discord

import "dragoman/translators/chat"

// WriteEmbeds writes content and embeds.
func WriteEmbeds(out *chat.Output, m *chat.Message, opt *chat.Options) error { return nil }
