// Package clients holds what Dragoman writes against the platforms' own type
// definitions and against widely used SDKs. It has no code of its own.
package clients

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

const root = "../.." // of the repository

// generated is how many messages are drawn beside those that are read.
const generated = 300

// body is an event to be translated.
type body struct {
	name, from string
	chat.Input
}

// payload is one that a platform is to take.
type payload struct {
	from string // the first body which became it
	to   string // format
	json []byte
}

// styles are the options that change which members are written.
var styles = []chat.Options{
	{MaxParts: 10, Components: true},
	{MaxParts: 10, Legacy: true, Lookup: known, Mentions: chat.Mentions{Everyone: true, Users: ids, Groups: ids}},
	{Overflow: chat.OverflowFile, Components: true},
	{Overflow: chat.OverflowShorten, Mentions: chat.Mentions{AsText: true}},
}

// ids are Slack's and Discord's.
var ids = []string{"U012AB3CD", "80351110224678912"}

// known is a look-up that knows everybody.
func known(from chat.Platform, _ chat.SpanKind, _ string) (local, name string) {
	if from == chat.Discord {
		return ids[0], "ana"
	}
	return ids[1], "ana"
}

// written is every different payload in a platform's formats of all cases, of
// generated messages, and of the corpus of real payloads where there is one.
func written(t *testing.T, formats ...string) []payload {
	t.Helper()
	list := cases(t)
	if dir := corpus(); dir != "" {
		list = append(list, real(t, dir)...)
	} else {
		t.Log("no corpus of real payloads beside the repository (or at DRAGOMAN_CORPUS): only the cases of testdata are checked")
	}
	var all []payload
	seen := map[string]bool{}
	write := func(m *chat.Message, from string) {
		for _, to := range formats {
			for _, opt := range styles {
				var out chat.Output
				if err := translators.Write(&out, m, to, &opt); err != nil {
					t.Errorf("%s to %s: %v", from, to, err)
				}
				for _, p := range out.Parts {
					if key := string(p.Payload); !seen[key] {
						seen[key] = true
						all = append(all, payload{from, to, p.Payload})
					}
				}
			}
		}
	}
	for _, b := range list {
		var m chat.Message
		if translators.Read(&m, nil, b.from, &b.Input) == nil { // else nothing to say, or refused
			write(&m, b.name)
		}
	}
	for seed := range generated {
		write(chattest.Message().Example(seed), fmt.Sprintf("generated message %d", seed))
	}
	if len(all) == 0 {
		t.Fatal("nothing was written")
	}
	t.Logf("%d payloads of %d bodies and %d generated messages", len(all), len(list), generated)
	return all
}

// cases are those under testdata.
func cases(t *testing.T) []body {
	t.Helper()
	var list []body
	for _, from := range []string{"slack", "discord", "discord-components", "github", "github-discord", "native"} {
		files, err := filepath.Glob(filepath.Join(root, "testdata", from, "*", "in.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no cases of %s: %v", from, err)
		}
		for _, file := range files {
			event, err := os.ReadFile(filepath.Join(filepath.Dir(file), "event"))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			list = append(list, body{from + "/" + filepath.Base(filepath.Dir(file)), from, chat.Input{
				Event: strings.TrimSpace(string(event)),
				Body:  read(t, file),
			}})
		}
	}
	return list
}

// corpus is the folder of real payloads, empty when there is none. It is not part
// of the project.
var corpus = sync.OnceValue(func() string {
	dir := os.Getenv("DRAGOMAN_CORPUS")
	if dir == "" {
		dir = filepath.Join(root, "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "README.md")); err != nil {
		return ""
	}
	return dir
})

// notMessages are the kinds of Slack bodies in the corpus that no webhook takes.
var notMessages = []string{"event-or-callback", "view", "peer-renderings", "peer-texts"}

// real is the corpus. What is hostile in it is read as if from each platform.
func real(t *testing.T, corpus string) []body {
	t.Helper()
	var list []body
	for _, dir := range []string{"slack", "discord", "github", "hostile"} {
		lines := bufio.NewScanner(bytes.NewReader(read(t, filepath.Join(corpus, dir, "index.jsonl"))))
		for lines.Scan() {
			var e struct{ File, Kind, Event string }
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Fatal(err)
			}
			if slices.Contains(notMessages, e.Kind) || strings.HasSuffix(e.File, ".jsonl") {
				continue
			}
			in := chat.Input{Event: e.Event, Body: read(t, filepath.Join(corpus, dir, e.File))}
			if e.Kind == "event-with-text" { // the event, and what another program says of it
				var wrapped struct {
					Event   string
					Payload json.RawMessage
				}
				if err := json.Unmarshal(in.Body, &wrapped); err != nil {
					t.Fatal(err)
				}
				in = chat.Input{Event: wrapped.Event, Body: wrapped.Payload}
			}
			if name, ok := strings.CutPrefix(e.Kind, "event:"); ok && in.Event == "" {
				in.Event = name
			}
			if dir != "hostile" {
				list = append(list, body{"corpus/" + dir + "/" + e.File, dir, in})
				continue
			}
			if !json.Valid(in.Body) || strings.Contains(e.File, "deep") {
				continue // refused at the door
			}
			for _, from := range []string{"slack", "discord", "github"} {
				list = append(list, body{"corpus/hostile/" + e.File + " as " + from, from, in})
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
