package translators_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translators"
	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// textDirections are the files of text pairs in the corpus: from which format to which,
// or why not.
var textDirections = []struct{ file, from, to, not string }{
	{"mrkdwn-to-plain", "mrkdwn", "plain", ""},
	{"mrkdwn-to-markdown", "mrkdwn", "markdown", ""},
	{"markdown-to-mrkdwn", "gfm", "mrkdwn", ""},
	{"plain-to-mrkdwn", "", "mrkdwn", ""},
	{"discord-markdown-to-plain", "markdown", "plain", ""},
	{"discord-markdown-to-discord-markdown", "markdown", "markdown", ""},
	{"markdown-to-discord-markdown", "gfm", "markdown", ""},
	{"mrkdwn-to-html", "", "", "HTML is no format here"},
	{"html-to-mrkdwn", "", "", "HTML is no format here"},
	{"discord-markdown-to-html", "", "", "HTML is no format here"},
	{"helper-to-mrkdwn", "", "", "its inputs are arguments of functions"},
}

// textPair is a line of such a file: what other programs make of a text.
type textPair struct {
	ID, Input, Expected, Match string
	Agree                      *bool `json:"peers_agree"`
	Peers                      map[string]string
}

// Where other programs agree on what a text is in another language, it is that
// here; where they do not, it is what one of them says, or there is a reason.
func TestTextPairs(t *testing.T) {
	dir := filepath.Join(chattest.Corpus(t), "text")
	differs := map[string]bool{}
	for _, d := range textDirections {
		t.Run(d.file, func(t *testing.T) {
			if d.not != "" {
				t.Skip(d.not)
			}
			src, err := os.ReadFile(filepath.Join(dir, d.file+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			total, same := 0, 0
			for line := range strings.SplitSeq(strings.TrimSpace(string(src)), "\n") {
				var p textPair
				if err := json.Unmarshal([]byte(line), &p); err != nil {
					t.Fatal(err)
				}
				total++
				got := translateText(t, d.from, d.to, p.Input)
				if p.holds(got) {
					same++
					continue
				}
				differs[p.ID] = true
				why := textDifferences[p.ID]
				if agreed := p.Agree != nil && *p.Agree; why == "" || agreed && !strings.HasPrefix(why, "agreed: ") {
					t.Errorf("%s (peers agree: %v)\n%q\nhere     %q\n%-8s %q\npeers %q", p.ID, agreed, p.Input, got, p.Match, p.Expected, p.Peers)
				}
			}
			t.Logf("%d of %d pairs are as another program has them", same, total)
		})
	}
	for id := range textDifferences {
		if !differs[id] {
			t.Errorf("%s is listed, and does not differ", id)
		}
	}
}

// holds reports whether got is what is expected, or what one of the others gives.
func (p *textPair) holds(got string) bool {
	got, want := visibleText(got), visibleText(p.Expected)
	ok := false
	switch p.Match {
	case "equals":
		ok = got == want
	case "not equals":
		ok = got != want
	case "contains":
		ok = strings.Contains(got, want)
	case "not contains":
		ok = !strings.Contains(got, want)
	}
	if !ok && (p.Agree == nil || !*p.Agree) {
		for _, peer := range p.Peers {
			ok = ok || got == visibleText(peer)
		}
	}
	return ok
}

// visibleText is s without white space and U+200B.
func visibleText(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), "")
}

// translateText is what a text becomes. From nothing, it is words.
func translateText(t *testing.T, from, to, text string) string {
	t.Helper()
	m := chat.Message{Blocks: []chat.Block{{Kind: chat.Para, Text: chat.Text{{Text: text}}}}}
	var out chat.Output
	if from != "" {
		m = chat.Message{}
		if err := translators.Read(&m, &out.Notes, from, &chat.Input{Body: []byte(text)}); err != nil {
			return ""
		}
	}
	if err := translators.Write(&out, &m, to, &chat.Options{}); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, part := range out.Parts {
		b.Write(part.Payload)
		b.WriteByte('\n')
	}
	return b.String()
}

// textDifferences are the pairs in which the result is no other program's, and why.
// Those in which the others agree begin with "agreed".
var textDifferences = map[string]string{
	// mrkdwn to Markdown
	"9c4349fd4f4c": channelID,
	"a5a6cd57401a": channelID,
	"38bdac61f1a7": "an address of mail is written as Markdown links one, in angle brackets",
	"d70eb1ff876f": "a mark after a space closes nothing, and a single ~ is no mark in Markdown",
	"9c089b209a91": "a mark before a letter closes nothing, so that these are words: escaped, since they would be marks in Markdown",
	"54a886fd4dd8": "<!all> is the old name of <!everyone>, and is shown as that",

	// Markdown to mrkdwn
	"371236036e1f": "a link without a label shows nothing; its title is no label",
	"a667a0b264ff": divider,
	"3556220d0983": divider,
	"c16369a206e2": divider,
	"08283e5fa471": picture,
	"c402b9f2b9d6": picture,
	"809ace3a7a20": table,
	"6b8ef4f9fe9b": table,
	"e653ed0d4e29": "there is no language after a fence: it would be code",
	"ba802d6ad7f7": "there is no language after a fence, and the stars after it are words in Markdown too",
	"ea732b061aff": deeper,
	"d9532bd92c33": deeper,
	"c461db0849e6": deeper,
	"408ef60823a0": deeper,
	"e8a73eb7c559": deeper,
	"e233a65658df": deeper,
	"b141b5b62db3": "a heading is bold, also when it is an underlined one",

	// Discord's Markdown
	"2590b03ef851": "Discord's ids are numbers: <@U123> mentions nobody, and shows as it stands",
	"2126fd94e2e8": "agreed: Discord makes no link of a label that is an address; in angle brackets alone it leads there, without a preview too",
	"222e8f7aa2fb": nobody,
	"49a82af64c56": nobody,
	"787b3cf7dd93": nobody,
}

const (
	nobody    = "agreed: a name after an @ is words, and mentions nobody without an id"
	channelID = "agreed: the channel's name is what Slack shows; its id says nothing to a reader"
	divider   = "there are no rules: a line of dashes that no program takes for one"
	picture   = "there are no pictures: a link with the alternative text, which is what it says"
	table     = "there are no tables: aligned columns, in code so that they stay aligned"
	deeper    = "items of the second depth have the bullet ◦, of the third ▪︎"
)
