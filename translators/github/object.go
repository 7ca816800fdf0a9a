package github

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
	"time"

	"dragoman/translators/jsonr"
)

// value is one JSON value as it stands in the body; empty when there is none.
// Nothing is decoded or copied until it is asked for: of an event of 25 KB a
// card needs a few hundred bytes. Every method is total: a value of another
// type than the one asked for reads as nothing.
type value []byte

// object is the members of a JSON object, found in one walk. Objects of which
// only a few members near the front are wanted are left to value.at.
type object []member

type member struct {
	key   []byte
	value value
}

// maxMembers is how many members of one object are looked at. GitHub's largest
// objects have about 110.
const maxMembers = 512

// read appends the members of v to dst, which may be a table with room.
func (v value) read(dst object) object {
	for k, m := range v.members() {
		if len(dst) == maxMembers {
			break
		}
		dst = append(dst, member{k, m})
	}
	return dst
}

func (o object) get(key string) value {
	for i := range o {
		if string(o[i].key) == key {
			return o[i].value
		}
	}
	return nil
}

// at is the member of v at the path given. It walks up to there, so it is for
// small objects and for members which stand near the front.
func (v value) at(path ...string) value {
	for _, key := range path {
		var found value
		for k, m := range v.members() {
			if string(k) == key {
				found = m
				break
			}
		}
		v = found
	}
	return v
}

// members walks an object; keys are as they stand between the quotes.
func (v value) members() iter.Seq2[[]byte, value] {
	return func(yield func([]byte, value) bool) {
		walk(v, 0, func(key []byte, i int) int {
			end := skip(v, i)
			if end > i && yield(key, v[i:end]) {
				return end
			}
			return -1
		})
	}
}

// dive reads v as read does and, in the same walk, the member at key, whose own
// members it appends to inner.
func (v value) dive(key string, dst, inner object) (outer, in object) {
	if key == "" {
		return v.read(dst), inner
	}
	walk(v, 0, func(k []byte, i int) int {
		end := -1
		if string(k) == key && len(inner) == 0 {
			end = walk(v, i, func(k []byte, i int) int {
				end := skip(v, i)
				if end == i || len(inner) == maxMembers {
					return -1
				}
				inner = append(inner, member{k, v[i:end]})
				return end
			})
		}
		if end < 0 {
			end = skip(v, i)
		}
		if end == i || len(dst) == maxMembers {
			return -1
		}
		dst = append(dst, member{k, v[i:end]})
		return end
	})
	return dst, inner
}

// walk goes over the object at i. each is called with every key and the place of
// its value, and gives the place behind that, or -1 to stop. walk gives the place
// behind the object, or -1 when it was stopped or there is none.
func walk(b []byte, i int, each func(key []byte, i int) int) int {
	if i >= len(b) || b[i] != '{' {
		return -1
	}
	for i = space(b, i+1); i < len(b) && b[i] == '"'; i = space(b, i) {
		end := skipString(b, i)
		key := b[i+1 : max(i+1, end-1)]
		i = space(b, end)
		if i >= len(b) || b[i] != ':' {
			return -1
		}
		if i = each(key, space(b, i+1)); i < 0 {
			return -1
		}
		if i = space(b, i); i >= len(b) || b[i] != ',' {
			break
		}
		i++
	}
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	return -1
}

// elements walks an array.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.is('[') {
			return
		}
		for i := space(v, 1); i < len(v); i = space(v, i+1) {
			end := skip(v, i)
			if end == i || !yield(v[i:end]) {
				return
			}
			if i = space(v, end); i >= len(v) || v[i] != ',' {
				return
			}
		}
	}
}

func (v value) is(first byte) bool { return len(v) > 0 && v[0] == first }

// given reports whether there is a value other than null.
func (v value) given() bool { return len(v) > 0 && v[0] != 'n' }

// count is the number of elements of an array.
func (v value) count() (n int) {
	for range v.elements() {
		n++
	}
	return n
}

// raw is a string, between its quotes, or a number as it is written. Nothing in
// it is unescaped, which words that GitHub chose never need: compare them as
// string(v.raw()).
func (v value) raw() []byte {
	switch {
	case len(v) == 0:
		return nil
	case v[0] == '"':
		return v[1:max(1, len(v)-1)]
	case v[0] == '-' || v[0] >= '0' && v[0] <= '9':
		return v
	default:
		return nil
	}
}

// str is a string, or a number as it is written.
func (v value) str() string {
	raw := v.raw()
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	return new(jsonr.Doc).Parse(v).Str()
}

// line is a string as one line: what people name things is never more.
func (v value) line() string { return oneLine(v.str()) }

// oneLine makes white space and control characters single spaces.
func oneLine(s string) string {
	bad := func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' }
	if strings.IndexFunc(s, bad) >= 0 {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || bad(r) }), " ")
	}
	return strings.TrimSpace(s)
}

// url is a string that is an address which can be opened in a browser.
func (v value) url() string {
	if s := v.str(); isWeb(s) {
		return s
	}
	return ""
}

func isWeb(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	return ok && rest != "" && rest[0] != '/' && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == '"' }) < 0
}

// int is a whole number, also one that is written as a string.
func (v value) int() int64 {
	n, _ := strconv.ParseInt(string(v.raw()), 10, 64)
	return n
}

func (v value) bool() bool { return string(v) == "true" }

// time is a moment as GitHub writes it: RFC 3339 or, in pushes, seconds.
func (v value) time() time.Time {
	s := v.raw()
	var t time.Time
	if t.UnmarshalText(s) == nil {
		return t.UTC()
	}
	if secs, err := strconv.ParseInt(string(s), 10, 64); err == nil && secs > 0 && secs < 1<<36 {
		return time.Unix(secs, 0).UTC()
	}
	return time.Time{}
}

// first is the first of the values that is given.
func first(values ...value) value {
	for _, v := range values {
		if v.given() {
			return v
		}
	}
	return nil
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skip is the end of the value which begins at i; i itself when none does. It
// does not recurse, so the depth of a body costs nothing.
func skip(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		depth := 0
		for i < len(b) {
			switch b[i] {
			case '"':
				i = skipString(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return i
	}
	for i < len(b) {
		switch b[i] {
		case ',', '}', ']', ':', ' ', '\n', '\r', '\t':
			return i
		}
		i++
	}
	return i
}

// skipString is the end of the string whose opening quote is at i.
func skipString(b []byte, i int) int {
	i++
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return len(b)
		}
		end := i + n
		slashes := 0
		for end-slashes > i && b[end-slashes-1] == '\\' {
			slashes++
		}
		i = end + 1
		if slashes%2 == 0 {
			return i
		}
	}
}
