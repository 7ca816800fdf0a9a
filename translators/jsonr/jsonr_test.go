package jsonr

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// tree is v as encoding/json decodes it.
func tree(v Value) any {
	switch v.Kind() {
	case False:
		return false
	case True:
		return true
	case Number:
		return json.Number(v.Raw())
	case String:
		return v.Str()
	case Array:
		list := []any{}
		for _, e := range v.Members() {
			list = append(list, tree(e))
		}
		return list
	case Object:
		members := map[string]any{}
		for k, e := range v.Members() {
			members[k] = tree(e)
		}
		return members
	case Null:
	}
	return nil
}

var bodies = []string{
	`{"a":1,"b":[true,false,null,{"c":"d"},[],{}],"":"","e":-1.5e9}`, ` "x" `, `0`, `{}`, `[]`, `[[[]],[[1]]]`,
	`{"a\n":"\"\\\/\b\f\n\r\t","b":"é\u00e9\ud83c\udf89\ud800\ud800\u0041\uDC00\u0000 end","c":"\\"}`,
	`{"a":{"a":{"a":{"b":"\\\""}}},"a":2}`,
	``, ` `, `{`, `[`, `"`, `"\`, `"\u`, `"\u12"`, `{"a`, `{"a":`, `{"a":"b`, `{1:2}`, `[1 2,,:3}`, `]`, `nonsense`, `{"a":1]]}`, "\"\xff\"",
}

func check(t *testing.T, body []byte) {
	var d Doc
	got := tree(d.Parse(body))
	if !json.Valid(body) || !utf8.Valid(body) {
		return // no panic is enough
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var want any
	if err := dec.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q\n got %#v\nwant %#v", body, got, want)
	}
}

func TestLikeEncodingJSON(t *testing.T) {
	for _, body := range bodies {
		check(t, []byte(body))
	}
}

func FuzzParse(f *testing.F) {
	for _, body := range bodies {
		f.Add([]byte(body))
	}
	f.Fuzz(check)
}

func TestValue(t *testing.T) {
	var d Doc
	v := d.Parse([]byte(`{"a":{"x":[1]},"s":"t\n","n":12,"b":true,"a":3,"e":[ ]}`))
	if got := v.Get("a"); !got.IsObject() || got.Empty() || !got.Get("x").IsArray() {
		t.Errorf("a: the first of two is wanted, have %v", got.Kind())
	}
	if s, n, b := v.Get("s").Str(), v.Get("n").Num(), v.Get("b").Raw(); s != "t\n" || n != 12 || b != "true" {
		t.Errorf("%q %v %q", s, n, b)
	}
	if e := v.Get("e"); !e.Exists() || !e.Empty() {
		t.Error("e is there and empty")
	}
	for _, none := range []Value{{}, v.Get("z"), v.Get("s").Get("a")} {
		if none.Exists() || none.Kind() != Null || none.Str() != "" || none.Raw() != "" || none.Num() != 0 || !none.Empty() {
			t.Errorf("%+v", none)
		}
		for range none.Members() {
			t.Error("a member of nothing")
		}
	}
	if s := v.Get("n").Str(); s != "" {
		t.Errorf("a number as a string: %q", s)
	}
}

// A string survives the Doc it was read by.
func TestStringsOutliveTheDoc(t *testing.T) {
	var d Doc
	body := []byte(`["first\t"]`)
	var s string
	for _, e := range d.Parse(body).Members() {
		s = e.Str()
	}
	clear(body)
	d.Parse([]byte(`["second\n"]`))
	if s != "first\t" {
		t.Errorf("%q", s)
	}
}

// What takes the square of its length, where it does, takes minutes here.
func TestLinear(t *testing.T) {
	for _, body := range []string{
		strings.Repeat("[", 4e6), `"` + strings.Repeat(`\n`, 4e6) + `"`, `"` + strings.Repeat(`\"`, 4e6), strings.Repeat(`{"a":`, 1e6),
	} {
		var d Doc
		d.Parse([]byte(body))
		if n := len(d.nodes); n == 0 {
			t.Errorf("%.10s: nothing read", body)
		}
	}
}
