package store

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ summary, body, want string }{
		{"", "", ""},
		{"Hello, HELLO world", "", "hello world"},
		{"one", `{"key":"Two three","n":4,"x":[true,"five"]}`, "one two three five"},
		{"", `  [ "a" , {"b" : "c"} ]`, "a c"},
		{"", `{"a":"x\ny \"q\" \u00e9t\u00c9 \ud83d\ude00 a\/b"}`, "x y q été a b"},
		{"", `{"a":"unfinished \u00`, "unfinished 00"},
		{"", `{"a":"ends with \`, "ends with"},
		{"", `{"a"`, "a"},
		{"", "plain {\"text\": 1}", "plain text 1"},
		{"", "第3章 カナ한국어", "第 3 章 カ ナ 한국어"},
		{"naïve_ÉTÉ e\u0301", "", "naïve été e\u0301"},
		{"\xff\x00a\xffb", "", "a b"},
		{strings.Repeat("é", 50), "", strings.Repeat("é", 32)},
	} {
		if got := strings.Join(Words(c.summary, []byte(c.body)), " "); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.summary, c.body, got, c.want)
		}
	}
}

// What any bytes are cut to can be put into an index: different words of bounded
// size, which are cut again to themselves.
func FuzzWords(f *testing.F) {
	f.Add("summary", []byte(`{"text":"a \u00e9 \" b","n":1}`))
	f.Add("第3章", []byte("\xff\\u \"\""))
	f.Fuzz(func(t *testing.T, summary string, body []byte) {
		list := Words(summary, body)
		if len(list) > maxWords {
			t.Fatalf("%d words", len(list))
		}
		seen := map[string]bool{}
		for _, w := range list {
			if w == "" || len(w) > maxWordBytes || !utf8.ValidString(w) || seen[w] || strings.ContainsAny(w, "\x00\"' \\&|!():*") {
				t.Fatalf("word %q of %q", w, list)
			}
			seen[w] = true
			if again := Words(w, nil); len(again) != 1 || again[0] != w && len(w) < maxWordBytes {
				t.Fatalf("%q is cut to %q", w, again)
			}
		}
		if len(list) < maxWords && !HasWords(list, summary, body) {
			t.Fatalf("%q has not its own words", list)
		}
	})
}

func BenchmarkWords(b *testing.B) {
	body := []byte(`{"text":"` + strings.Repeat("Deploy of api to production finished, all checks were green. ", 16) + `"}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for range b.N {
		Words("summary", body)
	}
}
