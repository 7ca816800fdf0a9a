package mrkdwn

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"dragoman/translators/chat"
)

var update = flag.Bool("update", false, "write the blocks of testdata/text/mrkdwn anew")

// A pair is markup and what it means. A file holds numbered ones:
//
//	=== 1 bold inside a line
//	some *bold* words
//	---
//	para
//	  words "some "
//	  words bold "bold"
//	  words " words"
//
// Words in brackets after the name are how the markup is read: [plain],
// [nomarks], [verbatim], [names], [full], [inline].
type pair struct {
	name, markup, want string
	opt                ParseOptions
	inline             bool
}

func readPairs(t testing.TB, file string) []pair {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []pair
	for part := range strings.SplitSeq(string(src), "=== ") {
		if part == "" {
			continue
		}
		head, body, _ := strings.Cut(part, "\n")
		markup, want, _ := strings.Cut(body, "\n---\n")
		list = append(list, pair{
			name: head, markup: strings.ReplaceAll(markup, "\\u200b", "\u200b"), want: strings.TrimSpace(want),
			inline: strings.Contains(head, "[inline]"),
			opt: ParseOptions{
				Plain:    strings.Contains(head, "[plain]"),
				NoMarks:  strings.Contains(head, "[nomarks]"),
				Verbatim: strings.Contains(head, "[verbatim]"),

				LinkNames: strings.Contains(head, "[names]"),
				Full:      strings.Contains(head, "[full]"),
			},
		})
	}
	return list
}

func files(t testing.TB) []string {
	list, _ := filepath.Glob("../../testdata/text/mrkdwn/*.txt")
	if len(list) == 0 {
		t.Fatal("no pairs")
	}
	return list
}

func TestPairs(t *testing.T) {
	for _, file := range files(t) {
		var out strings.Builder
		for _, p := range readPairs(t, file) {
			var n chat.Notes
			var blocks []chat.Block
			if p.inline {
				blocks = []chat.Block{{Text: Inline(&n, p.markup, p.opt)}}
			} else {
				blocks = Parse(nil, &n, p.markup, p.opt)
			}
			got := show(blocks, n.List)
			if got != p.want && !*update {
				t.Errorf("%s: %s\n%s\ngot\n%s\nwant\n%s", filepath.Base(file), p.name, p.markup, got, p.want)
			}
			fmt.Fprintf(&out, "=== %s\n%s\n---\n%s\n\n", p.name, strings.ReplaceAll(p.markup, "\u200b", "\\u200b"), got)
		}
		if *update {
			if err := os.WriteFile(file, []byte(strings.TrimSpace(out.String())+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What Parse returns is in normal form.
func TestParseIsNormal(t *testing.T) {
	for _, file := range files(t) {
		for _, p := range readPairs(t, file) {
			normal(t, p.markup, p.opt)
		}
	}
}

func normal(t *testing.T, markup string, opt ParseOptions) {
	t.Helper()
	blocks := Parse(nil, nil, markup, opt)
	again := chat.Message{Blocks: Parse(nil, nil, markup, opt)}
	chat.Normalize(&again)
	if err := chat.Check(&again); err != nil {
		t.Errorf("%q: %v", markup, err)
	}
	mend(blocks)
	if len(blocks)+len(again.Blocks) > 0 && !reflect.DeepEqual(blocks, again.Blocks) {
		t.Errorf("%q is not normal:\n%s\nnormal\n%s", markup, show(blocks, nil), show(again.Blocks, nil))
	}
}

// mend brings the addresses of links to normal form, each by itself.
func mend(blocks []chat.Block) {
	for i := range blocks {
		for k := range blocks[i].Text {
			if s := &blocks[i].Text[k]; s.Kind == chat.Link {
				link := *s
				link.Style = 0
				m := chat.Message{Blocks: []chat.Block{{Kind: chat.Para, Text: chat.Text{link}}}}
				chat.Normalize(&m)
				s.Text, s.Ref = m.Blocks[0].Text[0].Text, m.Blocks[0].Text[0].Ref
			}
		}
	}
}

// What is written means what was read, and is written the same again.
func TestFixedPoint(t *testing.T) {
	for _, file := range files(t) {
		for _, p := range readPairs(t, file) {
			fixed(t, p.markup, p.opt)
		}
	}
}

// everyone is options under which mentions stay.
func everyone() *chat.Options {
	o := chat.Options{Mentions: chat.Mentions{
		Everyone: true,
		Users:    []string{"U1", "U123", "W1", "U02ABCDEF"},
		Groups:   []string{"S1", "S123"},
	}}
	o = o.For(&chat.Message{Origin: chat.Slack})
	return &o
}

func fixed(t failer, markup string, opt ParseOptions) {
	verbatim := ParseOptions{Verbatim: true}
	first := Parse(nil, nil, markup, opt)
	mend(first)
	var n chat.Notes
	out, next, used := FitBlocks(nil, first, chat.Pos{}, 1<<30, Body, everyone(), &n)
	if next.Block != len(first) || used != len([]rune(string(out))) {
		t.Errorf("%q: stopped at %v, %d characters of %q", markup, next, used, out)
	}
	second := Parse(nil, nil, string(out), verbatim)
	if n.Has(chat.Flattened, chat.Unlinked, chat.Dropped) {
		var lost loss // labels are cleared of some controls
		if a, b := strip(clean(visible(first), &lost)), strip(clean(visible(second), &lost)); a != b {
			t.Errorf("%q\nwas written %q\nwords %q\nafter %q", markup, out, a, b)
		}
		return
	}
	mend(second)
	if a, b := show(first, nil), show(second, nil); a != b {
		t.Errorf("%q\nwas written %q\nfirst\n%s\nsecond\n%s", markup, out, a, b)
	}
}

// visible is what a reader sees of blocks, without the marks of lists.
func visible(blocks []chat.Block) string {
	var b strings.Builder
	for i := range blocks {
		b.WriteString(blocks[i].Text.Plain())
		b.WriteByte('\n')
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), zwsp, "")), " ")
}

// show writes blocks and notes in the manner of the files.
func show(blocks []chat.Block, notes []chat.Note) string {
	var b strings.Builder
	for i := range blocks {
		k := &blocks[i]
		b.WriteString(k.Kind.String())
		if k.Quoted {
			b.WriteString(" quoted")
		}
		if k.Level > 0 {
			fmt.Fprintf(&b, " level %d", k.Level)
		}
		if k.Number > 0 {
			fmt.Fprintf(&b, " number %d", k.Number)
		}
		b.WriteByte('\n')
		for _, s := range k.Text {
			b.WriteString("  " + s.Kind.String())
			if s.Style != 0 {
				b.WriteString(" " + s.Style.String())
			}
			fmt.Fprintf(&b, " %q", s.Text)
			if s.Ref != "" {
				fmt.Fprintf(&b, " %q", s.Ref)
			}
			if s.Kind == chat.Time {
				fmt.Fprintf(&b, " %d", s.At)
			}
			b.WriteByte('\n')
		}
	}
	for _, n := range notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	return strings.TrimSpace(b.String())
}
