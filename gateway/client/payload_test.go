package client

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMembersAreSetAndFilledIn(t *testing.T) {
	set := []member{{"a", `"new"`}, {"gone", ""}, {`q"`, "1"}}
	fill := []member{{"b", "[]"}, {"c", "{}"}}
	for _, c := range []struct{ in, want string }{
		{`{}`, `{"a":"new","q\"":1,"b":[],"c":{}}`},
		{` { "a" : 1 , "b" : [ 1 ] , "x" : null } `, `{"b":[ 1 ],"x":null,"a":"new","q\"":1,"c":{}}`},
		{`{"\u0061":1,"b":2,"b":3,"gone":4,"c":"}"}`, `{"b":2,"b":3,"c":"}","a":"new","q\"":1}`},
		{`{"x":{"a":1,"gone":2}}`, `{"x":{"a":1,"gone":2},"a":"new","q\"":1,"b":[],"c":{}}`},
		{`[1]`, `[1]`}, {`"x"`, `"x"`}, {``, ``}, {`words`, `words`},
	} {
		if got := string(with([]byte(c.in), set, fill)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
	in := []byte(`{ "a":1}`)
	if got := with(in, nil, nil); &got[0] != &in[0] {
		t.Error("what needs nothing was copied")
	}
	if len(fill) != 2 || fill[0].key != "b" || fill[1].key != "c" {
		t.Errorf("the members to fill in were changed: %v", fill)
	}
}

func FuzzWith(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1}`, `{"a":`, `{"a":1,}`, `{{`, `{"` + "\xff" + `":"\ud800"}`, `{"x":[[[[[`, strings.Repeat(`{"a":`, 100)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out := with(in, []member{{"a", `"new"`}}, []member{{"b", "[]"}})
		var before, after map[string]json.RawMessage
		if json.Unmarshal(in, &before) != nil || before == nil {
			return // no object: it need only not fail
		}
		if err := json.Unmarshal(out, &after); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if string(after["a"]) != `"new"` || after["b"] == nil {
			t.Fatalf("got %s", out)
		}
		for key := range before {
			if after[key] == nil {
				t.Fatalf("%q is gone: %s", key, out)
			}
		}
	})
}
