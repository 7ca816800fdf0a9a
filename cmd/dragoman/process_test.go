package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program, too: called "dragoman" it is that
// and nothing else. So scripts run it, and a test can kill it as an operator would.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"dragoman": main}) }

// soon bounds every wait; only what is broken waits so long.
const soon = time.Minute

// process is "dragoman" at work in a process of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  chan string // of standard output; closed at its end
	ended  chan struct{}
	err    error // of Wait, once ended is closed
	mu     sync.Mutex
	stderr strings.Builder
}

// start runs the program in dir. It is killed when the test ends.
func start(t *testing.T, dir string, env []string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, lines: make(chan string, 100), ended: make(chan struct{})}
	p.cmd = &exec.Cmd{Path: self, Args: append([]string{"dragoman"}, args...), Dir: dir, Env: append(os.Environ(), env...), Stderr: p}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
		close(p.lines)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		for range p.lines { // whoever reads no further lets it end
		}
		<-p.ended
	})
	return p
}

// Write takes standard error.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.Write(b)
}

// said is standard error so far.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// line waits for a line of standard output that begins with prefix, and gives the
// rest of it.
func (p *process) line(prefix string) string {
	p.t.Helper()
	deadline := time.NewTimer(soon)
	defer deadline.Stop()
	for {
		select {
		case l, ok := <-p.lines:
			if !ok {
				<-p.ended
				p.t.Fatalf("the program ended (%v) without a line %q:\n%s", p.err, prefix, p.said())
			}
			if rest, found := strings.CutPrefix(l, prefix); found {
				return strings.TrimSpace(rest)
			}
		case <-deadline.C:
			p.t.Fatalf("no line %q:\n%s", prefix, p.said())
		}
	}
}

// signal sends a signal and waits for the end; it gives the exit status, -1 when
// the signal itself ended the program.
func (p *process) signal(s os.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

// wait waits for the end and gives the exit status.
func (p *process) wait() int {
	p.t.Helper()
	deadline := time.NewTimer(soon)
	defer deadline.Stop()
	for {
		select {
		case _, ok := <-p.lines:
			if ok {
				continue
			}
			<-p.ended
			var e *exec.ExitError
			if p.err != nil && !errors.As(p.err, &e) && !errors.Is(p.err, io.EOF) {
				p.t.Fatal(p.err)
			}
			return p.cmd.ProcessState.ExitCode()
		case <-deadline.C:
			p.t.Fatalf("the program does not end:\n%s", p.said())
		}
	}
}

// until waits until wrong has nothing to say; as long as it says something new, it
// goes on.
func until(t *testing.T, wrong func() string) {
	t.Helper()
	deadline := time.NewTimer(soon)
	defer deadline.Stop()
	look := time.NewTicker(20 * time.Millisecond) // of what another process stores there is no news
	defer look.Stop()
	for last := ""; ; {
		w := wrong()
		if w == "" {
			return
		}
		if w != last {
			deadline.Reset(soon)
			last = w
		}
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatalf("for %v: %s", soon, w)
		}
	}
}

// get asks the admin API.
func get(t *testing.T, address string, into any) {
	t.Helper()
	c := http.Client{Timeout: soon}
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}
