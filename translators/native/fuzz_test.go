package native

import (
	"testing"

	"dragoman/translators/chat"
)

// FuzzRead: any bytes give a message in normal form that is written and read
// again as itself, or an error.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"blocks":[{"kind":"para","text":[{"text":"a","style":"bold+italic"},{"kind":"link","text":"b","ref":"https://b"}]}]}`,
		`{"origin":"slack","blocks":[{"kind":"group","card":{"colour":"#ff0000","title":[{"text":"t"}],"at":"2026-01-02T03:04:05Z","body":[{"kind":"item","level":3,"text":[{"text":"i"}]}]}}]}`,
		`{"blocks":[{"kind":"grid","table":{"head":true,"align":["left"],"rows":[[[{"text":"a"}]],[]]}},{"kind":"small","text":[{"kind":"icon","ref":"https://i"}]}]}`,
		`{"summary":[{"text":"only"}]}`, `{"blocks":[{"kind":"para","text":[{"text":"a\n\nb\u0000"}]}]}`, `{"blocks":null}`, `[]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m := new(chat.Message)
		if Read(m, nil, &chat.Input{Body: body}) != nil {
			return
		}
		if err := chat.Check(m); err != nil {
			t.Fatal(err)
		}
		var first, second chat.Output
		if err := Write(&first, m, &chat.Options{}); err != nil {
			t.Fatal(err)
		}
		again := new(chat.Message)
		if err := Read(again, nil, &chat.Input{Body: first.Parts[0].Payload}); err != nil {
			t.Fatal(err)
		}
		if err := Write(&second, again, &chat.Options{}); err != nil {
			t.Fatal(err)
		}
		if string(first.Parts[0].Payload) != string(second.Parts[0].Payload) {
			t.Errorf("first %s\nagain %s", first.Parts[0].Payload, second.Parts[0].Payload)
		}
	})
}
