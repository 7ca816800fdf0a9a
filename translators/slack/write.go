package slack

import "dragoman/translators/chat"

// WriteBlocks writes Block Kit, with attachments for cards.
func WriteBlocks(out *chat.Output, m *chat.Message, opt *chat.Options) error { return nil }

// WriteAttachments writes classic attachments, for receivers without blocks.
func WriteAttachments(out *chat.Output, m *chat.Message, opt *chat.Options) error { return nil }
