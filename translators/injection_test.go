package translators_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/formattest"
)

// ownPicture is the only address elsewhere: one that a body has as a picture, and is shown as one.
const ownPicture = "https://evil.example/p.png"

// TestInjection writes GitHub's events with hostile names and bodies for both
// chats. Read as these read it, nothing in them mentions anybody, and every
// address leads to GitHub: what only looks like a link or a picture is words.
func TestInjection(t *testing.T) {
	bodies := map[string]*chat.Input{}
	for _, c := range formattest.Cases(t, "github") {
		if strings.Contains(c.Name, "hostile") {
			bodies[c.Name] = c.Input
		}
	}
	if len(bodies) < 3 {
		t.Fatalf("%d hostile cases", len(bodies))
	}
	if dir := os.Getenv("DRAGOMAN_CORPUS"); dir == "" {
		t.Log("without the corpus's bodies (DRAGOMAN_CORPUS)")
	} else {
		files, err := filepath.Glob(filepath.Join(dir, "hostile", "github-*.json"))
		if err != nil || len(files) < 9 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			event, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(f), "github-"), "-")
			event = strings.NewReplacer("issue", "issues", "zen", "ping", "unknown", "teleport").Replace(event)
			bodies[filepath.Base(f)] = &chat.Input{Event: event, Body: body}
		}
	}
	for name, in := range bodies {
		for _, to := range []string{"slack", "slack-attachments", "discord", "discord-components"} {
			var out chat.Output
			if err := translators.Translate(&out, "github", to, in, &chat.Options{MaxParts: 10, Components: true}); err != nil {
				if name != "github-issue-null-everything.json" || !errors.Is(err, chat.ErrEmpty) {
					t.Errorf("%s to %s: %v", name, to, err)
				}
				continue
			}
			for _, p := range out.Parts {
				for _, fault := range lively(t, to, p.Payload) {
					t.Errorf("%s to %s: %s\n%s", name, to, fault, p.Payload)
				}
			}
		}
	}
}

// lively lists what is alive in a payload and ought to be words.
func lively(t *testing.T, format string, payload []byte) (faults []string) {
	t.Helper()
	var m chat.Message
	if err := translators.Read(&m, nil, format, &chat.Input{Body: payload}); err != nil {
		t.Fatal(err)
	}
	native, err := json.Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(native, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			switch kind, _ := v["kind"].(string); kind {
			case "user", "user-group", "channel", "everyone", "emoji":
				faults = append(faults, "a live "+kind)
			}
			for key, e := range v {
				s, _ := e.(string)
				if (key == "url" || key == "ref" || key == "icon") && s != "" && !strings.HasPrefix(s, "https://github.com/") && !strings.HasPrefix(s, "https://avatars.") && s != ownPicture {
					faults = append(faults, "an address: "+s)
				}
				walk(e)
			}
		}
	}
	walk(tree)
	return faults
}
