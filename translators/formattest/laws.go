package formattest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"dragoman/translators/chat"
	"dragoman/translators/chat/chattest"
)

// total: a reader given any bytes returns a normal message or an error.
func (k *Kit) total(t *testing.T, cases []Case) {
	try := func(t interface{ Fatalf(string, ...any) }, in *chat.Input) {
		m, n := new(chat.Message), new(chat.Notes)
		if k.Read(m, n, in) != nil {
			return
		}
		if err := chat.Check(m); err != nil {
			t.Fatalf("%v\nbody: %q", err, in.Body)
		}
		if len(m.Blocks) == 0 {
			t.Fatalf("no error for a message without blocks\nbody: %q", in.Body)
		}
		if len(n.List) > chat.MaxNotes {
			t.Fatalf("%d notes", len(n.List))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		try(t, &chat.Input{Body: rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")})
	})
	if len(cases) == 0 {
		return
	}
	rapid.Check(t, func(t *rapid.T) { // cases with a stretch of bytes replaced
		c := rapid.SampledFrom(cases).Draw(t, "case")
		from := rapid.IntRange(0, len(c.Body)).Draw(t, "from")
		to := min(len(c.Body), from+rapid.IntRange(0, 8).Draw(t, "length"))
		with := rapid.SampledFrom([]string{"", "null", "{}", "[]", "\"\"", "-1e999", "\\u0000", "\\ud800", "\xff", "\"", "{", "*", "<!", "```", "\n"}).Draw(t, "with")
		body := append(append(append([]byte(nil), c.Body[:from]...), with...), c.Body[to:]...)
		try(t, &chat.Input{Event: c.Event, Body: body})
	})
}

// WithinLimits errs unless what is written is JSON and keeps the limits of its
// platform.
func (k *Kit) WithinLimits(m *chat.Message) error {
	out, err := k.write(m)
	if err != nil {
		return err
	}
	if len(out.Parts) > quietly().MaxParts {
		return fmt.Errorf("%s: %d parts", k.Name, len(out.Parts))
	}
	if err := Limits(k.Name, k.limits, out); err != nil {
		return fmt.Errorf("%w\n%s", err, payloads(out))
	}
	return nil
}

// Limits reports what in the parts of a format breaks the platform's rules.
// Without limits only JSON is checked.
func Limits(format string, limits map[string]any, out *chat.Output) error {
	if format == "plain" || format == "mrkdwn" || format == "markdown" {
		return nil
	}
	for i, p := range out.Parts {
		var v any
		if err := json.Unmarshal(p.Payload, &v); err != nil {
			return fmt.Errorf("%s: part %d is no JSON: %w", format, i, err)
		}
		o, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: part %d is no object", format, i)
		}
		c := &checker{limits: limits, path: []string{fmt.Sprint("part ", i)}}
		switch {
		case limits == nil:
		case platform(format) == "slack":
			c.slack(o)
		case platform(format) == "discord":
			c.discord(o)
		}
		if len(c.found) > 0 {
			return fmt.Errorf("%s: %s", format, strings.Join(c.found, "\n"))
		}
	}
	return nil
}

// FixedPoint errs unless what was read is the same when it is written and read again,
// or there is a note; and when there is a note though it is the same.
func (k *Kit) FixedPoint(m *chat.Message) error {
	out, err := k.write(m)
	if err != nil {
		return err
	}
	if len(out.Parts) > 1 {
		return nil
	}
	back, err := k.readBack(out)
	if err != nil {
		return err
	}
	if len(back[0].Blocks) > 0 {
		var n chat.Notes
		if err := k.Read(new(chat.Message), &n, &chat.Input{Body: out.Parts[0].Payload, Files: out.Parts[0].Files}); err != nil {
			return err
		}
		if len(n.List) > 0 {
			return fmt.Errorf("%s: what was written is read with notes: %v\n%s", k.Name, n.List, payloads(out))
		}
	}
	again := back[0]
	again.Pings = m.Pings // whom a message may notify is what the options say
	diff := chattest.Diff(seen(m), seen(again))
	switch made := falseNotes(out); {
	case diff != "" && len(out.Notes.List) == 0:
		return fmt.Errorf("%s: no note, but another message (-first +second)\n%s\n%s", k.Name, diff, payloads(out))
	case diff == "" && len(made) > 0:
		return fmt.Errorf("%s: notes, but the same message: %v\n%s", k.Name, made, payloads(out))
	}
	return nil
}

// unseen are the notes that may be made though a message reads back as it was,
// since they tell of looks that it does not hold.
var unseen = []struct {
	loss        chat.Loss
	where, what string // the end of the path, and the thing
	why         string
}{
	{chat.Split, "", "context", "a long small line is several elements in Slack, which stand side by side"},
	{chat.Flattened, "", "item", "Slack shows the mark of an item in a section as words, which the reader takes for an item again"},
	{chat.Flattened, "", "code", "likewise the fence of code"},
	{chat.Flattened, "", "address", "a parenthesis in an address is encoded, which some servers may tell from a plain one"},
	{chat.Flattened, "title", "emoji", "the emoji of a linked title stand outside of the link, which they would break in Discord"},
	{chat.Flattened, "author", "emoji", "likewise those of an author"},
	{chat.Flattened, "footer", "emoji", "likewise those of a footer"},
	{chat.Flattened, "title", "style", "a title is bold by itself, but not those of its characters that would end the style in a Slack section"},
}

// falseNotes are the notes of a message that reads back as it was.
func falseNotes(out *chat.Output) []chat.Note {
	return slices.DeleteFunc(slices.Clone(out.Notes.List), func(n chat.Note) bool {
		for _, u := range unseen {
			if n.Loss == u.loss && n.What == u.what && strings.HasSuffix(n.Where, u.where) {
				return true
			}
		}
		return false
	})
}

// seen is a copy of m without what no reader sees: the zero-width spaces that take
// the effect from characters, white space at the end of a text, empty cells at the
// end of a row, escapes in an address that make no difference, bold in the name of a
// field, which is bold by itself, and white space at the beginning of a line of an
// item, which is indentation.
func seen(m *chat.Message) *chat.Message {
	c := clone(m)
	chattest.EditSpans(c, func(s *chat.Span) {
		s.Text = strings.ReplaceAll(s.Text, "\u200b", "")
		if s.Kind == chat.Link {
			s.Ref = unescaped(s.Ref)
		}
	})
	seenBlocks(c.Blocks)
	chat.Normalize(c)
	chattest.EditTexts(c, func(t *chat.Text) {
		if n := len(*t); n > 0 && (*t)[n-1].Kind == chat.Words {
			s := &(*t)[n-1]
			if s.Text = strings.TrimRightFunc(s.Text, unicode.IsSpace); s.Text == "" {
				*t = (*t)[:n-1]
			}
		}
	})
	return c
}

func seenBlocks(blocks []chat.Block) {
	for i := range blocks {
		b := &blocks[i]
		if b.Kind == chat.Item {
			unindent(b.Text)
		}
		for k := range b.Fields {
			for s := range b.Fields[k].Name {
				b.Fields[k].Name[s].Style &^= chat.Bold
			}
			seenBlocks(b.Fields[k].Body)
		}
		if b.Card != nil {
			b.Card.URL, b.Card.Author.URL, b.Card.Footer.URL = unescaped(b.Card.URL), unescaped(b.Card.Author.URL), unescaped(b.Card.Footer.URL)
			seenBlocks(b.Card.Body)
		}
		if b.Table != nil {
			for k, row := range b.Table.Rows {
				for len(row) > 0 && len(row[len(row)-1]) == 0 {
					row = row[:len(row)-1]
				}
				b.Table.Rows[k] = row
			}
		}
	}
}

// unindent takes the white space from the beginning of every line of words.
func unindent(t chat.Text) {
	begins := false // a line, with this span
	for i := range t {
		if t[i].Kind == chat.Words {
			lines := strings.Split(t[i].Text, "\n")
			for k := range lines {
				if k > 0 || begins {
					lines[k] = strings.TrimLeft(lines[k], " \t")
				}
			}
			begins = len(lines) > 1 && lines[len(lines)-1] == "" || begins && len(lines) == 1 && lines[0] == ""
			t[i].Text = strings.Join(lines, "\n")
		} else {
			begins = false
		}
	}
}

// Stable is the fixed point for any message: once it has gone through the format,
// it goes through again unchanged.
func (k *Kit) Stable(m *chat.Message) error {
	if k.Read == nil {
		return nil
	}
	out, err := k.write(m)
	if err != nil {
		return err
	}
	back, err := k.readBack(out)
	if err != nil {
		return err
	}
	for _, m := range back {
		if len(m.Blocks) == 0 {
			continue
		}
		if err := k.FixedPoint(m); err != nil {
			return fmt.Errorf("%w\nfirst written as: %s", err, payloads(out))
		}
	}
	return nil
}

// sameOut: two runs give the same bytes.
func (k *Kit) sameOut(m *chat.Message) error {
	a, errA := k.write(m)
	b, errB := k.write(clone(m))
	if fmt.Sprint(errA) != fmt.Sprint(errB) || payloads(a) != payloads(b) {
		return fmt.Errorf("%s: two outputs:\n%s\n%s", k.Name, payloads(a), payloads(b))
	}
	return nil
}

// readOnly: a writer leaves its message as it was, also when run several times at
// once, and each run has an output of its own.
func (k *Kit) readOnly(m *chat.Message) error {
	before := encode(m)
	const runs = 4
	outs := make([]*chat.Output, runs)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { outs[i], _ = k.write(m) })
	}
	wg.Wait()
	if after := encode(m); after != before {
		return fmt.Errorf("%s: the message was changed to %s", k.Name, after)
	}
	for _, out := range outs[1:] {
		if payloads(out) != payloads(outs[0]) {
			return errors.New(k.Name + ": outputs of concurrent writers differ")
		}
	}
	return nil
}

// Quiet errs when words become a mention, or somebody is notified who must not be.
func (k *Kit) Quiet(m *chat.Message) error {
	out, err := k.write(m)
	if err != nil {
		return err
	}
	for i, p := range out.Parts {
		if err := k.loud(p.Payload); err != nil {
			return fmt.Errorf("%s: part %d: %w\n%s", k.Name, i, err, payloads(out))
		}
	}
	if k.Read == nil || k.Name == "native" {
		return nil
	}
	back, err := k.readBack(out)
	if err != nil {
		return err
	}
	known := map[chat.Span]bool{}
	chattest.Spans(m, func(s chat.Span) { known[mention(s)] = true })
	for _, b := range back {
		chattest.Spans(b, func(s chat.Span) {
			switch {
			case s.Kind < chat.User || s.Kind > chat.Everyone:
			case s.Kind == chat.Everyone && k.Name != "discord" && k.Name != "discord-components":
				err = fmt.Errorf("%s: a mention of everyone\n%s", k.Name, payloads(out))
			case !known[mention(s)] && s.Kind != chat.Everyone:
				err = fmt.Errorf("%s: words became the mention %v %s\n%s", k.Name, s.Kind, s.Ref, payloads(out))
			}
		})
	}
	return err
}

func mention(s chat.Span) chat.Span { return chat.Span{Kind: s.Kind, Ref: s.Ref} }

// loud reports what in a payload would notify.
func (k *Kit) loud(payload []byte) error {
	switch platform(k.Name) {
	case "slack":
		var v any
		if err := json.Unmarshal(payload, &v); err != nil {
			return err
		}
		return loudSlack("", v)
	case "discord":
		var v struct {
			Allowed *struct {
				Parse        []string
				Users, Roles []string
			} `json:"allowed_mentions"`
		}
		d := json.NewDecoder(bytes.NewReader(payload))
		if err := d.Decode(&v); err != nil {
			return err
		}
		if a := v.Allowed; a == nil || a.Parse == nil || len(a.Parse)+len(a.Users)+len(a.Roles) > 0 {
			return errors.New("allowed_mentions are not what forbids all mentions")
		}
	}
	return nil
}

// loudSlack reports what in a value at a key would notify. Texts that Slack does not
// parse may hold what they like.
func loudSlack(key string, v any) error {
	switch v := v.(type) {
	case string:
		for _, bad := range []string{"<!channel", "<!here", "<!everyone", "<!subteam", "<@"} {
			if strings.Contains(v, bad) {
				return fmt.Errorf("%q in %s", bad, key)
			}
		}
	case []any:
		for _, x := range v {
			if err := loudSlack(key, x); err != nil {
				return err
			}
		}
	case map[string]any:
		switch v["type"] {
		case "broadcast", "user", "usergroup":
			return fmt.Errorf("%v in %s", v["type"], key)
		case "text", "link", "raw_text", "plain_text":
			return nil
		}
		for k, x := range v {
			if k == "alt_text" { // never parsed
				continue
			}
			if k == "link_names" || k == "parse" && x != "none" {
				return fmt.Errorf("%s: %v", k, x)
			}
			if err := loudSlack(k, x); err != nil {
				return err
			}
		}
	}
	return nil
}
