package clients

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// discordAnswerTraps are answers which are not Discord's.
var discordAnswerTraps = []payload{
	{"Message", "trap", []byte(`{"id":"1","content":"x"}`)},
	{"Webhook", "trap", []byte(`{"id":"1","type":7,"channel_id":"1","name":null,"avatar":null,"application_id":null}`)},
}

// TestDiscordAnswers compiles the messages and webhooks that the gateway answers
// with as Discord, as they stand in the transcripts, as literals of the types that
// Discord's clients are told.
func TestDiscordAnswers(t *testing.T) {
	modules := modules(t, "discord-api-types")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("types")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	src := sources{dir: dir, at: map[string][]span{}}
	add := func(p payload) { src.add(t, `import("./discord").`+p.from, []payload{p}) }
	list := discordAnswers(t)
	for _, p := range append(list, discordAnswerTraps...) {
		add(p)
	}
	// That the compiler errs is what the traps are for.
	out, _ := exec.Command(filepath.Join(modules, ".bin", "tsc"), "--pretty", "false", "--project", dir).CombinedOutput()
	faults := src.faults(t, string(out))
	compiled := func(p payload) []string { return faults[string(p.json)] }
	each(t, list, compiled)
	trapped(t, discordAnswerTraps, compiled)
}

// discordAnswers are the messages and webhooks in the transcripts, each from the type
// that it has.
func discordAnswers(t *testing.T) (list []payload) {
	t.Helper()
	files, err := filepath.Glob("../http/discord/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, exchange := range strings.Split(string(b), "\n===\n") {
			_, answer, _ := strings.Cut(exchange, "\n---\n")
			_, body, _ := strings.Cut(answer, "\n\n")
			body = strings.TrimSpace(body)
			if !strings.HasPrefix(answer, "200\n") || !json.Valid([]byte(body)) || seen[body] {
				continue
			}
			seen[body] = true
			typ := "Message"
			if strings.Contains(body, `"token":`) {
				typ = "Webhook"
			}
			list = append(list, payload{from: typ, to: filepath.Base(file), json: []byte(body)})
		}
	}
	return list
}
