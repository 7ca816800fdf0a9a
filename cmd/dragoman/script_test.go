package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"
)

// TestScripts runs the command lines of testdata/script, each in a directory of
// its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": scriptStatus,
			"json":   scriptJSON,
			"fill":   scriptFill,
			"later":  scriptLater,
			"serve":  scriptServe,
			"stop":   scriptStop,
		},
	})
}

// status N COMMAND…: the command ends with status N.
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if want := args[0]; strconv.Itoa(got) != want {
		ts.Fatalf("status %d, not %s", got, want)
	}
}

// json FILE PATH WANT: each line of the file is JSON, and the value at the path is
// WANT, a string or JSON; "-" wants nothing there. Paths are gjson's: "..1.parts"
// is "parts" in the second line.
func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	text, path, want := strings.TrimSpace(ts.ReadFile(args[0])), args[1], args[2]
	for line := range strings.Lines(text) {
		if !gjson.Valid(line) {
			ts.Fatalf("not JSON: %s", line)
		}
	}
	v := gjson.Get(text, path)
	got := v.Raw
	switch {
	case !v.Exists():
		got = "-"
	case v.Type == gjson.String:
		got = v.Str
	}
	if (got == want) == neg {
		ts.Fatalf("%s is %s", path, got)
	}
}

// fill FILE COUNT TEXT writes a file of a text many times.
func scriptFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE COUNT TEXT")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(args[2], n)), 0o600))
}

// serving is the gateway that a script has started.
type serving struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// servings are those that run, by the directory of their script.
var servings sync.Map

// serve ARG…: a gateway runs in the script's directory until "stop", or the end.
// Its addresses are in $PUBLIC and, for commands, in DRAGOMAN_ADMIN_LISTEN.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("serve cannot fail")
	}
	self, err := os.Executable()
	ts.Check(err)
	s := &serving{ended: make(chan struct{})}
	s.cmd = &exec.Cmd{Path: self, Args: append([]string{"dragoman", "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...), Dir: ts.MkAbs(".")}
	out, err := s.cmd.StdoutPipe()
	ts.Check(err)
	var said bytes.Buffer
	s.cmd.Stderr = &said
	ts.Check(s.cmd.Start())
	lines, up := bufio.NewScanner(out), false
	for lines.Scan() {
		switch f := strings.Fields(lines.Text()); {
		case len(f) == 2 && f[0] == "webhooks":
			ts.Setenv("PUBLIC", f[1])
		case len(f) == 2 && f[0] == "console":
			ts.Setenv("DRAGOMAN_ADMIN_LISTEN", strings.TrimPrefix(f[1], "http://"))
			up = true
		}
		if strings.HasPrefix(lines.Text(), "data") {
			break
		}
	}
	go func() {
		defer close(s.ended)
		for lines.Scan() {
		}
		_ = s.cmd.Wait()
	}()
	servings.Store(ts.MkAbs("."), s)
	ts.Defer(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
	})
	if !up {
		<-s.ended
		ts.Fatalf("the gateway did not start:\n%s", said.String())
	}
}

// stop: the gateway of the script stops.
func scriptStop(ts *testscript.TestScript, neg bool, args []string) {
	v, ok := servings.Load(ts.MkAbs("."))
	if neg || len(args) > 0 || !ok {
		ts.Fatalf("usage: stop, after serve")
	}
	s := v.(*serving)
	ts.Check(s.cmd.Process.Signal(syscall.SIGTERM))
	<-s.ended
}

// later KEY…: standard error refuses exactly these keys and values as not
// supported yet, in this order.
func scriptLater(ts *testscript.TestScript, neg bool, want []string) {
	var got []string
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		place, _, ok := strings.Cut(line, ": not supported yet")
		if ok {
			got = append(got, place[strings.LastIndexByte(place, ' ')+1:])
		}
	}
	if slices.Equal(got, want) == neg {
		ts.Fatalf("refused as not supported yet:\n%s", strings.Join(got, "\n"))
	}
}
