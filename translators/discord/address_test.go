package discord

import "testing"

func TestIsWeb(t *testing.T) {
	cases := map[string]bool{
		"https://example.com": true, "HTTP://example.com:8080/a?b=%20#c": true, "https://münchen.example/ü": true, "http://[::1]:3000/x": true,
		"https://": false, "https:///path": false, "https://%00": false, "https://a b": false, "https://a/%zz": false, "https://a/\n": false,
		"https://bank.example@evil.example/": false, "https://a:port/": false, "javascript:alert(1)": false, "ftp://example.com/": false,
		"http://localhost:3000/x": false, "http://alertmanager:9093": false, "https://a_b.example.org": false,
		"//example.com": false, "https://a/<b>": false, "https://a/\xff": false, "attachment://x.png": false, "": false,
	}
	for url, want := range cases {
		if got := isWeb(url); got != want {
			t.Errorf("isWeb(%q) is %t", url, got)
		}
	}
}
