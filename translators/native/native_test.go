package native

import (
	"errors"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

func read(t *testing.T, body string) (*chat.Message, *chat.Notes, error) {
	t.Helper()
	m, n := new(chat.Message), new(chat.Notes)
	err := Read(m, n, &chat.Input{Body: []byte(body)})
	return m, n, err
}

func TestReadRefuses(t *testing.T) {
	for body, want := range map[string]string{
		`{"blcks":[]}`:                                                `native: unknown member "blcks"`,
		`{"blocks":[{"kind":"paragraph"}]}`:                           `native: no kind of block "paragraph"`,
		`{"blocks":[{"kind":"para","text":"words"}]}`:                 `native: blocks.text: a JSON string cannot stand here`,
		`{"blocks":[{"kind":"para","text":[{"style":"bold+loud"}]}]}`: `native: no style "loud"`,
		`{"blocks":`: `native: the JSON ends too early`,
		``:           `native: the JSON ends too early`,
		`{} {}`:      `native: more than one JSON value`,
		`[]`:         `native: message: a JSON array`,
	} {
		_, _, err := read(t, body)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got error %v, want %s…", body, err, want)
		}
	}
}

func TestReadEmpty(t *testing.T) {
	for _, body := range []string{`{}`, `null`, `{"blocks":[]}`, `{"blocks":[{"kind":"para","text":[{"text":" \n "}]}]}`, `{"sender":{"name":"ci"}}`} {
		if _, _, err := read(t, body); !errors.Is(err, chat.ErrEmpty) {
			t.Errorf("%s: got error %v, want chat.ErrEmpty", body, err)
		}
	}
}

func TestReadSummaryAlone(t *testing.T) {
	m, _, err := read(t, `{"summary":[{"text":"build 7\n\nis green"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Summary) != 0 || len(m.Blocks) != 2 || m.Blocks[1].Text.Plain() != "is green" {
		t.Errorf("got summary %q and blocks %+v", m.Summary.Plain(), m.Blocks)
	}
}

func TestReadBounds(t *testing.T) {
	para := `{"kind":"para","text":[{"text":"x"}]},`
	body := `{"blocks":[` + strings.TrimSuffix(strings.Repeat(para, chat.MaxBlocks+5), ",") + `]}`
	m, n, err := read(t, body)
	if err != nil || len(m.Blocks) != chat.MaxBlocks {
		t.Fatalf("got %d blocks, error %v", len(m.Blocks), err)
	}
	if len(n.List) != 1 || n.List[0] != (chat.Note{Loss: chat.Dropped, Where: "blocks", What: "block", Count: 5}) {
		t.Errorf("got notes %v", n.List)
	}
}

func TestWriteKeepsAngles(t *testing.T) {
	m := &chat.Message{Blocks: []chat.Block{{Text: chat.Text{{Text: "a < b & c > d"}}}}}
	var out chat.Output
	if err := Write(&out, m, &chat.Options{}); err != nil {
		t.Fatal(err)
	}
	want := `{"blocks":[{"kind":"para","text":[{"text":"a < b & c > d"}]}]}`
	if len(out.Parts) != 1 || string(out.Parts[0].Payload) != want {
		t.Errorf("got %s, want %s", out.Parts[0].Payload, want)
	}
}
