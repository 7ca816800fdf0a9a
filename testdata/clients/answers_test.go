package clients

import (
	"encoding/json"
	"os"
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
	src := newSources(t, "@slack/web-api")
	var list, traps []payload
	for method, answers := range transcribed(t) {
		list = append(list, src.add(t, typeOfAnswer(method), answers)...)
	}
	for method, answer := range answerTraps {
		traps = append(traps, src.add(t, typeOfAnswer(method), []payload{{from: method, json: []byte(answer)}})...)
	}
	compiled := src.compile(t)
	each(t, list, compiled)
	trapped(t, traps, compiled)
}

func typeOfAnswer(method string) string { return `import("./answers").Answers["` + method + `"]` }

// transcribed are the Web API's answers in the transcripts, by method. What is in
// the place of ids there is a string as well.
func transcribed(t *testing.T) map[string][]payload {
	t.Helper()
	found := map[string][]payload{}
	for _, x := range exchanges(t, "slack") {
		_, method, api := strings.Cut(x.request, " /api/")
		method = method[:max(0, strings.IndexAny(method, "?/\n"))]
		// blocks.validate is younger than the types.
		if !api || method == "blocks.validate" || strings.Contains(x.body, `"unknown_method"`) {
			continue
		}
		p := payload{from: x.file, json: []byte(x.body)}
		if !slices.ContainsFunc(found[method], func(q payload) bool { return string(q.json) == x.body }) {
			found[method] = append(found[method], p)
		}
	}
	return found
}

// exchange is a request of the transcripts with its answer, whose body is JSON.
type exchange struct{ file, request, answer, body string }

// exchanges are those with a platform.
func exchanges(t *testing.T, platform string) (list []exchange) {
	t.Helper()
	files, err := filepath.Glob("../http/" + platform + "/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for text := range strings.SplitSeq(string(b), "\n===\n") {
			request, answer, _ := strings.Cut(text, "\n---\n")
			_, body, _ := strings.Cut(answer, "\n\n")
			if body = strings.TrimSpace(body); json.Valid([]byte(body)) {
				list = append(list, exchange{filepath.Base(file), request, answer, body})
			}
		}
	}
	return list
}
