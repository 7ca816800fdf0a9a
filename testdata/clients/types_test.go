package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// perFile is how many payloads stand in one file for the compiler.
const perFile = 100

// TestTypes compiles every payload as a literal of the type of what its platform
// takes: a member of another name or type is an error.
func TestTypes(t *testing.T) {
	src := newSources(t, "typescript")
	list := src.add(t, "Slack", written(t, "slack", "slack-attachments"))
	list = append(list, src.add(t, "Discord", written(t, "discord", "discord-components"))...)
	traps := src.add(t, "Slack", slackTraps)
	traps = append(traps, src.add(t, "Discord", discordTraps)...)

	compiled := src.compile(t)
	each(t, list, compiled)
	trapped(t, traps, compiled)
}

// modules is the folder of the installed packages, of which the test wants one. In CI
// they are installed if they are not those of the lock file; elsewhere the test is
// skipped without them.
func modules(t testing.TB, client string) string {
	t.Helper()
	dir, err := filepath.Abs("node_modules")
	if err != nil {
		t.Fatal(err)
	}
	missing := func(why string) { absent(t, client, why) }
	if _, err := exec.LookPath("node"); err != nil {
		missing("no Node")
	}
	if !installed(dir) && os.Getenv("CI") == "true" {
		if out, err := exec.Command("npm", "ci").CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v: %s", err, out)
		}
	}
	if !installed(dir) {
		missing("not the packages that package-lock.json names (npm ci in testdata/clients)")
	}
	return dir
}

// absent skips a test whose client is not installed; in CI it fails.
func absent(t testing.TB, client, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed: %s", client, why)
	}
	t.Skipf("%s is not installed: %s", client, why)
}

// installed reports whether dir holds the versions which the lock file names.
// Packages for other machines are left out of it.
func installed(dir string) bool {
	want, err1 := packages("package-lock.json")
	got, err2 := packages(filepath.Join(dir, ".package-lock.json"))
	if err1 != nil || err2 != nil {
		return false
	}
	for name, p := range want {
		if name != "" && !p.Optional && got[name] != p {
			return false
		}
	}
	return true
}

type locked struct {
	Integrity string
	Optional  bool
}

// packages are those of a lock file, by path; "" is the module itself.
func packages(lock string) (map[string]locked, error) {
	b, err := os.ReadFile(lock)
	if err != nil {
		return nil, err
	}
	var file struct{ Packages map[string]locked }
	err = json.Unmarshal(b, &file)
	return file.Packages, err
}

// sources are the files for the compiler.
type sources struct {
	dir string
	at  map[string][]span // by file
}

// newSources are the types of the platforms, and no payload yet. The test wants one
// of the installed packages.
func newSources(t *testing.T, client string) *sources {
	t.Helper()
	modules, dir := modules(t, client), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("types")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return &sources{dir: dir, at: map[string][]span{}}
}

// span is where a payload ends.
type span struct {
	line int
	payload
}

// add writes files of constants, each of which is a payload, and returns the list.
func (s *sources) add(t *testing.T, typ string, list []payload) []payload {
	t.Helper()
	for from := 0; from < len(list); from += perFile {
		name := fmt.Sprintf("payloads%d.ts", len(s.at))
		var b bytes.Buffer
		b.WriteString("import type { Slack, Discord } from \"./messages\";\n")
		for i, p := range list[from:min(from+perFile, len(list))] {
			fmt.Fprintf(&b, "export const m%d: %s = ", i, typ)
			if err := json.Indent(&b, p.json, "", " "); err != nil {
				t.Fatalf("%s of %s: %v", p.to, p.from, err)
			}
			b.WriteString(";\n")
			s.at[name] = append(s.at[name], span{bytes.Count(b.Bytes(), []byte{'\n'}), p})
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// compile gives the compiler's errors about a payload. There are some: those of the
// traps.
func (s *sources) compile(t *testing.T) (faults func(p payload) []string) {
	t.Helper()
	out, err := exec.Command(filepath.Join(s.dir, "node_modules", ".bin", "tsc"), "--pretty", "false", "--project", s.dir).CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	found := s.faults(t, string(out))
	if len(found) == 0 {
		t.Fatalf("the compiler did not see the payloads: %v: %s", err, out)
	}
	return func(p payload) []string { return found[string(p.json)] }
}

// said is an error of the compiler. Lines which go on with one are indented.
var said = regexp.MustCompile(`^(?:.*/)?([^/(]+)\((\d+),\d+\): (error .*)`)

// faults are the compiler's errors by payload.
func (s *sources) faults(t *testing.T, out string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, line := range strings.Split(out, "\n") {
		m := said.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		at, ok := s.at[m[1]]
		if !ok {
			t.Fatalf("the types themselves: %s", line)
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range at {
			if n <= p.line {
				found[string(p.json)] = append(found[string(p.json)], m[3])
				break
			}
		}
	}
	return found
}
