package emoji

import "testing"

func TestUnicode(t *testing.T) {
	for name, want := range map[string]string{
		"tada":                        "🎉",
		"TADA":                        "🎉",
		"+1":                          "👍",
		"thumbsup":                    "👍",
		"warning":                     "⚠️",
		"hankey":                      "💩",
		"poop":                        "💩",
		"flag-de":                     "🇩🇪",
		"de":                          "🇩🇪",
		"uk":                          "🇬🇧",
		"simple_smile":                "🙂",
		"wave::skin-tone-2":           "👋🏻",
		"wave::skin-tone-6":           "👋🏿",
		"skin-tone-3":                 "🏼",
		"handshake::skin-tone-4":      "🤝🏽",
		"handshake::skin-tone-2-3":    "🫱🏻‍🫲🏼",
		"male-detective::skin-tone-5": "🕵🏾‍♂️", // no U+FE0F after the tone
	} {
		if got, ok := Unicode(name); !ok || got != want {
			t.Errorf("Unicode(%q) = %+q, %v; want %+q", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "30", "no_such", "wave::skin-tone-7", "tada::skin-tone-2", "wave::", "wave::skin-tone-2x"} {
		if got, ok := Unicode(name); ok {
			t.Errorf("Unicode(%q) = %+q", name, got)
		}
	}
}

func TestName(t *testing.T) {
	for _, c := range []struct {
		in, name string
		size     int
	}{
		{"🎉!", "tada", 4},
		{"⚠️ x", "warning", 6},
		{"⚠ x", "warning", 3},
		{"👋🏻👋", "wave::skin-tone-2", 8},
		{"🕵🏾‍♂️", "male-detective::skin-tone-5", len("🕵🏾‍♂️")},
		{"🕵🏾‍♂", "male-detective::skin-tone-5", len("🕵🏾‍♂")},
		{"👨‍x", "man", 4},
		{"🇩🇪🇫", "de", 8},
		{"1️⃣", "one", 7},
		{"1", "", 0},
		{"abc", "", 0},
		{"", "", 0},
		{"\uFE0F", "", 0},
	} {
		if name, size := Name(c.in); name != c.name || size != c.size {
			t.Errorf("Name(%+q) = %q, %d; want %q, %d", c.in, name, size, c.name, c.size)
		}
	}
}

// Every name leads to characters that lead back to a name of the same ones.
func TestEveryName(t *testing.T) {
	if n := len(nameChar); n != 1973 {
		t.Errorf("%d names; the data has 1972, and one is added", n)
	}
	for i := range nameChar {
		s, ok := Unicode(short(i))
		if !ok || s != char(int(nameChar[i])) {
			t.Fatalf("%q: %+q, %v", short(i), s, ok)
		}
	}
	for c := range charName {
		name, size := Name(char(c))
		if s, ok := Unicode(name); !ok || s != char(c) || size != len(s) {
			t.Errorf("%+q is %q, which is %+q", char(c), name, s)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Unicode("Wave::skin-tone-4"); Name("🎉") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzName(f *testing.F) {
	f.Add("🎉")
	f.Add("👩‍❤️‍💋‍👨")
	f.Fuzz(func(t *testing.T, s string) {
		name, size := Name(s)
		if size > len(s) || (name == "") != (size == 0) {
			t.Fatal(name, size)
		}
		Unicode(s)
	})
}
