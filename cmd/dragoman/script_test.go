package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
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
