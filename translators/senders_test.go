package translators_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// unlike is what one body of a pair says and the other does not, and why. It is true
// of the bodies as their sender made them.
var unlike = []struct{ in, item, why string }{
	{"slack", "word by", "Slack's line tells who did it, Discord's embed has an author"},
	{"slack", "link http://localhost:3000/test/repo", "Slack's line begins with a link to the repository, Discord's title leads to the event alone"},
	{"slack", "link http://localhost:3000/test/repo2", "Slack's line has a link to each of two repositories, Discord's title has one"},
	{"slack", "link http://localhost:3000/test/repo/milestone/1", "a title has no link to the milestone"},
	{"slack", "link http://localhost:3000/test/repo/src/branch/test", "the two addresses of a branch are written in two ways"},
	{"discord", "link http://localhost:3000/test/repo/src/test", "likewise"},
	{"slack", "word pushed", "a title says less than a line"},
	{"slack", "word http", "a title that is an address"},
	{"slack", "word localhost", "likewise"},
	{"slack", "word 3000", "likewise"},
	{"slack", "word pulls", "a Markdown link in a Slack message, which shows it as words"},
	{"discord", "word user1", "Slack's line about a fork does not tell who made it"},
	{"discord", "link http://localhost:3000/user1/avatar", "Slack's message has no author, and so no picture of one"},
	{"discord", "link user1", "the author's address, which is a name and leads nowhere"},
	{"discord", "word good", "Slack's message leaves out the words of the review"},
	{"discord", "word job", "likewise"},
	{"discord", "word Note", "and those of the release"},
	{"discord", "word of", "likewise"},
	{"discord", "word first", "likewise"},
	{"discord", "word stable", "likewise"},
	{"discord", "word release", "likewise"},
	{"discord", "colour #1ac600", "Slack's message has an attachment with a colour only where it has a body"},
	{"discord", "colour #ff3232", "likewise"},
	{"discord", "colour #ffd930", "likewise"},
	{"discord", "colour #4f545c", "likewise"},
	{"slack", "colour #62cc30", "the colour of a push differs"},
}

// TestPairs takes the Slack and the Discord body that one sender makes of one event.
// Either, translated to the other's format, says what the other says: the same words,
// links, colours and fields.
func TestPairs(t *testing.T) {
	list, slackBody := bodies(t, filepath.Join(chattest.Corpus(t), "slack"))
	others, discordBody := bodies(t, filepath.Join(chattest.Corpus(t), "discord"))
	pairs, used := 0, map[string]bool{}
	for _, e := range list {
		at := slices.IndexFunc(others, func(o entry) bool { return e.Pair != "" && o.Pair == e.Pair })
		if at < 0 {
			continue
		}
		pairs++
		inSlack, inDiscord := read(t, "slack", slackBody[e.File]), read(t, "discord", discordBody[others[at].File])
		sameItems(t, e.Pair+" to discord", "slack", carried(over(t, inSlack, "discord")), carried(inDiscord), used)
		sameItems(t, e.Pair+" to slack", "discord", carried(over(t, inDiscord, "slack")), carried(inSlack), used)
	}
	if pairs == 0 {
		t.Fatal("the index has no pairs")
	}
	for _, u := range unlike {
		if !used[u.in+" "+u.item] {
			t.Errorf("%q is listed as in %s alone, and is not", u.item, u.in)
		}
	}
	t.Logf("%d pairs", pairs)
}

// over is m as it arrives in a format.
func over(t *testing.T, m *chat.Message, format string) *chat.Message {
	t.Helper()
	out := written(t, m, format)
	if len(out.Parts) != 1 {
		t.Fatalf("%d parts", len(out.Parts))
	}
	return read(t, format, &chat.Input{Body: out.Parts[0].Payload})
}

// sameItems compares what a body of a platform became with what the other body of
// its pair says. The words of an address that became text are not counted.
func sameItems(t *testing.T, name, from string, there, own []string, used map[string]bool) {
	t.Helper()
	listed := func(in, item string) bool {
		used[in+" "+item] = true
		return slices.ContainsFunc(unlike, func(u struct{ in, item, why string }) bool { return u.in == in && u.item == item })
	}
	to := map[string]string{"slack": "discord", "discord": "slack"}[from]
	for _, item := range there {
		if !slices.Contains(own, item) && !listed(from, item) && !ofAddress(item, own) {
			t.Errorf("%s: %s, which the other does not say", name, item)
		}
	}
	for _, item := range own {
		if !slices.Contains(there, item) && !listed(to, item) {
			t.Errorf("%s: not %s, which the other says", name, item)
		}
	}
}

// ofAddress reports whether an item is a word of a link among others.
func ofAddress(item string, others []string) bool {
	word, ok := strings.CutPrefix(item, "word ")
	return ok && slices.ContainsFunc(others, func(o string) bool {
		link, ok := strings.CutPrefix(o, "link ")
		return ok && slices.Contains(chattest.Tokens(nil, link), word)
	})
}

// carried is what m says, each thing once.
func carried(m *chat.Message) (items []string) {
	for _, w := range chattest.Words(m) {
		items = append(items, "word "+w)
	}
	for _, l := range chattest.Links(m) {
		items = append(items, "link "+l)
	}
	fields := func(blocks []chat.Block) {
		for _, b := range blocks {
			for _, f := range b.Fields {
				value := ""
				for _, v := range f.Body {
					value += v.Text.Plain()
				}
				items = append(items, "field "+f.Name.Plain()+": "+value)
			}
		}
	}
	fields(m.Blocks)
	for _, b := range m.Blocks {
		if b.Card != nil {
			fields(b.Card.Body)
			if b.Card.Colour != 0 {
				items = append(items, "colour "+b.Card.Colour.String())
			}
		}
	}
	slices.Sort(items)
	return slices.Compact(items)
}
