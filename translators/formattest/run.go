// Package formattest holds the laws that every format keeps, as a test kit. A
// format's cases under testdata and generated messages are the material.
//
// The laws are: total, within limits, fixed point, no silent loss, same in same
// out, read-only, quiet. See the functions named so.
package formattest

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
	"dragoman/translators/native"
)

// Run runs the laws for a format of the table, over its cases and over generated
// messages: those about readers when it can be read, those about writers when it
// can be written. The messages are the same each time, so that a failure is the
// fault of a change; with DRAGOMAN_LONG set they are others every time.
func Run(t *testing.T, name string) {
	if f := flag.Lookup("rapid.seed"); f != nil && f.Value.String() == "0" && os.Getenv("DRAGOMAN_LONG") == "" {
		if err := f.Value.Set("1"); err != nil {
			t.Fatal(err)
		}
	}
	runCases(t, name)
	k := New(t, name)
	if k.Read != nil {
		t.Run("total", func(t *testing.T) { k.total(t, Cases(t, name)) })
	}
	if k.Write == nil {
		return
	}
	for _, law := range k.laws() {
		t.Run(law.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				m := chattest.Message().Draw(t, "message")
				report(t, m, law.holds(m))
			})
		})
	}
}

// runCases runs the laws over the cases, which always gives the same result.
func runCases(t *testing.T, name string) {
	k := New(t, name)
	if k.Write == nil {
		return
	}
	if k.Read != nil {
		for _, c := range Cases(t, name) {
			t.Run("fixed point/"+c.Name, func(t *testing.T) {
				m := new(chat.Message)
				if k.Read(m, nil, c.Input) == nil {
					report(t, m, k.FixedPoint(m))
				}
			})
		}
	}
	for _, law := range k.laws() {
		for _, from := range []string{"slack", "discord", "github", "github-discord", "native"} {
			for _, c := range Cases(t, from) {
				t.Run(law.name+"/"+from+"/"+c.Name, func(t *testing.T) {
					m := new(chat.Message)
					if translators.Read(m, nil, from, c.Input) == nil {
						report(t, m, law.holds(m))
					}
				})
			}
		}
	}
}

// Kit is a format with what its laws need, for tests that have messages of their
// own.
type Kit struct {
	translators.Format
	limits map[string]any
}

// New is the kit of a format of the table.
func New(t testing.TB, name string) *Kit {
	t.Helper()
	f, err := translators.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	k := &Kit{Format: f, limits: loadLimits(t, platform(name))}
	if k.limits == nil && platform(name) != "" {
		t.Logf("no limits for %s in testdata/limits: that law is not checked", platform(name))
	}
	return k
}

type law struct {
	name  string
	holds func(m *chat.Message) error
}

func (k *Kit) laws() []law {
	return []law{
		{"within limits", k.WithinLimits},
		{"no silent loss", k.NoSilentLoss},
		{"same in same out", k.sameOut},
		{"read-only", k.readOnly},
		{"quiet", k.Quiet},
		{"stable", k.Stable},
	}
}

// platform is whose limits bind what a format writes.
func platform(format string) string {
	switch {
	case strings.HasPrefix(format, "slack"):
		return "slack"
	case strings.HasPrefix(format, "discord"):
		return "discord"
	}
	return ""
}

// report fails the test with the message, so that a breach can become a case.
func report(t interface{ Fatalf(string, ...any) }, m *chat.Message, err error) {
	if err != nil {
		t.Fatalf("%v\nmessage: %s", err, encode(m))
	}
}

func encode(m *chat.Message) string {
	var out chat.Output
	if err := native.Write(&out, m, nil); err != nil {
		return err.Error()
	}
	return string(out.Parts[0].Payload)
}

// clone is a copy of m that shares no memory with it.
func clone(m *chat.Message) *chat.Message {
	c := new(chat.Message)
	if err := json.Unmarshal([]byte(encode(m)), c); err != nil {
		panic(err)
	}
	return c
}

// quietly is how a message is written when nobody may be notified.
func quietly() *chat.Options { return &chat.Options{MaxParts: 10, Components: true} }

// write writes m, with the parts' payloads as text.
func (k *Kit) write(m *chat.Message) (*chat.Output, error) {
	out := new(chat.Output)
	if err := k.Write(out, m, quietly()); err != nil {
		return out, fmt.Errorf("%s: write: %w", k.Name, err)
	}
	if len(out.Parts) == 0 {
		return out, fmt.Errorf("%s: nothing was written", k.Name)
	}
	return out, nil
}

// readBack reads what was written, one message for each part.
func (k *Kit) readBack(out *chat.Output) ([]*chat.Message, error) {
	var list []*chat.Message
	for i, p := range out.Parts {
		m := new(chat.Message)
		err := k.Read(m, nil, &chat.Input{Body: p.Payload, Files: p.Files})
		if err != nil && !errors.Is(err, chat.ErrEmpty) {
			return nil, fmt.Errorf("%s: part %d cannot be read back: %w\n%s", k.Name, i, err, p.Payload)
		}
		if err == nil {
			if err := chat.Check(m); err != nil {
				return nil, fmt.Errorf("%s: part %d read back is not normal: %w\n%s", k.Name, i, err, p.Payload)
			}
		}
		list = append(list, m)
	}
	return list, nil
}

func payloads(out *chat.Output) string {
	var b strings.Builder
	for i, p := range out.Parts {
		fmt.Fprintf(&b, "part %d: %s\n", i, p.Payload)
	}
	for _, n := range out.Notes.List {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}

// Case is a payload under testdata.
type Case struct {
	Name string
	*chat.Input
}

// Cases are those of a format. A format without a folder has none.
func Cases(t testing.TB, format string) []Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Testdata(t), format, "*", "in.*"))
	if err != nil {
		t.Fatal(err)
	}
	var list []Case
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(file)
		event, err := os.ReadFile(filepath.Join(dir, "event"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		list = append(list, Case{filepath.Base(dir), &chat.Input{Body: body, Event: strings.TrimSpace(string(event))}})
	}
	return list
}

// Testdata is the folder of that name beside go.mod.
func Testdata(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata")
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("formattest: no go.mod above the test")
		}
		dir = up
	}
}
