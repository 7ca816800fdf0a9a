package jsonw

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestBuf(t *testing.T) {
	var b Buf
	for range 2 { // a second use leaves nothing of the first
		b.Reset()
		b.Open()
		b.Key("a")
		b.OpenArray()
		b.Int(-1)
		b.Str("x\"\\\n\t\x01<&>é")
		b.Float(math.NaN())
		b.CloseArray()
		b.KeyBool("b", true)
		b.KeyInt("c", 7)
		b.KeyWord("w", "word")
		b.Key("d")
		b.Open()
		b.Close()
		b.Close()
		want := `{"a":[-1,"x\"\\\n\t\u0001<&>é",null],"b":true,"c":7,"w":"word","d":{}}`
		if string(b.B) != want {
			t.Errorf("got %s, want %s", b.B, want)
		}
	}
}

// TestAppendString: any bytes become a JSON string that says what they say.
func TestAppendString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		out := AppendString(nil, in)
		var got string
		if err := json.Unmarshal(out, &got); err != nil || !utf8.Valid(out) {
			t.Fatalf("%q: %v", out, err)
		}
		var want strings.Builder
		for _, r := range in { // each invalid byte is one U+FFFD
			want.WriteRune(r)
		}
		if got != want.String() {
			t.Fatalf("got %q, want %q", got, want.String())
		}
		if of := AppendString(nil, []byte(in)); string(of) != string(out) {
			t.Fatalf("of bytes %q, of a string %q", of, out)
		}
	})
}
