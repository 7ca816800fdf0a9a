package translators_test

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
	"testing"
	"time"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
	"dragoman/translators/formattest"
	"dragoman/translators/github"
)

// notMessages are the kinds of Slack bodies in the corpus that no webhook takes.
var notMessages = []string{"event-or-callback", "view", "peer-renderings", "peer-texts"}

// entry is a line of an index of the corpus.
type entry struct {
	File, Kind, Event, Pair string
}

// bodies are the inputs of a folder of the corpus.
func bodies(t *testing.T, dir string) (list []entry, input map[string]*chat.Input) {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	input = map[string]*chat.Input{}
	for lines := bufio.NewScanner(bytes.NewReader(index)); lines.Scan(); {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(notMessages, e.Kind) || strings.HasSuffix(e.File, ".jsonl") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == "event-with-text" { // the event, and what another program says of it
			var wrapped struct {
				Event   string
				Payload json.RawMessage
			}
			if err := json.Unmarshal(body, &wrapped); err != nil {
				t.Fatal(err)
			}
			e.Event, body = wrapped.Event, wrapped.Payload
		}
		if name, ok := strings.CutPrefix(e.Kind, "event:"); ok && e.Event == "" {
			e.Event = name
		}
		list = append(list, e)
		input[e.File] = &chat.Input{Event: e.Event, Body: body}
	}
	return list, input
}

// TestCorpus translates every real payload. None fails, breaks a limit or loses a
// word without a note.
func TestCorpus(t *testing.T) {
	for _, pair := range []struct{ from, to string }{
		{"slack", "discord"}, {"slack", "slack"}, {"slack", "plain"}, {"slack", "markdown"}, {"slack", "slack-attachments"},
		{"discord", "slack"}, {"discord", "slack-attachments"}, {"discord", "discord"}, {"discord", "markdown"},
		{"slack", "discord-components"}, {"discord", "discord-components"}, {"github", "discord-components"},
		{"github", "slack"}, {"github", "discord"}, {"github", "slack-attachments"},
		{"github-discord", "slack"}, {"github-discord", "discord"},
		{"slack", "native"}, {"discord", "native"}, {"github", "native"},
	} {
		t.Run(pair.from+" to "+pair.to, func(t *testing.T) {
			list, input := bodies(t, filepath.Join(chattest.Corpus(t), strings.TrimSuffix(pair.from, "-discord")))
			kit := formattest.New(t, pair.to)
			good, silent := 0, 0
			for _, e := range list {
				err := through(kit, pair.from, input[e.File])
				switch {
				case errors.Is(err, errNothing):
					silent++
				case err != nil:
					t.Errorf("%s: %v", e.File, err)
				default:
					good++
				}
			}
			t.Logf("%d of %d translated, %d have nothing to say", good, len(list), silent)
		})
	}
}

var (
	errNothing = errors.New("nothing to say")
	errRefused = errors.New("refused by the reader")
)

// through reads a body and holds what is written of it to the laws.
func through(kit *formattest.Kit, from string, in *chat.Input) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	m := new(chat.Message)
	if err := translators.Read(m, new(chat.Notes), from, in); err != nil {
		if errors.Is(err, chat.ErrEmpty) || errors.Is(err, github.ErrSilent) {
			return errNothing
		}
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	if err := chat.Check(m); err != nil {
		return err
	}
	if len(m.Blocks) == 0 {
		return errors.New("read as a message without blocks")
	}
	if from == kit.Name {
		err = kit.FixedPoint(m)
	}
	return errors.Join(err, kit.WithinLimits(m), kit.NoSilentLoss(m), kit.Quiet(m), kit.Stable(m))
}

// TestHostile translates what senders should never send: into something within
// the limits, or an error, in bounded time.
func TestHostile(t *testing.T) {
	dir := filepath.Join(chattest.Corpus(t), "hostile")
	list, input := bodies(t, dir)
	for _, f := range translators.Formats() {
		if f.Write == nil {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			kit := formattest.New(t, f.Name)
			for _, e := range list {
				if !json.Valid(input[e.File].Body) || strings.Contains(e.File, "deep") {
					continue // refused at the door
				}
				for _, from := range []string{"slack", "discord", "github", "native"} {
					start := time.Now()
					if err := through(kit, from, input[e.File]); err != nil && !errors.Is(err, errNothing) && !errors.Is(err, errRefused) {
						t.Errorf("%s as %s: %v", e.File, from, err)
					}
					if took := time.Since(start); took > 2*time.Second {
						t.Errorf("%s as %s: took %v", e.File, from, took)
					}
				}
			}
		})
	}
}
