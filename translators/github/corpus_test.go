package github

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

type sample struct {
	file, event string
	body        []byte
}

func samples(t *testing.T) []sample {
	dir := filepath.Join(chattest.Corpus(t), "github")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for line := range strings.SplitSeq(strings.TrimSpace(string(index)), "\n") {
		var row struct{ File, Kind, Event string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(row.Kind, "event") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			t.Fatal(err)
		}
		if row.Kind == "event-with-text" {
			var wrap struct{ Payload json.RawMessage }
			if err := json.Unmarshal(body, &wrap); err != nil {
				t.Fatal(err)
			}
			body = wrap.Payload
		}
		list = append(list, sample{row.File, row.Event, body})
	}
	return list
}

// cases are those in folders of testdata; least is how many there have to be.
func cases(t testing.TB, folders string, least int) (list []sample) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", folders, "*", "in.json"))
	if err != nil || len(paths) < least {
		t.Fatalf("%d cases, %v", len(paths), err)
	}
	for _, path := range paths {
		body, e1 := os.ReadFile(path)
		event, e2 := os.ReadFile(filepath.Join(filepath.Dir(path), "event"))
		if err := errors.Join(e1, e2); err != nil {
			t.Fatal(err)
		}
		list = append(list, sample{path, strings.TrimSpace(string(event)), body})
	}
	return list
}

func read(event string, body []byte) (*chat.Message, *chat.Notes, error) {
	m, n := new(chat.Message), new(chat.Notes)
	err := Read(m, n, &chat.Input{Event: event, Body: body})
	return m, n, err
}

func TestCorpus(t *testing.T) {
	silent, n := 0, 0
	for _, s := range samples(t) {
		m, _, err := read(s.event, s.body)
		n++
		if errors.Is(err, ErrSilent) {
			silent++
			if len(m.Blocks) > 0 {
				t.Errorf("%s: silent, and yet with blocks", s.file)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", s.file, err)
			continue
		}
		if err := chat.Check(m); err != nil {
			t.Errorf("%s: %v", s.file, err)
		}
		if os.Getenv("SHOW") != "" {
			c := m.Blocks[0].Card
			t.Logf("%-55s %-11s %s | %s | %s | %s", s.file, m.Role, c.Colour, c.Title.Plain(), m.Summary.Plain(), c.URL)
		}
	}
	t.Logf("%d events, %d of them silent", n, silent)
}

// TestRequired says what a card of the common events cannot lack.
func TestRequired(t *testing.T) {
	seen := 0
	for _, s := range samples(t) {
		if !strings.HasPrefix(s.file, "octokit") {
			continue
		}
		about := "" // the member that the event is about
		switch s.event {
		case "pull_request", "release", "workflow_run":
			about = s.event
		case "issues":
			about = "issue"
		case "issue_comment", "pull_request_review", "pull_request_review_comment":
			about = "comment"
			if s.event == "pull_request_review" {
				about = "review"
			}
		case "push", "create", "delete":
		default:
			continue
		}
		m, _, err := read(s.event, s.body)
		if errors.Is(err, ErrSilent) {
			continue
		}
		if err != nil {
			t.Fatal(s.file, err)
		}
		seen++
		var p struct {
			Sender     struct{ Login string }
			Repository struct {
				FullName string `json:"full_name"`
				URL      string `json:"html_url"`
			}
			Ref string
		}
		type thing struct {
			Number int
			Title  string
			Tag    string `json:"tag_name"`
			Name   string
			URL    string `json:"html_url"`
		}
		var things map[string]json.RawMessage
		if err := errors.Join(json.Unmarshal(s.body, &p), json.Unmarshal(s.body, &things)); err != nil {
			t.Fatal(s.file, err)
		}
		card := m.Blocks[0].Card
		title := card.Title.Plain()
		if card.Author.Name != p.Sender.Login || card.Footer.Name != p.Repository.FullName {
			t.Errorf("%s: by %v in %v", s.file, card.Author, card.Footer)
		}
		if about == "" {
			if name := p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]; !strings.Contains(title, name) || !strings.HasPrefix(card.URL, p.Repository.URL) {
				t.Errorf("%s: %q leads to %q", s.file, title, card.URL)
			}
			continue
		}
		var o thing
		if err := json.Unmarshal(things[about], &o); err != nil {
			t.Fatal(s.file, err)
		}
		if gone := s.event == "release" && strings.Contains(s.file, "deleted"); card.URL != o.URL && !gone {
			t.Errorf("%s: leads to %q, not %q", s.file, card.URL, o.URL)
		}
		for _, parent := range []string{"issue", "pull_request"} {
			if raw, ok := things[parent]; ok && o.Title == "" {
				if err := json.Unmarshal(raw, &o); err != nil {
					t.Fatal(s.file, err)
				}
			}
		}
		if name := o.Title + o.Tag; name != "" && !strings.Contains(title, name) || !strings.Contains(title, o.Name) {
			t.Errorf("%s: %q does not name %q", s.file, title, name)
		}
		if !strings.Contains(m.Summary.Plain(), p.Sender.Login) || !strings.Contains(m.Summary.Plain(), p.Repository.FullName) {
			t.Errorf("%s: %q", s.file, m.Summary.Plain())
		}
	}
	if seen < 40 {
		t.Errorf("only %d events", seen)
	}
}

// Whatever a body is, it is read or refused.
func TestHostileBodies(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(chattest.Corpus(t), "hostile", "*"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range []string{"", "issues", "push", "ping", "pull_request", "made_up"} {
			m, _, err := read(event, body)
			if err != nil {
				continue
			}
			if err := chat.Check(m); err != nil {
				t.Errorf("%s as %q: %v", filepath.Base(file), event, err)
			}
		}
		Subject("", body)
		Changed(body)
	}
}
