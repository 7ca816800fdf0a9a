package clients

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// soon bounds every wait; only what is broken waits so long.
const soon = time.Minute

// configuration has one source for everybody, one for signed events of GitHub, and
// takes every message to both chats, which the test plays, and to an inbox.
const configuration = `version: 1
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 10ms, most: 100ms, give_up_after: 1h}}
sources:
  ci: {secret: {env: CI_SECRET}}
  repos: {secret: {env: REPOS_SECRET}, github_secret: {env: GITHUB_SECRET}, accept: [github]}
destinations:
  discord: {discord: {url: {env: DISCORD_URL}}}
  slack: {slack_bot: {token: {env: SLACK_TOKEN}, channel: C024BE91L, api_url: %q}}
  kept: {inbox: {}}
directory:
  channels: {ops: {slack: C024BE91L, discord: "41771983423143937"}}
routes: [{name: all, when: "true", to: [discord, slack, kept]}]
`

// githubSecret is the one that a sender of GitHub's events would have been told.
const githubSecret = "it is a secret to everybody"

// gateway is the program at work on this machine, between a client and the chats.
type gateway struct {
	*chats
	t         *testing.T
	public    string // "http://127.0.0.1:…"
	admin     string
	addresses map[string]string // of the source ci, as "url" names them, and "github" for signed events
}

// bin is where programs are built.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if bin, err = os.MkdirTemp("", "dragoman"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(bin)
		return m.Run()
	}())
}

// program is the gateway, built once.
var program = sync.OnceValues(func() (string, error) {
	file := filepath.Join(bin, "dragoman")
	build := exec.Command("go", "build", "-o", file, "./cmd/dragoman")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})

// serve starts the gateway. It ends with the test, and must end well.
func serve(t *testing.T) *gateway {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{chats: newChats(t), t: t}
	dir := t.TempDir()
	conf := filepath.Join(dir, "dragoman.yaml")
	if err := os.WriteFile(conf, fmt.Appendf(nil, configuration, g.slackAPI()), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "CI_SECRET=correct horse battery staple", "REPOS_SECRET=staple battery horse correct",
		"GITHUB_SECRET="+githubSecret, "DISCORD_URL="+g.discordHook(), "SLACK_TOKEN="+slackToken)
	p := launch(t, exec.Command(file, "serve", "--config", conf, "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"), env)
	g.public = p.line("webhooks")
	g.admin = p.line("console")
	addresses := func(source string) (list map[string]string) {
		url := exec.Command(file, "url", source, "--config", conf, "-o", "json")
		url.Env = append(env, "DRAGOMAN_SERVER_PUBLIC_URL="+g.public)
		out, err := url.Output()
		if err == nil {
			err = json.Unmarshal(out, &list)
		}
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	g.addresses = addresses("ci")
	g.addresses["github"] = addresses("repos")["github"]
	t.Cleanup(func() {
		if dead := g.get("deliveries?state=dead").Get("deliveries"); len(dead.Array()) > 0 {
			t.Errorf("given up: %s", dead.Raw)
		}
	})
	return g
}

// get asks the admin API.
func (g *gateway) get(path string) gjson.Result {
	g.t.Helper()
	res, err := http.Get(g.admin + "/api/v1/" + path)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		g.t.Fatalf("%s: %s, %v: %s", path, res.Status, err, b)
	}
	return gjson.ParseBytes(b)
}

// keeps waits until the inbox holds exactly these messages, that which was changed
// last at the end.
func (g *gateway) keeps(want ...string) {
	g.t.Helper()
	late := time.After(soon)
	look := time.NewTicker(20 * time.Millisecond) // of what another process stores there is no news
	defer look.Stop()
	for {
		var got []string
		for _, payload := range g.get("inbox/kept").Get("@reverse.#.payload").Array() {
			got = append(got, words(payload))
		}
		if slices.Equal(got, want) {
			return
		}
		select {
		case <-look.C:
		case <-late:
			g.t.Errorf("the inbox holds\n\t%s\nnot\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
			return
		}
	}
}

// process is a program of another: its output goes to the log of the test, line by
// line.
type process struct {
	t     *testing.T
	lines chan string
}

// launch starts a program, which is told to end with the test and must do so with
// status 0.
func launch(t *testing.T, cmd *exec.Cmd, env []string) *process {
	t.Helper()
	out, in := io.Pipe()
	cmd.Env, cmd.Stdout, cmd.Stderr = env, in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t, make(chan string, 1000)}
	var read sync.WaitGroup
	read.Go(func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			t.Logf("%s: %s", filepath.Base(cmd.Path), s.Text())
			select {
			case p.lines <- s.Text():
			default: // nobody waits for one so late
			}
		}
	})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		err := cmd.Wait()
		in.Close()
		read.Wait()
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(cmd.Path), err)
		}
	})
	return p
}

// line waits for a line with a mark in it, and gives what follows there.
func (p *process) line(mark string) string {
	p.t.Helper()
	late := time.After(soon)
	for {
		select {
		case l, ok := <-p.lines:
			if !ok {
				p.t.Fatalf("the program ended without a line %q", mark)
			}
			if _, rest, found := strings.Cut(l, mark); found {
				return strings.TrimSpace(rest)
			}
		case <-late:
			p.t.Fatalf("no line %q", mark)
		}
	}
}
