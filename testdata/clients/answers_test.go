package clients

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// answerTraps are answers that no method gives.
var answerTraps = map[string]string{
	"chat.postMessage":   `{"ok":true,"channel":"C1","ts":1767323045.678901}`,
	"chat.update":        `{"ok":true,"channel":"C1","ts":"1767323045.678901","message":{"text":"a","colour":"red"}}`,
	"chat.postEphemeral": `{"ok":true,"ts":"1767323045.678901"}`,
	"conversations.list": `{"ok":true,"channels":[{"id":"C1","is_channel":"yes"}]}`,
}

// TestAnswers compiles what the Web API answers, as it stands in the transcripts,
// as literals of the types that Slack's client gives its callers.
func TestAnswers(t *testing.T) {
	modules := modules(t, "@slack/web-api")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("types")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	src := sources{dir: dir, at: map[string][]span{}}
	var list, traps []payload
	for method, answers := range transcribed(t) {
		list = append(list, src.add(t, typeOfAnswer(method), answers)...)
	}
	for method, answer := range answerTraps {
		traps = append(traps, src.add(t, typeOfAnswer(method), []payload{{from: method, json: []byte(answer)}})...)
	}
	out, err := exec.Command(filepath.Join(modules, ".bin", "tsc"), "--pretty", "false", "--project", dir).CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	faults := src.faults(t, string(out))
	compiled := func(p payload) []string { return faults[string(p.json)] }
	each(t, list, compiled)
	trapped(t, traps, compiled)
}

func typeOfAnswer(method string) string { return `import("./answers").Answers["` + method + `"]` }

// transcribed are the Web API's answers in the transcripts, by method. What is in
// the place of ids there is a string as well.
func transcribed(t *testing.T) map[string][]payload {
	t.Helper()
	files, err := filepath.Glob("../http/slack/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	found := map[string][]payload{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, exchange := range strings.Split(string(b), "\n===\n") {
			request, answer, _ := strings.Cut(exchange, "\n---\n")
			_, method, api := strings.Cut(request, " /api/")
			method = method[:max(0, strings.IndexAny(method, "?/\n"))]
			_, body, _ := strings.Cut(answer, "\n\n")
			// blocks.validate is younger than the types.
			if !api || !json.Valid([]byte(body)) || method == "blocks.validate" || strings.Contains(body, `"unknown_method"`) {
				continue
			}
			p := payload{from: filepath.Base(file), json: []byte(strings.TrimSpace(body))}
			if !slices.ContainsFunc(found[method], func(q payload) bool { return string(q.json) == string(p.json) }) {
				found[method] = append(found[method], p)
			}
		}
	}
	return found
}
