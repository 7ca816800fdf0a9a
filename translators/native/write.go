package native

import (
	"bytes"
	"encoding/json"
	"fmt"

	"dragoman/translators/chat"
)

// Write writes m as one part of compact JSON. Nothing is lost, so there are no
// notes; it errs only for a message that no reader returns, such as one with a
// time past the year 9999.
func Write(out *chat.Output, m *chat.Message, _ *chat.Options) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return fmt.Errorf("native: %w", err)
	}
	out.Parts = append(out.Parts, chat.Part{Payload: bytes.TrimSuffix(b.Bytes(), []byte("\n"))})
	return nil
}
