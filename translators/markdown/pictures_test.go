package markdown

import (
	"strings"
	"testing"

	"dragoman/translators/chat"
)

func TestEmojiInLabels(t *testing.T) {
	link := func(label string) chat.Span { return chat.Span{Kind: chat.Link, Text: label, Ref: "https://a.b/c"} }
	bold := link("🎉")
	bold.Style = chat.Bold
	for _, c := range []struct {
		name     string
		text     chat.Text
		in, card string
		noted    bool
	}{
		{"before", chat.Text{link("🎉 done")}, "🎉 [done](https://a.b/c)", "[🎉 done](https://a.b/c)", true},
		{"after", chat.Text{link("done 🎉"), {Text: " x"}}, "[done](https://a.b/c) 🎉 x", "[done 🎉](https://a.b/c) x", true},
		{"between", chat.Text{link("a 🎉 🇫🇷 b")}, "[a](https://a.b/c) 🎉 🇫🇷 [b](https://a.b/c)", "[a 🎉 🇫🇷 b](https://a.b/c)", true},
		{"alone", chat.Text{link("👩‍👩‍👧")}, "👩‍👩‍👧 https://a.b/c", "[👩‍👩‍👧](https://a.b/c)", true},
		{"alone before a name", chat.Text{link("✅"), {Text: "x"}}, "✅ [https:\u200b//a.b/c](https://a.b/c)x", "[✅](https://a.b/c)x", true},
		{"bold", chat.Text{bold, link(" b")}, "**🎉**[ b](https://a.b/c)", "[**🎉** b](https://a.b/c)", true},
		{"a key", chat.Text{link("1️⃣ first")}, "1️⃣ [first](https://a.b/c)", "[1️⃣ first](https://a.b/c)", true},
		{"no emoji", chat.Text{link("™ 漢字 é → 1")}, "[™ 漢字 é → 1](https://a.b/c)", "[™ 漢字 é → 1](https://a.b/c)", false},
	} {
		for place, want := range map[Place]string{Content: c.in, Description: c.card} {
			var n chat.Notes
			out, _, _ := Fit(nil, c.text, chat.Cursor{}, 1<<30, place, nil, &n)
			if string(out) != want {
				t.Errorf("%s: got %q, want %q", c.name, out, want)
			}
			if got := n.Has(chat.Flattened); got != (c.noted && place == Content) {
				t.Errorf("%s in place %d: notes %v", c.name, place, n.List)
			}
		}
	}
	// A label longer than a part: everything is said, and every piece leads there.
	long := chat.Text{link(strings.Repeat("word 🎉 and ", 100))}
	said := ""
	for at := (chat.Cursor{}); at != chat.End; {
		var out []byte
		out, at, _ = Fit(nil, long, at, 200, Content, nil, nil)
		if !strings.Contains(string(out), "](https://a.b/c)") {
			t.Errorf("%q leads nowhere", out)
		}
		for _, b := range Parse(nil, nil, string(out), ParseOptions{}) {
			said += b.Text.Plain()
		}
	}
	if visible(said) != visible(long.Plain()) {
		t.Errorf("said %q", said)
	}
}
