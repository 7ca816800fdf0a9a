package formattest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// NoSilentLoss errs unless the words and links of what was written are those of the
// message, in its order, except where a note says otherwise. This is the law the project
// stands on.
func (k *Kit) NoSilentLoss(m *chat.Message) error {
	m = comparable(m)
	out, err := k.write(m)
	if err != nil {
		return err
	}
	back := []*chat.Message{}
	if k.Read != nil {
		if back, err = k.readBack(out); err != nil {
			return err
		}
		for i := range back {
			back[i] = comparable(back[i])
		}
	}
	if err := Loss(m, back, out); err != nil {
		return fmt.Errorf("%s: %w\n%s", k.Name, err, payloads(out))
	}
	return nil
}

// Loss reports what was lost or added without a note between m and what was
// written: back holds what each part reads back as; empty, the payloads are text.
// Dropped and Shortened allow missing words; Flattened and Unlinked allow missing
// links, and words that were addresses or times.
func Loss(m *chat.Message, back []*chat.Message, out *chat.Output) error {
	gone := out.Notes.Has(chat.Dropped, chat.Shortened)
	bent := gone || out.Notes.Has(chat.Flattened, chat.Unlinked)
	wantWords, wantLinks := words(m), addresses(m)
	var gotWords, links []string
	text := len(back) == 0
	if text {
		for _, p := range out.Parts {
			gotWords = chattest.Tokens(gotWords, unescaped(string(p.Payload)))
		}
	}
	for i, b := range back {
		if i > 0 {
			b.Sender, b.Thread = chat.Badge{}, chat.Thread{} // repeated on every part
		}
		gotWords = append(gotWords, words(b)...)
		links = append(links, addresses(b)...)
	}
	missing, added := compare(wantWords, gotWords)
	if bent {
		added = unglued(added, missing, append(chattest.Links(m), wantLinks...))
	}
	missing, added = rejoin(missing, added)
	if noted(&out.Notes, "sender") { // a name that the platform forbids is written in another way
		for _, m := range append(back, m) {
			names := chattest.Tokens(nil, m.Sender.Name)
			missing, added = without(missing, names), without(added, names)
		}
	}
	if len(missing) > 0 && !gone {
		return fmt.Errorf("words lost without a note: %q", missing)
	}
	if len(added) > 0 && !text { // a text says addresses, ordinals and times too
		if bent {
			for _, link := range append(chattest.Links(m), wantLinks...) {
				added = without(added, chattest.Tokens(nil, link))
			}
			added = without(added, ordinals(m.Blocks))
		}
		for i := range m.Blocks {
			if c := m.Blocks[i].Card; c != nil && !c.At.IsZero() { // a card's time, where cards have none
				added = without(added, []string{timeWord(c.At.Unix())})
			}
		}
		if len(added) > 0 && !gone {
			return fmt.Errorf("words added: %q", added)
		}
	}
	if text {
		return nil
	}
	slices.Sort(wantLinks)
	slices.Sort(links)
	missing, added = compare(slices.Compact(wantLinks), slices.Compact(links))
	if len(missing) > 0 && !bent {
		return fmt.Errorf("links lost without a note: %q", missing)
	}
	if len(added) > 0 {
		return fmt.Errorf("words became links: %q", added)
	}
	if bent || out.Notes.Has(chat.Split) {
		return nil
	}
	want, got := running(m), []string(nil)
	for _, b := range back {
		got = append(got, running(b)...)
	}
	if len(back) > 0 && back[0].Sender.Name == "" { // it stands above the text
		want = append(chattest.Tokens(nil, m.Sender.Name), want...)
	}
	if !slices.Equal(want, got) {
		return fmt.Errorf("words moved:\n%q\n%q", want, got)
	}
	return nil
}

// Missing are the words and links of m that are not in the messages which it became,
// however often these say them.
func Missing(m *chat.Message, became []*chat.Message) (noWords, noLinks []string) {
	m = clone(m)
	numberTimes(m)
	var gotWords, gotLinks []string
	for _, b := range became {
		b = clone(b)
		numberTimes(b)
		gotWords, gotLinks = append(gotWords, words(b)...), append(gotLinks, addresses(b)...)
	}
	noWords, _ = rejoin(compare(words(m), gotWords))
	for _, l := range addresses(m) {
		if !slices.Contains(gotLinks, l) {
			noLinks = append(noLinks, l)
		}
	}
	return noWords, noLinks
}

// words are those of m, without the escapes that make no difference in an address,
// which may be read back as a part of the words beside it.
func words(m *chat.Message) []string {
	c := clone(m)
	chattest.EditSpans(c, func(s *chat.Span) { s.Text = unescaped(s.Text) })
	return chattest.Words(c)
}

// noted reports whether there is a note about a place.
func noted(n *chat.Notes, where string) bool {
	return slices.ContainsFunc(n.List, func(n chat.Note) bool { return strings.HasPrefix(n.Where, where) })
}

// addresses are the links of m, without the escapes that make no difference.
func addresses(m *chat.Message) []string {
	list := chattest.Links(m)
	for i, s := range list {
		list[i] = unescaped(s)
	}
	return list
}

// unescaped is s without the escapes in the addresses it holds.
func unescaped(s string) string {
	var b strings.Builder
	address := false
	for i := 0; i < len(s); i++ {
		address = (address || strings.HasPrefix(s[i:], "://")) && s[i] > ' '
		if address && s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// running are the words outside of titles, names and pictures, which stand in
// a place of their own in some formats.
func running(m *chat.Message) []string {
	c := clone(m)
	c.Sender, c.Thread = chat.Badge{}, chat.Thread{}
	bare(c.Blocks)
	return words(c)
}

func bare(blocks []chat.Block) {
	for i := range blocks {
		b := &blocks[i]
		b.Assets, b.Buttons = nil, nil
		if b.Card != nil {
			b.Card.Author, b.Card.Footer, b.Card.Title, b.Card.Thumb = chat.Badge{}, chat.Badge{}, nil, chat.Asset{}
			bare(b.Card.Body)
		}
	}
}

// compare gives what of want is not in got, and the other way round, each as
// often as it is missing there.
func compare(want, got []string) (missing, added []string) {
	count := map[string]int{}
	for _, w := range got {
		count[w]++
	}
	for _, w := range want {
		if count[w]--; count[w] < 0 {
			missing = append(missing, w)
		}
	}
	for _, w := range got {
		if count[w] > 0 {
			count[w]--
			added = append(added, w)
		}
	}
	return missing, added
}

// rejoin takes out the words that are the same in another division: an address
// written between two words parts them, and a mention written as words may join
// with its neighbour.
func rejoin(missing, added []string) (m, a []string) {
	if strings.Join(missing, "") == strings.Join(added, "") {
		return nil, nil
	}
	for range 2 {
		missing = slices.DeleteFunc(missing, func(w string) bool { return composed(w, &added) })
		missing, added = added, missing
	}
	return missing, added
}

// unglued parts words, that are missing or of an address themselves, from those of
// addresses that were written right beside them.
func unglued(added, missing, links []string) (out []string) {
	var address []string
	for _, link := range links {
		address = chattest.Tokens(address, link)
	}
	known := append(slices.Clone(missing), address...)
	for _, w := range added {
		for _, a := range address {
			if rest, ok := strings.CutPrefix(w, a); ok && slices.Contains(known, rest) {
				out, w = append(out, a), rest
			} else if rest, ok := strings.CutSuffix(w, a); ok && slices.Contains(known, rest) {
				out, w = append(out, a), rest
			}
		}
		out = append(out, w)
	}
	return out
}

// composed reports whether word is made of some of the pieces, the longest that
// fits each time, and then takes those away.
func composed(word string, pieces *[]string) bool {
	left := slices.Clone(*pieces)
	for word != "" {
		best := -1
		for i, p := range left {
			if strings.HasPrefix(word, p) && (best < 0 || len(p) > len(left[best])) {
				best = i
			}
		}
		if best < 0 {
			return false
		}
		word = word[len(left[best]):]
		left = slices.Delete(left, best, best+1)
	}
	*pieces = left
	return true
}

// ordinals are the numbers of the items in blocks, which are words where there
// are no lists.
func ordinals(blocks []chat.Block) (list []string) {
	for i := range blocks {
		b := &blocks[i]
		if b.Number > 0 {
			list = append(list, strconv.Itoa(b.Number))
		}
		for k := range b.Fields {
			list = append(list, ordinals(b.Fields[k].Body)...)
		}
		if b.Card != nil {
			list = append(list, ordinals(b.Card.Body)...)
		}
	}
	return list
}

func without(list, words []string) []string {
	return slices.DeleteFunc(list, func(w string) bool { return slices.Contains(words, w) })
}

// numberTimes makes the moments in m show their number, since every platform words
// them in its own way.
func numberTimes(m *chat.Message) {
	chattest.EditSpans(m, func(s *chat.Span) {
		if s.Kind == chat.Time {
			s.Text = timeWord(s.At)
		}
	})
}

// timeWord stands for a moment, which every platform words in its own way.
func timeWord(at int64) string { return fmt.Sprint("t", at) }

// comparable is a copy of m in which mentions show their ids and times their
// number: platforms show the reader names and moments in words of their own.
func comparable(m *chat.Message) *chat.Message {
	c := clone(m)
	numberTimes(c)
	chattest.EditSpans(c, func(s *chat.Span) {
		switch s.Kind {
		case chat.User, chat.UserGroup:
			s.Text = "@" + s.Ref
		case chat.Channel:
			s.Text = "#" + s.Ref
		case chat.Everyone:
			s.Text = "@everyone"
		case chat.Link:
			if strings.TrimPrefix(s.Ref, "mailto:") == s.Text {
				s.Text = s.Ref
			}
		case chat.Words, chat.Emoji, chat.Icon, chat.Time: // shown as they are
		}
	})
	return c
}
