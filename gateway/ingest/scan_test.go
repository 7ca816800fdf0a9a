package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	deep := func(n int) string {
		return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	for _, c := range []struct {
		body string
		want error
	}{
		{`{}`, nil}, {` {"a" : [1, -2.5e+3, true, false, null, "x\u00e9\n", {}] } ` + "\n", nil},
		{`{"a":"\ud800"}`, nil}, {"{\"a\":\"\xff\"}", nil}, {deep(64), nil},
		{deep(65), errTooDeep}, {strings.Repeat("[", 6<<20), errTooDeep}, {strings.Repeat(`{"a":`, 1000), errTooDeep},
		{``, errNotJSON}, {`   `, errNotJSON}, {`{`, errNotJSON}, {`{"a"}`, errNotJSON}, {`{"a":}`, errNotJSON}, {`{"a":1,}`, errNotJSON},
		{`{,}`, errNotJSON}, {`{"a":01}`, errNotJSON}, {`{"a":NaN}`, errNotJSON}, {`{"a":1}x`, errNotJSON}, {`{"a":1}{}`, errNotJSON},
		{"{\"a\":\"\n\"}", errNotJSON}, {`{"a":"\x"}`, errNotJSON}, {`{"a":"\u12"}`, errNotJSON}, {`{a:1}`, errNotJSON}, {`{"a":[1 2]}`, errNotJSON},
		{`{"a":[}`, errNotJSON}, {`{"a":(]}`, errNotJSON}, {`{"a":1.}`, errNotJSON}, {`{"a":-}`, errNotJSON}, {`{"a":1e}`, errNotJSON}, {`{"a":tru}`, errNotJSON},
		{`[]`, errNoObject}, {`"x"`, errNoObject}, {`1`, errNoObject},
	} {
		if got := scan([]byte(c.body)); !errors.Is(got, c.want) {
			t.Errorf("%.40s: got %v, want %v", c.body, got, c.want)
		}
	}
}

// FuzzScan holds the scanner against the standard library's.
func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"\u0000"}],"c":-0.1e-7}`, `{"":{}}`, `[{}]`, `{"a":tRue}`, `{"a":[[],[[]]]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := scan(b)
		if errors.Is(got, errTooDeep) {
			return
		}
		first := bytes.TrimLeft(b, " \t\r\n")
		want := json.Valid(b) && len(first) > 0 && first[0] == '{'
		if (got == nil) != want {
			t.Errorf("%q: got %v, the standard library says %v", b, got, want)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	body := []byte(`{"repository":{"full_name":"o/r","urls":[` + strings.Repeat(`"https://api.github.com/repos/o/r/x{/y}",`, 600) + `1]}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := scan(body); err != nil {
			b.Fatal(err)
		}
	}
}
