package chattest

import (
	"flag"
	"os"
	"testing"
)

// Main is a package's TestMain. It has generated messages be the same each time, so
// that a failure is the fault of a change; with DRAGOMAN_LONG set they are others
// every time.
func Main(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f != nil && f.Value.String() == "0" && os.Getenv("DRAGOMAN_LONG") == "" {
		if err := f.Value.Set("1"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
