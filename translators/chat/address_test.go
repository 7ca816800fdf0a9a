package chat

import "testing"

func TestAddressesAreMended(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?y=1&z=%20#f":         "https://a.example/x?y=1&z=%20#f",
		`https://am.example/#/alerts?f={a="b c"}`: `https://am.example/#/alerts?f={a=%22b%20c%22}`,
		"https://a.example/100%":                  "https://a.example/100%25",
		"https://a.example/%zz%2":                 "https://a.example/%25zz%252",
		"https://a.example/<b>\\`\n":              "https://a.example/%3Cb%3E%5C%60%0A",
		"https://例え.example/路":                    "https://例え.example/路",
		"attachment://my file.png":                "attachment://my file.png",
		"":                                        "",
	} {
		got := in
		if cleanAddress(&got); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if !isAddress(got) {
			t.Errorf("%q is not settled", got)
		}
	}
	m := &Message{Blocks: []Block{{Text: Text{{Kind: Link, Text: `https://a/"`, Ref: `https://a/"`}, {Kind: Link, Text: "b", Ref: `https://b/"`}}}}}
	Normalize(m)
	if s := m.Blocks[0].Text; s[0].Text != "https://a/%22" || s[0].Ref != s[0].Text || s[1].Text != "b" || s[1].Ref != "https://b/%22" {
		t.Errorf("got %+v", s)
	}
	if err := Check(m); err != nil {
		t.Error(err)
	}
}

func TestEndsAddress(t *testing.T) {
	for _, c := range []byte(" \n.,)]>\"'") {
		if !EndsAddress(c) {
			t.Errorf("%q goes on", c)
		}
	}
	for _, c := range []byte("a0/-_~*#&=(%") {
		if EndsAddress(c) {
			t.Errorf("%q ends", c)
		}
	}
}
