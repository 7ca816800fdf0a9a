package translators

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dragoman/translators/chat"
)

var update = flag.Bool("update", false, "rewrite the expected files of testdata/<format>/<case>")

const testdata = "../testdata"

// chats are the formats that a case is written in; each has an expected file.
var chats = []string{"slack", "discord"}

// TestCases reads every testdata/<format>/<case>/in.json (in.txt for a text
// format), and compares what it becomes with the files beside it: chat.json, the
// message; slack.json and discord.json, the parts written; notes.txt, every note;
// or error.txt, when nothing can be said.
func TestCases(t *testing.T) {
	for _, f := range formats {
		if f.Read == nil {
			continue
		}
		inputs, err := filepath.Glob(filepath.Join(testdata, f.Name, "*", "in.*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range inputs {
			dir := filepath.Dir(in)
			t.Run(f.Name+"/"+filepath.Base(dir), func(t *testing.T) {
				got, err := translateCase(f, in)
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range []string{"chat.json", "slack.json", "discord.json", "notes.txt", "error.txt"} {
					golden(t, filepath.Join(dir, name), got[name])
				}
			})
		}
	}
}

// translateCase gives the files that a case should have, by name.
func translateCase(f Format, path string) (map[string][]byte, error) {
	in, err := readCase(path)
	if err != nil {
		return nil, err
	}
	var m chat.Message
	var read chat.Notes
	if err := f.Read(&m, &read, in); err != nil {
		return map[string][]byte{"error.txt": []byte(err.Error() + "\n")}, nil
	}
	if err := chat.Check(&m); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	var notes bytes.Buffer
	listNotes(&notes, "read", &read)
	opt := chat.Options{MaxParts: 10, Components: true}
	for _, name := range append([]string{"native"}, chats...) {
		var out chat.Output
		err := Write(&out, &m, name, &opt)
		listNotes(&notes, name, &out.Notes)
		if err != nil {
			notes.WriteString(name + ": error: " + err.Error() + "\n")
			continue
		}
		if name == "native" {
			files["chat.json"] = indented(out.Parts[0].Payload)
			continue
		}
		if len(out.Parts) == 0 {
			continue
		}
		parts := []byte{'['}
		for i, p := range out.Parts {
			if i > 0 {
				parts = append(parts, ',')
			}
			parts = append(parts, p.Payload...)
		}
		files[name+".json"] = indented(append(parts, ']'))
	}
	files["notes.txt"] = notes.Bytes()
	return files, nil
}

// readCase gives the input of a case.
func readCase(path string) (*chat.Input, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	event, err := os.ReadFile(filepath.Join(filepath.Dir(path), "event"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &chat.Input{Body: body, Event: strings.TrimSpace(string(event))}, nil
}

func listNotes(b *bytes.Buffer, who string, n *chat.Notes) {
	for _, note := range n.List {
		b.WriteString(who + ": " + note.String() + "\n")
	}
}

// indented is JSON for reading. What is no JSON stays as it is, for the diff to
// show.
func indented(payload []byte) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, payload, "", "  "); err != nil {
		return payload
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// golden compares got with the file, or makes the file so. An empty file is an
// absent one.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	switch {
	case !*update:
		t.Errorf("%s differs (-expected +got); if that is right: go test ./translators -update\n%s", path, cmp.Diff(string(want), string(got)))
	case len(got) == 0:
		err = os.Remove(path)
	default:
		err = os.WriteFile(path, got, 0o644)
	}
	if *update && err != nil {
		t.Fatal(err)
	}
}
