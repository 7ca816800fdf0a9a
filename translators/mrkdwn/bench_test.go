package mrkdwn

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/translators/chat"
)

// typical are texts of 2 KB as they come in.
var typical = []struct{ name, src string }{
	{"prose", fill("We moved the *billing* service to the new cluster this morning, and so far nothing has broken. The old one stays up until Friday, " +
		"in case somebody still depends on it. Please read <https://wiki.example/migration|the notes> before you deploy: the health check has a _new_ path.\n" +
		"Questions go to the usual channel, and not to me in person, since I am away from Thursday on.\n\n")},
	{"alert", fill(":fire: *[FIRING:3] HighErrorRate* (api &amp; worker)\n*Severity:* `critical` | *Region:* eu-west-1\n" +
		"Error rate &gt; 5% for 10 min: <https://grafana.example/d/abc?orgId=1&amp;from=now-1h&amp;to=now|dashboard> :chart_with_upwards_trend:\n" +
		"• pod `api-7d9f` restarted 4 times\n• p99 latency &lt; 2 s is violated\n<@U02ABCDEF> please look, since <!date^1700000000^{date_num} {time}|14 Nov>\n\n")},
	{"code", fill("The build of `main` failed in `go vet ./...`:\n```\nfunc (p *parser) line(a, b int) {\n\tbase := p.toks.n // a comment_with_underscores\n" +
		"\tif a &lt; b &amp;&amp; p.src[a] != '*' {\n\t\treturn p.words(a, b)\n\t}\n}\n```\nRun `go test ./... -run 'TestX'` and look at `p.toks.n`, `p.run` or `p.src[a:b]`.\n")},
}

func fill(s string) string { return strings.Repeat(s, 2048/len(s)+1)[:2048] }

func BenchmarkParse(b *testing.B) {
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			var mem chat.Arena
			var blocks []chat.Block
			b.SetBytes(int64(len(c.src)))
			b.ReportAllocs()
			for b.Loop() {
				mem.Spans.Truncate(0)
				blocks = Parse(blocks[:0], nil, c.src, ParseOptions{Mem: &mem})
			}
		})
	}
}

// BenchmarkReference is a plain loop over the same bytes, to compare with on a
// machine that is busy.
func BenchmarkReference(b *testing.B) {
	b.SetBytes(int64(len(typical[0].src)))
	n := 0
	for b.Loop() {
		for range typical[0].src {
			n++
		}
	}
	if !utf8.ValidString(typical[0].src) || n == 0 {
		b.Fatal("nothing read")
	}
}

func BenchmarkFitBlocks(b *testing.B) {
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			blocks := Parse(nil, nil, c.src, ParseOptions{})
			var buf []byte
			opt := everyone()
			b.SetBytes(int64(len(c.src)))
			b.ReportAllocs()
			for b.Loop() {
				buf, _, _ = FitBlocks(buf[:0], blocks, chat.Pos{}, 6000, Body, opt, nil)
			}
		})
	}
}
