package translators_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/formattest"
)

var update = flag.Bool("update", false, "rewrite the expected files of testdata/<format>/<case>")

// chats are the formats that a case is written in; each has an expected file.
var chats = []string{"slack", "discord"}

// variants are formats that a case is written in when it has a file for them, which
// may be empty for -update to fill.
var variants = []string{"discord-components"}

// TestCases reads every testdata/<format>/<case>/in.json (in.txt for a text
// format), and compares what it becomes with the files beside it: chat.json, the
// message; slack.json and discord.json, the parts written, and those of a variant;
// notes.txt, every note; or error.txt, when nothing can be said.
func TestCases(t *testing.T) {
	for _, f := range translators.Formats() {
		for _, c := range formattest.Cases(t, f.Name) {
			t.Run(f.Name+"/"+c.Name, func(t *testing.T) {
				dir := filepath.Join(formattest.Testdata(t), f.Name, c.Name)
				in := chats
				for _, name := range variants {
					if _, err := os.Stat(filepath.Join(dir, name+".json")); err == nil {
						in = append(in, name)
					}
				}
				expected := become(t, f.Name, in, c.Input)
				names := []string{"chat.json", "notes.txt", "error.txt"}
				for _, name := range in {
					names = append(names, name+".json")
				}
				for _, name := range names {
					golden(t, filepath.Join(dir, name), expected[name])
				}
			})
		}
	}
}

// become gives the files that a case written in some formats should have, by name.
func become(t *testing.T, format string, to []string, in *chat.Input) map[string][]byte {
	t.Helper()
	var m chat.Message
	var read chat.Notes
	if err := translators.Read(&m, &read, format, in); err != nil {
		return map[string][]byte{"error.txt": []byte(err.Error() + "\n")}
	}
	if err := chat.Check(&m); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	var notes bytes.Buffer
	list := func(who string, n *chat.Notes) {
		for _, note := range n.List {
			notes.WriteString(who + ": " + note.String() + "\n")
		}
	}
	list("read", &read)
	files["chat.json"] = indented(write(t, &m, "native").Parts[0].Payload)
	for _, name := range to {
		out := write(t, &m, name)
		list(name, &out.Notes)
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
	return files
}

func write(t *testing.T, m *chat.Message, format string) *chat.Output {
	t.Helper()
	out := new(chat.Output)
	if err := translators.Write(out, m, format, &chat.Options{MaxParts: 10, Components: true}); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out
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
	if !*update {
		t.Errorf("%s differs (-expected +got); if that is right: go test ./translators -update\n%s", path, cmp.Diff(string(want), string(got)))
		return
	}
	if len(got) == 0 {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, got, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
