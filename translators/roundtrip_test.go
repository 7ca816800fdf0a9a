package translators_test

import (
	"errors"
	"path/filepath"
	"testing"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
	"dragoman/translators/discord"
	"dragoman/translators/formattest"
	"dragoman/translators/github"
	"dragoman/translators/slack"
)

// TestThereAndBack sends every real payload through the native format and back to
// its own: what was read is what is read again, wherever no note was made.
func TestThereAndBack(t *testing.T) {
	for _, format := range []string{"slack", "discord"} {
		t.Run(format, func(t *testing.T) {
			list, input := bodies(t, filepath.Join(chattest.Corpus(t), format))
			same, noted := 0, 0
			for _, e := range list {
				m := read(t, format, input[e.File])
				if m == nil {
					continue
				}
				native := written(t, m, "native")
				again := read(t, "native", &chat.Input{Body: native.Parts[0].Payload})
				if diff := chattest.Diff(m, again); diff != "" {
					t.Errorf("%s: the native format changes the message (-first +again)\n%s", e.File, diff)
					continue
				}
				out := written(t, again, format)
				if len(out.Notes.List) > 0 || len(out.Parts) != 1 {
					noted++
					continue
				}
				back := read(t, format, &chat.Input{Body: out.Parts[0].Payload})
				back.Pings = m.Pings // whom it may notify is what the options say
				if diff := chattest.Diff(m, back); diff != "" {
					t.Errorf("%s: no note, but another message (-first +again)\n%s", e.File, diff)
				}
				same++
			}
			t.Logf("%d are the same, %d with a note", same, noted)
		})
	}
}

// TestOverAndBack sends every real payload to the other platform and back again:
// what was not noted on the way there is still there.
func TestOverAndBack(t *testing.T) {
	for _, way := range []struct{ from, over string }{
		{"slack", "discord"}, {"slack", "discord-components"}, {"discord", "slack"}, {"discord", "slack-attachments"},
	} {
		t.Run(way.from+" over "+way.over, func(t *testing.T) {
			list, input := bodies(t, filepath.Join(chattest.Corpus(t), way.from))
			whole, noted := 0, 0
			for _, e := range list {
				m := read(t, way.from, input[e.File])
				if m == nil {
					continue
				}
				there := written(t, m, way.over)
				var back []*chat.Message
				for _, p := range there.Parts {
					arrived := read(t, way.over, &chat.Input{Body: p.Payload, Files: p.Files})
					if arrived == nil {
						continue
					}
					for _, p := range written(t, arrived, way.from).Parts {
						if again := read(t, way.from, &chat.Input{Body: p.Payload, Files: p.Files}); again != nil {
							back = append(back, again)
						}
					}
				}
				if len(there.Notes.List) > 0 {
					noted++
				} else {
					whole++
				}
				words, links := formattest.Missing(m, back)
				if len(words) > 0 && !there.Notes.Has(chat.Dropped, chat.Shortened) {
					t.Errorf("%s: words %q are lost; notes on the way there: %v", e.File, words, there.Notes.List)
				}
				if len(links) > 0 && !there.Notes.Has(chat.Dropped, chat.Shortened, chat.Flattened, chat.Unlinked) {
					t.Errorf("%s: links %q are lost; notes on the way there: %v", e.File, links, there.Notes.List)
				}
			}
			t.Logf("%d came back without a note, %d with", whole, noted)
		})
	}
}

// TestEveryPayloadIsValid holds what is written of every real payload to the
// platforms' validators, which share nothing with the limits of the test kit.
func TestEveryPayloadIsValid(t *testing.T) {
	count := 0
	for _, from := range []string{"slack", "discord", "github"} {
		list, input := bodies(t, filepath.Join(chattest.Corpus(t), from))
		for _, e := range list {
			m := read(t, from, input[e.File])
			if m == nil {
				continue
			}
			for _, to := range []string{"slack", "slack-attachments", "discord"} {
				for _, p := range written(t, m, to).Parts {
					count++
					if to == "discord" {
						for _, v := range discord.Check(p.Payload) {
							t.Errorf("%s %s → %s: %s %s %s", from, e.File, to, v.Path, v.Code, v.Message)
						}
						continue
					}
					for _, v := range slack.Check(p.Payload) {
						t.Errorf("%s %s → %s: %s %s", from, e.File, to, v.Error, v)
					}
				}
			}
		}
	}
	t.Logf("%d payloads", count)
}

// read is nil for a payload that says nothing.
func read(t *testing.T, format string, in *chat.Input) *chat.Message {
	t.Helper()
	m := new(chat.Message)
	err := translators.Read(m, nil, format, in)
	if errors.Is(err, chat.ErrEmpty) || errors.Is(err, github.ErrSilent) {
		return nil
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	return m
}

func written(t *testing.T, m *chat.Message, format string) *chat.Output {
	t.Helper()
	var out chat.Output
	if err := translators.Write(&out, m, format, &chat.Options{MaxParts: 10, Components: true, Legacy: true}); err != nil {
		t.Fatal(err)
	}
	return &out
}
