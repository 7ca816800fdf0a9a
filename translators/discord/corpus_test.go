package discord_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/discord"
	"dragoman/translators/formattest"
)

// bodies are those of the project's cases and, where it exists, of the reference
// corpus, which is not part of the project: DRAGOMAN_CORPUS, or beside the
// repository.
func bodies(t testing.TB) map[string][]byte {
	t.Helper()
	files, _ := filepath.Glob("../../testdata/discord/*/in.json")
	if len(files) == 0 {
		t.Fatal("no cases in testdata/discord")
	}
	root := os.Getenv("DRAGOMAN_CORPUS")
	if root == "" {
		root = "../../../shared/corpus"
	}
	real, _ := filepath.Glob(filepath.Join(root, "discord", "*.json"))
	if len(real) == 0 {
		t.Log("no reference corpus (set DRAGOMAN_CORPUS): the project's own cases only")
	}
	all := map[string][]byte{}
	for _, f := range append(files, real...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		if name == "in.json" {
			name = filepath.Base(filepath.Dir(f))
		}
		all[strings.TrimSuffix(name, ".json")] = b
	}
	return all
}

// readLimits are those of testdata/limits, which the writer does not share.
func readLimits(t testing.TB) (limits map[string]any) {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/limits/discord.json")
	if err == nil {
		err = json.Unmarshal(raw, &limits)
	}
	if err != nil {
		t.Fatal(err)
	}
	return limits
}

func most(limits map[string]any, key string) int {
	return int(limits[key].(map[string]any)["max"].(float64))
}

// read reads a body; nil when it says nothing.
func read(t testing.TB, body []byte) (*chat.Message, []chat.Note) {
	t.Helper()
	var m chat.Message
	var notes chat.Notes
	err := discord.Read(&m, &notes, &chat.Input{Body: body})
	if errors.Is(err, chat.ErrEmpty) || errors.Is(err, discord.ErrShape) {
		return nil, notes.List
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := chat.Check(&m); err != nil {
		t.Fatal(err)
	}
	return &m, notes.List
}

// write writes m and checks every part against the limits.
func write(t testing.TB, limits map[string]any, m *chat.Message, opt chat.Options) *chat.Output {
	t.Helper()
	var out chat.Output
	if err := discord.WriteEmbeds(&out, m, &opt); err != nil {
		t.Fatalf("write: %v", err)
	}
	if len(out.Parts) > max(1, opt.MaxParts) {
		t.Errorf("%d parts, allowed are %d", len(out.Parts), opt.MaxParts)
	}
	if err := formattest.Limits("discord", limits, &out); err != nil {
		t.Error(err)
	}
	for i, p := range out.Parts {
		if n := len(gjson.GetBytes(p.Payload, "attachments").Array()); n != len(p.Files) {
			t.Errorf("part %d: %d attachments, %d files", i, n, len(p.Files))
		}
	}
	return &out
}

// same compares two messages by what a reader of the chat would see.
func same(a, b *chat.Message) string {
	return cmp.Diff(a, b, cmpopts.IgnoreUnexported(chat.Message{}), cmpopts.IgnoreFields(chat.Message{}, "Pings"),
		cmpopts.EquateEmpty())
}

func TestBodies(t *testing.T) {
	limits := readLimits(t)
	for name, body := range bodies(t) {
		t.Run(name, func(t *testing.T) {
			m, notes := read(t, body)
			if m == nil {
				if strings.Contains(string(body), "42") {
					t.Log(notes)
				}
				return
			}
			for _, opt := range []chat.Options{{MaxParts: 10, Components: true}, {MaxParts: 10}, {MaxParts: 1}, {MaxParts: 2, Mentions: chat.Mentions{AsText: true}}} {
				out := write(t, limits, m, opt)
				if len(out.Notes.List) == 0 && len(out.Parts) == 1 {
					again, notes := read(t, out.Parts[0].Payload)
					if diff := same(m, again); diff != "" {
						t.Errorf("not the same when read again (%+v), without a note:\n%s\n%s", opt, diff, out.Parts[0].Payload)
					}
					if len(notes) > 0 {
						t.Errorf("own payload read with notes: %v", notes)
					}
				}
				if !out.Notes.Has(chat.Dropped, chat.Shortened) {
					kept(t, m, out)
				}
			}
		})
	}
}

// kept checks that every word of m is in what was written.
func kept(t *testing.T, m *chat.Message, out *chat.Output) {
	t.Helper()
	have := map[string]bool{}
	for _, p := range out.Parts {
		again, _ := read(t, p.Payload)
		if again == nil {
			t.Fatalf("says nothing: %s", p.Payload)
		}
		for _, w := range words(again) {
			have[w] = true
		}
	}
	for _, w := range words(m) {
		if !have[w] {
			t.Errorf("word %q is lost", w)
		}
	}
}

// words lists what is to be read in m.
func words(m *chat.Message) (out []string) {
	add := func(s ...string) {
		for _, s := range s {
			out = append(out, strings.FieldsFunc(s, func(r rune) bool { return !isWordRune(r) })...)
		}
	}
	var blocks func(list []chat.Block)
	blocks = func(list []chat.Block) {
		for _, b := range list {
			add(b.Text.Plain())
			for _, s := range b.Text {
				if s.Kind == chat.Link {
					add(s.Ref)
				}
			}
			for _, f := range b.Fields {
				add(f.Name.Plain())
				blocks(f.Body)
			}
			for _, a := range b.Assets {
				add(a.URL, a.Alt, a.Title)
			}
			for _, x := range b.Buttons {
				add(x.Label, x.URL)
			}
			if c := b.Card; c != nil {
				add(c.Title.Plain(), c.URL, c.Author.Name, c.Author.URL, c.Footer.Name, c.Thumb.URL, c.Thumb.Alt)
				blocks(c.Body)
			}
		}
	}
	blocks(m.Blocks)
	return out
}

func isWordRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f && r != '…' && r != '·' && r != '\u200b'
}

func FuzzRead(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(body)
	}
	for _, c := range formattest.Cases(f, "discord-components") {
		f.Add(c.Body)
	}
	limits := readLimits(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if !gjson.ValidBytes(body) {
			return // the door refuses it
		}
		m, _ := read(t, body)
		if m == nil {
			return
		}
		for i, opt := range []chat.Options{{MaxParts: 3, Components: true}, {}, {MaxParts: 3, Components: true}, {Components: true}} {
			var out chat.Output
			write := discord.WriteEmbeds
			if i > 1 {
				write = discord.WriteComponents
			}
			if err := write(&out, m, &opt); err != nil {
				if errors.Is(err, chat.ErrEmpty) && len(out.Notes.List) > 0 {
					return
				}
				t.Fatalf("write: %v", err)
			}
			if err := formattest.Limits("discord", limits, &out); err != nil {
				t.Error(err)
			}
		}
	})
}
