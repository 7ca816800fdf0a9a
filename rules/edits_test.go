package rules

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestApply(t *testing.T) {
	const in = `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":true}`
	for _, c := range []struct{ path, value, want, refused string }{
		{"a", `2`, `{"a":2,"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":true}`, ""},
		{"o.k", `{"x":[null]}`, `{"a":1,"o":{"k":{"x":[null]}},"l":[1,2],"e":[],"1":"one","d.t":true}`, ""},
		{"new.deep", `"x"`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":true,"new":{"deep":"x"}}`, ""},
		{"l.1", `"x"`, `{"a":1,"o":{"k":"v"},"l":[1,"x"],"e":[],"1":"one","d.t":true}`, ""},
		{"l.2", `3`, `{"a":1,"o":{"k":"v"},"l":[1,2,3],"e":[],"1":"one","d.t":true}`, ""},
		{"l.-1", `3`, `{"a":1,"o":{"k":"v"},"l":[1,2,3],"e":[],"1":"one","d.t":true}`, ""},
		{"e.-1.x", `3`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[{"x":3}],"1":"one","d.t":true}`, ""},
		{"e.0", `3`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[3],"1":"one","d.t":true}`, ""},
		{"new.0", `3`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":true,"new":[3]}`, ""},
		{"new.-1", `3`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":true,"new":[3]}`, ""},
		{"1", `2`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[],"1":2,"d.t":true}`, ""},
		{"o.:7", `2`, `{"a":1,"o":{"k":"v","7":2},"l":[1,2],"e":[],"1":"one","d.t":true}`, ""},
		{`d\.t`, `2`, `{"a":1,"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":2}`, ""},
		{"a", ` {"b": 2} `, `{"a":{"b": 2},"o":{"k":"v"},"l":[1,2],"e":[],"1":"one","d.t":true}`, ""},
		{"l.3", `1`, "", "the path leads past the end of a list"},
		{"l.1000000000", `1`, "", "the path leads past the end of a list"},
		{"new.1000000000", `1`, "", "the path leads past the end of a list"},
		{"l.x", `1`, "", "a list has no element of that name"},
		{"l.01", `1`, "", "a list has no element of that name"},
		{"a.b", `1`, "", "the path leads through a value that holds nothing"},
		{"a", `{`, "", "the value is not JSON"},
		{"a", ``, "", "the value is not JSON"},
		{"", `1`, "", "the path is empty"},
		{"a..b", `1`, "", `the path "a..b" has an empty step`},
		{"l.#", `1`, "", `the path "l.#" has "#" in it; only names and indexes are allowed`},
		{"@this", `1`, "", `the path "@this" has "@" in it; only names and indexes are allowed`},
		{strings.Repeat("a.", 16) + "a", `1`, "", "a path of 17 steps; at most 16 are allowed"},
		{strings.Repeat("a", 257), `1`, "", "a path of 257 bytes; at most 256 are allowed"},
	} {
		given := []byte(in)
		out, refused := Apply(given, []Value{{c.path, c.value}})
		if string(given) != in {
			t.Fatalf("%s: the payload was written to", c.path)
		}
		if c.refused != "" {
			if len(refused) != 1 || refused[0].Reason != c.refused || refused[0].Path != c.path || string(out) != in {
				t.Errorf("%s: %v\n%s", c.path, refused, out)
			}
		} else if len(refused) != 0 || string(out) != c.want {
			t.Errorf("%s: %v\n%s\n%s", c.path, refused, out, c.want)
		}
	}
	for _, odd := range []string{``, `1`, `null`, `"x"`} {
		if out, refused := Apply([]byte(odd), []Value{{"a", "1"}}); len(refused) != 1 || string(out) != odd {
			t.Errorf("%q: %s", odd, out)
		}
	}
	out, refused := Apply([]byte(in), []Value{{"a", "2"}, {"a.b", "3"}, {"l.2", "4"}})
	if len(refused) != 1 || !strings.Contains(string(out), `"a":2`) || !strings.Contains(string(out), `[1,2,4]`) {
		t.Errorf("one refused of three: %v %s", refused, out)
	}
}

// Whatever the path, the result is JSON, holds the value where it should, and has
// not grown beyond what was put into it.
func TestApplyKeepsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := []byte(`{"a":{"b":[{"c":1},[2]]},"0":[],"x\\y":1,"é":{}}`)
		var edits []Value
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			steps := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "0", "1", "2", "9", "-1", "-2", ":0", ":", "é", `x\\y`, `\`, `\.`, `\:`, `a\`, " ", "\n", "\xff", "_"}), 1, 5).Draw(t, "steps")
			edits = append(edits, Value{strings.Join(steps, "."), rapid.SampledFrom([]string{`1`, `"é"`, `{}`, `[1]`}).Draw(t, "value")})
		}
		size := len(payload)
		for _, e := range edits {
			size += len(e.Text) + 4*len(e.Key) + 16
		}
		out, _ := Apply(payload, edits)
		if !json.Valid(out) {
			t.Fatalf("%q: %s", edits, out)
		}
		if len(out) > size {
			t.Fatalf("%q: grew to %s", edits, out)
		}
	})
}

func FuzzApply(f *testing.F) {
	f.Add([]byte(`{"a":[1]}`), "a.1", `2`)
	f.Fuzz(func(t *testing.T, payload []byte, path, value string) {
		if !json.Valid(payload) || len(payload) > 1<<16 {
			return
		}
		if out, _ := Apply(payload, []Value{{path, value}}); !json.Valid(out) {
			t.Errorf("%q: %q", path, out)
		}
	})
}
