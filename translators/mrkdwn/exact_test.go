package mrkdwn

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// pieces are what markup is made of, and what stands beside it.
var pieces = []string{
	"*", "_", "~", "`", "```", " ", " ", "  ", "    ", "\t", "\n", "\n\n", "a", "0", "é", "文", "🎉", "\u200b", "\u00a0", "\\", "@", ".", "(", ")", "[", "—", ":",
	">", "> ", ">>> ", "&gt;", "&lt;", "&amp;", "&", "<", "|", "• ", "◦ ", "▪︎ ", "•", "- ", "1. ", ":own:", ":tada:", "<@U1>", "<@U1|*b*>", "<!here>", "<#C1|x>",
	"<!date^1^{date}|f>", "<!x|y>", "https://b.example", "www.a.example", "<https://a.example>", "<https://a.example|", "<https://a.example|*x* y>", "<mailto:a@b.example>",
}

// markup is a few pieces; often of few kinds, which then meet.
func markup(t *rapid.T) string {
	some := pieces
	if rapid.Bool().Draw(t, "few") {
		some = rapid.SliceOfN(rapid.SampledFrom(pieces), 2, 6).Draw(t, "kinds")
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(some), 1, 14).Draw(t, "markup"), "")
}

// What is read, written and read again is exactly the same, or a note is made.
func TestReadIsWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := markup(r)
		fixed(r, s, ParseOptions{})
		fixed(r, s, ParseOptions{Verbatim: true})
	})
}

// So it is with any text and any run of blocks.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var run []chat.Block
		for range rapid.IntRange(1, 4).Draw(r, "blocks") {
			b := chat.Block{Text: styled(r)}
			b.Kind = rapid.SampledFrom([]chat.Kind{chat.Para, chat.Para, chat.Item, chat.Item, chat.Code}).Draw(r, "kind")
			b.Level = rapid.IntRange(0, 3).Draw(r, "level")
			b.Quoted = rapid.IntRange(0, 3).Draw(r, "quoted") == 0
			if b.Kind == chat.Item {
				b.Number = max(0, rapid.IntRange(-3, 12).Draw(r, "number"))
			}
			run = append(run, b)
		}
		exact(r, run)
	})
}

// styled is a text in several styles, with links.
func styled(t *rapid.T) chat.Text {
	var text chat.Text
	for range rapid.IntRange(1, 4).Draw(t, "spans") {
		s := chat.Span{Text: strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 4).Draw(t, "words"), "")}
		s.Style = chat.Style(rapid.SampledFrom([]chat.Style{0, chat.Bold, chat.Italic, chat.Strike, chat.Bold | chat.Italic, chat.Italic | chat.Strike, chat.Mono}).Draw(t, "style"))
		if rapid.IntRange(0, 4).Draw(t, "link") == 0 {
			s.Kind, s.Ref = chat.Link, rapid.SampledFrom([]string{"https://a.example", "https://b.example"}).Draw(t, "ref")
		}
		text = append(text, s)
	}
	return text
}

// exact holds that blocks are read as they were written, or that a note is made.
func exact(t failer, run []chat.Block) {
	m := chat.Message{Blocks: run}
	dropJoints(&m)
	var n chat.Notes
	out, _, _ := FitBlocks(nil, m.Blocks, chat.Pos{}, 1<<30, Body, nil, &n)
	again := chat.Message{Blocks: Parse(nil, nil, string(out), ParseOptions{Verbatim: true})}
	dropJoints(&again)
	if a, b := show(m.Blocks, nil), show(again.Blocks, nil); a != b && len(n.List) == 0 {
		t.Errorf("was written %q\nfirst\n%s\nsecond\n%s", out, a, b)
	}
}

// para is one block of text, in memory of its own.
func para(t chat.Text) []chat.Block { return []chat.Block{{Kind: chat.Para, Text: slices.Clone(t)}} }

// dropJoints takes zero-width spaces out of m, since readers may do that, and makes
// it normal.
func dropJoints(m *chat.Message) {
	chat.Normalize(m)
	chattest.EditSpans(m, func(s *chat.Span) { s.Text = strings.ReplaceAll(s.Text, zwsp, "") })
	chat.Normalize(m)
}
