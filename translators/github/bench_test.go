package github

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

// bigPullRequest is an event of the size and shape that GitHub sends: every
// object with all its addresses, and the repository three times.
func bigPullRequest() []byte {
	api := "https://api.github.com/"
	addresses := func(base string, n int) map[string]any {
		o := map[string]any{}
		for i := range n {
			o[fmt.Sprintf("%c%d_url", 'a'+i%26, i)] = fmt.Sprintf("%s%s/resource-%d{/other_user}", api, base, i)
		}
		return o
	}
	user := func(login string) map[string]any {
		o := addresses("users/"+login, 9)
		o["login"], o["id"], o["type"], o["site_admin"] = login, 1234567, "User", false
		o["html_url"], o["avatar_url"] = "https://github.com/"+login, "https://avatars.githubusercontent.com/u/1234567?v=4"
		return o
	}
	repo := func() map[string]any {
		o := addresses("repos/harbour/tidewatch", 52)
		o["id"], o["name"], o["full_name"], o["private"] = 887766554, "tidewatch", "harbour/tidewatch", false
		o["html_url"], o["description"], o["default_branch"] = "https://github.com/harbour/tidewatch", "Watches the tide.", "main"
		o["owner"], o["stargazers_count"], o["open_issues_count"] = user("harbour"), 812, 17
		return o
	}
	side := func(ref string) map[string]any {
		return map[string]any{"label": "harbour:" + ref, "ref": ref, "sha": strings.Repeat("4f", 20), "user": user("harbour"), "repo": repo()}
	}
	pr := addresses("repos/harbour/tidewatch/pulls/412", 12)
	for k, v := range map[string]any{
		"id": 2233445566, "number": 412, "state": "open", "locked": false, "draft": false, "merged": false,
		"title": "Reconnect to the gauge after a power cut", "html_url": "https://github.com/harbour/tidewatch/pull/412",
		"user": user("mirela"), "created_at": "2026-02-03T10:11:12Z", "updated_at": "2026-02-03T10:11:12Z",
		"body":      "The gauge forgets its session when the pier loses power.\r\n\r\n- keep the **last** reading\r\n- try again after `backoff` seconds\r\n\r\nFixes #398",
		"assignees": []any{user("mirela")}, "requested_reviewers": []any{user("tomas"), user("oyelaran")},
		"labels": []any{map[string]any{"name": "bug", "color": "d73a4a"}, map[string]any{"name": "hardware", "color": "0e8a16"}},
		"head":   side("fix/power-cut"), "base": side("main"),
		"additions": 120, "deletions": 14, "changed_files": 6, "commits": 3, "comments": 0,
	} {
		pr[k] = v
	}
	body, err := json.Marshal(map[string]any{
		"action": "opened", "number": 412, "pull_request": pr, "repository": repo(), "sender": user("mirela"),
		"organization": addresses("orgs/harbour", 8),
	})
	if err != nil {
		panic(err)
	}
	return body
}

func BenchmarkReadPullRequest(b *testing.B) { benchmark(b, "pull_request", bigPullRequest()) }

func BenchmarkReadPush(b *testing.B) {
	commit := `{"id":"0123456789abcdef0123456789abcdef01234567","message":"Measure the tide\n\nAt night, too.","url":"https://github.com/harbour/tidewatch/commit/0123456","author":{"name":"Mirela","username":"mirela"},"added":["a/b.go"],"removed":[],"modified":["c/d.go"]}`
	benchmark(b, "push", []byte(`{"ref":"refs/heads/main","before":"1111111111111111111111111111111111111111","after":"2222222222222222222222222222222222222222","compare":"https://github.com/harbour/tidewatch/compare/1...2","commits":[`+
		strings.Repeat(commit+",", 19)+commit+`],"repository":{"id":1,"full_name":"harbour/tidewatch","html_url":"https://github.com/harbour/tidewatch"},"sender":{"login":"mirela","html_url":"https://github.com/mirela"}}`))
}

func benchmark(b *testing.B, event string, body []byte) {
	m, n := new(chat.Message), new(chat.Notes)
	in := &chat.Input{Event: event, Body: body}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		n.Reset()
		if err := Read(m, n, in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSubject(b *testing.B) {
	body := bigPullRequest()
	b.ReportAllocs()
	for b.Loop() {
		Subject("pull_request", body)
	}
}

// Time depends on the machine; what is allocated does not.
func TestAllocations(t *testing.T) {
	in := &chat.Input{Event: "workflow_run", Body: run("completed", `"failure"`)}
	m, n := new(chat.Message), new(chat.Notes)
	got := testing.AllocsPerRun(100, func() {
		m.Reset()
		if err := Read(m, n, in); err != nil {
			t.Fatal(err)
		}
	})
	if got > 9 {
		t.Errorf("%v allocations for a run", got)
	}
	t.Logf("%v allocations", got)
}
